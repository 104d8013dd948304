"""Issuing a document: it goes to its parties, who are told in neutral words and have a day to return it by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from courtside.services.document_signing import issued, signing_of, text_of
from courtside.services.document_tell import tell_issued
from courtside.services.plan_ground import Ground
from courtside.services.refused import Refused
from courtside.services.seal_document import seal_if_ready
from courtside.workflow.actors import Illegal
from courtside.workflow.record import Plan
from courtside.workflow.signing import Stage

if TYPE_CHECKING:
    from courtside.store.documents import Document


def issue_document(ground: Ground, document: Document, plan: Plan) -> Document:
    """The document handed out, in the open transaction of the plan's step. Raises Refused.

    One that nobody signs is settled with that, and sealed as soon as the step is kept.
    """
    from django.db import transaction  # noqa: PLC0415  (Django stays out of start-up)

    from courtside.store import audit, documents  # noqa: PLC0415  (Django stays out of start-up)

    signing = signing_of(document)
    if signing is None:
        raise Refused("the document was erased; it cannot be issued")
    try:
        after = issued(signing, ground.at)
    except Illegal as why:
        raise Refused(str(why)) from None
    if not documents.move(document.id, documents.APPROVED, after.stage.value, signing=text_of(after)):
        raise Refused("somebody else has changed the document; look at it again")
    detail = {"document": document.id, "plan": document.plan_id, "person": document.person_id,
              "hash": document.data_sha256}  # fmt: skip
    audit.write(audit.Act(ground.at, ground.caller.who, "issue_document", detail))
    tell_issued(ground, document, after, plan)
    held = replace(document, state=after.stage.value, signing=text_of(after))
    if after.stage is Stage.READY:
        transaction.on_commit(lambda: seal_if_ready(ground.workspace, ground.caller, held))
    return held
