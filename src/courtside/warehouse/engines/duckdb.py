"""DuckDB, inside this process: record tables are views over the immutable batches, or rows given directly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from sqlglot import exp

from courtside.records.tables import TABLES, Table
from courtside.warehouse.batches import (
    SQL_TYPES,
    Batch,
    declared_fixed,
    known,
    living,
    living_texts,
    quoted,
    recorded_by,
    replaced,
)
from courtside.warehouse.prepared import WORKING_DAYS, prepare

_BATCH = "_batch"
_MEMORY = "1000MB"


def connect(root: Path | None = None, database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A connection that reads and writes nothing outside the workspace."""
    con = duckdb.connect(database)
    con.execute("SET TimeZone = 'UTC'; SET threads = 2")
    con.execute("SET enable_progress_bar = false")  # it would write into the answers of a program run by `python -c`
    con.execute(f"SET memory_limit = '{_MEMORY}'")
    if root is not None:
        spill = root / "cache" / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        con.execute(f"SET temp_directory = {quoted(str(spill))}")
        con.execute(f"SET allowed_directories = [{quoted(str(root))}]")
    con.execute("SET parquet_metadata_cache = true")
    con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    con.execute("SET enable_external_access = false; SET python_enable_replacements = false")
    return con


class DuckEngine:
    """The Engine over a DuckDB connection. See `courtside.warehouse.engine.Engine`."""

    dialect = "duckdb"

    def __init__(self, con: duckdb.DuckDBPyConnection, currency: str) -> None:
        self.con = con
        self.currency = currency
        self.has_currencies = False
        self.fixed: Mapping[str, Mapping[str, tuple[int, ...]]] = {}
        self._batches: tuple[Batch, ...] = ()
        self._root: Path | None = None
        self._zone = ZoneInfo("UTC")
        self._recorded_by: dict[tuple[str, date], str | None] = {}
        self._recorded_on: date | None = None
        self._names: dict[str, str] | None = None
        self._asked_before: dict[str, str | None] = {}
        self._columns: dict[str, Mapping[str, str]] = {}
        self._replaced_since: dict[str, datetime] = {}

    @classmethod
    def over_batches(
        cls, root: Path, batches: Iterable[Batch], known_at: datetime | None, zone: str, currency: str,
        database: str = ":memory:",
    ) -> DuckEngine:  # fmt: skip
        """The record tables as the batches known at an instant give them, beside a database's own tables."""
        engine = cls(connect(root, database), currency)
        batches = tuple(batches)
        engine._root, engine._zone = root, ZoneInfo(zone)
        engine._batches = known(batches, known_at)
        engine.fixed = declared_fixed(engine._batches)
        for table in TABLES.values():
            if (earliest := replaced(table, batches, root)) is not None:
                engine._replaced_since[table.name] = engine.con.execute(earliest).fetchall()[0][0]
            kind = "TABLE" if table.name == "people" else "VIEW"
            engine.con.execute(f'CREATE TEMP {kind} "{table.name}" AS {engine._living(table, engine._batches)}')
        engine.prepare()
        return engine

    @classmethod
    def over_rows(
        cls, rows: Mapping[str, Sequence[Mapping[str, Any]]], currency: str = "USD", recorded_on: date | None = None,
        database: str = ":memory:",
    ) -> DuckEngine:  # fmt: skip
        """The record tables holding exactly these rows: for a metric's example.

        `recorded_on` is the day on which they were recorded; without it, before everything.
        """
        engine = cls(connect(database=database), currency)
        engine._recorded_on = recorded_on
        for table in TABLES.values():
            engine._given(table, rows.get(table.name, ()))
        engine.prepare()
        return engine

    @classmethod
    def behind(cls, root: Path, batches: Iterable[Batch], database: str) -> tuple[str, int]:  # noqa: ARG003
        """What answers; nothing is copied, so nothing lags."""
        return f"DuckDB {duckdb.__version__}", 0

    @classmethod
    def forget(cls, root: Path, database: str) -> None:  # noqa: ARG003
        """Nothing to take away: the records are read from the batches themselves."""

    def _given(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        columns = {column.name: SQL_TYPES[column.kind] for column in table.facts}
        values = [[row.get(c.name, c.default) for c in table.facts] + [1] for row in rows]
        self.load(table.name, {**columns, _BATCH: "INTEGER"}, values)

    def prepare(self) -> None:
        """Fill the prepared tables from the record tables."""
        self.has_currencies = prepare(self, self.currency)
        self.con.execute(WORKING_DAYS)

    def text(self, query: exp.Expr) -> str:
        """The text of a tree in this engine's dialect."""
        return query.sql(dialect=self.dialect)

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of a query from its text; one asked again is planned only once."""
        if text not in self._asked_before:
            self._asked_before[text] = None
            return self.con.execute(text).fetchall()
        name = self._asked_before[text]
        if name is None:
            name = f"question_{sum(prepared is not None for prepared in self._asked_before.values())}"
            self.con.execute(f"PREPARE {name} AS {text}")
            self._asked_before[text] = name
        return self.con.execute(f"EXECUTE {name}").fetchall()

    def run(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.con.execute(self.text(query)).fetchall()

    def load(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """A temporary table of that name with these rows, in place of any earlier one."""
        if self._columns.get(name) == columns:
            self.con.execute(f'DELETE FROM "{name}"')
        else:
            typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" ({typed})')
            self._columns[name] = dict(columns)
        if not rows:
            return
        lists = {f"c{n}": [row[n] for row in rows] for n in range(len(columns))}
        selected = ", ".join(f"unnest($c{n})" for n in range(len(columns)))
        self.con.execute(f'INSERT INTO "{name}" SELECT {selected}', lists)

    def keep(self, name: str, query: exp.Query) -> None:
        """A temporary table of that name holding a query's rows, in place of any earlier one."""
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {self.text(query)}')

    def recorded_by(self, table: str, day: date) -> str | None:
        """The versions of a table recorded by the end of a day in the firm's zone; None if that is all."""
        if (table, day) not in self._recorded_by:
            self._recorded_by[table, day] = self._versions(table, day)
        return self._recorded_by[table, day]

    def _versions(self, table: str, day: date) -> str | None:
        name = f"{table}_by_{day:%Y%m%d}"
        if self._root is None:
            if self._recorded_on is None or self._recorded_on <= day:
                return None
            self.con.execute(f'CREATE TEMP VIEW "{name}" AS SELECT * FROM "{table}" WHERE false')
            return name
        by_then = recorded_by(self._batches, day, self._zone)
        if by_then == self._batches:
            return None
        self.con.execute(f'CREATE TEMP VIEW "{name}" AS {self._living(TABLES[table], by_then)}')
        return name

    def _living(self, table: Table, batches: Sequence[Batch]) -> str:
        if self._root is None:
            raise TypeError(table.name)
        return living(table, batches, self._root, since=self._replaced_since.get(table.name))

    def is_empty(self, table: str) -> bool:
        """Whether a record table has no rows."""
        return self.con.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() is None

    def attach(self, path: Path, schema: str) -> Mapping[str, str]:
        """A rollup file as a schema of this engine, read only; what its manifest says."""
        self.con.execute(f"ATTACH {quoted(str(path))} AS {schema} (READ_ONLY)")
        return dict(self.con.execute(f"SELECT key, value FROM {schema}.manifest").fetchall())

    def person_names(self) -> Mapping[str, str]:
        """The name of every person, as last recorded."""
        if self._names is None and self._root is not None:
            texts = living_texts(TABLES["people"], self._batches, self._root)
            self._names = dict(self.con.execute(f"SELECT id, value FROM ({texts}) WHERE field = 'name'").fetchall())
        return self._names or {}

    def last_recorded_on(self) -> date | None:
        """The day in the firm's zone on which the newest batch was recorded."""
        return max((b.recorded_at.astimezone(self._zone).date() for b in self._batches), default=None)

    def days_of_each(
        self, table: str, columns: Sequence[str], where: str | None = None
    ) -> dict[str, tuple[date, date] | None]:
        """The first and last day found in each of some columns of a table, or of the rows for which `where` holds."""
        parts = [f'min("{name}")::DATE, max("{name}")::DATE' for name in columns]
        within = f" WHERE {where}" if where else ""
        row = self.con.execute(f'SELECT {", ".join(parts)} FROM "{table}"{within}').fetchone() or ()
        pairs = zip(columns, row[::2], row[1::2], strict=True)
        return {name: (first, last) if first is not None else None for name, first, last in pairs}

    def count(self, table: str) -> int:
        """How many rows a table has."""
        row = self.con.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        return int(row[0]) if row else 0

    def first_recorded_on(self) -> date | None:
        """The day in the firm's zone on which the oldest batch was recorded."""
        return min((b.recorded_at.astimezone(self._zone).date() for b in self._batches), default=None)

    def close(self) -> None:
        """Let go of the database."""
        self.con.close()
