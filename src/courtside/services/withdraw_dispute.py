"""Withdrawing a dispute: whoever opened it takes the claim back while it is open."""

from __future__ import annotations

from courtside.services.dispute_rules import seen_dispute
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit


def withdraw_dispute(visit: Visit, number: int) -> None:
    """Take a claim back; nothing changes in the records. Raises NotFound for others than the opener, Refused."""

    from courtside.store import audit, disputes  # noqa: PLC0415

    found = seen_dispute(visit, number)
    if found.claim.opened_by != visit.viewer.username or visit.viewer.is_read_only:
        raise NotFound
    at, claim = visit.caller.clock(), found.claim
    with audit.together():
        if not disputes.end(number, disputes.Ending(disputes.WITHDRAWN, at, visit.caller.who)):
            raise Refused(f"dispute {number} is not open any more")
        disputes.tell(number, "withdrawn", {claim.person_id} - {claim.opener_id}, at)
        detail = {"dispute": number, "person": claim.person_id}
        audit.write(audit.Act(at, visit.caller.who, "withdraw_dispute", detail))
