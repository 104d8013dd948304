"""What sending needs to know: the workspace, whose clock, by which network, and when things are tried again."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from courtside.services.caller import Caller
from courtside.services.channels_connect import NETWORK, Network
from courtside.services.deliver_words import Site
from courtside.services.workspace import Workspace

ORIGIN_VARIABLE = "COURTSIDE_ORIGIN"
_RANDOM = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things may take, and when something is tried again."""

    lease: timedelta = timedelta(minutes=5)
    """A row is somebody's for so long; a worker that was killed gives it back by that."""
    first_wait: timedelta = timedelta(minutes=1)
    longest_wait: timedelta = timedelta(hours=6)
    gives_up_after: timedelta = timedelta(days=5)
    fewest_attempts: int = 8
    too_old_after: timedelta = timedelta(days=35)
    """What was queued so long ago is not news any more; it was on the pages all the while."""

    def wait(self, attempts: int) -> timedelta:
        """How long until the next attempt: twice as long each time, and never the same for two rows."""
        doublings: int = 1 << min(attempts - 1, 20)
        return min(self.first_wait * doublings, self.longest_wait) * _RANDOM.uniform(0.5, 1.5)


@dataclass(frozen=True, slots=True)
class Office:
    """Where messages go out: the workspace, whose clock, by which network, at which pace."""

    workspace: Workspace
    caller: Caller
    pace: Pace = Pace()
    network: Network = NETWORK
    who: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(8)}")

    @property
    def site(self) -> Site:
        """The site as messages name it; its origin is set by who runs the server, never taken from a request."""
        return Site(os.environ.get(ORIGIN_VARIABLE, "").rstrip("/"), self.workspace.settings.name)
