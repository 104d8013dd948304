"""Approving a document, in the step of the plan that agrees to what it says: bound to its hash, by a second person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from courtside.services.document_signing import approved, signing_of, text_of
from courtside.services.plan_ground import Ground
from courtside.services.refused import Refused
from courtside.workflow.actors import Illegal, Person

if TYPE_CHECKING:
    from courtside.store.documents import Document


def approve_document(ground: Ground, document: Document, by: Person) -> Document:
    """The document approved, in the open transaction of the plan's step. Raises Refused.

    There is no approval of a document apart from its plan: it would be one of something else than was decided.
    """
    from courtside.store import audit, documents  # noqa: PLC0415  (Django stays out of start-up)

    signing = signing_of(document)
    if signing is None or not document.is_as_frozen:
        raise Refused("the document is not the one that was frozen; it cannot be approved")
    led_by = ground.hierarchy.above(by.person_id, ground.today) if by.person_id else ()
    try:
        after = approved(signing, by, led_by, ground.at)
    except Illegal as why:
        raise Refused(str(why)) from None
    if not documents.move(
        document.id, documents.DRAFT, documents.APPROVED, signing=text_of(after), approved_by=by.username
    ):
        raise Refused("somebody else has changed the document; look at it again")
    detail = {"document": document.id, "plan": document.plan_id, "person": document.person_id,
              "hash": document.data_sha256, "user": by.username}  # fmt: skip
    audit.write(audit.Act(ground.at, ground.caller.who, "approve_document", detail))
    return replace(document, state=documents.APPROVED, signing=text_of(after), approved_by=by.username)
