"""The chain over the log of acts: an entry for every act, and what it was salted with."""

from __future__ import annotations

from django.db import models

from courtside.store.models.guarded import GuardedManager


class LogEntry(models.Model):
    """The place of one act in the chain; `seq` has no gaps. The database refuses to change or delete it."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    at_us = models.BigIntegerField()
    verb = models.CharField(max_length=64)
    leaf = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = GuardedManager()

    class Meta:
        ordering = ("seq",)

    def __str__(self) -> str:
        return f"entry {self.seq}"


class LogSalt(models.Model):
    """What makes a leaf of an act's payload; once it is gone nobody can tell what the act said.

    `origin`: where the act came from, such as the address and the number of a request.
    """

    event_id = models.BigIntegerField(primary_key=True)
    salt = models.CharField(max_length=64)
    origin = models.JSONField(default=dict)

    objects = GuardedManager()

    class Meta:
        ordering = ("event_id",)

    def __str__(self) -> str:
        return f"salt of act {self.event_id}"
