"""Targets beside the figures they are for: every node of the target tree with its origin, pace and attainment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlglot import exp

from courtside.metrics.errors import did_you_mean, nearest
from courtside.metrics.metric import Conversion, Metric
from courtside.metrics.sharing import sharing_of
from courtside.metrics.target_rows import ALWAYS, Target, check_scope
from courtside.metrics.target_tree import Node, Wanted, known_names, nodes, recorded, versions
from courtside.records.period import Period
from courtside.warehouse.dimensions import NoSuchCut
from courtside.warehouse.figures import Figure
from courtside.warehouse.question import Answer, CannotAnswer, Question
from courtside.warehouse.session import Session, tidy
from courtside.warehouse.sql import column

_NAMED = 20
"""So many targets that cannot be used are named."""
_HANDED = ("source", "product")
"""Kinds of scopes whose names are those found in the records, not in the assignments."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which targets to show, and as of which day; None is every metric, scope or period that has one."""

    as_of: date
    metric: str | None = None
    scope: str | None = None
    period: Period | None = None


def target_figures(session: Session, sought: Sought) -> Answer:
    """A row for each target sought: the figure as DATA.md section 4 writes it, and where its target comes from.

    Raises UnknownMetric, CannotAnswer for a scope nobody knows.
    """
    session.notes = {}
    if sought.scope is not None:
        refuse_unknown_scope(session, sought.scope)
    wanted = Wanted(sought.scope, sought.period)
    rows: list[Mapping[str, Any]] = []
    for metric in _metrics(session, sought):
        sharing = sharing_of(metric, session.catalogue)
        found = nodes(session.open_firm().targets, metric.name, sharing, wanted, sought.as_of)
        rows += _rows(session, metric, found, sought.as_of)
    return Answer(tuple(rows), (*dict.fromkeys(_left_out(session, sought)),))


def refuse_unknown_scope(session: Session, scope: str) -> None:
    """Raises CannotAnswer, with the nearest names, unless people ever belonged to the scope or records name it."""
    try:
        check_scope(scope)
    except ValueError as error:
        raise CannotAnswer(str(error)) from None
    kind, _, name = scope.partition(":")
    if kind == "company":
        return
    names = tuple(known_names(session.open_firm().targets, kind)) + tuple(_in_records(session, kind))
    if name not in names:
        hint = did_you_mean(nearest(name, names)) or (f"; there is: {', '.join(sorted(names)[:10])}" if names else "")
        raise CannotAnswer(f"there is no {kind} {name!r}{hint}")


def _in_records(session: Session, kind: str) -> Iterator[str]:
    """The sources or products that records name."""
    tables = {"source": ("leads", "opportunities", "spend"), "product": ("opportunities",)}.get(kind, ())
    for table in tables:
        query = exp.select(column(kind)).distinct().from_(exp.to_table(table), copy=False)
        yield from (str(row[0]) for row in session.engine.run(query) if row[0] is not None)


def _metrics(session: Session, sought: Sought) -> Iterator[Metric]:
    """The metric sought, else every one in force that has a target, in the catalogue's order."""
    if sought.metric is not None:
        yield session.catalogue[sought.metric]
        return
    names = {metric for metric, _ in session.open_firm().targets.recorded}
    yield from (metric for metric in session.catalogue if metric.name in names)


def _left_out(session: Session, sought: Sought) -> Iterator[str]:
    """What was recorded and cannot be used, and targets of metrics nobody has defined."""
    targets = session.open_firm().targets
    unusable = [row for row in targets.unusable if sought.metric in (None, row.target.metric)]
    yield from (row.sentence for row in unusable[:_NAMED])
    if len(unusable) > _NAMED:
        yield f"{len(unusable) - _NAMED} more targets are left out for reasons like these."
    for name in sorted({metric for metric, _ in targets.recorded if metric not in session.catalogue}):
        hint = did_you_mean(nearest(name, (metric.name for metric in session.catalogue)))
        yield f"There are targets of {name}, and no metric of that name is in force{hint}."


def _rows(session: Session, metric: Metric, found: Sequence[Node], as_of: date) -> Iterator[Mapping[str, Any]]:
    """The nodes of a metric with their figures, asked for together where kind and period are the same."""
    figures: dict[tuple[str, Period], dict[str, Any]] = {}
    together = sorted(found, key=lambda node: (node.dimension, node.period.starts_on, node.period.ends_on))
    for (dimension, _, _), group in groupby(
        together, key=lambda node: (node.dimension, node.period.starts_on, node.period.ends_on)
    ):
        same = list(group)
        figures |= {
            (scope, same[0].period): row for scope, row in _figures(session, metric, dimension, same, as_of).items()
        }
    targets = session.open_firm().targets
    for node in found:
        row = figures[node.scope, node.period]
        fields = {name: tidy(value) for name, value in node.fields.items()}
        said = {"versions": versions(targets, node), "note": node.resolved.note or row.pop("note", None)}
        yield {**row, "period": node.period.name, **fields, **said}


def _figures(
    session: Session, metric: Metric, dimension: str, same: Sequence[Node], as_of: date
) -> dict[str, dict[str, Any]]:
    """The figure of each scope of one kind in one period."""
    asked = session.asked_of(_question(metric, dimension, same[0].period, as_of), metric)
    special = session.special_of(asked)
    blank = dict.fromkeys(("value", "n", "numerator", "denominator"))
    found: dict[str, dict[str, Any]] = {}
    counted, note = _counted(session, metric, dimension, same, as_of)
    for node in same:
        keys = () if dimension == "company" else (node.name,)
        figure: Figure = (0, keys, {metric.name: counted.get(node.scope, blank)})
        found[node.scope] = {**session.row_of(metric, asked, special, figure), "note": note}
    return found


def _counted(
    session: Session, metric: Metric, dimension: str, same: Sequence[Node], as_of: date
) -> tuple[dict[str, dict[str, Any]], str | None]:
    """What was counted for each scope (sources and products are asked one by one), or why nothing can be."""
    found: dict[str, dict[str, Any]] = {}
    if isinstance(metric.body, Conversion):
        return found, f"{metric.name} has a figure for each stage, and a target names no stage."
    questions = [_question(metric, dimension, same[0].period, as_of)]
    if dimension in _HANDED:
        questions = [_question(metric, "company", same[0].period, as_of, (node.scope,)) for node in same]
    for question in questions:
        try:
            for _, keys, values in session.figures([metric.name], session.asked_of(question, metric)):
                scope = "company" if not keys else f"{dimension}:{keys[0]}"
                found[question.scopes[0] if question.scopes else scope] = values[metric.name]
        except NoSuchCut as error:
            return {}, f"{metric.name} has no figure for a {dimension}: {error}"
    return found, None


def _question(metric: Metric, dimension: str, period: Period, as_of: date, scopes: Iterable[str] = ()) -> Question:
    by = () if dimension == "company" else (dimension,)
    first, last = (None, None) if period is ALWAYS else (period.starts_on, period.last_on)
    return Question(metric.name, by, None, first, last, as_of, scopes=tuple(scopes))


def recorded_versions(session: Session, metric: str, scope: str, period: Period) -> tuple[Target, ...]:
    """Every version recorded for exactly this, the one that takes precedence last."""
    return recorded(session.open_firm().targets, metric, scope, period)


def refuse_unknown_cut(session: Session, metric: str, scope: str, day: date) -> None:
    """Raises CannotAnswer for a scope nobody knows, and for one the metric cannot be cut by."""
    refuse_unknown_scope(session, scope)
    question = Question(metric, (), None, day, day, day, scopes=(scope,))
    try:
        session.query((metric,), session.asked_of(question, session.catalogue[metric]))
    except NoSuchCut as error:
        raise CannotAnswer(f"{metric} has no figure for {scope}: {error}") from None
