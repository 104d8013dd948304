"""A file on its way in: read fast where it is plain, exactly where it is not, and always with its lines."""

from __future__ import annotations

import csv
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import duckdb

from courtside.connectors.adapter import Fault, Refusal, RefusedRow, Source
from courtside.connectors.delimited import Record, Unreadable, as_line, delimiter_said, fits, records, uneven
from courtside.records.tables import TABLES
from courtside.warehouse.batches import quoted
from courtside.warehouse.conversion import Shown
from courtside.warehouse.layout import Layout, blank_lines, layout_of

_UNEVEN = ("TOO MANY COLUMNS", "MISSING COLUMNS")
_ROOM = 4 * 1024 * 1024
_LONGEST_LINE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A file the engine can read: `relation` has columns `c0`, `c1` … of `types`.

    `line` is the SQL of a row's line where the file itself says it. Otherwise lines are counted: for each line
    that holds no accepted row, `accepted_before` has the number of those that come before it.
    """

    source: Source
    relation: str
    types: tuple[str, ...]
    path: Path
    reader: Literal["csv", "json", "parquet"]
    line: str | None = None
    accepted_before: tuple[int, ...] = ()

    def physical_line(self, ordinal: int) -> int:
        """The line of the n-th accepted row (0 is the first); of a Parquet file, the number of the row."""
        if self.reader != "csv":
            return ordinal + 1
        return ordinal + 2 + bisect_right(self.accepted_before, ordinal)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file read into the stage, or None with the reason; and what was refused on the way."""

    file: File | None
    rows: int = 0
    shown: Shown = Shown()
    refusals: tuple[Refusal, ...] = ()
    refused_rows: tuple[RefusedRow, ...] = ()


Loader = Callable[[File], tuple[int, Shown]]


def opened(engine: duckdb.DuckDBPyConnection, source: Source, beside: Path, load: Loader) -> Opened:
    """Read a source with `load`. `beside` is the stem of files that may be written for it."""
    plain_name = beside.with_suffix(f".{source.format}")
    plain_name.symlink_to(source.path.absolute())
    if source.format == "parquet":
        return _parquet(engine, source, plain_name, load)
    if source.format == "lines":
        return _lines(source, plain_name, beside.with_suffix(".rows"), load)
    layout = layout_of(plain_name)
    if layout.is_plain and len(source.header) > 1 and delimiter_said(plain_name) is None:
        found = _plain(engine, source, plain_name, layout, load)
        if found is not None:
            return found
    return _exact(source, plain_name, beside.with_suffix(".rows"), load)


def _lines(source: Source, path: Path, kept: Path, load: Loader) -> Opened:
    """Lines a connector wrote, less the rows with a cell that holds no value in a column that is used."""
    refused: tuple[RefusedRow, ...] = ()
    faults = _faults_that_matter(source)
    if faults:
        refused = tuple(_without_faulty(source, path, kept, faults))
        path = kept
    file = _lines_file(source, path, min(path.stat().st_size, _LONGEST_LINE))
    return Opened(file, *load(file), refused_rows=refused)


def _faults_that_matter(source: Source) -> dict[int, list[Fault]]:
    """The faults of a source by line, those in columns nothing is read from left out."""
    used = set(source.columns.values())
    known = set(source.header)
    found: dict[int, list[Fault]] = {}
    for fault in source.faults:
        if fault.column in used or fault.column not in known:
            found.setdefault(fault.line, []).append(fault)
    return found


def _without_faulty(
    source: Source, path: Path, kept: Path, faults: Mapping[int, Sequence[Fault]]
) -> Iterator[RefusedRow]:
    """Write the lines without a fault to `kept`; the others as refused rows, one a fault."""
    with path.open(encoding="utf-8") as rows, kept.open("w", encoding="utf-8") as out:
        for text in rows:
            row = json.loads(text)
            wrong = faults.get(row["line"], ())
            if not wrong:
                out.write(text)
            cells = {name: row[f"c{n}"] for n, name in enumerate(source.header) if wrong and f"c{n}" in row}
            for fault in wrong:
                place = (source.shown_as, source.sheet, fault.line, fault.column, fault.value)
                yield RefusedRow(source.table, Refusal(*place, fault.reason, fault.mend), cells, _id_of(source, cells))


def _id_of(source: Source, cells: Mapping[str, str]) -> str | None:
    """The key of a row, if it is one column and filled."""
    key = TABLES[source.table].key
    return cells.get(source.columns.get(key[0], key[0])) if len(key) == 1 else None


def _parquet(engine: duckdb.DuckDBPyConnection, source: Source, path: Path, load: Loader) -> Opened:
    names = ", ".join(f"c{n}" for n in range(len(source.header)))
    try:
        described = engine.execute("SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))", [str(path)])
        types = tuple("VARCHAR" if kind.startswith("ENUM") else str(kind) for (kind,) in described.fetchall())
        relation = f"read_parquet({quoted(str(path))}) AS t({names})"
        file = File(source, relation, types, path, "parquet", _line_of(source))
        return Opened(file, *load(file))
    except (duckdb.InvalidInputException, duckdb.IOException):
        mend = "this is not a Parquet file, or only part of one; write it again"
        return Opened(None, refusals=(Refusal(source.shown_as, source.sheet, None, None, None, "unreadable", mend),))


def _line_of(source: Source) -> str | None:
    """The SQL of a row's line where a column says it."""
    if source.line_column is None:
        return None
    return f"CAST(c{source.header.index(source.line_column)} AS BIGINT)"


def room_for(longest: int) -> int:
    """How long a line of JSON the engine is to expect; it sets aside several times as much memory."""
    return max(_ROOM, longest + 1024)


def _lines_file(source: Source, path: Path, longest: int) -> File:
    columns = ", ".join(f"c{n}: 'VARCHAR'" for n in range(len(source.header)))
    relation = (
        f"read_json({quoted(str(path))}, format = 'newline_delimited', auto_detect = false, "
        f"columns = {{{columns}, line: 'BIGINT'}}, maximum_object_size = {room_for(longest)})"
    )
    return File(source, relation, ("VARCHAR",) * len(source.header), path, "json", "line")


def _plain_file(source: Source, path: Path, rejects: str) -> File:
    columns = ", ".join(f"c{n}: 'VARCHAR'" for n in range(len(source.header)))
    relation = (
        f"read_csv({quoted(str(path))}, auto_detect = false, header = true, delim = {quoted(source.delimiter)}, "
        f"quote = '\"', escape = '\"', store_rejects = true, rejects_table = '{rejects}', "
        f"rejects_scan = '{rejects}_scan', columns = {{{columns}}})"
    )
    return File(source, relation, ("VARCHAR",) * len(source.header), path, "csv", _line_of(source))


def _plain(
    engine: duckdb.DuckDBPyConnection, source: Source, path: Path, layout: Layout, load: Loader
) -> Opened | None:
    """The engine's parallel reader; None if it could not account for every line, so that another must."""
    rejects = f"rejects_{path.stem}"
    file = _plain_file(source, path, rejects)
    try:
        rows, shown = load(file)
        found = engine.execute(f"SELECT DISTINCT line, error_type::VARCHAR FROM {rejects}").fetchall()
    except duckdb.InvalidInputException:
        return None
    if found and (layout.has_quotes or any(kind not in _UNEVEN for _, kind in found)):
        return None
    refused = sorted({int(line) for line, _ in found})
    skipped = refused
    if rows + len(refused) + 1 != layout.lines:
        blank = blank_lines(path)
        skipped = sorted({*refused, *blank})
        if 1 in skipped or rows + len(skipped) + 1 != layout.lines:
            return None
    try:
        rows_refused = tuple(_uneven_rows(source, path, refused))
    except Unreadable as fault:
        return Opened(None, refusals=(fault.refusal,))
    exact = replace(file, accepted_before=tuple(line - 2 - n for n, line in enumerate(skipped)))
    return Opened(exact, rows, shown, refused_rows=rows_refused)


def _uneven_rows(source: Source, path: Path, lines: Sequence[int]) -> Iterator[RefusedRow]:
    for number, text in zip(lines, _Picker(path).pick(lines), strict=True):
        yield _refused_row(source, Record(number, _cells(text, source.delimiter)))


def _refused_row(source: Source, record: Record) -> RefusedRow:
    cells = dict(zip((*source.header, "beyond the last column"), record.cells, strict=False))
    return RefusedRow(source.table, uneven(source.shown_as, record, len(source.header)), cells)


def _exact(source: Source, path: Path, written: Path, load: Loader) -> Opened:
    """Python's reader, which tells records apart whatever their cells hold; rows go on as JSON lines."""
    refused: list[RefusedRow] = []
    longest = 0
    width = len(source.header)
    try:
        with written.open("w", encoding="utf-8") as out:
            found = records(path, source.shown_as, source.delimiter)
            next(found, None)
            for record in found:
                if not fits(record, width):
                    refused.append(_refused_row(source, record))
                    continue
                line = as_line(record.line, record.cells[:width])
                longest = max(longest, 4 * len(line))
                out.write(line + "\n")
    except Unreadable as fault:
        return Opened(None, refusals=(fault.refusal,))
    file = _lines_file(source, written, longest)
    if source.line_column is not None:
        file = replace(file, line=_line_of(source))
    return Opened(file, *load(file), refused_rows=tuple(refused))


def _cells(text: bytes, delimiter: str) -> list[str]:
    line = text.decode(errors="replace").removeprefix("\ufeff").rstrip("\r\n")
    return next(csv.reader([line], delimiter=delimiter), [])


class _Picker:
    """Lines of a file by their number, always going forward."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = self._numbered()

    def _numbered(self) -> Iterator[tuple[int, bytes]]:
        with self._path.open("rb") as file:
            yield from enumerate(file, start=1)

    def pick(self, wanted: Iterable[int]) -> Iterator[bytes]:
        """The lines of those numbers: rising, and above any asked for before."""
        for want in wanted:
            yield next(text for number, text in self._lines if number == want)


class Cells:
    """What accepted rows of a file were made from: column -> text, empty cells left out.

    Rows are asked for by number (0 is the first), rising from call to call, so that a file is read once.
    """

    def __init__(self, engine: duckdb.DuckDBPyConnection, file: File) -> None:
        self._engine = engine
        self._file = file
        self._picker = _Picker(file.path)

    def of(self, ordinals: Sequence[int]) -> Iterator[dict[str, str]]:
        """The cells of those rows."""
        match self._file.reader:
            case "parquet":
                return self._from_parquet(ordinals)
            case "json":
                return self._from_json(ordinals)
            case "csv":
                return self._from_csv(ordinals)

    def _from_csv(self, ordinals: Iterable[int]) -> Iterator[dict[str, str]]:
        for text in self._picker.pick(map(self._file.physical_line, ordinals)):
            cells = _cells(text, self._file.source.delimiter)
            yield {name: cell for name, cell in zip(self._file.source.header, cells, strict=False) if cell}

    def _from_json(self, ordinals: Iterable[int]) -> Iterator[dict[str, str]]:
        for text in self._picker.pick(ordinal + 1 for ordinal in ordinals):
            row = json.loads(text)
            yield {name: row[f"c{n}"] for n, name in enumerate(self._file.source.header) if f"c{n}" in row}

    def _from_parquet(self, ordinals: Sequence[int]) -> Iterator[dict[str, str]]:
        source = self._file.source
        self._engine.execute("CREATE OR REPLACE TEMP TABLE wanted_rows AS SELECT unnest(?) AS n", [list(ordinals)])
        names = [f"c{n}" for n in range(len(source.header))]
        texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
        found = self._engine.execute(
            f"SELECT {texts} FROM read_parquet({quoted(str(self._file.path))}, file_row_number = true) "
            f"AS t({', '.join(names)}, n) SEMI JOIN wanted_rows USING (n) ORDER BY n"
        ).fetchall()
        for row in found:
            yield {name: str(c) for name, c in zip(source.header, row, strict=True) if c is not None}
