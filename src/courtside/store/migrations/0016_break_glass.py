"""Break-glass and duties that take two people: what was asked and decided can only be added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from courtside.store.append_only import forbid_changes


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0015_signing"),
    ]

    operations = [
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opaque", models.CharField(max_length=16, unique=True)),
                ("person_id", models.CharField(max_length=255)),
                ("reason", models.TextField()),
                ("asked_by", models.CharField(max_length=128)),
                ("asked_id", models.CharField(blank=True, max_length=255)),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person_id", ""), _negated=True),
                            models.Q(("asked_by", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="glass_is_asked_for_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asked_id", models.F("person_id")), _negated=True),
                        name="nobody_breaks_glass_on_themself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AskedDuty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=16)),
                ("scope", models.JSONField(default=list)),
                ("asked_by", models.CharField(max_length=128)),
                ("asked_at", models.DateTimeField()),
                ("asked_where", models.CharField(max_length=8)),
                ("outcome", models.CharField(blank=True, max_length=8)),
                ("decided_by", models.CharField(blank=True, max_length=128)),
                ("decided_user", models.PositiveBigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")),
                        fields=("user", "role"),
                        name="one_duty_is_asked_for_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by", ""),
                                ("decided_user__isnull", True),
                                ("outcome", ""),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_user__isnull", False),
                                ("outcome__in", ("agreed", "refused")),
                                models.Q(("decided_by", ""), _negated=True),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                models.Q(("decided_user", models.F("user")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="duty_takes_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BreakGlassStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("is_decision", models.BooleanField()),
                ("by", models.CharField(max_length=128)),
                ("by_id", models.CharField(blank=True, max_length=255)),
                ("asked_by", models.CharField(max_length=128)),
                ("asked_id", models.CharField(blank=True, max_length=255)),
                ("person_id", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("until", models.DateTimeField(null=True)),
                ("told_on", models.DateField(null=True)),
                ("hold_reason", models.TextField(blank=True)),
                ("method", models.CharField(blank=True, max_length=32)),
                ("age_s", models.PositiveIntegerField(null=True)),
                (
                    "glass",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.breakglass"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("glass", "kind"), name="one_step_of_a_kind_a_glass"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_decision", True)), fields=("glass",), name="glass_is_decided_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("agreed", "refused", "ended", "told"))),
                        name="glass_has_known_steps",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_decision", True), ("kind__in", ("agreed", "refused"))),
                            models.Q(
                                ("is_decision", False), models.Q(("kind__in", ("agreed", "refused")), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="glass_knows_its_decisions",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_decision", False),
                            models.Q(
                                models.Q(("by", ""), _negated=True),
                                models.Q(("by", models.F("asked_by")), _negated=True),
                                models.Q(("by_id", models.F("person_id")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="glass_is_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_decision", False),
                            ("by_id", ""),
                            models.Q(("by_id", models.F("asked_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="glass_takes_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("age_s__isnull", False),
                                ("kind", "agreed"),
                                ("until__isnull", False),
                                models.Q(("method", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind", "agreed"), _negated=True),
                                ("told_on__isnull", True),
                                ("until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="glass_is_open_for_a_while",
                    ),
                ],
            },
        ),
        forbid_changes(
            "store_breakglass", "what was asked for is decided, never altered", ("id", "opaque", "asked_at")
        ),
        forbid_changes(
            "store_breakglassstep",
            "what was decided stays as it is",
            ("id", "glass_id", "kind", "is_decision", "at", "until", "told_on", "method", "age_s"),
        ),
        forbid_changes(
            "store_askedduty",
            "what was asked for is decided, never altered",
            ("id", "user_id", "role", "scope", "asked_at", "asked_where"),
        ),
    ]
