"""What documents are due: reminders before and on the day, what is late and goes up to HR, and seals left undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from courtside.records.working_days import is_working_day
from courtside.services.caller import Caller
from courtside.services.document_parties import partners_of
from courtside.services.document_signing import INDEX, START, signing_of, waits_for
from courtside.services.document_tell import due_on, tell
from courtside.services.plan_ground import Ground, ground_at
from courtside.services.refused import Refused
from courtside.services.seal_document import anchor_missing, seal_document
from courtside.services.seal_time_stamp import NotStampedYet
from courtside.services.workspace import Workspace
from courtside.workflow.actors import Person
from courtside.workflow.signing import Signing

if TYPE_CHECKING:
    from courtside.store.documents import Document

BEFORE = (3, 1)
"""So many working days before the day somebody is reminded."""


def due(workspace: Workspace, caller: Caller) -> int:
    """Tell what is to be told by now and seal what is settled: the number of things done, each once.

    Nothing here signs, declines or ends anything. The papers a plan begins with are reminded of by the plan.
    """
    from courtside.store import documents, signing  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.store.models import SpentNonce  # noqa: PLC0415
    from courtside.store.tables import is_kept  # noqa: PLC0415

    if not is_kept(SpentNonce):
        return 0
    signing.forget_spent(caller.clock())
    held = [one for one in documents.every() if one.template != INDEX]
    done = _seal(workspace, caller, [one for one in held if one.state == documents.READY])
    done += anchor_missing(workspace, caller)
    asked = [one for one in held if one.state in (documents.ISSUED, documents.OPENED) and one.template not in START]
    ground = ground_at(workspace, caller) if asked else None
    return done + (sum(_told(ground, one) for one in asked) if ground else 0)


def _seal(workspace: Workspace, caller: Caller, settled: Sequence[Document]) -> int:
    """How many of those settled are sealed now; an authority that does not answer is asked once in a round."""
    done, asks = 0, True
    for one in settled:
        try:
            done += seal_document(workspace, caller, one.id, asks=asks)
        except NotStampedYet as why:
            if asks:
                caller.warn(f"document {one.id} waits for its time-stamp: {why.reason}")
            asks = False
        except Refused as why:
            caller.warn(f"document {one.id} cannot be sealed: {why.reason}")
    return done


def _told(ground: Ground, document: Document) -> int:
    """Remind the parties who are asked, and say once to HR that it is late."""
    from courtside.store import audit, plans  # noqa: PLC0415

    signing, plan = signing_of(document), plans.plan(document.plan_id)
    day = due_on(ground, document, signing, plan) if signing and plan else None
    if signing is None or plan is None or day is None:
        return 0
    words, what = _step(ground.today, day)
    if not what:
        return 0
    with audit.together():
        done = tell(ground, document.id, words, what, _asked(signing), day)
        if what == "late":
            from courtside.store import accounts  # noqa: PLC0415

            users = [one for one in accounts.accounts() if one.is_active]
            partners = [Person(one.username, one.person_id or None) for one in partners_of(ground, plan, users)]
            new = tell(ground, document.id, "overdue", "escalated", partners, day)
            if new:
                detail = {"document": document.id, "plan": plan.id, "person": plan.person_id, "due": day.isoformat(),
                          "told": new}  # fmt: skip
                audit.write(audit.Act(ground.at, ground.caller.who, "escalate_document", detail))
            done += new
    return done


def _asked(signing: Signing) -> Iterator[Person]:
    waiting = waits_for(signing)
    return (one.person for one in signing.parties if one.part in waiting)


def _step(today: date, due: date) -> tuple[str, str]:
    """What is to be told today, in which words; nothing long before. A reminder overtaken by a later one is not told.

    >>> _step(date(2026, 11, 9), date(2026, 11, 10))
    ('date', 'before-1')
    >>> _step(date(2026, 11, 3), date(2026, 11, 10))
    ('', '')
    """
    if today > due:
        return "overdue", "late"
    if today == due:
        return "date", "today"
    left = sum(is_working_day(today + timedelta(days=n)) for n in range(1, (due - today).days + 1))
    found = [days for days in BEFORE if left <= days]
    return ("date", f"before-{min(found)}") if found else ("", "")
