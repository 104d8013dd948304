"""What widens or narrows somebody's sight for a while: standing in, conflicts, and being named for one case."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from courtside.store.models.guarded import GuardedManager


class ActingManager(models.Model):
    """That somebody stands in for a manager, from one day to another, both included; ended, never deleted."""

    manager_id = models.CharField(max_length=255)
    acting_id = models.CharField(max_length=255)
    starts_on = models.DateField()
    ends_on = models.DateField()
    named_by = models.CharField(max_length=128)
    named_at = models.DateTimeField()
    ended_by = models.CharField(max_length=128, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(acting_id=F("manager_id")), name="nobody_stands_in_for_themself"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="standing_in_ends_after_it_begins"),
        )

    def __str__(self) -> str:
        return f"standing in {self.pk}"


class DeclaredConflict(models.Model):
    """That a user has a conflict of interest with a person; only somebody else can end it."""

    username = models.CharField(max_length=128)
    person_id = models.CharField(max_length=255)
    declared_by = models.CharField(max_length=128)
    declared_at = models.DateTimeField()
    ended_by = models.CharField(max_length=128, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("username", "person_id"), condition=Q(ended_at__isnull=True), name="one_conflict_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(ended_by=F("username")), name="conflict_is_ended_by_another"),
        )

    def __str__(self) -> str:
        return f"conflict {self.pk}"


class CaseAssignment(models.Model):
    """That an auditor may read one case until a day; somebody else assigned it."""

    case_id = models.CharField(max_length=32)
    username = models.CharField(max_length=128)
    until = models.DateField()
    assigned_by = models.CharField(max_length=128)
    assigned_at = models.DateTimeField()
    ended_by = models.CharField(max_length=128, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("case_id", "username"), condition=Q(ended_at__isnull=True), name="one_assignment_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(assigned_by=F("username")), name="case_is_assigned_by_another"),
        )

    def __str__(self) -> str:
        return f"assignment of case {self.case_id}"


class OutsideApprover(models.Model):
    """That an executive approves in one case: an HR partner names them, and a second person agrees."""

    case_id = models.CharField(max_length=32)
    username = models.CharField(max_length=128)
    named_by = models.CharField(max_length=128)
    named_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=128, blank=True)
    agreed_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=128, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("case_id",), condition=Q(ended_at__isnull=True), name="one_outside_approver_a_case"
            ),
            models.CheckConstraint(condition=~Q(named_by=F("username")), name="outside_approver_is_named_by_another"),
            models.CheckConstraint(
                condition=Q(agreed_by="", agreed_at__isnull=True)
                | (
                    ~Q(agreed_by="")
                    & Q(agreed_at__isnull=False)
                    & ~Q(agreed_by=F("named_by"))
                    & ~Q(agreed_by=F("username"))
                ),
                name="outside_approver_takes_two_others",
            ),
        )

    def __str__(self) -> str:
        return f"outside approver of case {self.case_id}"


class DocumentWitness(models.Model):
    """That somebody may attest the delivery of one document; somebody else named them."""

    document_id = models.CharField(max_length=32)
    case_id = models.CharField(max_length=32)
    username = models.CharField(max_length=128)
    named_by = models.CharField(max_length=128)
    named_at = models.DateTimeField()
    ended_by = models.CharField(max_length=128, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("document_id", "username"), condition=Q(ended_at__isnull=True), name="named_once_as_a_witness"
            ),
            models.CheckConstraint(condition=~Q(named_by=F("username")), name="witness_is_named_by_another"),
        )

    def __str__(self) -> str:
        return f"witness of document {self.document_id}"
