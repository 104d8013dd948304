"""Signing a document: that it reached somebody, in their own name, with a comment if they like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.services.document_consent import refuse_without_consent
from courtside.services.document_door import Paper, paper_for
from courtside.services.document_step import Doing, Sent, take_step
from courtside.services.preview_document import template_named
from courtside.services.refused import Refused
from courtside.services.seal_document import seal_if_ready
from courtside.services.step_up import refuse_after_reset, require_fresh
from courtside.services.viewing import NotFound, Visit
from courtside.workflow.actors import Part
from courtside.workflow.events import SignatureMade
from courtside.workflow.signing import SignDocument

SHORTEST_NAME = 2
LONGEST_NAME = 200


def party_for(visit: Visit, document_id: str) -> tuple[Paper, Part]:
    """A document that holds, and the party the viewer is. Raises NotFound for anybody else."""
    paper = paper_for(visit, document_id, is_logged=False)
    if paper.part is None or paper.is_put_aside or visit.viewer.is_read_only:
        raise NotFound
    return paper, paper.part


def sign_document(  # noqa: PLR0913  (a signature in all its parts)
    visit: Visit, session: Mapping[str, Any], document_id: str, sent: Sent, name: str, *, comment: str = ""
) -> Paper:
    """The document, acknowledged by one of its parties for themself; sealed if theirs was the last signature.

    Raises NotFound, StepUpNeeded, and Refused: after a reset, without consent, for another hash, a form that was sent
    before, a document not opened, or no name.
    """
    paper, part = party_for(visit, document_id)
    proof = require_fresh(visit, session)
    refuse_after_reset(visit)
    refuse_without_consent(visit)
    typed, said = checked_name(name), comment.strip()
    told = template_named(visit.standing.workspace, paper.document.template)
    doing = Doing(
        "sign", part,
        lambda by, how: SignDocument(by, part, sent.document_sha256, typed, said, how),
        {
            "act": "signed_with_comment" if said else "signed", "statement": told.statement,
            "statement_version": told.statement_version, "comment": said, "name": typed,
        },
        sent, proof,
        lambda by, held: SignatureMade(by, part, held.plan.content_hash, held.document.id, bool(said)),
    )  # fmt: skip
    done = take_step(visit, document_id, doing)
    seal_if_ready(visit.standing.workspace, visit.caller, done.document)
    return done


def checked_name(name: str) -> str:
    """The name somebody typed. Raises Refused for none."""
    typed = " ".join(name.split())
    if not SHORTEST_NAME <= len(typed) <= LONGEST_NAME or not typed.isprintable():
        raise Refused("type your full name, as it stands in your contract")
    return typed
