"""Whole processes under the clock: wall seconds and peak memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


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


def processor_time() -> tuple[int, int]:
    """Ticks of all processors since the machine started, and those of them that its host gave to others (Linux)."""
    fields = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    return sum(fields), fields[7]


def stolen_between(before: tuple[int, int], after: tuple[int, int]) -> float:
    """The share of the time between two moments in which this machine stood still for others: no time of it is ours."""
    return (after[1] - before[1]) / max(after[0] - before[0], 1)


@contextmanager
def served(root: Path, seconds: float = 60) -> Iterator[int]:
    """A workspace's server in a process of its own, on the port given. Raises CommandFailed if it does not start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = (sys.executable, "-m", "courtside.cli", "--workspace", str(root), "serve", "--port", str(port))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + seconds
            while not _answers(port):
                if server.poll() is not None or time.monotonic() > until:
                    raise CommandFailed(f"{' '.join(command)} does not answer")
                time.sleep(0.2)
            yield port
        finally:
            server.terminate()
            server.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
