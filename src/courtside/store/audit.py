"""The log of acts: written beside the change it speaks of, never altered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from courtside.store import audit_chain
from courtside.store.audit_chain import Head as Head
from courtside.store.audit_chain import head as head
from courtside.store.audit_chain import together as together
from courtside.store.models import Event
from courtside.store.models.records import ERASED as ERASED


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the log."""

    at: datetime
    who: str
    verb: str
    detail: Mapping[str, Any]


def write(act: Act) -> None:
    """Add an act to the log and its chain, in the transaction that is open."""
    told = replace(act, detail=audit_chain.settled(act.detail))
    with together():
        event = Event.objects.create(at=told.at, who=told.who, verb=told.verb, detail=told.detail)
        audit_chain.append(event.pk, told)


def acts(verb: str | None = None) -> tuple[Act, ...]:
    """The log, oldest first; of one verb if asked."""
    events = Event.objects.unscoped("the log as a whole, for those who check it")
    return tuple(map(_act, events if verb is None else events.filter(verb=verb)))


def last(verb: str) -> Act | None:
    """The last act of a verb; None if there was none."""
    event = Event.objects.unscoped("the last act of a kind, for those who did it").filter(verb=verb).last()
    return None if event is None else _act(event)


@dataclass(frozen=True, slots=True)
class Looking:
    """Which acts are looks: at one person alone, and at several who are named in one list."""

    alone: frozenset[str]
    at_many: frozenset[str]


def looks_at(person_id: str, by_others_than: str, looking: Looking, most: int) -> tuple[Act, ...]:
    """The last looks at a person's figures by others, the newest first; the caller may know of them."""
    log = Event.objects.unscoped("who looked at one person, for somebody who may know")
    scope = f"person:{person_id}"
    is_about = Q(detail__person=person_id) | Q(detail__scope=scope) | Q(detail__scopes__0=scope)
    newest = log.aggregate(newest=Max("id"))["newest"] or 0
    recent = log.filter(id__gt=newest - _MOST_SEARCHED).exclude(who=by_others_than).order_by("-id")
    alone = list(recent.filter(is_about, verb__in=looking.alone)[:most])
    many = recent.filter(verb__in=looking.at_many)[:_MOST_OF_MANY]
    among = [one for one in many if person_id in one.detail.get("persons", ())]
    return tuple(map(_act, sorted((*alone, *among), key=lambda one: -one.pk)[:most]))


def _act(event: Any) -> Act:
    return Act(event.at, event.who, event.verb, event.detail)


_MOST_SEARCHED = 50_000
"""So many acts back the log is searched for looks."""
_MOST_OF_MANY = 1_000
"""So many looks at several people are read."""
