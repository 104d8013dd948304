"""Beginning a plan: all have signed, or what they did instead is witnessed, and its days count from now."""

from __future__ import annotations

from courtside.services.plan_figures import days_off_of
from courtside.services.plan_step import Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import Begin
from courtside.workflow.record import Plan


def begin_plan(visit: Visit, plan_id: str, seen: int | None = None) -> Plan:
    """The period begins; begun late, all of it moves by the working days lost. Raises NotFound, Refused."""
    return take(
        visit, plan_id, Asked(CaseAction.CHECK_IN, seen=seen),
        lambda plan, by: Begin(by, days_off_of(visit, plan.person_id)),
    )  # fmt: skip
