"""Keeping pages ready: what everybody's first page is made from is worked out before anybody asks for it."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from courtside.services.alerts_for import make_ready
from courtside.services.box_score import card_in_force
from courtside.services.box_score_figures import everyone, series
from courtside.services.box_score_periods import frame_of
from courtside.services.caller import Caller
from courtside.services.definitions import drafts
from courtside.services.failures import expected_failures
from courtside.services.ladder_page import read_ahead
from courtside.services.leaks_page import leaks_ahead
from courtside.services.number_formula import parts_ahead
from courtside.services.refused import Refused
from courtside.services.review_page import review_page
from courtside.services.standing import Standing, State
from courtside.services.viewing import Visit
from courtside.store.access import Viewer

SECONDS = 1.0
"""So often it is looked whether something has changed that figures are made from."""
_GRAINS = ("quarter", "month", "week")
"""The lengths of period made ready, what opens first before the others."""
_NOBODY = Viewer(0, "", "", None, frozenset())
_LOG = logging.getLogger(__name__)


@dataclass
class Keeper:
    """A thread beside those that answer: after every change it makes the usual pages ready again.

    It works through the same memory as the visits: one that comes first is waited for, and one that comes meanwhile
    waits only for what it needs itself.
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
        """End after the step at hand."""
        self._stop.set()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is to be begun: the step at hand is ended in peace, never cut off."""
        return self._stop.is_set() or not threading.main_thread().is_alive()

    def _run(self) -> None:
        while not self.has_ended:
            try:
                self.look()
            except Exception:  # noqa: BLE001  (the pages are made when they are asked for, as without it)
                _LOG.exception("pages could not be made ready")
            self._stop.wait(SECONDS)

    def look(self) -> None:
        """Make everything ready if something has changed since the last time."""
        from django.db import close_old_connections  # noqa: PLC0415  (Django stays out of start-up)

        visit = Visit(_NOBODY, self.standing, Caller(who="keeper"), only_looks=True)
        try:
            if visit.state == self._ready_for:
                return
            for step in _steps(visit):
                if self.has_ended:
                    return
                step()
            self._ready_for = visit.state
            self.done += 1
            gc.collect()
            gc.freeze()  # what is kept is looked through no more for circles: that would hold up every page
        except Refused:
            self._ready_for = visit.state  # nothing imported yet, or nothing a page could be made of
        except expected_failures():
            return  # an import is under way; the next look finds it done
        finally:
            close_old_connections()


def _steps(visit: Visit) -> Iterator[Callable[[], object]]:
    """What is made ready, in the order in which it is asked for."""
    yield lambda: visit.hierarchy
    yield visit.recorded_until
    card = card_in_force(visit)
    for grain in _GRAINS:
        period = frame_of(visit, grain, "").period
        yield lambda period=period: everyone(visit, card.names, period)  # type: ignore[misc]
        yield lambda period=period: series(visit, card.names, period)  # type: ignore[misc]
        if grain == _GRAINS[0]:
            yield lambda: read_ahead(visit)
            yield lambda period=period: parts_ahead(visit, card.metrics, period)  # type: ignore[misc]
    yield lambda: make_ready(visit)
    yield lambda: leaks_ahead(visit)
    yield lambda: review_page(visit)
    yield lambda: drafts(visit.standing.workspace)  # the files of definitions are read once, for the catalogue
