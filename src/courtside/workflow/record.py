"""A plan as it stands: one frozen value, changed by no one and replaced at every step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from courtside.workflow.actors import Part, Person
from courtside.workflow.content import Content, Kind
from courtside.workflow.events import Judged, Leave, Outcome

WITNESSES = 2
"""How many people attest that a document reached somebody who did not sign it here."""


class State(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    ACTIVE = "active"
    PAUSED = "paused"
    DETERMINING = "determining"
    DETERMINED = "determined"
    CLOSED = "closed"
    CANCELLED = "cancelled"


ENDED_STATES = frozenset({State.CLOSED, State.CANCELLED})
OPEN_STATES = frozenset(State) - ENDED_STATES


@dataclass(frozen=True, slots=True)
class Approval:
    """Who agreed to which content, and when."""

    by: Person
    on: date
    content_hash: str


class Signed(StrEnum):
    """What a party did with the document."""

    SIGNED = "signed"
    COMMENT = "signed_with_comment"
    DECLINED = "declined"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Signature:
    """What one party did with the document of this content."""

    party: Part
    by: Person
    on: date
    content_hash: str
    document: str
    how: Signed
    witnesses: tuple[Person, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is needed: signed here, or two people attest what happened elsewhere."""
        return self.how in (Signed.SIGNED, Signed.COMMENT) or len(self.witnesses) >= WITNESSES


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A meeting that is due on a day, and when it was held."""

    due_on: date
    held_on: date | None = None
    recorded_on: date | None = None
    by: str = ""
    notes_hash: str = ""


@dataclass(frozen=True, slots=True)
class OwedItem:
    """What the manager owes, and when it was done."""

    key: str
    what: str
    due_on: date
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Pausing:
    """A time the person was away; `until` is the day they were back, `working_days` what was lost."""

    leave: Leave
    since: date
    until: date | None = None
    working_days: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """An extension somebody asks for."""

    by: Person
    on: date
    ends_on: date
    check_ins: tuple[date, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension that was agreed to."""

    asked: Asked
    approved_by: Person
    approved_on: date
    before: date
    """The end as it was."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Something that was late, and what HR did about it."""

    key: str
    by: Person
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Weakened:
    """That today's data would not make the rule fire."""

    evaluation_sha256: str
    on: date


@dataclass(frozen=True, slots=True)
class Determination:
    """Goals judged, and an outcome; decided once somebody else has approved it."""

    prepared_by: Person
    prepared_on: date
    judged: tuple[Judged, ...]
    outcome: Outcome
    reason: str
    extend_to: date | None = None
    check_ins: tuple[date, ...] = ()
    approved_by: Person | None = None
    approved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A coaching plan or an improvement plan as it stands.

    `content` is what was approved and signed; `starts_on`, `ends_on`, `sign_by`, `check_ins` and `owed` are what
    became of it since. `authors`: who began it, then everybody who edited it. `version`: how many steps it took.
    `asked_hash`: what stands open for a second person's agreement: an extension or a determination.
    """

    id: str
    kind: Kind
    person_id: str
    manager_id: str
    authors: tuple[Person, ...]
    proposal: str
    content: Content
    content_hash: str
    starts_on: date
    ends_on: date
    sign_by: date
    check_ins: tuple[CheckIn, ...]
    owed: tuple[OwedItem, ...]
    state: State = State.DRAFT
    version: int = 1
    is_submitted: bool = False
    submitted_on: date | None = None
    approval: Approval | None = None
    issued_on: date | None = None
    signatures: tuple[Signature, ...] = ()
    began_on: date | None = None
    pauses: tuple[Pausing, ...] = ()
    paused_from: State | None = None
    asked: Asked | None = None
    asked_hash: str = ""
    extensions: tuple[Extension, ...] = ()
    escalations: tuple[Answered, ...] = ()
    weakened: tuple[Weakened, ...] = ()
    determination: Determination | None = None
    earlier: tuple[Determination, ...] = ()
    """Determinations that extended the plan."""
    follow_up_on: date | None = None
    ended_on: date | None = None

    @property
    def author(self) -> Person:
        """Who began it."""
        return self.authors[0]

    @property
    def is_formal(self) -> bool:
        """Whether two people are needed for whatever weighs: an improvement plan."""
        return self.kind is Kind.IMPROVEMENT

    @property
    def is_open(self) -> bool:
        """Whether anything may still happen in it."""
        return self.state in OPEN_STATES

    @property
    def last_on(self) -> date:
        """The last day of the period."""
        return self.ends_on - timedelta(days=1)

    @property
    def unsigned(self) -> tuple[Part, ...]:
        """The parties whose signature is not settled."""
        settled = {one.party for one in self.signatures if one.is_settled}
        return tuple(part for part in self.content.wanted if part not in settled)
