"""Claims that a record behind a figure is wrong, and who is to be told of what became of them."""

from __future__ import annotations

from django.db import models

from courtside.store.models.guarded import GuardedManager

OPEN = "open"
ACCEPTED = "accepted"
DECLINED = "declined"
WITHDRAWN = "withdrawn"
DECIDED = (ACCEPTED, DECLINED)


class Dispute(models.Model):
    """A claim on one row, for the person whose figure it stands behind. Decided by somebody else, with a reason."""

    person_id = models.CharField(max_length=255)
    metric = models.CharField(max_length=128)
    table = models.CharField(max_length=64)
    row_id = models.CharField(max_length=255)
    on = models.CharField(max_length=32, blank=True)
    """The day the row happened, as it was shown when the claim was made."""
    claim = models.CharField(max_length=32)
    words = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=128)
    opener_id = models.CharField(max_length=255)
    """Whose records are the opener's own: the person's, or their manager's."""
    status = models.CharField(max_length=16, default=OPEN)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=128, blank=True)
    reason = models.TextField(blank=True)
    column = models.CharField(max_length=64, blank=True)
    """The column that was mended, with what it said before and says since."""
    before = models.CharField(max_length=255, blank=True)
    after = models.CharField(max_length=255, blank=True)
    batch = models.PositiveIntegerField(null=True)
    """The import that mended the row; None where nothing was, or the row said so already."""

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("person_id", "table", "row_id"),
                condition=models.Q(status=OPEN),
                name="one_open_dispute_a_row_and_person",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=(OPEN, *DECIDED, WITHDRAWN)), name="dispute_has_a_known_status"
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=DECIDED)
                | (~models.Q(reason="") & ~models.Q(ended_by="") & ~models.Q(ended_by=models.F("opened_by"))),
                name="dispute_is_decided_by_another_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"dispute {self.pk} ({self.status})"


class DisputeNotice(models.Model):
    """That somebody is to be told of a dispute, until they have read it."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="+")
    person_id = models.CharField(max_length=255)
    about = models.CharField(max_length=16)
    """`opened`, `accepted`, `declined`, `withdrawn`, or `given`: the row is theirs now."""
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"notice of dispute {self.dispute_id}"
