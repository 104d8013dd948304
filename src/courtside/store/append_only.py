"""Tables that can only be added to: triggers for SQLite and PostgreSQL that refuse every change of what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_IN_POSTGRESQL = """
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def forbid_changes(
    table: str, why: str, columns: Sequence[str] = (), *, may_delete: bool = False
) -> migrations.RunPython:
    """The operation of a migration that makes a table of ours one that can only be added to.

    `columns`: those that must stay as they are; none means all of them. What an erasure blanks or replaces is left
    out. `may_delete`: rows as a whole may go, as when what a row holds is erased. `why` is what the database says
    when it refuses; it holds no quotes.
    """

    def add(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        quoted = schema_editor.connection.ops.quote_name
        if schema_editor.connection.vendor == "sqlite":
            for name, when in _in_sqlite(table, map(quoted, columns), may_delete=may_delete):
                schema_editor.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{why}'); END;")
            return
        function = f"{table}_refuse"
        schema_editor.execute(_IN_POSTGRESQL.format(function=function, why=why))
        for name, when in _in_postgresql(table, map(quoted, columns), may_delete=may_delete):
            schema_editor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()")

    def remove(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        triggers = _in_sqlite(table, (), may_delete=may_delete) if is_sqlite else (
            _in_postgresql(table, (), may_delete=may_delete)
        )  # fmt: skip
        for name, _ in triggers:
            schema_editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
        if not is_sqlite:
            schema_editor.execute(f"DROP FUNCTION {table}_refuse()")

    return migrations.RunPython(add, remove)


def forbid_other_names(table: str, why: str, columns: Sequence[str]) -> migrations.RunPython:
    """The operation of a migration that keeps who stands in some columns: only an erasure puts `erased-<n>` there."""
    names = {column: f"{table}_{column}_stays" for column in columns}

    def add(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        quoted, is_sqlite = schema_editor.connection.ops.quote_name, schema_editor.connection.vendor == "sqlite"
        function = f"{table}_names_stay"
        if not is_sqlite:
            schema_editor.execute(_IN_POSTGRESQL.format(function=function, why=why))
        for column, name in names.items():
            new, old = f"NEW.{quoted(column)}", f"OLD.{quoted(column)}"
            is_other = f"({new} <> {old} AND {new} NOT LIKE 'erased-_%')"
            before = f"CREATE TRIGGER {name} BEFORE UPDATE OF {quoted(column)} ON {table}"
            if is_sqlite:
                schema_editor.execute(f"{before} WHEN {is_other} BEGIN SELECT RAISE(ABORT, '{why}'); END;", params=None)
            else:
                schema_editor.execute(
                    f"{before} FOR EACH ROW WHEN {is_other} EXECUTE FUNCTION {function}()", params=None
                )

    def remove(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        for name in names.values():
            schema_editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
        if not is_sqlite:
            schema_editor.execute(f"DROP FUNCTION {table}_names_stay()")

    return migrations.RunPython(add, remove)


def _in_sqlite(table: str, columns: Iterable[str], *, may_delete: bool) -> Iterator[tuple[str, str]]:
    """The names of triggers and when they refuse. A row cannot be overwritten by inserting its number again."""
    of = _of(columns)
    yield f"{table}_no_update", f"BEFORE UPDATE{of} ON {table}"
    if not may_delete:
        yield f"{table}_no_delete", f"BEFORE DELETE ON {table}"
        is_there = f"EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid)"  # noqa: S608  (the name of our own table)
        yield f"{table}_no_replace", f"BEFORE INSERT ON {table} WHEN {is_there}"


def _in_postgresql(table: str, columns: Iterable[str], *, may_delete: bool) -> Iterator[tuple[str, str]]:
    of = _of(columns)
    also = "" if may_delete else " OR DELETE"
    yield f"{table}_no_update", f"BEFORE UPDATE{of}{also} ON {table} FOR EACH ROW"
    yield f"{table}_no_truncate", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"


def _of(columns: Iterable[str]) -> str:
    named = ", ".join(columns)
    return f" OF {named}" if named else ""
