"""A metric's formula in words, and the same with one person's own numbers in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courtside.records.period import Period
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

_WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A metric the formula is made of, with the person's own figure."""

    metric: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Formula:
    """How it is counted, the same with the person's numbers, and the parts."""

    written: str
    filled: str
    parts: tuple[Part, ...]
    counted: tuple[tuple[str, str], ...]
    """What is counted from the records: a name and what it says."""


def formula_of(visit: Visit, person: str, metric: Metric, period: Period) -> Formula:
    """The formula of a metric for a person and a period."""
    catalogue = visit.catalogue()
    values = _values(visit, person, metric, period)
    currency = visit.standing.workspace.settings.currency
    shown = {name: _shown(catalogue[name], values.get(name), currency) for name in (metric.name, *metric.parts)}
    labels = {name: catalogue[name].label for name in metric.parts}
    written = _written(metric)
    parts = tuple(Part(name, labels[name], shown[name]) for name in metric.parts)
    filled = f"{_replaced(written, shown)} = {shown[metric.name]}" if parts else ""
    return Formula(_replaced(written, labels) if parts else written, filled, parts, _counted(metric))


def _values(visit: Visit, person: str, metric: Metric, period: Period) -> Mapping[str, float | None]:
    """The person's bare figures of a metric and its parts."""
    return _of_everybody(visit, metric, period).get(person, {})


def parts_ahead(visit: Visit, metrics: Iterable[Metric], period: Period) -> None:
    """Read what formulas are filled with before anybody opens a number."""
    for metric in metrics:
        _of_everybody(visit, metric, period)


def _of_everybody(visit: Visit, metric: Metric, period: Period) -> Mapping[str, Mapping[str, float | None]]:
    """Everybody's bare figures of a metric and its parts: read in one go, for whoever looks next."""
    from courtside.metrics.metric import Conversion  # noqa: PLC0415  (keeps start-up short)
    from courtside.warehouse.question import Question  # noqa: PLC0415  (DuckDB loads now)

    def read() -> Mapping[str, Mapping[str, float | None]]:
        catalogue = visit.catalogue()
        names = [name for name in (metric.name, *metric.parts) if not isinstance(catalogue[name].body, Conversion)]
        if not names:
            return {}
        question = Question(names[0], ("person",), None, period.starts_on, period.last_on, visit.today)
        with visit.session() as session:
            asked = session.asked_of(question, catalogue[names[0]])
            return {
                str(person): {name: row["value"] for name, row in values.items()}
                for _, (person, *_), values in session.figures(names, asked)
            }

    return visit.remembered(("parts of everybody", metric.name, period.name), read)


def _shown(metric: Metric, value: float | None, currency: str) -> str:
    from courtside.analysis.wording import amount  # noqa: PLC0415

    return "nothing recorded" if value is None else amount(value, metric.unit, currency)


def _written(metric: Metric) -> str:
    """The formula as the definition writes it."""
    block = metric.block
    if "ratio" in block:
        return f"{block['ratio']['numerator']} / {block['ratio']['denominator']}"
    if "derived" in block:
        return str(block["derived"])
    return _in_words(metric)


def _in_words(metric: Metric) -> str:
    """What is counted, in a sentence."""
    from courtside.metrics.metric import Conversion, Measure, Observed, Stock  # noqa: PLC0415

    match metric.body:
        case Measure(table=table, take=take):
            return f"{_HOW.get(take.how, take.how)} {_plain(table)}, each on its day"
        case Stock(table=table, take=take):
            return f"{_HOW.get(take.how, take.how)} {_plain(table)} standing at the end of the period"
        case Conversion(pipeline=pipeline, horizon_days=days):
            return (
                f"of what entered a stage of the {_plain(pipeline)} pipeline, the share that went on within {days} days"
            )
        case Observed(combine=combine):
            return f"the {combine} of what was observed and written down"
    return ""


_HOW = {
    "count": "the number of", "count_distinct": "the number of different ones among", "sum": "a sum over",
    "mean": "the mean over", "median": "the middle value over", "percentile": "a percentile over",
}  # fmt: skip


def _counted(metric: Metric) -> tuple[tuple[str, str], ...]:
    """The conditions of what is counted, as the definition writes them."""
    found: Any = next((metric.block[kind] for kind in ("measure", "stock") if kind in metric.block), {})
    names = {"from": "from", "take": "taken", "where": "only where", "date": "on the day of", "owner": "credit goes to"}
    return tuple((words, str(found[key])) for key, words in names.items() if key in found)


def _replaced(text: str, by: Mapping[str, str]) -> str:
    """A formula with the names of metrics replaced."""
    return _WORD.sub(lambda found: by.get(found[0], found[0]), text)


def _plain(name: str) -> str:
    return name.replace("_", " ")
