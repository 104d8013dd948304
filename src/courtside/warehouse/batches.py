"""What an import leaves behind: immutable Parquet files, and which version of a row is the living one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

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


def recorded_by(batches: Sequence[Batch], day: date, zone: ZoneInfo) -> tuple[Batch, ...]:
    """Those of some batches that were recorded by the end of a day in the firm's zone."""
    if day == date.max:
        return tuple(batches)
    end = datetime.combine(day, time(), zone) + timedelta(days=1)
    return tuple(batch for batch in batches if batch.recorded_at < end)


def declared_fixed(batches: Iterable[Batch]) -> Mapping[str, Mapping[str, tuple[int, ...]]]:
    """Case table -> field -> numbers of the batches whose connector declares it fixed at opening."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for batch in batches:
        for table, fields in batch.fixed.items():
            for name in fields:
                found[table][name].append(batch.number)
    return {table: {name: tuple(numbers) for name, numbers in fields.items()} for table, fields in found.items()}


def quoted(text: str) -> str:
    """A text as an SQL string literal: for paths and names the product itself made."""
    return "'" + text.replace("'", "''") + "'"


def _read(root: Path, path: str) -> str:
    return f"read_parquet({quoted(str(root / path))})"


def read_files(root: Path, files: Iterable[BatchFile]) -> str:
    """The rows of files of one kind, as something to select from."""
    return f"read_parquet([{', '.join(quoted(str(root / file.path)) for file in files)}])"


def moment_of(table: Table) -> str | None:
    """The column that says when a row of a table happened, where every row says it."""
    return next((column.name for column in table.facts if column.kind is Kind.TIME and column.required), None)


def replaced(table: Table, batches: Iterable[Batch], root: Path) -> str | None:
    """A query for the earliest moment of any version that was ever replaced; None where none was, or none says it."""
    moment = moment_of(table)
    files = [file for batch in batches for file in batch.holding(table.name, Holding.REPLACED, Holding.CARRIED)]
    if moment is None or not any(file.rows for file in files):
        return None
    return f'SELECT min("{moment}") FROM {read_files(root, (file for file in files if file.rows))}'


def living(
    table: Table, batches: Sequence[Batch], root: Path, only: str = "true", since: datetime | None = None
) -> str:
    """A query for the living version of every row of a table, with its batch number as `_batch`.

    `batches` are those that count (see `known`). A row is living unless a later batch holds a version
    with the same key. A batch holds each key at most once, so one batch needs no comparison; later ones
    name in their REPLACED files what they took the place of, and only those keys are compared.
    `only` is an extra condition on the fact columns, of the product's own making. No version from before
    `since` was ever replaced, in any batch (see `replaced`): those rows need no comparison.
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
    early, late = "", everything
    if since is not None:
        before = f"\"{moment_of(table)}\" < TIMESTAMP '{since:%Y-%m-%d %H:%M:%S.%f}'"
        early = " UNION ALL ".join(f"{part} AND {before}" for part in parts) + " UNION ALL "
        late = " UNION ALL ".join(f"{part} AND NOT {before}" for part in parts)
    return (
        f"{early}SELECT v.* FROM ({late}) v ANTI JOIN "
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
