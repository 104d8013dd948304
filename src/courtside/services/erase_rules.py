"""Why somebody cannot be erased yet: a hold, something undecided, or records the law keeps for a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from courtside.analysis.wording import day
from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.retention_settings import FLOORS
from courtside.services.standing import stand
from courtside.services.workspace import Workspace

HELD = "a legal hold stands on what there is about this person; it takes two people to release it first"


def refuse_unless_erasable(workspace: Workspace, caller: Caller, person_id: str) -> None:
    """Raises Refused under a hold, while a case is open, and below the floor of what has to be kept."""
    if why := why_not_erase(workspace, caller, person_id):
        raise Refused(why)


def why_not_erase(workspace: Workspace, caller: Caller, person_id: str) -> str:
    """Why a person cannot be erased today, in words; empty if they can."""
    from courtside.store import plans, proposals, retention  # noqa: PLC0415  (Django stays out of start-up)

    if retention.holds_on(person_id):
        return HELD
    zone = workspace.zone
    cases = plans.plans_about([person_id])
    proposed = proposals.about([person_id]) if proposals.are_kept() else ()
    if any(one.is_open for one in cases) or any(one.is_waiting and not one.is_watch for one in proposed):
        return "something about this person is not decided yet; it has to come to its end first"
    ends = [one.ended_on for one in cases if one.ended_on is not None]
    ends += [one.ended_at.astimezone(zone).date() for one in proposed if one.outcome and one.ended_at is not None]
    if not ends:
        return ""
    until = FLOORS["cases"].after(max(ends + list(_left(workspace, caller, person_id))))
    if workspace.day(caller.clock()) < until:
        return f"what was decided about this person has to be kept until {day(until - timedelta(days=1))}"
    return ""


def _left(workspace: Workspace, caller: Caller, person_id: str) -> Iterator[date]:
    """The day somebody left, if they have."""
    with stand(workspace).session(caller) as session:
        found = session.open_firm().people.get(person_id)
    if found is not None and found.left_on is not None:
        yield found.left_on
