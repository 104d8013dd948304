"""The two clocks of a question, turned from what people write into a day and an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from courtside.services.caller import Caller
from courtside.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Clocks:
    """`as_of`: what had happened by the end of that day. `known_at`: what was recorded by then (None: now)."""

    as_of: date
    known_at: datetime | None


def read_clocks(workspace: Workspace, caller: Caller, as_of: date | None, known_at: date | datetime | None) -> Clocks:
    """The clocks of a question; the day defaults to today in the firm's zone."""
    return Clocks(as_of or workspace.day(caller.clock()), _instant(workspace, known_at))


def _instant(workspace: Workspace, known_at: date | datetime | None) -> datetime | None:
    """An instant without a zone is the firm's; a bare day means its last moment."""
    if known_at is None:
        return None
    if isinstance(known_at, datetime):
        return known_at if known_at.tzinfo else known_at.replace(tzinfo=workspace.zone)
    next_day = datetime.combine(known_at + timedelta(days=1), time.min, workspace.zone)
    return next_day - timedelta(microseconds=1)
