"""How long until a metric can show a 30 % drop for one person, at the volume they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.services.answer_metric import Answered, in_session
from courtside.services.asking import read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.list_metrics import require_metric
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.warehouse.session import Session


@dataclass(frozen=True, slots=True)
class ShowWindow:
    """Whose window, and for which metric."""

    metric: str
    person: str
    as_of: date | None = None
    known_at: date | datetime | None = None


def show_window(workspace: Workspace, caller: Caller, show: ShowWindow) -> Answered:
    """One row: volume a week, what is needed, the weeks it takes, a sentence, and which cause would show it sooner.

    Raises Refused for an unknown metric or person, and for figures that are no counts or rates.
    """
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415  (numpy loads now)
    from courtside.warehouse.question import Question  # noqa: PLC0415

    catalogue = catalogue_in_force(workspace)
    metric = require_metric(workspace, catalogue, show.metric)
    if kind_of(metric, catalogue) not in (Kind.RATE, Kind.COUNT):
        countable = [cause.metric for cause in metric.moved_by if kind_of(catalogue[cause.metric], catalogue) in
                     (Kind.RATE, Kind.COUNT)]  # fmt: skip
        instead = f"; what moves it can be asked for: {', '.join(countable)}" if countable else ""
        raise Refused(f"a window is known of counts and rates, and {metric.name} is neither{instead}")
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    _log(caller, show)
    question = Question(
        metric.name, (), None, None, None, clocks.as_of, clocks.known_at, (f"person:{show.person}",)
    )  # fmt: skip

    def rows(session: Session) -> Sequence[Mapping[str, Any]]:
        from courtside.analysis.cards.volume import window_of  # noqa: PLC0415

        return [window_of(session, question)]

    found, notes = in_session(workspace, caller, catalogue, question, rows)
    return Answered(tuple(found), notes, clocks.as_of, clocks.known_at)


def _log(caller: Caller, show: ShowWindow) -> None:
    """Who looked at whose volume is part of the record."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    detail = {"scope": f"person:{show.person}", "metrics": [show.metric]}
    audit.write(audit.Act(caller.clock(), caller.who, "show_window", detail))
