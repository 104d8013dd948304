"""Disputes of records as frozen values: rows stay on this floor. Who may see one is asked by the services."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from courtside.store import models
from courtside.store.models.disputes import ACCEPTED, DECLINED, OPEN, WITHDRAWN
from courtside.store.tables import is_kept

__all__ = ["ACCEPTED", "DECLINED", "OPEN", "WITHDRAWN"]
_ASKED_ABOVE = "a dispute is found by its number or person; the service that asks says who may see it"
_TOLD = "notices are found by whom they are for"
_FIELDS = (
    "person_id", "metric", "table", "row_id", "on", "claim", "words", "opened_at", "opened_by", "opener_id", "status",
    "ended_at", "ended_by", "reason", "column", "before", "after", "batch",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed, of which row behind whose figure, and by whom."""

    person_id: str
    metric: str
    table: str
    row_id: str
    on: str
    claim: str
    words: str
    opened_at: datetime
    opened_by: str
    opener_id: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a dispute ended; `column`, `before`, `after` and `batch` where the row was mended."""

    status: str
    at: datetime
    by: str
    reason: str = ""
    column: str = ""
    before: str = ""
    after: str = ""
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute as it stands. `ending` is None while it is open."""

    number: int
    claim: Claim
    ending: Ending | None

    @property
    def status(self) -> str:
        """`open`, `accepted`, `declined` or `withdrawn`."""
        return OPEN if self.ending is None else self.ending.status


@dataclass(frozen=True, slots=True)
class Notice:
    """Something somebody is to be told."""

    number: int
    dispute: int
    about: str
    made_at: datetime


def open_one(claim: Claim) -> int | None:
    """A new dispute, in the open transaction; its number. None if one about the row is open for that person."""
    values = {name: getattr(claim, name) for name in Claim.__dataclass_fields__}
    try:
        with transaction.atomic():
            return int(models.Dispute.objects.create(**values).pk)
    except IntegrityError:
        return None


def end(number: int, ending: Ending) -> bool:
    """End a dispute that is open, in the open transaction; False if it is not. Two at once: one of them ends it."""
    found = models.Dispute.objects.unscoped(_ASKED_ABOVE).filter(pk=number, status=OPEN)
    values = {name: getattr(ending, name) for name in ("status", "reason", "column", "before", "after", "batch")}
    return bool(found.update(ended_at=ending.at, ended_by=ending.by, **values))


def one(number: int) -> Dispute | None:
    """A dispute by number."""
    row = models.Dispute.objects.unscoped(_ASKED_ABOVE).filter(pk=number).values("pk", *_FIELDS).first()
    return _dispute(row) if row else None


def every() -> tuple[Dispute, ...]:
    """All disputes, the oldest first: for those who decide them."""
    return tuple(map(_dispute, models.Dispute.objects.unscoped(_ASKED_ABOVE).values("pk", *_FIELDS)))


def open_count() -> int:
    """How many disputes are open: for those who decide them."""
    return models.Dispute.objects.unscoped(_ASKED_ABOVE).filter(status=OPEN).count()


def about(people: Collection[str]) -> tuple[Dispute, ...]:
    """The disputes about some people's rows, the oldest first."""
    found = models.Dispute.objects.unscoped(_ASKED_ABOVE).filter(person_id__in=list(people))
    return tuple(map(_dispute, found.values("pk", *_FIELDS)))


def are_kept() -> bool:
    """Whether the database has disputes."""
    return is_kept(models.Dispute)


def disputed_people() -> frozenset[str]:
    """Everybody with an open dispute about a row behind their figures: nothing formal rests on those meanwhile."""
    if not are_kept():
        return frozenset()
    found = models.Dispute.objects.unscoped("whose figures are in dispute, as a set of ids").filter(status=OPEN)
    return frozenset(found.values_list("person_id", flat=True))


def tell(number: int, about_what: str, people: Collection[str], at: datetime) -> None:
    """Note that people are to be told of a dispute, in the open transaction; earlier notices of it are past."""
    rows = models.DisputeNotice.objects.unscoped(_TOLD)
    rows.filter(dispute_id=number, person_id__in=list(people), read_at__isnull=True).update(read_at=at)
    for person in sorted(set(people)):
        models.DisputeNotice.objects.create(dispute_id=number, person_id=person, about=about_what, made_at=at)


def unread(person_id: str) -> tuple[Notice, ...]:
    """What somebody has not been told yet, the oldest first."""
    found = models.DisputeNotice.objects.unscoped(_TOLD).filter(person_id=person_id, read_at__isnull=True)
    return tuple(Notice(row.pk, row.dispute_id, row.about, row.made_at) for row in found)


def was_told(number: int, person_id: str) -> tuple[str, ...]:
    """What somebody was ever to be told of a dispute, the oldest first."""
    found = models.DisputeNotice.objects.unscoped(_TOLD).filter(dispute_id=number, person_id=person_id)
    return tuple(found.values_list("about", flat=True))


def read(notice: int, person_id: str, at: datetime) -> bool:
    """Note that somebody has read a notice of theirs; False if there is none unread."""
    found = models.DisputeNotice.objects.unscoped(_TOLD).filter(pk=notice, person_id=person_id, read_at__isnull=True)
    return bool(found.update(read_at=at))


def forget_person(person_id: str, token: str, at: datetime) -> None:
    """Put a token in the place of somebody who is erased, and blank what was said of them; in the open transaction.

    What is still open about their rows ends: nobody is left to claim it.
    """
    rows = models.Dispute.objects.unscoped("the erasure of a person")
    rows.filter(person_id=person_id).update(words="", reason="erased")
    rows.filter(person_id=person_id, status=OPEN).update(status=WITHDRAWN, ended_at=at, ended_by=token)
    rows.filter(person_id=person_id).update(person_id=token)
    rows.filter(opener_id=person_id).update(opener_id=token, opened_by=token)
    rows.filter(before=person_id).update(before=token)
    rows.filter(after=person_id).update(after=token)
    models.DisputeNotice.objects.unscoped("the erasure of a person").filter(person_id=person_id).update(person_id=token)


def _dispute(row: dict[str, Any]) -> Dispute:
    claim = Claim(**{name: row[name] for name in Claim.__dataclass_fields__})
    if row["status"] == OPEN:
        return Dispute(row["pk"], claim, None)
    ending = Ending(
        row["status"], row["ended_at"], row["ended_by"], row["reason"], row["column"], row["before"], row["after"],
        row["batch"],
    )  # fmt: skip
    return Dispute(row["pk"], claim, ending)
