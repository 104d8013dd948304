"""One factor of a result for many people: what it was, what it is like elsewhere, and how far chance may move it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from courtside.analysis.cards.pools import LEAST_PEOPLE
from courtside.analysis.statistics.distributions import Array, Indices
from courtside.analysis.statistics.shrinkage import Pools, fit_counts, fit_rates
from courtside.metrics.metric import Unit

LIKE_LEADS = 30.0
"""A source's rate is drawn towards the overall rate as if by so many more leads (METHODS 7)."""
_LIKE_CASES = 5.0
"""The spread of few cases is drawn towards the pool's as if by so many more."""


class Whose(Enum):
    """Where a part of a gap sits."""

    THEIRS = "theirs"
    HANDED = "handed"
    TIMING = "timing"
    PLAN = "plan"


class How(Enum):
    """What the posterior of a factor is."""

    FIXED = "fixed"
    """Known: days at work."""
    COUNT = "count"
    """Events in so much time t: Gamma(x + w, t + w / m) beside w events at the others' rate m, else Gamma(x + 1/2)."""
    RATE = "rate"
    """So many of so many: Beta(x + w m, n - x + w (1 - m)), beside w cases at the others' rate m; else beside one."""
    PER_HIT = "per hit"
    """Cases for each hit: the reciprocal of such a rate."""
    MEAN = "mean"
    """A mean of n cases: normal with standard deviation s / sqrt(n)."""


@dataclass(frozen=True, slots=True)
class About:
    """What a factor is called, in which unit, in whose hands it lies, and whose target it may have."""

    name: str
    label: str
    unit: Unit
    whose: Whose
    target: str | None = None
    is_total: bool = False
    """Whether its target is shared out by days at work."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor for everybody: arrays over people. `actual` is nan where there is nothing to divide by."""

    about: About
    how: How
    actual: Array
    typical: Array
    """What it is among everybody else of the same role."""
    hits: Array
    of: Array
    spread: Array
    """Standard deviation of one case, of a mean."""
    scale: Array
    """What a drawn figure is divided by."""
    weight: float | None = None
    """So many cases (of a rate) or events (of a count) the others' figure weighs beside one's own; None: too few."""

    def drawn(self, rng: np.random.Generator, at: int, draws: int, plan: float) -> Array:
        """New draws of one person's factor from its posterior; the plan's value where it cannot be observed."""
        hits, of, actual = float(self.hits[at]), float(self.of[at]), float(self.actual[at])
        if not np.isfinite(actual):
            return np.full(draws, plan)
        match self.how:
            case How.COUNT:
                return self._counts(rng, hits, of, float(self.typical[at]), draws)
            case How.RATE:
                scale = float(self.scale[at])
                return self._rates(rng, hits, of, float(self.typical[at]) * scale, draws) / scale
            case How.PER_HIT:
                return 1 / self._rates(rng, hits, of, 1 / float(self.typical[at]), draws)
            case How.MEAN:
                return np.asarray(rng.normal(actual, self.spread[at] / np.sqrt(of), draws))
            case _:
                return np.full(draws, actual)

    def _rates(self, rng: np.random.Generator, hits: float, of: float, others: float, draws: int) -> Array:
        """Draws of a rate beside cases at the rate of others (one case at a half where that is not known)."""
        is_known = np.isfinite(others)
        share = float(np.clip(others if is_known else 0.5, 0.01, 0.99))
        cases = self.weight if self.weight is not None and is_known else 1.0
        return np.asarray(rng.beta(hits + cases * share, of - hits + cases * (1 - share), draws))

    def _counts(self, rng: np.random.Generator, events: float, time: float, others: float, draws: int) -> Array:
        """Draws of a count beside events at the rate of others."""
        if self.weight is None or not others > 0:
            return np.asarray(rng.gamma(events + 0.5, 1 / time, draws))
        return np.asarray(rng.gamma(events + self.weight, 1 / (time + self.weight / others), draws))


def rate_weight(hits: Array, of: Array) -> float | None:
    """So many cases the rate of like people weighs beside one's own: the size of their Beta-binomial pool.

    At least 30 as on score cards, at most as many as they have between them (they may differ by chance alone);
    None for fewer than ten people with cases. Source: METHODS 1.2.
    """
    return _weight(fit_rates(hits, of, _one_pool(of), 1).floored(), of, float(of.sum()))


def count_weight(events: Array, time: Array) -> float | None:
    """The same of a count, in events: the shape of their Gamma-Poisson pool, at most as many as they have."""
    return _weight(fit_counts(events, time, _one_pool(time), 1), time, float(events.sum()))


def _weight(pools: Pools, exposure: Array, most: float) -> float | None:
    return min(float(pools.size[0]), most) if (exposure > 0).sum() >= LEAST_PEOPLE and most > 0 else None


def _one_pool(values: Array) -> Indices:
    return np.zeros(len(values), dtype=np.int64)


def without_others(factor: Factor) -> Factor:
    """The factor with nothing known of anybody else."""
    return replace(factor, typical=np.full(len(factor.typical), np.nan), weight=None)


def fixed(about: About, actual: Array, typical: float = 1.0) -> Factor:
    """A factor that is known and no matter of chance."""
    zero, one = np.zeros(len(actual)), np.ones(len(actual))
    return Factor(about, How.FIXED, actual, np.full(len(actual), typical), zero, one, zero, one)


def counted(about: About, events: Array, presence: Array, pool: tuple[Array, Array]) -> Factor:
    """So many events over a share of full presence; `pool` holds events and presence of everybody.

    90 leads at 0.9 of full presence -> 100.
    """
    zero, one = np.zeros(len(events)), np.ones(len(events))
    typical = over(others(pool[0]), others(pool[1]))
    # what was handed is a fact of the days, not a level to be guessed at from others
    weight = count_weight(*pool) if about.whose is Whose.THEIRS else None
    return Factor(about, How.COUNT, over(events, presence), typical, events, presence, zero, one, weight)


def rate(
    about: About, hits: Array, of: Array, typical: Array, pool: tuple[Array, Array], scale: Array | None = None
) -> Factor:
    """So many of so many, divided by `scale` (what the mix alone would make of it).

    `pool` holds hits and cases of everybody.
    """
    one = np.ones(len(hits)) if scale is None else scale
    kept = np.minimum(hits, of)
    return Factor(
        about, How.RATE, over(over(hits, of), one), typical, kept, of, np.zeros(len(hits)), one, rate_weight(*pool)
    )


def per_hit(about: About, cases: Array, hits: Array, pool: tuple[Array, Array]) -> Factor:
    """Cases for each hit: 12 wins, 10 of them from leads -> 1.2. `pool` holds cases and hits of everybody."""
    zero, one = np.zeros(len(hits)), np.ones(len(hits))
    typical = over(others(pool[0]), others(pool[1]))
    weight = rate_weight(np.minimum(pool[1], pool[0]), pool[0])
    return Factor(about, How.PER_HIT, over(cases, hits), typical, np.minimum(hits, cases), cases, zero, one, weight)


def mean(about: About, sums: Array, n: Array, squares: Array, pool: tuple[Array, Array]) -> Factor:
    """A mean of n cases with the squares of their deviations; `pool` holds sums and cases of everybody."""
    typical = over(others(pool[0]), others(pool[1]))
    pooled = over(np.full(len(n), squares.sum()), np.full(len(n), max(n.sum(), 1.0)))
    spread = np.sqrt(np.maximum(squares + _LIKE_CASES * pooled, 0.0) / (n + _LIKE_CASES))
    return Factor(about, How.MEAN, over(sums, n), typical, sums, n, spread, np.ones(len(n)))


def others(values: Array) -> Array:
    """The sum over everybody else: leave one out."""
    return np.asarray(values.sum(axis=0) - values)


def over(above: Array, below: Array) -> Array:
    """Above / below; nan where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, np.asarray(above) / np.where(below > 0, below, 1.0), np.nan)


def standardised(own: Array, leads: Array, won: Array) -> tuple[Array, Array]:
    """What everybody else would win of these very leads, and of a typical mix: (people, sources) -> two rates.

    Indirect standardisation: p_s among the others, drawn towards their overall rate as if by 30 more leads;
    the first is sum n_s p_s / n over a person's `own` leads (nan without leads), the second over the others'.
    Source: METHODS 7.
    """
    rest, hits = others(leads), others(won)
    overall = over(hits.sum(axis=1), rest.sum(axis=1))[:, None]
    by_source = (hits + LIKE_LEADS * overall) / (rest + LIKE_LEADS)
    mixed = over((own * by_source).sum(axis=1), own.sum(axis=1))
    return mixed, over((rest * by_source).sum(axis=1), rest.sum(axis=1))
