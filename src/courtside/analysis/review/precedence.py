"""Whether a metric precedes what it is said to move inside the same person, at which lag, and if it still does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from courtside.analysis.review.weekly import Weeks
from courtside.analysis.statistics.distributions import Array, Flags, Indices
from courtside.analysis.statistics.multiplicity import adjusted
from courtside.analysis.statistics.panel import Fit, own_means, poisson

LAGS = 4
"""So many weeks in a row are looked at: 1 to 4, or those that end with a longer lag the ladder names."""
LEAST_PEOPLE, LEAST_WEEKS = 40, 52
"""Below it a true elasticity of .3 is found in half the firms or fewer, so that nothing is said (METHODS 4)."""
ALPHA = 0.05
PERIODS, AGREEING = 3, 2
HALF_YEAR = 26
"""Weeks at the end of the history that say whether it still holds."""
PRIOR = 0.34
"""Elasticity of sales to personal selling over all industries: Albers, Mantrala and Sridhar 2010."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How many people and weeks a question could be asked of, and the person-weeks they make."""

    people: int
    weeks: int
    n: int

    @property
    def is_enough(self) -> bool:
        """Whether there is enough to say anything."""
        return self.people >= LEAST_PEOPLE and self.weeks >= LEAST_WEEKS


@dataclass(frozen=True, slots=True)
class Lag:
    """The elasticity of a result to a metric some weeks before, inside the person, and its 95 % interval."""

    weeks: int
    effect: float
    interval: tuple[float, float]
    chance: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A metric and a result it may precede. `inside` is the elasticity inside the person over all lags and the same
    week together, `between` that from person to person.

    `sign` is that of the effect the ladder speaks of: 1, -1, or 0 where either would do.
    """

    metric: str
    result: str
    sample: Sample
    sign: int = 0
    lags: tuple[Lag, ...] = ()
    inside: float = 0.0
    between: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """What a pair shows: the lag that stands out after Benjamini-Hochberg (None: none does), in how many periods
    its sign is the same, and whether the last half-year still shows it (None: cannot tell)."""

    pair: Pair
    lag: Lag | None
    agreeing: int = 0
    still: bool | None = None

    @property
    def is_signal(self) -> bool:
        """The interval excludes 0 after Benjamini-Hochberg, with the same sign in two of three disjoint periods; the
        sign is the one the ladder speaks of."""
        return self.lag is not None and self.agreeing >= AGREEING and self.lag.effect * self.pair.sign >= 0

    @property
    def is_contrary(self) -> bool:
        """Whether it goes against what the ladder says, in every period and to this day."""
        is_against = self.lag is not None and self.lag.effect * self.pair.sign < 0
        return is_against and self.agreeing == PERIODS and self.still is True


@dataclass(frozen=True, slots=True)
class Rows:
    """Person-weeks ready for regression."""

    lagged: Array
    """ln(1 + metric) at each lag, and in the same week: (rows, lags + 1)."""
    held: Array
    """The same of a share's denominator, which is held fixed; no columns where there is none."""
    result: Array
    days: Array
    person: Indices
    week: Indices
    lags: tuple[int, ...]

    def where(self, wanted: Flags) -> Rows:
        """Some of them."""
        return Rows(
            self.lagged[wanted], self.held[wanted], self.result[wanted], self.days[wanted], self.person[wanted],
            self.week[wanted], self.lags,
        )  # fmt: skip

    @property
    def sample(self) -> Sample:
        """How many people, weeks and person-weeks there are."""
        return Sample(len(np.unique(self.person)), len(np.unique(self.week)), len(self.person))


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether a metric precedes a result: `parts` is its one count, or the two of a share (its effect is then read
    at the same denominator); `declared` the weeks between them on the ladder."""

    metric: str
    parts: Sequence[str]
    result: str
    declared: int = 1
    sign: int = 0

    @property
    def lags(self) -> tuple[int, ...]:
        """The weeks looked at: 1-4, or four up to a longer one declared."""
        last = max(self.declared, LAGS)
        return tuple(range(last - LAGS + 1, last + 1))


def rows_of(weeks: Weeks, asked: Asked) -> Rows:
    """The weeks in which a person was there, as in those before, of those who do both in these years."""
    values, lags = [weeks.counts[name] for name in asked.parts], asked.lags
    doing = np.logical_and.reduce([weeks.doing(name) for name in (*asked.parts, asked.result)])
    there = weeks.days > 0
    known = there & np.isfinite(weeks.counts[asked.result])
    for value in values:
        known = known & _at_all(there & np.isfinite(value), (0, *lags))
    person, week = (at.astype(np.int64) for at in np.nonzero(known & doing[:, None]))
    logs = [np.log1p(np.maximum(np.nan_to_num(value), 0.0)) for value in values]
    first, *others = [np.stack([log[person, week - lag] for lag in (*lags, 0)], axis=1) for log in logs]
    held = np.concatenate([np.zeros((len(person), 0)), *others], axis=1)
    return Rows(first, held, weeks.counts[asked.result][person, week], weeks.days[person, week], person, week, lags)


def _at_all(known: Flags, lags: Sequence[int]) -> Flags:
    """Whether the weeks at all lags are known; never of the first weeks."""
    found, width, last = np.zeros_like(known), known.shape[1], max(lags)
    if width > last:
        found[:, last:] = np.logical_and.reduce([known[:, last - lag : width - lag] for lag in lags])
    return found


def regression(rows: Rows) -> Fit:
    """Poisson regression of the result on the metric's lags, the same week and the person's own means held (Mundlak).

    Each week's means are added too (the two-way Mundlak regression of Wooldridge 2021), with the logarithm of what
    the week brought everybody: seasons and holidays move all people at once and are nobody's effect. The first
    columns are the lags and the same week, the next the person's mean of them. Errors are clustered by person.
    Source: METHODS 4.
    """
    person, week = _numbered(rows.person), _numbered(rows.week)
    parts = [part for part in (rows.lagged, rows.held) if part.shape[1]]
    own = own_means(np.stack([part.mean(axis=1) for part in parts], axis=1), person)
    brought = own_means(np.stack([rows.result, rows.days], axis=1), week)
    level = max(float(rows.result.mean() / rows.days.mean()), 1e-12)
    shock = np.log(np.maximum(brought[:, :1] / brought[:, 1:] / level, 1e-3))
    one = np.ones((len(shock), 1))
    x = np.concatenate([rows.lagged, own, rows.held, *(own_means(part, week) for part in parts), shock, one], axis=1)
    return poisson(x, rows.result, person, np.log(rows.days))


def _numbered(labels: Indices) -> Indices:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def pair_of(weeks: Weeks, asked: Asked) -> tuple[Pair, Rows]:
    """The elasticities of a result to a metric at each lag; none where the sample is too small, or does not settle."""
    rows = rows_of(weeks, asked)
    bare = Pair(asked.metric, asked.result, rows.sample, asked.sign)
    found = _lags(rows) if bare.sample.is_enough else None
    if found is None:
        return bare, rows
    fit, lags = found
    width = rows.lagged.shape[1]
    inside, between = (float(fit.coefficients[:to].sum()) for to in (width, width + 1))
    return replace(bare, lags=lags, inside=inside, between=between), rows


def _lags(rows: Rows) -> tuple[Fit, tuple[Lag, ...]] | None:
    """The regression and its lags; None where it does not settle."""
    if len(np.unique(rows.person)) < 2 or not rows.result.any():
        return None
    try:
        fit = regression(rows)
    except (ArithmeticError, np.linalg.LinAlgError):
        return None
    low, high = fit.intervals()
    chances = fit.chances()
    return fit, tuple(
        Lag(lag, float(fit.coefficients[at]), (float(low[at]), float(high[at])), float(chances[at]))
        for at, lag in enumerate(rows.lags)
    )


def judged(pairs: Sequence[tuple[Pair, Rows]]) -> Iterator[Found]:
    """What each pair shows, Benjamini-Hochberg over all metrics, results and lags together (METHODS 4).

    The lag that stands out most is looked at in three disjoint periods and in the last half-year; one in the
    ladder's own direction comes before one against it.
    """
    chances = np.array([lag.chance for pair, _ in pairs for lag in pair.lags])
    fair = iter(adjusted(chances))
    for pair, rows in pairs:
        standing_out = [lag for lag in pair.lags if next(fair) <= ALPHA]
        best = min(standing_out, key=lambda lag: (lag.effect * pair.sign < 0, lag.chance), default=None)
        if best is None:
            yield Found(pair, None)
        else:
            yield Found(pair, best, agreeing(rows, best), still(rows, best))


def agreeing(rows: Rows, lag: Lag) -> int:
    """In how many of three disjoint periods a lag's effect has the same sign."""
    parts = np.array_split(np.unique(rows.week), PERIODS)
    effects = [_effect(rows.where(np.isin(rows.week, part)), lag) for part in parts]
    return sum(found is not None and found.effect * lag.effect > 0 for found in effects)


def still(rows: Rows, lag: Lag) -> bool | None:
    """Whether the last half-year still shows a lag's effect: True where its own interval excludes 0 on the same side.

    False where that interval does not, and lies wholly below what the time before showed; else None.
    """
    is_late = np.isin(rows.week, np.unique(rows.week)[-HALF_YEAR:])
    late, before = (_effect(rows.where(part), lag) for part in (is_late, ~is_late))
    if late is None:
        return None
    low, high = sorted(end * np.sign(lag.effect) for end in late.interval)
    if low > 0:
        return True
    return False if high < abs((before or lag).effect) else None


def _effect(rows: Rows, lag: Lag) -> Lag | None:
    found = _lags(rows)
    return found[1][rows.lags.index(lag.weeks)] if found is not None else None
