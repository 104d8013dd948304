"""The sentence builder: a rule from the slots of a form, with examples made for it, and the form of a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courtside.services.rule_pages import readable
from courtside.services.rule_rights import require_writer
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

_MONTHS, _CASES, _DUE = 6, 60, 30
_RATE_TARGET = 0.2
_SHORT = 0.35
"""What the example that fires reaches of its target."""


@dataclass(frozen=True, slots=True)
class Slots:
    """What can be chosen: metrics and figures of managers with their labels, and by what subjects are narrowed."""

    metrics: Sequence[tuple[str, str]]
    managers: Sequence[tuple[str, str]]
    roles: Sequence[str]
    teams: Sequence[str]


@dataclass(frozen=True, slots=True)
class Filled:
    """The slots as somebody filled them."""

    rule: str
    label: str
    metric: str
    count: int
    unit: str
    level: str
    proposes: str
    exclude: Sequence[str]
    roles: Sequence[str] = ()
    teams: Sequence[str] = ()


def slots(visit: Visit) -> Slots:
    """What the viewer can choose from. Raises NotFound for those who may not write drafts."""
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.metric import Conversion, Direction, Rung  # noqa: PLC0415
    from courtside.rules.managers import FIGURES  # noqa: PLC0415

    require_writer(visit)
    catalogue = visit.catalogue()

    def can_be_judged(metric: Metric) -> bool:
        is_sided = metric.direction is not Direction.NONE and metric.rung is not Rung.INPUT and not metric.internal
        return is_sided and not isinstance(metric.body, Conversion) and kind_of(metric, catalogue) is not Kind.BARE

    metrics = sorted((one.label, one.name) for one in catalogue if can_be_judged(one))
    with visit.session() as session:
        roles = sorted({one.role for one in session.open_firm().people.values() if one.role})
    return Slots(
        tuple((name, label) for label, name in metrics), tuple(FIGURES.items()), tuple(roles),
        tuple(visit.hierarchy.teams(visit.today)),
    )  # fmt: skip


def block_of(visit: Visit, filled: Filled) -> Mapping[str, Any]:
    """The block of a filled form, with an example that fires and two that do not."""
    from courtside.rules.managers import FIGURES  # noqa: PLC0415

    among = {
        name: list(values) for name, values in (("role", filled.roles), ("team", filled.teams)) if values
    }  # fmt: skip
    block: dict[str, Any] = {
        "rule": filled.rule, "label": filled.label, "metric": filled.metric, "window": {filled.unit: filled.count},
        "level": filled.level, "proposes": filled.proposes, "exclude": sorted(filled.exclude),
    }  # fmt: skip
    if among:
        block["subjects"] = among
    if filled.metric in FIGURES:
        history = {"fires": [{"kept": 9, "owed": 18}], "does_not": [{"kept": 18, "owed": 18}]}
        return {**block, "subject": "manager", "target": 0.9, "history": history}
    return {**block, "history": _examples(visit, filled)}


def _examples(visit: Visit, filled: Filled) -> Mapping[str, Any]:
    """Six months far on the wrong side of the target fire; six at it, and the same while somebody is away, do not."""
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415
    from courtside.metrics.metric import Direction  # noqa: PLC0415

    catalogue = visit.catalogue()
    metric = next((one for one in catalogue if one.name == filled.metric), None)
    is_rate = metric is not None and kind_of(metric, catalogue) is Kind.RATE
    is_down = metric is not None and metric.direction is Direction.DOWN
    target = _RATE_TARGET if is_rate else _DUE
    due = round(target * _CASES) if is_rate else _DUE
    beside: dict[str, Any] = {"target": target, **({"of": [_CASES] * _MONTHS} if is_rate else {})}
    if is_down:
        beside["peers"] = [1 - 0.03 * n for n in range(12)]
    far = round(due / _SHORT) if is_down else round(due * _SHORT)
    short = {**beside, "hits": [far] * _MONTHS}
    return {"fires": [short], "does_not": [{**beside, "hits": [due] * _MONTHS}, {**short, "leave": True}]}


def filled_of(visit: Visit, name: str, number: int) -> Filled:
    """The slots of a version, to be changed into another. Raises NotFound."""
    require_writer(visit)
    _, rule = readable(visit, name, number)
    return Filled(
        rule.name, rule.label, rule.metric, rule.window.count, rule.window.unit, rule.level.value, rule.proposes.value,
        sorted(one.value for one in rule.exclude), rule.among.get("role", ()), rule.among.get("team", ()),
    )  # fmt: skip
