"""The one way a plan changes: `transition(plan, event, today)`; who may, when, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from courtside.workflow import beginning, ending, running, signatures
from courtside.workflow.actors import SYSTEM, Illegal, Part
from courtside.workflow.allowed import check_actor, check_state
from courtside.workflow.content import Kind as Kind
from courtside.workflow.effects import Audit, Effect
from courtside.workflow.events import (
    VERBS,
    AnswerEscalation,
    Approve,
    Begin,
    Cancel,
    Close,
    Determine,
    Draft,
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
from courtside.workflow.events import Outcome as Outcome
from courtside.workflow.record import ENDED_STATES as ENDED_STATES
from courtside.workflow.record import OPEN_STATES as OPEN_STATES
from courtside.workflow.record import Plan as Plan
from courtside.workflow.record import State as State
from courtside.workflow.step import Step

_STEPS: Mapping[type[Any], Callable[[Plan, Any, date], Step]] = {
    Edit: beginning.edit,
    SubmitForApproval: beginning.submit,
    Approve: beginning.approve,
    Return: beginning.give_back,
    Issue: beginning.issue,
    SignatureMade: signatures.made,
    SignatureDeclined: signatures.declined,
    SignatureOnPaper: signatures.on_paper,
    SignatureWitnessed: signatures.witnessed,
    Begin: running.begin,
    RecordCheckIn: running.record_check_in,
    NoteOwed: running.note_owed,
    Pause: running.pause,
    Resume: running.resume,
    ProposeExtension: running.propose_extension,
    Extend: running.extend,
    Handover: running.hand_over,
    AnswerEscalation: running.answer_escalation,
    EvidenceWeakened: running.note_weakened,
    PrepareDetermination: ending.prepare,
    Determine: ending.determine,
    FollowUpDelivered: ending.follow_up,
    Close: ending.close,
    Cancel: ending.cancel,
}


def transition(plan: Plan | None, event: Event, today: date) -> tuple[Plan, tuple[Effect, ...]]:
    """The plan after a step, and what follows from it: exactly one act for the log, first. Raises Illegal.

    `plan` None for Draft alone. Only people take steps, but for the note that evidence has weakened. No step is
    ever taken because a day has come. Source: TRUST 2.3, 2.4, 2.6; METHODS 1.6.
    """
    if event.by.part is Part.SYSTEM and (event.by != SYSTEM or not isinstance(event, EvidenceWeakened)):
        raise Illegal("a person does this; nothing happens by itself")
    if plan is None:
        if not isinstance(event, Draft):
            raise Illegal("there is no plan yet; it begins with a draft")
        step = beginning.draft(event)
    else:
        if isinstance(event, Draft):
            raise Illegal("the plan has begun already; edit it")
        check_state(plan, event)
        check_actor(plan, event)
        step = _STEPS[type(event)](plan, event, today)
    after = step.plan if plan is None else replace(step.plan, version=plan.version + 1)
    told = {"plan": after.id, "seq": after.version, "state": after.state, **step.detail}
    detail = {name: str(one) if isinstance(one, str) else one for name, one in told.items()}
    return after, (Audit(VERBS[type(event)], detail), *step.effects)


def may(plan: Plan | None, event: Event, today: date) -> str:
    """Why a step cannot be taken; empty if it can."""
    try:
        transition(plan, event, today)
    except Illegal as why:
        return str(why)
    return ""


def replay(steps: Iterable[tuple[Event, date]]) -> Plan:
    """The plan its steps lead to, each with the day it was taken. Raises Illegal."""
    plan: Plan | None = None
    for event, today in steps:
        plan, _ = transition(plan, event, today)
    if plan is None:
        raise Illegal("there are no steps, and so no plan")
    return plan


def shortfalls(plan: Plan, today: date) -> tuple[str, ...]:
    """What the manager's side has left undone so far, in words: for whoever approves, and for the document."""
    due = [one for one in plan.check_ins if one.due_on < today]
    missed = [one for one in due if one.held_on is None]
    told = [f"{len(missed)} of {len(due)} check-ins due so far were not held"] if missed else []
    owed = [one for one in plan.owed if one.due_on < today]
    undone = [one for one in owed if one.done_on is None]
    if undone:
        told.append(f"{len(undone)} of {len(owed)} things owed to the person by now were not done")
    return tuple(told)
