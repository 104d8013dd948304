"""How many of somebody's own working days have passed: weekends, holidays where they are and absences do not count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.standing import stand
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.records.working_days import Attendance
    from courtside.store.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Had:
    """Whether a person has had the evidence: when it was offered, when they opened it, and what has passed since."""

    offered_at: datetime
    opened_at: datetime | None
    days_passed: int
    is_had: bool


def had(workspace: Workspace, caller: Caller, proposal: Proposal) -> Had:
    """Whether the person a proposal is about has had its evidence. Source: METHODS 1.6 (10)."""
    from courtside.store.proposals import ENOUGH_DAYS  # noqa: PLC0415  (Django stays out of start-up)

    today, offered = workspace.day(caller.clock()), workspace.day(proposal.offered_at)
    passed = days_passed(attendance(workspace, caller), proposal.person_id, offered, today)
    return Had(proposal.offered_at, proposal.opened_at, passed, proposal.opened_at is not None or passed >= ENOUGH_DAYS)


def days_passed(there: Attendance, person_id: str, offered_on: date, today: date) -> int:
    """Whole working days a person was there for since the day something was offered; neither that day nor today counts.

    Offered on a Monday -> 5 on the Tuesday of the week after, if they were there every day.
    """
    first = offered_on + timedelta(days=1)
    return int(there.present_days(person_id, first, today)) if first < today else 0


def attendance(workspace: Workspace, caller: Caller) -> Attendance:
    """Who is there on which day, as recorded now; somebody new is there all the same, so no ramp is looked at."""
    from courtside.records.working_days import Attendance  # noqa: PLC0415  (keeps start-up short)

    with stand(workspace).session(caller) as session:
        return Attendance(replace(session.open_firm().firm, ramp={}))
