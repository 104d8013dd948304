"""Preparing a determination: every goal as the records have it, an outcome proposed, frozen for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from courtside.services.plan_goals import judge
from courtside.services.plan_step import Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import Outcome, PrepareDetermination
from courtside.workflow.record import Plan


@dataclass(frozen=True, slots=True)
class Prepared:
    """What somebody proposes: the outcome, why, and where it is to be extended until when, meeting on which days."""

    outcome: Outcome
    reason: str
    last_on: date | None = None
    check_ins: tuple[date, ...] = ()


def prepare_determination(visit: Visit, plan_id: str, prepared: Prepared, seen: int | None = None) -> Plan:
    """Goals are judged from the records as they are now, and frozen with their figures; nobody types a verdict in.

    Raises NotFound, and Refused for an outcome that does not follow: what cannot be told never leads to a removal.
    """
    ends_on = None if prepared.last_on is None else prepared.last_on + timedelta(days=1)
    return take(
        visit, plan_id, Asked(CaseAction.DETERMINE, seen=seen),
        lambda plan, by: PrepareDetermination(
            by, judge(visit, plan), prepared.outcome, prepared.reason, ends_on, prepared.check_ins
        ),
    )  # fmt: skip
