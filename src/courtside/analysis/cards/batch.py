"""The rows of one answer as columns, with all that is counted behind them over the stretches they may be judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from courtside.analysis.cards.judging import Seen, frames_of, scatter
from courtside.analysis.counted import Counted, DayBook, Stretch, counted
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics.distributions import Array, Flags, Indices
from courtside.analysis.statistics.time_frame import begins_on, ending_with, weeks_within
from courtside.metrics.metric import Measure, Metric
from courtside.records.period import Period
from courtside.warehouse.asked import Asked
from courtside.warehouse.compose import over_all
from courtside.warehouse.session import Session
from courtside.warehouse.spread import Keys

_ONE_DAY = timedelta(days=1)
_ADDED_UP = ("count", "count_distinct", "sum")
_MOST_MISSING = 0.1
"""So much of a stretch may lie before the first record: a first week without any is nothing unusual."""
_WEEK = 7.0
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Batch:
    """The rows of one question about one metric."""

    book: DayBook
    metric: Metric
    asked: Asked
    rows: Sequence[Row]

    @property
    def session(self) -> Session:
        """Where they were asked."""
        return self.book.session

    @cached_property
    def kind(self) -> Kind:
        """What sort of figure they are."""
        return kind_of(self.metric, self.session.catalogue)

    @cached_property
    def frames(self) -> Sequence[str]:
        """The time frames they may be judged over; none for all there is, and for what cannot be counted by days."""
        return () if self.asked.is_all or self.counts is None else frames_of(self.kind)

    @property
    def is_by_person(self) -> bool:
        """Whether every row is one person's whole figure: only these are compared with each other."""
        return self.asked.by == ("person",) and not self.asked.scopes

    # columns -------------------------------------------------------------------------------------------

    def column(self, name: str) -> Array:
        """A field of every row; nan where it is unknown."""
        return np.array([np.nan if row[name] is None else row[name] for row in self.rows], dtype=np.float64)

    @cached_property
    def keys(self) -> Sequence[Keys]:
        """What each row is cut by."""
        by = self.asked.by
        if len(by) > 1 or "stage" in by:
            return [tuple(row[name] for name in by) for row in self.rows]
        return [(row["scope"].partition(":")[2] or None,) if by else () for row in self.rows]

    @cached_property
    def period_number(self) -> Indices:
        """Which of the periods asked for each row speaks of."""
        place = {name: number for number, name in enumerate(self.asked.names)}
        return np.array([place[row["period"]] for row in self.rows], dtype=np.int64)

    @cached_property
    def periods(self) -> Sequence[Period]:
        """The periods asked for; of `all`, the days on which anything was recorded."""
        if not self.asked.is_all:
            return self.asked.periods
        first, last = self.days or (self.asked.clock.as_of, self.asked.clock.as_of)
        return (Period("all", first, max(first, min(last, self.asked.clock.as_of)) + _ONE_DAY),)

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """The first and last day of all that people worked on, by the clock; of a count or sum, as far as recorded."""
        found = over_all(self.session.coverage(self.asked.clock).days)
        if found is None or self.recorded_from is None:
            return found
        return max(found[0], min(self.recorded_from, found[1])), found[1]

    @cached_property
    def recorded_from(self) -> date | None:
        """The first day of the records a count or sum is made of; None for other figures, and without records."""
        body = self.metric.body
        if not isinstance(body, Measure) or body.take.how not in _ADDED_UP:
            return None
        span = self.session.coverage(self.asked.clock).days.get(body.table)
        return None if span is None else span[0]

    def is_recorded(self, stretch: Stretch) -> bool:
        """Whether the records of a count or sum reach back over a stretch, but for a tenth of its working days at most.

        Days before anything of the kind was brought in are days nobody can have done anything on: a target is not
        held against them.
        """
        since, until = stretch
        first = self.recorded_from
        if first is None or first <= since:
            return True
        missing, whole = (np.busday_count(since, end) for end in (min(first, until), until))
        return bool(missing <= _MOST_MISSING * whole)

    @cached_property
    def seen(self) -> Seen:
        """The raw figures: hits, cases and working days of the periods asked for."""
        value, n = self.column("value"), self.column("n")
        days = self.over("asked").days if self.counts is not None else np.zeros(len(self.rows))
        if self.kind is Kind.COUNT:
            there = np.isfinite(value) & ~self.is_idle
            return Seen(np.nan_to_num(value), np.zeros(len(self.rows)), np.where(there, days, 0.0))
        hits, of = self.column("numerator"), self.column("denominator")
        hits, of = np.where(np.isfinite(hits), hits, value * n), np.where(np.isfinite(of), of, n)
        return Seen(np.nan_to_num(np.minimum(hits, of)), np.nan_to_num(of), days)

    # stretches -----------------------------------------------------------------------------------------

    def stretch(self, number: int, frame: str) -> Stretch:
        """The days of a frame ending with a period, or of the period itself (`asked`)."""
        period = self.periods[number]
        return (period.starts_on if frame == "asked" else begins_on(period.ends_on, frame)), period.ends_on

    def judged_over(self, number: int, frame: str) -> Period:
        """The period in whose name a figure is judged: the frame's, where that is the longer."""
        if (number, frame) not in self._frames_judged:
            self._frames_judged[number, frame] = ending_with(self.periods[number], frame, self.session.calendar)
        return self._frames_judged[number, frame]

    @cached_property
    def _frames_judged(self) -> dict[tuple[int, str], Period]:
        return {}

    @cached_property
    def _weeks(self) -> Sequence[Sequence[Stretch]]:
        """For each period the whole weeks of the year that ends with it, on which anything was recorded."""
        if self.kind is not Kind.COUNT or self.asked.is_all or self.days is None:
            return [()] * len(self.periods)
        first, last = self.days
        found = []
        for number, period in enumerate(self.periods):
            since, until = max(self.stretch(number, "year")[0], first), min(period.ends_on, last + _ONE_DAY)
            weeks = weeks_within(since, until, self.session.calendar) if since < until else ()
            found.append([(week.starts_on, week.ends_on) for week in weeks])
        return found

    @cached_property
    def _index(self) -> Mapping[Keys, int]:
        return {key: number for number, key in enumerate(dict.fromkeys(self.keys))}

    @cached_property
    def _key_number(self) -> Indices:
        return np.array([self._index[key] for key in self.keys], dtype=np.int64)

    @cached_property
    def counts(self) -> Counted | None:
        """What is counted over every stretch there is use for."""
        frames = ("asked",) if self.asked.is_all else ("asked", *frames_of(self.kind))
        stretches = [self.stretch(number, frame) for number in range(len(self.periods)) for frame in frames]
        weekly = [week for weeks in self._weeks for week in weeks]
        return counted(self.book, self.metric, self.kind, self.asked, self._index, [*stretches, *weekly])

    def over(self, frame: str) -> Seen:
        """The figures of every row over a frame ending with its period; the idle have no days in it."""
        found = self._over(frame)
        return Seen(found.hits, found.of, np.where(self.is_idle, 0.0, found.days))

    def _over(self, frame: str) -> Seen:
        if self.counts is None:
            raise LookupError(self.metric.name)
        each = [self.stretch(number, frame) for number in range(len(self.periods))]
        return Seen(*self.counts.at([each[number] for number in self.period_number], self._key_number))

    @cached_property
    def is_idle(self) -> Flags:
        """Who did none of what is counted in the whole year before: it is not their work, nor a measure of others."""
        if self.kind is not Kind.COUNT or not self.is_by_person or self.counts is None:
            return np.zeros(len(self.rows), dtype=np.bool_)
        return np.asarray(self._over("asked" if self.asked.is_all else "year").hits == 0)

    def scatter(self) -> tuple[Array, Array]:
        """Chi-square and freedom of each row's weeks."""
        if self.counts is None:
            return np.zeros(len(self.rows)), np.zeros(len(self.rows))
        weekly = []
        for number, weeks in enumerate(self._weeks):
            rows = np.flatnonzero(self.period_number == number)
            weekly.append((self.counts, weeks, rows, self._key_number[rows]))
        return scatter(weekly, len(self.rows))

    @cached_property
    def weeks_recorded(self) -> Array:
        """How many weeks of the year that ends with each row's period anything was recorded in."""
        found = np.zeros(len(self.periods))
        if self.days is not None:
            for number in range(len(self.periods)):
                since, until = self.stretch(number, "asked" if self.asked.is_all else "year")
                days = (min(until, self.days[1] + _ONE_DAY) - max(since, self.days[0])).days
                found[number] = max(days, 0) / _WEEK
        return np.asarray(found[self.period_number])

    def mask(self, wanted: frozenset[str] | None) -> Flags:
        """Which rows are of the scopes wanted; all, if none are named."""
        return np.array([wanted is None or row["scope"] in wanted for row in self.rows], dtype=np.bool_)
