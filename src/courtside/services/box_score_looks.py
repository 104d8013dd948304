"""Who looked at somebody's figures: the acts of the log that name the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from courtside.services.viewing import Visit
from courtside.store.access import Role

MOST_SHOWN = 10
MOST_SEARCHED = 50_000
"""So many acts back the log is searched for a page."""
_VERBS: dict[str, str] = {
    "see_card": "looked at this box score",
    "score_card": "printed this score card on the host",
    "answer_metric": "asked for figures",
    "show_window": "asked how long a figure needs",
    "box_score_rows": "downloaded rows behind a figure",
}

_OF_MANY: dict[str, str] = {
    "see_team": "looked at the team by name",
    "see_figures": "asked for figures of several people",
}
"""Looks at several people at once: they name everybody in one list."""
MOST_OF_MANY = 1_000
"""So many of these are read for a page."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: when, by whom, and what was done."""

    at: datetime
    who: str
    what: str


def may_see_looks(visit: Visit, person_id: str) -> bool:
    """Whether the viewer may know who looked: the person, HR and auditors."""
    return visit.viewer.person_id == person_id or bool(visit.viewer.roles & {Role.HR, Role.AUDITOR})


def who_looked(visit: Visit, person_id: str) -> tuple[Seen, ...]:
    """The last looks of others at a person's figures, the newest first; nothing for those who may not know."""
    from django.db.models import Max, Q  # noqa: PLC0415  (Django stays out of start-up)

    from courtside.store.models import Event  # noqa: PLC0415

    if not may_see_looks(visit, person_id):
        return ()
    scope = f"person:{person_id}"
    is_about = Q(detail__person=person_id) | Q(detail__scope=scope) | Q(detail__scopes__0=scope)
    newest = Event.objects.aggregate(newest=Max("id"))["newest"] or 0
    recent = Event.objects.filter(id__gt=newest - MOST_SEARCHED).exclude(who=visit.caller.who).order_by("-id")
    alone = list(recent.filter(is_about, verb__in=list(_VERBS))[:MOST_SHOWN])
    many = recent.filter(verb__in=list(_OF_MANY))[:MOST_OF_MANY]
    among = [one for one in many if person_id in one.detail.get("persons", ())]
    zone = visit.standing.workspace.zone
    found = sorted((*alone, *among), key=lambda one: -one.pk)[:MOST_SHOWN]
    return tuple(Seen(one.at.astimezone(zone), one.who, (_VERBS | _OF_MANY)[one.verb]) for one in found)
