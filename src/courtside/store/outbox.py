"""What people are to be told, queued in the transaction of the act it follows from: neutral words, a day, a link."""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from courtside.store import models
from courtside.store.outbox_words import CHAT, DROPPED, MAIL, TASKS, WAITING, WEBHOOK

__all__ = ["TASKS"]

_PATH = re.compile(r"/(?:[A-Za-z0-9_-]+/)*")
_LONGEST_PATH = 200
_LONGEST_KEY = 200
_ERASED = "the erasure of a person"
_OWN = "tasks are found by whom they are for"


@dataclass(frozen=True, slots=True)
class Task:
    """Something one person is to be told.

    `words` is a key of `TASKS`. `key` names the due action: it is queued once, ever. `path` is where it waits, on this
    site, with opaque ids only. Either `person_id` says whose it is, by the records, or `user_id`, by the accounts.
    """

    words: str
    key: str
    path: str
    person_id: str = ""
    user_id: int | None = None
    due_on: date | None = None

    def __post_init__(self) -> None:
        if self.words not in TASKS:
            raise ValueError(f"there are no words {self.words!r}; there is: {', '.join(TASKS)}")
        if bool(self.person_id) == (self.user_id is not None):
            raise ValueError("a task is for one person: give person_id or user_id")
        check_neutral(self.key, self.path)


@dataclass(frozen=True, slots=True)
class Shown:
    """A task as the page of the person it is for shows it."""

    opaque: str
    subject: str
    due_on: date | None
    queued_at: datetime
    opened_at: datetime | None


def check_neutral(key: str, path: str) -> None:
    """Raises ValueError for a key that is no name of an action, or a path that says more than where something is."""
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        raise ValueError(f"a key is 1 to {_LONGEST_KEY} printable characters")
    if len(path) > _LONGEST_PATH or not _PATH.fullmatch(path):
        raise ValueError("a path is parts of letters, digits, - and _ between slashes, and ends with one")


def opaque_id() -> str:
    """Sixteen characters that say nothing."""
    return b32encode(secrets.token_bytes(10)).decode("ascii")


def enqueue(task: Task, at: datetime) -> bool:
    """Queue a task in the open transaction: a mail, and a message to each channel that may know of it.

    A channel is told once a day of tasks alike, not how many people have them.
    False if an action of this key was queued before. Raises ValueError as `Task` does.
    """
    is_new = add_row(
        task.key, MAIL, at, words=task.words, path=task.path, due_on=task.due_on, person_id=task.person_id,
        user_id=task.user_id,
    )  # fmt: skip
    if is_new and TASKS[task.words].may_be_shared:
        open_ones = models.Channel.objects.unscoped("every channel is told what may be shared").filter(ended_at=None)
        for channel in open_ones:
            said = f"{task.words} by {task.due_on} said on {at:%Y-%m-%d}"
            add_channel_row(said, channel.pk, channel.kind, at, words=task.words, due_on=task.due_on)
    return is_new


def add_channel_row(key: str, channel_id: int, kind: str, at: datetime, **values: Any) -> bool:
    """A message to one channel, in the open transaction; False if there was one of this key."""
    sent_as = WEBHOOK if kind == WEBHOOK else CHAT
    return add_row(f"{key}|channel {channel_id}", sent_as, at, channel_id=channel_id, path="/tasks/", **values)


def add_row(key: str, kind: str, at: datetime, **values: Any) -> bool:
    """A row to be sent, in the open transaction; False if there is one of this key."""
    try:
        with transaction.atomic():
            models.OutboxRow.objects.create(
                opaque=opaque_id(), key=key, kind=kind, queued_at=at, next_at=at, state=WAITING, **values
            )
    except IntegrityError:
        if not models.OutboxRow.objects.unscoped("whether a due action is queued").filter(key=key).exists():
            raise
        return False
    return True


def settle(key_prefix: str, at: datetime) -> int:
    """What waits under keys that begin so is done with, in the open transaction: it is not sent any more."""
    rows = models.OutboxRow.objects.unscoped("tasks that are done with").filter(key__startswith=key_prefix)
    rows.filter(state=WAITING).update(state=DROPPED, ended_at=at, last_error="done before it was sent")
    return int(rows.filter(kind=MAIL, settled_at=None).update(settled_at=at))


def tasks_of(user_id: int, person_id: str | None, most: int) -> tuple[Shown, ...]:
    """Somebody's tasks that are not done with, the newest first."""
    rows = _own(user_id, person_id).filter(kind=MAIL, settled_at=None).order_by("-id")[:most]
    return tuple(
        Shown(row.opaque, TASKS[row.words].subject, row.due_on, row.queued_at, row.opened_at) for row in rows
    )  # fmt: skip


def open_task(opaque: str, user_id: int, person_id: str | None, at: datetime) -> str | None:
    """Where a task of somebody's waits, noting that they opened it; None if they have no such task."""
    rows = _own(user_id, person_id).filter(opaque=opaque)
    rows.filter(opened_at=None).update(opened_at=at)
    found: str | None = rows.values_list("path", flat=True).first()
    return found


def opened_at(key: str) -> datetime | None:
    """When somebody first followed the link of a task; None until they do, and for a key nobody queued."""
    rows = models.OutboxRow.objects.unscoped("whether one task was opened").filter(key=key)
    found: datetime | None = rows.values_list("opened_at", flat=True).first()
    return found


def muted(user_id: int) -> frozenset[str]:
    """The words somebody wants no mail of."""
    rows = models.Mute.objects.unscoped(_OWN).filter(user_id=user_id)
    return frozenset(rows.values_list("words", flat=True))


def mute(user_id: int, words: Collection[str]) -> None:
    """Send no mails of these words to somebody, and all others, in the open transaction.

    Raises ValueError for words that are compulsory or not there.
    """
    for one in words:
        if one not in TASKS or TASKS[one].is_compulsory:
            raise ValueError(f"{one!r} cannot be muted")
    rows = models.Mute.objects.unscoped(_OWN).filter(user_id=user_id)
    rows.exclude(words__in=list(words)).delete()
    for one in sorted(set(words) - muted(user_id)):
        models.Mute.objects.create(user_id=user_id, words=one)


def forget_person(person_id: str, token: str, at: datetime) -> None:
    """Put a token in the place of somebody who is erased, in the open transaction; nothing more is sent to them.

    A key may name them in one of its parts, also where others were told.
    """
    rows = models.OutboxRow.objects.unscoped(_ERASED)
    rows.filter(person_id=person_id, state=WAITING).update(state=DROPPED, ended_at=at, last_error="erased")
    rows.filter(person_id=person_id).update(person_id=token)
    models.MeetingEntry.objects.unscoped(_ERASED).filter(person_id=person_id).update(
        person_id=token, is_cancelled=True
    )  # fmt: skip
    mails = models.OutboxRow.objects.unscoped(_ERASED).filter(kind=MAIL)
    for rows in (mails, models.MeetingEntry.objects.unscoped(_ERASED).all()):
        for row in rows.filter(key__contains=person_id).only("pk", "key"):
            parts = re.split(r"([:|/ ])", row.key)
            key = "".join(token if part == person_id else part for part in parts)
            if key != row.key:
                rows.filter(pk=row.pk).update(key=key)


def _own(user_id: int, person_id: str | None) -> QuerySet[Any]:
    """The rows of one user, as the user they are or as the person whose records are theirs."""
    whose = Q(user_id=user_id) | Q(person_id=person_id) if person_id else Q(user_id=user_id)
    return models.OutboxRow.objects.unscoped(_OWN).filter(whose, channel=None)
