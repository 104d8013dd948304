"""What retention is due: HR is asked once a month about what has been kept long enough; approved erasures are done."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from courtside.services.caller import Caller
from courtside.services.erase_approved import erase_approved
from courtside.services.refused import Refused
from courtside.services.retention_due import what_is_due
from courtside.services.workspace import Workspace
from courtside.store.access import Role

_LOOKED: dict[Path, date] = {}
"""The day on which a workspace was last looked through: once a day is enough."""


def due(workspace: Workspace, caller: Caller) -> int:
    """How many things were done. Nothing is erased that two people have not asked for and approved."""
    from courtside.store import retention  # noqa: PLC0415  (Django stays out of start-up)

    done = sum(_taken_up(workspace, caller, one.opaque) for one in retention.waiting_erasures()
               if one.state == retention.APPROVED)  # fmt: skip
    today = workspace.day(caller.clock())
    if _LOOKED.get(workspace.root) == today:
        return done
    _LOOKED[workspace.root] = today
    try:
        found = [one for one in what_is_due(workspace, caller) if not one.is_held]
    except Refused:
        return done
    return done + (_ask(caller, today) if found else 0)


def _taken_up(workspace: Workspace, caller: Caller, opaque: str) -> int:
    try:
        erase_approved(workspace, caller, opaque)
    except Refused:
        return 0
    return 1


def _ask(caller: Caller, today: date) -> int:
    """Tell every HR partner that there is a list; the path and the key say nothing of what is on it."""
    from courtside.store import accounts, audit, outbox  # noqa: PLC0415

    with audit.together():
        return sum(
            outbox.enqueue(
                outbox.Task("task", f"retention:{today:%Y-%m}:{one.user_id}", "/hr/retention/", user_id=one.user_id),
                caller.clock(),
            )
            for one in accounts.accounts()
            if one.is_active and Role.HR in one.roles
        )
