"""Disputes of records, and who is to be told of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0003_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.CharField(max_length=255)),
                ('metric', models.CharField(max_length=128)),
                ('table', models.CharField(max_length=64)),
                ('row_id', models.CharField(max_length=255)),
                ('on', models.CharField(blank=True, max_length=32)),
                ('claim', models.CharField(max_length=32)),
                ('words', models.TextField()),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=128)),
                ('opener_id', models.CharField(max_length=255)),
                ('status', models.CharField(default='open', max_length=16)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=128)),
                ('reason', models.TextField(blank=True)),
                ('column', models.CharField(blank=True, max_length=64)),
                ('before', models.CharField(blank=True, max_length=255)),
                ('after', models.CharField(blank=True, max_length=255)),
                ('batch', models.PositiveIntegerField(null=True)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('person_id', 'table', 'row_id'), name='one_open_dispute_a_row_and_person'), models.CheckConstraint(condition=models.Q(('status__in', ('open', 'accepted', 'declined', 'withdrawn'))), name='dispute_has_a_known_status'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('accepted', 'declined')), _negated=True), models.Q(models.Q(('reason', ''), _negated=True), models.Q(('ended_by', ''), _negated=True), models.Q(('ended_by', models.F('opened_by')), _negated=True)), _connector='OR'), name='dispute_is_decided_by_another_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='DisputeNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.CharField(max_length=255)),
                ('about', models.CharField(max_length=16)),
                ('made_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.dispute')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
    ]
