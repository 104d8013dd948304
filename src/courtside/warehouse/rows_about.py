"""Everything the imported records hold about one person: the living rows that name them, with their texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from courtside.records.tables import TABLES, Table
from courtside.warehouse.batches import Batch, living, living_texts, text_id

SCOPE = "person:"
_WITHOUT_TEXTS = frozenset({"accounts"})
"""Their texts name firms that are customers, and not the person."""


def rows_about(person_id: str, batches: Sequence[Batch], root: Path) -> Mapping[str, list[dict[str, Any]]]:
    """Table -> the living rows in which a column that refers to people holds the person, or the scope is theirs.

    `batches` are those that count (see `batches.known`). Tables without such rows are left out.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        for table in TABLES.values():
            if rows := _rows(engine, table, person_id, (batches, root)):
                found[table.name] = rows
    return found


def people_named(batches: Sequence[Batch], root: Path) -> Mapping[str, list[str]]:
    """`people` and `contacts` -> the texts their rows hold: names, e-mails, titles. For masking."""
    found: dict[str, list[str]] = {}
    with duckdb.connect() as engine:
        for name, fields in (("people", ("name", "email")), ("contacts", ("name",))):
            texts = living_texts(TABLES[name], batches, root)
            asked = f"SELECT DISTINCT value FROM ({texts}) WHERE field IN ({', '.join('?' * len(fields))})"  # noqa: S608  (our own query)
            found[name] = [row[0] for row in engine.execute(asked, list(fields)).fetchall()]
    return found


def _rows(
    engine: duckdb.DuckDBPyConnection, table: Table, person_id: str, whence: tuple[Sequence[Batch], Path]
) -> list[dict[str, Any]]:
    naming = [one.name for one in table.columns if one.refers_to == "people" or one.name == "person_id"]
    conditions, values = [f'"{name}" = ?' for name in dict.fromkeys(naming)], [person_id] * len(set(naming))
    if "scope" in table.names:
        conditions, values = [*conditions, "scope IN (?, ?)"], [*values, person_id, SCOPE + person_id]
    if not conditions:
        return []
    alive = living(table, *whence)
    asked = f"SELECT * EXCLUDE (_batch), {text_id(table)} AS _text FROM ({alive}) WHERE {' OR '.join(conditions)}"  # noqa: S608  (our own columns)
    cursor = engine.execute(asked, values)
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    texts = _texts(engine, table, [row["_text"] for row in rows], whence)
    return [{**row, **texts.get(row.pop("_text"), {})} for row in rows]


def _texts(
    engine: duckdb.DuckDBPyConnection, table: Table, ids: list[str], whence: tuple[Sequence[Batch], Path]
) -> dict[str, dict[str, str]]:
    """Row id -> field -> text, of some rows of a table."""
    if not ids or not table.texts or table.name in _WITHOUT_TEXTS:
        return {}
    found: dict[str, dict[str, str]] = {}
    asked = f"SELECT id, field, value FROM ({living_texts(table, *whence)}) WHERE id IN (SELECT unnest(?))"  # noqa: S608  (our own query)
    for row_id, field, value in engine.execute(asked, [ids]).fetchall():
        found.setdefault(row_id, {})[field] = value
    return found
