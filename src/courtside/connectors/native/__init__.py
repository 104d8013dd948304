"""The product's own format: CSV or Parquet files, or sheets of a workbook, named after the record tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import duckdb

from courtside.connectors.adapter import Adapter, Reading, Refusal, Source
from courtside.connectors.columns import matched, unnamed
from courtside.connectors.delimited import Unreadable, read_header
from courtside.connectors.parquet import column_names
from courtside.connectors.workbook import Sheet, is_workbook, sheets
from courtside.records.tables import TABLES

_NAMES = re.compile(rf"({'|'.join(sorted(TABLES, key=len, reverse=True))})(?:[-.].*|_\d.*)?", re.DOTALL)
FIXED = {"opportunities": ("source", "product", "list_price")}
"""Fields of the format that are settled when their case opens."""
_NOISE = re.compile("[\0\ufeff\ufffd]")
_CELLS = re.compile(r"[;\t|]")


def table_of(stem: str) -> str | None:
    """The record table a file or sheet is named after: `leads`, also `leads-2026` and `leads_2`."""
    found = _NAMES.fullmatch(stem.strip().lower())
    return found[1] if found else None


def _refused(path: Path, sheet: str | None, reason: str, mend: str) -> Unreadable:
    return Unreadable(Refusal(path.name, sheet, None, None, None, reason, mend))


def _table(path: Path, name: str, sheet: str | None = None) -> str:
    """The table a name stands for. Raises Unreadable."""
    table = table_of(name)
    if table is None:
        near = get_close_matches(name.lower(), TABLES, n=3, cutoff=0.5) or sorted(TABLES)
        what = "files" if sheet is None else "sheets"
        hint = "" if sheet is None else "; rename it, or hide it if it holds no records"
        raise _refused(path, sheet, "unknown_table", f"{what} are named after record tables; nearest: "
                       f"{', '.join(near)}{hint}")  # fmt: skip
    return table


def _from_parquet(path: Path) -> tuple[Source, tuple[Refusal, ...]]:
    table = _table(path, path.stem)
    try:
        names = unnamed(column_names(path))
    except duckdb.Error:
        raise _refused(path, None, "unreadable", "this is not a Parquet file, or only part of one") from None
    found = matched(TABLES[table], names, path.name, 1)
    return Source(table, path, path.name, "parquet", names, found.columns), found.refusals


def _from_text(path: Path, decimal: str | None) -> tuple[Source, tuple[Refusal, ...]]:
    table = _table(path, path.stem)
    header = read_header(path, path.name)
    names = unnamed(header.names)
    found = matched(TABLES[table], names, path.name, header.line)
    source = Source(table, path, path.name, "csv", names, found.columns, delimiter=header.delimiter, decimal=decimal)
    return source, found.refusals


def _from_sheet(path: Path, sheet: Sheet, name: str) -> tuple[Source, tuple[Refusal, ...]]:
    table = _table(path, name, sheet.name)
    found = matched(TABLES[table], sheet.header, path.name, sheet.header_line)
    source = Source(
        table, sheet.path, path.name, "lines", sheet.header, found.columns, sheet=sheet.name, faults=sheet.faults
    )
    return source, tuple(replace(refusal, sheet=sheet.name) for refusal in found.refusals)


@dataclass(slots=True)
class _Gathered:
    """What has been found in the files so far; `decimal` is the mark before decimals, where it was answered."""

    decimal: str | None = None
    sources: list[Source] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def check_answer(self) -> None:
        """Refuse a decimal mark that is none."""
        if self.decimal not in (None, ".", ","):
            mend = f"--answer decimal={self.decimal}: write a point or a comma"
            self.refusals.append(Refusal("--answer", None, None, "decimal", self.decimal, "not_one_of", mend))

    def add(self, source: Source, refusals: Sequence[Refusal]) -> None:
        """A source, unless its header is wrong."""
        self.refusals.extend(refusals)
        self.sources.extend(() if refusals else (source,))

    def add_file(self, path: Path, scratch: Path) -> None:
        """Whatever a file holds."""
        try:
            if is_workbook(path):
                self._add_workbook(path, scratch)
            elif path.suffix.lower() == ".parquet":
                self.add(*_from_parquet(path))
            else:
                self.add(*_from_text(path, self.decimal))
        except Unreadable as fault:
            self.refusals.append(fault.refusal)

    def _add_workbook(self, path: Path, scratch: Path) -> None:
        found = sheets(path, path.name, scratch)
        for sheet in found:
            self.notes.extend(sheet.notes)
            try:
                self.add(*_from_sheet(path, sheet, _name_of_sheet(path, sheet.name, len(found))))
            except Unreadable as fault:
                self.refusals.append(fault.refusal)


def _name_of_sheet(path: Path, sheet: str, count: int) -> str:
    """What a sheet goes by: its name, or that of its workbook if it is the only one and its own says nothing."""
    return path.stem if count == 1 and table_of(sheet) is None and table_of(path.stem) else sheet


@dataclass(frozen=True, slots=True)
class Native:
    """Reads record tables as they are."""

    name: str = "native"
    label: str = "Courtside record tables"

    def recognises(self, headers: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether a file or sheet is named after a record table and has a column of it, or nothing at all."""
        return any(_is_named_and_fits(name, header) for name, header in headers.items())

    def read(self, paths: Sequence[Path], scratch: Path, answers: Mapping[str, str]) -> Reading:
        """The files as they stand: what their cells say is checked when they are taken in."""
        found = _Gathered(answers.get("decimal"))
        found.check_answer()
        for path in paths:
            found.add_file(path, scratch)
        return Reading(tuple(found.sources), fixed=FIXED, refusals=tuple(found.refusals), notes=tuple(found.notes))


def _tables_of(name: str) -> Iterator[str]:
    """The record tables a file or a sheet, `firm.xlsx/leads`, may be named after."""
    for part in (Path(name).name, Path(name).parent.name):
        table = table_of(Path(part).stem)
        if table is not None:
            yield table


def _is_named_and_fits(name: str, header: tuple[str, ...]) -> bool:
    table = next(_tables_of(name), None)
    if table is None:
        return False
    cells = [_NOISE.sub("", cell).strip().lower() for text in header for cell in _CELLS.split(text)]
    return not any(cells) or any(cell in TABLES[table].names for cell in cells)


ADAPTER: Adapter = Native()
