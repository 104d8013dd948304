"""Ending what break-glass opened before its hour is over: by who asked, or by HR."""

from __future__ import annotations

from courtside.services.break_glass_rules import detail_of, glass_for
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit


def end_break_glass(visit: Visit, opaque: str) -> None:
    """From now on nothing stands open by it. Raises NotFound, and Refused if it is over."""
    from courtside.store import audit, glass  # noqa: PLC0415  (Django stays out of start-up)

    if visit.viewer.is_read_only:
        raise NotFound
    found, at = glass_for(visit, opaque), visit.caller.clock()
    if not found.is_open(at):
        raise Refused("nothing stands open by this")
    with audit.together():
        if not glass.end(opaque, visit.viewer.username, visit.viewer.person_id or "", at):
            raise Refused("somebody has ended this meanwhile")
        audit.write(audit.Act(at, visit.caller.who, "end_break_glass", detail_of(found)))
