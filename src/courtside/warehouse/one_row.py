"""One living row: what it says, and a new version of it as a file that can be imported like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from courtside.connectors.adapter import EXTRA
from courtside.records.tables import Table
from courtside.warehouse.batches import Batch, living, living_texts

Row = Mapping[str, Any]


def row_known(table: Table, batches: Sequence[Batch], root: Path, key: str) -> Row | None:
    """The columns of the living row with a key of one part, texts left out; None if there is none.

    `batches` are those that count (see `batches.known`).
    """
    with _one(table, batches, root, key) as engine:
        found = engine.execute("SELECT * FROM one").fetchone()
        names = [column[0] for column in engine.description or ()]
    return dict(zip(names, found, strict=True)) if found else None


def write_version(
    table: Table, batches: Sequence[Batch], root: Path, key: str, change: tuple[str, Any], into: Path
) -> None:
    """Write the living row with one column changed to a Parquet file, its names and free texts with it.

    `change` is the name of a column of the table and its value. Raises KeyError for another column.
    """
    column, value = table.column(change[0]), change[1]
    with _one(table, batches, root, key) as engine:
        engine.execute(f'UPDATE one SET "{column.name}" = ?', [value])
        texts = engine.execute(f"SELECT field, value FROM ({living_texts(table, batches, root)}) WHERE id = ?", [key])
        for field, text in texts.fetchall():
            name = '"' + field.removeprefix(EXTRA).replace('"', '""') + '"'
            engine.execute(f"ALTER TABLE one ADD COLUMN {name} VARCHAR")
            engine.execute(f"UPDATE one SET {name} = ?", [text])
        engine.table("one").write_parquet(str(into))


@contextmanager
def _one(table: Table, batches: Sequence[Batch], root: Path, key: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine with the living row as the table `one`."""
    (name,) = table.key
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        alive = living(table, batches, root)
        engine.execute(f'CREATE TABLE one AS SELECT * EXCLUDE (_batch) FROM ({alive}) WHERE "{name}" = ?', [key])
        yield engine
