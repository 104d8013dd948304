"""Writing a plan anew: what was approved or signed before holds no longer."""

from __future__ import annotations

from courtside.services.plan_content import PlanWritten, content_of
from courtside.services.plan_goals import by_key, expectations
from courtside.services.plan_rules import known_plan, may_plan
from courtside.services.plan_step import Asked, take
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import Edit
from courtside.workflow.record import Plan

ASKED = CaseAction.EDIT_PLAN


def edit_plan(visit: Visit, plan_id: str, written: PlanWritten, seen: int | None = None) -> Plan:
    """The plan with other content, a draft again: approvals and signatures are void. Raises NotFound, Refused."""
    before = known_plan(plan_id)
    if not may_plan(visit, ASKED, before):
        raise NotFound
    content = content_of(visit, before.person_id, before.kind, written, before.content)
    known = by_key(before.content.goals)
    made = expectations(visit, before.person_id, [one for one in content.goals if one.key not in known])
    return take(visit, plan_id, Asked(ASKED, seen=seen, detail={"expected": made}), lambda _plan, by: Edit(by, content))
