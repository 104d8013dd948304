"""What people and channels are to be told, the meetings their calendars know of, and where channels may lead."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0007_audit_chain'),
    ]

    operations = [
        migrations.CreateModel(
            name='AllowedHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=253, unique=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=128)),
            ],
            options={
                'ordering': ('host',),
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('name', models.CharField(max_length=100)),
                ('host', models.CharField(max_length=253)),
                ('sealed_address', models.BinaryField()),
                ('sealed_secret', models.BinaryField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=128)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('webhook', 'slack', 'teams'))), name='channel_has_a_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='MeetingEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(max_length=64, unique=True)),
                ('key', models.CharField(max_length=200)),
                ('person_id', models.CharField(blank=True, max_length=255)),
                ('starts_at', models.DateTimeField(null=True)),
                ('on', models.DateField(null=True)),
                ('minutes', models.PositiveIntegerField()),
                ('path', models.CharField(max_length=200)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('is_cancelled', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField()),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='Mute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=16)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='OutboxRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opaque', models.CharField(max_length=16, unique=True)),
                ('key', models.CharField(max_length=255, unique=True)),
                ('kind', models.CharField(max_length=16)),
                ('words', models.CharField(max_length=16)),
                ('person_id', models.CharField(blank=True, max_length=255)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('path', models.CharField(max_length=200)),
                ('due_on', models.DateField(null=True)),
                ('queued_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('state', models.CharField(default='waiting', max_length=16)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('copies', models.PositiveIntegerField(default=0)),
                ('next_at', models.DateTimeField()),
                ('claimed_by', models.CharField(blank=True, max_length=64)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=100)),
                ('channel', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.channel')),
                ('meeting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.meetingentry')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_sha256', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('user',), name='one_calendar_feed_a_user')],
            },
        ),
        migrations.AddIndex(
            model_name='meetingentry',
            index=models.Index(fields=['person_id'], name='meetings_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='meetingentry',
            index=models.Index(fields=['key'], name='entries_of_a_meeting'),
        ),
        migrations.AddConstraint(
            model_name='meetingentry',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', True)), fields=('key', 'person_id'), name='one_entry_a_meeting_and_person'),
        ),
        migrations.AddConstraint(
            model_name='meetingentry',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('key', 'user'), name='one_entry_a_meeting_and_user'),
        ),
        migrations.AddConstraint(
            model_name='meetingentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('on__isnull', False), ('starts_at__isnull', True)), models.Q(('on__isnull', True), ('starts_at__isnull', False)), _connector='OR'), name='meeting_is_timed_or_a_day'),
        ),
        migrations.AddConstraint(
            model_name='mute',
            constraint=models.UniqueConstraint(fields=('user', 'words'), name='muted_once'),
        ),
        migrations.AddIndex(
            model_name='outboxrow',
            index=models.Index(fields=['state', 'next_at'], name='outbox_next'),
        ),
        migrations.AddIndex(
            model_name='outboxrow',
            index=models.Index(fields=['person_id'], name='outbox_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='outboxrow',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('mail', 'calendar', 'webhook', 'chat'))), name='outbox_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='outboxrow',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'sending', 'sent', 'failed', 'dropped'))), name='outbox_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='outboxrow',
            constraint=models.CheckConstraint(condition=models.Q(('copies__lte', 3)), name='outbox_copies_are_few'),
        ),
    ]

