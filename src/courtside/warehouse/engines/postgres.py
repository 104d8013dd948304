"""PostgreSQL: the batches' rows copied once into a schema of the firm's database, asked by the same trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlglot
from sqlglot import exp

from courtside.records.tables import TABLES
from courtside.warehouse.batches import Batch, declared_fixed, known, living_texts, recorded_by
from courtside.warehouse.engine import EngineError
from courtside.warehouse.engines.duckdb import connect as connect_duckdb
from courtside.warehouse.engines.postgres_copies import COPIED, Copies, FileKey, living_rows
from courtside.warehouse.engines.postgres_server import (
    DIALECT,
    SCHEMA,
    connect,
    facts_of,
    first_line,
    name_of,
    split_address,
    text_of,
    typed,
)
from courtside.warehouse.prepared import WORKING_DAYS, prepare

if TYPE_CHECKING:
    import psycopg

    from courtside.warehouse.engines.postgres_server import Connection


def working_days() -> str:
    """The view of working days; a series is rows here, where DuckDB makes a list of it first."""
    view = sqlglot.parse_one(WORKING_DAYS, read="duckdb")
    rows = view.transform(lambda node: node.this if isinstance(node, exp.Explode) else node)
    return str(rows.sql(dialect=DIALECT))


class PostgresEngine:
    """The Engine over a PostgreSQL connection. See `courtside.warehouse.engine.Engine`.

    Every question is asked in one transaction that sees one state of the database; nothing it makes is kept.
    """

    dialect = DIALECT

    def __init__(self, con: Connection, currency: str) -> None:
        self.con = con
        self.currency = currency
        self.has_currencies = False
        self.fixed: Mapping[str, Mapping[str, tuple[int, ...]]] = {}
        self._schema = SCHEMA
        self._root: Path | None = None
        self._zone = ZoneInfo("UTC")
        self._batches: tuple[Batch, ...] = ()
        self._files: Mapping[FileKey, int] = {}
        self._recorded_on: date | None = None
        self._recorded_by: dict[tuple[str, date], str | None] = {}
        self._names: dict[str, str] | None = None
        self._columns: dict[str, Mapping[str, str]] = {}

    # records -------------------------------------------------------------------------------------------

    @classmethod
    def over_batches(  # noqa: PLR0913  (as every engine)
        cls, root: Path, batches: Iterable[Batch], known_at: datetime | None, zone: str, currency: str, database: str
    ) -> PostgresEngine:
        """The record tables as the batches known at an instant give them; files not there yet are copied first.

        Raises EngineError, psycopg.Error.
        """
        address, schema = split_address(database)
        engine = cls(connect(address), currency)
        engine._schema, engine._root, engine._zone = schema, root, ZoneInfo(zone)
        every = tuple(batches)
        engine._batches = known(every, known_at)
        engine.fixed = declared_fixed(engine._batches)
        with engine._closed_on_failure():
            engine._files = Copies(engine.con, schema, root).up_to_date(every)
            for table in COPIED:
                engine._view(table.name, living_rows(table, engine._batches, engine._files, schema))
            engine._prepare()
        return engine

    @classmethod
    def over_rows(
        cls,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        currency: str = "USD",
        recorded_on: date | None = None,
        database: str = "postgresql://",
    ) -> PostgresEngine:
        """The record tables holding exactly these rows, in temporary tables: for a metric's example."""
        engine = cls(connect(split_address(database)[0]), currency)
        engine._recorded_on = recorded_on
        with engine._closed_on_failure():
            for table in TABLES.values():
                values = [[row.get(c.name, c.default) for c in table.facts] + [1] for row in rows.get(table.name, ())]
                engine.load(table.name, {**facts_of(table), "_batch": "INTEGER"}, values)
            engine._prepare()
        return engine

    @classmethod
    def forget(cls, root: Path, database: str) -> None:
        """Take away every copy a database keeps of a workspace's records."""
        address, schema = split_address(database)
        with connect(address) as con:
            Copies(con, schema, root).remove()

    @classmethod
    def behind(cls, root: Path, batches: Iterable[Batch], database: str) -> tuple[str, int]:
        """What answers, and how many files are still to be copied. Raises EngineError."""
        address, schema = split_address(database)
        with connect(address) as con:
            version = ".".join(map(str, divmod(con.info.server_version, 10_000)))
            return f"PostgreSQL {version}, schema {schema}", len(Copies(con, schema, root).missing(batches))

    @contextmanager
    def _closed_on_failure(self) -> Iterator[None]:
        """Let go of the connection if the records cannot be made ready. Raises EngineError."""
        import psycopg  # noqa: PLC0415

        try:
            yield
        except psycopg.Error as failure:
            self.close()
            raise EngineError(f"the PostgreSQL of the warehouse refused: {first_line(failure)}") from failure
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        self.has_currencies = prepare(self, self.currency)
        self._execute(working_days())

    def _view(self, name: str, query: exp.Query) -> None:
        self._execute(f"CREATE TEMP VIEW {name_of(name)} AS {text_of(query)}")

    # questions -----------------------------------------------------------------------------------------

    def _execute(self, text: str) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run a statement made of trees; without parameters nothing in it is looked at for placeholders."""
        return self.con.execute(text.encode())

    def text(self, query: exp.Expr) -> str:
        """The text of a tree in this engine's dialect."""
        return text_of(query)

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of a query from its text."""
        return self._execute(text).fetchall()

    def run(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.rows(self.text(query))

    def load(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """A temporary table of that name with these rows, in place of any earlier one."""
        if self._columns.get(name) == columns:
            self._execute(f"TRUNCATE {name_of(name)}")
        else:
            if name in self._columns:
                self._execute(f"DROP TABLE {name_of(name)}")
            self._execute(f"CREATE TEMP TABLE {name_of(name)} ({typed(columns)})")
            self._columns[name] = dict(columns)
        if not rows:
            return
        with self.con.cursor() as cursor, cursor.copy(f"COPY {name_of(name)} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)
        self._execute(f"ANALYZE {name_of(name)}")

    def keep(self, name: str, query: exp.Query) -> None:
        """A temporary table of that name holding a query's rows, in place of any earlier one."""
        self._execute(f"DROP TABLE IF EXISTS {name_of(name)}; CREATE TEMP TABLE {name_of(name)} AS {text_of(query)}")

    def is_empty(self, table: str) -> bool:
        """Whether a record table has no rows."""
        return self._execute(f"SELECT 1 FROM {name_of(table)} LIMIT 1").fetchone() is None

    # what was recorded when ----------------------------------------------------------------------------

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
            self._view(name, exp.select("*").from_(table).where(exp.false()))
            return name
        by_then = recorded_by(self._batches, day, self._zone)
        if by_then == self._batches:
            return None
        self._view(name, living_rows(TABLES[table], by_then, self._files, self._schema))
        return name

    def first_recorded_on(self) -> date | None:
        """The day in the firm's zone on which the oldest batch was recorded."""
        return min((b.recorded_at.astimezone(self._zone).date() for b in self._batches), default=None)

    def person_names(self) -> Mapping[str, str]:
        """The name of every person, as last recorded: read from the workspace, which alone holds names."""
        if self._names is None and self._root is not None:
            with connect_duckdb(self._root) as duck:
                texts = living_texts(TABLES["people"], self._batches, self._root)
                self._names = dict(duck.execute(f"SELECT id, value FROM ({texts}) WHERE field = 'name'").fetchall())
        return self._names or {}

    def close(self) -> None:
        """Let go of the database; temporary tables go with the transaction."""
        self.con.close()
