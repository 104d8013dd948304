"""From which evidence to call for a conversation: a threshold that chance passes in 5 % of a person's years."""

from __future__ import annotations

from functools import lru_cache
from math import exp, log

import numpy as np

from courtside.analysis.statistics import sequential
from courtside.analysis.statistics.distributions import (
    Array,
    Flags,
    Numbers,
    array,
    beta_below,
    binomial_at_most,
    poisson_at_most,
)

A_YEAR = 0.05
"""The share of person-years at the benchmark in which the alarm may ring."""
RARE = 0.01
"""The chance below which an activity count alone calls for a conversation (METHODS 1.6, coach)."""
MONTHS = 12
_MOST = 160
_FLAT = 4.0
"""No threshold lies below this: where it could, a case a month more or less would move it far."""
_STEPS = 40


@lru_cache(maxsize=4096)
def threshold(volume: int, base: float, is_down: bool = False, alpha: float = A_YEAR) -> float:
    """The least E whose crossing at any of 12 monthly looks has a chance of at most `alpha` at the benchmark.

    `volume` cases a month, benchmark `base`; by bisection, never below 4. Exact over (month, successes so
    far). Source: METHODS 1.5. Base 0.2 with 5, 10, 20, 40 cases a month -> 7.2, 8.8, 8.8, 7.2.
    """
    steps, tables = _tables(volume, base, MONTHS, is_down)
    low, high = log(_FLAT), log(1 / alpha)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _crossing(steps, tables, exp(middle)) <= alpha else (middle, high)
    return exp(high)


def crossing(volume: int, base: float, at: float, months: int = MONTHS) -> float:
    """The chance that E reaches `at` at one of the monthly looks at the benchmark. 20 a month at 0.2, 20 -> 0.0187."""
    return _crossing(*_tables(volume, base, months), at)


def _tables(volume: int, base: float, months: int, is_down: bool = False) -> tuple[Array, list[Array]]:
    """The chances of a month's successes, and for each month E by the successes so far."""
    steps = np.diff(binomial_at_most(np.arange(-1.0, volume + 1), float(volume), base))
    cases = [float(month * volume) for month in range(1, months + 1)]
    return steps, [sequential.rates(np.arange(n + 1)[:, None], n, base, is_down)[:, 0] for n in cases]


def _crossing(steps: Array, tables: list[Array], at: float) -> float:
    """How likely a run of months crosses a threshold: those that have are taken out month by month."""
    left, crossed = np.ones(1), 0.0
    for table in tables:
        left = np.convolve(left, steps)
        over = table >= at
        crossed += float(left[over].sum())
        left[over] = 0.0
    return crossed


def rings(e: Array, of: Array, benchmark: Array, is_down: bool = False) -> tuple[Flags, Array]:
    """Whether the alarm rings after each month, and each person's threshold (nan where E says nothing at all).

    Everything is (people, months): E, cases, and their benchmark. The threshold is that of the person's mean
    volume and mean benchmark, rounded; past 160 cases a month that of 160, which is the higher one.
    """
    found = np.full(len(e), np.nan)
    total = of.sum(axis=1)
    for person in np.flatnonzero((e.max(axis=1, initial=0.0) >= _FLAT) & (total > 0)):
        months = int((of[person] > 0).sum())
        base = float((of[person] * np.nan_to_num(benchmark[person])).sum() / total[person])
        volume = min(max(round(float(total[person]) / months), 1), _MOST)
        found[person] = threshold(volume, min(max(round(base, 2), 0.01), 0.99), is_down)
    return np.asarray(e >= found[:, None]), found


def count_tail(events: Numbers, expected: Numbers, phi: Numbers = 1.0, is_down: bool = False) -> Array:
    """P(as few events, or fewer) where so many were due; for lower-is-better P(as many, or more).

    Poisson for phi 1, above it the negative binomial whose variance is phi times its mean. nan where nothing
    was due. 40 events, 64 due -> 0.0007; with phi 2 -> 0.0122.
    """
    seen, due, spread = np.broadcast_arrays(array(events), array(expected), array(phi))
    at = seen - 1 if is_down else seen
    mean, beyond = np.maximum(due, 1e-12), np.where(spread > 1, spread - 1, 1.0)
    bursty = np.where(at < 0, 0.0, beta_below(1 / np.maximum(spread, 1.0), mean / beyond, np.maximum(at, 0) + 1))
    below = np.where(spread > 1, bursty, poisson_at_most(at, mean))
    return array(np.where(due > 0, 1 - below if is_down else below, np.nan))
