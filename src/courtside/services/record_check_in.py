"""Recording a check-in: when it was held, and what was said, in a note both sign."""

from __future__ import annotations

from datetime import date

from courtside.records.canonical import digest
from courtside.services.plan_step import Asked, take
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.events import RecordCheckIn
from courtside.workflow.record import Plan

LONGEST_NOTE = 3_000


def record_check_in(  # noqa: PLR0913  (a check-in in all its parts)
    visit: Visit, plan_id: str, due_on: date, held_on: date, notes: str, *, seen: int | None = None
) -> Plan:
    """The check-in due on a day was held; its note goes to both. Nothing is dated back before the plan began.

    The plan keeps the hash of the note, the document its words. Raises NotFound, Refused.
    """
    said = checked_note(notes)
    words = {"notes": said, "held_on": held_on.isoformat(), "due_on": due_on.isoformat()}
    asked = Asked(CaseAction.CHECK_IN, seen=seen, words=words)
    return take(visit, plan_id, asked, lambda _plan, by: RecordCheckIn(by, due_on, held_on, note_hash(plan_id, words)))


def note_hash(plan_id: str, words: dict[str, str]) -> str:
    """What binds a note to its check-in."""
    return digest({"plan": plan_id, **words})


def checked_note(text: str) -> str:
    """The note, its paragraphs kept. Raises Refused for none, and for one that is too long or cannot be printed."""
    said = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not said:
        raise Refused("a note is needed: what was said, and what was agreed")
    if len(said) > LONGEST_NOTE or not said.replace("\n", " ").isprintable():
        raise Refused(f"a note may have up to {LONGEST_NOTE:,} printable characters")
    return said
