"""Versions of rules, their replays on the past, and every evaluation with its inputs: added to, never altered."""

from __future__ import annotations

from django.db import models

from courtside.store.models.guarded import GuardedManager

DRAFT, SUBMITTED, APPROVED, LIVE, PAUSED, REPLACED = "draft", "submitted", "approved", "live", "paused", "replaced"
STATES = (DRAFT, SUBMITTED, APPROVED, LIVE, PAUSED, REPLACED)
NEED_APPROVAL = (APPROVED, LIVE, PAUSED)


class RuleVersion(models.Model):
    """One wording of a rule. Its block never changes; another wording is another version."""

    rule = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    block = models.JSONField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default=DRAFT)
    author = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    approver = models.CharField(max_length=128, blank=True)
    approved_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    """Why it was approved or paused, by whoever did so last."""
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=128)

    class Meta:
        ordering = ("rule", "version")
        constraints = (
            models.UniqueConstraint(fields=("rule", "version"), name="one_version_of_a_rule"),
            models.UniqueConstraint(fields=("rule",), condition=models.Q(state=LIVE), name="one_live_version"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="rule_has_a_known_state"),
            models.CheckConstraint(
                condition=models.Q(approver="") | ~models.Q(approver=models.F("author")),
                name="rule_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=NEED_APPROVAL)
                | (~models.Q(approver="") & models.Q(approved_at__isnull=False)),
                name="rule_in_use_is_approved",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.version} ({self.state})"


class RuleReplay(models.Model):
    """What a version would have found on a stretch of the past; `firings` name people, `summary` does not."""

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    """Of the block that was replayed."""
    first = models.DateField()
    last = models.DateField()
    made_at = models.DateTimeField()
    by = models.CharField(max_length=128)
    summary = models.JSONField()
    firings = models.JSONField()

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"replay {self.pk} of version {self.version_id}"


class RuleEvaluation(models.Model):
    """One look at one person by one version of a rule, holding or not, with all that went in."""

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    person_id = models.CharField(max_length=255)
    on = models.DateField()
    metric = models.CharField(max_length=128)
    holds = models.BooleanField()
    verdict = models.CharField(max_length=16)
    evidence = models.FloatField(null=True)
    proposes = models.CharField(max_length=32)
    content = models.TextField()
    """The inputs and reasons in the one way of writing them: a database's own JSON would write numbers otherwise."""
    sha256 = models.CharField(max_length=64)
    """Of the whole evaluation, whom it is about included."""
    made_at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("version", "person_id", "on"), name="one_evaluation_a_day"),)
        indexes = (models.Index(fields=["person_id", "on"], name="evaluations_of_a_person"),)

    def __str__(self) -> str:
        return f"evaluation {self.pk} of version {self.version_id} on {self.on}"
