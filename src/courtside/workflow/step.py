"""One step taken: the plan after it, what goes into its act in the log, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from courtside.records.working_days import is_working_day
from courtside.workflow.actors import Part
from courtside.workflow.effects import CalendarCancelled, CalendarEntry, Effect
from courtside.workflow.record import Plan

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """The plan after a step (its version not yet counted on), its effects, and words for the log."""

    plan: Plan
    effects: tuple[Effect, ...] = ()
    detail: Mapping[str, str | int | None] = field(default_factory=dict)


def sign_key(plan: Plan) -> str:
    """The key of the day signatures are due in people's calendars."""
    return f"{plan.id}:sign"


def meetings(plan: Plan) -> tuple[Effect, ...]:
    """The check-ins still to be held, for the calendars of the two who meet; sent again, they move."""
    to = (Part.REP, Part.MANAGER)
    return tuple(
        CalendarEntry(f"{plan.id}:meeting:{n}", to, one.due_on)
        for n, one in enumerate(plan.check_ins)
        if one.held_on is None
    )


def meetings_off(plan: Plan) -> tuple[Effect, ...]:
    """Nobody waits for the meetings that were not held."""
    if plan.began_on is None:
        return ()
    return tuple(
        CalendarCancelled(f"{plan.id}:meeting:{n}") for n, one in enumerate(plan.check_ins) if one.held_on is None
    )


def working_days_between(since: date, until: date, days_off: tuple[date, ...]) -> int:
    """Working days from a day until another, which is excluded: Monday to Monday -> 5."""
    days = range(max((until - since).days, 0))
    return sum(is_working_day(since + n * _ONE_DAY, days_off) for n in days)


def moved(day: date, working_days: int, days_off: tuple[date, ...], *, onto_work: bool = False) -> date:
    """A day so many working days later; `onto_work`: the next working day if it is none itself.

    Friday, 1 -> Saturday (the working day that lies between is Friday); onto work -> Monday.
    """
    at, left = day, working_days
    while left > 0:
        left -= is_working_day(at, days_off)
        at += _ONE_DAY
    while onto_work and not is_working_day(at, days_off):
        at += _ONE_DAY
    return at
