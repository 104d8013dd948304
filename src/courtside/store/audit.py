"""The log of acts: written beside the change it speaks of, never altered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from courtside.store.models import Event


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the log."""

    at: datetime
    who: str
    verb: str
    detail: Mapping[str, Any]


def write(act: Act) -> None:
    """Add an act to the log, in the transaction that is open."""
    Event.objects.create(at=act.at, who=act.who, verb=act.verb, detail=dict(act.detail))


def acts(verb: str | None = None) -> tuple[Act, ...]:
    """The log, oldest first; of one verb if asked."""
    events = Event.objects.all() if verb is None else Event.objects.filter(verb=verb)
    return tuple(Act(event.at, event.who, event.verb, event.detail) for event in events)
