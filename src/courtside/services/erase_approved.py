"""Carrying out an erasure that two people asked for and approved; one that was broken off is taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.viewing import NotFound
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.store.retention import Erasure


def erase_approved(workspace: Workspace, caller: Caller, opaque: str) -> tuple[str, ...]:
    """Do it; notes of what was done. Raises NotFound for one that nobody approved, Refused under a hold."""
    from courtside.store import retention  # noqa: PLC0415  (Django stays out of start-up)

    found = retention.erasure(opaque)
    if found is None or found.state != retention.APPROVED:
        raise NotFound
    if found.kind == retention.PERSON:
        from courtside.services.erase_person import erase_person  # noqa: PLC0415

        return erase_person(workspace, caller, found.person_id, opaque)[1]
    return _erase_by_age(workspace, caller, found)


def _erase_by_age(workspace: Workspace, caller: Caller, found: Erasure) -> tuple[str, ...]:
    """Proposals that came to nothing with what the log says of them, or what old entries of the log say."""
    from courtside.services.writing import writing  # noqa: PLC0415
    from courtside.store import audit, audit_chain, erasing_log, proposals, retention  # noqa: PLC0415
    from courtside.store.connect import forget_old_pages  # noqa: PLC0415

    if found.before is None:
        raise NotFound
    with writing(workspace, caller):
        with audit.together():
            held, at = retention.held_people(), caller.clock()
            if not retention.end(found.opaque, (retention.APPROVED,), retention.DONE, caller.who, at):
                raise NotFound
            if found.kind == retention.PROPOSALS:
                gone = proposals.erase_declined(found.before, held)
                acts = {act for one in gone for act in erasing_log.acts_naming(one, ())}
            else:
                gone, acts = (), set(erasing_log.acts_before(found.before, held))
            runs = erasing_log.erase(acts)
            if runs:
                audit.write(audit.Act(at, caller.who, audit_chain.ERASING, {"entries": runs}))
            detail = {"erasure": found.opaque, "kind": found.kind, "proposals": len(gone), "acts": len(acts)}
            audit.write(audit.Act(at, caller.who, "erase_approved", detail))
        forget_old_pages()
    return (f"{len(gone)} proposals were erased, and what {len(acts)} entries of the log said",)
