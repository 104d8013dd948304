"""Whose figures the pages of like with like show beside the firm's, by the rules of score cards and leaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from courtside.records.hierarchy import Relation
from courtside.services.scopes import COMPANY, check_scope, label_of, may_see_total
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Action, Errand

DIRECT = "direct"
"""The scope of everybody who reports to the viewer."""
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen."""

    value: str
    label: str
    is_here: bool


def people_shown(visit: Visit, scope: str) -> tuple[Option, ...]:
    """The single people whose figures can be chosen, the usual ones first. Raises NotFound."""
    found = {DIRECT: "People who report to me"} if _direct(visit) else {}
    own = visit.viewer.person_id
    if own in visit.hierarchy.names:
        found[f"person:{own}"] = "My own figures"
    here = scope or next(iter(found), "")
    if here and here not in found:
        dimension, _, person = here.partition(":")
        if dimension != "person" or person not in visit.people():
            raise NotFound
        found[here] = label_of(visit, here)
    return tuple(Option(one, label, one == here) for one, label in found.items())


def persons_of(visit: Visit, scope: str) -> Sequence[str]:
    """The people of a scope of `people_shown`; looks by others than their manager go into the log."""
    persons = _direct(visit) if scope == DIRECT else [scope.partition(":")[2]]
    return [visit.person(person) for person in persons]


def _direct(visit: Visit) -> list[str]:
    own, hierarchy, today = visit.viewer.person_id, visit.hierarchy, visit.today
    return sorted(one for one in visit.people() if hierarchy.relation(own, one, today) is Relation.DIRECT)


def account_scopes(visit: Visit, scope: str) -> tuple[Option, ...]:
    """Whose accounts can be chosen, the usual first: the firm's, one's teams', one's own."""
    found = {COMPANY: "The whole firm"} if visit.may_run(Errand.SEE_COMPANY) else {}
    teams = sorted(visit.teams(Action.SEE_TEAM_TOTAL))
    found |= {f"team:{team}": f"Team {team}" for team in teams if _may_see_total(visit, team)}
    own = visit.viewer.person_id
    if own in visit.hierarchy.names:
        found[f"person:{own}"] = "My own accounts"
    here = scope or next(iter(found), "")
    if here:
        found.setdefault(here, label_of(visit, here))
    return tuple(Option(one, label, one == here) for one, label in found.items())


def check_accounts(visit: Visit, scope: str) -> None:
    """Raises NotFound for what is no scope of accounts, or none the viewer may see."""
    check_scope(visit, scope)
    dimension, _, team = scope.partition(":")
    if dimension == "team" and not _may_see_total(visit, team):
        raise NotFound


def _may_see_total(visit: Visit, team: str) -> bool:
    return may_see_total(visit, team, visit.today - _YEAR, visit.today)
