"""Which step may be taken in which state of a plan, and by whom: two tables, and who is who."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.workflow.actors import Actor, Illegal, Part, Person, demand_fresh, why_not_second
from courtside.workflow.events import (
    AnswerEscalation,
    Approve,
    Begin,
    Cancel,
    Close,
    Determine,
    Edit,
    Event,
    EvidenceWeakened,
    Extend,
    FollowUpDelivered,
    Handover,
    Issue,
    NoteOwed,
    Pause,
    PrepareDetermination,
    ProposeExtension,
    RecordCheckIn,
    Resume,
    Return,
    SignatureDeclined,
    SignatureMade,
    SignatureOnPaper,
    SignatureWitnessed,
    SubmitForApproval,
)
from courtside.workflow.record import OPEN_STATES, Plan, State

_RUNNING = frozenset({State.ACTIVE, State.DETERMINING})
_UNDECIDED = OPEN_STATES - {State.DETERMINED}
STATES: Mapping[type[Any], frozenset[State]] = {
    Edit: frozenset({State.DRAFT, State.APPROVED, State.ISSUED}),
    SubmitForApproval: frozenset({State.DRAFT}),
    Approve: frozenset({State.DRAFT}),
    Return: frozenset({State.DRAFT, State.ACTIVE, State.DETERMINING}),
    Issue: frozenset({State.DRAFT, State.APPROVED}),
    SignatureMade: frozenset({State.ISSUED}),
    SignatureDeclined: frozenset({State.ISSUED}),
    SignatureOnPaper: frozenset({State.ISSUED}),
    SignatureWitnessed: frozenset({State.ISSUED}),
    Begin: frozenset({State.ISSUED}),
    RecordCheckIn: _RUNNING,
    NoteOwed: _RUNNING | {State.ISSUED},
    Pause: _RUNNING | {State.ISSUED},
    Resume: frozenset({State.PAUSED}),
    ProposeExtension: frozenset({State.ACTIVE}),
    Extend: frozenset({State.ACTIVE}),
    Handover: _UNDECIDED,
    AnswerEscalation: OPEN_STATES,
    EvidenceWeakened: OPEN_STATES,
    PrepareDetermination: _RUNNING,
    Determine: frozenset({State.DETERMINING}),
    FollowUpDelivered: frozenset({State.DETERMINED}),
    Close: frozenset({State.DETERMINED}),
    Cancel: _UNDECIDED,
}
"""In which states a step may be taken."""
_LEADING = frozenset({Part.MANAGER, Part.HR})
_SECOND = frozenset({Part.HR, Part.APPROVER})
_SIGNING = frozenset({Part.REP, Part.MANAGER, Part.HR})
_ONLY_HR = frozenset({Part.HR})
FORMAL: Mapping[type[Any], frozenset[Part]] = {
    Edit: _LEADING,
    SubmitForApproval: _LEADING,
    Approve: _SECOND,
    Return: _SECOND,
    Issue: _LEADING,
    SignatureMade: _SIGNING,
    SignatureDeclined: _SIGNING,
    SignatureOnPaper: _ONLY_HR,
    SignatureWitnessed: frozenset({Part.WITNESS, Part.HR, Part.MANAGER}),
    Begin: _LEADING,
    RecordCheckIn: _LEADING,
    NoteOwed: _LEADING,
    Pause: _LEADING,
    Resume: _LEADING,
    ProposeExtension: _LEADING,
    Extend: _SECOND,
    Handover: _ONLY_HR,
    AnswerEscalation: _ONLY_HR,
    EvidenceWeakened: frozenset({Part.SYSTEM}),
    PrepareDetermination: _LEADING,
    Determine: _SECOND,
    FollowUpDelivered: _LEADING,
    Close: _LEADING,
    Cancel: _LEADING,
}
"""Who may take a step in an improvement plan."""
_BY_MANAGER_TOO = (Return, Extend, Handover, Determine)
INFORMAL: Mapping[type[Any], frozenset[Part]] = {**FORMAL, **dict.fromkeys(_BY_MANAGER_TOO, _LEADING)}
"""Who may in a coaching plan: the manager alone is enough."""
_DONE = {
    State.CLOSED: "the plan is closed",
    State.CANCELLED: "the plan was given up",
    State.PAUSED: "the plan rests while the person is away",
    State.DETERMINED: "the plan is decided",
}


def check_state(plan: Plan, event: Event) -> None:
    """Raises Illegal for a step that cannot be taken as the plan stands."""
    if plan.state not in STATES[type(event)]:
        raise Illegal(f"{_DONE.get(plan.state, f'the plan is {plan.state}')}; this cannot be done now")


def check_actor(plan: Plan, event: Event) -> None:
    """Raises Illegal for somebody who is not what they act as, or may not take this step."""
    actor = event.by
    if actor.part is not Part.SYSTEM:
        check_is_who(plan, actor)
    allowed = (FORMAL if plan.is_formal else INFORMAL)[type(event)]
    if actor.part not in allowed:
        raise Illegal(f"this is done by {' or '.join(sorted(allowed))}, and you are here as {actor.part}")


def check_is_who(plan: Plan, actor: Actor) -> None:
    """Raises Illegal for somebody who acts as what they are not.

    Nobody handles a case about themself, or about somebody they report to (TRUST 2.2, rule 5).
    """
    if not actor.username.strip():
        raise Illegal("a step is taken by somebody with an account")
    is_subject = actor.person_id == plan.person_id
    if is_subject != (actor.part is Part.REP):
        raise Illegal(
            "it is about you; somebody else does this" if is_subject else "only the person themself acts for them"
        )
    if actor.part is Part.MANAGER and plan.manager_id not in (actor.person_id, actor.acting_for):
        raise Illegal("you do not lead this plan")
    if plan.person_id in actor.led_by:
        raise Illegal("you report to the person it is about; somebody else does this")


def check_second(plan: Plan, actor: Actor, *wrote: Person) -> None:
    """Raises Illegal for somebody who cannot be the second person beside those who wrote something.

    In an improvement plan whoever leads the plan is no second person either: what they owe stands in it.
    """
    if not plan.is_formal:
        return
    demand_fresh(actor.auth_age_s)
    for first in wrote:
        if why := why_not_second(first, actor, plan.person_id):
            raise Illegal(why)
    if plan.manager_id in (actor.person_id, actor.acting_for):
        raise Illegal("you lead this plan; somebody else looks at it")
