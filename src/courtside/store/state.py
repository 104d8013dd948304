"""What figures are made from, as a small value that changes whenever they may."""

from __future__ import annotations

from collections.abc import Hashable

from django.db.models import Count, Max

from courtside.store import disputes
from courtside.store.audit import newest_erasure
from courtside.store.models import BatchFile, ImportBatch, MetricVersion


def fingerprint() -> tuple[Hashable, ...]:
    """Changes with every import, undo, erasure (which puts other files in place) and published definition,
    and with whose figures are in dispute."""
    batches = ImportBatch.objects.aggregate(Max("number"), Max("undone_at"), Count("undone_at"))
    files = BatchFile.objects.aggregate(Max("id"), Count("id"))
    definitions = MetricVersion.objects.aggregate(Max("id"))
    return (*batches.values(), *files.values(), newest_erasure(), *definitions.values(), *disputes.newest())
