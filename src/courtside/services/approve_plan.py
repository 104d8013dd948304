"""Approving a plan, or giving back what lies before one: by a second person, for exactly what they saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.services.plan_rules import known_plan
from courtside.services.plan_step import LEADING, SECOND, Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import Approve, Return
from courtside.workflow.record import Plan, State


def approve_plan(visit: Visit, plan_id: str, content_hash: str, session: Mapping[str, Any]) -> Plan:
    """The content of this hash is agreed to, with a fresh code. Raises NotFound, Refused, StepUpNeeded.

    Source: TRUST 2.3: author, approver and subject are three people, and the approver does not report to the author.
    """
    asked = Asked(CaseAction.APPROVE_PLAN, SECOND, session=session)
    return take(visit, plan_id, asked, lambda _plan, by: Approve(by, content_hash))


def return_plan(visit: Visit, plan_id: str, reason: str, seen: int | None = None) -> Plan:
    """What lies before a second person goes back, with a reason: a draft, an extension, or a determination.

    Raises NotFound, Refused.
    """
    plan = known_plan(plan_id)
    return take(visit, plan_id, returning(plan, seen), lambda _plan, by: Return(by, reason))


def returning(plan: Plan, seen: int | None = None) -> Asked:
    """What giving back needs, as the plan stands."""
    if plan.state is State.DETERMINING:
        return Asked(CaseAction.APPROVE_DETERMINATION, SECOND if plan.is_formal else LEADING, seen)
    if not plan.is_formal and plan.state is State.ACTIVE:
        return Asked(CaseAction.CHECK_IN, LEADING, seen)
    return Asked(CaseAction.APPROVE_PLAN, SECOND if plan.is_formal else LEADING, seen)
