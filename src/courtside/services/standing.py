"""A workspace kept open by a server: sessions over its figures, and answers kept while their grounds stand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

from courtside.records.hierarchy import Hierarchy, hierarchy_of
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.failures import expected_failures
from courtside.services.figures import ready_inputs
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.warehouse.session import Session

T = TypeVar("T")

MOST_KEPT = 4_000
"""So many answers are kept; the oldest go first."""

State = tuple[Hashable, ...]
"""What figures are made from: changes with every import, undo, erasure, publication and day."""


@dataclass
class Standing:
    """One workspace in one process, asked from many threads.

    Every thread has a session of its own, opened again when the state has changed; nothing kept outlives the state
    it was made in, so that a page never shows what an undone import said.
    """

    workspace: Workspace
    _local: threading.local = field(default_factory=threading.local)
    _kept: dict[Hashable, Any] = field(default_factory=dict)
    _kept_of: State = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _making: dict[Hashable, threading.Lock] = field(default_factory=dict)

    def state(self, caller: Caller) -> State:
        """What every figure is made from at this moment: a few small queries."""
        from courtside.store.state import fingerprint  # noqa: PLC0415  (Django stays out of start-up)

        return (*fingerprint(), self.workspace.day(caller.clock()))

    def catalogue(self) -> Catalogue:
        """The definitions in force."""
        return catalogue_in_force(self.workspace)

    def today(self, caller: Caller) -> date:
        """The firm's day."""
        return self.workspace.day(caller.clock())

    @contextmanager
    def session(self, caller: Caller) -> Iterator[Session]:
        """This thread's session over the figures as they are known now. Raises Refused for what cannot be answered."""
        from courtside.warehouse.answer import CannotAnswer  # noqa: PLC0415  (DuckDB loads now)

        state = self.state(caller)
        session = getattr(self._local, "session", None)
        if session is None or self._local.state != state:
            self.close()
            session = self._opened(caller)
            self._local.session, self._local.state = session, state
        try:
            yield session
        except CannotAnswer as refusal:
            raise Refused(str(refusal)) from None
        except expected_failures():
            self.close()  # a writer may have taken a file away; the next question opens anew
            raise

    def close(self) -> None:
        """Close this thread's session, if it has one."""
        session = getattr(self._local, "session", None)
        if session is not None:
            session.engine.close()
            self._local.session = None

    def _opened(self, caller: Caller) -> Session:
        from courtside.warehouse.answer import Question, open_session  # noqa: PLC0415

        catalogue = self.catalogue()
        question = Question(next(iter(catalogue)).name, (), None, None, None, self.today(caller))
        for attempt in range(2):
            inputs, _ = ready_inputs(self.workspace, caller, catalogue)
            try:
                return open_session(inputs, question)
            except expected_failures():
                if attempt:
                    raise
        raise Refused("the figures cannot be opened; see: courtside doctor")

    def remembered(self, caller: Caller, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once for a state; others who ask meanwhile wait for it."""
        state = self.state(caller)
        with self._lock:
            if state != self._kept_of:
                self._kept, self._kept_of, self._making = {}, state, {}
            if key in self._kept:
                return cast(T, self._kept[key])
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if state == self._kept_of and key in self._kept:
                    return cast(T, self._kept[key])
            made = make()
            with self._lock:
                if state == self._kept_of:
                    self._kept[key] = made
                    while len(self._kept) > MOST_KEPT:
                        self._kept.pop(next(iter(self._kept)))
            return made

    def hierarchy(self, caller: Caller) -> Hierarchy:
        """Who leads whom and is in which team, by date."""

        def read() -> Hierarchy:
            with self.session(caller) as session:
                names = {person: session.engine.person_names().get(person, "") for person in session.open_firm().people}
                return hierarchy_of(names, session.open_firm().spans)

        return self.remembered(caller, "hierarchy", read)

    def recorded_until(self, caller: Caller) -> date | None:
        """The last day, up to today, of which anything is recorded; None without records."""

        def read() -> date | None:
            from courtside.warehouse.clock import Clock  # noqa: PLC0415
            from courtside.warehouse.compose import over_all  # noqa: PLC0415

            with self.session(caller) as session:
                days = over_all(session.coverage(Clock(self.today(caller))).days)
                return days[1] if days else None

        return self.remembered(caller, "recorded until", read)


_STANDING: dict[Any, Standing] = {}


def stand(workspace: Workspace) -> Standing:
    """The one Standing of a workspace in this process."""
    return _STANDING.setdefault(workspace.root, Standing(workspace))
