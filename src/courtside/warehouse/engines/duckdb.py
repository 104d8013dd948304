"""DuckDB, inside this process: record tables are views over the immutable batches, or rows given directly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from sqlglot import exp

from courtside.records.tables import TABLES, Table
from courtside.warehouse.batches import SQL_TYPES, Batch, known, living, living_texts, quoted
from courtside.warehouse.prepared import PREPARED, WORKING_DAYS, next_working_days, rate_rows, span_rows

_BATCH = "_batch"
_MEMORY = "1000MB"
_LONG_AGO = 12_000
"""Days between the first and last activity above which one of them is a slip of the pen."""


def connect(root: Path | None = None, database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A connection that reads and writes nothing outside the workspace."""
    con = duckdb.connect(database)
    con.execute("SET TimeZone = 'UTC'; SET threads = 2")
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

    @classmethod
    def over_batches(
        cls, root: Path, batches: Iterable[Batch], known_at: datetime | None, zone: str, currency: str,
        database: str = ":memory:",
    ) -> DuckEngine:  # fmt: skip
        """The record tables as the batches known at an instant give them, beside a database's own tables."""
        engine = cls(connect(root, database), currency)
        engine._root, engine._zone = root, ZoneInfo(zone)
        engine._batches = known(batches, known_at)
        engine.fixed = _declared(engine._batches)
        for table in TABLES.values():
            kind = "TABLE" if table.name == "people" else "VIEW"
            engine.con.execute(f'CREATE TEMP {kind} "{table.name}" AS {living(table, engine._batches, root)}')
        engine.prepare()
        return engine

    @classmethod
    def over_rows(
        cls, rows: Mapping[str, Sequence[Mapping[str, Any]]], currency: str = "USD", recorded_on: date | None = None
    ) -> DuckEngine:
        """The record tables holding exactly these rows: for a metric's example.

        `recorded_on` is the day on which they were recorded; without it, before everything.
        """
        engine = cls(connect(), currency)
        engine._recorded_on = recorded_on
        for table in TABLES.values():
            engine._given(table, rows.get(table.name, ()))
        engine.prepare()
        return engine

    def _given(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        columns = {column.name: SQL_TYPES[column.kind] for column in table.facts}
        values = [[row.get(c.name, c.default) for c in table.facts] + [1] for row in rows]
        self.load(table.name, {**columns, _BATCH: "INTEGER"}, values)

    def prepare(self) -> None:
        """Fill the prepared tables from the record tables."""
        self.load("spans", PREPARED["spans"], span_rows(self._rows("assignments")))
        rates = rate_rows(self._rows("exchange_rates"))
        self.load("rates", PREPARED["rates"], rates)
        tables = [t.name for t in TABLES.values() if "currency" in t.names and t.name != "exchange_rates"]
        foreign = " UNION ALL ".join(
            f'SELECT 1 FROM "{name}" WHERE currency IS NOT NULL AND currency <> $firm' for name in tables
        )
        found = self.con.execute(f"SELECT 1 FROM ({foreign}) LIMIT 1", {"firm": self.currency}).fetchone()
        self.has_currencies = found is not None
        self.load(
            "next_working_days",
            PREPARED["next_working_days"],
            next_working_days(self._activity_days(), self._rows("holidays")),
        )
        self.load("stage_probabilities", PREPARED["stage_probabilities"], [])
        self.con.execute(WORKING_DAYS)

    def _activity_days(self) -> list[date]:
        """Every day on which something may have been done; those that occur, where first and last lie far apart."""
        first, last = self.con.execute('SELECT min("at")::DATE, max("at")::DATE FROM activities').fetchone() or (
            None,
            None,
        )
        if first is None:
            return []
        if (last - first).days <= _LONG_AGO:
            return [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [row[0] for row in self.con.execute('SELECT DISTINCT "at"::DATE FROM activities').fetchall()]

    def _rows(self, table: str) -> list[dict[str, Any]]:
        cursor = self.con.execute(f'SELECT * FROM "{table}"')
        names = [field[0] for field in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

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
        end = datetime.combine(day, time(), self._zone) + timedelta(days=1) if day < date.max else None
        by_then = tuple(batch for batch in self._batches if end is None or batch.recorded_at < end)
        if by_then == self._batches:
            return None
        self.con.execute(f'CREATE TEMP VIEW "{name}" AS {living(TABLES[table], by_then, self._root)}')
        return name

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

    def days_of_each(self, table: str, columns: Sequence[str]) -> dict[str, tuple[date, date] | None]:
        """The first and last day found in each of some columns of a table."""
        parts = [f'min("{name}")::DATE, max("{name}")::DATE' for name in columns]
        row = self.con.execute(f'SELECT {", ".join(parts)} FROM "{table}"').fetchone() or ()
        pairs = zip(columns, row[::2], row[1::2], strict=True)
        return {name: (first, last) if first is not None else None for name, first, last in pairs}

    def days_of(self, table: str, columns: Sequence[str]) -> tuple[date, date] | None:
        """The first and last day found in some columns of a table."""
        spans = [span for span in self.days_of_each(table, columns).values() if span is not None]
        return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None

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


def _declared(batches: Iterable[Batch]) -> Mapping[str, Mapping[str, tuple[int, ...]]]:
    """Which batches' connectors declare which fields of which case table fixed at opening."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for batch in batches:
        for table, fields in batch.fixed.items():
            for name in fields:
                found[table][name].append(batch.number)
    return {table: {name: tuple(numbers) for name, numbers in fields.items()} for table, fields in found.items()}
