"""What an import leaves behind: immutable Parquet files, and which version of a row is the living one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path

from courtside.records.tables import Kind, Table


class Holding(Enum):
    """What a file of a batch holds."""

    ROWS = "rows"
    """New versions of rows: every fact column of one table."""
    REPLACED = "replaced"
    """The versions those rows took the place of, same columns: what moved away."""
    CONFIRMED = "confirmed"
    """Keys of rows this batch brought again unchanged, with the number of the batch holding them."""
    CARRIED = "carried"
    """Confirmed rows whose own batch was undone: this batch now holds them. Same columns as rows."""
    TEXTS = "texts"
    """Names and free text: table_name, id, field, value."""
    ASIDE = "aside"
    """Rows set aside: table_name, id, file, sheet, line, column_name, value, reason, mend, cells (JSON)."""


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One immutable Parquet file. `path` is relative to the workspace; `table` is empty for TEXTS and ASIDE."""

    table: str
    holding: Holding
    path: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One import. `recorded_at` and `undone_at` are aware UTC instants; a batch counts from the one to the other."""

    number: int
    recorded_at: datetime
    files: tuple[BatchFile, ...]
    undone_at: datetime | None = None
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_known_at(self, instant: datetime | None) -> bool:
        """Whether the batch had been recorded, and not yet undone, at an instant (None: now)."""
        if instant is None:
            return self.undone_at is None
        return self.recorded_at <= instant and (self.undone_at is None or self.undone_at > instant)

    def holding(self, table: str, *kinds: Holding) -> Iterable[BatchFile]:
        """The batch's files of those kinds for a table."""
        return (file for file in self.files if file.table == table and file.holding in kinds)


SQL_TYPES: Mapping[Kind, str] = {
    Kind.ID: "VARCHAR",
    Kind.CATEGORY: "VARCHAR",
    Kind.TEXT: "VARCHAR",
    Kind.CURRENCY: "VARCHAR",
    Kind.TIME: "TIMESTAMP",
    Kind.DATE: "DATE",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.MONEY: "DECIMAL(18,4)",
    Kind.FLAG: "BOOLEAN",
}
"""The column type of each kind, in Parquet and on every engine."""


def known(batches: Iterable[Batch], at: datetime | None) -> tuple[Batch, ...]:
    """The batches that count at an instant, oldest first."""
    return tuple(sorted((b for b in batches if b.is_known_at(at)), key=lambda b: b.number))


def quoted(text: str) -> str:
    """A text as an SQL string literal: for paths and names the product itself made."""
    return "'" + text.replace("'", "''") + "'"


def _read(root: Path, path: str) -> str:
    return f"read_parquet({quoted(str(root / path))})"


def read_files(root: Path, files: Iterable[BatchFile]) -> str:
    """The rows of files of one kind, as something to select from."""
    return f"read_parquet([{', '.join(quoted(str(root / file.path)) for file in files)}])"


def living(table: Table, batches: Sequence[Batch], root: Path, only: str = "true") -> str:
    """A query for the living version of every row of a table, with its batch number as `_batch`.

    `batches` are those that count (see `known`). A row is living unless a later batch holds a version
    with the same key. A batch holds each key at most once, so one batch needs no comparison; later ones
    name in their REPLACED files what they took the place of, and only those keys are compared.
    `only` is an extra condition on the fact columns, of the product's own making.
    """
    facts = ", ".join(f'"{column.name}"' for column in table.facts)
    key = ", ".join(f'"{name}"' for name in table.key)
    parts: list[str] = []
    replacing: list[str] = []
    for batch in batches:
        for file in batch.holding(table.name, Holding.ROWS, Holding.CARRIED):
            parts.append(f"SELECT {facts}, {batch.number} AS _batch FROM {_read(root, file.path)} WHERE {only}")
        for file in batch.holding(table.name, Holding.REPLACED, Holding.CARRIED):
            if file.rows:
                replacing.append(f"SELECT {key}, {batch.number} AS _by FROM {_read(root, file.path)}")
    if not parts:
        nothing = ", ".join(f'CAST(NULL AS {SQL_TYPES[c.kind]}) AS "{c.name}"' for c in table.facts)
        return f"SELECT {nothing}, CAST(NULL AS INTEGER) AS _batch WHERE false"
    everything = " UNION ALL ".join(parts)
    if not replacing:
        return everything
    same = " AND ".join(f'v."{name}" IS NOT DISTINCT FROM w."{name}"' for name in table.key)
    return (
        f"SELECT v.* FROM ({everything}) v ANTI JOIN "
        f"(SELECT {key}, max(_by) AS _by FROM ({' UNION ALL '.join(replacing)}) GROUP BY ALL) w "
        f"ON {same} AND v._batch < w._by"
    )


KEY_SEPARATOR = "\x1f"
"""Stands between the parts of a key where it is written as one text."""


def text_id(table: Table) -> str:
    """The SQL of the id under which a row's texts are kept: its key, parts divided by KEY_SEPARATOR."""
    parts = [f'CAST("{name}" AS VARCHAR)' for name in table.key]
    if len(parts) == 1:
        return parts[0]
    filled = ", ".join(f"coalesce({part}, '')" for part in parts)
    return f"concat_ws(chr({ord(KEY_SEPARATOR)}), {filled})"


def living_texts(table: Table, batches: Sequence[Batch], root: Path) -> str:
    """A query for the names and free texts of a table's living rows: id (see `text_id`), field, value.

    `batches` are those that count. A batch that brought a new version of a row holds all its texts, and an
    empty value for each text the row no longer has.
    """
    parts = [
        f"SELECT id, field, value, {batch.number} AS _batch FROM {_read(root, file.path)} "
        f"WHERE table_name = {quoted(table.name)}"
        for batch in batches
        for file in batch.holding("", Holding.TEXTS)
    ]
    if not parts:
        nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in ("id", "field", "value"))
        return f"SELECT {nothing} WHERE false"
    if len(parts) == 1:
        return f"SELECT id, field, value FROM ({parts[0]}) WHERE value IS NOT NULL"
    newest = "row_number() OVER (PARTITION BY id, field ORDER BY _batch DESC) = 1"
    everything = " UNION ALL ".join(parts)
    return f"SELECT id, field, value FROM (SELECT * FROM ({everything}) QUALIFY {newest}) WHERE value IS NOT NULL"
