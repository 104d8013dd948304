"""Checking a proposal: worked out anew from itself, and asked for again from the records as they were known then."""

from __future__ import annotations

from courtside.services.proposal_rights import seen_proposal
from courtside.services.recompute_proposal import Checked, recompute
from courtside.services.refind_proposal import refind
from courtside.services.viewing import Visit


def check_proposal(visit: Visit, proposal_id: str) -> Checked:
    """Both checks of a proposal the viewer may see; what was found goes into the log. Raises NotFound, Refused."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    found = seen_proposal(visit, proposal_id)
    alone, again = recompute(found), refind(visit.standing.workspace, visit.caller, found)
    checked = Checked(alone.checks + again.checks, (*alone.differences, *again.differences))
    detail = {"case": found.id, "person": found.person_id, "differences": len(checked.differences)}
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "check_proposal", detail))
    return checked
