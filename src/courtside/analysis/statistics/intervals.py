"""Intervals of raw figures: how far a proportion, a count, a difference or a median may lie from what was seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import (
    Array,
    Numbers,
    array,
    beta_quantile,
    binomial_at_most,
    gamma_quantile,
    normal_quantile,
)

CONFIDENCE = 0.95
"""How often an interval of a raw figure is to hold the truth."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Lower and upper ends, one pair for each figure; nan where nothing can be said."""

    low: Array
    high: Array


def wilson(x: Numbers, n: Numbers, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval of x successes in n; nan for n = 0.

    (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). Source: Wilson 1927; METHODS 1.1.
    15 of 148 -> 0.0624 to 0.1605 (Newcombe 1998, table I).
    """
    z = normal_quantile((1 + confidence) / 2)
    of = _cases(n)
    p = array(x) / of
    middle, spread = p + z * z / (2 * of), z * np.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return _within(middle - spread, middle + spread, 1 + z * z / of)


def wilson_corrected(x: Numbers, n: Numbers, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's interval with continuity correction.

    Source: Newcombe 1998, method 4. 15 of 148 -> 0.0598 to 0.1644.
    """
    z = normal_quantile((1 + confidence) / 2)
    of, seen = _cases(n), array(x)
    p = seen / of
    q = 1 - p
    below = np.sqrt(np.maximum(z * z - 2 - 1 / of + 4 * p * (of * q + 1), 0))
    above = np.sqrt(np.maximum(z * z + 2 - 1 / of + 4 * p * (of * q - 1), 0))
    low = (2 * of * p + z * z - 1 - z * below) / (2 * (of + z * z))
    high = (2 * of * p + z * z + 1 + z * above) / (2 * (of + z * z))
    return Interval(np.where(seen == 0, 0.0 * of, low), np.where(seen == of, 1.0 + 0.0 * of, high))


def clopper_pearson(x: Numbers, n: Numbers, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval: each tail holds half of what is left over.

    Source: Clopper and Pearson 1934; METHODS 1.1. 81 of 263 -> 0.2527 to 0.3676 (Newcombe 1998).
    """
    tail = (1 - confidence) / 2
    seen, of = array(x), _cases(n)
    missed = of - seen
    low = np.where(seen == 0, 0.0 * of, beta_quantile(tail, np.maximum(seen, 1e-9), missed + 1))
    high = np.where(missed == 0, 1.0 + 0.0 * of, beta_quantile(1 - tail, seen + 1, np.maximum(missed, 1e-9)))
    return Interval(low, high)


def jeffreys(x: Numbers, n: Numbers, confidence: float = CONFIDENCE) -> Interval:
    """The middle of Beta(x + 1/2, n - x + 1/2); from 0 where nothing succeeded, to 1 where everything did.

    Source: Brown, Cai and DasGupta 2001; METHODS 1.1. 0 of 20 -> 0 to 0.1166.
    """
    tail = (1 - confidence) / 2
    seen, of = array(x), _cases(n)
    low = np.where(seen == 0, 0.0 * of, beta_quantile(tail, seen + 0.5, of - seen + 0.5))
    high = np.where(seen == of, 1.0 + 0.0 * of, beta_quantile(1 - tail, seen + 0.5, of - seen + 0.5))
    return Interval(low, high)


def newcombe(x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers) -> Interval:
    """The difference of two independent proportions, from their Wilson intervals.

    Source: Newcombe 1998b, method 10; METHODS 1.1. 56/70 - 48/80 -> 0.0524 to 0.3339.
    """
    p1, p2 = array(x1) / _cases(n1), array(x2) / _cases(n2)
    one, two = wilson(x1, n1), wilson(x2, n2)
    difference = p1 - p2
    down = np.sqrt((p1 - one.low) ** 2 + (two.high - p2) ** 2)
    up = np.sqrt((one.high - p1) ** 2 + (p2 - two.low) ** 2)
    return Interval(difference - down, difference + up)


def exact_poisson(x: Numbers, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of a count's expectation: chi2(.025, 2x)/2 to chi2(.975, 2x + 2)/2.

    Source: Garwood 1936; METHODS 1.1. 10 -> 4.795389 to 18.39036 (epitools pois.exact).
    """
    tail = (1 - confidence) / 2
    # many people share few counts: each is looked up once
    seen, at = np.unique(array(x), return_inverse=True)
    low = np.where(seen == 0, 0.0, gamma_quantile(tail, np.maximum(seen, 1e-9), 1.0))
    high = gamma_quantile(1 - tail, seen + 1, 1.0)
    return Interval(low[at].reshape(np.shape(x)), high[at].reshape(np.shape(x)))


def median_ranks(n: int, share: float = 0.5, confidence: float = CONFIDENCE) -> tuple[int, int] | None:
    """The ranks (from 1) of the ordered cases between which a median, or another quantile, lies.

    No more than half of what is left over lies in each tail of Binomial(n, share); None where even the
    least and the greatest case leave more. No shape of the cases is assumed. Source: Conover, Practical
    Nonparametric Statistics, 3.2. 10 cases -> 2 and 9.
    """
    tail = (1 - confidence) / 2
    at_most = binomial_at_most(np.arange(n + 1), n, share)
    low = int(np.searchsorted(at_most, tail, side="right"))
    high = int(np.searchsorted(at_most, 1 - tail, side="left")) + 1
    return (low, high) if 1 <= low < high <= n else None


def median(values: Numbers, share: float = 0.5, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """The interval of a median (or another quantile) of some values: those at its ranks."""
    ordered = np.sort(array(values))
    ranks = median_ranks(len(ordered), share, confidence)
    return None if ranks is None else (float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1]))


def _cases(n: Numbers) -> Array:
    """Numbers of cases, nan for none: figures of nothing say nothing."""
    of = array(n)
    return array(np.where(of > 0, of, np.nan))


def _within(low: Array, high: Array, scale: Array) -> Interval:
    return Interval(np.clip(low / scale, 0.0, 1.0), np.clip(high / scale, 0.0, 1.0))
