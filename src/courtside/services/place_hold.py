"""Placing a legal hold: from now on nothing about a person, or of one case about them, can be erased."""

from __future__ import annotations

from courtside.services.dispute_rules import checked_words
from courtside.services.hr_console_scope import require_handling
from courtside.services.refused import Refused
from courtside.services.viewing import Visit


def place_hold(visit: Visit, person_id: str, case_id: str, reason: str) -> int:
    """The hold's number. `case_id` is a plan or proposal about the person; empty holds everything about them.

    An HR partner who looks after the person may, alone: to keep more can be undone. Raises NotFound, Refused.
    """
    from courtside.store import audit, retention  # noqa: PLC0415  (Django stays out of start-up)

    require_handling(visit, person_id)
    said = checked_words(reason, "a reason")
    case = _case(person_id, case_id.strip())
    at = visit.caller.clock()
    with audit.together():
        number = retention.place(person_id, case, said, visit.caller.who, at)
        if number is None:
            raise Refused("a hold stands on that already")
        detail = {"hold": number, "person": person_id, **({"case": case} if case else {})}
        audit.write(audit.Act(at, visit.caller.who, "place_hold", detail))
    return number


def _case(person_id: str, case_id: str) -> str:
    """The id under which a case is held: a proposal that became a plan is held with the plan. Raises Refused."""
    if not case_id:
        return ""
    from courtside.store import plans, proposals  # noqa: PLC0415

    plan = plans.plan(case_id)
    if plan is not None and plan.person_id == person_id:
        return case_id
    found = proposals.proposal(case_id)
    if found is not None and found.person_id == person_id:
        return found.plan_id or case_id
    raise Refused("there is no such case about this person; leave it empty to hold everything about them")
