"""What has been kept as long as it is to be kept: the list of what would go and why. Nothing goes by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, TypeVar

from courtside.analysis.wording import day
from courtside.services.caller import Caller
from courtside.services.standing import stand
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.store.proposals import Proposal
    from courtside.workflow.record import Plan

Case = TypeVar("Case", "Plan", "Proposal")

ERASED = "erased-"
"""How the token begins that stands in the place of somebody erased."""


@dataclass(frozen=True, slots=True)
class DueToGo:
    """Something whose time is over: of which kind, about whom (empty: nobody in particular), since when, and why.

    `before`: for what goes by its age, the instant before which it ended. `is_held`: a hold keeps it all the same.
    """

    kind: str
    person_id: str
    due_on: date
    why: str
    count: int
    is_held: bool
    before: datetime | None = None


def what_is_due(workspace: Workspace, caller: Caller) -> tuple[DueToGo, ...]:
    """The list, by the day it became due. Reads only."""
    found = (*_people(workspace, caller), *_proposals(workspace, caller), *_log(workspace, caller))
    return tuple(sorted(found, key=lambda one: (one.due_on, one.kind, one.person_id)))


def cutoff(workspace: Workspace, caller: Caller, kind: str) -> datetime:
    """The beginning of the firm's day before which proposals or acts of the log have been kept long enough."""
    kept = workspace.settings.retention
    span = kept.proposals if kind == "proposals" else kept.log
    return datetime.combine(span.before(workspace.day(caller.clock())), time(), workspace.zone)


def came_to_nothing(before: datetime, kept: Collection[str]) -> tuple[Proposal, ...]:
    """The proposals declined or withdrawn that ended before an instant, but for those about some people."""
    from courtside.store import proposals  # noqa: PLC0415  (Django stays out of start-up)

    return tuple(
        one
        for one in proposals.every()
        if (one.outcome == "decline" or one.state == "withdrawn")
        and one.ended_at is not None
        and one.ended_at < before
        and one.person_id not in kept
    )


def _people(workspace: Workspace, caller: Caller) -> Iterator[DueToGo]:
    """Those who left so long ago that neither their records nor any case about them has to be kept."""
    from courtside.store import plans, proposals, retention  # noqa: PLC0415

    kept, today, held = workspace.settings.retention, workspace.day(caller.clock()), retention.held_people()
    with stand(workspace).session(caller) as session:
        left = {
            one.person_id: one.left_on
            for one in session.open_firm().people.values()
            if one.left_on is not None and one.left_on <= today and not one.person_id.startswith(ERASED)
        }
    due = {person: on for person, on in left.items() if kept.figures.after(on) <= today}
    cases, proposed = _by_person(plans.plans_about(due)), _by_person(proposals.about(due))
    for person, on in due.items():
        if any(one.is_open for one in cases.get(person, ())) or any(one.is_waiting for one in proposed.get(person, ())):
            continue
        ends = [max(one.ended_on, on) for one in cases.get(person, ()) if one.ended_on is not None]
        until = max([kept.figures.after(on), *(kept.cases.after(one) for one in ends)])
        if until <= today:
            why = f"left on {day(on)}; records by name are kept for {kept.figures}"
            why += f", and cases for {kept.cases} after closing or leaving" if ends else ""
            yield DueToGo("person", person, until, why, 1 + len(ends), person in held)


def _by_person(rows: Collection[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found


def _proposals(workspace: Workspace, caller: Caller) -> Iterator[DueToGo]:
    from courtside.store import retention  # noqa: PLC0415

    kept, before, held = workspace.settings.retention, cutoff(workspace, caller, "proposals"), retention.held_people()
    found = came_to_nothing(before, held)
    if found:
        first = min(one.ended_at for one in found if one.ended_at is not None)
        why = f"proposals that came to nothing are kept for {kept.proposals}, so that no shadow file grows"
        yield DueToGo("proposals", "", kept.proposals.after(workspace.day(first)), why, len(found), False, before)


def _log(workspace: Workspace, caller: Caller) -> Iterator[DueToGo]:
    from courtside.store import erasing_log  # noqa: PLC0415

    before = cutoff(workspace, caller, "log")
    number = erasing_log.count_before(before)
    if number:
        why = f"what entries of the log say is kept for {workspace.settings.retention.log}; the chain of them stays"
        yield DueToGo("log", "", workspace.day(caller.clock()), why, number, False, before)
