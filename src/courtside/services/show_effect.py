"""`effect`: what came of plans beyond what would have come anyway, over all of them and never one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Role

if TYPE_CHECKING:
    from courtside.analysis.effect.outcome import Effect, Followed
    from courtside.analysis.effect.pooling import Pooled

A_GAIN = 0.03
"""The gain in a rate whose number of plans is told: 3 points."""


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """A plan that was begun, whatever became of it: the expectation stored with it, and what was seen since.

    `expectation` is what `Expectation.to_json` gave at selection; `seen` of `of` are successes of cases, or events in
    working days, after the start. `label` is the metric's. `name` of the person only where the viewer may see the plan.
    """

    plan_id: str
    kind: str
    expectation: Mapping[str, Any]
    seen: float
    of: float
    has_left: bool = False
    is_down: bool = False
    label: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class OnePlan:
    """A plan somebody may see, and what is said of it: never that it worked."""

    plan_id: str
    effect: Effect
    sentence: str


@dataclass(frozen=True, slots=True)
class AllPlans:
    """The plans of a kind and a metric together; `pooled` is None for too few."""

    kind: str
    metric: str
    plans: int
    too_early: int
    pooled: Pooled | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """All there is to say about what plans did."""

    together: tuple[AllPlans, ...]
    each: tuple[OnePlan, ...]


def show_effect(visit: Visit, rows: Sequence[PlanOutcome]) -> Effects:
    """The gains over plans, by kind and metric; of single plans only those given with a name, to HR.

    `rows` hold every plan that was begun, those of leavers and of cancelled plans too. HR and executives see it.
    Raises NotFound for anybody else, Refused for a stored expectation that cannot be read.
    """
    if not visit.viewer.roles & {Role.HR, Role.EXECUTIVE}:
        raise NotFound
    followed = [(row, _followed(row)) for row in rows]
    kinds = sorted({(row.kind, one.expectation.metric) for row, one in followed})
    alike = [(key, [(row, one) for row, one in followed if (row.kind, one.expectation.metric) == key]) for key in kinds]
    together = tuple(_together(*key, rows) for key, rows in alike)
    is_hr = Role.HR in visit.viewer.roles
    each = tuple(_each(followed)) if is_hr else ()
    return Effects(together, each)


def _followed(row: PlanOutcome) -> Followed:
    from courtside.analysis.effect.expectation import Expectation  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.effect.outcome import Followed  # noqa: PLC0415

    try:
        made = Expectation.from_json(row.expectation)
    except ValueError as error:
        raise Refused(f"plan {row.plan_id}: {error}") from None
    is_number = isfinite(row.seen) and isfinite(row.of)
    if not is_number or min(row.seen, row.of) < 0 or (made.kind == "rate" and row.seen > row.of):
        raise Refused(f"plan {row.plan_id}: {row.seen:g} of {row.of:g} cannot have been seen since it began")
    return Followed(row.plan_id, made, row.seen, row.of, row.has_left, row.is_down)


def _together(kind: str, metric: str, rows: Sequence[tuple[PlanOutcome, Followed]]) -> AllPlans:
    from courtside.analysis.effect.outcome import effects_of  # noqa: PLC0415
    from courtside.analysis.effect.pooling import pooled  # noqa: PLC0415
    from courtside.analysis.effect.words import sentence_of_pool  # noqa: PLC0415

    effects = effects_of([one for _, one in rows])
    found = pooled(effects)
    unit, label = rows[0][1].expectation.kind, rows[0][0].label
    told = [sentence_of_pool(found, len(effects), unit, label)]
    if unit == "rate" and effects:
        told.append(_power(effects, found))
    return AllPlans(kind, metric, len(effects), len(rows) - len(effects), found, tuple(told))


def _power(effects: Sequence[Effect], found: Pooled | None) -> str:
    """How many plans it would take, at the error these plans have had."""
    from courtside.analysis.effect.power import plans_needed  # noqa: PLC0415
    from courtside.analysis.effect.words import sentence_of_power  # noqa: PLC0415

    between = found.between if found else 0.0
    error = (sum(one.variance for one in effects) / len(effects) + between**2) ** 0.5
    return sentence_of_power(plans_needed(A_GAIN, error), A_GAIN)


def _each(followed: Sequence[tuple[PlanOutcome, Followed]]) -> list[OnePlan]:
    from courtside.analysis.effect.outcome import effect_of  # noqa: PLC0415
    from courtside.analysis.effect.words import sentence_of_plan  # noqa: PLC0415

    found = [(row, one, effect_of(one)) for row, one in followed if row.name]
    return [
        OnePlan(row.plan_id, effect, sentence_of_plan(effect, row.name, one.expectation.kind, row.label))
        for row, one, effect in found
        if effect is not None
    ]
