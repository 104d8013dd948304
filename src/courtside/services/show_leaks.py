"""Where cases leak: how many get past each stage in the same time, and whose rate lies clearly below the others'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from courtside.services.answer_metric import Answered, in_session
from courtside.services.asking import Clocks, read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.analysis.leaks.rows import Leaks
    from courtside.warehouse.session import Session


@dataclass(frozen=True, slots=True)
class ShowLeaks:
    """Of which pipeline (all, if none is named), cut by what, within how many days, of entries on which days."""

    pipeline: str | None = None
    by: str | None = None
    horizon: int | None = None
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    known_at: date | datetime | None = None


def show_leaks(workspace: Workspace, caller: Caller, show: ShowLeaks) -> Answered:
    """The rows of DATA 5, stage by stage in the order of the pipeline.

    Raises Refused for a pipeline nobody knows, days in the wrong order, and a workspace without cases.
    """
    from courtside.warehouse.question import Question  # noqa: PLC0415  (DuckDB loads now)

    if show.first and show.last and show.last < show.first:
        raise Refused(f"the range ends on {show.last} before it begins on {show.first}")
    catalogue = catalogue_in_force(workspace)
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    if show.by == "person":
        _log(caller, show)
    question = Question("leaks", (), None, None, None, clocks.as_of, clocks.known_at)
    days = recorded_on(workspace)
    found, notes = in_session(
        workspace, caller, catalogue, question, lambda session: leaks_in(session, show, clocks, days)
    )
    return Answered(found.rows, (*notes, *found.notes), clocks.as_of, clocks.known_at)


def leaks_in(session: Session, show: ShowLeaks, clocks: Clocks, recorded: Mapping[int, date]) -> Leaks:
    """The same from a session that is open already. `recorded` says on which day each batch was imported."""
    from courtside.analysis.leaks.late_entry import late_entries  # noqa: PLC0415  (numpy loads now)
    from courtside.analysis.leaks.rows import AskLeaks, leaks_for_all  # noqa: PLC0415

    asked = AskLeaks(clocks.as_of, show.pipeline, show.by, show.horizon, show.first, show.last)
    found = leaks_for_all(session, asked)
    if not found.rows:
        raise Refused("no case has entered a stage in the days asked for; see: courtside import --help")
    late = late_entries(session.engine, recorded, clocks.as_of, show.pipeline)
    return replace(found, notes=(*found.notes, *late))


def recorded_on(workspace: Workspace) -> Mapping[int, date]:
    """Batch -> the day it was imported, in the firm's zone."""
    from courtside.store.ledger import batches  # noqa: PLC0415  (Django stays out of start-up)

    return {batch.number: batch.recorded_at.astimezone(workspace.zone).date() for batch in batches()}


def _log(caller: Caller, show: ShowLeaks) -> None:
    """Whose cases were looked at is part of the record."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    detail = {"by": show.by, "pipeline": show.pipeline}
    audit.write(audit.Act(caller.clock(), caller.who, "show_leaks", detail))
