"""Asking for an erasure: the list of what would go is frozen with its hash, and another person decides."""

from __future__ import annotations

from typing import Any

from courtside.records.canonical import canonical, digest
from courtside.services.caller import Caller
from courtside.services.dispute_rules import checked_words
from courtside.services.erase_rules import refuse_unless_erasable
from courtside.services.hr_console_scope import require_handling, require_hr, tell_partners
from courtside.services.refused import Refused
from courtside.services.retention_due import came_to_nothing, cutoff
from courtside.services.viewing import NotFound, Visit
from courtside.services.workspace import Workspace

BY_AGE = ("proposals", "log")


def request_erasure(visit: Visit, kind: str, person_id: str, reason: str) -> str:
    """The erasure's opaque id. `kind`: `person`, or `proposals` or `log` for what goes by its age.

    An HR partner asks: for a person they look after, for what goes by its age one of the whole firm. Raises NotFound,
    and Refused under a hold, below a floor, or where there is nothing to erase.
    """
    from courtside.store import audit, retention  # noqa: PLC0415  (Django stays out of start-up)

    workspace, at = visit.standing.workspace, visit.caller.clock()
    _let_in(visit, kind, person_id)
    listed = what_goes(workspace, visit.caller, kind, person_id)
    before = cutoff(workspace, visit.caller, kind) if kind in BY_AGE else None
    new = retention.NewErasure(
        kind, person_id, before, canonical(listed).decode("utf-8"), digest(listed), checked_words(reason, "a reason"),
        visit.viewer.username, visit.viewer.person_id or "", at,
    )  # fmt: skip
    with audit.together():
        opaque = retention.ask(new)
        if opaque is None:
            raise Refused("this erasure has been asked for already; somebody else decides")
        detail = {"erasure": opaque, "kind": kind, "list": new.listed_sha256}
        detail |= {"person": person_id} if person_id else {}
        audit.write(audit.Act(at, visit.caller.who, "request_erasure", detail))
        tell_partners(visit, f"erase:{opaque}", f"/hr/erasures/{opaque}/", person_id)
    return opaque


def what_goes(workspace: Workspace, caller: Caller, kind: str, person_id: str) -> dict[str, Any]:
    """The dry run: what an erasure would take, counted. Reads only. Raises Refused where it may not go, or is nothing.

    Its hash is what the second person approves: if it changes meanwhile, the approval is of no use.
    """
    from courtside.store import erasing_log, retention  # noqa: PLC0415

    if kind == "person":
        refuse_unless_erasable(workspace, caller, person_id)
        return {"kind": kind, **_of_person(person_id)}
    before, held = cutoff(workspace, caller, kind), retention.held_people()
    ids = [one.id for one in came_to_nothing(before, held)] if kind == "proposals" else []
    number = len(ids) if kind == "proposals" else len(erasing_log.acts_before(before, held))
    if not number:
        raise Refused("nothing of that kind has been kept long enough")
    return {"kind": kind, "before": before.date(), "count": number, **({"proposals": ids} if ids else {})}


def _of_person(person_id: str) -> dict[str, Any]:
    """What there is about a person beside the imported records, counted."""
    from courtside.store import disputes, documents, evidence, plans, proposals, rules  # noqa: PLC0415

    return {
        "plans": [one.id for one in plans.plans_about([person_id])],
        "documents": [one.id for one in documents.about([person_id])],
        "proposals": [one.id for one in proposals.about([person_id])],
        "rule evaluations": len(rules.evaluations_of(person_id)),
        "evidence entries": len(evidence.noted(person_id)),
        "disputes": len(disputes.about([person_id])),
    }


def _let_in(visit: Visit, kind: str, person_id: str) -> None:
    if kind == "person":
        require_handling(visit, person_id)
    elif kind in BY_AGE and not person_id:
        require_hr(visit)
        if visit.viewer.units or visit.viewer.is_read_only:
            raise NotFound
    else:
        raise NotFound
