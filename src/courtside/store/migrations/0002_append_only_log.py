"""Triggers that refuse to change, delete or overwrite an act once it is in the log."""

from django.db import migrations

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the log of acts can only be added to'); END;"
_TRIGGERS = {
    "store_event_no_update": "BEFORE UPDATE ON store_event",
    "store_event_no_delete": "BEFORE DELETE ON store_event",
    "store_event_no_replace": "BEFORE INSERT ON store_event WHEN EXISTS (SELECT 1 FROM store_event WHERE id = NEW.id)",
}


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.RunSQL(f"CREATE TRIGGER {name} {when} {_REFUSE}", reverse_sql=f"DROP TRIGGER {name};")
        for name, when in _TRIGGERS.items()
    ]
