"""Why a result is short: the gap to a target, to the period before or to others, taken apart exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.services.answer_metric import Answered, days_of, in_session
from courtside.services.asking import read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.list_metrics import require_metric
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.warehouse.session import Session


@dataclass(frozen=True, slots=True)
class ShowWhy:
    """Which result, whose (a person's or a team's), in which period, and held against what."""

    metric: str
    period: str
    person: str | None = None
    team: str | None = None
    against: str = "target"
    as_of: date | None = None
    known_at: date | datetime | None = None

    @property
    def scope(self) -> str:
        """The scope asked about."""
        return f"person:{self.person}" if self.person is not None else f"team:{self.team}"


def show_why(workspace: Workspace, caller: Caller, show: ShowWhy) -> Answered:
    """One row a factor: plan, actual, effect, interval, chance and whose it is; the effects add up to the gap.

    Raises Refused for a metric, person, team or period nobody knows, a metric without factors, a period that is
    not over, and a cohort older than the records.
    """
    from courtside.warehouse.question import Question  # noqa: PLC0415  (keeps start-up short)

    catalogue = catalogue_in_force(workspace)
    metric = require_metric(workspace, catalogue, show.metric)
    if show.period == "all":
        raise Refused("a gap is that of one period, such as 2026-Q3")
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    first, last = days_of(workspace, show.period)
    _log(caller, show)
    question = Question(metric.name, (), None, first, last, clocks.as_of, clocks.known_at, (show.scope,))

    def told(session: Session) -> tuple[list[Mapping[str, Any]], list[str]]:
        from courtside.analysis.gaps import rows as why_rows  # noqa: PLC0415  (numpy and scipy load now)
        from courtside.analysis.gaps.planned import Against  # noqa: PLC0415
        from courtside.analysis.gaps.why import Whys  # noqa: PLC0415

        session.asked_of(question, metric)  # refuses a person or team nobody knows
        whys = Whys(session, question, Against(show.against), show.team)
        _ = whys.period  # refuses a metric without factors and a period that is not over
        return why_rows.of_team(whys) if show.person is None else why_rows.of_person(whys, show.person)

    (rows, notes), before = in_session(workspace, caller, catalogue, question, told)
    return Answered(tuple(rows), (notes[0], *before, *notes[1:]), clocks.as_of, clocks.known_at)


def _log(caller: Caller, show: ShowWhy) -> None:
    """Who looked at whose gap is part of the record."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    detail = {"scope": show.scope, "period": show.period, "metrics": [show.metric]}
    audit.write(audit.Act(caller.clock(), caller.who, "show_why", detail))
