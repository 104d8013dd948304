"""Giving a plan up, with a reason."""

from __future__ import annotations

from courtside.services.plan_step import LEADING, Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import Cancel
from courtside.workflow.record import Plan

GIVING_UP = Asked(CaseAction.SEE_PLAN, LEADING)


def cancel_plan(visit: Visit, plan_id: str, reason: str, seen: int | None = None) -> Plan:
    """The plan is given up; an improvement plan by HR or whoever wrote it. Raises NotFound, Refused."""
    return take(visit, plan_id, Asked(CaseAction.SEE_PLAN, LEADING, seen), lambda _plan, by: Cancel(by, reason))
