"""Who asks, what time it is for them, and where to tell them how far the work has come."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def system_user() -> str:
    """The name of the operating system's user, else its number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def _silent(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a command. `progress` gets steps of long work, `warn` what they must see."""

    who: str
    clock: Callable[[], datetime] = utc_now
    progress: Callable[[str], None] = _silent
    warn: Callable[[str], None] = _silent
