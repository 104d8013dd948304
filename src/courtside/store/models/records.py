"""The rows of the application database."""

from __future__ import annotations

from django.db import models

from courtside.store.models.guarded import GuardedManager

ERASED = "erase_person"
"""The verb of the act that erased somebody: files are other ones after it, so every visit asks for the last."""


class ImportBatch(models.Model):
    """One import. It counts from `recorded_at` until `undone_at`; its number is given once and never again."""

    number = models.PositiveIntegerField(primary_key=True)
    recorded_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    connector = models.CharField(max_length=64)
    sources = models.JSONField(default=list)
    """The files it came from, by the names people gave them."""
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    by_table = models.JSONField(default=dict)
    quality = models.JSONField(default=list)
    fixed = models.JSONField(default=dict)
    """The fields of cases this source declares settled when the case opens, by table."""

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"batch {self.number}"


class BatchFile(models.Model):
    """One immutable Parquet file of a batch. Only an erasure puts another file in its place."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="files")
    table = models.CharField(max_length=64, blank=True)
    holding = models.CharField(max_length=16)
    path = models.CharField(max_length=255, unique=True)
    sha256 = models.CharField(max_length=64)
    rows = models.BigIntegerField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.path)


class MetricVersion(models.Model):
    """A definition as it was published; the highest version of a name is in force."""

    name = models.CharField(max_length=128)
    version = models.PositiveIntegerField()
    block = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("name", "version"), name="one_metric_version"),)

    def __str__(self) -> str:
        return f"{self.name} version {self.version}"


class Event(models.Model):
    """One act: who did what, and when. The database refuses to change or delete it."""

    at = models.DateTimeField()
    who = models.CharField(max_length=128)
    verb = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["id"], condition=models.Q(verb=ERASED), name="acts_that_erased"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who} {self.verb}"


class Mapping(models.Model):
    """What people have answered about a connector's sources, remembered for the next import."""

    connector = models.CharField(max_length=64, primary_key=True)
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answers for {self.connector}"
