"""Deciding how a plan ends, as it was prepared: in an improvement plan by somebody else, with a fresh code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.services.plan_rules import known_plan
from courtside.services.plan_step import LEADING, SECOND, Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import Determine
from courtside.workflow.record import Plan


def determine_plan(visit: Visit, plan_id: str, asked_hash: str, session: Mapping[str, Any]) -> Plan:
    """Decided as prepared under this hash; the letters go out. Raises NotFound, Refused, StepUpNeeded."""
    asked = determining(known_plan(plan_id), session)
    return take(visit, plan_id, asked, lambda _plan, by: Determine(by, asked_hash))


def determining(plan: Plan, session: Mapping[str, Any] | None = None) -> Asked:
    """What deciding needs."""
    if plan.is_formal:
        return Asked(CaseAction.APPROVE_DETERMINATION, SECOND, session=session)
    return Asked(CaseAction.APPROVE_DETERMINATION, LEADING)
