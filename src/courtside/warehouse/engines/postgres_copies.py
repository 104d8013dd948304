"""The copies of a workspace's files in a schema of PostgreSQL: made once each, and which of their rows are living."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from courtside.records.crash import crash_point
from courtside.records.tables import TABLES, Kind, Table
from courtside.warehouse.batches import SQL_TYPES, Batch, BatchFile, Holding, quoted
from courtside.warehouse.engine import EngineError
from courtside.warehouse.engines.duckdb import connect as connect_duckdb
from courtside.warehouse.engines.postgres_server import DIALECT, facts_of, name_of, typed
from courtside.warehouse.sql import column

if TYPE_CHECKING:
    import duckdb

    from courtside.warehouse.engines.postgres_server import Connection

FORMAT = 1
"""The layout of the schema; another number makes it anew."""
COPIED = tuple(table for table in TABLES.values() if table.name != "protected")
"""Protected attributes stay in the workspace, as do all names and free texts."""
FILES, ABOUT = "courtside_files", "courtside_about"
_ROWS = (Holding.ROWS, Holding.CARRIED)
_REPLACING = (Holding.REPLACED, Holding.CARRIED)
_TRIES = 3
_CHUNK = 1 << 20

FileKey = tuple[str, str]
"""A file of a batch: its path in the workspace and its SHA-256."""


def living_rows(table: Table, batches: Sequence[Batch], files: Mapping[FileKey, int], schema: str) -> exp.Select:
    """The living version of every row of a table with its `_batch`, as `batches.living` says it of the files.

    A row is living unless a later batch replaced its key.
    """

    def numbers(*holdings: Holding) -> list[exp.Expr]:
        found = (file for batch in batches for file in batch.holding(table.name, *holdings) if file.rows)
        return [exp.Literal.number(files[file.path, file.sha256]) for file in found]

    def of(alias: str, holding: list[exp.Expr]) -> exp.Select:
        source = exp.alias_(exp.table_(table.name, db=schema, quoted=True), alias, table=True)
        within = exp.In(this=column("_file", alias), expressions=holding) if holding else exp.false()
        return exp.select().from_(source).where(within)

    query = of("v", numbers(*_ROWS)).select(*(column(name, "v") for name in (*facts_of(table), "_batch")))
    if not (replacing := numbers(*_REPLACING)):
        return query
    later = exp.LT(this=column("_batch", "v"), expression=column("_batch", "w"))
    replaced = of("w", replacing).select("1").where(later, *(_same(table, name) for name in table.key))
    return query.where(exp.Not(this=exp.Exists(this=replaced)))


def _same(table: Table, name: str) -> exp.Expr:
    """That two versions agree in a part of the key; only a part that may be empty needs the slower test."""
    test = exp.EQ if table.column(name).required else exp.NullSafeEQ
    return test(this=column(name, "w"), expression=column(name, "v"))


class Copies:
    """The copies of a workspace's files in a schema: one table a record table, each row with the number of its file.

    Files never change, so each is copied once; undone batches stay, because `--known-at` may ask for them.
    """

    def __init__(self, con: Connection, schema: str, root: Path) -> None:
        self.con = con
        self.schema = schema
        self.root = root

    def up_to_date(self, batches: Sequence[Batch]) -> Mapping[FileKey, int]:
        """The number of every file of the batches, as the transaction now open sees them for as long as it lasts.

        What is missing is copied, and what an erasure replaced is taken away, in a transaction before.
        """
        import psycopg  # noqa: PLC0415

        wanted = _wanted(batches)
        latest = max((batch.number for batch in batches), default=0)
        self.con.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for _ in range(_TRIES):
            held = self._held()
            old = [number for key, (number, batch) in held.items() if key not in wanted and batch <= latest]
            if wanted.keys() <= held.keys() and not old:
                return {key: number for key, (number, _) in held.items()}
            self.con.rollback()
            self.con.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
            self._bring(wanted, latest)
            self.con.commit()
            self.con.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        raise EngineError(f"the records in schema {self.schema} change faster than they can be read; try again")

    def missing(self, batches: Iterable[Batch]) -> frozenset[FileKey]:
        """The files of the batches that have no copy yet."""
        return frozenset(_wanted(batches).keys() - self._held().keys())

    def _table(self, name: str) -> str:
        return name_of(name, self.schema)

    def _exists(self, name: str) -> bool:
        found = self.con.execute("SELECT to_regclass(%s)", [self._table(name)]).fetchone()
        return found is not None and found[0] is not None

    def _held(self) -> dict[FileKey, tuple[int, int]]:
        """The files copied: path and SHA-256 -> number, batch. None where the schema has another layout."""
        if not self._exists(ABOUT) or not self._is_ours():
            return {}
        found = self.con.execute(f"SELECT path, sha256, file, batch FROM {self._table(FILES)}".encode()).fetchall()
        return {(path, sha256): (number, batch) for path, sha256, number, batch in found}

    def _is_ours(self) -> bool:
        """Whether the layout is today's. Raises EngineError if the schema is another workspace's."""
        row = self.con.execute(f"SELECT format, workspace FROM {self._table(ABOUT)}".encode()).fetchone()
        if row is None:
            return False
        if row[1] != str(self.root):
            raise EngineError(
                f"schema {self.schema} of this database holds the records of the workspace {row[1]}; give this one a "
                f"schema of its own (?schema=NAME), or drop that schema if the workspace was moved"
            )
        return bool(row[0] == FORMAT)

    def _bring(self, wanted: Mapping[FileKey, tuple[Batch, BatchFile]], latest: int) -> None:
        """Copy what is missing and take away what was replaced, one process at a time."""
        self.con.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"courtside {self.schema}"])
        self._make_tables()
        held = self._held()
        old = {number for key, (number, batch) in held.items() if key not in wanted and batch <= latest}
        if old:
            self._remove_files(sorted(old))
        missing = [(batch, file) for key, (batch, file) in wanted.items() if key not in held]
        if not missing:
            return
        first = max((number for number, _ in held.values()), default=0) + 1
        with connect_duckdb(self.root) as duck:
            for number, (batch, file) in enumerate(missing, start=first):
                self._copy(duck, number, batch, file)
        for name in dict.fromkeys(file.table for _, file in missing):
            self.con.execute(f"ANALYZE {self._table(name)}".encode())

    def _make_tables(self) -> None:
        """The schema and its tables. Raises EngineError where it holds tables that are not ours."""
        if not self.con.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [self.schema]).fetchone():
            schema = exp.Identifier(this=self.schema, quoted=True).sql(dialect=DIALECT)
            self.con.execute(f"CREATE SCHEMA {schema}".encode())
        if self._exists(ABOUT):
            if self._is_ours():
                return
            self.remove()
        if theirs := [table.name for table in COPIED if self._exists(table.name)]:
            raise EngineError(
                f"schema {self.schema} of this database already has a table {theirs[0]!r} that Courtside did not make; "
                "name a schema of its own (?schema=NAME)"
            )
        for table in COPIED:
            columns = {**facts_of(table), "_batch": "INTEGER", "_file": "INTEGER"}
            self.con.execute(f"CREATE TABLE {self._table(table.name)} ({typed(columns)})".encode())
        files = {"file": "INTEGER", "path": "VARCHAR", "sha256": "VARCHAR", "batch": "INTEGER"}
        self.con.execute(f"CREATE TABLE {self._table(FILES)} ({typed(files)})".encode())
        about = {"format": "INTEGER", "workspace": "VARCHAR"}
        self.con.execute(f"CREATE TABLE {self._table(ABOUT)} ({typed(about)})".encode())
        self.con.execute(f"INSERT INTO {self._table(ABOUT)} VALUES (%s, %s)".encode(), [FORMAT, str(self.root)])

    def _copy(self, duck: duckdb.DuckDBPyConnection, number: int, batch: Batch, file: BatchFile) -> None:
        """One file's rows by way of a CSV in the workspace: of replaced versions only the keys."""
        table = TABLES[file.table]
        names = [*table.key] if file.holding is Holding.REPLACED else [fact.name for fact in table.facts]
        texts = [name for name in names if SQL_TYPES[table.column(name).kind] == SQL_TYPES[Kind.ID]]
        listed = ", ".join(map(name_of, names))
        spool = self.root / "cache" / "spill" / f"to-postgres-{file.sha256}.csv"
        try:
            read = f"read_parquet({quoted(str(self.root / file.path))})"
            duck.execute(
                f"COPY (SELECT {listed}, {batch.number}, {number} FROM {read}) "
                f"TO {quoted(str(spool))} (FORMAT csv, HEADER false, FORCE_QUOTE ({', '.join(map(name_of, texts))}))"
            )
            into = f"COPY {self._table(table.name)} ({listed}, _batch, _file) FROM STDIN (FORMAT csv)"
            with spool.open("rb") as rows, self.con.cursor() as cursor, cursor.copy(into.encode()) as copy:
                while chunk := rows.read(_CHUNK):
                    copy.write(chunk)
        finally:
            spool.unlink(missing_ok=True)
        crash_point("postgres-copied")
        said = [number, file.path, file.sha256, batch.number]
        self.con.execute(f"INSERT INTO {self._table(FILES)} VALUES (%s, %s, %s, %s)".encode(), said)

    def _remove_files(self, numbers: Sequence[int]) -> None:
        for table in COPIED:
            self.con.execute(f"DELETE FROM {self._table(table.name)} WHERE _file = ANY(%s)".encode(), [list(numbers)])
        self.con.execute(f"DELETE FROM {self._table(FILES)} WHERE file = ANY(%s)".encode(), [list(numbers)])

    def remove(self) -> None:
        """Drop every table of ours; a schema that holds none, or another workspace's, is left alone."""
        if not self._exists(ABOUT):
            return
        self._is_ours()
        self.con.execute("SET LOCAL lock_timeout = '60s'")  # whoever reads them now is waited for, not for ever
        for name in (*(table.name for table in COPIED), FILES, ABOUT):
            self.con.execute(f"DROP TABLE IF EXISTS {self._table(name)}".encode())


def _wanted(batches: Iterable[Batch]) -> dict[FileKey, tuple[Batch, BatchFile]]:
    """The files of some batches that have a copy."""
    names = {table.name for table in COPIED}
    kinds = {*_ROWS, *_REPLACING}
    return {
        (file.path, file.sha256): (batch, file)
        for batch in batches
        for file in batch.files
        if file.table in names and file.holding in kinds and file.rows
    }
