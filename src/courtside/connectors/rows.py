"""The rows of any file a person may export: CSV, the sheets of a workbook, Parquet; every cell as text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from courtside.connectors.adapter import Fault, Refusal
from courtside.connectors.columns import unnamed
from courtside.connectors.delimited import Record, Unreadable, read_header, records
from courtside.connectors.parquet import column_names
from courtside.connectors.workbook import Sheet, is_workbook, sheets

_AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class Rows:
    """One sheet of rows: `header` names every column once; `line` is the header's."""

    shown_as: str
    sheet: str | None
    header: tuple[str, ...]
    line: int
    path: Path
    format: Literal["csv", "lines", "parquet"]
    delimiter: str = ","
    repeated: frozenset[str] = frozenset()
    """Names that several columns have; all but the first go by another here: `Name (2)`."""
    faults: tuple[Fault, ...] = ()
    """Cells of a sheet that hold no value."""
    notes: tuple[str, ...] = ()
    """What of the file was passed over."""

    def faults_by_line(self) -> Mapping[int, Mapping[str, Fault]]:
        """The faults of each line that has any, by column."""
        found: dict[int, dict[str, Fault]] = {}
        for fault in self.faults:
            found.setdefault(fault.line, {})[fault.column] = fault
        return found

    def records(self) -> Iterator[Record]:
        """Every row below the header, with its line; of a CSV file as many cells as it has. Raises Unreadable."""
        match self.format:
            case "csv":
                found = records(self.path, self.shown_as, self.delimiter)
                next(found, None)
                yield from found
            case "lines":
                yield from self._lines()
            case "parquet":
                yield from self._parquet()

    def _lines(self) -> Iterator[Record]:
        names = [f"c{number}" for number in range(len(self.header))]
        with self.path.open(encoding="utf-8") as file:
            for text in file:
                row = json.loads(text)
                yield Record(row["line"], [row.get(name, "") for name in names])

    def _parquet(self) -> Iterator[Record]:
        with duckdb.connect() as engine:
            found = engine.execute("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(?)", [str(self.path)])
            line = 0
            while rows := found.fetchmany(_AT_A_TIME):
                for row in rows:
                    line += 1
                    yield Record(line, ["" if cell is None else cell for cell in row])


def _once(names: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """A name for every column, each only once, and the names that came more than once."""
    seen: Counter[str] = Counter()
    found = []
    for name in unnamed(names):
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found), frozenset(name for name, count in seen.items() if count > 1)


def _parquet_names(path: Path) -> tuple[str, ...]:
    try:
        return column_names(path)
    except duckdb.Error:
        mend = "this is not a Parquet file, or only part of one; write it again"
        raise Unreadable(Refusal(path.name, None, None, None, None, "unreadable", mend)) from None


def rows_of(path: Path, scratch: Path) -> tuple[Rows, ...]:
    """The sheets of a file; a CSV or Parquet file is one. `scratch` takes files of their own. Raises Unreadable."""
    if is_workbook(path):
        return tuple(_sheet(path, sheet) for sheet in sheets(path, path.name, scratch))
    if path.suffix.lower() == ".parquet":
        header, repeated = _once(_parquet_names(path))
        return (Rows(path.name, None, header, 1, path, "parquet", repeated=repeated),)
    found = read_header(path, path.name)
    header, repeated = _once(found.names)
    return (Rows(path.name, None, header, found.line, path, "csv", found.delimiter, repeated),)


def _sheet(path: Path, sheet: Sheet) -> Rows:
    header, repeated = _once(sheet.header)
    return Rows(
        path.name, sheet.name, header, sheet.header_line, sheet.path, "lines", repeated=repeated, faults=sheet.faults,
        notes=sheet.notes,
    )  # fmt: skip
