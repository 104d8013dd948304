"""Keeping the work going beside the pages: a process of its own, started again when it ends, ended with the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from courtside.services.caller import Caller
from courtside.services.open_workspace import open_workspace
from courtside.services.outbox_office import Office
from courtside.services.work import work_until

_PAUSE_S = 2.0
"""So long it is waited before a worker that ended is started again."""
_PATIENCE_S = 10.0
"""So long a worker is given to see the message on its way through."""
_STARTING = threading.Lock()
"""Held while a worker is being started, and while this process forks.

A process forked amid a start would keep the pipe open on which the start waits for its end: it would wait for ever.
"""


@dataclass
class _Keeper:
    """A thread that has one worker run at any time."""

    root: Path
    _stop: threading.Event = field(default_factory=threading.Event)
    _process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Start the worker whenever there is none, until told to end."""
        while not self._stop.is_set():
            if self._process is None or self._process.poll() is not None:
                with suppress(OSError):  # no process to be had right now: tried again after the pause
                    self._start()
            self._stop.wait(_PAUSE_S)

    def _start(self) -> None:
        command = (sys.executable, "-m", "courtside.services.keep_working", str(self.root), str(os.getpid()))
        with _STARTING:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  (ours throughout)

    def end(self) -> None:
        """End the worker, and start no other."""
        self._stop.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_S)
        if process.poll() is None:
            process.kill()


@contextmanager
def working_beside(root: Path, *, is_wanted: bool = True) -> Iterator[None]:
    """A worker for this workspace runs meanwhile."""
    if not is_wanted:
        yield
        return
    _hold_forks()
    keeper, server = _Keeper(root), os.getpid()
    thread = threading.Thread(target=keeper.run, name="courtside-work", daemon=True)
    thread.start()
    try:
        yield
    finally:
        if os.getpid() == server:  # the processes that give out pages leave by here too
            keeper.end()


@cache
def _hold_forks() -> None:
    """From now on this process forks only while no worker is being started."""
    release = _STARTING.release
    os.register_at_fork(before=_STARTING.acquire, after_in_parent=release, after_in_child=release)


def stop_on_signals() -> threading.Event:
    """Set when the process is asked to end: the message on its way is seen through first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _watch(parent: int, stop: threading.Event) -> None:
    """End with the server, also when it was killed."""
    while not stop.wait(1.0):
        if os.getppid() != parent:
            stop.set()


def main(root: str, parent: str) -> None:
    """What the worker's process does."""
    stop = stop_on_signals()
    threading.Thread(target=_watch, args=(int(parent), stop), daemon=True).start()
    work_until(Office(open_workspace(Path(root)), Caller(who="worker")), stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
