"""How far a document's signing has come: kept as text, read as the pure value, and moved along with its plan."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from courtside.records.canonical import canonical
from courtside.workflow.actors import Actor, Illegal, Part, Person, why_not_second
from courtside.workflow.signing import Signing, Stage
from courtside.workflow.signing_acts import SETTLED, Stand
from courtside.workflow.written import read, written

if TYPE_CHECKING:
    from courtside.store.documents import Document

START = ("coaching_plan", "improvement_plan")
"""The documents a plan is made of: what is done with them is a step of the plan as well."""
ANNEX = "evidence_annex"
"""The frozen evidence a plan came from: written, approved and handed out with those, and signed by nobody itself."""
ALONE = ("check_in_note", "rep_statement")
"""The documents one person hands out alone, in improvement plans too: they decide nothing."""
INDEX = "file_index"
"""What the index of a file taken out is kept under."""


def text_of(signing: Signing) -> str:
    """A signing as its one text."""
    return canonical(written(signing)).decode("utf-8")


def signing_of(document: Document) -> Signing | None:
    """The signing of a document; None for one that was erased, or that nobody signs."""
    return read(Signing, json.loads(document.signing)) if document.signing else None


def approved(signing: Signing, by: Person, led_by: Collection[str], at: datetime) -> Signing:
    """The document agreed to in the step of its plan that asked for it. Raises Illegal.

    That step took a fresh second factor where one is needed; who may be the second person is asked here once more.
    """
    if signing.stage is not Stage.DRAFT:
        raise Illegal(f"the document is {signing.stage}; it cannot be approved now")
    if signing.needs_second:
        second = Actor(by.username, by.person_id, Part.APPROVER, tuple(sorted(led_by)))
        if why := why_not_second(signing.author, second, signing.person_id):
            raise Illegal(why)
    return replace(signing, stage=Stage.APPROVED, approved_by=by, approved_at=at)


def issued(signing: Signing, at: datetime) -> Signing:
    """The document handed out in the step of its plan: settled at once where nobody signs it. Raises Illegal."""
    if signing.stage is not Stage.APPROVED:
        raise Illegal("a document is issued once it is approved")
    return replace(signing, stage=Stage.ISSUED if signing.parties else Stage.READY, issued_at=at)


def seated(signing: Signing, part: Part, person: Person) -> Signing:
    """The signing with somebody else in the place of the manager or HR, as long as nobody has acted in it.

    A plan may be handed over, and any HR partner of the person's teams may sign for HR. Raises Illegal.
    """
    held = signing.party(part)
    if held.person.is_same(person):
        return signing
    if part is Part.REP or held.stand not in (Stand.WAITING, Stand.OPENED):
        raise Illegal("nobody signs for somebody else")
    if any(one.part is not part and one.person.is_same(person) for one in signing.parties):
        raise Illegal("you sign it as another party; somebody else signs here")
    put = replace(held, person=person, stand=Stand.WAITING, opened_at=None)
    return replace(signing, parties=tuple(put if one.part is part else one for one in signing.parties))


def waits_for(signing: Signing) -> tuple[Part, ...]:
    """The parties who are asked now, and have not done anything yet."""
    if signing.stage not in (Stage.ISSUED, Stage.OPENED):
        return ()
    return tuple(one.part for one in signing.parties if one.stand in (Stand.WAITING, Stand.OPENED))


def wants_witness(signing: Signing) -> tuple[Part, ...]:
    """The parties of whom two people are to attest something."""
    if signing.stage not in (Stage.ISSUED, Stage.OPENED):
        return ()
    return tuple(one.part for one in signing.parties if one.stand not in (*SETTLED, Stand.WAITING, Stand.OPENED))
