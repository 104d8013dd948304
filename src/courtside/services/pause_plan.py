"""Letting a plan rest while its person is away, and going on with it when they are back."""

from __future__ import annotations

from datetime import date

from courtside.services.plan_figures import days_off_of
from courtside.services.plan_step import Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import Leave, Pause, Resume
from courtside.workflow.record import Plan


def pause_plan(visit: Visit, plan_id: str, leave: Leave, since: date, seen: int | None = None) -> Plan:
    """The plan rests since a day: nothing falls due until the person is back. Raises NotFound, Refused."""
    return take(visit, plan_id, Asked(CaseAction.CHECK_IN, seen=seen), lambda _plan, by: Pause(by, leave, since))


def resume_plan(visit: Visit, plan_id: str, seen: int | None = None) -> Plan:
    """The person is back: the end moves by the working days they were away, holidays of their region left out.

    Raises NotFound, Refused.
    """
    return take(
        visit, plan_id, Asked(CaseAction.CHECK_IN, seen=seen),
        lambda plan, by: Resume(by, days_off_of(visit, plan.person_id)),
    )  # fmt: skip
