"""The teams a viewer may see, and how much of each."""

from __future__ import annotations

from dataclasses import dataclass

from courtside.services.viewing import Visit
from courtside.store.access import Action

SHOWN = {
    "names": "everybody’s figures, by name",
    "own": "your own figures beside nameless ones",
    "total": "what the team came to together",
}
"""How much of a team is shown, in words."""


@dataclass(frozen=True, slots=True)
class TeamEntry:
    """A team of the list: how much of it the viewer sees (`names`, `own` or `total`), and how many are in it."""

    name: str
    shows: str
    members: int

    @property
    def words(self) -> str:
        """How much is shown, in words."""
        return SHOWN[self.shows]


def teams_for(visit: Visit) -> tuple[TeamEntry, ...]:
    """Every team the viewer may see in some way, by name; empty before the first import."""
    found = visit.teams() | visit.teams(Action.SEE_TEAM_TOTAL)
    members = visit.hierarchy.members
    return tuple(
        TeamEntry(name, how_much(visit, name) or "total", len(members(name, visit.today, visit.today)))
        for name in sorted(found)
    )


def how_much(visit: Visit, team: str) -> str | None:
    """The most a viewer may see of a team: `names`, `own`, `total`, or None for nothing."""
    if visit.may_team(team, Action.SEE_TEAM_NAMES):
        return "names"
    if visit.may_team(team, Action.SEE_TEAM):
        return "own"
    return "total" if visit.may_team(team, Action.SEE_TEAM_TOTAL) else None
