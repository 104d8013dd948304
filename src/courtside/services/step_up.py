"""Proving once more that it is you: a code of the second factor, minutes before something is signed or approved."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit

FRESH = timedelta(minutes=5)
"""So old a code may be. Source: TRUST 2.3 and 2.6."""
WAIT_AFTER_RESET = timedelta(hours=24)
"""So long nothing is signed after somebody else could open the account. Source: TRUST 2.6, attribution."""
_RECORDS, _WHOSE = "account_authentication_methods", "account_authentication_methods_user"
"""Keys of a session under which the sign-in library keeps how and when somebody proved who they are."""


class StepUpNeeded(Refused):
    """A fresh code is needed first; `has_factor` says whether there is an authenticator to take it from."""

    def __init__(self, *, has_factor: bool) -> None:
        said = "confirm that it is you, with a code of your authenticator"
        super().__init__(said if has_factor else "this needs a second factor, and you have not set one up yet")
        self.has_factor = has_factor


@dataclass(frozen=True, slots=True)
class Proof:
    """How somebody proved who they are: by `totp` or `recovery_codes`, when, and how many seconds ago."""

    method: str
    at: datetime
    age_s: int


def require_fresh(visit: Visit, session: Mapping[str, Any], within: timedelta = FRESH) -> Proof:
    """The proof that whoever signs is who they are. Sessions follow the real clock, and so does this.

    Raises StepUpNeeded, and NotFound for somebody who looks through another's eyes.
    """
    if visit.viewer.is_read_only:
        raise NotFound
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    if not accounts.has_second_factor(visit.viewer.user_id):
        raise StepUpNeeded(has_factor=False)
    found = proof_in(session, visit.viewer.user_id, time.time())
    if found is None or found.age_s > within.total_seconds():
        raise StepUpNeeded(has_factor=True)
    return found


def proof_in(session: Mapping[str, Any], user_id: int, now_s: float) -> Proof | None:
    """The last code a user gave in a session; None if there was none. `now_s` is in seconds since 1970, UTC."""
    records = session.get(_RECORDS)
    if session.get(_WHOSE) != str(user_id) or not isinstance(records, list):
        return None
    given = [one for one in records if one.get("method") == "mfa" and 0 < one.get("at", 0) <= now_s]
    if not given:
        return None
    last = max(given, key=lambda one: float(one["at"]))
    at = datetime.fromtimestamp(last["at"], UTC)
    return Proof(str(last.get("type", "")), at, int(now_s - last["at"]))


def may_sign_from(user_id: int) -> datetime | None:
    """From when on an account that somebody else could open may sign again; None if nothing stands against it."""
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    found = accounts.account(user_id)
    if found is None or found.reset_at is None:
        return None
    if found.identity_checked_at is not None and found.identity_checked_at >= found.reset_at:
        return None
    return found.reset_at + WAIT_AFTER_RESET


def refuse_after_reset(visit: Visit) -> None:
    """Refuse a signature while somebody else may have opened the account. Raises Refused."""
    until = may_sign_from(visit.viewer.user_id)
    if until is None or visit.caller.clock() >= until:
        return
    shown = until.astimezone(visit.standing.workspace.zone)
    raise Refused(
        "your account was opened by a one-time link or lost its second factor less than 24 hours ago; you can sign "
        f"from {shown:%-d %B %Y, %H:%M} on, or as soon as an HR partner has checked that it is you"
    )
