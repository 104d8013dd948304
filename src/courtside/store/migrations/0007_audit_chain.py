"""A chain over the log of acts, with every act so far in it; an act can lose what it said, and only with its salt."""

import secrets
from types import SimpleNamespace

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from courtside.store.append_only import forbid_changes

_WHY = "the log of acts can only be added to"
_KEPT = "NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.verb <> OLD.verb"
_SALTED = "EXISTS (SELECT 1 FROM store_logsalt WHERE event_id = OLD.id)"
_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END;"
_FUNCTION = f"""
CREATE FUNCTION store_event_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {_KEPT} OR {_SALTED} THEN RAISE EXCEPTION '{_WHY}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  RETURN NEW;
END $$
"""


def _chain(apps: object, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """An entry for every act of an earlier version, in the order in which they were written."""
    from courtside.store.audit_chain import Head, add_entry
    from courtside.store.log_verifier import BEGINNING

    event, entry, salt = (apps.get_model("store", name) for name in ("Event", "LogEntry", "LogSalt"))  # type: ignore[attr-defined]
    last = Head(0, BEGINNING)
    for act in event._base_manager.order_by("id").iterator(chunk_size=2000):
        made = SimpleNamespace(at=act.at, who=act.who, verb=act.verb, detail=act.detail)
        last = add_entry(
            last, act.pk, made, (secrets.token_hex(16), {}), entry._base_manager, salt._base_manager
        )


def _erasable(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER store_event_no_update")
        schema_editor.execute(
            f"CREATE TRIGGER store_event_no_update BEFORE UPDATE ON store_event WHEN {_KEPT} OR {_SALTED} {_REFUSE}"
        )
        return
    schema_editor.execute("DROP TRIGGER store_event_no_update ON store_event")
    schema_editor.execute(_FUNCTION)
    for name, when, function in (("update", "UPDATE", "keep"), ("delete", "DELETE", "refuse")):
        schema_editor.execute(
            f"CREATE TRIGGER store_event_no_{name} BEFORE {when} ON store_event FOR EACH ROW "
            f"EXECUTE FUNCTION store_event_{function}()"
        )


def _fixed(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As it was before: nothing of an act can go."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER store_event_no_update")
        schema_editor.execute(f"CREATE TRIGGER store_event_no_update BEFORE UPDATE ON store_event {_REFUSE}")
        return
    for name in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER store_event_no_{name} ON store_event")
    schema_editor.execute("DROP FUNCTION store_event_keep()")
    schema_editor.execute(
        "CREATE TRIGGER store_event_no_update BEFORE UPDATE OR DELETE ON store_event FOR EACH ROW "
        "EXECUTE FUNCTION store_event_refuse()"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0006_evidence'),
    ]

    operations = [
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('event_id', models.BigIntegerField(unique=True)),
                ('at_us', models.BigIntegerField()),
                ('verb', models.CharField(max_length=64)),
                ('leaf', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={'ordering': ('seq',)},
        ),
        migrations.CreateModel(
            name='LogSalt',
            fields=[
                ('event_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('salt', models.CharField(max_length=64)),
                ('origin', models.JSONField(default=dict)),
            ],
            options={'ordering': ('event_id',)},
        ),
        migrations.RunPython(_chain, migrations.RunPython.noop),
        forbid_changes("store_logentry", _WHY),
        forbid_changes("store_logsalt", _WHY, may_delete=True),
        migrations.RunPython(_erasable, _fixed),
    ]
