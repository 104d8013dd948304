"""What holds for break-glass: how long it lasts, what it opens, who agrees, and when its person is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from courtside.services.hr_console_scope import handles
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand

if TYPE_CHECKING:
    from courtside.store.glass import Glass

LASTS = timedelta(minutes=60)
"""From the agreement. Source: TRUST 2.2 rule 6."""
WAITS = timedelta(days=7)
"""A request nobody has decided by then can be agreed to no more."""
LONGEST_HOLD = timedelta(days=90)
"""So far ahead the notice to the person can be held back at most."""


def is_asker(visit: Visit, found: Glass) -> bool:
    """Whether the viewer asked for it, and looks with their own eyes."""
    return visit.viewer.username == found.asked_by and not visit.viewer.is_read_only


def glass_for(visit: Visit, opaque: str) -> Glass:
    """A request, for who asked and the HR partners who look after its person. Raises NotFound for anybody else."""
    from courtside.store import glass  # noqa: PLC0415  (Django stays out of start-up)

    found = glass.glass(opaque)
    if found is None or not may_see_glass(visit, found):
        raise NotFound
    return found


def may_see_glass(visit: Visit, found: Glass) -> bool:
    """Whether the viewer is of those a request concerns; its person sees it on their own page instead."""
    if not visit.may_run(Errand.SEE_GLASS) or visit.viewer.person_id == found.person_id:
        return False
    return is_asker(visit, found) or handles(visit, found.person_id)


def detail_of(found: Glass) -> dict[str, Any]:
    """What the log keeps of it: ids alone."""
    return {"person": found.person_id, "glass": found.opaque}


def is_too_old(visit: Visit, found: Glass) -> bool:
    """Whether a request waited so long that it can be agreed to no more."""
    return not found.outcome and visit.caller.clock() >= found.asked_at + WAITS


def why_not_hold(told_on: date | None, reason: str, today: date) -> str:
    """Why the notice cannot be held back until a day; empty if it can, or is not."""
    if told_on is None:
        return "say until which day the notice is held back" if reason.strip() else ""
    if told_on <= today:
        return "the notice can only be held back until a day to come"
    if told_on > today + LONGEST_HOLD:
        return f"the notice can be held back for {LONGEST_HOLD.days} days at most"
    return "" if reason.strip() else "say why the notice is held back"
