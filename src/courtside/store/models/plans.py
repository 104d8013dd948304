"""Plans as they stand, and every step that led there: steps are added to, and the database refuses what cannot be."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from courtside.store.models.guarded import GuardedManager

COACHING, IMPROVEMENT = "coaching", "improvement"
STATES = (
    "draft", "approved", "issued", "active", "paused", "determining", "determined", "closed", "cancelled",
)  # fmt: skip
DECIDED = ("determined", "closed")
UNDECIDED = ("draft", "approved", "issued", "active", "paused", "determining")
NEED_NO_APPROVAL = ("draft", "cancelled")


def _others(who: str, *others: str) -> Q:
    """Nobody yet, or somebody whose records are none of the others'."""
    found = Q(**{who: ""})
    differ = Q()
    for other in others:
        differ &= ~Q(**{who: F(other)})
    return found | differ


class Plan(models.Model):
    """A plan as it stands. `body` is all of it as JSON; the columns are what is asked for, and what is held to.

    Of people both are kept: the account, and whose records are theirs (empty where none are).
    """

    id = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    person_id = models.CharField(max_length=255)
    manager_id = models.CharField(max_length=255)
    author = models.CharField(max_length=150)
    author_id = models.CharField(max_length=255, blank=True)
    approver = models.CharField(max_length=150, blank=True)
    approver_id = models.CharField(max_length=255, blank=True)
    preparer = models.CharField(max_length=150, blank=True)
    preparer_id = models.CharField(max_length=255, blank=True)
    decider = models.CharField(max_length=150, blank=True)
    """Who approved the determination."""
    decider_id = models.CharField(max_length=255, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    proposal = models.CharField(max_length=32, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    version = models.PositiveIntegerField()
    body = models.TextField()
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        ordering = ("made_at", "id")
        indexes = (models.Index(fields=["person_id"], name="plans_of_a_person"),)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=(COACHING, IMPROVEMENT)), name="plan_has_a_known_kind"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="plan_has_a_known_state"),
            models.CheckConstraint(condition=Q(starts_on__lt=F("ends_on")), name="plan_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(author="")
                & ~Q(person_id="")
                & ~Q(manager_id=F("person_id"))
                & ~Q(author_id=F("person_id")),
                name="plan_is_written_and_led_by_another",
            ),
            models.CheckConstraint(
                condition=Q(kind=COACHING) | ~Q(proposal=""), name="improvement_plan_comes_from_a_proposal"
            ),
            models.CheckConstraint(
                condition=~Q(approver=F("author")) & _others("approver_id", "person_id", "author_id"),
                name="plan_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(kind=COACHING) | Q(state__in=NEED_NO_APPROVAL) | ~Q(approver=""),
                name="improvement_plan_in_use_is_approved",
            ),
            models.CheckConstraint(
                condition=_others("decider_id", "person_id") & _others("preparer_id", "person_id"),
                name="plan_is_determined_by_another_than_its_subject",
            ),
            models.CheckConstraint(
                condition=Q(kind=COACHING)
                | Q(decider="")
                | (
                    ~Q(decider=F("author"))
                    & ~Q(decider=F("preparer"))
                    & ~Q(preparer="")
                    & _others("decider_id", "author_id", "preparer_id")
                ),
                name="improvement_plan_is_determined_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED) | (~Q(decider="") & ~Q(outcome="")),
                name="determined_plan_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("", "released", "new_plan", "extended"))
                | Q(outcome="removed", kind=IMPROVEMENT),
                name="coaching_plan_removes_nobody",
            ),
            models.UniqueConstraint(
                fields=("person_id",),
                condition=Q(kind=IMPROVEMENT, state__in=UNDECIDED),
                name="one_improvement_plan_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"plan {self.id} ({self.state})"


class PlanEvent(models.Model):
    """One step of a plan. `leaf` is the hash of salt and body; an erasure blanks the salt and says so by that.

    `content_hash` and `asked_hash` are those of the plan after the step.
    """

    plan = models.CharField(max_length=32)
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=32)
    on = models.DateField()
    at = models.DateTimeField()
    leaf = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)
    asked_hash = models.CharField(max_length=64, blank=True)
    salt = models.CharField(max_length=32, blank=True)
    body = models.TextField()

    objects = GuardedManager()

    class Meta:
        ordering = ("plan", "seq")
        constraints = (models.UniqueConstraint(fields=("plan", "seq"), name="one_step_at_a_place"),)

    def __str__(self) -> str:
        return f"step {self.seq} of plan {self.plan}"
