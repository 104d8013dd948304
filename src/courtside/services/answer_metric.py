"""Answering a metric for any cut, and showing the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.records.period import Grain, PeriodError
from courtside.services.asking import Clocks, read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.failures import expected_failures
from courtside.services.figures import ready_inputs
from courtside.services.list_metrics import require_metric
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.warehouse.answer import Answer, Question
    from courtside.warehouse.generation import Inputs

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
    """Answer a question from the definitions in force. Raises Refused for a name, scope or period nobody knows."""
    catalogue = catalogue_in_force(workspace)
    require_metric(workspace, catalogue, ask.metric)
    clocks = read_clocks(workspace, caller, ask.as_of, ask.known_at)
    (answer,), notes = answer_all(workspace, caller, catalogue, (ask,))
    return Answered(answer.rows, (*notes, *answer.notes), clocks.as_of, clocks.known_at)


def answer_all(
    workspace: Workspace, caller: Caller, catalogue: Catalogue, asks: Sequence[Ask]
) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    """The answers to some questions under the same clocks, and notes about the figures all of them rest on.

    Raises Refused for what cannot be answered. Whose figures were looked at goes into the log.
    """
    clocks = read_clocks(workspace, caller, asks[0].as_of, asks[0].known_at)
    questions = [_question(workspace, ask, clocks) for ask in asks]
    if any(ask.names_persons for ask in asks):
        _log(caller, asks)
    wanted = [ask.wants_rows for ask in asks]
    inputs, notes = ready_inputs(workspace, caller, catalogue)
    try:
        return _in_one_session(questions, wanted, inputs), notes
    except expected_failures():
        # A writer may have taken away a file between reading the ledger and opening it: look once more.
        inputs, notes = ready_inputs(workspace, caller, catalogue)
        return _in_one_session(questions, wanted, inputs), notes


def _in_one_session(questions: Sequence[Question], want_rows: Sequence[bool], inputs: Inputs) -> tuple[Answer, ...]:
    from courtside.warehouse.answer import CannotAnswer, open_session  # noqa: PLC0415  (DuckDB loads now)

    session = open_session(inputs, questions[0])
    try:
        return tuple(
            session.behind(question) if wants_rows else session.ask(question)
            for question, wants_rows in zip(questions, want_rows, strict=True)
        )
    except CannotAnswer as refusal:
        raise Refused(str(refusal)) from None
    finally:
        session.engine.close()


def _question(workspace: Workspace, ask: Ask, clocks: Clocks) -> Question:
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
