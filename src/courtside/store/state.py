"""What figures are made from, as a small value that changes whenever they may."""

from __future__ import annotations

from collections.abc import Hashable

from django.db import connection
from django.db.models import Model

from courtside.store import disputes
from courtside.store.models import BatchFile, Dispute, Event, ImportBatch, MetricVersion
from courtside.store.models.disputes import OPEN
from courtside.store.models.records import ERASED


def _of(model: type[Model], what: str, condition: str = "") -> str:
    """One value of a table of ours."""
    where = f" WHERE {condition}" if condition else ""
    return f"(SELECT {what} FROM {model._meta.db_table}{where})"  # noqa: S608  (nothing in it was given by anybody)


_ASKED = (
    _of(ImportBatch, "MAX(number)"),
    _of(ImportBatch, "MAX(undone_at)"),
    _of(ImportBatch, "COUNT(undone_at)"),
    _of(BatchFile, "MAX(id)"),
    _of(BatchFile, "COUNT(*)"),
    _of(Event, "MAX(id)", f"verb = '{ERASED}'"),
    _of(MetricVersion, "MAX(id)"),
)
_ASKED_OF_DISPUTES = (_of(Dispute, "MAX(id)"), _of(Dispute, "COUNT(*)", f"status = '{OPEN}'"))


def fingerprint() -> tuple[Hashable, ...]:
    """Changes with every import, undo, erasure (which puts other files in place) and published definition,
    and with whose figures are in dispute.

    Every visit asks for it: one query, none of whose parts looks at more than a few rows.
    """
    asked = (*_ASKED, *_ASKED_OF_DISPUTES) if disputes.are_kept() else _ASKED
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}")
        return tuple(cursor.fetchone())
