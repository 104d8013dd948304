"""The first rows of files as they would be read: dates, numbers and words already in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from courtside.connectors.adapter import EXTRA, Reading, Source
from courtside.records.tables import TABLES
from courtside.warehouse.checks import know_people
from courtside.warehouse.conversion import ORDERS
from courtside.warehouse.stage import Reader, Stage, load

SHOWN = 5
"""Rows of each file that are shown."""
UNREAD = "?"
"""Stands for a cell that cannot be read as what its field holds."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How one file would be read into one table: field -> column, constants, the columns kept as extra ones, rows."""

    file: str
    sheet: str | None
    table: str
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    extra: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...] = field(default_factory=tuple)


def previews(reading: Reading, zone: str, answers: Mapping[str, str], scratch: Path) -> tuple[Preview, ...]:
    """The sources of a reading, each with its first rows. What cannot be read at all has no rows."""
    return tuple(_preview(source, zone, answers, scratch / f"preview-{n}") for n, source in enumerate(reading.sources))


def _preview(source: Source, zone: str, answers: Mapping[str, str], scratch: Path) -> Preview:
    called = source.called
    own = {name: called.get(column, column) for name, column in source.columns.items() if not name.startswith(EXTRA)}
    extra = tuple(column for name, column in source.columns.items() if name.startswith(EXTRA))
    scratch.mkdir()
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        know_people(engine, ["SELECT CAST(NULL AS VARCHAR) AS person_id WHERE false"])
        reader = Reader(engine, zone, ORDERS.get(answers.get("date_order", "")), scratch)
        stage = load(reader, TABLES[source.table], [source]).stage
        rows = tuple(_first_rows(engine, stage, own))
    return Preview(source.shown_as, source.sheet, source.table, own, source.constants, extra, rows)


def _first_rows(
    engine: duckdb.DuckDBPyConnection, stage: Stage, fields: Sequence[str] | Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    shown = [name for name in stage.table.names if name in fields]
    cells = ", ".join(_cell(stage, name) for name in shown)
    if not cells:
        return
    for row in engine.execute(f"SELECT {cells} FROM {stage.name} ORDER BY _row LIMIT {SHOWN}").fetchall():
        yield {name: value for name, value in zip(shown, row, strict=True) if value}


def _cell(stage: Stage, name: str) -> str:
    column = stage.table.column(name)
    bit = stage.bit(column)
    text = f'CAST("{stage.texts.get(name, name)}" AS VARCHAR)'
    return f"CASE WHEN _bad & {bit} <> 0 THEN '{UNREAD}' ELSE {text} END"
