"""A gap taken apart: what each factor adds to it, how sure that is, and the parts of a team added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from courtside.analysis.gaps.factor import About, Factor, Whose
from courtside.analysis.gaps.planned import Planned
from courtside.analysis.statistics.distributions import Array
from courtside.analysis.statistics.shapley import das_gupta, observed
from courtside.metrics.metric import Unit

DRAWS = 1_000
"""How often the factors are drawn anew."""
LIKELY = 0.9
"""The share of draws an effect's interval holds."""
_NOTHING = 1e-9
TIMING, PLAN_GAP = "timing", "plan_gap"


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a gap. `interval` and `chance` (of being below 0) are None where nothing is left to chance."""

    about: About
    plan: float | None
    actual: float | None
    effect: float
    interval: tuple[float, float] | None = None
    chance: float | None = None
    origin: str | None = None
    is_observed: bool = True

    @property
    def is_sure(self) -> bool:
        """Whether chance alone would rarely make an effect of this sign: the interval lies on its side of 0."""
        low, high = self.interval or (0.0, 0.0)
        return low > 0 < self.effect or high < 0 > self.effect


@dataclass(frozen=True)
class Gap:
    """One person's factors against their plan. `value` is the result of the period, `target` what was asked for."""

    factors: Sequence[Factor]
    planned: Planned
    at: int
    value: float
    target: float | None
    seed: int

    @cached_property
    def plan(self) -> Array:
        """The plan's value of each factor: (factors,)."""
        return np.asarray(self.planned.values[:, self.at])

    @cached_property
    def seen(self) -> Array:
        """Each factor as it was, nan where it could not be observed: (factors,)."""
        return np.array([factor.actual[self.at] for factor in self.factors])

    @cached_property
    def actual(self) -> Array:
        """Each factor as it was, the plan's where it could not be observed: (factors,)."""
        return observed(self.plan, self.seen)

    @cached_property
    def effects(self) -> Array:
        """What each factor adds: (factors,); exactly nothing where it is as planned."""
        return np.asarray(np.where(self.plan == self.actual, 0.0, das_gupta(self.plan, self.actual)))

    @cached_property
    def drawn(self) -> Array:
        """The effects when every factor is drawn anew from its posterior: (factors, draws)."""
        rng = np.random.Generator(np.random.PCG64(self.seed))
        pairs = zip(self.factors, self.plan, strict=True)
        draws = np.array([factor.drawn(rng, self.at, DRAWS, float(plan)) for factor, plan in pairs])
        plan = self.plan[:, None]
        return np.asarray(np.where(plan == draws, 0.0, das_gupta(plan, draws)))

    @property
    def cohort_value(self) -> float:
        """The product of the factors: what the cohort brought."""
        return float(self.actual.prod())

    @property
    def planned_value(self) -> float:
        """The product of the plan's factors."""
        return float(self.plan.prod())


def parts(gaps: Sequence[Gap], value: float, target: float | None, unit: Unit) -> list[Part]:
    """The rows of one person's gap, or of several people's added up; all effects add up to value - plan.

    The plan is `target`, else the product of the plan's factors. `timing` is the value minus that of the
    cohort, `plan_gap` the product of the plan's factors minus the target. Source: DATA 5, METHODS 2.
    """
    found = list(_factors(gaps))
    cohort, planned = sum(gap.cohort_value for gap in gaps), sum(gap.planned_value for gap in gaps)
    timing = About(TIMING, "Timing", unit, Whose.TIMING)
    late = value - cohort
    found.append(Part(timing, cohort, value, late if abs(late) > _NOTHING * max(abs(value), 1.0) else 0.0))
    if target is not None and abs(planned - target) > _NOTHING * max(abs(target), 1.0):
        about = About(PLAN_GAP, "Plan that does not add up", unit, Whose.PLAN)
        found.append(Part(about, target, planned, planned - target))
    return found


def _factors(gaps: Sequence[Gap]) -> Iterator[Part]:
    """One part a factor; of several people the effects added up, and factors of the sums they lead to."""
    places: dict[str, list[tuple[Gap, int]]] = {}
    for gap in gaps:
        for number, factor in enumerate(gap.factors):
            places.setdefault(factor.about.name, []).append((gap, number))
    drawn = np.array([np.sum([gap.drawn[number] for gap, number in own], axis=0) for own in places.values()])
    lows, highs = np.quantile(drawn, [(1 - LIKELY) / 2, (1 + LIKELY) / 2], axis=1)
    chances, wanders = (drawn < 0).mean(axis=1), np.ptp(drawn, axis=1) > 0
    for row, own in enumerate(places.values()):
        gap, number = own[0]
        about = gap.factors[number].about
        effect = float(sum(gap.effects[number] for gap, number in own))
        origins = {gap.planned.origins[number][gap.at] for gap, number in own}
        is_observed = any(np.isfinite(gap.seen[number]) for gap, number in own)
        is_told = is_observed and bool(effect or wanders[row])
        yield Part(
            about, _side([(gap.plan, number) for gap, number in own], is_total=about.is_total),
            _side([(gap.actual, number) for gap, number in own], is_total=about.is_total), effect,
            (float(lows[row]), float(highs[row])) if is_told else None, float(chances[row]) if is_told else None,
            "/".join(sorted(origins)), is_observed,
        )  # fmt: skip


def _side(sides: Sequence[tuple[Array, int]], *, is_total: bool) -> float | None:
    """One person's plan or figure of a factor, or that of the sum over several."""
    if len(sides) == 1:
        values, number = sides[0]
        return float(values[number])
    return _of_sums(sides, is_total=is_total)


def _of_sums(sides: Sequence[tuple[Array, int]], *, is_total: bool) -> float | None:
    """A factor of the sum over people: what all factors up to it lead to, over what those before it lead to.

    Such factors multiply to the sum of the products: 10 x 0.2 and 30 x 0.1 -> 40 (a total) and 0.125.
    """
    through = sum(float(values[: number + 1].prod()) for values, number in sides)
    before = sum(float(values[:number].prod()) for values, number in sides)
    people = len(sides) if is_total else 1
    return people * through / before if before else None
