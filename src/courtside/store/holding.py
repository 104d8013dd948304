"""Tables a legal hold reaches: triggers for SQLite and PostgreSQL that refuse to blank or delete what is held."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WHY = "a legal hold stands against it"
_OPEN = "EXISTS (SELECT 1 FROM store_legalhold h WHERE h.released_at IS NULL AND {which})"
_IN_POSTGRESQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {held} THEN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$
"""


def refuse_while_held(table: str, which: str, columns: Sequence[str], also: str = "") -> migrations.RunPython:
    """The operation of a migration that lets a hold keep the rows of a table of ours.

    `which` is the condition on the hold `h` and the old row; `columns` those that an erasure would change, and only
    a change of one of them is refused. `also` narrows it further by what the new row says.
    """

    def add(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        quoted = schema_editor.connection.ops.quote_name
        held = _OPEN.format(which=which)
        changed = " OR ".join(f"NEW.{quoted(one)} <> OLD.{quoted(one)}" for one in columns)
        changed = f"({changed})" + (f" AND {also}" if also else "")
        named = ", ".join(map(quoted, columns))
        if schema_editor.connection.vendor == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            schema_editor.execute(
                f"CREATE TRIGGER {table}_held BEFORE UPDATE OF {named} ON {table} WHEN {changed} AND {held} {refuse};"
            )
            schema_editor.execute(f"CREATE TRIGGER {table}_held_whole BEFORE DELETE ON {table} WHEN {held} {refuse};")
            return
        schema_editor.execute(_IN_POSTGRESQL.format(name=f"{table}_refuse_held", held=held, why=WHY))
        function = f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse_held()"
        within = function.replace("FOR EACH ROW", f"FOR EACH ROW WHEN ({changed})")
        schema_editor.execute(f"CREATE TRIGGER {table}_held BEFORE UPDATE OF {named} ON {table} {within}")
        schema_editor.execute(f"CREATE TRIGGER {table}_held_whole BEFORE DELETE ON {table} {function}")

    def remove(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        for name in (f"{table}_held", f"{table}_held_whole"):
            schema_editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
        if not is_sqlite:
            schema_editor.execute(f"DROP FUNCTION {table}_refuse_held()")

    return migrations.RunPython(add, remove)
