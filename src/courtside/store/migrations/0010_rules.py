"""Rules: versions with their approvals, replays, and evaluations to which the database lets nothing be altered."""

import django.db.models.deletion
from django.db import migrations, models

from courtside.store.append_only import forbid_changes, forbid_other_names


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0009_access'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=64)),
                ('version', models.PositiveIntegerField()),
                ('block', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(default='draft', max_length=16)),
                ('author', models.CharField(max_length=128)),
                ('made_at', models.DateTimeField()),
                ('approver', models.CharField(blank=True, max_length=128)),
                ('approved_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.CharField(max_length=128)),
            ],
            options={
                'ordering': ('rule', 'version'),
                'constraints': [models.UniqueConstraint(fields=('rule', 'version'), name='one_version_of_a_rule'), models.UniqueConstraint(condition=models.Q(('state', 'live')), fields=('rule',), name='one_live_version'), models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'submitted', 'approved', 'live', 'paused', 'replaced'))), name='rule_has_a_known_state'), models.CheckConstraint(condition=models.Q(('approver', ''), models.Q(('approver', models.F('author')), _negated=True), _connector='OR'), name='rule_is_approved_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'live', 'paused')), _negated=True), models.Q(models.Q(('approver', ''), _negated=True), ('approved_at__isnull', False)), _connector='OR'), name='rule_in_use_is_approved')],
            },
        ),
        migrations.CreateModel(
            name='RuleReplay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.ruleversion')),
                ('sha256', models.CharField(max_length=64)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('by', models.CharField(max_length=128)),
                ('summary', models.JSONField()),
                ('firings', models.JSONField()),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='RuleEvaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.ruleversion')),
                ('person_id', models.CharField(max_length=255)),
                ('on', models.DateField()),
                ('metric', models.CharField(max_length=128)),
                ('holds', models.BooleanField()),
                ('verdict', models.CharField(max_length=16)),
                ('evidence', models.FloatField(null=True)),
                ('proposes', models.CharField(max_length=32)),
                ('content', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(fields=['person_id', 'on'], name='evaluations_of_a_person')],
                'constraints': [models.UniqueConstraint(fields=('version', 'person_id', 'on'), name='one_evaluation_a_day')],
            },
        ),
        forbid_changes(
            'store_ruleversion', 'the wording of a rule is never altered: another one is another version',
            ('id', 'rule', 'version', 'block', 'sha256', 'made_at'),
        ),
        forbid_other_names('store_ruleversion', 'who wrote a rule stays who wrote it', ('author',)),
        forbid_changes(
            'store_rulereplay', 'what a replay found is never altered',
            ('id', 'version_id', 'sha256', 'first', 'last', 'made_at', 'summary'),
        ),
        forbid_other_names('store_rulereplay', 'who replayed a rule stays who did', ('by',)),
        forbid_changes(
            'store_ruleevaluation', 'evaluations of rules can only be added to',
            (
                'id', 'version_id', 'on', 'metric', 'holds', 'verdict', 'evidence', 'proposes', 'content', 'sha256',
                'made_at',
            ),
        ),
    ]
