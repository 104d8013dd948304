"""What is asked: which periods, cut by what, for whom; and the tables of days that say so to an engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from courtside.records.period import Calendar, Period
from courtside.warehouse.clock import Clock
from courtside.warehouse.engine import Engine

PERIODS = "asked_periods"
DAYS = "asked_days"
DAYS_BEFORE = "asked_days_before"
BEFORE = "__before"
"""Suffix of what speaks of the same period a year before."""

_PERIOD_COLUMNS = {
    "period": "INTEGER", "starts_on": "DATE", "last_on": "DATE", "counted_to": "DATE", "year_before_on": "DATE",
    "year_before_to": "DATE",
}  # fmt: skip


Stretch = tuple[date, date]
"""A first day and the day after the last."""
Stretches = tuple[Stretch | None, Stretch | None]


class Coverage(Protocol):
    """Which stretches of days the rows of each table reach into."""

    @property
    def days(self) -> Mapping[str, tuple[date, date] | None]:
        """The first and last day of each table's rows."""
        ...

    def covers(self, table: str, first: date | None, last: date | None) -> bool:
        """Whether a table's rows reach into a stretch of days, both ends included."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """One group a question is about: `person:P1`, `team:North`, `company`."""

    dimension: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Scope:
        """A scope from its name; a bare word is a person."""
        if text == "company":
            return cls("company", "company")
        dimension, colon, value = text.partition(":")
        return cls(dimension, value) if colon else cls("person", text)

    def __str__(self) -> str:
        return "company" if self.dimension == "company" else f"{self.dimension}:{self.value}"


@dataclass(frozen=True, slots=True)
class Asked:
    """The cut of a question. `periods` is empty where everything up to the clock is one period, `all`."""

    by: tuple[str, ...]
    periods: tuple[Period, ...]
    clock: Clock
    calendar: Calendar
    scopes: tuple[Scope, ...] = ()
    people: tuple[str, ...] | None = None
    """Everybody the scopes can speak of, where these are few: rows of others need not be looked at."""
    stretches: tuple[tuple[str, str], ...] = ()
    """The same people as stretches of neighbours among all people in the order of their ids, where these are few."""

    @property
    def is_all(self) -> bool:
        """Whether the one period is all there is."""
        return not self.periods

    @property
    def names(self) -> tuple[str, ...]:
        """The period names, in the order of their numbers."""
        return tuple(period.name for period in self.periods) or ("all",)

    def counted_to(self, number: int) -> date:
        """The last day that counts of a period: its own, or the clock's."""
        return min(self.periods[number].last_on, self.clock.as_of) if self.periods else self.clock.as_of

    def load(self, engine: Engine, coverage: Coverage) -> None:
        """Give the engine the periods, which tables cover them, and their days. Days after the clock are left out."""
        covering = {f"covers_{table}{suffix}": "BOOLEAN" for suffix in ("", BEFORE) for table in coverage.days}
        rows = [
            (*row, *(coverage.covers(t, row[1], row[2]) for t in coverage.days),
             *(coverage.covers(t, row[4], row[5]) for t in coverage.days))
            for row in self._period_rows()
        ]  # fmt: skip
        engine.load(PERIODS, {**_PERIOD_COLUMNS, **covering}, rows)
        columns = {"day": "DATE", "period": "INTEGER"}
        engine.load(DAYS, columns, list(self._days()))
        engine.load(DAYS_BEFORE, columns, list(self._days_before()))

    def _period_rows(self) -> Iterator[tuple[int, date, date, date, date | None, date | None]]:
        for number, period in enumerate(self.periods):
            before = self.calendar.year_before(period)
            to = self.counted_to(number)
            on, last = (before.starts_on, before.last_on) if before else (None, None)
            yield number, period.starts_on, period.last_on, to, on, last
        if self.is_all:
            yield 0, date(1, 1, 1), self.clock.as_of, self.clock.as_of, None, None

    @property
    def stretches_of_days(self) -> Stretches:
        """The days asked about and those a year before, each as its first day and the day after its last."""
        return self.stretch(), self.stretch(year_before=True)

    def stretch(self, *, year_before: bool = False) -> Stretch | None:
        """The first day asked about, or a year before it, and the day after the last; None if there is none."""
        days = [day for day, _ in (self._days_before() if year_before else self._days())]
        return (min(days), max(days) + timedelta(days=1)) if days else None

    def _days(self) -> Iterator[tuple[date, int]]:
        for number, period in enumerate(self.periods):
            for day in period.days:
                if day <= self.clock.as_of:
                    yield day, number

    def _days_before(self) -> Iterator[tuple[date, int]]:
        for number, period in enumerate(self.periods):
            before = self.calendar.year_before(period)
            for day in before.days if before else ():
                if day <= self.clock.as_of:
                    yield day, number
