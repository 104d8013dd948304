"""Whose figures a page of groups shows: which scopes there are for a viewer, and what they are called."""

from __future__ import annotations

from datetime import date

from courtside.services.viewing import NotFound, Visit
from courtside.store.access import SMALLEST_GROUP, Action, Errand

COMPANY = "company"


def label_of(visit: Visit, scope: str) -> str:
    """What a scope is called; it is one the viewer may see."""
    dimension, _, value = scope.partition(":")
    if dimension == "person":
        return "My own figures" if value == visit.viewer.person_id else visit.hierarchy.name(value)
    return f"Team {value}" if dimension == "team" else ("The whole firm" if scope else "")


def check_scope(visit: Visit, scope: str) -> None:
    """Raises NotFound for what is no scope, or none the viewer may see; nothing asked for is fine."""
    dimension, _, value = scope.partition(":")
    match dimension:
        case "":
            return
        case "person":
            visit.person(value)
        case "team":
            visit.team(value, Action.SEE_TEAM_TOTAL)
        case _:
            if scope != COMPANY or not visit.may_run(Errand.SEE_COMPANY):
                raise NotFound


def may_see_total(visit: Visit, team: str, first: date, last: date) -> bool:
    """Whether a team's total over some days may be shown.

    With too few members in these days only those who lead them may see it: it would tell single people apart.
    """
    led = visit.people() - {visit.viewer.person_id}
    now = visit.hierarchy.members(team, visit.today, visit.today)
    return bool(now & led) or len(visit.hierarchy.members(team, first, last)) >= SMALLEST_GROUP
