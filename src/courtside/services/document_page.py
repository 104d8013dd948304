"""A document as its page shows it: the same text as the PDF, where it stands, and what the viewer may do with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from courtside.services.document_data import name_of
from courtside.services.document_door import Paper, paper_for, witness_part
from courtside.services.document_list import Listed, listed
from courtside.services.document_signing import waits_for, wants_witness
from courtside.services.open_document import is_to_open
from courtside.services.plan_ground import ground_of
from courtside.services.plan_words import PARTS
from courtside.services.preview_document import templates_here
from courtside.services.refused import Refused
from courtside.services.return_paper import paper_parties
from courtside.services.state_rebuttal import may_state
from courtside.services.step_up import refuse_after_reset
from courtside.services.viewing import NotFound, Visit
from courtside.workflow.signing_acts import Signatory, Stand

if TYPE_CHECKING:
    from courtside.store.documents import Document, File

FACTS: Mapping[str, str] = {
    "person": "For", "role": "Role", "manager": "Manager", "hr": "Human resources", "starts_on": "First day",
    "last_on": "Last day", "old_last_on": "Last day before", "held_on": "Held on", "outcome": "Outcome",
    "author": "Written by", "approver": "Approved by", "rule": "Proposed by rule", "return_by": "Return by",
    "made_on": "Made on", "record": "Record", "plan": "Plan", "evidence_sha256": "Evidence",
    "annex": "Evidence annex",
}  # fmt: skip
PROSE: Mapping[str, str] = {
    "why": "Why", "account": "In their own words", "notes": "What was said and agreed", "reasons": "Reasons",
    "support": "Help that is offered", "if_met": "If the goals are met", "if_not_met": "If they are not met",
    "if_cannot_tell": "If it cannot be told", "next_steps": "What follows", "dispute": "How to dispute",
}  # fmt: skip
TABLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "goals": ("Goals", {"metric": "Goal", "value": "Figure", "n": "Cases", "range": "Likely range", "target": "Target",
                        "as_of": "As of", "verdict": "Found", "sentence": "In words"}),
    "owed": ("What the manager owes", {"what": "What", "by": "By", "done": "Done"}),
    "check_ins": ("Check-ins", {"on": "Day", "held": "Held", "note": "Note"}),
    "evidence": ("Evidence", {"what": "What", "value": "Figure", "n": "Cases", "range": "Likely range",
                              "reference": "Beside", "window": "Days", "version": "Definition"}),
    "basis": ("What was looked at, and how sure it is", {"what": "What", "how": "How"}),
    "months": ("Month by month", {"month": "Month", "hits": "Counted", "of": "Of", "due": "Due at the target"}),
    "conditions": ("The conditions", {"condition": "Condition", "number": "Number", "limit": "Limit",
                                      "holds": "Holds"}),
    "exclusions": ("Left out or allowed for", {"what": "What", "how": "How"}),
    "numbers": ("Digit for digit", {"name": "Number", "value": "As the evidence holds it"}),
    "hashes": ("Hashes", {"what": "What", "sha256": "SHA-256"}),
    "statements": ("What the parties say", {"who": "Who", "role": "Role", "on": "Day", "text": "In their words"}),
    "signers": ("Who signs", {"name": "Name", "role": "Role"}),
}  # fmt: skip
STANDS: Mapping[Stand, str] = {
    Stand.WAITING: "has not opened it", Stand.OPENED: "has opened it", Stand.SIGNED: "acknowledged it",
    Stand.COMMENT: "acknowledged it with a comment", Stand.DECLINED: "declined to sign",
    Stand.PAPER: "signed on paper", Stand.WITNESSED: "settled before two witnesses",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a document with their heading, the first cell naming the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Stance:
    """One party: who, what they did and when, in their words, and who attested it."""

    part: str
    name: str
    stand: str
    at: datetime | None
    words: str
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """Everything the page of a document shows. The text is None until a party has opened it."""

    line: Listed
    facts: tuple[tuple[str, str], ...]
    prose: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    statement: str
    parties: tuple[Stance, ...]
    scans: tuple[File, ...]
    part: str
    is_to_open: bool
    may_sign: bool
    may_decline: bool
    may_paper: bool
    may_witness: bool
    may_state: bool
    is_sealed: bool
    sealed_sha256: str
    issued_at: datetime | None
    may_name_witness: bool


def document_view(visit: Visit, document_id: str) -> DocumentView:
    """The page of a document. Raises NotFound; the look is written down where it belongs in the log."""
    return view_of(visit, paper_for(visit, document_id))


def view_of(visit: Visit, paper: Paper) -> DocumentView:
    """The page of a document the viewer was let in to."""
    to_open = is_to_open(visit, paper) and not visit.viewer.is_read_only
    facts, prose, tables, statement = ((), (), (), "") if to_open else _text(visit, paper.document)
    line = listed(visit, paper)
    own = paper.signing.party(paper.part).stand if paper.part and line.is_mine else None
    acts = not visit.viewer.is_read_only
    own_declined = _has_declined(visit, paper)
    return DocumentView(
        line, facts, prose, tables, statement, tuple(_stances(visit, paper)), _scans(visit, paper),
        PARTS[paper.part] if paper.part else "", to_open,
        acts and (own is Stand.OPENED or own_declined), acts and own is Stand.OPENED,
        _may_paper(visit, paper), acts and bool(line.to_witness) and _may_attest(visit, paper),
        may_state(visit, paper), paper.document.state == "sealed", paper.document.sealed_sha256,
        paper.signing.issued_at, acts and bool(line.to_witness) and line.may_witness,
    )  # fmt: skip


def _has_declined(visit: Visit, paper: Paper) -> bool:
    if paper.part is None or paper.is_put_aside or not (waits_for(paper.signing) or wants_witness(paper.signing)):
        return False
    held = paper.signing.party(paper.part)
    is_theirs = held.person.username.casefold() == visit.viewer.username.casefold()
    return is_theirs and held.stand is Stand.DECLINED


def _may_attest(visit: Visit, paper: Paper) -> bool:
    """Whether there is a party of whom the viewer could attest something and has not."""
    part = witness_part(visit, paper)
    open_ = [paper.signing.party(one) for one in wants_witness(paper.signing)]
    name = visit.viewer.username.casefold()
    return part is not None and any(
        name not in {one.username.casefold() for one in (held.person, *held.witnesses)} for held in open_
    )


def _may_paper(visit: Visit, paper: Paper) -> bool:
    try:
        return bool(paper_parties(visit, paper.document.id)[1])
    except NotFound:
        return False


def _stances(visit: Visit, paper: Paper) -> Iterator[Stance]:
    ground = ground_of(visit)
    for one in paper.signing.parties:
        witnesses = tuple(name_of(ground, each) for each in one.witnesses)
        at = one.acted_at or one.opened_at
        yield Stance(PARTS[one.part], name_of(ground, one.person), STANDS[one.stand], at, _words(one), witnesses)


def _words(one: Signatory) -> str:
    return one.words if one.stand is not Stand.PAPER else ""


def _scans(visit: Visit, paper: Paper) -> tuple[File, ...]:
    from courtside.store import documents  # noqa: PLC0415  (Django stays out of start-up)

    is_own = visit.viewer.person_id == paper.document.person_id
    if paper.part is None and not visit.viewer.roles and not is_own:
        return ()
    return tuple(one for one in documents.files(paper.document.id) if one.kind == "scan")


Text = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], tuple[Table, ...], str]


def _text(visit: Visit, document: Document) -> Text:
    """What a document says: facts, prose, tables, and the statement that is signed."""
    from courtside.documents.printed import printed  # noqa: PLC0415  (documents stay out of start-up)

    values = printed(json.loads(document.data)["data"])
    facts = tuple((label, values[name]) for name, label in FACTS.items() if values.get(name))
    prose = tuple((label, values[name]) for name, label in PROSE.items() if values.get(name))
    tables = tuple(_table(values[name], *told) for name, told in TABLES.items() if values.get(name))
    try:
        held = templates_here(visit.standing.workspace).get(document.template)
    except Refused:
        held = None
    return facts, prose, tables, held.statement if held else ""


def _table(rows: list[dict[str, Any]], title: str, columns: Mapping[str, str]) -> Table:
    kept = {name: label for name, label in columns.items() if any(row.get(name) for row in rows)}
    return Table(title, tuple(kept.values()), tuple(tuple(str(row.get(name, "")) for name in kept) for row in rows))


def sign_fault(visit: Visit) -> str:
    """Why the viewer cannot sign now, in words; empty if nothing stands against it."""
    try:
        refuse_after_reset(visit)
    except Refused as why:
        return why.reason
    return ""
