"""Rates of groups with different mixes made comparable: direct standardisation, and two groups stratum by stratum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import (
    Array,
    Numbers,
    array,
    gamma_below,
    gamma_quantile,
    normal_quantile,
)
from courtside.analysis.statistics.intervals import CONFIDENCE


@dataclass(frozen=True, slots=True)
class Standardised:
    """A rate as it would be with the standard's mix, and its interval; `crude` is the rate as it is."""

    crude: float
    rate: float
    low: float
    high: float


def direct(x: Numbers, n: Numbers, standard: Numbers, confidence: float = CONFIDENCE) -> Standardised:
    """A group's rate with the mix of a standard population: sum w_s x_s / n_s, with the gamma interval.

    `x`, `n` and `standard` hold successes, cases and the standard's cases of each stratum; every stratum
    needs cases. Raises ValueError where one has none. Source: Fay and Feuer 1997; METHODS 7. Down's
    syndrome per 100,000 births, birth order 1, standardised for the mother's age -> 56.3 crude, 92.3
    (80.4 to 105.8).
    """
    seen, of, weight = array(x), array(n), array(standard)
    if not (of > 0).all():
        raise ValueError("a stratum without cases has no rate to standardise")
    by_case = weight / weight.sum() / of
    rate, variance, widest = float((by_case * seen).sum()), float((by_case**2 * seen).sum()), float(by_case.max())
    tail = (1 - confidence) / 2
    low = _gamma(tail, rate, variance) if rate > 0 else 0.0
    high = _gamma(1 - tail, rate + widest, variance + widest**2)
    return Standardised(float(seen.sum() / of.sum()), rate, low, high)


def _gamma(share: float, mean: float, variance: float) -> float:
    """A quantile of the gamma distribution with that mean and variance."""
    return float(gamma_quantile(share, mean**2 / variance, mean / variance))


@dataclass(frozen=True, slots=True)
class CommonOdds:
    """One odds ratio over all strata, and the chance of a difference as large if there were none."""

    ratio: float
    square: float
    """Chi-square with one degree of freedom."""
    chance: float
    apart: float
    """Breslow and Day's chi-square: how far the strata's own odds ratios differ from the common one."""
    apart_chance: float


def mantel_haenszel(x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, correction: float = 0.5) -> CommonOdds:
    """Whether the first group succeeds more often than the second, stratum by stratum.

    Arrays hold successes and cases of each stratum. Source: Mantel and Haenszel 1959, Breslow and Day 1980
    (4.4); METHODS 7. Berkeley's six departments, men against women -> odds ratio 0.9046968, chi-square
    1.4269 with correction (1.5246 without), chance 0.2323 (R mantelhaen.test).
    """
    a, c = array(x1), array(x2)
    b, d = array(n1) - a, array(n2) - c
    total = a + b + c + d
    use = total > 1
    a, b, c, d, total = (part[use] for part in (a, b, c, d, total))
    below = float((b * c / total).sum())
    ratio = float((a * d / total).sum()) / below if below > 0 else np.inf
    expected = (a + b) * (a + c) / total
    variance = (a + b) * (c + d) * (a + c) * (b + d) / (total**2 * (total - 1))
    distance = max(abs(float((a - expected).sum())) - correction, 0.0)
    square = distance**2 / float(variance.sum())
    apart = _breslow_day(a, b, c, d, ratio)
    chances = chi_square_above([square, apart], [1, len(a) - 1])
    return CommonOdds(ratio, square, float(chances[0]), apart, float(chances[1]))


def _breslow_day(a: Array, b: Array, c: Array, d: Array, ratio: float) -> float:
    """Chi-square of the strata's first cells around those with the common odds ratio and the same margins."""
    if not 0 < ratio < np.inf:
        return 0.0
    rows, columns, other = a + b, a + c, c + d
    # (1 - r) e^2 + (other - columns + r (rows + columns)) e - r rows columns = 0 has one root within the margins
    first, second, third = 1 - ratio, other - columns + ratio * (rows + columns), -ratio * rows * columns
    root = np.sqrt(np.maximum(second**2 - 4 * first * third, 0))
    fitted = 2 * -third / (second + root)
    cells = (fitted, rows - fitted, columns - fitted, other - columns + fitted)
    with np.errstate(divide="ignore"):
        variance = 1 / sum(1 / np.maximum(cell, 1e-12) for cell in cells)
    return float(((a - fitted) ** 2 / variance).sum())


def chi_square_above(square: Numbers, freedom: Numbers) -> Array:
    """P(X > square) for X from chi-square with so many degrees of freedom: 3.841459, 1 -> 0.05; 1 with none."""
    degrees = array(freedom)
    return np.where(degrees > 0, 1 - gamma_below(square, np.maximum(degrees, 1.0) / 2, 0.5), 1.0)


@dataclass(frozen=True, slots=True)
class CommonRatio:
    """How many times as often one group succeeds as the other over all strata, with its interval."""

    ratio: float
    low: float
    high: float


def rate_ratio(x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, confidence: float = CONFIDENCE) -> CommonRatio:
    """The common ratio of two rates, stratum by stratum, however few cases each stratum has; nan where none says.

    sum (x1 n2 / n) / sum (x2 n1 / n); the variance of its logarithm is sum ((x1 + x2) n1 n2 - x1 x2 n) / n^2
    over the product of the two sums. Source: Greenland and Robins 1985. 10 of 20 against 5 of 20 -> 2.0
    (0.83 to 4.8).
    """
    a, c, one, two = array(x1), array(x2), array(n1), array(n2)
    both = (one > 0) & (two > 0)
    a, c, one, two = (part[both] for part in (a, c, one, two))
    total = one + two
    above, below = float((a * two / total).sum()), float((c * one / total).sum())
    if above <= 0 or below <= 0:
        return CommonRatio(np.nan, np.nan, np.nan)
    variance = float((((a + c) * one * two - a * c * total) / total**2).sum()) / (above * below)
    reach = normal_quantile((1 + confidence) / 2) * np.sqrt(variance)
    ratio = above / below
    return CommonRatio(ratio, float(ratio * np.exp(-reach)), float(ratio * np.exp(reach)))
