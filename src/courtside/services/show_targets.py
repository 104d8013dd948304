"""Showing targets: each with where it comes from, how much of it is due, and how far the figure has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from courtside.services.answer_metric import Answered, in_session
from courtside.services.asking import read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.list_metrics import require_metric
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.records.period import Period
    from courtside.warehouse.answer import Answer
    from courtside.warehouse.target_figures import Sought


@dataclass(frozen=True, slots=True)
class ShowTargets:
    """Which targets to show; None is every one. Without a scope teams and the firm are added up from persons."""

    metric: str | None = None
    scope: str | None = None
    period: str | None = None
    as_of: date | None = None
    known_at: date | datetime | None = None


def show_targets(workspace: Workspace, caller: Caller, show: ShowTargets) -> Answered:
    """The targets in force, metric by metric, from the firm down. Raises Refused for a name nobody knows."""
    from courtside.warehouse.target_figures import Sought  # noqa: PLC0415  (keeps start-up short)

    catalogue = catalogue_in_force(workspace)
    if show.metric is not None:
        require_metric(workspace, catalogue, show.metric)
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    sought = Sought(clocks.as_of, show.metric, show.scope, period_named(workspace, show.period))
    answer, notes = look_at_targets(workspace, caller, catalogue, sought, clocks.known_at)
    if any(str(row["scope"]).startswith("person:") for row in answer.rows):
        _log(caller, show)
    if not answer.rows and not answer.notes:
        notes = (*notes, "no target fits; `courtside targets set` makes one, and the table `targets` brings many")
    return Answered(answer.rows, (*notes, *answer.notes), clocks.as_of, clocks.known_at)


def look_at_targets(
    workspace: Workspace, caller: Caller, catalogue: Catalogue, sought: Sought, known_at: datetime | None = None
) -> tuple[Answer, tuple[str, ...]]:
    """The targets sought, and notes about the figures beside them. Raises Refused for a scope nobody knows."""
    from courtside.warehouse.answer import Question  # noqa: PLC0415  (DuckDB loads now)
    from courtside.warehouse.target_figures import target_figures  # noqa: PLC0415

    question = Question(sought.metric or "", (), None, None, None, sought.as_of, known_at)
    return in_session(workspace, caller, catalogue, question, lambda session: target_figures(session, sought))


def period_named(workspace: Workspace, name: str | None) -> Period | None:
    """The period of a name, `all` included. Raises Refused."""
    from courtside.metrics.target_rows import parse_period  # noqa: PLC0415  (keeps start-up short)
    from courtside.records.period import PeriodError  # noqa: PLC0415

    try:
        return parse_period(name, workspace.calendar) if name is not None else None
    except PeriodError as error:
        raise Refused(str(error)) from None


def _log(caller: Caller, show: ShowTargets) -> None:
    """Who looked at whose targets is part of the record."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    detail = {"metric": show.metric, "scope": show.scope, "period": show.period}
    audit.write(audit.Act(caller.clock(), caller.who, "show_targets", detail))
