"""What somebody writes into a plan, made into its content: goals from the records, days checked, nothing dated back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from courtside.records.working_days import is_working_day
from courtside.services.plan_figures import days_of
from courtside.services.plan_goals import Weighed, by_key, level_of, weigh
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.workflow.content import SIGNERS, Content, Goal, Kind, Owed
from courtside.workflow.record import Plan

LENGTH = timedelta(days=60)
"""How long a plan runs where nobody says otherwise."""
NOTICE = timedelta(days=10)
"""So many days lie before it begins: for writing it, for the second person, and for signatures."""
BETWEEN = timedelta(days=14)
"""Days between check-ins where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class GoalWritten:
    """A goal as it is asked for: a count by the full week, a share of cases as a share (0.6)."""

    metric: str
    level: float
    is_decisive: bool = True


@dataclass(frozen=True, slots=True)
class OwedWritten:
    """What the manager does, and by when."""

    what: str
    due_on: date


@dataclass(frozen=True, slots=True)
class PlanWritten:
    """A plan as somebody writes it. `last_on` and `sign_by` are included."""

    starts_on: date
    last_on: date
    sign_by: date
    purpose: str = ""
    goals: tuple[GoalWritten, ...] = ()
    owed: tuple[OwedWritten, ...] = ()
    check_ins: tuple[date, ...] = ()


def content_of(visit: Visit, person_id: str, kind: Kind, plan: PlanWritten, before: Content | None = None) -> Content:
    """The content of what was written. Raises Refused naming every goal that cannot be one, and why.

    What was expected of the person when a goal was chosen stays with it, however often the plan is written anew.
    """
    period = plan.starts_on, plan.last_on + timedelta(days=1)
    goals = tuple(_kept(one.goal, before) for one in weighed(visit, person_id, plan))
    return Content(
        starts_on=period[0],
        ends_on=period[1],
        sign_by=plan.sign_by,
        goals=goals,
        owed=tuple(Owed(f"owed-{n}", one.what.strip(), one.due_on) for n, one in enumerate(plan.owed, 1)),
        check_ins=tuple(sorted(plan.check_ins)),
        wanted=SIGNERS if kind is Kind.IMPROVEMENT else SIGNERS[:2],
        evidence_sha256=before.evidence_sha256 if before else "",
        purpose=plan.purpose.strip(),
    )


def weighed(visit: Visit, person_id: str, plan: PlanWritten) -> tuple[Weighed, ...]:
    """The goals as written, each weighed. Raises Refused where one that is to decide cannot."""
    if plan.last_on < plan.starts_on:
        raise Refused(f"the last day ({plan.last_on}) lies before the first ({plan.starts_on})")
    period = plan.starts_on, plan.last_on + timedelta(days=1)
    _check_levels(plan.goals)
    found = tuple(
        weigh(visit, person_id, one.metric, one.level, period, is_decisive=one.is_decisive) for one in plan.goals
    )
    faults = [f"{one.goal.label}: {said}" for one in found for said in _against(one)]
    if faults:
        raise Refused("not every goal can be one; choose others, or a longer period", lines=tuple(faults))
    return found


def _check_levels(goals: Sequence[GoalWritten]) -> None:
    names = [one.metric for one in goals]
    for one in goals:
        if names.count(one.metric) > 1:
            raise Refused(f"{one.metric} is there twice; a metric is one goal")
        if not 0 < one.level < 1_000_000:  # noqa: PLR2004  (nobody does more than that a week)
            raise Refused(f"{one.metric}: {one.level:g} is nothing to reach; give a number above 0")


def _against(one: Weighed) -> tuple[str, ...]:
    """What speaks against a goal; of one that decides nothing, only that it is a result, or handed to a person."""
    if one.goal.is_decisive:
        return one.checked.refusals
    return tuple(said for said in one.checked.refusals if "own hands" in said)


def _kept(goal: Goal, before: Content | None) -> Goal:
    earlier = by_key(before.goals).get(goal.key) if before else None
    return goal if earlier is None else replace(goal, figure=earlier.figure, expected_next=earlier.expected_next)


def usual_days(today: date) -> PlanWritten:
    """The days of a plan nobody has thought about yet: from a Monday, for 60 days, meeting every other week."""
    starts_on = today + NOTICE
    starts_on += timedelta(days=-starts_on.weekday() % 7)
    last_on = starts_on + LENGTH - timedelta(days=1)
    check_ins, day = [], starts_on + BETWEEN
    while day <= last_on:
        check_ins.append(day)
        day += BETWEEN
    return PlanWritten(starts_on, last_on, _working_day_before(starts_on), check_ins=tuple(check_ins))


def _working_day_before(day: date) -> date:
    before = day - timedelta(days=1)
    while not is_working_day(before):
        before -= timedelta(days=1)
    return before


def as_written(visit: Visit, plan: Plan) -> PlanWritten:
    """The content of a plan as its form shows it."""
    content = plan.content
    days = days_of(visit, plan.person_id, content.starts_on, content.ends_on).working
    return PlanWritten(
        content.starts_on, content.ends_on - timedelta(days=1), content.sign_by, content.purpose,
        tuple(GoalWritten(one.metric, round(level_of(one, days), 4), one.is_decisive) for one in content.goals),
        tuple(OwedWritten(one.what, one.due_on) for one in content.owed), content.check_ins,
    )  # fmt: skip
