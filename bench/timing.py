"""Whole processes under the clock: wall seconds and peak memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """One finished process. `peak_mb` is its resident memory at its highest, page cache not counted."""

    seconds: float
    peak_mb: float
    output: str


class CommandFailed(RuntimeError):
    """A process under the clock ended badly."""


def timed(command: Sequence[str], environment: Mapping[str, str] | None = None, *, ends_with: int = 0) -> Timing:
    """Run a command to its end. Raises CommandFailed, with what it said, if its exit status is not the expected one."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=said, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said.seek(0)
        if process.returncode != ends_with:
            tail = said.read()[-2_000:]
            raise CommandFailed(f"{' '.join(command)} ended with {process.returncode}\n{tail}")
        return Timing(seconds, usage.ru_maxrss / 1024, out.read())


def best(times: int, *runs: Callable[[], Timing]) -> tuple[Timing, ...]:
    """The fastest of several runs of each, taken in turns so that a busy machine strikes all alike."""
    rounds = [tuple(run() for run in runs) for _ in range(times)]
    return tuple(min(column, key=lambda timing: timing.seconds) for column in zip(*rounds, strict=True))
