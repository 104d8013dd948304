"""What proposals are due: weakened evidence told, what was put off brought back, reminders, HR where nobody decides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.proposal_deciders import deciders, managers_of, tell, tell_deciders
from courtside.services.propose import DAYS_TO_DECIDE
from courtside.services.standing import stand
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.records.hierarchy import Hierarchy
    from courtside.store.proposals import Later, Proposal

REMIND_BEFORE = timedelta(days=4)
"""So long before the day it is due a manager is reminded."""


FOLLOWED = timedelta(days=400)
"""So long after a decision for a plan later looks of its rule are set beside it."""


def due(workspace: Workspace, caller: Caller) -> int:
    """Do what is due; how many things were done. Nothing here ever decides: time only reminds and tells."""
    from courtside.store import proposals  # noqa: PLC0415  (Django stays out of start-up)

    done = weaken(workspace, caller)
    waiting = proposals.waiting()
    if not waiting:
        return done
    hierarchy = stand(workspace).hierarchy(caller)
    return done + sum(_one(workspace, caller, hierarchy, one) for one in waiting)


def weaken(workspace: Workspace, caller: Caller) -> int:
    """Set every proposal beside the newest look of its rule; how many of them changed.

    One that no longer holds is marked with the day and told to those who decide, and noted on the plan it became. A
    mere note is taken back: it ends by itself.
    """
    from courtside.store import proposals  # noqa: PLC0415

    followed = proposals.followed(caller.clock() - FOLLOWED)
    later = proposals.later_of(followed)
    return sum(look_again(workspace, caller, one, later[one.id]) for one in followed if one.id in later)


def look_again(workspace: Workspace, caller: Caller, one: Proposal, later: Later) -> bool:
    from courtside.store import audit, outbox, proposals  # noqa: PLC0415

    now = caller.clock()
    with audit.together():
        if not proposals.note_later(one.id, later):
            return False
        if later.holds:
            if one.weakened_on is not None:
                _write(caller, "strengthen_proposal", one, later)
            return True
        if one.is_watch:
            proposals.withdraw(one.id, now)
            outbox.settle(f"proposal:{one.id}:", now)
            _write(caller, "withdraw_proposal", one, later)
            return True
        if one.weakened_on is None:
            _write(caller, "weaken_proposal", one, later)
            _tell_weakened(workspace, caller, one, later)
    return True


def _tell_weakened(workspace: Workspace, caller: Caller, one: Proposal, later: Later) -> None:
    """With the records of now the rule would not hold: those who decide learn it, and the plan says so."""
    hierarchy, today, now = stand(workspace).hierarchy(caller), workspace.day(caller.clock()), caller.clock()
    if one.plan_id:
        from courtside.services.plan_ground import Ground  # noqa: PLC0415  (plans know of proposals)
        from courtside.services.plan_step import note_weakened  # noqa: PLC0415

        note_weakened(Ground(workspace, caller, hierarchy), one.plan_id, later.sha256)
        return
    managers, partners = deciders(one, hierarchy, today)
    tell(one, managers + partners, "task", f"weakened:{later.on.isoformat()}", now)


def _one(workspace: Workspace, caller: Caller, hierarchy: Hierarchy, one: Proposal) -> int:
    """What is due of one proposal that waits."""
    today, now = workspace.day(caller.clock()), caller.clock()
    if one.is_watch:
        return _note(workspace, caller, hierarchy, one)
    from courtside.store import audit, proposals  # noqa: PLC0415

    if one.state == proposals.DEFERRED:
        return _come_back(caller, hierarchy, one, today)
    if today < one.due_on - REMIND_BEFORE:
        return 0
    managers, partners = deciders(one, hierarchy, today)
    with audit.together():
        told = 0 if today >= one.due_on else tell(one, managers, "date", "near", now)
        if today >= one.due_on:
            told += tell(one, managers, "overdue", "over", now)
            escalated = tell(one, partners, "overdue", "escalate", now)
            if escalated:
                _write(caller, "escalate_proposal", one, None)
            told += escalated
    return told


def _note(workspace: Workspace, caller: Caller, hierarchy: Hierarchy, one: Proposal) -> int:
    """The manager learns of a note a working day after the person."""
    from courtside.records.working_days import is_working_day  # noqa: PLC0415
    from courtside.store import audit  # noqa: PLC0415

    today = workspace.day(caller.clock())
    if today <= workspace.day(one.offered_at) or not is_working_day(today):
        return 0
    with audit.together():
        return tell(one, managers_of(one.person_id, hierarchy, today), "task", "note", caller.clock())


def _come_back(caller: Caller, hierarchy: Hierarchy, one: Proposal, today: date) -> int:
    from courtside.store import audit, proposals  # noqa: PLC0415

    if one.deferred_until is None or today < one.deferred_until:
        return 0
    now = caller.clock()
    with audit.together():
        if not proposals.come_back(one.id, now, today + timedelta(days=DAYS_TO_DECIDE)):
            return 0
        _write(caller, "bring_back_proposal", one, None)
        again = proposals.proposal(one.id)
        return 1 + (0 if again is None else tell_deciders(again, hierarchy, today, now))


def _write(caller: Caller, verb: str, one: Proposal, later: Later | None) -> None:
    from courtside.store import audit  # noqa: PLC0415

    detail: dict[str, object] = {"case": one.id, "person": one.person_id}
    if later is not None:
        detail |= {"on": later.on.isoformat(), "evaluation": later.sha256}
    audit.write(audit.Act(caller.clock(), caller.who, verb, detail))
