"""Two groups and two outcomes in a table of four cells: exact chances, the odds ratio, and how far apart they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import Array, array, log_gamma

CONFIDENCE = 0.95
DEAREST = 10_000
"""Barnard's test looks at so many tables at most: 100 people beside 100."""
_SAME = 1e-7
"""Tables count as equally likely within it, as rounding would otherwise tell mirror images apart."""
_STEEPEST, _HALVINGS = 40.0, 60
_GRIDS = (1_001, 101, 101)


@dataclass(frozen=True, slots=True)
class Odds:
    """A ratio of odds with its interval; None for a ratio beyond all bounds, or where nothing can be said."""

    ratio: float | None
    low: float
    high: float | None


def fisher(x1: int, n1: int, x2: int, n2: int, *, is_one_sided: bool = False) -> float:
    """The chance of a table as unlikely as this one, or more so, if both groups were alike and the margins fixed.

    x of n in each group; one-sided: of as many or more in the first. Source: Fisher 1935; METHODS 8.
    3 of 4 beside 1 of 4 -> 0.4857, one-sided 0.2429.
    """
    support, logs = _tables(x1, n1, x2, n2)
    chances = _at_odds(logs, support, 0.0)
    if is_one_sided:
        return float(min(chances[support >= x1].sum(), 1.0))
    own = chances[support == x1][0]
    return float(min(chances[chances <= own * (1 + _SAME)].sum(), 1.0))


def barnard(x1: int, n1: int, x2: int, n2: int) -> float | None:
    """Barnard's exact chance of rates this far apart (two-sided); None where it would take too long.

    The greatest chance, over every rate both groups may share, of a Wald statistic as far from 0. Nothing is taken as
    fixed but how many people there are, so it finds more than Fisher's test where people are few. Source: Barnard
    1947 with the pooled statistic of Suissa and Shuster 1985. 7 of 15 beside 12 of 15 -> 0.0682.
    """
    if n1 * n2 > DEAREST:
        return None
    if n1 == 0 or n2 == 0 or x1 + x2 in (0, n1 + n2):
        return 1.0
    one, two = np.arange(n1 + 1.0)[:, None], np.arange(n2 + 1.0)[None, :]
    apart = np.abs(_wald(one, n1, two, n2))
    is_as_far = apart >= apart[x1, x2] * (1 - _SAME)
    logs = _log_choose(n1, one) + _log_choose(n2, two)
    together, ways = _added_up(logs[is_as_far], (one + two)[is_as_far], n1 + n2)
    return _highest(lambda p: _chance_at(p, together, ways, n1 + n2))


def odds_ratio(x1: int, n1: int, x2: int, n2: int, confidence: float = CONFIDENCE) -> Odds:
    """The odds ratio of the first group over the second by conditional maximum likelihood, with its exact interval.

    Source: Fisher 1935, Cornfield 1956; METHODS 8. 2 of 17 beside 10 of 13 -> 0.0469366 (0.0033 to 0.363; R
    fisher.test).
    """
    support, logs = _tables(x1, n1, x2, n2)
    if len(support) == 1:
        return Odds(None, 0.0, None)
    tail = (1 - confidence) / 2

    def rising(slopes: Array) -> Array:
        """At three slopes: the mean less what was seen; how likely as much is, and as little, less the tail."""
        chances = _at_odds(logs, support, slopes[:, None])
        as_much, as_little = chances[1, support >= x1].sum(), chances[2, support <= x1].sum()
        return array([(chances[0] * support).sum() - x1, as_much - tail, tail - as_little])

    ratio, low, high = np.exp(_where_zero(rising))
    if x1 == support[0]:
        return Odds(0.0, 0.0, float(high))
    if x1 == support[-1]:
        return Odds(None, float(low), None)
    return Odds(float(ratio), float(low), float(high))


def deviations(x1: int, n1: int, x2: int, n2: int) -> float:
    """By how many standard deviations the first rate lies above the second, both pooled; 0 where all are alike.

    Source: METHODS 8, Connecticut v. Teal 1982. 206 of 259 beside 26 of 48 -> 3.76.
    """
    return float(_wald(array(x1), n1, array(x2), n2))


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How many of a group would be expected in a draw without regard to groups, and how far those seen are from it."""

    expected: float
    deviation: float
    apart: float
    """In standard deviations; negative where fewer were seen."""


def shortfall(seen: int, drawn: int, share: float) -> Shortfall:
    """A group's part of all who were drawn, beside its share of those who could have been.

    Source: Castaneda v. Partida 1977, note 17; METHODS 8. 339 of 870 at a share of 79.1 % -> 688 expected, deviation
    12, 29 deviations fewer.
    """
    expected, deviation = drawn * share, float(np.sqrt(drawn * share * (1 - share)))
    return Shortfall(expected, deviation, (seen - expected) / deviation if deviation > 0 else 0.0)


def _tables(x1: int, n1: int, x2: int, n2: int) -> tuple[Array, Array]:
    """Every first cell the margins allow, and the logarithm of in how many ways it comes about."""
    drawn = x1 + x2
    support = np.arange(max(0, drawn - n2), min(n1, drawn) + 1.0)
    return support, _log_choose(n1, support) + _log_choose(n2, drawn - support)


def _at_odds(logs: Array, support: Array, slope: float | Array) -> Array:
    """The chance of each first cell where the logarithm of the odds ratio is `slope` (one in each row)."""
    tilted = logs + slope * support
    weights = np.exp(tilted - tilted.max(axis=-1, keepdims=True))
    return array(weights / weights.sum(axis=-1, keepdims=True))


def _where_zero(rising: Callable[[Array], Array]) -> Array:
    """The three slopes at which three rising functions are 0, by halving."""
    low, high = np.full(3, -_STEEPEST), np.full(3, _STEEPEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_below = rising(middle) < 0
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return array((low + high) / 2)


def _wald(x1: Array, n1: int, x2: Array, n2: int) -> Array:
    pooled = (x1 + x2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    return array(np.where(variance > 0, (x1 / n1 - x2 / n2) / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0))


def _log_choose(n: int, k: Array) -> Array:
    return log_gamma(n + 1.0) - log_gamma(k + 1) - log_gamma(n - k + 1)


def _added_up(logs: Array, together: Array, people: int) -> tuple[Array, Array]:
    """Tables with equally many successes over both groups come about equally often: their ways added up, as logs."""
    at = together.astype(np.int64)
    peak = np.full(people + 1, -np.inf)
    np.maximum.at(peak, at, logs)
    found = np.flatnonzero(np.isfinite(peak))
    ways = np.bincount(at, np.exp(logs - peak[at]), people + 1)
    return array(found), array(np.log(ways[found]) + peak[found])


def _chance_at(p: Array, together: Array, ways: Array, people: int) -> Array:
    logs = ways + together * np.log(p)[:, None] + (people - together) * np.log1p(-p)[:, None]
    return array(np.exp(logs).sum(axis=1))


def _highest(chance: Callable[[Array], Array]) -> float:
    """The highest point between 0 and 1: over a grid, then over a finer one around the best of it."""
    low, high = 0.0, 1.0
    best = 0.0
    for points in _GRIDS:
        grid = np.clip(np.linspace(low, high, points), 1e-9, 1 - 1e-9)
        found = chance(grid)
        top = int(found.argmax())
        best = max(best, float(found[top]))
        low, high = float(grid[max(top - 1, 0)]), float(grid[min(top + 1, points - 1)])
    return min(best, 1.0)
