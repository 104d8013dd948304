"""What came after the start of a plan beside what would have come anyway, with leavers counted in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from courtside.analysis.effect.expectation import Expectation
from courtside.analysis.statistics.distributions import normal_quantile
from courtside.analysis.statistics.intervals import CONFIDENCE, exact_poisson, wilson


@dataclass(frozen=True, slots=True)
class Followed:
    """What was seen since a plan began: `seen` of `of`, successes of cases or events in working days.

    Every plan that was begun counts, whatever became of it. Of who left, what there was until then is carried
    forward; of who left before anything could be seen, no gain.
    """

    plan_id: str
    expectation: Expectation
    seen: float
    of: float
    has_left: bool = False
    is_down: bool = False
    """Whether less is better: gains are then turned round, so that a gain is always for the better."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Actual less expected, turned so that more is better, with its interval (95 %), in the metric's own unit."""

    plan_id: str
    metric: str
    gain: float
    low: float
    high: float
    variance: float
    expected: float
    actual: float
    before: float
    is_down: bool = False
    is_carried: bool = False
    """Whether nothing was seen after the start, so that no gain was put down."""

    @property
    def simple_gain(self) -> float:
        """What before-and-after would credit the plan with, the return of its own accord included."""
        return (self.actual - self.before) * (-1 if self.is_down else 1)


def effect_of(followed: Followed) -> Effect | None:
    """The gain of one plan; None while nothing was seen and the person is still there: it is too early.

    The interval joins that of what was seen (Wilson; exact Poisson) with that of the expectation by their distances
    (method of variance estimates recovery: Zou and Donner 2008, as Newcombe's for two rates). The variance for
    pooling is taken at the expected rate, so that a good figure is not held for a sure one. Source: METHODS 10.
    """
    made = followed.expectation
    if followed.of <= 0:
        return _carried(followed) if followed.has_left else None
    actual = followed.seen / followed.of
    low, high = _range(followed)
    gain = actual - made.mean
    below = ((actual - low) ** 2 + (made.high - made.mean) ** 2) ** 0.5
    above = ((high - actual) ** 2 + (made.mean - made.low) ** 2) ** 0.5
    ends = (gain - below, gain + above)
    if followed.is_down:
        gain, ends = -gain, (-ends[1], -ends[0])
    variance = made.variance + _chance(made, followed.of)
    return Effect(
        followed.plan_id, made.metric, gain, *ends, variance, made.mean, actual, made.raw, is_down=followed.is_down
    )


def effects_of(all_followed: Sequence[Followed]) -> tuple[Effect, ...]:
    """The gains of all that can be told yet."""
    return tuple(found for found in map(effect_of, all_followed) if found is not None)


def _carried(followed: Followed) -> Effect:
    """No gain, no surer than a follow-up as long as the time before would have made it."""
    made = followed.expectation
    variance = made.variance + _chance(made, max(made.of, 1.0))
    reach = normal_quantile((1 + CONFIDENCE) / 2) * variance**0.5
    return Effect(
        followed.plan_id, made.metric, 0.0, -reach, reach, variance, made.mean, made.raw, made.raw,
        is_down=followed.is_down, is_carried=True,
    )  # fmt: skip


def _range(followed: Followed) -> tuple[float, float]:
    if followed.expectation.kind == "count":
        exact = exact_poisson([followed.seen])
        return float(exact.low[0]) / followed.of, float(exact.high[0]) / followed.of
    found = wilson(followed.seen, followed.of)
    return float(found.low), float(found.high)


def _chance(made: Expectation, of: float) -> float:
    """The variance chance gives a figure of so many cases or days, at the expected rate."""
    spread = made.mean if made.kind == "count" else made.mean * (1 - made.mean)
    return spread / of
