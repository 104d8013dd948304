"""Proposals with their evidence frozen, who looked at them, and decisions to which nothing is altered."""

import django.db.models.deletion
from django.db import migrations, models

from courtside.store.append_only import forbid_changes


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0010_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opaque', models.CharField(max_length=16, unique=True)),
                ('reading', models.CharField(max_length=16, unique=True)),
                ('kind', models.CharField(max_length=32)),
                ('person_id', models.CharField(max_length=255)),
                ('metric', models.CharField(max_length=128)),
                ('rule', models.CharField(max_length=64)),
                ('rule_version', models.PositiveIntegerField()),
                ('evaluation_sha256', models.CharField(max_length=64)),
                ('as_of', models.DateField()),
                ('known_at', models.DateTimeField()),
                ('evidence', models.TextField()),
                ('evidence_sha256', models.CharField(max_length=64)),
                ('rows', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('offered_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('state', models.CharField(default='open', max_length=16)),
                ('outcome', models.CharField(blank=True, max_length=16)),
                ('asked_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('deferred_until', models.DateField(null=True)),
                ('weakened_on', models.DateField(null=True)),
                ('weakened_sha256', models.CharField(blank=True, max_length=64)),
                ('seen_until', models.DateField()),
                ('plan_id', models.CharField(blank=True, max_length=32)),
                ('ended_at', models.DateTimeField(null=True)),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.ruleevaluation')),
            ],
            options={
                'ordering': ('id',),
                'indexes': [
                    models.Index(fields=['state', 'due_on'], name='proposals_that_wait'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'deferred'))), fields=('person_id', 'rule'), name='one_open_proposal_a_rule'),
                    models.CheckConstraint(condition=models.Q(('state__in', ('open', 'deferred', 'decided', 'withdrawn'))), name='proposal_has_a_known_state'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ('watch', 'coaching_plan', 'improvement_plan'))), name='proposal_is_of_a_known_kind'),
                    models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ('proceed', 'coach', 'decline')), ('state', 'decided')), models.Q(models.Q(('state', 'decided'), _negated=True), ('outcome', '')), _connector='OR'), name='proposal_is_decided_with_an_outcome'),
                    models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ('proceed', 'coach')), _negated=True), models.Q(('plan_id', ''), _negated=True), _connector='OR'), name='proposal_for_a_plan_has_one'),
                    models.CheckConstraint(condition=models.Q(models.Q(('deferred_until__isnull', False), ('state', 'deferred')), models.Q(models.Q(('state', 'deferred'), _negated=True), ('deferred_until__isnull', True)), _connector='OR'), name='proposal_is_put_off_until_a_day'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProposalDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.CharField(max_length=255)),
                ('outcome', models.CharField(max_length=16)),
                ('opens', models.CharField(blank=True, max_length=16)),
                ('reason', models.TextField()),
                ('decided_by', models.CharField(max_length=150)),
                ('decider_id', models.CharField(blank=True, max_length=255)),
                ('at', models.DateTimeField()),
                ('looked_at', models.DateTimeField()),
                ('seconds', models.PositiveIntegerField()),
                ('offered_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('days_passed', models.PositiveIntegerField()),
                ('fairness', models.TextField()),
                ('fairness_holds', models.BooleanField()),
                ('deferred_until', models.DateField(null=True)),
                ('weakened_on', models.DateField(null=True)),
                ('method', models.CharField(blank=True, max_length=32)),
                ('age_s', models.PositiveIntegerField(null=True)),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.proposal')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('outcome', 'defer'), _negated=True), fields=('proposal',), name='one_final_decision'),
                    models.CheckConstraint(condition=models.Q(('outcome__in', ('proceed', 'coach', 'decline', 'defer'))), name='decision_has_a_known_outcome'),
                    models.CheckConstraint(condition=models.Q(('decider_id', ''), models.Q(('decider_id', models.F('person_id')), _negated=True), _connector='OR'), name='nobody_decides_about_themself'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_by', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='decision_is_named_with_a_reason'),
                    models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ('proceed', 'coach')), _negated=True), ('opened_at__isnull', False), ('days_passed__gte', 5), _connector='OR'), name='the_person_has_the_evidence_first'),
                    models.CheckConstraint(condition=models.Q(models.Q(('opens', 'improvement'), _negated=True), models.Q(models.Q(('method', ''), _negated=True), ('age_s__isnull', False)), _connector='OR'), name='improvement_plan_takes_a_second_factor'),
                    models.CheckConstraint(condition=models.Q(models.Q(('deferred_until__isnull', False), ('outcome', 'defer')), models.Q(models.Q(('outcome', 'defer'), _negated=True), ('deferred_until__isnull', True)), _connector='OR'), name='decision_puts_off_until_a_day'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProposalLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.proposal')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [
                    models.UniqueConstraint(fields=('proposal', 'username'), name='one_first_look'),
                ],
            },
        ),
        forbid_changes(
            'store_proposal', 'what a proposal rests on is never altered',
            (
                'id', 'opaque', 'reading', 'kind', 'metric', 'rule', 'rule_version', 'evaluation_id',
                'evaluation_sha256', 'as_of', 'known_at', 'evidence_sha256', 'made_at', 'offered_at',
            ),
            may_delete=True,
        ),
        forbid_changes(
            'store_proposaldecision', 'what somebody decided is never altered',
            (
                'id', 'proposal_id', 'outcome', 'opens', 'at', 'looked_at', 'seconds', 'offered_at', 'opened_at',
                'days_passed', 'fairness', 'fairness_holds', 'deferred_until', 'weakened_on', 'method', 'age_s',
            ),
            may_delete=True,
        ),
    ]
