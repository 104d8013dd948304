"""Who is told of a document, in neutral words and each once: the parties, their due dates, and what is settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from courtside.records.working_days import is_working_day
from courtside.services.document_signing import ANNEX, START, signing_of
from courtside.services.plan_ground import Ground
from courtside.services.plan_tell import Recipient
from courtside.workflow.actors import Part, Person
from courtside.workflow.record import Plan
from courtside.workflow.signing import Signing

if TYPE_CHECKING:
    from courtside.store.documents import Document

RETURN_DAYS = 5
"""So many working days a document lies before its parties where its plan names no day."""
TOLD_BY_PLAN = {"check_in_note": (Part.REP,), "extension": (Part.REP,), "determination": (Part.REP,)}
"""Parties whom the step of the plan tells itself, so that nobody is told twice."""


def path_of(document_id: str) -> str:
    """Where a document is on the site."""
    return f"/documents/{document_id}/"


def due_on(ground: Ground, document: Document, signing: Signing, plan: Plan) -> date | None:
    """The day by which a document is to be returned, signed or declined; None before it was handed out, and for one
    that nobody signs."""
    if signing.issued_at is None or not signing.parties:
        return None
    if document.template in START:
        return plan.sign_by
    return after_working_days(ground.workspace.day(signing.issued_at), RETURN_DAYS)


def after_working_days(day: date, count: int) -> date:
    """The day so many Mondays to Fridays later."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def recipient_of(person: Person) -> Recipient | None:
    """How somebody is told; None for whoever has neither records nor an account."""
    if person.person_id:
        return Recipient(person.person_id)
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    viewer = accounts.viewer_named(person.username)
    return Recipient(user_id=viewer.user_id) if viewer else None


def tell(  # noqa: PLR0913, PLR0917  (a task in all its parts)
    ground: Ground,
    document_id: str,
    words: str,
    what: str,
    people: Iterable[Person],
    due: date | None = None,
    path: str = "",
) -> int:
    """Queue one task for each of some people; how many are told now. `what` names it in the key."""
    from courtside.store import outbox  # noqa: PLC0415

    found = 0
    for one in {one for one in map(recipient_of, people) if one is not None}:
        key = f"doc:{document_id}:{what}:{one.key}."
        task = outbox.Task(
            words, key, path or path_of(document_id), person_id=one.person_id, user_id=one.user_id, due_on=due
        )  # fmt: skip
        found += outbox.enqueue(task, ground.at)
    return found


def tell_issued(ground: Ground, document: Document, signing: Signing, plan: Plan) -> None:
    """The parties have a document to review; of the papers a plan begins with the plan itself tells them."""
    if document.template in (*START, ANNEX):
        return
    from courtside.store import meetings  # noqa: PLC0415

    due, done = due_on(ground, document, signing, plan), TOLD_BY_PLAN.get(document.template, ())
    tell(
        ground, document.id, "document", "review", [one.person for one in signing.parties if one.part not in done], due
    )
    told = [one for one in (recipient_of(party.person) for party in signing.parties) if one is not None]
    if due is not None:
        meeting = meetings.Meeting(
            f"doc:{document.id}:return", path_of(document.id), due,
            person_ids=tuple(sorted(one.person_id for one in told if one.person_id)),
            user_ids=tuple(sorted(one.user_id for one in told if one.user_id is not None)),
        )  # fmt: skip
        meetings.invite(meeting, ground.at)


def settle_party(ground: Ground, document_id: str, person: Person) -> None:
    """Somebody has done what they were asked for: nothing more waits for them."""
    from courtside.store import outbox  # noqa: PLC0415

    one = recipient_of(person)
    if one is not None:
        outbox.settle(f"doc:{document_id}:review:{one.key}.", ground.at)
        for what in ("before-3", "before-1", "today", "late", "witness"):
            outbox.settle(f"doc:{document_id}:{what}:{one.key}.", ground.at)


def settle_all(ground: Ground, document: Document) -> None:
    """A document that is settled, or holds no longer, waits for nobody."""
    from courtside.store import meetings, outbox  # noqa: PLC0415

    for what in ("review", "before-3", "before-1", "today", "late", "escalated", "witness"):
        outbox.settle(f"doc:{document.id}:{what}:", ground.at)
    signing = signing_of(document)
    if signing is not None and document.template not in START:
        meetings.call_off(f"doc:{document.id}:return", ground.at)
