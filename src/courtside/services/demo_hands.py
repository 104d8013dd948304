"""The people of a made-up company at work: each visits at an instant of the story, with a code of their own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as hours
from typing import Any

from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.standing import stand
from courtside.services.viewing import Visit
from courtside.services.workspace import Workspace

HOST = "worker"
"""Who does in the story what the worker beside the pages does in a firm."""
_BETWEEN = timedelta(minutes=4)
"""So long after one act the next one is."""


@dataclass
class Hands:
    """Whoever acts in the story, and the instant it has come to; it never goes back."""

    workspace: Workspace
    caller: Caller
    instant: datetime
    _sessions: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def at(self, day: date, hour: int = 9) -> None:
        """From now on it is this day; an instant that is past, or still to come in truth, is passed over."""
        wanted = datetime.combine(day, hours(hour), self.workspace.zone)
        self.instant = max(self.instant, min(wanted, self.caller.clock()))

    @property
    def today(self) -> date:
        """The firm's day in the story."""
        return self.workspace.day(self.instant)

    def caller_as(self, who: str) -> Caller:
        """Somebody at the next instant of the story."""
        self.instant = min(self.instant + _BETWEEN, max(self.caller.clock(), self.instant))
        instant = self.instant
        return Caller(who, lambda: instant, self.caller.progress, self.caller.warn)

    def visit(self, username: str) -> Visit:
        """A visit of somebody at the next instant. Raises Refused for nobody known."""
        from courtside.store.accounts import viewer_named  # noqa: PLC0415  (Django stays out of start-up)

        viewer = viewer_named(username)
        if viewer is None:
            raise Refused(f"nobody here is called {username}")
        return Visit(viewer, stand(self.workspace), self.caller_as(username))

    def session(self, username: str) -> Mapping[str, Any]:
        """A session in which somebody gave a code of their authenticator a moment ago; they get one if need be."""
        if username not in self._sessions:
            self._sessions[username] = _proved(self.visit(username).viewer.user_id)
        return self._sessions[username]


def _proved(user_id: int) -> Mapping[str, Any]:
    """Give a user an authenticator, read a code from it, and have it checked as the sign-in library checks one."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415
    from allauth.mfa.totp.internal import auth  # noqa: PLC0415
    from django.contrib.auth import get_user_model  # noqa: PLC0415

    user, secret = get_user_model().objects.get(pk=user_id), auth.generate_totp_secret()
    authenticator = auth.TOTP.activate(user, secret)
    code = auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))
    if not authenticator.validate_code(code):
        raise Refused("a code of an authenticator made for the story was not taken")
    given = {"method": "mfa", "type": Authenticator.Type.TOTP.value, "at": time.time(), "reauthenticated": True}
    return {
        "account_authentication_methods_user": str(user_id),
        "account_authentication_methods": [given],
    }
