"""Extending a plan: asked for by one, agreed to by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from courtside.services.plan_rules import known_plan
from courtside.services.plan_step import LEADING, SECOND, Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import Extend, ProposeExtension
from courtside.workflow.record import Plan


def propose_extension(  # noqa: PLR0913  (an extension in all its parts)
    visit: Visit, plan_id: str, last_on: date, check_ins: tuple[date, ...], reason: str, *, seen: int | None = None
) -> Plan:
    """More time is asked for, up to and including a day. Raises NotFound, Refused."""
    ends_on = last_on + timedelta(days=1)
    return take(
        visit, plan_id, Asked(CaseAction.CHECK_IN, seen=seen),
        lambda _plan, by: ProposeExtension(by, ends_on, check_ins, reason),
    )  # fmt: skip


def extend_plan(visit: Visit, plan_id: str, asked_hash: str, session: Mapping[str, Any]) -> Plan:
    """The extension of this hash is agreed to: in an improvement plan by a second person with a fresh code.

    Raises NotFound, Refused, StepUpNeeded.
    """
    asked = extending(known_plan(plan_id), session)
    return take(visit, plan_id, asked, lambda _plan, by: Extend(by, asked_hash))


def extending(plan: Plan, session: Mapping[str, Any] | None = None) -> Asked:
    """What agreeing to an extension needs."""
    if plan.is_formal:
        return Asked(CaseAction.APPROVE_PLAN, SECOND, session=session)
    return Asked(CaseAction.CHECK_IN, LEADING)
