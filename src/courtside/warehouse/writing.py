"""Putting the files of a batch on the disk: sorted, complete and fsynced before their folder gets its name."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from courtside.records.tables import Column, Kind, Table
from courtside.warehouse.batches import BatchFile, Holding, quoted
from courtside.warehouse.changes import main_date

FOLDER = "batches"
_PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2"
_NARROW_FROM = 100_000
_NARROW_VALUES = 50_000


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Make sure a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def order_of_rows(table: Table) -> str:
    """The order of rows in files: by month, person and instant, so that ranges of dates touch few row groups.

    Rows of one person at one instant come as they come: sorting by the id too costs three times as much.
    """
    dated = main_date(table)
    key = ", ".join(f'"{name}"' for name in table.key)
    if dated is None:
        return key
    month = f'year("{dated}") * 12 + month("{dated}")'
    return f'{month}, "{table.owner}", "{dated}"'


def copy(engine: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write the rows of a query to a Parquet file, on the disk for good; how many they were."""
    found = engine.execute(f"COPY ({query}) TO {quoted(str(path))} ({_PARQUET})").fetchone()
    sync(path)
    return int(found[0]) if found else 0


def _could_narrow(column: Column) -> bool:
    return (
        column.kind is Kind.CURRENCY
        or column.refers_to == "people"
        or (column.kind is Kind.CATEGORY and not column.choices)
    )


def narrowed(engine: duckdb.DuckDBPyConnection, table: Table, query: str, rows: int) -> str:
    """The same rows with columns of few different texts held by number, which sorts and writes faster.

    In Parquet they are texts as before.
    """
    if rows < _NARROW_FROM:
        return query
    casts = []
    described = engine.execute(f"SELECT column_name, column_type FROM (DESCRIBE {query})").fetchall()
    texts = {name for name, kind in described if kind == "VARCHAR"}
    for column in (column for column in table.facts if column.name in texts and _could_narrow(column)):
        few, quoted_name = f"few_{table.name}_{column.name}", f'"{column.name}"'
        distinct = (
            f"SELECT DISTINCT {quoted_name} AS value FROM ({query}) WHERE value IS NOT NULL LIMIT {_NARROW_VALUES}"
        )
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {few}_values AS {distinct}")
        count = (engine.execute(f"SELECT count(*) FROM {few}_values").fetchone() or (0,))[0]
        if 0 < count < _NARROW_VALUES:
            engine.execute(f"DROP TYPE IF EXISTS {few}")
            engine.execute(f"CREATE TEMP TYPE {few} AS ENUM (SELECT value FROM {few}_values ORDER BY value)")
            casts.append(f"CAST({quoted_name} AS {few}) AS {quoted_name}")
    return f"SELECT * REPLACE ({', '.join(casts)}) FROM ({query})" if casts else query


@dataclass(slots=True)
class Draft:
    """A batch being written, in a folder of its own that counts for nothing until it is renamed."""

    root: Path
    number: int
    engine: duckdb.DuckDBPyConnection
    _files: list[tuple[str, Holding, str, str, int]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the files are until then."""
        return self.root / FOLDER / f".tmp-{self.number:06d}"

    def open(self) -> None:
        """Make the folder anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def write(self, table: str, holding: Holding, query: str, *, part: str = "") -> None:
        """Write the rows of a query as one file; none is left if there are no rows. `part` tells files apart."""
        name = ".".join(one for one in (table, holding.value, part, "parquet") if one)
        path = self.folder / name
        rows = copy(self.engine, query, path)
        if rows:
            self._files.append((table, holding, name, sha256_of(path), rows))
        else:
            path.unlink()

    def write_sorted(self, table: Table, holding: Holding, query: str, rows: int) -> None:
        """Write versions of rows in the order of files: every fact column."""
        facts = ", ".join(f'"{column.name}"' for column in table.facts)
        few = narrowed(self.engine, table, f"SELECT {facts} FROM ({query})", rows)
        self.write(table.name, holding, f"SELECT * FROM ({few}) ORDER BY {order_of_rows(table)}")

    def discard(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def finish(self) -> tuple[BatchFile, ...]:
        """Give the folder its name, for good; its files. Nothing is left if there are none."""
        if not self._files:
            self.discard()
            return ()
        content = hashlib.sha256("\n".join(sorted(f"{name} {sha}" for _, _, name, sha, _ in self._files)).encode())
        name = f"{self.number:06d}-{content.hexdigest()[:8]}"
        target = self.root / FOLDER / name
        shutil.rmtree(target, ignore_errors=True)
        sync(self.folder)
        self.folder.rename(target)
        sync(target.parent)
        return tuple(
            BatchFile(table, holding, f"{FOLDER}/{name}/{file}", sha, rows)
            for table, holding, file, sha, rows in self._files
        )


def beside(root: Path, path: str, name: str, write: Callable[[Path], int]) -> tuple[str, str, int]:
    """Add a file to the folder of another: its path, SHA-256 and rows. It has its name only once it is complete."""
    target = (root / path).parent / name
    unfinished = target.with_name(f".tmp-{name}")
    rows = write(unfinished)
    sha = sha256_of(unfinished)
    unfinished.rename(target)
    sync(target.parent)
    return str(target.relative_to(root)), sha, rows
