"""The day a question speaks of: what had happened by its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Clock:
    """`as_of` is the last day that counts. `is_open_ended` says that nothing recorded lies after it, so
    that rows need no rolling back."""

    as_of: date
    is_open_ended: bool = False


EVERYTHING = Clock(date(9999, 12, 31), is_open_ended=True)
"""After all that is recorded."""
