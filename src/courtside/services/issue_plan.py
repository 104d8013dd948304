"""Issuing a plan: its document goes to the person, and signatures are asked for."""

from __future__ import annotations

from courtside.services.plan_rules import known_plan
from courtside.services.plan_step import Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import Issue
from courtside.workflow.record import Plan


def issue_plan(visit: Visit, plan_id: str, seen: int | None = None) -> Plan:
    """The plan is the person's to read and sign from now on. Raises NotFound, Refused.

    An improvement plan goes out as a second person approved it; a coaching plan as its manager wrote it.
    """
    return take(visit, plan_id, issuing(known_plan(plan_id), seen), lambda _plan, by: Issue(by))


def issuing(plan: Plan, seen: int | None = None) -> Asked:
    """What issuing needs: a coaching plan is its manager's from the draft on."""
    return Asked(CaseAction.ISSUE_PLAN if plan.is_formal else CaseAction.EDIT_PLAN, seen=seen)
