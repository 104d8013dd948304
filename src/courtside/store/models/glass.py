"""Break-glass: an administrator asks to see one record, HR agrees or not; and duties that take a second person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from courtside.store.models.guarded import GuardedManager

AGREED, REFUSED, ENDED, TOLD = "agreed", "refused", "ended", "told"
DECIDING = (AGREED, REFUSED)
STEPS = (AGREED, REFUSED, ENDED, TOLD)


class BreakGlass(models.Model):
    """That an administrator asked to see one person's record. Rows are only added to; an erasure blanks names."""

    opaque = models.CharField(max_length=16, unique=True)
    person_id = models.CharField(max_length=255)
    reason = models.TextField()
    asked_by = models.CharField(max_length=128)
    asked_id = models.CharField(max_length=255, blank=True)
    asked_at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(person_id="") & ~Q(asked_by="") & ~Q(reason=""), name="glass_is_asked_for_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(asked_id=F("person_id")), name="nobody_breaks_glass_on_themself"),
        )

    def __str__(self) -> str:
        return f"break-glass {self.opaque}"


class BreakGlassStep(models.Model):
    """What became of it: agreed to or refused, once, by somebody else; ended early; and its person told.

    Who asked and whom it is about are repeated here, so that the database itself can refuse a decision of theirs.
    """

    glass = models.ForeignKey(BreakGlass, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    is_decision = models.BooleanField()
    by = models.CharField(max_length=128)
    by_id = models.CharField(max_length=255, blank=True)
    asked_by = models.CharField(max_length=128)
    asked_id = models.CharField(max_length=255, blank=True)
    person_id = models.CharField(max_length=255)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    """Until when an agreement lets them look."""
    told_on = models.DateField(null=True)
    """The day before which the person is not told; None: at once."""
    hold_reason = models.TextField(blank=True)
    method = models.CharField(max_length=32, blank=True)
    age_s = models.PositiveIntegerField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("glass", "kind"), name="one_step_of_a_kind_a_glass"),
            models.UniqueConstraint(fields=("glass",), condition=Q(is_decision=True), name="glass_is_decided_once"),
            models.CheckConstraint(condition=Q(kind__in=STEPS), name="glass_has_known_steps"),
            models.CheckConstraint(
                condition=Q(is_decision=True, kind__in=DECIDING) | (Q(is_decision=False) & ~Q(kind__in=DECIDING)),
                name="glass_knows_its_decisions",
            ),
            models.CheckConstraint(
                condition=Q(is_decision=False) | (~Q(by="") & ~Q(by=F("asked_by")) & ~Q(by_id=F("person_id"))),
                name="glass_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(is_decision=False) | Q(by_id="") | ~Q(by_id=F("asked_id")),
                name="glass_takes_two_people",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AGREED, until__isnull=False, age_s__isnull=False) & ~Q(method=""))
                | (~Q(kind=AGREED) & Q(until__isnull=True, told_on__isnull=True)),
                name="glass_is_open_for_a_while",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: break-glass {self.glass_id}"


class AskedDuty(models.Model):
    """That somebody is to have a duty that opens records: asked for by one, agreed to or refused by another."""

    user = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    scope = models.JSONField(default=list)
    asked_by = models.CharField(max_length=128)
    asked_at = models.DateTimeField()
    asked_where = models.CharField(max_length=8)
    """`host` or `site`."""
    outcome = models.CharField(max_length=8, blank=True)
    """`agreed` or `refused`; empty while it waits."""
    decided_by = models.CharField(max_length=128, blank=True)
    decided_user = models.PositiveBigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role"), condition=Q(outcome=""), name="one_duty_is_asked_for_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_by="", decided_at__isnull=True, decided_user__isnull=True)
                | (
                    Q(outcome__in=DECIDING, decided_at__isnull=False, decided_user__isnull=False)
                    & ~Q(decided_by="")
                    & ~Q(decided_by=F("asked_by"))
                    & ~Q(decided_user=F("user"))
                ),
                name="duty_takes_two_people",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} asked for user {self.user_id}"
