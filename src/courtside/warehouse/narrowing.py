"""Columns of few different texts held by number while a large file is staged: half the memory, half the spilling."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from courtside.connectors.adapter import Source
from courtside.records.tables import Column, Kind

_LARGE = 50_000_000
_CHUNKS = 64
_CHUNK = 128 * 1024
_SAMPLED_OF = 50
"""At most one byte of so many is looked at."""
_FEW = 1_000
_PEOPLE = 60_000

UNSEEN = 1 << 30
"""The bit of a row that has a text the sample of its file did not show: then the file is read again without."""


def _rows_at(path: Path, offset: int, delimiter: str) -> list[list[str]]:
    """Some whole rows of a plain file from about there on."""
    with path.open("rb") as file:
        file.seek(offset)
        lines = file.read(_CHUNK).split(b"\n")[1:-1]
    return list(csv.reader([line.decode(errors="replace").rstrip("\r") for line in lines], delimiter=delimiter))


def few_values(source: Source, path: Path) -> dict[str, frozenset[str]]:
    """The columns of a large plain file that seem to hold few different texts, with those, from places all over it.

    A column in which the later half of those places still shows texts the earlier half did not is not one
    of them: a file in the order of its people shows new contacts to its very end.
    """
    size = path.stat().st_size
    if size < _LARGE:
        return {}
    chunks = min(_CHUNKS, size // (_CHUNK * _SAMPLED_OF))
    places = range(0, size, size // max(chunks, 1) + 1)
    half = len(places) // 2
    early = _seen(source, path, places[:half], {name: frozenset() for name in source.header})
    both = _seen(source, path, places[half:], early)
    return {name: values for name, values in both.items() if values == early[name]}


def _seen(
    source: Source, path: Path, places: Iterable[int], before: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """The texts each column shows at some places, with those seen before; a column that shows many is given up."""
    found = {name: set(values) for name, values in before.items()}
    for offset in places:
        for row in _rows_at(path, offset, source.delimiter):
            for name, cell in zip(source.header, row, strict=False):
                if cell and name in found:
                    found[name].add(cell)
        found = {name: values for name, values in found.items() if len(values) <= _FEW}
    return {name: frozenset(values) for name, values in found.items()}


def _make_type(engine: duckdb.DuckDBPyConnection, name: str, values: frozenset[str]) -> None:
    """A type for those texts; the texts are data, never part of a statement."""
    engine.execute(f"DROP TYPE IF EXISTS {name}")
    engine.execute("CREATE OR REPLACE TEMP TABLE few_values AS SELECT unnest(?::VARCHAR[]) AS value", [sorted(values)])
    engine.execute(f"CREATE TEMP TYPE {name} AS ENUM (SELECT value FROM few_values)")


def narrow_types(
    engine: duckdb.DuckDBPyConnection, source: Source, path: Path, columns: Mapping[str, Column], people: str
) -> dict[str, str]:
    """Types that hold the fields of a file by number: field -> type. `people` is the table of known person_ids."""
    few = few_values(source, path)
    types: dict[str, str] = {}
    for field, column in columns.items():
        if not few or source.columns.get(field) is None or column.choices:
            continue
        values = few.get(source.columns[field])
        if column.refers_to == "people":
            known = engine.execute(f"SELECT DISTINCT person_id FROM {people} LIMIT {_PEOPLE}").fetchall()
            values = frozenset(str(row[0]) for row in known) if 0 < len(known) < _PEOPLE else None
        if values is not None and column.kind in (Kind.ID, Kind.CATEGORY):
            types[field] = f"few_{source.table}_{field}"
            _make_type(engine, types[field], values or frozenset({"-"}))
    return types
