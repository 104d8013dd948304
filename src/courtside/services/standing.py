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


MOST_IDLE = 4
"""So many sessions are kept open while nobody uses them."""

State = tuple[Hashable, ...]
"""What figures are made from: changes with every import, undo, erasure, publication and day."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, what was asked and the state it is of."""

    state: State
    key: Hashable
    what: Any


@dataclass
class Memory:
    """Answers of one state, at most so many: the oldest go first. All are forgotten as soon as the state changes.

    Those made ready before anybody asked stay as long as the state does.
    """

    most: int
    state: State = ()
    _kept: dict[Hashable, Any] = field(default_factory=dict)
    _ready: dict[Hashable, Any] = field(default_factory=dict)
    _making: dict[Hashable, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self._kept) + len(self._ready)

    def kept(self) -> tuple[Kept, ...]:
        """Everything that was asked for and is kept, the oldest first."""
        with self._lock:
            return tuple(Kept(self.state, key, what) for key, what in self._kept.items())

    def keep(self, made: Kept) -> None:
        """Keep an answer made elsewhere, before anybody asks."""
        with self._lock:
            self._be_of(made.state)
            self._ready[made.key] = made.what
            self._kept.pop(made.key, None)

    def _be_of(self, state: State) -> None:
        if state != self.state:
            self._kept, self._ready, self.state, self._making = {}, {}, state, {}

    def of(self, state: State, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, or what `make` gives; who asks for the same meanwhile waits."""
        with self._lock:
            self._be_of(state)
            if key in self._ready:
                return cast(T, self._ready[key])
            if key in self._kept:
                return cast(T, self._kept[key])
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if state == self.state and key in self._kept:
                    return cast(T, self._kept[key])
            made = make()
            with self._lock:
                if state == self.state:
                    self._kept[key] = made
                    self._making.pop(key, None)
                    while len(self._kept) > self.most:
                        self._kept.pop(next(iter(self._kept)))
            return made


@dataclass
class Opened:
    """A session and the state it shows."""

    state: State
    session: Session
    is_usable: bool = True


@dataclass
class Standing:
    """One workspace in one process, asked from many threads.

    A session is one thread's at a time and goes from hand to hand; those of an earlier state are closed. Nothing kept
    outlives the state it was made in, so that a page never shows what an undone import said.
    """

    workspace: Workspace
    _local: threading.local = field(default_factory=threading.local)
    _idle: list[Opened] = field(default_factory=list)
    _kept: Memory = field(default_factory=lambda: Memory(4_000))
    _bulky: Memory = field(default_factory=lambda: Memory(60))
    _lock: threading.Lock = field(default_factory=threading.Lock)

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
    def session(self, caller: Caller, read: State = ()) -> Iterator[Session]:
        """A session over the figures as they are known now, for this thread alone until it is given back.

        `read` is a state read a moment ago: it is read anew only if no session of that state lies idle. Raises
        Refused for what cannot be answered.
        """
        from courtside.warehouse.answer import CannotAnswer  # noqa: PLC0415  (DuckDB loads now)

        held: Opened | None = getattr(self._local, "held", None)
        opened = held or self._idle_one(read) or self._of_now(caller)
        self._local.held = opened
        try:
            yield opened.session
        except CannotAnswer as refusal:
            raise Refused(str(refusal)) from None
        except expected_failures():
            opened.is_usable = False  # a writer may have taken a file away; the next question opens anew
            raise
        finally:
            self._local.held = held
            if held is None:
                self._give_back(opened)

    def _idle_one(self, state: State) -> Opened | None:
        """The session of a state that was used last; idle ones of other states are closed."""
        if not state:
            return None
        with self._lock:
            others = [one for one in self._idle if one.state != state]
            self._idle = [one for one in self._idle if one.state == state]
            found = self._idle.pop() if self._idle else None
        for one in others:
            one.session.engine.close()
        return found

    def _of_now(self, caller: Caller) -> Opened:
        state = self.state(caller)
        return self._idle_one(state) or Opened(state, self._opened(caller))

    def _give_back(self, opened: Opened) -> None:
        with self._lock:
            if opened.is_usable and len(self._idle) < MOST_IDLE:
                self._idle.append(opened)
                return
        opened.session.engine.close()

    def close(self) -> None:
        """Close every session that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for one in idle:
            one.session.engine.close()

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

    def remembered(
        self, caller: Caller, key: Hashable, make: Callable[[], T], read: State = (), *, is_bulky: bool = False
    ) -> T:
        """What `make` gives, made once for a state; others who ask meanwhile wait for it.

        `read` is a state read a moment ago: it is read anew only if what is kept is of another. Of what is bulky only
        little is kept.
        """
        memory = self._bulky if is_bulky else self._kept
        return memory.of(read if read and read == memory.state else self.state(caller), key, make)

    def kept(self) -> tuple[Kept, ...]:
        """Every answer that is kept, of whatever size."""
        return (*self._kept.kept(), *self._bulky.kept())

    def keep(self, made: Kept) -> None:
        """Keep an answer made elsewhere, before anybody asks, where everybody finds it who does."""
        self._kept.keep(made)
        self._bulky.keep(made)

    def hierarchy(self, caller: Caller, read: State = ()) -> Hierarchy:
        """Who leads whom and is in which team, by date."""

        def made() -> Hierarchy:
            with self.session(caller, read) as session:
                names = {person: session.engine.person_names().get(person, "") for person in session.open_firm().people}
                return hierarchy_of(names, session.open_firm().spans)

        return self.remembered(caller, "hierarchy", made, read)


_STANDING: dict[Any, Standing] = {}


def stand(workspace: Workspace) -> Standing:
    """The one Standing of a workspace in this process."""
    return _STANDING.setdefault(workspace.root, Standing(workspace))
