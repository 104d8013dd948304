"""Answering a metric for any cut, and showing the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from courtside.records.period import Grain, PeriodError
from courtside.services.asking import Clocks, read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.failures import expected_failures
from courtside.services.figures import ready_inputs
from courtside.services.list_metrics import require_metric
from courtside.services.refused import Refused
from courtside.services.scoring import scorer_of
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.warehouse.answer import Answer, Question, Session
    from courtside.warehouse.generation import Inputs

T = TypeVar("T")

_PERSONAL = ("person", "manager")


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as a person puts it. `period` stands for `first` and `last`."""

    metric: str
    by: tuple[str, ...] = ()
    grain: Grain | None = None
    first: date | None = None
    last: date | None = None
    period: str | None = None
    scopes: tuple[str, ...] = ()
    as_of: date | None = None
    known_at: date | datetime | None = None
    wants_rows: bool = False

    @property
    def names_persons(self) -> bool:
        """Whether the answer speaks of single persons."""
        return (
            self.wants_rows
            or any(dimension in _PERSONAL for dimension in self.by)
            or any(
                scope.partition(":")[0] in _PERSONAL or ":" not in scope for scope in self.scopes if scope != "company"
            )
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer and the clocks it was given under."""

    rows: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    as_of: date
    known_at: datetime | None


def answer_metric(workspace: Workspace, caller: Caller, ask: Ask) -> Answered:
    """Answer a question with all there is to say about how sure the answer is.

    Raises Refused for a name, scope or period nobody knows.
    """
    catalogue = catalogue_in_force(workspace)
    require_metric(workspace, catalogue, ask.metric)
    clocks = read_clocks(workspace, caller, ask.as_of, ask.known_at)
    question = question_of(workspace, ask, clocks)
    if ask.names_persons:
        _log(caller, (ask,))

    def complete(session: Session) -> Answer:
        return session.behind(question) if ask.wants_rows else scorer_of(session).ask(question)

    answer, notes = in_session(workspace, caller, catalogue, question, complete)
    return Answered(answer.rows, (*notes, *answer.notes), clocks.as_of, clocks.known_at)


def answer_all(
    workspace: Workspace, caller: Caller, catalogue: Catalogue, asks: Sequence[Ask]
) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    """The bare figures of some questions under the same clocks, and notes about what all of them rest on.

    Raises Refused for what cannot be answered. Whose figures were looked at goes into the log.
    """
    clocks = read_clocks(workspace, caller, asks[0].as_of, asks[0].known_at)
    questions = [question_of(workspace, ask, clocks) for ask in asks]
    if any(ask.names_persons for ask in asks):
        _log(caller, asks)
    wanted = list(zip(questions, (ask.wants_rows for ask in asks), strict=True))

    def answers(session: Session) -> tuple[Answer, ...]:
        return tuple(session.behind(one) if wants_rows else session.ask(one) for one, wants_rows in wanted)

    return in_session(workspace, caller, catalogue, questions[0], answers)


def in_session(
    workspace: Workspace, caller: Caller, catalogue: Catalogue, question: Question, work: Callable[[Session], T]
) -> tuple[T, tuple[str, ...]]:
    """What some work finds in a session over the figures known at a question's instant, and notes about them.

    Raises Refused for what cannot be answered.
    """
    inputs, notes = ready_inputs(workspace, caller, catalogue)
    try:
        return _once(inputs, question, work), notes
    except expected_failures():
        # A writer may have taken away a file between reading the ledger and opening it: look once more.
        inputs, notes = ready_inputs(workspace, caller, catalogue)
        return _once(inputs, question, work), notes


def _once(inputs: Inputs, question: Question, work: Callable[[Session], T]) -> T:
    from courtside.warehouse.answer import CannotAnswer, open_session  # noqa: PLC0415  (DuckDB loads now)

    session = open_session(inputs, question)
    try:
        return work(session)
    except CannotAnswer as refusal:
        raise Refused(str(refusal)) from None
    finally:
        session.engine.close()


def question_of(workspace: Workspace, ask: Ask, clocks: Clocks) -> Question:
    """A question as the warehouse takes it. Raises Refused for a period nobody knows."""
    from courtside.warehouse.answer import Question  # noqa: PLC0415

    first, last = ask.first, ask.last
    if ask.period and ask.period != "all":
        first, last = days_of(workspace, ask.period)
    return Question(
        metric=ask.metric,
        by=ask.by,
        grain=ask.grain,
        first=first,
        last=last,
        as_of=clocks.as_of,
        known_at=clocks.known_at,
        scopes=ask.scopes,
    )


def days_of(workspace: Workspace, period: str) -> tuple[date, date]:
    """The first and last day of a named period. Raises Refused."""
    try:
        found = workspace.calendar.parse(period)
    except PeriodError as error:
        raise Refused(str(error)) from None
    return found.starts_on, found.last_on


def _log(caller: Caller, asks: Sequence[Ask]) -> None:
    """Who looked at whose figures is part of the record."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    detail = {
        "metrics": [ask.metric for ask in asks],
        "by": sorted({dimension for ask in asks for dimension in ask.by}),
        "scopes": sorted({scope for ask in asks for scope in ask.scopes}),
        "rows": any(ask.wants_rows for ask in asks),
    }
    audit.write(audit.Act(caller.clock(), caller.who, "answer_metric", detail))
