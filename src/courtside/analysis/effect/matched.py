"""Those who got a plan beside others who looked the same when they were chosen and got none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import Array, array, student_quantile
from courtside.analysis.statistics.intervals import CONFIDENCE

CALIPER = 0.2
"""How far two may lie apart to be a pair, in deviations of the score everybody was chosen by."""
LEAST = 3
_ENOUGH = 1e-9


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody's score when people were chosen (low: chosen), and their figure before and after."""

    person_id: str
    score: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Difference:
    """The gain of those with a plan less the gain of their pairs, with its interval (95 %).

    `unpaired`: how many found nobody alike, and are left out of it.
    """

    gain: float
    low: float
    high: float
    pairs: int
    unpaired: int


def difference_in_differences(before: float, after: float, others_before: float, others_after: float) -> float:
    """The change of the one less the change of the others.

    Source: Card and Krueger 1994, table 3: 20.44 to 21.03 beside 23.33 to 21.17 -> 2.75 (2.76 printed, unrounded).
    """
    return (after - before) - (others_after - others_before)


def pairs_of(
    planned: Sequence[Case], others: Sequence[Case], caliper: float = CALIPER
) -> tuple[tuple[Case, Case], ...]:
    """Each planned person with the nearest other by score, nobody twice, those hardest to pair first.

    Whoever finds nobody within the caliper stays alone: compared with people who were never low, a plan would be
    credited with what comes back of its own accord, and the others' slide besides (METHODS 10: +9.6 points of nothing).
    """
    if not planned or not others:
        return ()
    scores = array([one.score for one in (*planned, *others)])
    reach = caliper * float(scores.std()) + _ENOUGH
    left = sorted(others, key=lambda one: (one.score, one.person_id))
    found = []
    for one in sorted(planned, key=lambda one: (one.score, one.person_id)):
        nearest = min(left, key=lambda other: (abs(other.score - one.score), other.person_id), default=None)
        if nearest is not None and abs(nearest.score - one.score) <= reach:
            found.append((one, nearest))
            left.remove(nearest)
    return tuple(found)


def matched(planned: Sequence[Case], others: Sequence[Case], caliper: float = CALIPER) -> Difference | None:
    """The difference in differences over pairs, by Student's t over the pairs; None for fewer than 3 of them.

    Source: METHODS 10 (d); Heckman, Ichimura and Todd 1997.
    """
    pairs = pairs_of(planned, others, caliper)
    if len(pairs) < LEAST:
        return None
    gains = [difference_in_differences(a.before, a.after, b.before, b.after) for a, b in pairs]
    mean, low, high = mean_with_interval(array(gains))
    return Difference(mean, low, high, len(pairs), len(planned) - len(pairs))


def mean_with_interval(values: Array, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """A mean and its interval by Student's t; needs two values."""
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    reach = student_quantile((1 + confidence) / 2, len(values) - 1) * error
    return mean, mean - reach, mean + reach
