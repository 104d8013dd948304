"""What the people of a pool have in common, and how far each one's own figures may speak beside it.

Many pools are fitted at once: figures stand in flat arrays, `pool` says which pool each belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import (
    Array,
    Flags,
    Indices,
    Numbers,
    added,
    array,
    beta_below,
    beta_quantile,
    digamma,
    gamma_below,
    gamma_quantile,
    log_gamma,
    trigamma,
)

FLOOR = 30.0
"""The least size of a fitted pool: fewer cases of one's own never weigh more than half (METHODS 1.2)."""
LIKELY = 0.9
"""How often the likely range of a shrunken figure is to hold the truth."""
SLACK = 0.85
"""Below this part of a target the shortfall is worth speaking of (METHODS 1.2)."""
_ROUNDS, _QUARTERINGS, _CLOSE = 100, 20, 1e-9
_BOUND = 25.0
"""Logarithms beyond it are no fit but a flight to infinity."""


@dataclass(frozen=True, slots=True)
class Pools:
    """Fitted pools, one entry each: a rate of `mean` with the strength of `size` cases (inf: no spread).

    For rates the true rates are Beta(mean * size, (1 - mean) * size). For counts they are
    Gamma(size, size / mean): `size` is then the shape, in events, and `mean` the events per day present.
    `total` and `exposure` are the pool's successes and cases, or events and days; `people` those with any.
    """

    mean: Array
    size: Array
    total: Array
    exposure: Array
    people: Array

    @property
    def is_alike(self) -> Flags:
        """Whether the people differ no more than chance makes them: each one's best estimate is the mean."""
        return np.isinf(self.size)

    def floored(self, least: float = FLOOR) -> Pools:
        """The same pools, none with less than the least size."""
        return Pools(self.mean, np.maximum(self.size, least), self.total, self.exposure, self.people)


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Each person's figure drawn towards the pool's: posterior mean and its likely range, in the figure's unit."""

    mean: Array
    low: Array
    high: Array
    first: Array
    """The first parameter of the posterior: a of a Beta, shape of a Gamma."""
    second: Array
    """The second: b of a Beta, rate of a Gamma."""


def fit_rates(x: Numbers, n: Numbers, pool: Indices, pools: int) -> Pools:
    """Beta-binomial pools by maximum likelihood: x_i ~ Bin(n_i, p_i), p_i ~ Beta(a, b).

    Found by damped Newton steps on (ln a, ln b) from the moments: the optimum a Nelder-Mead search on
    the logarithms reaches. Source: METHODS 1.2. 70 groups of rats (Gelman et al., BDA3, table 5.1)
    -> a 2.304768, b 14.079707.
    """
    seen, of, at = _with_exposure(x, n, pool)
    total, exposure, people = _sums(seen, of, at, pools)
    mean = _divided(total, exposure)
    # The slope of the likelihood in 1 / size at 0: where it does not rise, no spread is the best fit.
    m = mean[at]
    pairs = seen * (seen - 1) / _positive(m) + (of - seen) * (of - seen - 1) / _positive(1 - m) - of * (of - 1)
    differs = (added(at, pairs, pools) > 1e-9) & (mean > 0) & (mean < 1) & (people > 1)
    a, b = _maximised(_Rates(seen, of, at, pools), _rates_from_moments(seen, of, at, pools), differs)
    size = np.where(differs & (a + b < np.exp(_BOUND / 2)), a + b, np.inf)
    return Pools(np.where(np.isfinite(size), a / (a + b), mean), size, total, exposure, people)


def fit_counts(x: Numbers, days: Numbers, pool: Indices, pools: int) -> Pools:
    """Gamma-Poisson pools by maximum likelihood: x_i ~ Poisson(days_i r_i), r_i ~ Gamma(shape, shape / mean).

    Source: METHODS 1.2. Exposure is working days present, so that leave does not look like idleness.
    """
    seen, of, at = _with_exposure(x, days, pool)
    total, exposure, people = _sums(seen, of, at, pools)
    mean = _divided(total, exposure)
    expected = of * mean[at]
    differs = (added(at, (seen - expected) ** 2 - seen, pools) > 1e-9) & (people > 1)
    shape, rate = _maximised(_Counts(seen, of, at, pools), _counts_from_moments(seen, of, at, pools), differs)
    size = np.where(differs & (shape < np.exp(_BOUND / 2)), shape, np.inf)
    return Pools(np.where(np.isfinite(size), shape / rate, mean), size, total, exposure, people)


def shrink_rates(x: Numbers, n: Numbers, pools: Pools, pool: Indices) -> Shrunk:
    """Posterior Beta(a + x, b + n - x) of each person; in a pool without spread that of the common rate.

    3 of 20 in a pool of mean 0.2 and size 63 -> 0.188 (METHODS 1.2).
    """
    alike = pools.is_alike[pool]
    size, mean = np.where(alike, 0.0, pools.size[pool]), pools.mean[pool]
    a = np.where(alike, pools.total[pool] + 0.5, mean * size + array(x))
    b = np.where(alike, pools.exposure[pool] - pools.total[pool] + 0.5, (1 - mean) * size + array(n) - array(x))
    centre = np.where(alike, mean, a / (a + b))
    tail = (1 - LIKELY) / 2
    return Shrunk(centre, beta_quantile(tail, a, b), beta_quantile(1 - tail, a, b), a, b)


def shrink_counts(x: Numbers, days: Numbers, pools: Pools, pool: Indices) -> Shrunk:
    """Posterior Gamma(shape + x, rate + days) of each person's rate, shown as a count over their own days."""
    alike, of = pools.is_alike[pool], array(days)
    size, mean = np.where(alike, 0.0, pools.size[pool]), pools.mean[pool]
    shape = np.where(alike, pools.total[pool] + 0.5, size + array(x))
    rate = np.where(alike, pools.exposure[pool], size / _positive(mean) + of)
    centre = np.where(alike, mean, shape / _positive(rate))
    tail = (1 - LIKELY) / 2
    low, high = gamma_quantile(tail, shape, _positive(rate)), gamma_quantile(1 - tail, shape, _positive(rate))
    return Shrunk(centre * of, low * of, high * of, shape, rate / _positive(of))


def rates_missing(target: Numbers, shrunk: Shrunk, is_down: bool) -> Array:
    """P(true rate < 0.85 target); for lower-is-better P(true rate > target / 0.85). nan without a target."""
    wanted = array(target)
    if not np.isfinite(wanted).any():
        return wanted
    if is_down:
        return array(1 - beta_below(wanted / SLACK, shrunk.first, shrunk.second) + 0 * wanted)
    return array(beta_below(SLACK * wanted, shrunk.first, shrunk.second) + 0 * wanted)


def counts_missing(target: Numbers, shrunk: Shrunk, is_down: bool) -> Array:
    """The same for a count expected over the person's own days."""
    wanted = array(target)
    if not np.isfinite(wanted).any():
        return wanted
    if is_down:
        return array(1 - gamma_below(wanted / SLACK, shrunk.first, shrunk.second) + 0 * wanted)
    return array(gamma_below(SLACK * wanted, shrunk.first, shrunk.second) + 0 * wanted)


def james_stein(values: Numbers, variance: float) -> Array:
    """Means of equal known variance drawn towards their own mean: what the fits above do, in closed form.

    y + c (x - y), c = 1 - (k - 3) variance / sum (x - y)^2. Source: Efron and Morris 1977. 18 hitters after
    45 at bats: y 0.265, c 0.212, Clemente 0.400 -> 0.294.
    """
    seen = array(values)
    centre = seen.mean()
    return array(centre + (1 - (len(seen) - 3) * variance / ((seen - centre) ** 2).sum()) * (seen - centre))


@dataclass(frozen=True, slots=True)
class _Rates:
    """The beta-binomial log-likelihood of each pool and its slopes in (ln a, ln b)."""

    seen: Array
    of: Array
    at: Indices
    pools: int

    def only(self, pools: Indices) -> _Rates:
        """The likelihood of some of the pools, numbered anew."""
        return _Rates(*_of_pools(self.seen, self.of, self.at, pools, self.pools), len(pools))

    def height(self, a: Array, b: Array) -> Array:
        at, x, m = self.at, self.seen, self.of - self.seen
        each = log_gamma(a[at] + x) + log_gamma(b[at] + m) - log_gamma(a[at] + b[at] + self.of)
        fixed = log_gamma(a) + log_gamma(b) - log_gamma(a + b)
        return added(at, each, self.pools) - added(at, minlength=self.pools) * fixed

    def slopes(self, a: Array, b: Array) -> tuple[Array, Array, Array, Array, Array]:
        at, x, m, n = self.at, self.seen, self.of - self.seen, self.of
        people = added(at, minlength=self.pools)
        s = a + b
        both = added(at, digamma(s[at] + n), self.pools) - people * digamma(s)
        bent = added(at, trigamma(s[at] + n), self.pools) - people * trigamma(s)
        one = a * (added(at, digamma(a[at] + x), self.pools) - people * digamma(a) - both)
        two = b * (added(at, digamma(b[at] + m), self.pools) - people * digamma(b) - both)
        first = one + a * a * (added(at, trigamma(a[at] + x), self.pools) - people * trigamma(a) - bent)
        second = two + b * b * (added(at, trigamma(b[at] + m), self.pools) - people * trigamma(b) - bent)
        return one, two, first, -a * b * bent, second


@dataclass(frozen=True, slots=True)
class _Counts:
    """The gamma-Poisson log-likelihood of each pool and its slopes in (ln shape, ln rate)."""

    seen: Array
    of: Array
    at: Indices
    pools: int

    def only(self, pools: Indices) -> _Counts:
        """The likelihood of some of the pools, numbered anew."""
        return _Counts(*_of_pools(self.seen, self.of, self.at, pools, self.pools), len(pools))

    def height(self, a: Array, b: Array) -> Array:
        at, x = self.at, self.seen
        each = log_gamma(a[at] + x) - (a[at] + x) * np.log(b[at] + self.of)
        return added(at, each, self.pools) + added(at, minlength=self.pools) * (a * np.log(b) - log_gamma(a))

    def slopes(self, a: Array, b: Array) -> tuple[Array, Array, Array, Array, Array]:
        at, x, t = self.at, self.seen, self.of
        people = added(at, minlength=self.pools)
        logs = people * np.log(b) - added(at, np.log(b[at] + t), self.pools)
        inverse = added(at, 1 / (b[at] + t), self.pools)
        weighted = added(at, (a[at] + x) / (b[at] + t), self.pools)
        squared = added(at, (a[at] + x) / (b[at] + t) ** 2, self.pools)
        one = a * (added(at, digamma(a[at] + x), self.pools) - people * digamma(a) + logs)
        two = people * a - b * weighted
        first = one + a * a * (added(at, trigamma(a[at] + x), self.pools) - people * trigamma(a))
        return one, two, first, a * (people - b * inverse), -b * weighted + b * b * squared


def _maximised(likelihood: _Rates | _Counts, start: tuple[Array, Array], wanted: Flags) -> tuple[Array, Array]:
    """The parameters at the top of each wanted pool's likelihood, found for all of them together.

    Pools that have arrived are left out of the next round.
    """
    u, v = (np.log(np.where(wanted, value, 1.0)) for value in start)
    left = np.flatnonzero(wanted)
    for _ in range(_ROUNDS):
        if not len(left):
            break
        u[left], v[left], moved = _climbed(likelihood.only(left), u[left], v[left])
        left = left[(moved > _CLOSE) & (np.maximum(u[left], v[left]) < _BOUND)]
    return np.exp(u), np.exp(v)


def _climbed(likelihood: _Rates | _Counts, u: Array, v: Array) -> tuple[Array, Array, Array]:
    """One step up for each pool, cut to a quarter as often as it would lead down, and how far it went."""
    step_u, step_v = _uphill(*likelihood.slopes(np.exp(u), np.exp(v)))
    height = likelihood.height(np.exp(u), np.exp(v))
    least = height - 1e-12 * np.abs(height)  # rounding is no descent: the slope tells the top more exactly
    scale = np.ones_like(u)
    for _ in range(_QUARTERINGS):
        there = likelihood.height(np.exp(u + scale * step_u), np.exp(v + scale * step_v))
        falls = ~(there >= least)
        if not falls.any():
            break
        scale = np.where(falls, scale / 4, scale)
    return u + scale * step_u, v + scale * step_v, scale * np.maximum(np.abs(step_u), np.abs(step_v))


def _uphill(one: Array, two: Array, first: Array, cross: Array, second: Array) -> tuple[Array, Array]:
    """Newton's step, or one along the slope where the hill is not rounded; never longer than 3 in the logarithms."""
    determinant = first * second - cross * cross
    is_round = (determinant > 0) & (first < 0)
    by = np.where(is_round, determinant, 1.0)
    step_u = np.where(is_round, -(second * one - cross * two) / by, np.sign(one))
    step_v = np.where(is_round, -(first * two - cross * one) / by, np.sign(two))
    longest = np.maximum(np.maximum(np.abs(step_u), np.abs(step_v)), 1e-300)
    shorter = np.minimum(1.0, 3.0 / longest)
    return step_u * shorter, step_v * shorter


def _of_pools(seen: Array, of: Array, at: Indices, pools: Indices, of_all: int) -> tuple[Array, Array, Indices]:
    if len(pools) == of_all:
        return seen, of, at
    number = np.full(of_all, -1)
    number[pools] = np.arange(len(pools))
    kept = number[at] >= 0
    return seen[kept], of[kept], number[at[kept]]


def moments_of_rates(x: Numbers, n: Numbers) -> tuple[float, float, float, float]:
    """Mean and standard deviation of the raw rates of one pool, and the Beta(a, b) that has both.

    Source: Gelman et al., BDA3, 5.1. The 70 groups of rats -> mean 0.136, sd 0.103, Beta(1.4, 8.6).
    """
    raw = array(x) / array(n)
    mean, spread = float(raw.mean()), float(raw.std(ddof=1))
    size = mean * (1 - mean) / spread**2 - 1
    return mean, spread, mean * size, (1 - mean) * size


def _rates_from_moments(seen: Array, of: Array, at: Indices, pools: int) -> tuple[Array, Array]:
    """A size between 1 and 1,000 cases that fits the spread of the raw rates."""
    people = added(at, minlength=pools)
    raw = seen / of
    mean = _divided(added(at, raw, pools), people)
    spread = _divided(added(at, (raw - mean[at]) ** 2, pools), np.maximum(people - 1, 1))
    mean = np.clip(mean, 1e-6, 1 - 1e-6)
    size = np.clip(mean * (1 - mean) / _positive(spread) - 1, 1.0, 1e3)
    return mean * size, (1 - mean) * size


def _counts_from_moments(seen: Array, of: Array, at: Indices, pools: int) -> tuple[Array, Array]:
    """A shape between 0.1 and 1,000 that fits the spread of the raw counts beyond chance."""
    mean = _divided(added(at, seen, pools), added(at, of, pools))
    expected = of * mean[at]
    beyond = added(at, (seen - expected) ** 2 - expected, pools)
    shape = np.clip(_divided(added(at, expected**2, pools), _positive(beyond)), 0.1, 1e3)
    return shape, shape / _positive(mean)


def _with_exposure(x: Numbers, n: Numbers, pool: Indices) -> tuple[Array, Array, Indices]:
    """Only those with cases (or days) have a say in what their pool is like."""
    seen, of = array(x), array(n)
    there = of > 0
    return seen[there], of[there], np.asarray(pool, dtype=np.int64)[there]


def _sums(seen: Array, of: Array, at: Indices, pools: int) -> tuple[Array, Array, Array]:
    return added(at, seen, pools), added(at, of, pools), added(at, minlength=pools)


def _divided(above: Array, below: Numbers) -> Array:
    return array(np.divide(above, below, out=np.zeros_like(above), where=array(below) > 0))


def _positive(values: Array) -> Array:
    """Values kept away from 0, where a quotient is taken that a later choice leaves unused."""
    return np.maximum(values, 1e-12)
