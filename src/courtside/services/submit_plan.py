"""Putting a draft before a second person."""

from __future__ import annotations

from courtside.services.plan_step import Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import SubmitForApproval
from courtside.workflow.record import Plan


def submit_plan(visit: Visit, plan_id: str, seen: int | None = None) -> Plan:
    """The draft of an improvement plan lies before a second person from now on. Raises NotFound, Refused."""
    return take(visit, plan_id, Asked(CaseAction.EDIT_PLAN, seen=seen), lambda _plan, by: SubmitForApproval(by))
