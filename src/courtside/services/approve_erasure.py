"""Approving an erasure somebody else asked for: bound to the list that was read, with a fresh code; then it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from courtside.records.canonical import digest
from courtside.services.dispute_rules import checked_words
from courtside.services.erase_approved import erase_approved
from courtside.services.hr_console_scope import refuse_unless_second_here
from courtside.services.refused import Refused
from courtside.services.request_erasure import what_goes
from courtside.services.viewing import NotFound, Visit

if TYPE_CHECKING:
    from courtside.store.retention import Erasure


def approve_erasure(
    visit: Visit, session: Mapping[str, Any], opaque: str, listed_sha256: str, reason: str
) -> tuple[str, ...]:
    """Approve and carry out; notes of what was done. `listed_sha256` is the hash of the list on the page.

    Raises NotFound, StepUpNeeded, and Refused: for whoever asked, under a hold, and where the list has changed.
    """
    from courtside.services.step_up import require_fresh  # noqa: PLC0415
    from courtside.store import audit, retention  # noqa: PLC0415  (Django stays out of start-up)

    found = asked_erasure(opaque)
    refuse_unless_second_here(visit, found.requested_by, found.person_id, opaque)
    proof, said, at = require_fresh(visit, session), checked_words(reason, "a reason"), visit.caller.clock()
    now = digest(what_goes(visit.standing.workspace, visit.caller, found.kind, found.person_id))
    if not found.listed_sha256 == listed_sha256 == now:
        raise Refused("what would go has changed since it was asked for; withdraw this, and ask anew")
    second = retention.Second(visit.viewer.username, visit.viewer.person_id or "", at, said, proof.method, proof.age_s)
    with audit.together():
        if not retention.approve(opaque, second):
            raise Refused("this was decided by somebody else meanwhile")
        detail = {"erasure": opaque, "list": now, "auth": proof.method, "auth_age_s": proof.age_s}
        audit.write(audit.Act(at, visit.caller.who, "approve_erasure", detail))
    return erase_approved(visit.standing.workspace, visit.caller, opaque)


def asked_erasure(opaque: str) -> Erasure:
    """An erasure that waits for its second person. Raises NotFound."""
    from courtside.store import retention  # noqa: PLC0415

    found = retention.erasure(opaque)
    if found is None or found.state != retention.ASKED:
        raise NotFound
    return found
