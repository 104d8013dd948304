"""One metric's figure of every person over a stretch: what it is measured by, like with like, shrunken and not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from courtside.analysis.benchmark.handed import Mix, mix_of, mix_or_alike
from courtside.analysis.cards.batch import Batch
from courtside.analysis.cards.people import People
from courtside.analysis.cards.pools import Fit, Fitted, Levels, fitted
from courtside.analysis.counted import DayBook
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics.distributions import Array, Flags, Indices, Numbers
from courtside.analysis.statistics.shrinkage import (
    FLOOR,
    Pools,
    Shrunk,
    fit_counts,
    fit_rates,
    shrink_counts,
    shrink_rates,
)
from courtside.analysis.statistics.time_frame import dispersion
from courtside.metrics.metric import Measure, Metric, Ratio
from courtside.records.period import Period
from courtside.warehouse.question import Question
from courtside.warehouse.session import Session

HANDED_TABLES = ("leads", "opportunities")
"""Rows of these are what somebody was handed, and their mix moves a rate."""
WEEK = 5.0
"""Working days of a week: counts are shown as so many a week."""


@dataclass(frozen=True)
class PeopleFigures:
    """The figures of people who did the work: hits of cases (rates, mix-adjusted), events over days (counts).

    What scatters more than chance makes it counts for less: events over phi, cases of an odd mix by their worth.
    """

    metric: Metric
    kind: Kind
    persons: Sequence[str]
    hits: Array
    exposure: Array
    """Cases of a rate (as many as the mix-adjusted figure is worth), days of a count (over phi); else cases."""
    raw: Array
    """The figure itself: the mix-adjusted rate, events a week, or the metric's own value; nan where unknown."""
    n: Array
    mix: Mix | None = None

    @property
    def is_counted(self) -> bool:
        """Whether chance is known to the figure: so many of so many, or events."""
        return self.kind in (Kind.RATE, Kind.COUNT)

    def only(self, persons: Sequence[str]) -> PeopleFigures:
        """The same of some people, in their order; those without a figure have nan and no cases."""
        at = {person: n for n, person in enumerate(self.persons)}
        rows = np.array([at.get(person, -1) for person in persons], dtype=np.int64)
        there = rows >= 0

        def taken(values: Array, missing: float) -> Array:
            padded = np.append(values, missing)
            return np.where(there, padded[rows], missing)

        return replace(
            self, persons=tuple(persons), hits=taken(self.hits, 0.0), exposure=taken(self.exposure, 0.0),
            raw=taken(self.raw, np.nan), n=taken(self.n, 0.0),
        )  # fmt: skip

    def fit(self, pool: Indices, pools: int) -> Pools:
        """Pools of these people, each person in the one of its number."""
        return self._fit(self.hits, self.exposure, pool, pools)

    @property
    def _fit(self) -> Fit:
        return _fit_rates if self.kind is Kind.RATE else fit_counts

    def fitted(self, levels: Levels) -> Fitted:
        """The like-with-like pools of everybody with cases."""
        return fitted(self._fit, self.hits, self.exposure, levels, np.ones(len(self.persons), dtype=np.bool_))

    def shrunk(self, pools: Pools, pool: Indices) -> Shrunk:
        """Everybody's figure drawn towards their pool's: a rate, or events a week."""
        if self.kind is Kind.RATE:
            return shrink_rates(self.hits, self.exposure, pools, pool)
        found = shrink_counts(self.hits, self.exposure, pools, pool)
        scale = np.divide(WEEK, self.exposure, out=np.zeros_like(self.exposure), where=self.exposure > 0)
        return Shrunk(found.mean * scale, found.low * scale, found.high * scale, found.first, found.second)


def _fit_rates(x: Numbers, n: Numbers, pool: Indices, pools: int) -> Pools:
    return fit_rates(x, n, pool, pools).floored(FLOOR)


@dataclass(frozen=True)
class Reader:
    """Reads the figures of everybody over one stretch, metric after metric."""

    session: Session
    question: Question
    period: Period
    together: Sequence[str] = ()

    @cached_property
    def book(self) -> DayBook:
        """What was counted day by day, kept for the next metric."""
        return DayBook(self.session, self.together)

    @cached_property
    def people(self) -> People:
        """The people of the firm."""
        return People(self.session.open_firm())

    def about(self, name: str, by: tuple[str, ...] = ()) -> Question:
        """The question about another metric for the same stretch."""
        period = self.period
        return replace(
            self.question, metric=name, by=by, grain=None, first=period.starts_on, last=period.last_on, scopes=()
        )

    def levels(self, persons: Sequence[str]) -> Levels:
        """Who is compared with whom: by role, segment and tenure on the stretch's last day."""
        on = min(self.period.last_on, self.question.as_of)
        return Levels.of([self.people.like(person, self.period.name, on) for person in persons])

    def is_ready(self, persons: Sequence[str]) -> Flags:
        """Who is neither new nor was away for most of the stretch."""
        return np.array([self.people.readiness(p, self.period) == "ready" for p in persons], dtype=np.bool_)

    def _is_handed(self, metric: Metric) -> bool:
        """Whether a rate is of leads or opportunities, which are handed to people; what people do is theirs."""
        of = self.session.catalogue[metric.body.denominator].body if isinstance(metric.body, Ratio) else None
        return isinstance(of, Measure) and of.table in HANDED_TABLES

    def figures(self, name: str, stratum: str = "source") -> PeopleFigures:
        """Everybody's figures of a metric. Raises CannotAnswer where it cannot be cut by person."""
        metric = self.session.catalogue[name]
        kind = kind_of(metric, self.session.catalogue)
        if kind is Kind.RATE and isinstance(metric.body, Ratio):
            if self._is_handed(metric):
                return _of_mix(metric, mix_or_alike(self.session, self.about(name), stratum))
            return _of_mix(metric, mix_of(self.session, self.about(name), None))
        question = self.about(name, ("person",))
        answer = self.session.ask(question)
        rows = [row for row in answer.rows if row["value"] is not None and row["scope"] != "person:"]
        batch = Batch(self.book, metric, self.session.asked_of(question, metric), rows)
        persons = [str(keys[0]) for keys in batch.keys]
        value, n = batch.column("value"), batch.column("n")
        if kind is Kind.COUNT and batch.counts is not None:
            seen, phi = batch.seen, _bursts(batch)
            weekly = np.divide(seen.hits * WEEK, seen.days, out=np.full(len(rows), np.nan), where=seen.days > 0)
            return PeopleFigures(metric, kind, persons, seen.hits / phi, seen.days / phi, weekly, seen.hits)
        return PeopleFigures(metric, kind, persons, value, n, value, np.nan_to_num(n))


def _bursts(batch: Batch) -> float:
    """phi of everybody's weeks: events that come in bursts of phi say as much as so many fewer events alone."""
    squares, freedom = batch.scatter()
    return float(dispersion(squares.sum(keepdims=True), freedom.sum(keepdims=True))[0])


def _of_mix(metric: Metric, mix: Mix) -> PeopleFigures:
    """Rates with everybody's mix, worth as many cases as they are known by."""
    found = mix.compared
    worth = np.where(found.is_comparable, found.weight, 0.0)
    rate = np.clip(np.nan_to_num(found.adjusted), 0.0, 1.0)
    raw = np.where(worth > 0, rate, np.nan)
    return PeopleFigures(metric, Kind.RATE, [p for _, p in mix.units], rate * worth, worth, raw, found.of, mix)
