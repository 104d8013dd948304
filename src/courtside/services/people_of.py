"""The ids of everybody in a workspace's records, and the teams there are."""

from __future__ import annotations

from courtside.services.caller import Caller
from courtside.services.refused import unknown
from courtside.services.standing import stand
from courtside.services.workspace import Workspace


def people_of(workspace: Workspace, caller: Caller) -> frozenset[str]:
    """Everybody by id. Raises Refused while nothing has been imported."""
    standing = stand(workspace)
    try:
        return frozenset(standing.hierarchy(caller).names)
    finally:
        standing.close()


def check_teams(workspace: Workspace, caller: Caller, named: frozenset[str]) -> frozenset[str]:
    """Teams that somebody is in today. Raises Refused naming the nearest, and while nothing has been imported."""
    standing = stand(workspace)
    try:
        known = standing.hierarchy(caller).teams(standing.today(caller))
    finally:
        standing.close()
    for team in sorted(named - frozenset(known)):
        raise unknown("team", team, known)
    return named
