"""Plans as they stand, with what the database holds them to, and their steps, which can only be added to."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from courtside.store.append_only import forbid_changes

_WHY = "the steps of a plan can only be added to"
_KEPT = "body, salt"
_UNLESS_ERASED = f"BEFORE UPDATE OF {_KEPT} ON store_planevent"
"""What a step says may be blanked by an erasure, which takes its salt and so can be seen; never be altered."""


def _add(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    name = f"CREATE TRIGGER store_planevent_no_rewrite {_UNLESS_ERASED}"
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"{name} WHEN NEW.salt <> '' BEGIN SELECT RAISE(ABORT, '{_WHY}'); END;")
    else:
        schema_editor.execute(
            f"{name} FOR EACH ROW WHEN (NEW.salt <> '') EXECUTE FUNCTION store_planevent_refuse()"
        )


def _remove(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    on = "" if schema_editor.connection.vendor == "sqlite" else " ON store_planevent"
    schema_editor.execute(f"DROP TRIGGER store_planevent_no_rewrite{on}")


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0011_proposals'),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('state', models.CharField(max_length=16)),
                ('person_id', models.CharField(max_length=255)),
                ('manager_id', models.CharField(max_length=255)),
                ('author', models.CharField(max_length=150)),
                ('author_id', models.CharField(blank=True, max_length=255)),
                ('approver', models.CharField(blank=True, max_length=150)),
                ('approver_id', models.CharField(blank=True, max_length=255)),
                ('preparer', models.CharField(blank=True, max_length=150)),
                ('preparer_id', models.CharField(blank=True, max_length=255)),
                ('decider', models.CharField(blank=True, max_length=150)),
                ('decider_id', models.CharField(blank=True, max_length=255)),
                ('outcome', models.CharField(blank=True, max_length=16)),
                ('proposal', models.CharField(blank=True, max_length=32)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('version', models.PositiveIntegerField()),
                ('body', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('made_at', 'id'),
                'indexes': [models.Index(fields=['person_id'], name='plans_of_a_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('coaching', 'improvement'))), name='plan_has_a_known_kind'), models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'approved', 'issued', 'active', 'paused', 'determining', 'determined', 'closed', 'cancelled'))), name='plan_has_a_known_state'), models.CheckConstraint(condition=models.Q(('starts_on__lt', models.F('ends_on'))), name='plan_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('author', ''), _negated=True), models.Q(('person_id', ''), _negated=True), models.Q(('manager_id', models.F('person_id')), _negated=True), models.Q(('author_id', models.F('person_id')), _negated=True)), name='plan_is_written_and_led_by_another'), models.CheckConstraint(condition=models.Q(('kind', 'coaching'), models.Q(('proposal', ''), _negated=True), _connector='OR'), name='improvement_plan_comes_from_a_proposal'), models.CheckConstraint(condition=models.Q(models.Q(('approver', models.F('author')), _negated=True), models.Q(('approver_id', ''), models.Q(models.Q(('approver_id', models.F('person_id')), _negated=True), models.Q(('approver_id', models.F('author_id')), _negated=True)), _connector='OR')), name='plan_is_approved_by_another'), models.CheckConstraint(condition=models.Q(('kind', 'coaching'), ('state__in', ('draft', 'cancelled')), models.Q(('approver', ''), _negated=True), _connector='OR'), name='improvement_plan_in_use_is_approved'), models.CheckConstraint(condition=models.Q(models.Q(('decider_id', ''), models.Q(('decider_id', models.F('person_id')), _negated=True), _connector='OR'), models.Q(('preparer_id', ''), models.Q(('preparer_id', models.F('person_id')), _negated=True), _connector='OR')), name='plan_is_determined_by_another_than_its_subject'), models.CheckConstraint(condition=models.Q(('kind', 'coaching'), ('decider', ''), models.Q(models.Q(('decider', models.F('author')), _negated=True), models.Q(('decider', models.F('preparer')), _negated=True), models.Q(('preparer', ''), _negated=True), models.Q(('decider_id', ''), models.Q(models.Q(('decider_id', models.F('author_id')), _negated=True), models.Q(('decider_id', models.F('preparer_id')), _negated=True)), _connector='OR')), _connector='OR'), name='improvement_plan_is_determined_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('determined', 'closed')), _negated=True), models.Q(models.Q(('decider', ''), _negated=True), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='determined_plan_says_by_whom'), models.CheckConstraint(condition=models.Q(('outcome__in', ('', 'released', 'new_plan', 'extended')), models.Q(('kind', 'improvement'), ('outcome', 'removed')), _connector='OR'), name='coaching_plan_removes_nobody'), models.UniqueConstraint(condition=models.Q(('kind', 'improvement'), ('state__in', ('draft', 'approved', 'issued', 'active', 'paused', 'determining'))), fields=('person_id',), name='one_improvement_plan_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='PlanEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.CharField(max_length=32)),
                ('seq', models.PositiveIntegerField()),
                ('verb', models.CharField(max_length=32)),
                ('on', models.DateField()),
                ('at', models.DateTimeField()),
                ('leaf', models.CharField(max_length=64)),
                ('content_hash', models.CharField(max_length=64)),
                ('asked_hash', models.CharField(blank=True, max_length=64)),
                ('salt', models.CharField(blank=True, max_length=32)),
                ('body', models.TextField()),
            ],
            options={
                'ordering': ('plan', 'seq'),
                'constraints': [models.UniqueConstraint(fields=('plan', 'seq'), name='one_step_at_a_place')],
            },
        ),
        forbid_changes(
            'store_planevent', _WHY,
            ('id', 'plan', 'seq', 'verb', 'on', 'at', 'leaf', 'content_hash', 'asked_hash'),
        ),
        migrations.RunPython(_add, _remove),
    ]
