"""Documents, their files and signatures: what was frozen, approved or signed the database lets nobody alter."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from courtside.store.append_only import forbid_changes, forbid_other_names

_SETTLED = """
SELECT COUNT(DISTINCT settled.party) FROM (
    SELECT one.party FROM store_signatureentry one
    WHERE one.document_id = NEW.id AND one.act IN ('signed', 'signed_with_comment')
    UNION ALL
    SELECT open.party FROM (
        SELECT two.party FROM store_signatureentry two WHERE two.document_id = NEW.id AND two.act = 'declined'
        UNION ALL
        SELECT three.attests FROM store_signatureentry three WHERE three.document_id = NEW.id AND three.act = 'paper'
    ) open
    WHERE (
        SELECT COUNT(DISTINCT seen.username) FROM store_signatureentry seen
        WHERE seen.document_id = NEW.id AND seen.act = 'witnessed' AND seen.attests = open.party
    ) >= 2
) settled
WHERE (',' || NEW.parties || ',') LIKE ('%,' || settled.party || ',%')
"""
"""How many of those asked have signed, or declined (or handed in paper) before two witnesses."""
_RULES = {
    "store_document_sealed": (
        "store_document", "UPDATE", "state", f"NEW.state = 'sealed' AND ({_SETTLED}) < NEW.wanted",
        "a document is sealed when every party has signed, or declined before two witnesses",
    ),
    "store_document_unsealed": (
        "store_document", "UPDATE", "state", "OLD.state = 'sealed' AND NEW.state <> 'sealed'",
        "a sealed document stays sealed",
    ),
    "store_document_resealed": (
        "store_document", "UPDATE", "sealed_sha256", "OLD.sealed_sha256 <> '' AND NEW.sealed_sha256 <> OLD.sealed_sha256",
        "the hash of a sealed file is never altered",
    ),
    "store_document_data": (
        "store_document", "UPDATE", "data", "NEW.data <> ''", "frozen data is never altered, only erased",
    ),
    "store_document_born_sealed": (
        "store_document", "INSERT", "", "NEW.state = 'sealed'", "a document is not sealed before it was signed",
    ),
    "store_signature_bound": (
        "store_signatureentry", "INSERT", "",
        "NOT EXISTS (SELECT 1 FROM store_document held WHERE held.id = NEW.document_id "
        "AND held.data_sha256 = NEW.document_sha256 AND held.state NOT IN ('sealed', 'superseded'))",
        "an act is bound to the hash of the data that was frozen",
    ),
}
"""By name: table, when, of which column, refused where, and why."""


def _add(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, (table, when, column, where, why) in _RULES.items():
        of = f" OF {column}" if column else ""
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {when}{of} ON {table} WHEN {where} BEGIN SELECT RAISE(ABORT, '{why}'); END;",
                params=None,
            )
            continue
        schema_editor.execute(
            f"CREATE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {where} THEN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN NEW; END $$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {when}{of} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}_refuse()"
        )


def _remove(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for name, (table, *_) in _RULES.items():
        schema_editor.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
        if not is_sqlite:
            schema_editor.execute(f"DROP FUNCTION {name}_refuse()")


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0012_plans'),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.CharField(max_length=12, primary_key=True, serialize=False)),
                ('plan_id', models.CharField(db_index=True, max_length=32)),
                ('person_id', models.CharField(db_index=True, max_length=255)),
                ('template', models.CharField(max_length=64)),
                ('version', models.PositiveIntegerField()),
                ('label', models.CharField(max_length=128)),
                ('data', models.TextField()),
                ('data_sha256', models.CharField(max_length=64)),
                ('content_sha256', models.CharField(max_length=64)),
                ('parties', models.CharField(blank=True, max_length=64)),
                ('wanted', models.PositiveSmallIntegerField()),
                ('needs_second', models.BooleanField(default=False)),
                ('state', models.CharField(default='draft', max_length=16)),
                ('signing', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=128)),
                ('approved_by', models.CharField(blank=True, max_length=128)),
                ('sealed_sha256', models.CharField(blank=True, max_length=64)),
                ('superseded_by', models.CharField(blank=True, max_length=12)),
            ],
            options={
                'ordering': ('created_at', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'approved', 'issued', 'opened', 'ready', 'sealed', 'superseded'))), name='document_has_a_known_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sealed'), _negated=True), models.Q(('sealed_sha256', ''), _negated=True), _connector='OR'), name='sealed_document_has_its_hash'), models.CheckConstraint(condition=models.Q(('needs_second', False), ('state__in', ('draft', 'superseded')), models.Q(models.Q(('approved_by', ''), _negated=True), models.Q(('approved_by', models.F('created_by')), _negated=True)), _connector='OR'), name='document_is_approved_by_another'), models.UniqueConstraint(condition=models.Q(('sealed_sha256', ''), _negated=True), fields=('sealed_sha256',), name='one_document_a_sealed_file')],
            },
        ),
        migrations.CreateModel(
            name='DocumentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.CharField(max_length=128)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('content', 'scan', 'sealed'))), name='document_file_has_a_known_kind'), models.UniqueConstraint(condition=models.Q(('kind__in', ('content', 'sealed'))), fields=('document', 'kind'), name='one_content_and_one_sealed_file_a_document')],
            },
        ),
        migrations.CreateModel(
            name='SignatureEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.CharField(max_length=16)),
                ('attests', models.CharField(blank=True, max_length=16)),
                ('username', models.CharField(max_length=128)),
                ('person_id', models.CharField(blank=True, max_length=255)),
                ('name', models.CharField(blank=True, max_length=255)),
                ('act', models.CharField(max_length=24)),
                ('statement', models.TextField(blank=True)),
                ('statement_version', models.PositiveIntegerField(default=0)),
                ('comment', models.TextField(blank=True)),
                ('document_sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('method', models.CharField(blank=True, max_length=64)),
                ('method_age_s', models.PositiveIntegerField(null=True)),
                ('ip', models.CharField(blank=True, max_length=64)),
                ('log_seq', models.PositiveBigIntegerField(default=0)),
                ('log_head', models.CharField(blank=True, max_length=64)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('act__in', ('opened', 'signed', 'signed_with_comment', 'declined', 'paper', 'witnessed'))), name='signature_entry_has_a_known_act'), models.CheckConstraint(condition=models.Q(models.Q(('act__in', ('paper', 'witnessed')), _negated=True), models.Q(('attests', ''), _negated=True), _connector='OR'), name='who_attests_says_for_whom'), models.CheckConstraint(condition=models.Q(models.Q(('act__in', ('signed', 'signed_with_comment')), _negated=True), models.Q(models.Q(('statement', ''), _negated=True), models.Q(('username', ''), _negated=True)), _connector='OR'), name='who_signs_signs_a_statement'), models.UniqueConstraint(condition=models.Q(('act', 'opened'), _negated=True), fields=('document', 'party', 'username', 'act', 'attests'), name='nobody_does_the_same_twice_to_a_document')],
            },
        ),
        forbid_changes(
            'store_document', 'what a document is and who it is for is never altered',
            (
                'id', 'plan_id', 'template', 'version', 'data_sha256', 'content_sha256', 'parties', 'wanted',
                'needs_second', 'created_at',
            ),
        ),
        forbid_changes(
            'store_documentfile', 'a file of a document is never altered',
            ('id', 'document_id', 'kind', 'content', 'sha256', 'added_at'), may_delete=True,
        ),
        forbid_other_names('store_documentfile', 'who added a file stays who did', ('added_by',)),
        forbid_changes(
            'store_signatureentry', 'acts on documents can only be added to',
            (
                'id', 'document_id', 'party', 'attests', 'act', 'statement', 'statement_version', 'document_sha256',
                'at', 'method', 'method_age_s', 'log_seq', 'log_head',
            ),
        ),
        migrations.RunPython(_add, _remove),
    ]
