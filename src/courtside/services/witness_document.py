"""Attesting that a document was handed to somebody who declined, or that they signed it on paper: two people do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.services.document_door import Paper, known_paper, witness_part
from courtside.services.document_signing import wants_witness
from courtside.services.document_step import Doing, Sent, take_step
from courtside.services.document_tell import path_of, tell
from courtside.services.name_witness import name_witness
from courtside.services.plan_ground import ground_of
from courtside.services.refused import Refused, unknown
from courtside.services.seal_document import seal_if_ready
from courtside.services.step_up import refuse_after_reset, require_fresh
from courtside.services.viewing import NotFound, Visit
from courtside.workflow.actors import Part, Person
from courtside.workflow.events import SignatureWitnessed
from courtside.workflow.signing import AttestDelivery

STATEMENTS: Mapping[str, str] = {
    "declined": "I was there, or asked them myself: this document was handed to the person named here, who declined "
    "to sign it.",
    "paper": "I have seen the paper copy of this document with the signature of the person named here; the scan is of "
    "that copy.",
}
"""What is attested. A change of a word is a new version."""
STATEMENT_VERSION = 1


def witness_paper(visit: Visit, document_id: str) -> tuple[Paper, Part]:
    """A document the viewer may attest something of, and as what. Raises NotFound for anybody else."""
    paper = known_paper(visit, document_id)
    part = witness_part(visit, paper)
    if part is None or paper.is_put_aside or not wants_witness(paper.signing):
        raise NotFound
    return paper, part


def witness_document(visit: Visit, session: Mapping[str, Any], document_id: str, sent: Sent, party: str) -> Paper:
    """The document, attested for one party by somebody else; sealed if that was the last thing it waited for.

    Raises NotFound, StepUpNeeded, Refused.
    """
    from django.db import IntegrityError  # noqa: PLC0415  (Django stays out of start-up)

    paper, part = witness_paper(visit, document_id)
    proof = require_fresh(visit, session)
    refuse_after_reset(visit)
    waiting = {one.value: one for one in wants_witness(paper.signing)}
    if party not in waiting:
        raise unknown("party", party, waiting)
    of = waiting[party]
    stand = paper.signing.party(of).stand.value
    doing = Doing(
        "witness", part,
        lambda by, how: AttestDelivery(by, of, sent.document_sha256, how),
        {
            "act": "witnessed", "attests": party, "statement": STATEMENTS[stand],
            "statement_version": STATEMENT_VERSION,
        },
        sent, proof,
        lambda by, held: SignatureWitnessed(by, of, held.plan.content_hash, held.document.id),
    )  # fmt: skip
    try:
        done = take_step(visit, document_id, doing)
    except IntegrityError:
        raise Refused("you have attested something for this party before; somebody else does so now") from None
    seal_if_ready(visit.standing.workspace, visit.caller, done.document)
    return done


def naming_paper(visit: Visit, document_id: str) -> Paper:
    """A document the viewer may name witnesses of: HR and the manager do, a witness names nobody. Raises NotFound."""
    paper, part = witness_paper(visit, document_id)
    if part is Part.WITNESS:
        raise NotFound
    return paper


def ask_witness(visit: Visit, document_id: str, username: str) -> None:
    """Name somebody who is to attest something of a document, and tell them in neutral words.

    While there is something to attest. Raises NotFound, Refused.
    """
    from courtside.store import accounts, audit  # noqa: PLC0415  (Django stays out of start-up)

    paper = naming_paper(visit, document_id)
    with audit.together():
        name_witness(visit, paper.facts, document_id, username)
        viewer = accounts.viewer_named(username)
        if viewer is not None:
            named = Person(viewer.username, viewer.person_id)
            tell(ground_of(visit), document_id, "task", "witness", [named], path=f"{path_of(document_id)}witness/")
