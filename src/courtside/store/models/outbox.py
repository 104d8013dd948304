"""What people and channels are to be told, where it goes, and the meetings their calendars know of."""

from __future__ import annotations

from django.db import models

from courtside.store.models.accounts import User
from courtside.store.models.guarded import GuardedManager
from courtside.store.outbox_words import CHANNELS, KINDS, MOST_COPIES, STATES, WAITING


class Channel(models.Model):
    """Where programs or a team are told of tasks: an address, sealed, on a host that is listed."""

    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=100)
    host = models.CharField(max_length=253)
    sealed_address = models.BinaryField()
    sealed_secret = models.BinaryField()
    """What a webhook is signed with; empty for chats, whose address is their secret."""
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=128)
    ended_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=models.Q(kind__in=CHANNELS), name="channel_has_a_known_kind"),)

    def __str__(self) -> str:
        return f"channel {self.pk} ({self.kind})"


class AllowedHost(models.Model):
    """A host channels may lead to."""

    host = models.CharField(max_length=253, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=128)

    objects = GuardedManager()

    class Meta:
        ordering = ("host",)

    def __str__(self) -> str:
        return str(self.host)


class MeetingEntry(models.Model):
    """A meeting or a day in one person's calendar. Changed, its sequence rises; the identifier stays."""

    uid = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=200)
    person_id = models.CharField(max_length=255, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(null=True)
    on = models.DateField(null=True)
    minutes = models.PositiveIntegerField()
    path = models.CharField(max_length=200)
    sequence = models.PositiveIntegerField(default=0)
    is_cancelled = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("key", "person_id"),
                condition=models.Q(user__isnull=True),
                name="one_entry_a_meeting_and_person",
            ),
            models.UniqueConstraint(
                fields=("key", "user"), condition=models.Q(user__isnull=False), name="one_entry_a_meeting_and_user"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True, on__isnull=False)
                | models.Q(starts_at__isnull=False, on__isnull=True),
                name="meeting_is_timed_or_a_day",
            ),
        )
        indexes = (
            models.Index(fields=("person_id",), name="meetings_of_a_person"),
            models.Index(fields=("key",), name="entries_of_a_meeting"),
        )

    def __str__(self) -> str:
        return f"meeting {self.pk}"


class OutboxRow(models.Model):
    """One thing one person or channel is to be told: words of a closed list, a day, and where it waits."""

    opaque = models.CharField(max_length=16, unique=True)
    key = models.CharField(max_length=255, unique=True)
    """The due action: whatever happens, it is queued once."""
    kind = models.CharField(max_length=16)
    words = models.CharField(max_length=16)
    person_id = models.CharField(max_length=255, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    meeting = models.ForeignKey(MeetingEntry, on_delete=models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0)
    """Of the meeting, when this was queued."""
    path = models.CharField(max_length=200)
    due_on = models.DateField(null=True)
    queued_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, default=WAITING)
    attempts = models.PositiveIntegerField(default=0)
    copies = models.PositiveIntegerField(default=0)
    """How often it may have been handed over: counted before, taken back where it surely was not."""
    next_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=64, blank=True)
    claimed_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=100, blank=True)
    """Why it was not handed over, in words of ours: no answer of a server is kept."""

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="outbox_kind_is_known"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="outbox_state_is_known"),
            models.CheckConstraint(condition=models.Q(copies__lte=MOST_COPIES), name="outbox_copies_are_few"),
        )
        indexes = (
            models.Index(fields=("state", "next_at"), name="outbox_next"),
            models.Index(fields=("person_id",), name="outbox_of_a_person"),
        )

    def __str__(self) -> str:
        return f"outbox {self.pk} ({self.state})"


class Mute(models.Model):
    """That somebody wants no mail of one kind; what is compulsory is sent all the same."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=16)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("user", "words"), name="muted_once"),)

    def __str__(self) -> str:
        return f"mute of {self.user_id}"


class CalendarFeed(models.Model):
    """The secret address of one user's calendar. Only its SHA-256 is kept; a new one ends the one before."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=models.Q(ended_at__isnull=True), name="one_calendar_feed_a_user"
            ),
        )

    def __str__(self) -> str:
        return f"calendar feed of {self.user_id}"
