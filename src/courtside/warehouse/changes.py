"""Which staged rows are new, which differ from the living version, and which bring nothing new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from courtside.records.tables import Kind, Table
from courtside.warehouse.batches import Batch, Holding, living, living_texts, quoted, text_id
from courtside.warehouse.checks import Checked
from courtside.warehouse.stage import Stage

_ZERO = "CAST(0 AS UBIGINT)"
_WIDE = 500_000
"""Up to so many living rows are kept whole for comparison; beyond it, only their hashes."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How the rows of a table that come in compare with the living ones.

    `met` is a table (_row, _batch, same) of the rows whose key is living; `old` is a query for the living
    versions, every fact column and `_batch`, of the keys that are; `old_texts` a table of their texts.
    """

    checked: Checked
    met: str | None
    old: str
    old_texts: str
    created: int
    updated: int
    unchanged: int

    @property
    def table(self) -> Table:
        """The record table."""
        return self.checked.stage.table

    @property
    def new_rows(self) -> str:
        """A query for the rows this import adds a version of."""
        return self._without_same(self.checked.valid)

    @property
    def new_rows_as_staged(self) -> str:
        """The same rows for sorting and writing: every fact column, by number where they are so held."""
        return self._without_same(self.checked.valid_as_staged)

    def _without_same(self, rows: str) -> str:
        if self.met is None or not self.unchanged:
            return rows
        return f"SELECT * FROM ({rows}) ANTI JOIN (SELECT _row FROM {self.met} WHERE same) USING (_row)"

    @property
    def replaced(self) -> str:
        """A query for the living versions that new ones take the place of."""
        key = ", ".join(f'"{name}"' for name in self.table.key)
        changed = f"SELECT _row FROM {self.met} WHERE NOT same"
        gone = f"SELECT {key} FROM ({self.checked.valid}) SEMI JOIN ({changed}) USING (_row)"
        return f"SELECT o.* FROM ({self.old}) o SEMI JOIN ({gone}) g ON {same_key(self.table, 'o', 'g')}"

    @property
    def confirmed(self) -> str:
        """A query for the keys brought again unchanged, with the number of the batch that holds them."""
        key = ", ".join(f'"{name}"' for name in self.table.key)
        return f"SELECT {key}, _batch AS batch FROM ({self.checked.valid}) JOIN {self.met} USING (_row) WHERE same"


def same_key(table: Table, left: str, right: str) -> str:
    """The condition that two rows have one key. Keys that must be filled are compared by equality, which is faster."""
    return " AND ".join(
        f'{left}."{name}" {"=" if table.column(name).required else "IS NOT DISTINCT FROM"} {right}."{name}"'
        for name in table.key
    )


def main_date(table: Table) -> str | None:
    """The date rows of a table are ordered by in files: the first instant, of tables whose rows have an owner."""
    times = [column.name for column in table.columns if column.kind is Kind.TIME]
    return times[0] if table.owner and times else None


def _moment(value: date | datetime) -> str:
    return f"CAST({quoted(str(value))} AS {'TIMESTAMP' if isinstance(value, datetime) else 'DATE'})"


def _facts_hash(table: Table, alias: str) -> str:
    columns = ", ".join(f'{alias}."{column.name}"' for column in table.facts)
    return f"hash({columns})"


def _new_texts_hash(engine: duckdb.DuckDBPyConnection, stage: Stage) -> str:
    """The hash of a row's texts, whatever order they come in; 0 if it has none."""
    found = _ZERO
    for number, (field, name) in enumerate(stage.texts.items()):
        engine.execute(f"SET VARIABLE field_{number} = ?", [field])
        one = f"hash(getvariable('field_{number}'), \"{name}\")"
        found = f'xor({found}, CASE WHEN "{name}" IS NULL THEN {_ZERO} ELSE {one} END)'
    return found


class _Comparison:
    """The steps of comparing the rows of one stage with the living ones."""

    def __init__(
        self, engine: duckdb.DuckDBPyConnection, checked: Checked, batches: Sequence[Batch], root: Path
    ) -> None:
        self._engine = engine
        self._checked = checked
        self._table = checked.stage.table
        self._batches = batches
        self._root = root
        self._seen = f"seen_{self._table.name}"
        self._known = f"known_{self._table.name}"
        self._texts = f"texts_{self._table.name}"
        self._met = f"met_{self._table.name}"

    def _make(self, name: str, query: str) -> None:
        self._engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def _find_keys(self) -> tuple[int, str]:
        """Which keys are living: how many, and a condition on the date that holds for all of those rows.

        Reads the key and the date of living rows and nothing else.
        """
        table = self._table
        key = ", ".join(f'l."{name}"' for name in table.key)
        dated = main_date(table)
        at = f'l."{dated}"' if dated else "NULL"
        alive = living(table, self._batches, self._root)
        self._make(
            self._seen,
            f"SELECT {key}, {at} AS _at FROM ({alive}) l SEMI JOIN ({self._checked.valid}) v "
            f"ON {same_key(table, 'l', 'v')}",
        )
        found = self._engine.execute(f"SELECT count(*), count(_at), min(_at), max(_at) FROM {self._seen}").fetchone()
        count, with_date, first, last = found or (0, 0, None, None)
        if dated is None or not count or with_date < count:
            return count, "true"
        return count, f'"{dated}" BETWEEN {_moment(first)} AND {_moment(last)}'

    def _fetch_living(self, count: int, only: str) -> str:
        """Keep the hashes of the living versions of those keys; a query for the versions whole."""
        alive = living(self._table, self._batches, self._root, only)
        whole = f"SELECT l.* FROM ({alive}) l SEMI JOIN {self._seen} s ON {same_key(self._table, 'l', 's')}"
        key = [f'l."{name}"' for name in self._table.key]
        kept = "l.*" if count <= _WIDE else ", ".join([*key, "l._batch"])
        self._make(self._known, f"SELECT {kept}, {_facts_hash(self._table, 'l')} AS _h FROM ({whole}) l")
        return f"SELECT * EXCLUDE (_h) FROM {self._known}" if count <= _WIDE else whole

    def _fetch_texts(self) -> None:
        """Keep the living texts of those rows."""
        alive = living_texts(self._table, self._batches, self._root)
        ids = f"SELECT {text_id(self._table)} FROM {self._known}"
        self._make(self._texts, f"SELECT * FROM ({alive}) WHERE id IN ({ids})")

    def _match(self) -> None:
        table = self._table
        rows = (
            f"SELECT *, {_facts_hash(table, 'r')} AS _h, {_new_texts_hash(self._engine, self._checked.stage)} AS _th, "
            f"{text_id(table)} AS _id FROM ({self._checked.valid}) r"
        )
        texts = f"SELECT id, bit_xor(hash(field, value)) AS _th FROM {self._texts} GROUP BY id"
        self._make(
            self._met,
            f"SELECT v._row, k._batch, v._h = k._h AND v._th = coalesce(t._th, {_ZERO}) AS same FROM ({rows}) v "
            f"JOIN {self._known} k ON {same_key(table, 'v', 'k')} LEFT JOIN ({texts}) t ON t.id = v._id",
        )

    def run(self) -> Changes:
        """Compare."""
        checked = self._checked
        nothing_met = Changes(checked, None, "", "", checked.count, 0, checked.repeated)
        name = self._table.name
        has_rows = any(True for b in self._batches for _ in b.holding(name, Holding.ROWS, Holding.CARRIED))
        if not has_rows or not checked.count:
            return nothing_met
        count, only = self._find_keys()
        if not count:
            return nothing_met
        old = self._fetch_living(count, only)
        self._fetch_texts()
        self._match()
        found = self._engine.execute(f"SELECT count(*), count(*) FILTER (same) FROM {self._met}").fetchone()
        met, same = found or (0, 0)
        created = checked.count - met
        return Changes(checked, self._met, old, self._texts, created, met - same, same + checked.repeated)


def compare(engine: duckdb.DuckDBPyConnection, checked: Checked, batches: Sequence[Batch], root: Path) -> Changes:
    """Compare the rows of a stage that come in with the living ones."""
    return _Comparison(engine, checked, batches, root).run()
