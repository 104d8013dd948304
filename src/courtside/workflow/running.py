"""A plan under way: begun, met about, paused and resumed, extended by two people, handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from courtside.records.canonical import digest
from courtside.workflow.actors import Illegal, Part, demand_words
from courtside.workflow.allowed import check_second
from courtside.workflow.beginning import rewritten
from courtside.workflow.content import MOST_CHECK_INS
from courtside.workflow.effects import CalendarEntry, DocumentWanted, Effect, Task, Tell
from courtside.workflow.events import (
    AnswerEscalation,
    Begin,
    EvidenceWeakened,
    Extend,
    Handover,
    NoteOwed,
    Pause,
    ProposeExtension,
    RecordCheckIn,
    Resume,
)
from courtside.workflow.record import Answered, Asked, CheckIn, Extension, Pausing, Plan, State, Weakened
from courtside.workflow.step import Step, meetings, meetings_off, moved, sign_key, working_days_between
from courtside.workflow.written import written

LONGEST_EXTENSION_DAYS = 183
LONGEST_KEY = 200


def begin(plan: Plan, event: Begin, today: date) -> Step:
    """The period begins; begun late, all of it moves by the working days lost. Raises Illegal."""
    if plan.unsigned:
        raise Illegal(f"not settled yet: the signature of {', '.join(plan.unsigned)}")
    if today < plan.starts_on:
        raise Illegal(f"the period begins on {plan.starts_on}")
    late = working_days_between(plan.starts_on, today, event.days_off)
    after = replace(_moved_on(plan, plan.starts_on, late, event.days_off), state=State.ACTIVE, began_on=today)
    return Step(after, meetings(after), {"working_days": late, "ends_on": after.ends_on.isoformat()})


def _moved_on(plan: Plan, since: date, by: int, days_off: tuple[date, ...]) -> Plan:
    """Everything that lies ahead of a day, so many working days later; what is done stays where it was."""
    if not by:
        return plan
    check_ins = tuple(
        replace(one, due_on=moved(one.due_on, by, days_off, onto_work=True))
        if one.held_on is None and one.due_on >= since
        else one
        for one in plan.check_ins
    )
    owed = tuple(
        replace(one, due_on=moved(one.due_on, by, days_off, onto_work=True))
        if one.done_on is None and one.due_on >= since
        else one
        for one in plan.owed
    )
    return replace(plan, ends_on=moved(plan.ends_on, by, days_off), check_ins=check_ins, owed=owed)


def record_check_in(plan: Plan, event: RecordCheckIn, today: date) -> Step:
    """A check-in has been held, on the day it was due or another. Raises Illegal."""
    at = next((n for n, one in enumerate(plan.check_ins) if one.due_on == event.due_on and one.held_on is None), None)
    if at is None:
        raise Illegal(f"no check-in that is still to be held is due on {event.due_on}")
    _check_day(plan, event.held_on, today)
    if not event.notes_hash:
        raise Illegal("a check-in is recorded with its note")
    held = replace(
        plan.check_ins[at],
        held_on=event.held_on,
        recorded_on=today,
        by=event.by.username,
        notes_hash=event.notes_hash,
    )
    after = replace(plan, check_ins=(*plan.check_ins[:at], held, *plan.check_ins[at + 1 :]))
    detail = {"due_on": event.due_on.isoformat(), "held_on": event.held_on.isoformat(), "notes": event.notes_hash}
    return Step(after, (DocumentWanted("check_in_note", "issued"), Tell(Part.REP, Task.REVIEW)), detail)


def _check_day(plan: Plan, day: date, today: date) -> None:
    since = plan.began_on or plan.issued_on or today
    if not since <= day <= today:
        raise Illegal(f"{day} is not a day from {since} until today; what has not happened is not recorded")


def note_owed(plan: Plan, event: NoteOwed, today: date) -> Step:
    """Something the manager owes is done. Raises Illegal."""
    found = next((one for one in plan.owed if one.key == event.key), None)
    if found is None:
        raise Illegal(f"nothing is owed under {event.key!r}")
    if found.done_on is not None:
        raise Illegal(f"{event.key} was done on {found.done_on}")
    if event.done_on > today:
        raise Illegal(f"{event.done_on} is still to come")
    done = tuple(replace(one, done_on=event.done_on) if one.key == event.key else one for one in plan.owed)
    return Step(replace(plan, owed=done), (), {"owed": event.key, "done_on": event.done_on.isoformat()})


def pause(plan: Plan, event: Pause, today: date) -> Step:
    """The person is away: nothing falls due until somebody says that they are back. Raises Illegal."""
    _check_day(plan, event.since, today)
    if plan.pauses and plan.pauses[-1].until is not None and event.since < plan.pauses[-1].until:
        raise Illegal(f"they were back on {plan.pauses[-1].until}; a pause begins no earlier")
    pausing = Pausing(event.leave, event.since)
    after = replace(plan, state=State.PAUSED, paused_from=plan.state, pauses=(*plan.pauses, pausing))
    if plan.state is State.ACTIVE:
        after = replace(after, asked=None, asked_hash="")
    return Step(after, (*meetings_off(plan), Tell(Part.REP, Task.KNOW)), {"since": event.since.isoformat()})


def resume(plan: Plan, event: Resume, today: date) -> Step:
    """The person is back: what lies ahead moves by the working days they were away.

    5 working days away -> the period ends 5 working days later. Back after the period had ended, with days of it
    lost: those days follow, and a determination prepared meanwhile is void.
    """
    pausing = plan.pauses[-1]
    lost = working_days_between(pausing.since, today, event.days_off)
    back = replace(
        plan,
        state=plan.paused_from or State.ACTIVE,
        paused_from=None,
        pauses=(*plan.pauses[:-1], replace(pausing, until=today, working_days=lost)),
    )
    detail = {"working_days": lost}
    if back.state is State.ISSUED:
        after = replace(back, sign_by=moved(plan.sign_by, lost, event.days_off, onto_work=lost > 0))
        return Step(after, (CalendarEntry(sign_key(plan), plan.content.wanted, after.sign_by),), detail)
    after = _moved_on(back, pausing.since, lost, event.days_off) if pausing.since < plan.ends_on else back
    if after.state is State.DETERMINING and after.ends_on > today:
        after = replace(after, state=State.ACTIVE, determination=None, asked_hash="")
    return Step(after, (*meetings(after), Tell(Part.REP, Task.KNOW)), {**detail, "ends_on": after.ends_on.isoformat()})


def propose_extension(plan: Plan, event: ProposeExtension, today: date) -> Step:
    """More time is asked for. Raises Illegal."""
    demand_words(event.reason)
    check_extension(plan, event.ends_on, event.check_ins, today)
    asked = Asked(event.by.person, today, event.ends_on, tuple(sorted(event.check_ins)), event.reason)
    after = replace(plan, asked=asked, asked_hash=asked_hash(plan, asked))
    effects = (DocumentWanted("extension", "draft"), Tell(Part.HR, Task.APPROVE))
    return Step(after, effects, {"asked_hash": after.asked_hash, "ends_on": event.ends_on.isoformat()})


def asked_hash(plan: Plan, asked: Any) -> str:
    """What an agreement to an extension or a determination is bound to: that, the plan's content, and this step."""
    about = {"plan": plan.id, "content": plan.content_hash, "step": plan.version + 1}
    return digest({**about, "asked": written(asked)})


def check_extension(plan: Plan, ends_on: date, check_ins: tuple[date, ...], today: date) -> None:
    """Raises Illegal for an end that is no later, or too late, and for check-ins outside of the time gained."""
    since = max(plan.ends_on, today)
    if ends_on <= since:
        raise Illegal(f"an extension ends after {since}")
    if (ends_on - since).days > LONGEST_EXTENSION_DAYS:
        raise Illegal(f"an extension is for at most {LONGEST_EXTENSION_DAYS} days at a time")
    if any(not today <= day < ends_on for day in check_ins) or len(set(check_ins)) < len(check_ins):
        raise Illegal(f"the check-ins of an extension lie on different days from today until {ends_on}")
    if len(plan.check_ins) + len(check_ins) > MOST_CHECK_INS:
        raise Illegal(f"a plan has at most {MOST_CHECK_INS} check-ins")


def extend(plan: Plan, event: Extend, today: date) -> Step:
    """The extension is agreed to: by a second person in an improvement plan. Raises Illegal."""
    asked = plan.asked
    if asked is None:
        raise Illegal("nobody has asked for more time")
    check_second(plan, event.by, asked.by)
    if event.asked_hash != plan.asked_hash:
        raise Illegal("what is asked for has changed since you saw it; look at it again")
    if asked.ends_on <= today:
        raise Illegal(f"the time asked for ended on {asked.ends_on}; ask anew")
    extension = Extension(asked, event.by.person, today, plan.ends_on)
    after = replace(
        longer(plan, asked.ends_on, asked.check_ins),
        asked=None,
        asked_hash="",
        extensions=(*plan.extensions, extension),
    )
    effects = (DocumentWanted("extension", "issued"), Tell(Part.REP, Task.REVIEW), *meetings(after))
    return Step(after, effects, {"before": plan.ends_on.isoformat(), "ends_on": after.ends_on.isoformat()})


def longer(plan: Plan, ends_on: date, check_ins: tuple[date, ...]) -> Plan:
    """The plan with a later end, and check-ins beside those it has."""
    return replace(plan, ends_on=ends_on, check_ins=(*plan.check_ins, *map(CheckIn, check_ins)))


def hand_over(plan: Plan, event: Handover, _today: date) -> Step:
    """Somebody else leads from now on. Before the plan has begun that is an edit: approvals and signatures are void.

    Raises Illegal.
    """
    demand_words(event.reason)
    if not event.manager_id or event.manager_id == plan.manager_id:
        raise Illegal("say who leads the person from now on")
    if event.manager_id == plan.person_id:
        raise Illegal("nobody leads a plan about themself")
    told: tuple[Effect, ...] = (Tell(Part.MANAGER, Task.KNOW),)
    if plan.issued_on is not None:
        told = (*told, Tell(Part.REP, Task.KNOW))
    if plan.state is State.PAUSED and plan.paused_from is State.ISSUED:
        raise Illegal("the plan rests and is not signed yet; it is handed over when the person is back")
    if plan.began_on is None:
        step = rewritten(plan, plan.content, event.by.person, event.manager_id)
        return replace(step, effects=(*step.effects, *told))
    return Step(replace(plan, manager_id=event.manager_id), (*told, *meetings(plan)))


def answer_escalation(plan: Plan, event: AnswerEscalation, today: date) -> Step:
    """HR says what was done about something late. Raises Illegal."""
    demand_words(event.reason)
    if not event.key.startswith(f"{plan.id}:") or len(event.key) > LONGEST_KEY:
        raise Illegal("say which of the plan's late matters it is")
    if any(one.key == event.key for one in plan.escalations):
        raise Illegal("it has been answered already")
    answered = Answered(event.key, event.by.person, today, event.reason)
    return Step(replace(plan, escalations=(*plan.escalations, answered)), (), {"key": event.key})


def note_weakened(plan: Plan, event: EvidenceWeakened, today: date) -> Step:
    """With today's data the rule would not fire: the people who decide are told; nothing else changes."""
    known = {one.evaluation_sha256 for one in plan.weakened}
    if not event.evaluation_sha256 or event.evaluation_sha256 in known:
        raise Illegal("this has been noted already")
    after = replace(plan, weakened=(*plan.weakened, Weakened(event.evaluation_sha256, today)))
    told = (Tell(Part.HR, Task.DECIDE), Tell(Part.MANAGER, Task.KNOW))
    return Step(after, told, {"evaluation": event.evaluation_sha256})
