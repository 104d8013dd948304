"""Noting that something the manager owes was done."""

from __future__ import annotations

from datetime import date

from courtside.services.plan_step import Asked, take
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import NoteOwed
from courtside.workflow.record import Plan


def note_owed(visit: Visit, plan_id: str, key: str, done_on: date, seen: int | None = None) -> Plan:
    """Something owed to the person was done on a day. Raises NotFound, Refused."""
    return take(visit, plan_id, Asked(CaseAction.CHECK_IN, seen=seen), lambda _plan, by: NoteOwed(by, key, done_on))
