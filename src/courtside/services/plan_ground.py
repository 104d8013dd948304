"""What every step of a plan stands on, by a visit or by the worker: who asks, the day, and who leads whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from courtside.records.hierarchy import Hierarchy
from courtside.services.caller import Caller
from courtside.services.viewing import Visit
from courtside.services.workspace import Workspace


@dataclass(frozen=True)
class Ground:
    """Who takes a step (`caller`), in which workspace, by whose hierarchy."""

    workspace: Workspace
    caller: Caller
    hierarchy: Hierarchy

    @cached_property
    def at(self) -> datetime:
        """The instant of the step: the same for all that belongs to it."""
        return self.caller.clock()

    @cached_property
    def today(self) -> date:
        """The firm's day."""
        return self.workspace.day(self.at)


def ground_of(visit: Visit) -> Ground:
    """The ground of somebody's visit."""
    return Ground(visit.standing.workspace, visit.caller, visit.hierarchy)


def ground_at(workspace: Workspace, caller: Caller) -> Ground:
    """The ground of work nobody visits for."""
    from courtside.services.refused import Refused  # noqa: PLC0415
    from courtside.services.standing import stand  # noqa: PLC0415  (figures load now)

    try:
        return Ground(workspace, caller, stand(workspace).hierarchy(caller))
    except Refused:
        return Ground(workspace, caller, Hierarchy({}, ()))
