"""What a rule proposed about somebody, with its evidence frozen; who looked at it; and what people decided."""

from __future__ import annotations

from django.db import models

from courtside.store.models.guarded import GuardedManager

OPEN, DEFERRED, DECIDED, WITHDRAWN = "open", "deferred", "decided", "withdrawn"
STATES = (OPEN, DEFERRED, DECIDED, WITHDRAWN)
WAITING = (OPEN, DEFERRED)
"""Nobody has decided for good."""
PROCEED, COACH, DECLINE, DEFER = "proceed", "coach", "decline", "defer"
OUTCOMES = (PROCEED, COACH, DECLINE, DEFER)
FOR_A_PLAN = (PROCEED, COACH)
KINDS = ("watch", "coaching_plan", "improvement_plan")
ENOUGH_DAYS = 5
"""After so many of their working days since it was offered, a person has had the evidence: METHODS 1.6 (10)."""


class Proposal(models.Model):
    """One proposal: what it rests on never changes, how far it has come does."""

    opaque = models.CharField(max_length=16, unique=True)
    reading = models.CharField(max_length=16, unique=True)
    """The name of the person's own page of the evidence, which tells nothing of the proposal."""
    kind = models.CharField(max_length=32)
    person_id = models.CharField(max_length=255)
    metric = models.CharField(max_length=128)
    rule = models.CharField(max_length=64)
    rule_version = models.PositiveIntegerField()
    evaluation = models.ForeignKey("RuleEvaluation", on_delete=models.PROTECT, related_name="+")
    evaluation_sha256 = models.CharField(max_length=64)
    as_of = models.DateField()
    known_at = models.DateTimeField()
    evidence = models.TextField()
    """Canonical JSON; an erasure blanks it, its hash stays."""
    evidence_sha256 = models.CharField(max_length=64)
    rows = models.TextField()
    """The rows behind with their hashes, as canonical JSON: their own hash is part of the evidence."""
    made_at = models.DateTimeField()
    offered_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, default=OPEN)
    outcome = models.CharField(max_length=16, blank=True)
    asked_at = models.DateTimeField()
    """When it was last put to those who decide: made, or come back after it was put off."""
    due_on = models.DateField()
    deferred_until = models.DateField(null=True)
    weakened_on = models.DateField(null=True)
    weakened_sha256 = models.CharField(max_length=64, blank=True)
    """Of the later evaluation that no longer holds."""
    seen_until = models.DateField()
    """The day of the last evaluation of the same rule that was looked at."""
    plan_id = models.CharField(max_length=32, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("person_id", "rule"), condition=models.Q(state__in=WAITING), name="one_open_proposal_a_rule"
            ),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="proposal_has_a_known_state"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="proposal_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=models.Q(state=DECIDED, outcome__in=(PROCEED, COACH, DECLINE))
                | (~models.Q(state=DECIDED) & models.Q(outcome="")),
                name="proposal_is_decided_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome__in=FOR_A_PLAN) | ~models.Q(plan_id=""),
                name="proposal_for_a_plan_has_one",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DEFERRED, deferred_until__isnull=False)
                | (~models.Q(state=DEFERRED) & models.Q(deferred_until__isnull=True)),
                name="proposal_is_put_off_until_a_day",
            ),
        )
        indexes = (models.Index(fields=["state", "due_on"], name="proposals_that_wait"),)

    def __str__(self) -> str:
        return f"proposal {self.opaque} ({self.state})"


class ProposalLook(models.Model):
    """That somebody who may decide opened the evidence, and when first."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+")
    username = models.CharField(max_length=150)
    at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("proposal", "username"), name="one_first_look"),)

    def __str__(self) -> str:
        return f"look {self.pk}"


class ProposalDecision(models.Model):
    """What one named human decided, why, and what they had seen. Never altered."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+")
    person_id = models.CharField(max_length=255)
    """Whom it is about: a decider is never that person."""
    outcome = models.CharField(max_length=16)
    opens = models.CharField(max_length=16, blank=True)
    """The kind of plan that follows; empty if none does."""
    reason = models.TextField()
    decided_by = models.CharField(max_length=150)
    decider_id = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField()
    looked_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    """Between opening the evidence and deciding."""
    offered_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    days_passed = models.PositiveIntegerField()
    """Working days of the person's own since it was offered."""
    fairness = models.TextField()
    fairness_holds = models.BooleanField()
    """Whether the preview called for somebody in HR to look first."""
    deferred_until = models.DateField(null=True)
    weakened_on = models.DateField(null=True)
    method = models.CharField(max_length=32, blank=True)
    age_s = models.PositiveIntegerField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("proposal",), condition=~models.Q(outcome=DEFER), name="one_final_decision"
            ),
            models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="decision_has_a_known_outcome"),
            models.CheckConstraint(
                condition=models.Q(decider_id="") | ~models.Q(decider_id=models.F("person_id")),
                name="nobody_decides_about_themself",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by="") & ~models.Q(reason=""), name="decision_is_named_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome__in=FOR_A_PLAN)
                | models.Q(opened_at__isnull=False)
                | models.Q(days_passed__gte=ENOUGH_DAYS),
                name="the_person_has_the_evidence_first",
            ),
            models.CheckConstraint(
                condition=~models.Q(opens="improvement") | (~models.Q(method="") & models.Q(age_s__isnull=False)),
                name="improvement_plan_takes_a_second_factor",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=DEFER, deferred_until__isnull=False)
                | (~models.Q(outcome=DEFER) & models.Q(deferred_until__isnull=True)),
                name="decision_puts_off_until_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"decision {self.pk} ({self.outcome})"
