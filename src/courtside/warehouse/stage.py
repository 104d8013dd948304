"""The rows of an import while they are checked: every file read once into typed temporary tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from courtside.connectors.adapter import EXTRA, Refusal, RefusedRow, Source
from courtside.records.tables import Column, Kind, Table
from courtside.warehouse.batches import SQL_TYPES
from courtside.warehouse.conversion import (
    NUMERIC,
    DateOrder,
    Shown,
    as_text,
    from_text,
    from_typed,
    is_mixed,
    is_plain,
    may_be_lone,
    order_of,
    order_shown,
    points_shown,
    stage_type,
    without_lone,
)
from courtside.warehouse.incoming import File, opened
from courtside.warehouse.narrowing import UNSEEN, narrow_types

PEOPLE = "known_people"
"""The table of every person_id a row may name. It must be there before any other table than people is read."""

UNSURE = 1 << 29
"""The bit of a row with a number that depends on what points stand before."""

Aggregates = Callable[[str], tuple[str, str]]
Pairs = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one file. Row `first + n` of the stage is the file's n-th accepted row."""

    file: File
    name: str
    first: int
    rows: int
    shown: Shown

    @property
    def source(self) -> Source:
        """Where the rows come from."""
        return self.file.source


@dataclass(frozen=True, slots=True)
class Stage:
    """All rows of an import for one table: a view `name` with `_row`, `_line`, `_bad` and the fields present.

    `_bad` has a bit for each field of `checked` whose text is no value of its kind. `texts` maps the fields
    that live apart to their columns in the view.
    """

    table: Table
    name: str
    parts: tuple[Part, ...]
    facts: tuple[Column, ...]
    texts: Mapping[str, str]
    checked: tuple[Column, ...]
    rows: int

    def bit(self, column: Column) -> int:
        """The bit of a field in `_bad`; 0 if any text will do for it."""
        return 1 << self.checked.index(column) if column in self.checked else 0

    @property
    def present(self) -> frozenset[str]:
        """The names of the fact columns some file has."""
        return frozenset(column.name for column in self.facts)

    def part_of(self, row: int) -> Part:
        """The part a row belongs to."""
        return next(part for part in reversed(self.parts) if part.first <= row)


@dataclass(frozen=True, slots=True)
class Staged:
    """A stage, with the files and rows that could not be read into it."""

    stage: Stage
    refusals: tuple[Refusal, ...]
    refused_rows: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs to know: the engine, the firm's zone, the answers given, a folder for its own files."""

    engine: duckdb.DuckDBPyConnection
    zone: str
    order: DateOrder | None
    scratch: Path


@dataclass(frozen=True, slots=True)
class _Plan:
    """The columns of the stage of one table, whichever files they come from."""

    table: Table
    facts: tuple[Column, ...]
    texts: Mapping[str, str]
    checked: tuple[Column, ...]


def _plan(table: Table, sources: Sequence[Source]) -> _Plan:
    given = {field for source in sources for field in (*source.columns, *source.constants)}
    facts = tuple(c for c in table.facts if c.name in given or c.default is not None)
    texts = {c.name: c.name for c in table.texts if c.name in given}
    extras = sorted(field for field in given if field.startswith(EXTRA))
    texts |= {field: f"x{number}" for number, field in enumerate(extras)}
    return _Plan(table, facts, texts, tuple(c for c in facts if not is_plain(c)))


def _cell(reader: Reader, file: File, field: str, number: int) -> tuple[str, str] | None:
    """The SQL of a field's cell in a file, and its type; None if the file has no such field."""
    source = file.source
    if field in source.columns:
        index = source.header.index(source.columns[field])
        return f"c{index}", file.types[index]
    if field in source.constants:
        reader.engine.execute(f"SET VARIABLE constant_{number} = ?", [source.constants[field]])
        return f"getvariable('constant_{number}')", "VARCHAR"
    return None


def _value(reader: Reader, file: File, column: Column, cell: tuple[str, str] | None, shown: Shown) -> tuple[str, str]:
    """The SQL of a field's value, and of the cell it was made from."""
    order = shown.orders.get(column.name, reader.order)
    default = f"'{column.default}'" if column.default is not None else None
    if cell is None:
        raw = default or "CAST(NULL AS VARCHAR)"
        return from_text(column, raw, reader.zone), raw
    raw, kind = cell
    if default and kind == "VARCHAR":
        raw = f"coalesce({raw}, {default})"
    if kind == "VARCHAR":
        value = from_text(column, raw, reader.zone, order, file.source.decimal)
        return without_lone(value, raw) if column.name in shown.unsure else value, raw
    value = from_typed(column, raw, kind, reader.zone, order)
    if default:
        value = f"coalesce({value}, {from_text(column, default, reader.zone)})"
    return value, raw


def _query(reader: Reader, file: File, plan: _Plan, shown: Shown, narrow: Mapping[str, str]) -> str:
    """One pass over a file: its values, and a bit for every cell that is none of its kind.

    Fields of `narrow` are held in that type; a cell it has no place for sets the bit UNSEEN. Where it has not been
    said what points stand before, a number that depends on it sets the bit UNSURE.
    """
    inner: list[str] = []
    outer: list[str] = []
    bits: list[str] = []
    unsaid = {column.name for column, _ in _unsaid(plan, file)}
    for number, column in enumerate(plan.facts):
        cell = _cell(reader, file, column.name, number)
        value, raw = _value(reader, file, column, cell, shown)
        kind = narrow.get(column.name)
        inner.append(f"{f'TRY_CAST({value} AS {kind})' if kind else value} AS v{number}")
        outer.append(f'CAST(v{number} AS {kind or stage_type(column)}) AS "{column.name}"')
        if kind or (column in plan.checked and cell is not None):
            inner.append(f"{raw} AS r{number}")
            bit = UNSEEN if kind else 1 << plan.checked.index(column)
            bits.append(f"CASE WHEN v{number} IS NULL AND r{number} IS NOT NULL THEN {bit} ELSE 0 END")
            if column.name in unsaid:
                bits.append(f"CASE WHEN {may_be_lone(f'r{number}')} THEN {UNSURE} ELSE 0 END")
    for number, (field, name) in enumerate(plan.texts.items(), start=len(plan.facts)):
        cell = _cell(reader, file, field, number)
        text = "CAST(NULL AS VARCHAR)" if cell is None else as_text(*cell)
        inner.append(f"{text} AS v{number}")
        outer.append(f'v{number} AS "{name}"')
    outer.append(f"{' | '.join(bits) or '0'} AS _bad")
    if file.line:
        inner.append(f"{file.line} AS _line")
        outer.append("_line")
    return f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(inner)} FROM {file.relation})"


def _texts_of(plan: _Plan, file: File, kinds: Sequence[Kind]) -> Iterator[tuple[Column, str]]:
    """The columns of some kinds a file gives as text, with their cells."""
    for column in plan.checked:
        if column.kind in kinds and column.name in file.source.columns:
            index = file.source.header.index(file.source.columns[column.name])
            if file.types[index] == "VARCHAR":
                yield column, f"c{index}"


def _unsaid(plan: _Plan, file: File) -> list[tuple[Column, str]]:
    """The columns of numbers, with their cells, if nobody has said what points stand before in them."""
    return list(_texts_of(plan, file, NUMERIC)) if file.source.decimal is None else []


def _aggregates(reader: Reader, file: File, columns: Sequence[tuple[Column, str]], make: Aggregates) -> Pairs:
    """Two aggregates over the texts of each column."""
    wanted = ", ".join(part for _, cell in columns for part in make(cell))
    found = reader.engine.execute(f"SELECT {wanted} FROM {file.relation}").fetchone() or ()
    return {column.name: (found[2 * n], found[2 * n + 1]) for n, (column, _) in enumerate(columns)}


def _dates_shown(reader: Reader, file: File, plan: _Plan, bad: int) -> Shown:
    """The order of day and month in the columns that show it, a day being above 12, or that contradict themselves."""
    dated = [(c, x) for c, x in _texts_of(plan, file, (Kind.TIME, Kind.DATE)) if bad & (1 << plan.checked.index(c))]
    if not dated or reader.order is not None:
        return Shown()
    highest = _aggregates(reader, file, dated, order_shown)
    orders = {name: order for name, both in highest.items() if (order := order_of(*both)) is not None}
    return Shown(orders, frozenset(name for name, both in highest.items() if is_mixed(*both)))


def _unsure(reader: Reader, file: File, plan: _Plan, bad: int) -> frozenset[str]:
    """The columns in which every number with a point looks like `1.234`."""
    if not bad & UNSURE:
        return frozenset()
    counts = _aggregates(reader, file, _unsaid(plan, file), points_shown)
    return frozenset(name for name, (lone, other) in counts.items() if lone and not other)


def _load(reader: Reader, file: File, plan: _Plan, name: str) -> tuple[int, Shown]:
    """Read a file into a temporary table; the number of rows, and what its columns show about how they are written."""
    shown: Shown | None = None
    narrow: Mapping[str, str] = {}
    if file.reader == "csv":
        plain = {c.name: c for c in plan.facts if is_plain(c)}
        narrow = narrow_types(reader.engine, file.source, file.path, plain, PEOPLE)
    while True:
        query = _query(reader, file, plan, shown or Shown(), narrow)
        reader.engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
        counted = reader.engine.execute(f"SELECT count(*), coalesce(bit_or(_bad), 0) FROM {name}").fetchone()
        rows, bad = counted or (0, 0)
        if bad & UNSEEN:
            narrow = {}
            continue
        if shown is not None:
            return rows, shown
        shown = replace(_dates_shown(reader, file, plan, bad), unsure=_unsure(reader, file, plan, bad))
        if not (shown.orders or shown.unsure):
            return rows, shown


def _view(reader: Reader, plan: _Plan, name: str, parts: Iterable[Part]) -> None:
    """The parts one after the other, under the number of each row."""
    selects = [
        f"SELECT rowid + {part.first} AS _row, {'_line' if part.file.line else 'CAST(NULL AS BIGINT) AS _line'}, "
        f"* {'EXCLUDE (_line)' if part.file.line else ''} FROM {part.name}"
        for part in parts
    ]
    if not selects:
        columns = [f'CAST(NULL AS {stage_type(c)}) AS "{c.name}"' for c in plan.facts]
        columns += [f'CAST(NULL AS VARCHAR) AS "{column}"' for column in plan.texts.values()]
        empty = ", ".join(("CAST(NULL AS BIGINT) AS _row", "CAST(NULL AS BIGINT) AS _line", *columns, "0 AS _bad"))
        selects = [f"SELECT {empty} WHERE false"]
    reader.engine.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {' UNION ALL '.join(selects)}")


def load(reader: Reader, table: Table, sources: Sequence[Source]) -> Staged:
    """Read every file of a table. What cannot be read is refused; what can is staged, whatever it says."""
    plan = _plan(table, sources)
    name = f"stage_{table.name}"
    parts: list[Part] = []
    refusals: list[Refusal] = []
    refused_rows: list[RefusedRow] = []
    first = 0
    for number, source in enumerate(sources):
        part_name = f"{name}_{number}"

        def read(file: File, part_name: str = part_name) -> tuple[int, Shown]:
            return _load(reader, file, plan, part_name)

        loaded = opened(reader.engine, source, reader.scratch / part_name, read)
        refusals.extend(loaded.refusals)
        refused_rows.extend(loaded.refused_rows)
        if loaded.file is None:
            continue
        parts.append(Part(loaded.file, part_name, first, loaded.rows, loaded.shown))
        first += loaded.rows
    _view(reader, plan, name, parts)
    stage = Stage(table, name, tuple(parts), plan.facts, plan.texts, plan.checked, first)
    return Staged(stage, tuple(refusals), tuple(refused_rows))


def facts_of(stage: Stage, *, as_staged: bool = False) -> str:
    """The select list of every fact column of the table, in its order; fields no file has are empty.

    `as_staged` leaves columns of few different texts held by number, which sorts and writes faster.
    """
    return ", ".join(_fact(stage, column, as_staged) for column in stage.table.facts)


def _fact(stage: Stage, column: Column, as_staged: bool) -> str:
    if column.name not in stage.present:
        return f'CAST(NULL AS {SQL_TYPES[column.kind]}) AS "{column.name}"'
    return f'"{column.name}"' if as_staged else f'CAST("{column.name}" AS {SQL_TYPES[column.kind]}) AS "{column.name}"'
