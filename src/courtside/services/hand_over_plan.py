"""Handing a plan over to whoever leads the person now."""

from __future__ import annotations

from courtside.services.plan_rules import known_plan
from courtside.services.plan_step import LEADING, Asked, take
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.actors import Actor, Part
from courtside.workflow.events import Handover
from courtside.workflow.record import Plan


def hand_over_plan(visit: Visit, plan_id: str, manager_id: str, reason: str, seen: int | None = None) -> Plan:
    """Another manager leads the plan: HR does this, in a coaching plan the manager too.

    Raises NotFound, and Refused for somebody who does not lead the person today.
    """
    plan = known_plan(plan_id)
    return take(visit, plan_id, handing_over(plan, seen), lambda plan, by: _event(visit, plan, by, manager_id, reason))


def _event(visit: Visit, plan: Plan, by: Actor, manager_id: str, reason: str) -> Handover:
    if manager_id not in visit.hierarchy.managers_of(plan.person_id, visit.today):
        raise Refused("a plan is handed over to somebody who leads the person directly today, by the records")
    return Handover(by, manager_id, reason)


def handing_over(plan: Plan, seen: int | None = None) -> Asked:
    """What handing over needs."""
    return Asked(CaseAction.SEE_PLAN, (Part.HR,) if plan.is_formal else LEADING, seen)
