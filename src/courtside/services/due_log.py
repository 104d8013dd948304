"""What the log of acts is due: a check once a week, its head kept once a day, a word to HR and auditors if it fails."""

from __future__ import annotations

from courtside.services.anchor_log import anchor_once_a_day
from courtside.services.caller import Caller
from courtside.services.verify_log import last_verification, verify_once_a_week
from courtside.services.workspace import Workspace
from courtside.store.access import Role


def due(workspace: Workspace, caller: Caller) -> int:
    """Do it: the number of things done."""
    done = verify_once_a_week(workspace, caller) + anchor_once_a_day(workspace, caller)
    last = last_verification()
    if last is not None and last.first_bad is not None:
        done += _told(caller, last.first_bad)
    return done


def _told(caller: Caller, first_bad: int) -> int:
    from courtside.store import accounts, outbox  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.store.audit import together  # noqa: PLC0415

    with together():
        return sum(
            outbox.enqueue(
                outbox.Task("log", f"log:{first_bad}:{one.user_id}", "/log/", user_id=one.user_id), caller.clock()
            )
            for one in accounts.accounts()
            if one.is_active and set(one.roles) & {Role.HR, Role.AUDITOR}
        )
