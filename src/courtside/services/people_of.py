"""The ids of everybody in a workspace's records."""

from __future__ import annotations

from courtside.services.caller import Caller
from courtside.services.standing import stand
from courtside.services.workspace import Workspace


def people_of(workspace: Workspace, caller: Caller) -> frozenset[str]:
    """Everybody by id. Raises Refused while nothing has been imported."""
    standing = stand(workspace)
    try:
        return frozenset(standing.hierarchy(caller).names)
    finally:
        standing.close()
