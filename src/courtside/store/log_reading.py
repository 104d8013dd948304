"""The log of acts as people read it: the newest first, a page at a time, by what they look for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from courtside.store.audit_chain import ERASED_BY_NAME
from courtside.store.models import Event, LogEntry

_WHOLE = "the log as a whole, for those whose duty it is to read it"
_LOOKS = "who looked at one person, for somebody who may know"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: a verb, whose doing, an id that the entry names, from an instant to another (excluded)."""

    verb: str = ""
    who: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as it is read. `seq` and `hash` are its place in the chain; None and empty before there was one."""

    number: int
    at: datetime
    who: str
    verb: str
    detail: Mapping[str, Any]
    seq: int | None = None
    hash: str = ""

    @property
    def is_erased(self) -> bool:
        """Whether what the act said was erased; that there was one stays."""
        return self.who == ERASED_BY_NAME and not self.detail


def count(wanted: Wanted) -> int:
    """How many acts there are of what is looked for."""
    return _found(wanted).count()


def page(wanted: Wanted, first: int, most: int) -> tuple[Entry, ...]:
    """Up to `most` acts from the `first` on (0 is the newest), the newest first, with their places in the chain."""
    return _placed(list(_found(wanted).order_by("-id")[first : first + most]))


def every(wanted: Wanted, at_once: int = 2_000) -> Iterator[Entry]:
    """All of them, the oldest first."""
    last = 0
    while rows := list(_found(wanted).filter(id__gt=last).order_by("id")[:at_once]):
        yield from _placed(rows)
        last = rows[-1].pk


def verbs() -> tuple[str, ...]:
    """Every verb the log has, by name."""
    return tuple(Event.objects.unscoped(_WHOLE).order_by("verb").values_list("verb", flat=True).distinct())


def looks_at(
    person_id: str,
    besides: Collection[str],
    alone: Collection[str],
    at_many: Collection[str],
    searched: int | None = None,
) -> Iterator[Entry]:
    """Every look at a person by others than `besides` (user names), the newest first.

    `alone` are verbs of looks at one person, `at_many` those at several who are named in one list. `searched`: only
    the last so many acts are read.
    """
    scope = f"person:{person_id}"
    is_about = Q(detail__person=person_id) | Q(detail__scope=scope) | Q(detail__scopes__0=scope)
    named = Event.objects.unscoped(_LOOKS).annotate(text=Cast("detail", TextField()))
    among = Q(verb__in=list(at_many), text__contains=json.dumps(person_id))
    rows = named.filter((Q(verb__in=list(alone)) & is_about) | among).exclude(who__in=list(besides))
    if searched is not None:
        rows = rows.filter(id__gt=(named.aggregate(newest=Max("id"))["newest"] or 0) - searched)
    for row in rows.order_by("-id").iterator(chunk_size=500):
        if row.verb not in at_many or person_id in row.detail.get("persons", ()):
            yield _entry(row)


def _found(wanted: Wanted) -> QuerySet[Any]:
    rows = Event.objects.unscoped(_WHOLE)
    if wanted.verb:
        rows = rows.filter(verb=wanted.verb)
    if wanted.who:
        rows = rows.filter(who=wanted.who)
    if wanted.about:
        rows = rows.annotate(text=Cast("detail", TextField())).filter(text__contains=json.dumps(wanted.about))
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    return rows


def _placed(rows: Collection[Any]) -> tuple[Entry, ...]:
    ids = [row.pk for row in rows]
    chain = LogEntry.objects.unscoped("the places of these acts in the chain").filter(event_id__in=ids)
    places = {one.event_id: (one.seq, one.hash) for one in chain}
    return tuple(_entry(row, *places.get(row.pk, (None, ""))) for row in rows)


def _entry(row: Any, seq: int | None = None, digest: str = "") -> Entry:
    return Entry(row.pk, row.at, row.who, row.verb, row.detail, seq, digest)
