"""Declining to sign a document, with a reason; two people then attest that it was handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.services.document_door import Paper
from courtside.services.document_step import Doing, Sent, take_step
from courtside.services.sign_document import party_for
from courtside.services.step_up import refuse_after_reset, require_fresh
from courtside.services.viewing import Visit
from courtside.workflow.events import SignatureDeclined
from courtside.workflow.signing import DeclineDocument


def decline_document(visit: Visit, session: Mapping[str, Any], document_id: str, sent: Sent, reason: str) -> Paper:
    """The document, declined by one of its parties for themself; they may still sign it later.

    Raises NotFound, StepUpNeeded, Refused. No consent is needed to decline.
    """
    _, part = party_for(visit, document_id)
    proof = require_fresh(visit, session)
    refuse_after_reset(visit)
    said = reason.strip()
    doing = Doing(
        "decline", part,
        lambda by, how: DeclineDocument(by, part, sent.document_sha256, said, how),
        {"act": "declined", "comment": said},
        sent, proof,
        lambda by, held: SignatureDeclined(by, part, held.plan.content_hash, held.document.id, said),
    )  # fmt: skip
    return take_step(visit, document_id, doing)
