"""The rows behind what a rule looked at, each with the hash of what it said, so that a changed row is found later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.records.canonical import digest
from courtside.records.tables import TABLES, Table

if TYPE_CHECKING:
    from courtside.rules.evaluation import Evaluation
    from courtside.warehouse.batches import Batch
    from courtside.warehouse.session import Session

Row = Mapping[str, Any]
DUTIES = "duties"
"""What stands in the place of a table where a manager's duties were counted."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days whose rows are kept, both included."""

    first: date
    last: date


def stretch_of(evaluation: Evaluation) -> Stretch:
    """The window of the rule, and with it the review year where one was weighed."""
    check, year = evaluation.inputs["check"], evaluation.inputs["year"] or {}
    days = [date.fromisoformat(text) for text in (check["first"], check["last"]) if text]
    if evaluation.proposes != "watch":
        days += [date.fromisoformat(year[name]) for name in ("since", "until") if year.get(name)]
    return Stretch(min(days, default=evaluation.on), max(days, default=evaluation.on))


def rows_behind(
    session: Session, batches: Sequence[Batch], root: Path, evaluation: Evaluation, stretch: Stretch
) -> list[dict[str, Any]]:
    """Every record behind the figure of an evaluation in those days, as the session knows them, in a fixed order.

    `batches` are those the session is over: `{table, id, on, counted_as, value, sha256}` each; the hash is of all that
    the living row says, free texts left out.
    """
    if evaluation.metric not in session.catalogue:
        return list(_duties(evaluation, stretch))
    found = [_plain(row) for row in _asked(session, evaluation, stretch)]
    hashes = _hashes(found, batches, root)
    return sorted(
        ({**row, "sha256": hashes.get((row["table"], row["id"])) or digest(row)} for row in found),
        key=lambda row: (row["counted_as"], row["on"] or "", row["table"], row["id"]),
    )  # fmt: skip


def _asked(session: Session, evaluation: Evaluation, stretch: Stretch) -> Sequence[Row]:
    from courtside.warehouse.question import CannotAnswer, Question  # noqa: PLC0415  (DuckDB loads now)

    scope = f"person:{evaluation.subject}"
    question = Question(evaluation.metric, (), None, stretch.first, stretch.last, evaluation.on, None, (scope,))
    try:
        return session.behind(question).rows
    except CannotAnswer:
        return ()


def _plain(row: Row) -> dict[str, Any]:
    return {
        "table": str(row["table"]), "id": str(row["id"]), "counted_as": str(row["counted_as"]),
        "on": None if row["on"] is None else str(row["on"])[:10], "value": _value(row["value"]),
    }  # fmt: skip


def _duties(evaluation: Evaluation, stretch: Stretch) -> Iterator[dict[str, Any]]:
    """What a manager owed in those days, and whether it was kept."""
    from courtside.services.rule_managers import duties  # noqa: PLC0415  (numpy and scipy load now)

    owed = [one for one in duties(stretch.first, stretch.last) if one.manager == evaluation.subject]
    counted = sorted((one.due_on.isoformat(), one.kept) for one in owed if one.figure == evaluation.metric)
    for number, (on, kept) in enumerate(counted, start=1):
        row = {"table": DUTIES, "id": str(number), "counted_as": evaluation.metric, "on": on, "value": kept}
        yield {**row, "sha256": digest(row)}


def _hashes(found: Iterable[Row], batches: Sequence[Batch], root: Path) -> Mapping[tuple[str, str], str]:
    """(table, id) -> the hash of the living row."""
    import duckdb  # noqa: PLC0415  (slow to import)

    wanted: dict[str, set[str]] = {}
    for row in found:
        if row["table"] in TABLES:
            wanted.setdefault(row["table"], set()).add(row["id"])
    hashes: dict[tuple[str, str], str] = {}
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        for name, ids in sorted(wanted.items()):
            for said in _living(engine, TABLES[name], batches, root, sorted(ids)):
                hashes[name, str(said.pop("_id"))] = digest(said)
    return hashes


def _living(
    engine: Any, table: Table, batches: Sequence[Batch], root: Path, ids: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """What the living rows of a table with some ids say, column by column; a key of several parts is joined by `/`."""
    from courtside.warehouse.batches import living  # noqa: PLC0415

    parts = " || '/' || ".join(f"COALESCE(CAST(\"{name}\" AS VARCHAR), '')" for name in table.key)
    alive = living(table, batches, root)
    query = f"SELECT * EXCLUDE (_batch), {parts} AS _id FROM ({alive}) WHERE {parts} IN (SELECT unnest(?))"  # noqa: S608  (names of our own tables and columns; ids are given beside)
    rows = engine.execute(query, [list(ids)])
    names = [column[0] for column in rows.description or ()]
    for values in rows.fetchall():
        yield {name: _value(value) for name, value in zip(names, values, strict=True)}


def _value(value: Any) -> Any:
    """A value as canonical JSON can hold it: decimals as their text, so that no digit is lost."""
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, str | bool | int | float | datetime | date):
        return value
    return str(value)
