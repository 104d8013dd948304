"""Keeping pages ready: what everybody's first page is made from is worked out before anybody asks for it."""

from __future__ import annotations

import atexit
import gc
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from courtside.services.caller import utc_now
from courtside.services.make_ready import Finished, visit_of_nobody
from courtside.services.standing import Standing, State

SECONDS = 1.0
"""So often it is looked whether something has changed that figures are made from."""
_LOG = logging.getLogger(__name__)


@dataclass
class Keeper:
    """A thread beside those that answer: after every change it has the usual pages made ready again.

    The work is done by a process of its own that steps back for visits and ends when all is made; here its answers are
    only put where visits find them. A visit that comes first works out for itself what it needs.
    """

    standing: Standing
    done: int = 0
    """How often everything was made ready."""
    _ready_for: State = ()
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin, until the process ends or `stop` is called."""
        threading.Thread(target=self._run, name="courtside-keeper").start()

    def stop(self) -> None:
        """End soon."""
        self._stop.set()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is to be done."""
        return self._stop.is_set() or not threading.main_thread().is_alive()

    def _run(self) -> None:
        while not self.has_ended:
            try:
                self.look()
            except Exception:  # noqa: BLE001  (the pages are made when they are asked for, as without it)
                _LOG.exception("pages could not be made ready")
            self._stop.wait(SECONDS)

    def look(self) -> None:
        """Have everything made ready if something has changed since the last time."""
        from django.db import close_old_connections  # noqa: PLC0415  (Django stays out of start-up)

        try:
            now = utc_now()
            state = self._state(now)
            if state != self._ready_for:
                self._follow(state, now)
        finally:
            close_old_connections()

    def _state(self, now: datetime) -> State:
        return visit_of_nobody(self.standing, now).state

    def _follow(self, state: State, now: datetime) -> None:
        """Keep what a process of its own makes, as long as nothing changes meanwhile."""
        with _making(self.standing, now) as (process, messages):
            while True:
                while not messages.poll(SECONDS):
                    if self.has_ended or self._state(utc_now()) != state:
                        return
                try:
                    message = messages.recv()
                except EOFError:
                    break
                if self.has_ended or message.state != state or self._state(utc_now()) != state:
                    return
                if isinstance(message, Finished):
                    self._is_ready(state)
                    return
                self.standing.keep(message)
            if process.wait():
                _LOG.warning("pages could not be made ready: what makes them ended with %s", process.returncode)
                self._ready_for = state  # not again before something changes

    def _is_ready(self, state: State) -> None:
        self._ready_for = state
        self.done += 1
        keep_out_of_collections()


def keep_out_of_collections() -> None:
    """Have what is there now looked through no more for circles, which holds up every page, until the process ends."""
    gc.collect()
    gc.freeze()
    atexit.unregister(gc.unfreeze)
    atexit.register(gc.unfreeze)


@contextmanager
def _making(standing: Standing, now: datetime) -> Iterator[tuple[subprocess.Popen[bytes], Connection]]:
    """A process that makes pages ready, and where its messages come; it is ended if it has not ended itself."""
    here, there = Pipe(duplex=False)
    told = (str(standing.workspace.root), now.isoformat(), str(there.fileno()))
    command = (sys.executable, "-m", "courtside.services.make_ready", *told)
    with (
        here,
        subprocess.Popen(  # noqa: S603  (nothing in the command was given by anybody)
            command, pass_fds=(there.fileno(),), stdin=subprocess.DEVNULL
        ) as process,
    ):
        there.close()
        try:
            yield process, here
        finally:
            if process.poll() is None:
                process.terminate()
