"""The door to documents: who may see one, what they are to it, and the look in the log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from courtside.services.case_door import may_open, open_case
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.document_signing import ANNEX, INDEX, START, signing_of
from courtside.services.plan_rules import known_plan, leads
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, Role, Stage
from courtside.workflow.actors import Part
from courtside.workflow.record import Plan
from courtside.workflow.signing import Signing

if TYPE_CHECKING:
    from courtside.store.documents import Document

SEE = "see_document"
"""What a look at a document is called in the log."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document somebody has before them. `part` is the party they are; None for those who only read."""

    document: Document
    signing: Signing
    plan: Plan
    facts: CaseFacts
    part: Part | None

    @property
    def is_put_aside(self) -> bool:
        """Whether it holds no longer: then it is read, and nobody opens, signs, declines or attests anything of it."""
        from courtside.store import documents  # noqa: PLC0415  (Django stays out of start-up)

        return self.document.state == documents.SUPERSEDED


def paper_for(visit: Visit, document_id: str, verb: str = SEE, *, is_logged: bool = True) -> Paper:
    """A document the viewer may read, the look written into the log where it belongs there. Raises NotFound."""
    found = known_paper(visit, document_id)
    action = _way_in(visit, found)
    if action is None:
        raise NotFound
    if is_logged:
        open_case(visit, action, found.facts, verb, {"document": document_id})
    return found


def known_paper(visit: Visit, document_id: str) -> Paper:
    """A document with its plan, whoever asks. Raises NotFound for none, and for one that was erased."""
    from courtside.store import documents  # noqa: PLC0415  (Django stays out of start-up)

    document = documents.document(document_id)
    signing = None if document is None or document.template == INDEX else signing_of(document)
    if document is None or signing is None:
        raise NotFound
    plan = known_plan(document.plan_id)
    return _paper(visit, document, signing, plan, facts_of_plans((plan,), visit.today)[0])


def _paper(visit: Visit, document: Document, signing: Signing, plan: Plan, facts: CaseFacts) -> Paper:
    signers = _signers(document)
    whole = Paper(document, signing, plan, replace(facts, signers=facts.signers | signers), None)
    return replace(whole, part=_part_of(visit, whole), facts=_as_handed_out(visit, whole))


def _as_handed_out(visit: Visit, paper: Paper) -> CaseFacts:
    """The case as it is to whoever was given the document: what was handed out to a person stays theirs.

    A plan that is written anew is a draft again, of which its person sees nothing; of what they had they do.
    """
    is_own = visit.viewer.person_id == paper.document.person_id
    if not is_own or paper.signing.issued_at is None or paper.facts.stage not in (Stage.DRAFT, Stage.APPROVED):
        return paper.facts
    return replace(paper.facts, stage=Stage.ISSUED)


def papers_of(visit: Visit, facts: CaseFacts, plan: Plan, held: Collection[Document]) -> tuple[Paper, ...]:
    """Those documents of a plan that the viewer may read, the plan being theirs to see; nothing is written."""
    found = []
    for one in held:
        signing = None if one.template == INDEX else signing_of(one)
        if signing is None:
            continue
        paper = _paper(visit, one, signing, plan, facts)
        if _way_in(visit, paper) is not None:
            found.append(paper)
    return tuple(found)


def _signers(document: Document) -> frozenset[str]:
    """Who has signed one document, by user name; an annex is part of each document that names it."""
    from courtside.store import documents  # noqa: PLC0415

    signed, held = ("signed", "signed_with_comment", "declined"), [document]
    if document.template == ANNEX:
        begun = [one for one in documents.of_plan(document.plan_id) if one.template in START]
        held += [one for one in begun if document.id in one.data]
    return frozenset(one.username for each in held for one in documents.entries(each.id) if one.act in signed)


def _way_in(visit: Visit, paper: Paper) -> CaseAction | None:
    """By which right the viewer may read a document; None for by none.

    The person has what was handed out, and nothing that is only being prepared. Somebody who led the plan once has
    the documents they signed.
    """
    was_issued = paper.signing.issued_at is not None
    is_own = visit.viewer.person_id == paper.document.person_id
    if may_open(visit, CaseAction.SEE_PLAN, paper.facts):
        return CaseAction.SEE_PLAN if was_issued or not is_own else None
    has_signed = visit.viewer.username in _signers(paper.document)
    return CaseAction.SEE_COPY if has_signed and may_open(visit, CaseAction.SEE_COPY, paper.facts) else None


def _part_of(visit: Visit, paper: Paper) -> Part | None:
    """Which party the viewer is, or could be by opening it."""
    parts = {one.part for one in paper.signing.parties}
    if not may_open(visit, CaseAction.SIGN, paper.facts):
        return None
    if visit.viewer.person_id == paper.document.person_id:
        return Part.REP if Part.REP in parts else None
    if Part.MANAGER in parts and leads(visit, paper.plan.manager_id):
        return Part.MANAGER
    return Part.HR if Part.HR in parts and Role.HR in visit.viewer.roles else None


def witness_part(visit: Visit, paper: Paper) -> Part | None:
    """As what the viewer may attest something of a document; None for not at all.

    HR and the manager may, and whoever is named a witness of this very document.
    """
    from courtside.services.name_witness import witnesses_of  # noqa: PLC0415

    if visit.viewer.is_read_only or visit.viewer.person_id == paper.document.person_id:
        return None
    is_named = visit.viewer.username in witnesses_of(paper.document.id)
    if is_named and may_open(visit, CaseAction.WITNESS, paper.facts):
        return Part.WITNESS
    if may_open(visit, CaseAction.SEE_FILE, paper.facts):
        return Part.HR
    sees = may_open(visit, CaseAction.SEE_PLAN, paper.facts)
    return Part.MANAGER if sees and leads(visit, paper.plan.manager_id) else None
