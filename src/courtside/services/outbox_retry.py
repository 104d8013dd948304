"""Sending again what failed, by hand: for those who run the server, and those who answer for what people are told."""

from __future__ import annotations

from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Role

_MAY = frozenset({Role.ADMIN, Role.HR, Role.OPERATIONS})


def failed_messages(visit: Visit) -> int | None:
    """How many messages failed; None for those whom it does not concern."""
    from courtside.store import outbox_claims  # noqa: PLC0415  (Django stays out of start-up)

    return outbox_claims.health().failed if visit.viewer.roles & _MAY else None


def retry_outbox(visit: Visit) -> int:
    """Let everything that failed wait again; how many messages that were. Raises NotFound."""

    from courtside.store import audit, outbox_claims  # noqa: PLC0415

    if not visit.viewer.roles & _MAY or visit.viewer.is_read_only:
        raise NotFound
    at = visit.caller.clock()
    with audit.together():
        number = outbox_claims.try_again(at)
        if number:
            audit.write(audit.Act(at, visit.caller.who, "retry_outbox", {"messages": number}))
    return number
