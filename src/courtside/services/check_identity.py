"""Making sure that an account somebody else could open is still the same person's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from courtside.services.account_rules import account_of
from courtside.services.refused import Refused
from courtside.services.step_up import WAIT_AFTER_RESET
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand


@dataclass(frozen=True, slots=True)
class Reset:
    """An account that cannot sign yet, and from when on it can."""

    user_id: int
    username: str
    name: str
    reset_at: datetime
    may_sign_from: datetime


def waiting_for_check(visit: Visit) -> tuple[Reset, ...]:
    """The accounts that cannot sign yet, of people this HR partner is for. Raises NotFound for others."""
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    if not visit.may_run(Errand.HANDLE_CASES):
        raise NotFound
    now, found = visit.caller.clock(), []
    for one in accounts.accounts():
        is_checked = one.identity_checked_at is not None and one.reset_at and one.identity_checked_at >= one.reset_at
        if one.reset_at is None or is_checked or not one.is_active or now >= one.reset_at + WAIT_AFTER_RESET:
            continue
        if one.user_id != visit.viewer.user_id and _is_for(visit, one.person_id):
            zone = visit.standing.workspace.zone
            until = (one.reset_at + WAIT_AFTER_RESET).astimezone(zone)
            found.append(Reset(one.user_id, one.username, one.name, one.reset_at.astimezone(zone), until))
    return tuple(found)


def check_identity(visit: Visit, user_id: int) -> None:
    """Note that an HR partner made sure who somebody is; they may sign at once. Raises NotFound, Refused."""
    from courtside.store import accounts, audit  # noqa: PLC0415  (Django stays out of start-up)

    if visit.viewer.is_read_only or not visit.may_run(Errand.HANDLE_CASES):
        raise NotFound
    account = account_of(user_id)
    if not _is_for(visit, account.person_id):
        raise NotFound
    if user_id == visit.viewer.user_id:
        raise Refused("nobody checks their own identity; another HR partner does")
    if account.reset_at is None:
        raise Refused("nobody but its owner has opened this account")
    at = visit.caller.clock()
    with audit.together():
        accounts.check_identity(user_id, visit.caller.who, at)
        audit.write(audit.Act(at, visit.caller.who, "check_identity", {"user": account.username}))


def _is_for(visit: Visit, person_id: str) -> bool:
    """Whether this HR partner is for a user's person; those without records are for HR partners of all teams."""
    return visit.viewer.is_hr_for(visit.hierarchy.teams_of(person_id, visit.today))
