"""The product's own format: CSV or Parquet files named after the record tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import duckdb

from courtside.connectors.adapter import Adapter, Reading, Refusal, Source
from courtside.connectors.columns import matched, unnamed
from courtside.connectors.delimited import Unreadable, read_header
from courtside.records.tables import TABLES

_NAMES = re.compile(rf"({'|'.join(sorted(TABLES, key=len, reverse=True))})(?:[-.].*|_\d.*)?", re.DOTALL)
FIXED = {"opportunities": ("source", "product", "list_price")}
"""Fields of the format that are settled when their case opens."""
_NOISE = re.compile("[\0\ufeff\ufffd]")
_CELLS = re.compile(r"[;\t|]")


def table_of(path: Path) -> str | None:
    """The record table a file is named after: `leads.csv`, also `leads-2026.csv` and `leads_2.parquet`."""
    found = _NAMES.fullmatch(path.stem.lower())
    return found[1] if found else None


def _parquet_header(path: Path) -> tuple[str, ...]:
    with duckdb.connect() as engine:
        rows = engine.execute("SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(?))", [str(path)])
        return tuple(str(name) for (name,) in rows.fetchall())


def _refused(path: Path, line: int | None, reason: str, mend: str) -> Unreadable:
    return Unreadable(Refusal(path.name, None, line, None, None, reason, mend))


def _source(path: Path) -> tuple[Source, tuple[Refusal, ...]]:
    """How to read a file, and what is wrong with its header. Raises Unreadable."""
    name = table_of(path)
    if name is None:
        near = get_close_matches(path.stem.lower(), TABLES, n=3, cutoff=0.5) or sorted(TABLES)
        raise _refused(path, None, "unknown_table", f"files are named after record tables; nearest: {', '.join(near)}")
    is_parquet = path.suffix.lower() == ".parquet"
    if is_parquet:
        try:
            names, delimiter, line = _parquet_header(path), ",", 1
        except duckdb.Error:
            raise _refused(path, None, "unreadable", "this is not a Parquet file, or only part of one") from None
    else:
        header = read_header(path, path.name)
        names, delimiter, line = header.names, header.delimiter, header.line
    names = unnamed(names)
    found = matched(TABLES[name], names, path.name, line)
    return (
        Source(name, path, path.name, "parquet" if is_parquet else "csv", names, found.columns, delimiter=delimiter),
        found.refusals,
    )


@dataclass(frozen=True, slots=True)
class Native:
    """Reads record tables as they are."""

    name: str = "native"
    label: str = "Courtside record tables"

    def recognises(self, headers: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether a file is named after a record table and has a column of it, or nothing at all."""
        return any(_is_named_and_fits(Path(name), header) for name, header in headers.items())

    def read(self, paths: Sequence[Path], scratch: Path, answers: Mapping[str, str]) -> Reading:  # noqa: ARG002
        """The files as they stand: what their cells say is checked when they are taken in."""
        sources: list[Source] = []
        refusals: list[Refusal] = []
        for path in paths:
            try:
                source, wrong = _source(path)
            except Unreadable as fault:
                refusals.append(fault.refusal)
                continue
            refusals.extend(wrong)
            sources.extend(() if wrong else (source,))
        return Reading(tuple(sources), fixed=FIXED, refusals=tuple(refusals))


def _is_named_and_fits(path: Path, header: tuple[str, ...]) -> bool:
    table = table_of(path)
    if table is None:
        return False
    cells = [_NOISE.sub("", cell).strip().lower() for name in header for cell in _CELLS.split(name)]
    return not any(cells) or any(cell in TABLES[table].names for cell in cells)


ADAPTER: Adapter = Native()
