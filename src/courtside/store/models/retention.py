"""Legal holds, and erasures that one person asks for and another approves: the database refuses what cannot be."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from courtside.store.models.guarded import GuardedManager

PERSON, PROPOSALS, LOG = "person", "proposals", "log"
KINDS = (PERSON, PROPOSALS, LOG)
ASKED, APPROVED, DONE, WITHDRAWN = "asked", "approved", "done", "withdrawn"
STATES = (ASKED, APPROVED, DONE, WITHDRAWN)
WAITING = (ASKED, APPROVED)


class LegalHold(models.Model):
    """That nothing about a person, or of one case about them, may be erased. Placed by one, released by two.

    Of those who ask for the release and give it both are kept: the account, and whose records are theirs.
    """

    person_id = models.CharField(max_length=255)
    case_id = models.CharField(max_length=32, blank=True)
    """A plan or a proposal about that person; empty for everything about them."""
    reason = models.TextField()
    placed_by = models.CharField(max_length=128)
    placed_at = models.DateTimeField()
    release_asked_by = models.CharField(max_length=128, blank=True)
    release_asked_id = models.CharField(max_length=255, blank=True)
    release_asked_at = models.DateTimeField(null=True)
    release_reason = models.TextField(blank=True)
    released_by = models.CharField(max_length=128, blank=True)
    released_id = models.CharField(max_length=255, blank=True)
    released_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("person_id", "case_id"), condition=Q(released_at__isnull=True), name="one_hold_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(person_id="") & ~Q(placed_by=""), name="hold_is_placed_by_somebody"),
            models.CheckConstraint(
                condition=Q(release_asked_by="", release_asked_at__isnull=True)
                | (~Q(release_asked_by="") & Q(release_asked_at__isnull=False)),
                name="release_is_asked_for_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(released_by="", released_at__isnull=True)
                | (
                    ~Q(released_by="")
                    & Q(released_at__isnull=False)
                    & ~Q(release_asked_by="")
                    & ~Q(released_by=F("release_asked_by"))
                ),
                name="hold_is_released_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(release_asked_id=F("person_id")) & ~Q(released_id=F("person_id")),
                name="nobody_releases_a_hold_on_themself",
            ),
        )

    def __str__(self) -> str:
        return f"hold {self.pk}"


class ErasureRequest(models.Model):
    """An erasure: asked for by one with the list of what goes, approved by another who has read that list."""

    opaque = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=16)
    person_id = models.CharField(max_length=255, blank=True)
    before = models.DateTimeField(null=True)
    """For what goes by its age: everything that ended before."""
    listed = models.TextField()
    """What goes and why, as canonical JSON; blanked once it is done."""
    listed_sha256 = models.CharField(max_length=64)
    reason = models.TextField()
    requested_by = models.CharField(max_length=128)
    requested_id = models.CharField(max_length=255, blank=True)
    requested_at = models.DateTimeField()
    approved_by = models.CharField(max_length=128, blank=True)
    approved_id = models.CharField(max_length=255, blank=True)
    approved_at = models.DateTimeField(null=True)
    approval_reason = models.TextField(blank=True)
    method = models.CharField(max_length=32, blank=True)
    age_s = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=16, default=ASKED)
    ended_by = models.CharField(max_length=128, blank=True)
    ended_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=64, blank=True)
    """What stands in the place of whoever was erased."""

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "person_id"), condition=Q(state__in=WAITING), name="one_erasure_at_a_time"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="erasure_is_of_a_known_kind"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="erasure_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(kind=PERSON, before__isnull=True) & ~Q(person_id="")
                | ~Q(kind=PERSON) & Q(person_id="", before__isnull=False),
                name="erasure_is_of_somebody_or_by_age",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(APPROVED, DONE))
                | (
                    ~Q(approved_by="")
                    & Q(approved_at__isnull=False)
                    & ~Q(approved_by=F("requested_by"))
                    & ~Q(method="")
                    & Q(age_s__isnull=False)
                ),
                name="erasure_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(person_id="") | (~Q(requested_id=F("person_id")) & ~Q(approved_id=F("person_id"))),
                name="nobody_erases_themself",
            ),
            models.CheckConstraint(
                condition=Q(approved_id="") | ~Q(approved_id=F("requested_id")),
                name="erasure_takes_two_people",
            ),
        )

    def __str__(self) -> str:
        return f"erasure {self.opaque} ({self.state})"
