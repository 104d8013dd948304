"""Answering what was late in a plan: HR says what was done about it."""

from __future__ import annotations

from courtside.services.plan_step import Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.actors import Part
from courtside.workflow.events import AnswerEscalation
from courtside.workflow.record import Plan

ANSWERING = Asked(CaseAction.SEE_PLAN, (Part.HR,))


def answer_escalation(visit: Visit, plan_id: str, key: str, reason: str, seen: int | None = None) -> Plan:
    """HR has dealt with something that was late, and says how. Raises NotFound, Refused."""
    return take(
        visit,
        plan_id,
        Asked(CaseAction.SEE_PLAN, (Part.HR,), seen),
        lambda _plan, by: AnswerEscalation(by, key, reason),
    )
