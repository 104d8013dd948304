"""The evidence of review years as it stood when it was looked at: added to, never altered."""

from __future__ import annotations

from django.db import models

from courtside.store.models.guarded import GuardedManager


class EvidenceEntry(models.Model):
    """A person's review year of a metric up to the end of a month, as the records known at `noted_at` have it."""

    metric = models.CharField(max_length=128)
    version = models.PositiveIntegerField()
    person_id = models.CharField(max_length=255)
    since = models.DateField()
    until = models.DateField()
    hits = models.FloatField()
    of = models.FloatField(null=True)
    due = models.FloatField()
    evidence = models.FloatField()
    rings = models.BooleanField()
    noted_at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["since", "metric", "person_id"], name="evidence_of_a_year"),)

    def __str__(self) -> str:
        return f"{self.metric} {self.since} to {self.until}: {self.evidence:.3g}"
