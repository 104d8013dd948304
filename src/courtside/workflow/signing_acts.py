"""One document's signing as a frozen value, and the acts that change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from courtside.workflow.actors import Actor, Illegal, Part, Person


class Stage(StrEnum):
    """How far a document has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    OPENED = "opened"
    READY = "ready"
    """All parties are settled: it can be sealed."""
    SEALED = "sealed"


class Stand(StrEnum):
    """Where one party stands."""

    WAITING = "waiting"
    OPENED = "opened"
    SIGNED = "signed"
    COMMENT = "signed_with_comment"
    DECLINED = "declined"
    PAPER = "paper"
    WITNESSED = "witnessed"


SETTLED = (Stand.SIGNED, Stand.COMMENT, Stand.WITNESSED)


@dataclass(frozen=True, slots=True)
class Session:
    """How somebody is signed in: seconds since the second factor, hours since an administrator reset the account.

    `via`: `page` for somebody at a page of ours; `token`, `link` and the like are refused.
    """

    auth_age_s: int | None
    reset_hours_ago: float | None = None
    is_identity_checked: bool = False
    is_read_only: bool = False
    via: str = "page"
    documents_at_once: int = 1


@dataclass(frozen=True, slots=True)
class Signatory:
    """A party of the document: who they are, and what they did."""

    part: Part
    person: Person
    stand: Stand = Stand.WAITING
    opened_at: datetime | None = None
    acted_at: datetime | None = None
    typed_name: str = ""
    words: str = ""
    """Their comment, or why they declined."""
    scan_hash: str = ""
    before: Stand | None = None
    """What two people attest: `declined` or `paper`."""
    witnesses: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Signing:
    """A document's signing as it stands. `needs_second`: somebody else than the author approves it first."""

    document: str
    document_hash: str
    person_id: str
    author: Person
    needs_second: bool
    parties: tuple[Signatory, ...]
    stage: Stage = Stage.DRAFT
    approved_by: Person | None = None
    approved_at: datetime | None = None
    issued_at: datetime | None = None
    sealed_hash: str = ""

    def party(self, part: Part) -> Signatory:
        """The party that signs as this. Raises Illegal."""
        found = next((one for one in self.parties if one.part is part), None)
        if found is None:
            raise Illegal(f"the {part} is not among those who sign this")
        return found


@dataclass(frozen=True, slots=True)
class ApproveDocument:
    """The second person agrees to the document of this hash."""

    by: Actor
    document_hash: str
    session: Session


@dataclass(frozen=True, slots=True)
class IssueDocument:
    """The document goes to its parties."""

    by: Actor


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A party has it before them."""

    by: Actor
    session: Session


@dataclass(frozen=True, slots=True)
class SignDocument:
    """A party acknowledges that it reached them: their name in their own typing, with a comment if they like."""

    by: Actor
    part: Part
    document_hash: str
    typed_name: str
    comment: str
    session: Session


@dataclass(frozen=True, slots=True)
class DeclineDocument:
    """A party will not sign, and says why."""

    by: Actor
    part: Part
    document_hash: str
    reason: str
    session: Session


@dataclass(frozen=True, slots=True)
class ReturnOnPaper:
    """HR registers the scan of a copy that a party signed in ink."""

    by: Actor
    part: Part
    document_hash: str
    scan_hash: str
    session: Session


@dataclass(frozen=True, slots=True)
class AttestDelivery:
    """Somebody attests that it reached a party who declined, or that the party signed on paper."""

    by: Actor
    part: Part
    document_hash: str
    session: Session


@dataclass(frozen=True, slots=True)
class SealDocument:
    """The sealed file, by its hash."""

    sealed_hash: str


Act = (
    ApproveDocument | IssueDocument | OpenDocument | SignDocument | DeclineDocument | ReturnOnPaper | AttestDelivery
    | SealDocument
)  # fmt: skip
VERBS: Mapping[type[Any], str] = {
    ApproveDocument: "approve_document",
    IssueDocument: "issue_document",
    OpenDocument: "open_document",
    SignDocument: "sign_document",
    DeclineDocument: "decline_document",
    ReturnOnPaper: "return_on_paper",
    AttestDelivery: "attest_delivery",
    SealDocument: "seal_document",
}
