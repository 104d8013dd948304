"""Das Gupta's decomposition of a product, which is the Shapley-Owen value: exact, additive, free of order."""

from __future__ import annotations

from functools import cache

import numpy as np

from courtside.analysis.statistics.distributions import Array, Numbers, array

MOST_FACTORS = 8
"""With more factors than this there are too many subsets to look at them all."""


def das_gupta(plan: Numbers, actual: Numbers, *, over_segments: bool = False) -> Array:
    """What each factor adds to the difference between two products: (factors, ...) and (factors, ...) -> the same.

    phi_k = sum over S of |S|! (K - 1 - |S|)! / K! [V(S with k at actual) - V(S at actual)], the rest at plan,
    which is the integral over u from 0 to 1 of (actual_k - plan_k) times the product of all others at
    plan + u (actual - plan) (Owen 1972): a polynomial, so that a few points give it exactly, without the 2^K subsets.
    The effects add up to V(actual) - V(plan). With `over_segments` the last axis holds segments, V is the sum
    over them, and the effects lose that axis. Raises ValueError above 8 factors. Source: Das Gupta 1993,
    Census Bureau P23-186; METHODS 2. Factors (10930, .717892) to (16591, .825974) -> 4369.913 and 1487.262.
    """
    before, after = np.broadcast_arrays(array(plan), array(actual))
    if len(before) > MOST_FACTORS:
        raise ValueError(f"{len(before)} factors; at most {MOST_FACTORS} can be told apart exactly")
    steps = after - before
    effects = np.zeros(before.shape)
    for share, weight in zip(*_nodes(len(before)), strict=True):
        effects += weight * _products_of_others(before + share * steps)
    effects *= steps
    return array(effects.sum(axis=-1) if over_segments else effects)


def observed(plan: Numbers, actual: Numbers) -> Array:
    """The zero rule: a factor that cannot be observed (nan: nothing to divide by) takes the plan's value.

    Its effect is then exactly 0. Source: METHODS 2.
    """
    before, after = np.broadcast_arrays(array(plan), array(actual))
    return array(np.where(np.isfinite(after), after, before))


def _products_of_others(values: Array) -> Array:
    """The product of all factors but one, for each of them: (factors, ...) -> the same; nothing is divided by 0."""
    found = np.ones(values.shape)
    np.cumprod(values[:-1], axis=0, out=found[1:])
    after = np.ones(values.shape[1:])
    for number in range(len(values) - 2, -1, -1):
        after = after * values[number + 1]
        found[number] *= after
    return array(found)


@cache
def _nodes(factors: int) -> tuple[Array, Array]:
    """Where and with what weight a polynomial of degree factors - 1 is summed to its exact integral over 0 to 1."""
    points, weights = np.polynomial.legendre.leggauss(-(-factors // 2))
    return array((points + 1) / 2), array(weights / 2)
