"""The rows behind a figure: which they are, when they happened, whose they are, and what each was counted as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from courtside.metrics.catalogue import Catalogue
from courtside.metrics.metric import Conversion, Derived, Measure, Metric, Observed, Ratio, Stock, Take
from courtside.records.tables import COUNTED
from courtside.warehouse.asked import PERIODS, Asked
from courtside.warehouse.cells import Group, Source, conditions_of, in_periods, rows_of, standing_rows
from courtside.warehouse.expressions import PERIOD, ROW, demanded, needs_of
from courtside.warehouse.frame import Frame
from courtside.warehouse.special import Special
from courtside.warehouse.sql import column, day, literal, named, template


@dataclass(frozen=True, slots=True)
class _Role:
    """A part of a metric and what its rows count as in the whole."""

    metric: Metric
    counted_as: str


def _roles(metric: Metric, catalogue: Catalogue, counted_as: str = "counted") -> Iterator[_Role]:
    """The parts with rows of their own, each once for what it is counted as."""
    if isinstance(metric.body, Ratio):
        yield from _roles(catalogue[metric.body.numerator], catalogue, "numerator")
        yield from _roles(catalogue[metric.body.denominator], catalogue, "denominator")
    elif isinstance(metric.body, Derived):
        for name in dict.fromkeys(metric.parts):
            yield from _roles(catalogue[name], catalogue, name)
    else:
        yield _Role(metric, counted_as)


def rows_behind_measure(
    metric: Metric, catalogue: Catalogue, asked: Asked, frame: Frame, special: Special
) -> Iterator[Mapping[str, Any]]:
    """Every row behind a metric's figures: `{metric, table, id, on, person, value, counted_as, period}`."""
    for role in {(r.metric.name, r.counted_as): r for r in _roles(metric, catalogue)}.values():
        yield from _rows(role, metric.name, catalogue, asked, frame, special)


def _rows(
    role: _Role, whole: str, catalogue: Catalogue, asked: Asked, frame: Frame, special: Special
) -> Iterator[Mapping[str, Any]]:
    params = catalogue.pack.params
    match role.metric.body:
        case Measure() as body:
            query = _measure_rows(role.metric, body, asked, frame, params)
            found: Any = frame.engine.run(query)
            table = body.table
        case Stock() as body:
            table = body.table
            found = [row for n, _ in enumerate(asked.names) for row in _stock_rows(body, n, asked, frame, params)]
        case Observed():
            table = "observations"
            found = [(n, role.metric.name, None, None, value) for n, _, value, _ in special.observations(role.metric)]
        case Conversion():
            table = "stage_changes"
            stays = special.conversion_stays(role.metric)
            found = [(n, f"{s.opportunity_id}/{s.stage}", s.entered_on, None, s.end) for n, s in stays]
            found.sort(key=lambda row: (row[0], row[2], row[1]))
        case _:
            return
    for number, identifier, on, person, value in found:
        yield {
            "metric": whole, "counted_as": role.counted_as, "table": table, "id": identifier, "on": on,
            "person": person, "value": _plain(value), "period": asked.names[number],
        }  # fmt: skip


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else float(value)


def _identifier(table: str) -> exp.Expr:
    """A row's key as one text."""
    parts = [exp.func("COALESCE", exp.cast(column(name, ROW), "varchar"), literal("")) for name in COUNTED[table].key]
    tree: exp.Expr = parts[0]
    for part in parts[1:]:
        tree = exp.DPipe(this=exp.DPipe(this=tree, expression=literal("/")), expression=part)
    return tree


def _measure_rows(metric: Metric, body: Measure, asked: Asked, frame: Frame, params: Mapping[str, Any]) -> exp.Select:
    group = Group(body.table, body.date, body.owner, (metric,))
    needs = needs_of(body.table, body.where, body.take.of, columns=(body.date, body.owner))
    on = day(column(body.date, ROW))
    source = Source(body.table, body.owner, on, body.date, demanded(body.where))
    rows = rows_of(source, needs, asked, frame, params)
    where, of = conditions_of(metric, rows.translator, group, asked)
    query = in_periods(rows.query, on, group, asked)
    if asked.is_all:
        query = query.join(exp.to_table(PERIODS).as_(PERIOD), join_type="cross", copy=False)
    else:
        query = query.join(exp.to_table(PERIODS).as_(PERIOD), on="p.period = d.period", copy=False)
    query = query.select(
        column("period", PERIOD), named(_identifier(body.table), "id"), named(on.copy(), "day"),
        named(column(body.owner, ROW) if body.owner else exp.Null(), "person"),
        named(of if of is not None else literal(1), "value"), copy=False,
    )  # fmt: skip
    for condition in (where, *rows.conditions, _filled(body.take, of)):
        if condition is not None:
            query = query.where(condition, copy=False)
    return query.order_by(literal(1), literal(3), literal(2), copy=False)


def _filled(take: Take, of: exp.Expr | None) -> exp.Expr | None:
    """Rows with nothing to add up are no cases."""
    return None if of is None or take.how == "count" else template("NOT :x IS NULL", x=of)


def _stock_rows(
    body: Stock, number: int, asked: Asked, frame: Frame, params: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    rows = standing_rows(body.table, [body.where, body.take.of], number, asked, frame, params)
    of = rows.translator.tree(body.take.of, money=True) if body.take.of is not None else None
    owner = "owner_id" if body.table == "accounts" else "person_id"
    opened = "customer_since" if body.table == "accounts" else "opened_at"
    query = rows.query.select(
        named(literal(number), "period"), named(_identifier(body.table), "id"),
        named(day(column(opened, ROW)), "day"), named(column(owner, ROW), "person"),
        named(of if of is not None else literal(1), "value"), copy=False,
    )  # fmt: skip
    for condition in (rows.translator.tree(body.where) if body.where else None, *rows.conditions):
        if condition is not None:
            query = query.where(condition, copy=False)
    return frame.engine.run(query.order_by(literal(3), literal(2), copy=False))
