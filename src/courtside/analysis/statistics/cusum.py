"""Cumulative sums: what has come together since it last looked well. For watching results over time."""

from __future__ import annotations

from math import log

import numpy as np

from courtside.analysis.statistics.distributions import Array, Numbers, array


def tabular(points: Numbers, target: float, slack: float) -> tuple[Array, Array]:
    """What has come together above the target and below it: max(0, before + distance - slack), from 0.

    Source: METHODS 1.4; Montgomery and Runger, example 16-6; NIST handbook 6.3.2, part 3.
    """
    distances = array(points) - target
    return reset_at_zero(distances - slack), reset_at_zero(-distances - slack)


def reset_at_zero(weights: Numbers) -> Array:
    """C = max(0, C before + w) along the last axis: the sum less its least value so far."""
    sums = array(weights).cumsum(axis=-1)
    return sums - np.minimum(np.minimum.accumulate(sums, axis=-1), 0.0)


def weights(successes: Numbers, benchmark: Numbers, odds: float) -> Array:
    """Each case's evidence for the odds being `odds` times those of its benchmark: ln(R^y / (1 - p + R p)).

    Source: Steiner, Cook, Farewell and Treasure 2000; METHODS 1.5. Benchmark 1 / (1 + exp(3.67 - 0.077 * 19)),
    no success: R 2 -> -0.0945 (the sum stays at 0), R 1/2 -> 0.05083.
    """
    y, p = array(successes), array(benchmark)
    return y * log(odds) - np.log1p((odds - 1) * p)


def risk_adjusted(successes: Numbers, benchmark: Numbers, odds: float) -> Array:
    """The cumulative sum of those weights, never below 0. Odds below 1 look for a fall, above 1 for a rise."""
    return reset_at_zero(weights(successes, benchmark, odds))


def wald_limit(alpha: float, beta: float) -> float:
    """ln((1 - beta) / alpha): where a sequential probability ratio test without reset ends.

    Source: Wald 1945; METHODS 1.5. 0.05 and 0.05 -> 2.944, 0.01 -> 4.595, 0.001 -> 6.907.
    """
    return log((1 - beta) / alpha)
