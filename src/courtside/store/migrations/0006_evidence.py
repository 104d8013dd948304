"""The evidence of review years, kept month by month; the database refuses to alter or delete an entry."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_WHY = "the evidence of review years can only be added to"
_KEPT = "metric, version, since, until, hits, of, due, evidence, rings, noted_at"
"""Everything but whose it is: erasing a person puts a token in the place of their number."""
_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END;"
_IN_SQLITE = {
    "store_evidence_no_update": f"BEFORE UPDATE OF id, {_KEPT} ON store_evidenceentry",
    "store_evidence_no_delete": "BEFORE DELETE ON store_evidenceentry",
}
_IN_POSTGRESQL = {
    "store_evidence_no_update": f'BEFORE UPDATE OF id, {_KEPT.replace("of,", chr(34) + "of" + chr(34) + ",")} OR DELETE '
    "ON store_evidenceentry FOR EACH ROW",
    "store_evidence_no_truncate": "BEFORE TRUNCATE ON store_evidenceentry FOR EACH STATEMENT",
}
_FUNCTION = f"""
CREATE FUNCTION store_evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_WHY}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def _add(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, when in _IN_SQLITE.items():
            schema_editor.execute(f"CREATE TRIGGER {name} {when} {_REFUSE}")
        return
    schema_editor.execute(_FUNCTION)
    for name, when in _IN_POSTGRESQL.items():
        schema_editor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION store_evidence_refuse()")


def _remove(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for name in _IN_SQLITE if is_sqlite else _IN_POSTGRESQL:
        schema_editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else " ON store_evidenceentry"))
    if not is_sqlite:
        schema_editor.execute("DROP FUNCTION store_evidence_refuse()")


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0005_acts_that_erased'),
    ]

    operations = [
        migrations.CreateModel(
            name='EvidenceEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(max_length=128)),
                ('version', models.PositiveIntegerField()),
                ('person_id', models.CharField(max_length=255)),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('hits', models.FloatField()),
                ('of', models.FloatField(null=True)),
                ('due', models.FloatField()),
                ('evidence', models.FloatField()),
                ('rings', models.BooleanField()),
                ('noted_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(fields=['since', 'metric', 'person_id'], name='evidence_of_a_year')],
            },
        ),
        migrations.RunPython(_add, _remove),
    ]
