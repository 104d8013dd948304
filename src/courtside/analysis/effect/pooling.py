"""One figure over many plans that may each do more or less: random effects, with an interval honest for few plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from courtside.analysis.effect.outcome import Effect
from courtside.analysis.statistics.distributions import Array, Numbers, array, student_above, student_quantile
from courtside.analysis.statistics.intervals import CONFIDENCE

LEAST = 5
"""Plans of one metric there must be before anything is said over them: with fewer, none of them is hidden."""
_ROUNDS, _CLOSE = 200, 1e-12


@dataclass(frozen=True, slots=True)
class Pooled:
    """The mean gain over plans and its interval (95 %); `between` is the deviation of true gains between plans.

    `chance`: of a mean as far from 0 if plans did nothing. `simple_gain` is what before-and-after would say.
    """

    metric: str
    plans: int
    gain: float
    low: float
    high: float
    between: float
    chance: float
    simple_gain: float
    carried: int = 0

    def to_json(self) -> dict[str, Any]:
        """Every figure under the name it has here."""
        return {
            "metric": self.metric, "plans": self.plans, "gain": self.gain, "low": self.low, "high": self.high,
            "between": self.between, "chance": self.chance, "simple_gain": self.simple_gain, "carried": self.carried,
        }  # fmt: skip


def pooled(effects: Sequence[Effect]) -> Pooled | None:
    """The gain over plans of one metric; None for fewer than 5. Raises ValueError for more than one metric.

    Source: METHODS 10: per plan nothing can be told, so nothing is said before they are pooled.
    """
    metrics = sorted({one.metric for one in effects})
    if len(metrics) > 1:
        raise ValueError(f"gains in {' and '.join(metrics)} have no common unit; pool each of them apart")
    if len(effects) < LEAST:
        return None
    found = random_effects([one.gain for one in effects], [one.variance for one in effects])
    simple = float(np.mean([one.simple_gain for one in effects]))
    carried = sum(one.is_carried for one in effects)
    return Pooled(
        metrics[0], len(effects), found.mean, found.low, found.high, found.tau2**0.5, found.chance, simple, carried
    )


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over studies that differ: its error and interval, and the variance of their true values."""

    mean: float
    error: float
    low: float
    high: float
    tau2: float
    chance: float


def random_effects(values: Numbers, variances: Numbers, confidence: float = CONFIDENCE) -> Mean:
    """The random-effects mean: spread by Paule and Mandel, error by Hartung, Knapp, Sidik and Jonkman.

    The error is never taken smaller than if nothing differed beyond chance (Rover, Knapp and Friede 2015); Student's
    t with one degree of freedom less than there are studies makes it honest for few. Raises ValueError for fewer than
    two, and for a variance of 0. Source: Paule and
    Mandel 1982; Hartung and Knapp 2001; IntHout, Ioannidis and Borm 2014 (why
    not DerSimonian and Laird alone).
    13 trials of BCG (Colditz 1994) -> -0.715, spread 0.318 (metafor, method PM).
    """
    y, v = array(values), array(variances)
    if len(y) < 2 or not (v > 0).all():
        raise ValueError("a mean over studies needs two or more, each with a variance above 0")
    tau2 = paule_mandel(y, v)
    w = 1 / (v + tau2)
    mean = float((w * y).sum() / w.sum())
    k = len(y)
    scale = max(float((w * (y - mean) ** 2).sum()) / (k - 1), 1.0)
    error = float(np.sqrt(scale / w.sum()))
    reach = student_quantile((1 + confidence) / 2, k - 1) * error
    chance = float(2 * student_above(abs(mean) / error, k - 1))
    return Mean(mean, error, mean - reach, mean + reach, tau2, chance)


def paule_mandel(y: Array, v: Array) -> float:
    """The variance of true values at which the studies scatter as far as chance and it together make them."""
    if _scatter(y, v, 0.0) <= len(y) - 1:
        return 0.0
    low, high = 0.0, 1.0
    while _scatter(y, v, high) > len(y) - 1:
        low, high = high, 2 * high
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if _scatter(y, v, middle) > len(y) - 1 else (low, middle)
        if high - low < _CLOSE:
            break
    return (low + high) / 2


def dersimonian_laird(values: Numbers, variances: Numbers) -> float:
    """The same by moments, to compare with: DerSimonian and Laird 1986. 13 trials of BCG -> 0.3088 (metafor)."""
    y, v = array(values), array(variances)
    w = 1 / v
    q = _scatter(y, v, 0.0)
    return max(0.0, (q - (len(y) - 1)) / float(w.sum() - (w**2).sum() / w.sum()))


def _scatter(y: Array, v: Array, tau2: float) -> float:
    w = 1 / (v + tau2)
    mean = (w * y).sum() / w.sum()
    return float((w * (y - mean) ** 2).sum())
