"""How many cases, or expected events, it takes before a real drop shows: the time a metric needs to speak."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, inf, log

import numpy as np

from courtside.analysis.statistics.distributions import (
    Array,
    Flags,
    array,
    binomial_at_most,
    gamma_quantile,
    poisson_at_most,
)

ALPHA, POWER, DROP = 0.05, 0.8, 0.3
"""One-sided error, chance of finding the drop, and the drop looked for."""
ENOUGH_EVENTS = 22.0
"""Expected events from which half as many would be noticed: what a count needs before it is judged (METHODS 1.5)."""
_HELD_CASES, _HELD_STEPS, _STEP = 10, 20, 0.1
_MOST = 200_000.0


def power_of_cases(n: Array, base: float, drop: float = DROP, alpha: float = ALPHA) -> Array:
    """The chance that an exact one-sided binomial test of n cases finds a rate fallen from `base` by `drop`.

    The test says "fallen" at c successes or fewer, c the greatest number with P(X <= c | base) <= alpha.
    78 cases, base 0.9 fallen by a ninth -> 0.8082 (A'Hern's one-stage design, failures counted).
    """
    critical = _critical_successes(n, base, alpha)
    return binomial_at_most(critical, n, base * (1 - drop))


def _critical_successes(n: Array, base: float, alpha: float) -> Array:
    """The most successes at which the exact test still says "fallen"; -1 where none does. By bisection."""
    low, high = np.full(len(n), -1.0), n.copy()
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        is_rare = binomial_at_most(middle, n, base) <= alpha
        low, high = np.where(is_rare, middle, low), np.where(is_rare, high, middle)
    return low


@lru_cache(maxsize=4096)
def cases_needed(base: float, drop: float = DROP, alpha: float = ALPHA, power: float = POWER) -> float:
    """Decided cases before a fall from the rate `base` by the share `drop` is found with chance `power`.

    The least n from which the power holds for ten n in a row (it saws up and down, being exact); inf for a
    rate of 0 or 1 or where more than 200,000 were needed. Source: METHODS 1.5, window table. 0.2 -> 271.
    """
    if not 0 < base < 1:
        return inf
    size = 512.0
    while size <= _MOST:
        n = np.arange(1.0, size + 1)
        first = _first_held(power_of_cases(n, base, drop, alpha) >= power, _HELD_CASES)
        if first is not None:
            return float(n[first])
        size *= 4
    return inf


@lru_cache(maxsize=256)
def events_needed(drop: float = DROP, alpha: float = ALPHA, power: float = POWER) -> float:
    """Expected events before a fall of a count by the share `drop` is found with chance `power`, to a tenth.

    Exact Poisson, held over the next two events; times the dispersion for counts that come in bursts.
    Source: METHODS 1.5 (22, 35, 64, 149, 608 for drops of 50, 40, 30, 20, 10 %). 0.3 -> 64.5.
    """
    # Where the least tenth lies: the normal approximation, with room on both sides.
    about = ((1.6449 + 0.8416) / drop) ** 2 * 2.5 + 60
    # mean at which c events or fewer become rare enough: the test's threshold moves from c - 1 to c there
    turns = gamma_quantile(1 - alpha, np.arange(1.0, about + 1), 1.0)
    means = np.arange(1, int(about / _STEP)) * _STEP
    critical = np.searchsorted(turns, means, side="right") - 1.0
    found = _first_held(poisson_at_most(critical, (1 - drop) * means) >= power, _HELD_STEPS)
    return inf if found is None else round(float(means[found]), 1)


def smallest_drop(n: int, base: float, alpha: float = ALPHA, power: float = POWER) -> float | None:
    """The least share by which a rate must have fallen for n cases to show it; None if not even to 0 would.

    Source: METHODS 1.5. 120 cases at 0.2 -> 0.44.
    """
    drops = np.arange(1, 101) / 100
    critical = _critical_successes(array([n]), base, alpha)
    found = np.flatnonzero(binomial_at_most(critical, array([n]), base * (1 - drops)) >= power)
    return float(drops[found[0]]) if len(found) else None


def zero_means_something(base: float, alpha: float = ALPHA) -> int:
    """The least number of cases at which none succeeding is rarer than `alpha`: 0.2 -> 14. Source: METHODS 1.5."""
    return ceil(log(alpha) / log(1 - base))


def _first_held(holds: Flags, times: int) -> int | None:
    """The first place from which something holds so many times in a row."""
    running = np.concatenate([[0], np.cumsum(holds)])
    found = np.flatnonzero(running[times:] - running[:-times] == times)
    return int(found[0]) if len(found) else None
