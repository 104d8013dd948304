"""What has happened in a plan, in order: every step as it was taken, and what was late, as a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.analysis.wording import day, plural
from courtside.services.plan_rules import as_told
from courtside.services.plan_words import KINDS, LEAVES, OUTCOMES, PARTS
from courtside.workflow import events as e
from courtside.workflow.actors import Part
from courtside.workflow.record import Plan

if TYPE_CHECKING:
    from courtside.store.plans import Recorded


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: the firm's day, what, by whom, and what they wrote. `is_late`: a fact about lateness."""

    on: date
    at: datetime | None
    what: str
    who: str = ""
    words: str = ""
    is_late: bool = False


def timeline(
    plan: Plan, steps: tuple[Recorded, ...], name_of: Callable[[str], str], today: date, *, is_own: bool
) -> tuple[Moment, ...]:
    """The moments of a plan, the oldest first. `is_own`: as the person themself has them, from its issue on.

    What is only being prepared (a draft, a determination nobody has decided) is not theirs to read yet.
    """
    found = [_moment(plan, one, name_of) for one in (own_steps(steps) if is_own else steps)]
    found += list(_late(plan, today))
    return tuple(sorted(found, key=lambda one: (one.on, one.is_late)))


def own_steps(steps: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
    """The steps of a plan that its person reads: from its issue on, without what nobody has said yes to."""
    return tuple(one for one in steps if _is_theirs(one, steps))


def own_plan(plan: Plan) -> Plan:
    """A plan as its person takes it with them: without what is asked or prepared, and HR's answers to what was late."""
    ended = plan.determination if plan.determination and plan.determination.approved_by else None
    return replace(as_told(plan), asked=None, asked_hash="", determination=ended, escalations=())


def _is_theirs(step: Recorded, steps: tuple[Recorded, ...]) -> bool:
    issued = max((one.seq for one in steps if isinstance(one.event, e.Issue)), default=0)
    if step.seq < issued:
        return isinstance(step.event, e.Approve) and _last_approval(steps, issued) == step.seq
    if isinstance(step.event, e.Return | e.AnswerEscalation):
        return False
    agreed = _AGREED.get(type(step.event))
    return agreed is None or _was_agreed_to(step, steps, agreed)


_AGREED: Mapping[type[Any], type[Any]] = {e.PrepareDetermination: e.Determine, e.ProposeExtension: e.Extend}
"""What one person asks, and what a second says to it: until then it is a draft, which its person does not read."""


def _was_agreed_to(step: Recorded, steps: tuple[Recorded, ...], agreed: type[Any]) -> bool:
    """Whether the next word on what was asked is a yes; what was asked anew or given back first never was."""
    said = (agreed, type(step.event), e.Return)
    answer = next((one for one in steps if one.seq > step.seq and isinstance(one.event, said)), None)
    return answer is not None and isinstance(answer.event, agreed)


def _last_approval(steps: tuple[Recorded, ...], before: int) -> int:
    return max((one.seq for one in steps if isinstance(one.event, e.Approve) and one.seq < before), default=0)


def _moment(plan: Plan, step: Recorded, name_of: Callable[[str], str]) -> Moment:
    what, words = _TOLD[type(step.event)](step.event)
    if isinstance(step.event, e.NoteOwed):
        words = next((one.what for one in plan.owed if one.key == step.event.key), "")
    by = step.event.by
    who = name_of(by.username) if by.username else ""
    stands_in = ", standing in for the manager" if by.acting_for else ""
    return Moment(step.on, step.at, what, f"{who} ({PARTS[by.part]}{stands_in})" if who else "", words)


def _said(what: str) -> Callable[[Any], tuple[str, str]]:
    return lambda event: (what, getattr(event, "reason", ""))


_TOLD: Mapping[type[Any], Callable[[Any], tuple[str, str]]] = {
    e.Draft: lambda event: (f"{KINDS[event.kind]} drafted", ""),
    e.Edit: _said("Written anew; what was approved or signed before holds no longer"),
    e.SubmitForApproval: _said("Put before a second person"),
    e.Approve: _said("Approved"),
    e.Return: _said("Given back"),
    e.Issue: _said("Issued"),
    e.SignatureMade: lambda event: (
        f"Signed for {PARTS[event.party]}{', with a comment' if event.with_comment else ''}", ""
    ),
    e.SignatureDeclined: lambda event: (f"Signature declined by {PARTS[event.party]}", event.reason),
    e.SignatureOnPaper: lambda event: (f"Signature of {PARTS[event.party]} on paper registered", ""),
    e.SignatureWitnessed: lambda event: (f"Delivery to {PARTS[event.party]} attested", ""),
    e.Begin: _said("Begun"),
    e.RecordCheckIn: lambda event: (f"Check-in due on {day(event.due_on)} held on {day(event.held_on)}", ""),
    e.NoteOwed: lambda event: (f"What was owed was done on {day(event.done_on)}", ""),
    e.Pause: lambda event: (f"{LEAVES[event.leave]} since {day(event.since)}: the plan rests", ""),
    e.Resume: _said("Back: the plan goes on, and its end moves by the working days lost"),
    e.ProposeExtension: lambda event: (f"More time asked for, until {day(event.ends_on)}", event.reason),
    e.Extend: _said("More time agreed to"),
    e.Handover: _said("Handed over to another manager"),
    e.AnswerEscalation: _said("HR answered what was late"),
    e.EvidenceWeakened: _said("With the data of this day the rule would not fire"),
    e.PrepareDetermination: lambda event: (f"Determination prepared: {OUTCOMES[event.outcome].lower()}", event.reason),
    e.Determine: _said("Determined"),
    e.FollowUpDelivered: _said("The letter reached the person"),
    e.Close: _said("Closed"),
    e.Cancel: _said("Given up"),
}  # fmt: skip


def _late(plan: Plan, today: date) -> Iterator[Moment]:
    """What was late or still is: check-ins, what the manager owes, and signatures."""
    if plan.issued_on is None:
        return
    until = plan.ended_on or today
    for meeting in plan.check_ins if plan.began_on else ():
        yield from _missed(f"The check-in due on {day(meeting.due_on)}", meeting.due_on, meeting.held_on, until, "held")
    for owed in plan.owed:
        yield from _missed(f"“{owed.what}”, owed by the manager", owed.due_on, owed.done_on, until, "done")
    for part in plan.content.wanted:
        given = next((one.on for one in plan.signatures if one.party is part), None)
        yield from _missed(f"The signature of {_whose(part)}", plan.sign_by, given, until, "given")


def _missed(what: str, due_on: date, done_on: date | None, until: date, verb: str) -> Iterator[Moment]:
    late = ((done_on or until) - due_on).days
    if late <= 0:
        return
    when = f"{verb} {plural(late, 'day', 'days')} late" if done_on else f"not {verb} by the day it was due"
    yield Moment(due_on, None, f"{what}: {when}", is_late=True)


def _whose(part: Part) -> str:
    return PARTS[part]
