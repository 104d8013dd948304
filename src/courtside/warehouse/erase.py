"""Erasing a person: every file that holds the id is written anew with a token in its place, texts left out.

Order of things, so that a kill at any moment loses nothing: the new files are complete and on the disk
before `erase` returns; the ledger then names them in place of the old ones in one transaction; only after
that are the old files removed. A file no ledger names is a leftover, to be swept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import duckdb

from courtside.records.tables import TABLES, Table
from courtside.warehouse.batches import KEY_SEPARATOR, Batch, BatchFile, Holding, read_files
from courtside.warehouse.writing import beside, copy, sha256_of

Whose = Literal["people", "contacts"]

_CONTACT_COLUMNS = ("contact_id", "candidate_id")
_SCOPED = ("targets", "observations")


def erase(
    batches: Sequence[Batch], ids: Sequence[str], root: Path, token: str, whose: Whose = "people"
) -> tuple[tuple[BatchFile, BatchFile], ...]:
    """Write every file that holds one of the ids anew; (old, new) for each.

    `batches` are all there ever were, undone ones too. Several ids get `token-1`, `token-2` … Numbers, dates
    and categories stay as they are, so every sum stays as it is. What named the person goes: their texts,
    teams and targets called by their name, and their cells in rows that were set aside.
    """
    tokens = {one: token if len(ids) == 1 else f"{token}-{n}" for n, one in enumerate(ids, start=1)}
    with duckdb.connect() as engine:
        engine.execute("SET threads = 2")
        engine.execute("SET memory_limit = '1000MB'")
        eraser = _Eraser(engine, batches, root, tokens, whose)
        return tuple(pair for batch in batches for file in batch.files for pair in eraser.rewritten(file))


class _Eraser:
    """Rewrites files without some ids. What becomes what is in the tables `erased`, `names` and `scopes`."""

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        batches: Sequence[Batch],
        root: Path,
        tokens: dict[str, str],
        whose: Whose,
    ) -> None:
        self._engine = engine
        self._root = root
        self._tokens = tokens
        self._whose = whose
        self._list("erased", tokens)
        self._names = self._learn_names(batches)
        self._list("names", self._names)
        people = {f"person:{one}": f"person:{token}" for one, token in tokens.items()}
        self._list("scopes", people | {f"team:{name}": f"team:{token}" for name, token in self._names.items()})

    def _list(self, name: str, becomes: Mapping[str, str]) -> None:
        """A table of what becomes what."""
        self._engine.execute(f"CREATE TEMP TABLE {name} (old VARCHAR, new VARCHAR)")
        if becomes:
            self._engine.executemany(f"INSERT INTO {name} VALUES (?, ?)", [list(pair) for pair in becomes.items()])

    def _learn_names(self, batches: Sequence[Batch]) -> dict[str, str]:
        """Every name the people ever had: teams and targets may be called by it."""
        files = [file for batch in batches for file in batch.holding("", Holding.TEXTS)]
        if not files or self._whose != "people":
            return {}
        found = self._engine.execute(
            f"SELECT DISTINCT t.value, e.new FROM {read_files(self._root, files)} t JOIN erased e ON t.id = e.old "
            "WHERE t.table_name = 'people' AND t.field = 'name' AND t.value IS NOT NULL"
        )
        return {str(name): str(token) for name, token in found.fetchall()}

    def rewritten(self, file: BatchFile) -> Iterator[tuple[BatchFile, BatchFile]]:
        """The file and the one in its place; nothing if it holds none of the ids."""
        match file.holding:
            case Holding.TEXTS:
                query = self._texts(file)
            case Holding.ASIDE:
                yield from self._asides(file)
                return
            case _:
                query = self._rows(file)
        if query is not None:
            yield file, self._write(file, query)

    def _exists(self, query: str) -> bool:
        return bool(self._engine.execute(f"SELECT 1 FROM {query} LIMIT 1").fetchone())

    def _source(self, file: BatchFile) -> str:
        return read_files(self._root, [file])

    def _columns(self, table: Table) -> Iterator[tuple[str, str]]:
        """The columns of a table that may name one of the people, each with the list of what becomes what."""
        for column in table.facts:
            if self._is_theirs(table, column.name, column.refers_to):
                yield column.name, "erased"
            elif self._whose == "people" and column.name == "team":
                yield column.name, "names"
            elif self._whose == "people" and column.name == "scope" and table.name in _SCOPED:
                yield column.name, "scopes"

    def _is_theirs(self, table: Table, column: str, refers_to: str | None) -> bool:
        if self._whose == "contacts":
            return column in _CONTACT_COLUMNS
        return refers_to == "people" or (table.name == "people" and column == "person_id")

    def _rows(self, file: BatchFile) -> str | None:
        """The rows with tokens, in the order they were; None if no row names one of the people."""
        source = self._source(file)
        held = {
            str(row[0]) for row in self._engine.execute(f"SELECT column_name FROM (DESCRIBE FROM {source})").fetchall()
        }
        columns = [(name, mapping) for name, mapping in self._columns(TABLES[file.table]) if name in held]
        conditions = " OR ".join(f'"{name}" IN (SELECT old FROM {mapping})' for name, mapping in columns)
        if not columns or not self._exists(f"{source} WHERE {conditions}"):
            return None
        replaced = ", ".join(
            f'coalesce((SELECT m.new FROM {mapping} m WHERE m.old = r."{name}"), r."{name}") AS "{name}"'
            for name, mapping in columns
        )
        return f"SELECT * REPLACE ({replaced}) FROM {source} r"

    def _key_tables(self) -> dict[str, list[int]]:
        """For tables whose texts may be kept under an id: which parts of the key are one (0 is the first)."""
        found = {}
        for table in TABLES.values():
            places = [
                n for n, name in enumerate(table.key)
                if self._is_theirs(table, name, table.column(name).refers_to)
            ]  # fmt: skip
            if places:
                found[table.name] = places
        return found

    def _texts(self, file: BatchFile) -> str | None:
        """The texts of others: those kept under one of the ids, alone or as a part of a longer key, go."""
        part = f"list_has_any(string_split(id, chr({ord(KEY_SEPARATOR)})), (SELECT list(old) FROM erased))"
        tables = ", ".join(f"'{name}'" for name in self._key_tables())
        theirs = f"table_name IN ({tables}) AND {part}"
        source = self._source(file)
        return f"SELECT * FROM {source} WHERE NOT ({theirs})" if self._exists(f"{source} WHERE {theirs}") else None

    def _asides(self, file: BatchFile) -> Iterator[tuple[BatchFile, BatchFile]]:
        """Rows set aside: tokens for the ids; a row about the person keeps nothing but its reason."""
        found = self._engine.execute(f"FROM {self._source(file)}")
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        cleaned = [self._clean(row) for row in rows]
        if cleaned == rows:
            return
        columns = ", ".join(f"{name} {'BIGINT' if name == 'line' else 'VARCHAR'}" for name in names)
        self._engine.execute(f"CREATE OR REPLACE TEMP TABLE cleaned ({columns})")
        marks = ", ".join("?" for _ in names)
        self._engine.executemany(f"INSERT INTO cleaned VALUES ({marks})", [list(row.values()) for row in cleaned])
        yield file, self._write(file, "FROM cleaned")

    def _clean(self, row: dict[str, Any]) -> dict[str, Any]:
        known = self._tokens | self._names
        cells = json.loads(row["cells"] or "{}")
        parts = (row["id"] or "").split(KEY_SEPARATOR)
        if not ({*parts, row["value"], *cells.values()} & known.keys()):
            return row
        is_about = row["table_name"] == self._whose or row["table_name"] == "protected"
        kept = {} if is_about else {name: known.get(cell, cell) for name, cell in cells.items()}
        value = None if is_about and row["value"] not in known else known.get(row["value"], row["value"])
        return row | {
            "id": KEY_SEPARATOR.join(known.get(part, part) for part in parts) if row["id"] else row["id"],
            "value": value,
            "mend": "" if any(name in row["mend"] for name in known) else row["mend"],
            "cells": json.dumps(kept, ensure_ascii=False),
        }

    def _write(self, file: BatchFile, query: str) -> BatchFile:
        """The file anew, beside the old one, named after what it replaces."""
        old = sha256_of(self._root / file.path)
        stem = Path(file.path).name.split(".erased-", maxsplit=1)[0].removesuffix(".parquet")
        name = f"{stem}.erased-{old[:12]}.parquet"
        path, sha, rows = beside(self._root, file.path, name, lambda to: copy(self._engine, query, to))
        return BatchFile(file.table, file.holding, path, sha, rows)
