"""The end of a plan's file: the letter has reached the person, and nothing is left to do."""

from __future__ import annotations

from courtside.services.plan_step import LEADING, Asked, take
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.actors import Actor
from courtside.workflow.events import Close, FollowUpDelivered
from courtside.workflow.record import Plan


def deliver_follow_up(visit: Visit, plan_id: str, document: str, seen: int | None = None) -> Plan:
    """The letter that follows a determination has reached the person. Raises NotFound, Refused."""
    return take(
        visit, plan_id, Asked(CaseAction.SEE_PLAN, LEADING, seen), lambda plan, by: _delivered(plan, by, document)
    )


def _delivered(plan: Plan, by: Actor, document: str) -> FollowUpDelivered:
    """Raises Refused for a document that is none of this plan's."""
    from courtside.store import documents  # noqa: PLC0415  (Django stays out of start-up)

    found = documents.document(document)
    if found is None or found.plan_id != plan.id:
        raise Refused("name the letter: one of this plan's documents")
    return FollowUpDelivered(by, document)


def close_plan(visit: Visit, plan_id: str, seen: int | None = None) -> Plan:
    """Nothing is left to do. Raises NotFound, Refused."""
    return take(visit, plan_id, Asked(CaseAction.SEE_PLAN, LEADING, seen), lambda _plan, by: Close(by))
