"""Scope of duties, resets of accounts, standing in, conflicts, and being named for one case or document."""

from django.db import migrations, models

from courtside.store.append_only import forbid_changes

_WHY = "who was named for what is ended, never altered"


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0008_outbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='rolegrant',
            name='scope',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='user',
            name='identity_checked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='identity_checked_by',
            field=models.CharField(blank=True, max_length=128),
        ),
        migrations.AddField(
            model_name='user',
            name='reset_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='ActingManager',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('manager_id', models.CharField(max_length=255)),
                ('acting_id', models.CharField(max_length=255)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('named_by', models.CharField(max_length=128)),
                ('named_at', models.DateTimeField()),
                ('ended_by', models.CharField(blank=True, max_length=128)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('acting_id', models.F('manager_id')), _negated=True), name='nobody_stands_in_for_themself'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='standing_in_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='CaseAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_id', models.CharField(max_length=32)),
                ('username', models.CharField(max_length=128)),
                ('until', models.DateField()),
                ('assigned_by', models.CharField(max_length=128)),
                ('assigned_at', models.DateTimeField()),
                ('ended_by', models.CharField(blank=True, max_length=128)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case_id', 'username'), name='one_assignment_at_a_time'), models.CheckConstraint(condition=models.Q(('assigned_by', models.F('username')), _negated=True), name='case_is_assigned_by_another')],
            },
        ),
        migrations.CreateModel(
            name='DeclaredConflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=128)),
                ('person_id', models.CharField(max_length=255)),
                ('declared_by', models.CharField(max_length=128)),
                ('declared_at', models.DateTimeField()),
                ('ended_by', models.CharField(blank=True, max_length=128)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('username', 'person_id'), name='one_conflict_at_a_time'), models.CheckConstraint(condition=models.Q(('ended_by', models.F('username')), _negated=True), name='conflict_is_ended_by_another')],
            },
        ),
        migrations.CreateModel(
            name='DocumentWitness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_id', models.CharField(max_length=32)),
                ('case_id', models.CharField(max_length=32)),
                ('username', models.CharField(max_length=128)),
                ('named_by', models.CharField(max_length=128)),
                ('named_at', models.DateTimeField()),
                ('ended_by', models.CharField(blank=True, max_length=128)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('document_id', 'username'), name='named_once_as_a_witness'), models.CheckConstraint(condition=models.Q(('named_by', models.F('username')), _negated=True), name='witness_is_named_by_another')],
            },
        ),
        migrations.CreateModel(
            name='OutsideApprover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_id', models.CharField(max_length=32)),
                ('username', models.CharField(max_length=128)),
                ('named_by', models.CharField(max_length=128)),
                ('named_at', models.DateTimeField()),
                ('agreed_by', models.CharField(blank=True, max_length=128)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=128)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case_id',), name='one_outside_approver_a_case'), models.CheckConstraint(condition=models.Q(('named_by', models.F('username')), _negated=True), name='outside_approver_is_named_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', True), ('agreed_by', '')), models.Q(models.Q(('agreed_by', ''), _negated=True), ('agreed_at__isnull', False), models.Q(('agreed_by', models.F('named_by')), _negated=True), models.Q(('agreed_by', models.F('username')), _negated=True)), _connector='OR'), name='outside_approver_takes_two_others')],
            },
        ),
        forbid_changes('store_actingmanager', _WHY, ('id', 'starts_on', 'ends_on', 'named_at')),
        forbid_changes('store_declaredconflict', _WHY, ('id', 'declared_at')),
        forbid_changes('store_caseassignment', _WHY, ('id', 'case_id', 'until', 'assigned_at')),
        forbid_changes('store_outsideapprover', _WHY, ('id', 'case_id', 'named_at')),
        forbid_changes('store_documentwitness', _WHY, ('id', 'document_id', 'case_id', 'named_at')),
    ]
