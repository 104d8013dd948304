"""What people do to a plan: one frozen event a step, each saying who took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from courtside.workflow.actors import SYSTEM, Actor, Part
from courtside.workflow.content import Content, Kind
from courtside.workflow.written import Unreadable, read, written


class Outcome(StrEnum):
    """What a determination says of the plan."""

    RELEASED = "released"
    NEW_PLAN = "new_plan"
    REMOVED = "removed"
    EXTENDED = "extended"


class Met(StrEnum):
    """What can be said of a goal at the end."""

    MET = "met"
    NOT_MET = "not_met"
    CANNOT_TELL = "cannot_tell"


class Leave(StrEnum):
    """Why a plan rests. Nothing about health is written down beyond these words."""

    LEAVE = "leave"
    SICK = "sick"
    PARENTAL = "parental"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Judged:
    """A goal as it stands at the end: `goal` is its key, `low` and `high` what chance could have made of it."""

    goal: str
    verdict: Met
    value: float
    n: float
    low: float
    high: float
    target: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan begins. `proposal` is the decided proposal it comes from; empty where a coaching plan is made by hand."""

    by: Actor
    plan_id: str
    kind: Kind
    person_id: str
    manager_id: str
    content: Content
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """The content is written anew: approvals and signatures are void."""

    by: Actor
    content: Content


@dataclass(frozen=True, slots=True)
class SubmitForApproval:
    """The author puts the draft before a second person."""

    by: Actor


@dataclass(frozen=True, slots=True)
class Approve:
    """The second person agrees to the content of this hash."""

    by: Actor
    content_hash: str


@dataclass(frozen=True, slots=True)
class Return:
    """The second person gives back what they were asked to agree to: a draft, an extension or a determination."""

    by: Actor
    reason: str


@dataclass(frozen=True, slots=True)
class Issue:
    """The plan goes to the person."""

    by: Actor


@dataclass(frozen=True, slots=True)
class SignatureMade:
    """A party has acknowledged the document; which does not mean that they agree."""

    by: Actor
    party: Part
    content_hash: str
    document: str
    with_comment: bool = False


@dataclass(frozen=True, slots=True)
class SignatureDeclined:
    """A party will not sign, and says why."""

    by: Actor
    party: Part
    content_hash: str
    document: str
    reason: str


@dataclass(frozen=True, slots=True)
class SignatureOnPaper:
    """HR registers a signature in ink; two people attest it afterwards."""

    by: Actor
    party: Part
    content_hash: str
    document: str
    scan_hash: str


@dataclass(frozen=True, slots=True)
class SignatureWitnessed:
    """Somebody attests that the document reached a party who declined, or who signed on paper."""

    by: Actor
    party: Part
    content_hash: str
    document: str


@dataclass(frozen=True, slots=True)
class Begin:
    """All have signed, or their refusal is witnessed: the period begins. `days_off`: holidays of the person's region.

    Begun late, everything moves by the working days lost.
    """

    by: Actor
    days_off: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordCheckIn:
    """The check-in that was due on a day has been held."""

    by: Actor
    due_on: date
    held_on: date
    notes_hash: str


@dataclass(frozen=True, slots=True)
class NoteOwed:
    """Something the manager owes has been done."""

    by: Actor
    key: str
    done_on: date


@dataclass(frozen=True, slots=True)
class Pause:
    """The person is away, since a day."""

    by: Actor
    leave: Leave
    since: date


@dataclass(frozen=True, slots=True)
class Resume:
    """The person is back; the end moves by the working days lost."""

    by: Actor
    days_off: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposeExtension:
    """More time is asked for, with the check-ins in it."""

    by: Actor
    ends_on: date
    check_ins: tuple[date, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Extend:
    """The extension of this hash is agreed to."""

    by: Actor
    asked_hash: str


@dataclass(frozen=True, slots=True)
class Handover:
    """Somebody else leads the person from now on."""

    by: Actor
    manager_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerEscalation:
    """HR has dealt with something that was late, and says how."""

    by: Actor
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceWeakened:
    """With today's data the rule would not fire. A note, made by nobody in particular; it changes no state."""

    by: Actor = SYSTEM
    evaluation_sha256: str = ""


@dataclass(frozen=True, slots=True)
class PrepareDetermination:
    """Every goal is judged and an outcome proposed. `extend_to` and `check_ins` where it is to be extended."""

    by: Actor
    judged: tuple[Judged, ...]
    outcome: Outcome
    reason: str
    extend_to: date | None = None
    check_ins: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Determine:
    """A second person decides as prepared under this hash."""

    by: Actor
    asked_hash: str


@dataclass(frozen=True, slots=True)
class FollowUpDelivered:
    """The letter that follows has reached the person."""

    by: Actor
    document: str


@dataclass(frozen=True, slots=True)
class Close:
    """Nothing is left to do."""

    by: Actor


@dataclass(frozen=True, slots=True)
class Cancel:
    """The plan is given up, and says why."""

    by: Actor
    reason: str


Event = (
    Draft | Edit | SubmitForApproval | Approve | Return | Issue
    | SignatureMade | SignatureDeclined | SignatureOnPaper | SignatureWitnessed
    | Begin | RecordCheckIn | NoteOwed | Pause | Resume | ProposeExtension | Extend | Handover | AnswerEscalation
    | EvidenceWeakened | PrepareDetermination | Determine | FollowUpDelivered | Close | Cancel
)  # fmt: skip
VERBS: dict[type[Event], str] = {
    Draft: "draft_plan",
    Edit: "edit_plan",
    SubmitForApproval: "submit_plan",
    Approve: "approve_plan",
    Return: "return_plan",
    Issue: "issue_plan",
    SignatureMade: "sign_plan",
    SignatureDeclined: "decline_plan",
    SignatureOnPaper: "paper_plan",
    SignatureWitnessed: "witness_plan",
    Begin: "begin_plan",
    RecordCheckIn: "record_check_in",
    NoteOwed: "note_owed",
    Pause: "pause_plan",
    Resume: "resume_plan",
    ProposeExtension: "propose_extension",
    Extend: "extend_plan",
    Handover: "hand_over_plan",
    AnswerEscalation: "answer_escalation",
    EvidenceWeakened: "note_weakened_evidence",
    PrepareDetermination: "prepare_determination",
    Determine: "determine_plan",
    FollowUpDelivered: "deliver_follow_up",
    Close: "close_plan",
    Cancel: "cancel_plan",
}
"""What each step is called in the log."""
_BY_VERB = {verb: kind for kind, verb in VERBS.items()}


def write_event(event: Event) -> dict[str, Any]:
    """An event as JSON, with its verb."""
    return {"verb": VERBS[type(event)], **written(event)}


def read_event(given: dict[str, Any]) -> Event:
    """The event that was written down. Raises Unreadable."""
    verb = given.get("verb")
    if verb not in _BY_VERB:
        raise Unreadable(f"{verb!r} is no step of a plan")
    return read(_BY_VERB[verb], {name: one for name, one in given.items() if name != "verb"})
