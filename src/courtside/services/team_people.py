"""Who stands in a team's table: everybody in the team today, in which role, and who is not compared and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from courtside.services.box_score_figures import Everyone
from courtside.services.viewing import Visit

EVERYBODY = "everybody"
"""The role filter that leaves nobody out."""
_APART = {"new": "new in the work: not compared yet", "away": "away for most of the period: not compared"}


@dataclass(frozen=True, slots=True)
class Mate:
    """Somebody of the team. `apart` says why they are not compared; empty for those who are."""

    person_id: str
    name: str
    role: str
    days_there: float
    apart: str


def mates_of(visit: Visit, team: str, everyone: Everyone) -> tuple[Mate, ...]:
    """Everybody in the team today, by name."""
    members = visit.hierarchy.members(team, visit.today, visit.today)
    leads = {manager for one in members for manager in visit.hierarchy.managers_of(one, visit.today)} & members
    found = [_mate(visit, everyone, person, person in leads) for person in members]
    return tuple(sorted(found, key=lambda mate: (mate.name.casefold(), mate.person_id)))


def _mate(visit: Visit, everyone: Everyone, person: str, is_lead: bool) -> Mate:
    member = everyone.members.get(person)
    name = visit.hierarchy.name(person)
    if member is None:
        return Mate(person, name, "", 0.0, "not there in this period")
    apart = "leads the team: not compared" if is_lead else _APART.get(member.readiness, "")
    if not apart and member.days_there <= 0:
        apart = "not there in this period"
    return Mate(person, name, member.role or "", member.days_there, apart)


def roles_of(mates: Sequence[Mate]) -> tuple[str, ...]:
    """The roles of a team, the one most people have first; those of people who lead it only last."""
    reps = Counter(mate.role for mate in mates if not mate.apart.startswith("leads"))
    others = Counter(mate.role for mate in mates if mate.role not in reps)
    order = [*sorted(reps, key=lambda role: (-reps[role], role)), *sorted(others)]
    return tuple(order)


def of_role(mates: Sequence[Mate], role: str) -> tuple[Mate, ...]:
    """Those of one role; all of them for everybody."""
    return tuple(mate for mate in mates if role in (EVERYBODY, mate.role))
