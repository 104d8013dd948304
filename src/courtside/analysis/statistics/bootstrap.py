"""The seeded bootstrap over cases: how far a sum, a mean or a ratio of sums would wander had chance dealt anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np

from courtside.analysis.statistics.distributions import Array, array
from courtside.analysis.statistics.intervals import CONFIDENCE

DRAWS = 2_000
"""How often the cases are dealt anew."""
LEAST_CASES = 10
"""Fewer cases say nothing of how cases differ."""
MOST_CASES = 1_000
"""More of them are summed up by their moments: the draws have reached their normal limit."""
_COLUMNS = 2 * MOST_CASES
_SEED = 20_260_301

Sums = Sequence[Array]
"""The drawn sum of each component over all cases: one array of `DRAWS` numbers a component."""


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases behind one figure: `values` (cases, components), or their sums and cross-products where many."""

    n: int
    values: Array | None
    sums: Array
    products: Array

    @classmethod
    def of(cls, values: Array) -> Cases:
        """Cases from their values, one row each."""
        return cls(len(values), values if len(values) <= MOST_CASES else None, values.sum(axis=0), values.T @ values)


def seed_of(metric: str, scope: str, period: str) -> int:
    """The number a figure's draws begin at: the same on every machine and in every process."""
    text = "\n".join((metric, scope, period)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def draws(cases: Cases, seed: int) -> Sums:
    """The sums of each component in `DRAWS` new deals of the cases, each case dealt Poisson(1) times.

    So the number of cases varies as chance makes it vary; over means and ratios that cancels out. Source:
    DATA 4 "interval"; Hanley and MacGibbon 2006 on Poisson weights. One component of 25 ones -> 2,000
    Poisson(25) numbers.
    """
    if cases.values is not None:
        first = seed % (_COLUMNS - cases.n + 1)
        return list(cases.values.T @ _weights()[first : first + cases.n])
    return list(_normal(cases, seed))


def interval(drawn: Array, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """The middle of the drawn figures; deals without a figure (nothing to divide by) are left out.

    None where more than one deal in twenty has none: what is left is no fair sample.
    """
    known = drawn[np.isfinite(drawn)]
    if len(known) < 0.95 * len(drawn):
        return None
    tail = (1 - confidence) / 2
    places = [tail * (len(known) - 1), (1 - tail) * (len(known) - 1)]
    whole = [int(place) for place in places]
    ordered = np.partition(known, [*whole, *(w + 1 for w in whole)])
    low, high = (ordered[w] + (p - w) * (ordered[w + 1] - ordered[w]) for w, p in zip(whole, places, strict=True))
    return float(low), float(high)


def share_missing(drawn: Array, target: float, is_down: bool, slack: float) -> float:
    """The share of deals in which a figure falls below `slack` of a target (lower-is-better: above target / slack)."""
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return float("nan")
    return float(np.mean(known > target / slack) if is_down else np.mean(known < slack * target))


@cache
def _weights() -> Array:
    """How often each of many cases is dealt in each draw: (columns, draws). Every figure takes a stretch of them."""
    return array(np.random.Generator(np.random.PCG64(_SEED)).poisson(1.0, (_COLUMNS, DRAWS)))


@cache
def _deviates() -> Array:
    return np.random.Generator(np.random.PCG64(_SEED + 1)).standard_normal((256, DRAWS))


def _normal(cases: Cases, seed: int) -> Array:
    """The limit for many cases: sums spread as their cross-products say."""
    scales, directions = np.linalg.eigh(cases.products)
    rows = np.random.Generator(np.random.PCG64(seed)).permutation(256)[: len(scales)]
    spread = directions * np.sqrt(np.maximum(scales, 0.0))
    return array(cases.sums[:, None] + spread @ _deviates()[rows])
