"""The holds an HR partner sees: those that stand on people they look after, and what waits for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from courtside.analysis.wording import day
from courtside.services.four_eyes import eye_of, why_not_second
from courtside.services.hr_console_scope import handles, hold_case, is_second
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Role

if TYPE_CHECKING:
    from courtside.store.retention import Hold


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold in a list. `may_release`: the viewer is the second person its release waits for."""

    number: int
    name: str
    person_id: str
    case_id: str
    reason: str
    placed_by: str
    placed_at: datetime
    asked_by: str
    asked_reason: str
    may_ask: bool
    may_release: bool
    why_not: str
    approver_for: str
    """What an outside approver of its release would be named for."""


def holds_page(visit: Visit) -> tuple[HoldLine, ...]:
    """The holds the viewer may see, the oldest first: HR partners theirs, an agreed executive the one they decide.

    Raises NotFound for those to whom none is open and who have no such duty.
    """
    from courtside.store import retention  # noqa: PLC0415  (Django stays out of start-up)

    found = [one for one in retention.open_holds() if _is_theirs(visit, one)]
    if not found and Role.HR not in visit.viewer.roles:
        raise NotFound
    return tuple(_line(visit, one) for one in found)


def hold_on_file(visit: Visit, person_id: str) -> str:
    """One sentence for a person's file, for HR partners and auditors; empty where nothing is held."""
    from courtside.store import retention  # noqa: PLC0415

    if not visit.viewer.roles & {Role.HR, Role.AUDITOR}:
        return ""
    found = retention.holds_on(person_id)
    if not found:
        return ""
    since = day(visit.standing.workspace.day(min(one.placed_at for one in found)))
    what = "everything about them" if any(not one.case_id for one in found) else "a case about them"
    return f"A legal hold has stood on {what} since {since}: nothing of it can be erased until two people release it."


def known_hold(visit: Visit, number: int) -> Hold:
    """A hold that stands and that the viewer may see. Raises NotFound."""
    from courtside.store import retention  # noqa: PLC0415

    hold = retention.hold(number)
    if hold is None or hold.released_at is not None or not _is_theirs(visit, hold):
        raise NotFound
    return hold


def _is_theirs(visit: Visit, hold: Hold) -> bool:
    return handles(visit, hold.person_id) or is_second(visit, hold.person_id, hold_case(hold))


def _line(visit: Visit, hold: Hold) -> HoldLine:
    why = ""
    if hold.release_asked_by:
        first, own = eye_of(hold.release_asked_by), eye_of(visit.viewer.username)
        why = why_not_second(first, own, hold.person_id, visit.hierarchy, visit.today)
    return HoldLine(
        hold.number, visit.hierarchy.name(hold.person_id), hold.person_id, hold.case_id, hold.reason, hold.placed_by,
        hold.placed_at.astimezone(visit.standing.workspace.zone), hold.release_asked_by, hold.release_reason,
        not hold.release_asked_by and handles(visit, hold.person_id), bool(hold.release_asked_by) and not why, why,
        hold_case(hold),
    )  # fmt: skip
