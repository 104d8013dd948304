"""What break-glass owes: people whose notice was held back are told once the day has come."""

from __future__ import annotations

from courtside.services.caller import Caller
from courtside.services.tell_break_glass import tell_person
from courtside.services.workspace import Workspace


def due(workspace: Workspace, caller: Caller) -> int:
    """How many people were told; the day is the firm's, and each is told once however often this runs."""
    from courtside.store import audit, glass  # noqa: PLC0415  (Django stays out of start-up)

    at, told = caller.clock(), 0
    for one in glass.to_tell(workspace.day(at)):
        with audit.together():
            told += tell_person(one, at)
    return told
