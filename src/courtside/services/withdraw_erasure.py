"""Withdrawing an erasure that waits: whoever asked takes it back, or another HR partner says no."""

from __future__ import annotations

from courtside.services.approve_erasure import asked_erasure
from courtside.services.hr_console_scope import is_second
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit


def withdraw_erasure(visit: Visit, opaque: str) -> None:
    """Nothing is erased. Raises NotFound, Refused."""
    from courtside.store import audit, retention  # noqa: PLC0415  (Django stays out of start-up)

    found, at = asked_erasure(opaque), visit.caller.clock()
    if not is_second(visit, found.person_id, opaque):
        raise NotFound
    with audit.together():
        if not retention.end(opaque, (retention.ASKED,), retention.WITHDRAWN, visit.caller.who, at):
            raise Refused("this was decided by somebody else meanwhile")
        audit.write(audit.Act(at, visit.caller.who, "withdraw_erasure", {"erasure": opaque}))
