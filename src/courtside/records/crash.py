"""Named moments at which a test may kill the process, to prove that a kill anywhere loses nothing."""

from __future__ import annotations

import os

EXIT_STATUS = 137
"""What a shell reports for a process killed by signal 9."""


def crash_point(name: str) -> None:
    """End the process at once, without clean-up, if the environment says `CRASH_AT=name`."""
    if os.environ.get("CRASH_AT") == name:
        os._exit(EXIT_STATUS)
