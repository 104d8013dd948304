"""People: who was employed, who belonged where on which day, who was away, and when nobody works."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, pairwise

from courtside.records.period import Calendar
from courtside.records.ramp import Ramp

_ONE_DAY = timedelta(days=1)

ANY_ROLE = "default"
"""Stands for every role that has no ramp of its own."""


@dataclass(frozen=True, slots=True)
class Employment:
    """When a person worked for the firm: first and last day, both included; None is without bound."""

    person_id: str
    hired_on: date | None = None
    left_on: date | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where a person belonged from `valid_from` until `valid_to` (included), or until the next assignment."""

    person_id: str
    valid_from: date
    valid_to: date | None = None
    team: str | None = None
    segment: str | None = None
    region: str | None = None
    seniority: str | None = None
    manager_id: str | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Days a person was away, both ends included."""

    person_id: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day nobody works in a region; everywhere if the region is empty."""

    on: date
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which one assignment counts. `ends_on` is the first day after them, None while it lasts."""

    starts_on: date
    ends_on: date | None
    assignment: Assignment

    @property
    def person_id(self) -> str:
        """Whose days these are."""
        return self.assignment.person_id


@dataclass(frozen=True, slots=True)
class Firm:
    """The people of a firm and its calendar: all that decides which days somebody was there to work.

    `ramp` gives, by role, the share of a full target in the first, second … month of employment; later
    months count in full. `{"seller": (0.25, 0.5)}`: a quarter in the first month, half in the second.
    """

    people: Sequence[Employment] = ()
    assignments: Sequence[Assignment] = ()
    absences: Sequence[Absence] = ()
    holidays: Sequence[Holiday] = ()
    calendar: Calendar = Calendar()
    ramp: Ramp = field(default_factory=dict)


def assignment_on(rows: Iterable[Assignment], day: date) -> Assignment | None:
    """The assignment of one person that counts on a day: the latest begun, unless it has run out.

    `rows` are that person's, in any order. An older row never comes back when the latest has run out.
    """
    begun = [row for row in rows if row.valid_from <= day]
    if not begun:
        return None
    latest = max(reversed(begun), key=_begin)
    return latest if latest.valid_to is None or day <= latest.valid_to else None


def spans(rows: Iterable[Assignment]) -> tuple[Span, ...]:
    """The days each assignment counts, by person and day, never overlapping; `rows` may be of many people.

    A row ends with its `valid_to` or the day before the person's next row, whichever is earlier.
    """
    found: list[Span] = []
    for _, own in groupby(sorted(rows, key=lambda row: (row.person_id, row.valid_from)), key=_person):
        row: Assignment | None
        for row, newer in pairwise((*own, None)):
            if row is not None:
                found.extend(_span(row, newer))
    return tuple(found)


def _span(row: Assignment, newer: Assignment | None) -> Iterable[Span]:
    """The days a row counts before a newer one begins; none if it ended before it began."""
    ends = [newer.valid_from] if newer else []
    if row.valid_to is not None and row.valid_to < date.max:
        ends.append(row.valid_to + _ONE_DAY)
    ends_on = min(ends, default=None)
    if ends_on is None or ends_on > row.valid_from:
        yield Span(row.valid_from, ends_on, row)


def _begin(row: Assignment) -> date:
    return row.valid_from


def _person(row: Assignment) -> str:
    return row.person_id
