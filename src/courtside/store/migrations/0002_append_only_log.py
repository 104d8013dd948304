"""Triggers that refuse to change, delete or overwrite an act once it is in the log."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_WHY = "the log of acts can only be added to"
_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END;"
_IN_SQLITE = {
    "store_event_no_update": "BEFORE UPDATE ON store_event",
    "store_event_no_delete": "BEFORE DELETE ON store_event",
    "store_event_no_replace": "BEFORE INSERT ON store_event WHEN EXISTS (SELECT 1 FROM store_event WHERE id = NEW.id)",
}
_IN_POSTGRESQL = {
    "store_event_no_update": "BEFORE UPDATE OR DELETE ON store_event FOR EACH ROW",
    "store_event_no_truncate": "BEFORE TRUNCATE ON store_event FOR EACH STATEMENT",
}
"""An act cannot be overwritten by inserting it again: its number is taken."""
_FUNCTION = f"""
CREATE FUNCTION store_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_WHY}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def _add(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, when in _IN_SQLITE.items():
            schema_editor.execute(f"CREATE TRIGGER {name} {when} {_REFUSE}")
        return
    schema_editor.execute(_FUNCTION)
    for name, when in _IN_POSTGRESQL.items():
        schema_editor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION store_event_refuse()")


def _remove(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for name in _IN_SQLITE if is_sqlite else _IN_POSTGRESQL:
        schema_editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else " ON store_event"))
    if not is_sqlite:
        schema_editor.execute("DROP FUNCTION store_event_refuse()")


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [migrations.RunPython(_add, _remove)]
