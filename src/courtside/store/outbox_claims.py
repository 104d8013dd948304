"""Taking rows of the outbox to send them, and writing down what became of each: a conditional update decides."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError
from django.db.models import Count, F, Min, Q, QuerySet

from courtside.store import models
from courtside.store.outbox_words import DROPPED, FAILED, MOST_COPIES, SENDING, SENT, WAITING

_FOR_THE_WORKER = "the worker sends everybody's messages"
_COUNTED = "how many messages are in which state, for those who run the server"
_TRIES = 5
UNCLEAR = "handed over three times, and never acknowledged"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to send until its lease ends."""

    row_id: int
    opaque: str
    kind: str
    words: str
    person_id: str
    user_id: int | None
    channel_id: int | None
    meeting_id: int | None
    sequence: int
    due_on: date | None
    queued_at: datetime
    opened_at: datetime | None
    attempts: int
    """How often it was tried, this time included."""
    copies: int
    """How often it may have been handed over, this time included."""


@dataclass(frozen=True, slots=True)
class Health:
    """How many messages wait, were sent, failed and were dropped; since when the oldest waits."""

    waiting: int
    sent: int
    failed: int
    dropped: int
    oldest_at: datetime | None


def due(kinds: Collection[str], at: datetime, most: int) -> tuple[int, ...]:
    """The numbers of rows that can be claimed: those that wait, and those whose lease has ended."""
    found = _claimable(kinds, at).order_by("next_at", "id").values_list("pk", flat=True)
    return tuple(found[:most])


def claim(row_id: int, who: str, at: datetime, lease: timedelta) -> Claimed | None:
    """Take a row; None if somebody else has it.

    A row that may have been handed over three times is taken by nobody: it fails, and somebody looks at it.
    """
    rows = _claimable((), at).filter(pk=row_id)
    try:
        if rows.filter(copies__gte=MOST_COPIES).update(state=FAILED, ended_at=at, last_error=UNCLEAR):
            return None
        taken = rows.update(
            state=SENDING, claimed_by=who, claimed_until=at + lease, attempts=F("attempts") + 1, copies=F("copies") + 1
        )
    except OperationalError:  # two at once, where the database refuses one of them
        return None
    if not taken:
        return None
    row = _all().get(pk=row_id)
    return Claimed(row.pk, **{name: getattr(row, name) for name in list(Claimed.__dataclass_fields__)[1:]})


def is_sent(row_id: int, at: datetime) -> None:
    """It was acknowledged: true whoever has the row by now."""
    rows = _all().filter(pk=row_id).exclude(state=SENT)
    _surely(lambda: rows.update(state=SENT, ended_at=at, last_error="", claimed_by=""))


def is_dropped(row_id: int, who: str, at: datetime, why: str) -> bool:
    """It need not be sent."""
    return _let_go(row_id, who, copies=F("copies") - 1, state=DROPPED, ended_at=at, last_error=why)


def is_later(row_id: int, who: str, next_at: datetime, why: str) -> bool:
    """It surely was not handed over, and is tried again."""
    return _let_go(row_id, who, copies=F("copies") - 1, state=WAITING, next_at=next_at, last_error=why)


def is_unclear(row: Claimed, who: str, at: datetime, next_at: datetime, why: str) -> bool:
    """It may have been handed over: tried again, unless it may have been three times."""
    if row.copies >= MOST_COPIES:
        return _let_go(row.row_id, who, state=FAILED, ended_at=at, last_error=UNCLEAR)
    return _let_go(row.row_id, who, state=WAITING, next_at=next_at, last_error=why)


def is_failed(row_id: int, who: str, at: datetime, why: str) -> bool:
    """It surely was not handed over, and is not tried again by itself."""
    return _let_go(row_id, who, copies=F("copies") - 1, state=FAILED, ended_at=at, last_error=why)


def try_again(at: datetime) -> int:
    """Everything that failed waits again, in the open transaction; how many that were."""
    rows = _all().filter(state=FAILED)
    return int(rows.update(state=WAITING, next_at=at, attempts=0, copies=0, queued_at=at, ended_at=None))


def health(words: Collection[str] | None = None) -> Health:
    """The counts of the outbox as a whole, or of what is said in some words alone."""
    rows = models.OutboxRow.objects.unscoped(_COUNTED)
    if words is not None:
        rows = rows.filter(words__in=list(words))
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    oldest = rows.filter(state__in=(WAITING, SENDING)).aggregate(at=Min("queued_at"))["at"]
    waiting = counts.get(WAITING, 0) + counts.get(SENDING, 0)
    return Health(waiting, counts.get(SENT, 0), counts.get(FAILED, 0), counts.get(DROPPED, 0), oldest)


def failures() -> tuple[tuple[str, str], ...]:
    """What failed, by kind and reason: no row of anybody, nor how many there are."""
    rows = models.OutboxRow.objects.unscoped(_COUNTED).filter(state=FAILED).order_by()
    return tuple(sorted(set(rows.values_list("kind", "last_error"))))


def is_late(before: datetime, kinds: Collection[str]) -> bool:
    """Whether a message of some kinds should have been tried before an instant, and was not."""
    rows = models.OutboxRow.objects.unscoped(_COUNTED).filter(state__in=(WAITING, SENDING), kind__in=list(kinds))
    return bool(rows.filter(next_at__lt=before).exists())


def _all() -> QuerySet[Any]:
    return models.OutboxRow.objects.unscoped(_FOR_THE_WORKER)


def _claimable(kinds: Collection[str], at: datetime) -> QuerySet[Any]:
    rows = _all().filter(Q(state=WAITING, next_at__lte=at) | Q(state=SENDING, claimed_until__lt=at))
    return rows.filter(kind__in=list(kinds)) if kinds else rows


def _let_go(row_id: int, who: str, **values: Any) -> bool:
    rows = _all().filter(pk=row_id, state=SENDING, claimed_by=who)
    return bool(_surely(lambda: rows.update(claimed_by="", claimed_until=None, **values)))


def _surely(update: Callable[[], int]) -> int:
    """What became of a message is written down also where the database refuses one of two at once."""
    for _ in range(_TRIES - 1):
        try:
            return update()
        except OperationalError:
            continue
    return update()
