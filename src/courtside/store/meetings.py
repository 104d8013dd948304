"""Meetings and days as calendars know them: one entry a person, changed under the same identifier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from courtside.store import models
from courtside.store.outbox import add_row, check_neutral, opaque_id
from courtside.store.outbox_words import CALENDAR

_CONCERNED = "a meeting is told to those it names"
_OWN = "a calendar holds the meetings of the one it belongs to"
_LONGEST_MINUTES = 24 * 60
FEED_SINCE = timedelta(days=90)
"""So far back a calendar shows what was."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting (`starts` an instant) or a day to keep in mind (`starts` a date), and who is told.

    `key` names it for ever; `path` is where it is prepared, with opaque ids only.
    """

    key: str
    path: str
    starts: datetime | date
    minutes: int = 30
    person_ids: tuple[str, ...] = ()
    user_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_neutral(self.key, self.path)
        if not 1 <= self.minutes <= _LONGEST_MINUTES:
            raise ValueError(f"a meeting lasts from 1 to {_LONGEST_MINUTES} minutes")
        if isinstance(self.starts, datetime) and self.starts.tzinfo is None:
            raise ValueError("a meeting starts at an instant with a zone")


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting in one calendar. `starts` is an instant, or a day."""

    uid: str
    starts: datetime | date
    minutes: int
    sequence: int
    is_cancelled: bool
    changed_at: datetime


def invite(meeting: Meeting, at: datetime) -> int:
    """Put a meeting into calendars, in the open transaction; how many people are told.

    Asked again with another time, they are told of the change; those no longer named, that it is off for them; those
    for whom nothing changed, nothing.
    """
    told, named = 0, set(_named(meeting))
    for row in _entries(meeting.key).filter(is_cancelled=False):
        if (row.person_id, row.user_id) not in named:
            told += _cancel(row, at)
    for person_id, user_id in sorted(named, key=str):
        told += _put(meeting, person_id, user_id, at)
    return told


def call_off(key: str, at: datetime) -> int:
    """Take a meeting off every calendar, in the open transaction; how many people are told."""
    return sum(_cancel(row, at) for row in _entries(key).filter(is_cancelled=False))


def entry(entry_id: int) -> Entry:
    """One entry by number, as it stands."""
    return _entry(models.MeetingEntry.objects.unscoped(_CONCERNED).get(pk=entry_id))


def entries_of(user_id: int, person_id: str | None, since: datetime) -> tuple[Entry, ...]:
    """What is in somebody's calendar from some instant on, cancelled entries left out, in order."""
    whose = Q(user_id=user_id) | Q(person_id=person_id) if person_id else Q(user_id=user_id)
    rows = models.MeetingEntry.objects.unscoped(_OWN).filter(whose, is_cancelled=False)
    rows = rows.filter(Q(starts_at__gte=since) | Q(on__gte=since.date()))
    return tuple(sorted(map(_entry, rows), key=lambda one: (str(one.starts), one.uid)))


def _named(meeting: Meeting) -> Iterator[tuple[str, int | None]]:
    yield from ((person, None) for person in meeting.person_ids)
    yield from (("", user) for user in meeting.user_ids)


def _entries(key: str) -> QuerySet[Any]:
    return models.MeetingEntry.objects.unscoped(_CONCERNED).filter(key=key)


def _put(meeting: Meeting, person_id: str, user_id: int | None, at: datetime) -> int:
    starts = meeting.starts
    when: dict[str, Any] = {
        "starts_at": starts if isinstance(starts, datetime) else None,
        "on": None if isinstance(starts, datetime) else starts,
        "minutes": meeting.minutes,
        "path": meeting.path,
        "is_cancelled": False,
    }
    row = _entries(meeting.key).filter(person_id=person_id, user_id=user_id).first()
    if row is None:
        row = models.MeetingEntry.objects.create(
            uid=opaque_id(), key=meeting.key, person_id=person_id, user_id=user_id, changed_at=at, **when
        )
        return _tell(row, at)
    if all(getattr(row, name) == value for name, value in when.items()):
        return 0
    return _changed(row, at, when)


def _cancel(row: Any, at: datetime) -> int:
    return _changed(row, at, {"is_cancelled": True})


def _changed(row: Any, at: datetime, values: dict[str, Any]) -> int:
    for name, value in {**values, "sequence": row.sequence + 1, "changed_at": at}.items():
        setattr(row, name, value)
    row.save(force_update=True)
    return _tell(row, at)


def _tell(row: Any, at: datetime) -> int:
    key = f"meeting {row.uid}|{row.sequence}"
    whose = {"person_id": row.person_id, "user_id": row.user_id, "meeting_id": row.pk, "sequence": row.sequence}
    return int(add_row(key, CALENDAR, at, words="meeting", path=row.path, **whose))


def _entry(row: Any) -> Entry:
    starts = row.starts_at if row.starts_at is not None else row.on
    return Entry(row.uid, starts, row.minutes, row.sequence, row.is_cancelled, row.changed_at)
