"""How much of the difference between people is more than chance makes, from the pool fitted to them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from courtside.analysis.cards.pools import LEAST_PEOPLE
from courtside.analysis.statistics.distributions import Array, Indices, Numbers, array
from courtside.analysis.statistics.shrinkage import Pools, fit_counts, fit_rates

Fit = Callable[[Numbers, Numbers, Indices, int], Pools]


def share_of_rates(x: Numbers, n: Numbers) -> float | None:
    """The share, 0 to 1, of the variance between raw rates that is not chance; None with fewer than ten people.

    With p_i ~ Beta of mean m and size s the true rates vary by V = m (1 - m) / (s + 1), and chance adds
    (m (1 - m) - V) / n_i on average to each raw rate. Source: METHODS 1.2.
    """
    of, pools = _fitted(fit_rates, x, n)
    if pools is None:
        return None
    mean, size = float(pools.mean[0]), float(pools.size[0])
    total = mean * (1 - mean)
    real = total / (size + 1)
    return _share(real, (total - real) * float((1 / of).mean()))


def share_of_counts(x: Numbers, days: Numbers) -> float | None:
    """The same for events by day present: V = mean^2 / shape, and chance adds mean / days_i. Source: METHODS 1.2.

    Events that come in bursts scatter more than chance one by one, so that this is the most it can be.
    """
    of, pools = _fitted(fit_counts, x, days)
    if pools is None:
        return None
    mean, shape = float(pools.mean[0]), float(pools.size[0])
    return _share(mean**2 / shape, mean * float((1 / of).mean()))


def _fitted(fit: Fit, x: Numbers, exposure: Numbers) -> tuple[Array, Pools | None]:
    """The exposure of those who have any, and their pool; no pool with too few of them or nothing to share out."""
    seen, of = array(x), array(exposure)
    there = of > 0
    if there.sum() < LEAST_PEOPLE or not seen[there].any():
        return of[there], None
    return of[there], fit(seen[there], of[there], np.zeros(int(there.sum()), dtype=np.int64), 1)


def _share(real: float, chance: float) -> float | None:
    return real / (real + chance) if real + chance > 0 else None
