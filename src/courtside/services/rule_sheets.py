"""Sheets for rules: sessions over what was known at an instant, kept for the looks that share it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.figures import ready_inputs
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.analysis.cards.people import People
    from courtside.analysis.cards.scorecard import Scorer
    from courtside.metrics.catalogue import Catalogue
    from courtside.records.period import Period
    from courtside.rules.collect import Sheet
    from courtside.rules.rule import Window
    from courtside.warehouse.generation import Inputs
    from courtside.warehouse.session import Session

_MICRO = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody on a day: role, team and so on, and who is new or was away."""

    people: People
    likes: Mapping[str, Mapping[str, Any]]

    def was_away(self, person: str, period: Period) -> bool:
        """Whether somebody was absent for most of their working days in a period."""
        return self.people.was_away(person, period)

    def is_new(self, person: str, on: date) -> bool:
        """Whether somebody is still new in the work."""
        return self.people.is_new(person, on)


@dataclass
class Sheets:
    """Everybody's cards for rules, each read once; close it when done."""

    workspace: Workspace
    catalogue: Catalogue
    inputs: Inputs
    definitions: Mapping[str, int]
    _sessions: dict[datetime | None, Session] = field(default_factory=dict)
    _scorers: dict[tuple[datetime | None, frozenset[str]], Scorer] = field(default_factory=dict)
    _sheets: dict[tuple[str, Window, date, datetime | None], Sheet] = field(default_factory=dict)

    def sheet(self, metric: str, window: Window, on: date, known_at: datetime | None) -> Sheet:
        """Everybody's card of a metric over a window, as of a day and as known at an instant (None: now)."""
        from courtside.rules.collect import Look, Sheet  # noqa: PLC0415  (numpy and scipy load now)

        key = (metric, window, on, known_at)
        if key not in self._sheets:
            look = Look(on, known_at, self._behind(metric))
            self._sheets[key] = Sheet(self._scorer(metric, known_at), metric, window, look)
        return self._sheets[key]

    def people_on(self, on: date) -> Crowd:
        """Everybody as they are on a day, as recorded now."""
        from courtside.analysis.cards.scorecard import Scorer  # noqa: PLC0415
        from courtside.rules.collect import likes  # noqa: PLC0415

        people = Scorer(self._session(None)).people
        return Crowd(people, likes(people, on))

    def known_on(self, on: date) -> datetime:
        """What was known at the end of a past day: what was recorded by then, or by the first day of any records.

        Records of before the first import came with it; what was said of them earlier, nobody knows.
        """
        end = _end_of(on, self.workspace)
        return max(end, self.first_known)

    @property
    def first_known(self) -> datetime:
        """The end of the day of the first import that still counts. Raises Refused without any."""
        counting = [batch.recorded_at for batch in self.inputs.batches if batch.undone_at is None]
        if not counting:
            raise Refused("nothing has been imported yet that a rule could look at; see: courtside import --help")
        return _end_of(self.workspace.day(min(counting)), self.workspace)

    def recorded_until(self) -> date | None:
        """The last day of which anything is recorded now; None without records."""
        from courtside.warehouse.clock import Clock  # noqa: PLC0415  (DuckDB loads now)
        from courtside.warehouse.compose import over_all  # noqa: PLC0415

        days = over_all(self._session(None).coverage(Clock(self.inputs.today)).days)
        return days[1] if days else None

    def names(self) -> Mapping[str, str]:
        """Person -> name, as recorded now."""
        return self._session(None).engine.person_names()

    def close(self) -> None:
        """Close every session."""
        for session in self._sessions.values():
            session.engine.close()

    def _behind(self, metric: str) -> Mapping[str, int]:
        """The versions of the definitions a metric is made of."""
        if metric not in self.catalogue:
            return {}
        names = [one.name for one in self.catalogue.closure(metric)]
        return {name: self.definitions[name] for name in sorted(names) if name in self.definitions}

    def _scorer(self, metric: str, known_at: datetime | None) -> Scorer:
        from courtside.analysis.cards.scorecard import Scorer  # noqa: PLC0415
        from courtside.store.rules import disputed_at  # noqa: PLC0415

        key = (self._instant(known_at), disputed_at(known_at))
        if key not in self._scorers:
            self._scorers[key] = Scorer(self._session(key[0]), (metric,), disputed=key[1])
        return self._scorers[key]

    def _session(self, known_at: datetime | None) -> Session:
        """The session of an instant; instants between which nothing was recorded share one."""
        from courtside.warehouse.answer import Question, open_session  # noqa: PLC0415

        key = self._instant(known_at)
        if key not in self._sessions:
            question = Question(next(iter(self.catalogue)).name, (), None, None, None, self.inputs.today, key)
            self._sessions[key] = open_session(self.inputs, question)
        return self._sessions[key]

    def _instant(self, known_at: datetime | None) -> datetime | None:
        """The last change in the ledger by an instant: what is known then is what was known at it."""
        if known_at is None:
            return None
        marks = [mark for batch in self.inputs.batches for mark in (batch.recorded_at, batch.undone_at) if mark]
        if all(mark <= known_at for mark in marks):
            return None
        return max((mark for mark in marks if mark <= known_at), default=known_at)


@contextmanager
def rule_sheets(workspace: Workspace, caller: Caller) -> Iterator[Sheets]:
    """Sheets over the figures as they are ready now. Raises Refused for what cannot be answered."""
    from courtside.store.definitions import in_force  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.warehouse.question import CannotAnswer  # noqa: PLC0415

    catalogue = catalogue_in_force(workspace)
    inputs, _ = ready_inputs(workspace, caller, catalogue)
    versions = {name: one.version for name, one in in_force().items()}
    sheets = Sheets(workspace, catalogue, inputs, versions)
    try:
        yield sheets
    except CannotAnswer as refusal:
        raise Refused(str(refusal)) from None
    finally:
        sheets.close()


def month_ends(first: date, last: date) -> Sequence[date]:
    """The last day of every month from one day to another."""
    found: list[date] = []
    day = first.replace(day=1)
    while True:
        following = (day + timedelta(days=32)).replace(day=1)
        if following - timedelta(days=1) > last:
            return found
        found.append(following - timedelta(days=1))
        day = following


def _end_of(day: date, workspace: Workspace) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, workspace.zone) - _MICRO
