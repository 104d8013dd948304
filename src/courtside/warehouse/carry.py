"""Undoing an import without losing what later ones had confirmed: those take over the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import duckdb

from courtside.records.tables import TABLES, Table
from courtside.warehouse.batches import Batch, BatchFile, Holding, read_files, text_id
from courtside.warehouse.changes import same_key
from courtside.warehouse.writing import beside, copy, order_of_rows


def carried_files(batches: Sequence[Batch], undone: Batch, root: Path) -> tuple[tuple[int, BatchFile], ...]:
    """The files that let later batches hold the rows of `undone` which they brought again unchanged.

    `batches` are those that count. The files are written and on the disk, and count for nothing until the
    ledger names them under the number given with each.
    """
    found: list[tuple[int, BatchFile]] = []
    with duckdb.connect() as engine:
        engine.execute("SET threads = 2")
        for later in batches:
            if later.number > undone.number:
                found.extend((later.number, file) for file in _carried_by(engine, later, undone, root))
    return tuple(found)


def _carried_by(engine: duckdb.DuckDBPyConnection, later: Batch, undone: Batch, root: Path) -> Iterator[BatchFile]:
    texts: list[str] = []
    for table in TABLES.values():
        held = [*undone.holding(table.name, Holding.ROWS, Holding.CARRIED)]
        confirmed = [*later.holding(table.name, Holding.CONFIRMED)]
        if not held or not confirmed:
            continue
        rows = _rows(table, held, confirmed, undone.number, root)
        name = f"{table.name}.carried-{undone.number:06d}.parquet"
        file = _write(engine, f"{rows} ORDER BY {order_of_rows(table)}", later, Holding.CARRIED, table.name, name, root)
        if file is not None:
            yield file
            texts.append(f"SELECT '{table.name}' AS table_name, {text_id(table)} AS id FROM ({rows})")
    written = [*undone.holding("", Holding.TEXTS)]
    if texts and written:
        theirs = " UNION ALL ".join(texts)
        of_these = f"SELECT t.* FROM {read_files(root, written)} t SEMI JOIN ({theirs}) USING (table_name, id)"
        name = f"texts.carried-{undone.number:06d}.parquet"
        query = f"{of_these} ORDER BY table_name, id, field"
        file = _write(engine, query, later, Holding.TEXTS, "", name, root)
        if file is not None:
            yield file


def _rows(table: Table, held: Sequence[BatchFile], confirmed: Sequence[BatchFile], number: int, root: Path) -> str:
    """A query for the rows of a batch which another had confirmed."""
    facts = ", ".join(f'r."{column.name}"' for column in table.facts)
    keys = f"SELECT * FROM {read_files(root, confirmed)} WHERE batch = {number}"
    return f"SELECT {facts} FROM {read_files(root, held)} r SEMI JOIN ({keys}) c ON {same_key(table, 'r', 'c')}"


def _write(  # noqa: PLR0913  (what a file of a batch is made of)
    engine: duckdb.DuckDBPyConnection, query: str, batch: Batch, holding: Holding, table: str, name: str, root: Path
) -> BatchFile | None:
    folder = PurePosixPath(batch.files[0].path)
    path, sha, rows = beside(root, str(folder), name, lambda to: copy(engine, query, to))
    if not rows:
        (root / path).unlink()
        return None
    return BatchFile(table, holding, path, sha, rows)
