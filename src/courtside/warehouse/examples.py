"""Running the example a metric carries: the rows it gives, the figures it must come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isclose
from typing import Any

from courtside.metrics.catalogue import Catalogue
from courtside.metrics.metric import Conversion, Metric
from courtside.records.period import Calendar
from courtside.records.tables import TABLES, Kind, Table
from courtside.warehouse.answer import Session
from courtside.warehouse.asked import Scope
from courtside.warehouse.engine import Engine
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.question import Question

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Opener = Callable[[Rows, str, date | None], Engine]
"""Makes an engine holding exactly some rows: rows, the firm's currency, the day they were recorded."""

CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of an example that did not come out."""

    metric: str
    scope: str
    period: str
    expected: float | None
    found: float | None

    def __str__(self) -> str:
        return f"{self.metric} {self.scope} {self.period}: expected {self.expected}, found {self.found}"


def run(metric: Metric, catalogue: Catalogue, opener: Opener = DuckEngine.over_rows) -> tuple[Difference, ...]:
    """The figures of a metric's example that an engine gives otherwise; none if all agree."""
    example = metric.example
    engine = opener(complete(example.given), CURRENCY, example.recorded_at)
    calendar = Calendar()
    session = Session(engine, catalogue.with_params(example.params), calendar, CURRENCY)
    as_of = example.as_of or max(_last(calendar, period) for answers in example.then.values() for period in answers)
    try:
        return tuple(_differences(metric, session, calendar, as_of))
    finally:
        engine.close()


def _last(calendar: Calendar, period: str) -> date:
    return date(9999, 12, 30) if period == "all" else calendar.parse(period).last_on


def _differences(metric: Metric, session: Session, calendar: Calendar, as_of: date) -> Iterator[Difference]:
    for written, answers in metric.example.then.items():
        scope = Scope.parse(written)
        for name, value in answers.items():
            found = _found(metric, session, calendar, scope, name, as_of)
            if not _agree(value, found):
                yield Difference(metric.name, str(scope), name, value, found)


def _found(metric: Metric, session: Session, calendar: Calendar, scope: Scope, name: str, as_of: date) -> float | None:
    """The figure of one scope and period, asked by cutting, so that cutting is tested too."""
    period = None if name == "all" else calendar.parse(name)
    by = () if scope.dimension == "company" else (scope.dimension,)
    first, last = (period.starts_on, period.last_on) if period else (None, None)
    answer = session.ask(Question(metric.name, by, None, first, last, as_of))
    wanted = {"stage": scope.value} if isinstance(metric.body, Conversion) else {"scope": str(scope)}
    rows = [row for row in answer.rows if all(row.get(key) == value for key, value in wanted.items())]
    return rows[0]["value"] if len(rows) == 1 else None


def _agree(expected: float | None, found: float | None) -> bool:
    if expected is None or found is None:
        return expected is None and found is None
    return isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)


def complete(given: Rows) -> dict[str, list[dict[str, Any]]]:
    """An example's rows typed and filled in: ids of their own, people for every person they name."""
    found = {name: [_typed(TABLES[name], row, n) for n, row in enumerate(rows)] for name, rows in given.items()}
    have = {row["person_id"] for row in found.get("people", ())}
    for name, rows in list(found.items()):
        for column in (c.name for c in TABLES[name].columns if c.refers_to == "people"):
            for person in (row[column] for row in rows if row.get(column) is not None):
                if person not in have:
                    have.add(person)
                    found.setdefault("people", []).append({"person_id": person})
    return found


def _typed(table: Table, row: Mapping[str, Any], number: int) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for column in table.columns:
        value = row.get(column.name)
        if value is None:
            value = column.default
        if value is None and column.name == table.key[0] and column.kind is Kind.ID and len(table.key) == 1:
            value = f"{table.name} {number}"
        typed[column.name] = _value(column.kind, value)
    return typed


def _value(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind is Kind.TIME:
        return datetime.fromisoformat(str(value))
    if kind is Kind.DATE:
        return date.fromisoformat(str(value)[:10])
    if kind is Kind.INTEGER:
        return int(value)
    return str(value) if kind in (Kind.ID, Kind.CATEGORY, Kind.CURRENCY, Kind.TEXT) else value
