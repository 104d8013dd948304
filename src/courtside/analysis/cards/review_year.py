"""The review years of a card's people: month by month what was done and what was due, over and ripe.

The review year is the fiscal year that holds the last day of the period judged (the calendar year, where
the firm has no other). Evidence starts anew with it, and nothing else can start it anew (METHODS 1.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from courtside.analysis.cards.batch import Batch
from courtside.analysis.cards.handing import Handing
from courtside.analysis.cards.people import People
from courtside.analysis.counted import Counted, Stretch, counted
from courtside.analysis.kinds import Kind
from courtside.analysis.statistics.distributions import Array, Indices
from courtside.analysis.statistics.guard import Years
from courtside.analysis.statistics.time_frame import begins_on
from courtside.metrics.metric import Direction
from courtside.metrics.sharing import Sharing
from courtside.metrics.target import Targets
from courtside.records.period import Period
from courtside.warehouse.spread import Keys

BENEFIT = 1.0
"""Standard errors of what is typical of somebody's cases that count in their favour before anything formal."""


@dataclass(frozen=True)
class ReviewYears:
    """The months behind the rows of a batch that is cut by person."""

    batch: Batch
    people: People
    by_period: Sequence[Sequence[Period]]
    """The months of each period's review year that are over and ripe."""
    handing: Handing | None
    """What was handed to whom; None of counts."""
    phi: Array
    """The dispersion of each row's counts."""
    _targets: dict[tuple[str, str], float] = field(default_factory=dict)

    def so_far(self, rows: Indices, number: int) -> tuple[Array, Array, Array]:
        """Hits, cases and days of rows of one period over its whole review year so far."""
        months = self.by_period[number]
        return self._at((months[0].starts_on, months[-1].ends_on), rows)

    def years(self, rows: Indices, number: int) -> tuple[Years, Array]:
        """The review years of some rows of one period, each month beside its own target; and the days present.

        A month without a target, or in which somebody was still new, is no month of the plan: neither what
        was done in it nor what was due counts.
        """
        months = self.by_period[number]
        monthly = [self._at((month.starts_on, month.ends_on), rows) for month in months]
        hits, of, days = (np.stack([part[n] for part in monthly], axis=1) for n in range(3))
        targets = np.array([[self._target(row, month) for month in months] for row in rows.tolist()])
        is_rate = self.batch.kind is Kind.RATE
        due = targets * self.handed(rows, number)[:, None] * of if is_rate else targets
        hits, of, days = (np.where(np.isfinite(due), part, 0.0) for part in (hits, of, days))
        due = np.minimum(np.nan_to_num(due), 0.99 * of) if is_rate else np.nan_to_num(due)
        return Years(hits, of, due, self.phi[rows], is_rate, self.batch.metric.direction is Direction.DOWN), days

    def handed(self, rows: Indices, number: int) -> Array:
        """What a fair target of each row is of the one set, for what was handed to them this review year.

        What others make of the same cases is estimated as well: the doubt about it goes to the person.
        """
        if self.handing is None:
            return np.ones(len(rows))
        months = self.by_period[number]
        benefit = -BENEFIT if self.batch.metric.direction is Direction.DOWN else BENEFIT
        return self.handing.ratio((months[0].starts_on, months[-1].ends_on), benefit)[self.keys[rows]]

    @cached_property
    def periods(self) -> Sequence[int]:
        """The numbers of the periods of whose review year any month can be looked at."""
        return [number for number, months in enumerate(self.by_period) if months]

    @cached_property
    def _whole(self) -> Sequence[Stretch]:
        """The years that end with the periods: what the batch has read already, so that nothing is read anew."""
        ends = [period.ends_on for period in self.batch.periods]
        return [(begins_on(until, "year"), until) for until in ends]

    @cached_property
    def counts(self) -> Counted | None:
        """What was counted in each month, and from each year's start on."""
        found = set()
        for months in filter(None, self.by_period):
            found |= {(month.starts_on, month.ends_on) for month in months}
            found |= {(months[0].starts_on, month.ends_on) for month in months[-1:]}
        batch = self.batch
        is_daily = batch.counts is not None and bool(found)
        stretches = [*self._whole, *found] if is_daily else []
        return counted(batch.book, batch.metric, batch.kind, batch.asked, self.index, stretches)

    def _at(self, stretch: Stretch, rows: Indices) -> tuple[Array, Array, Array]:
        if self.counts is None:
            raise LookupError(self.batch.metric.name)
        return self.counts.at([stretch] * len(rows), self.keys[rows])

    @cached_property
    def index(self) -> Mapping[Keys, int]:
        """The number of each person's key."""
        return {key: number for number, key in enumerate(dict.fromkeys(self.batch.keys))}

    @cached_property
    def keys(self) -> Indices:
        """The number of each row's key."""
        return np.array([self.index[key] for key in self.batch.keys], dtype=np.int64)

    def _target(self, row: int, month: Period) -> float:
        """The target of a row's person in a month, as it stands by as-of; nan without one, and while they are new."""
        person_id, scope = str(self.batch.keys[row][0]), str(self.batch.rows[row]["scope"])
        if (scope, month.name) not in self._targets:
            targets, sharing = self._resolver
            is_new = self.people.is_new(person_id, month.last_on)
            found = targets.of(self.batch.metric.name, scope, month, self.batch.asked.clock.as_of, sharing).value
            self._targets[scope, month.name] = np.nan if found is None or is_new else found
        return self._targets[scope, month.name]

    @cached_property
    def _resolver(self) -> tuple[Targets, Sharing]:
        session = self.batch.session
        sharing = session.special_of(self.batch.asked).sharing(self.batch.metric.name)
        return session.open_firm().targets, sharing
