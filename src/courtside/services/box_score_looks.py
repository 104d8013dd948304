"""Who looked at somebody's figures: the acts of the log that name the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from courtside.services.viewing import Visit
from courtside.store.access import Role

MOST_SHOWN = 10
_VERBS: dict[str, str] = {
    "see_card": "looked at this box score",
    "score_card": "printed this score card on the host",
    "answer_metric": "asked for figures",
    "show_why": "asked why a result is short",
    "show_evidence": "looked at the evidence of review years",
    "show_window": "asked how long a figure needs",
    "see_dispute": "looked at a dispute about these figures",
    "box_score_rows": "downloaded rows behind a figure",
}

_OF_MANY: dict[str, str] = {
    "see_team": "looked at the team by name",
    "see_figures": "asked for figures of several people",
    "show_authenticity": "looked at how records were made",
}
"""Looks at several people at once: they name everybody in one list."""


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
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    if not may_see_looks(visit, person_id):
        return ()
    looking = audit.Looking(frozenset(_VERBS), frozenset(_OF_MANY))
    found = audit.looks_at(person_id, visit.caller.who, looking, MOST_SHOWN)
    zone = visit.standing.workspace.zone
    return tuple(Seen(one.at.astimezone(zone), one.who, (_VERBS | _OF_MANY)[one.verb]) for one in found)
