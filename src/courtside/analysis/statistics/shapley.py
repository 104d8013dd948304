"""Das Gupta's decomposition of a product, which is the Shapley-Owen value: exact, additive, free of order."""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np

from courtside.analysis.statistics.distributions import Array, Numbers, array

MOST_FACTORS = 8
"""With more factors than this there are too many subsets to look at them all."""


def das_gupta(plan: Numbers, actual: Numbers, *, over_segments: bool = False) -> Array:
    """What each factor adds to the difference between two products: (factors, ...) and (factors, ...) -> the same.

    phi_k = sum over S of |S|! (K - 1 - |S|)! / K! [V(S with k at actual) - V(S at actual)], the rest at plan.
    The effects add up to V(actual) - V(plan). With `over_segments` the last axis holds segments, V is the sum
    over them, and the effects lose that axis. Raises ValueError above 8 factors. Source: Das Gupta 1993,
    Census Bureau P23-186; METHODS 2. Factors (10930, .717892) to (16591, .825974) -> 4369.913 and 1487.262.
    """
    before, after = np.broadcast_arrays(array(plan), array(actual))
    if len(before) > MOST_FACTORS:
        raise ValueError(f"{len(before)} factors; at most {MOST_FACTORS} can be told apart exactly")
    values = np.ones((1, *before.shape[1:]))
    for old, new in zip(before, after, strict=True):
        values = np.concatenate([values * old, values * new])
    if over_segments:
        values = values.sum(axis=-1)
    return array(np.tensordot(_weights(len(before)), values, 1))


def observed(plan: Numbers, actual: Numbers) -> Array:
    """The zero rule: a factor that cannot be observed (nan: nothing to divide by) takes the plan's value.

    Its effect is then exactly 0. Source: METHODS 2.
    """
    before, after = np.broadcast_arrays(array(plan), array(actual))
    return array(np.where(np.isfinite(after), after, before))


@cache
def _weights(factors: int) -> Array:
    """The weight of V at each subset in each factor's effect: (factors, 2 ** factors); bit k says k is at actual."""
    subsets = np.arange(2**factors)
    sizes = sum((subsets >> k & 1 for k in range(factors)), np.zeros_like(subsets))
    share = array([factorial(s) * factorial(factors - 1 - s) / factorial(factors) for s in range(factors)])
    rows = []
    for k in range(factors):
        has = (subsets >> k & 1).astype(bool)
        rows.append(np.where(has, share[np.maximum(sizes - 1, 0)], -share[np.minimum(sizes, factors - 1)]))
    return array(rows).reshape(factors, len(subsets))
