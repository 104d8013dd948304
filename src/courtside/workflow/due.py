"""What is due in a plan on a day, derived from the plan alone: reminders, what is late, and what goes up to HR.

Nothing here changes a plan. Every item has a key of its own that stays the same however often and late it is asked
for, so that each is told once after any downtime.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from courtside.records.working_days import is_working_day
from courtside.workflow.actors import Part
from courtside.workflow.effects import Task
from courtside.workflow.record import Plan, Signed, State

SIGN_BEFORE = (3, 1, 0)
"""So many working days before signatures are due, people are reminded."""
REVIEW_PAUSE_DAYS = 20
"""Working days after which HR looks at a pause again."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """Something to tell somebody, from the day `on`; `about` is the day it speaks of.

    An escalation says to HR that somebody is late. It moves the plan nowhere.
    """

    key: str
    what: Task
    to: Part
    on: date
    about: date
    is_escalation: bool = False


@dataclass(frozen=True, slots=True)
class NextDue:
    """What a plan waits for next."""

    what: Task
    to: Part
    on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class _Deadline:
    """Something one party does by a day: when they are reminded, told that it is late, and when HR is told."""

    name: str
    what: Task
    to: Part
    about: date
    before: tuple[int, ...] = ()
    late_after: int | None = 1
    escalated_after: int | None = 3
    when_late: Task | None = None


def due(plan: Plan, today: date, days_off: Collection[date] = ()) -> tuple[Due, ...]:
    """Everything that is to have been told by a day, by what still waits: the earliest first.

    Of the reminders of one deadline only the latest is there: one that a later one has overtaken has lost its
    point. Escalations stay until what is late is done, or HR has answered them. `days_off`: the holidays of the
    person's region.
    """
    off = frozenset(days_off)
    answered = {one.key for one in plan.escalations}
    found = [one for deadline in _deadlines(plan, today, off) for one in _told(plan, deadline, today, off)]
    return tuple(sorted((one for one in found if one.key not in answered), key=lambda one: (one.on, one.key)))


def next_due(plan: Plan, today: date, days_off: Collection[date] = ()) -> NextDue | None:
    """The deadline that comes first, or has passed first; None where nothing is waited for."""
    waiting = [one for one in _deadlines(plan, today, frozenset(days_off)) if one.name != "pause"]
    if not waiting:
        return None
    first = min(waiting, key=lambda one: (one.about, one.name))
    return NextDue(first.what, first.to, first.about, first.about < today)


def _told(plan: Plan, deadline: _Deadline, today: date, off: frozenset[date]) -> Iterator[Due]:
    """The latest reminder of a deadline that is due, and its escalation."""
    key, about = f"{plan.id}:{deadline.name}:{deadline.about.isoformat()}", deadline.about
    stages = [(_before(about, n, off), f"before-{n}", deadline.what) for n in deadline.before]
    if deadline.late_after is not None:
        stages.append((_after(about, deadline.late_after, off), "late", deadline.when_late or deadline.what))
    past = [stage for stage in sorted(stages) if stage[0] <= today]
    if past:
        on, stage, what = past[-1]
        yield Due(f"{key}:{stage}", what, deadline.to, on, about)
    if deadline.escalated_after is not None:
        on = _after(about, deadline.escalated_after, off)
        if on <= today:
            yield Due(f"{key}:escalated", Task.DECIDE, Part.HR, on, about, is_escalation=True)


def _deadlines(plan: Plan, today: date, off: frozenset[date]) -> Iterator[_Deadline]:
    """What the plan waits for as it stands."""
    match plan.state:
        case State.DRAFT if plan.submitted_on is not None:
            yield _answer(plan, "approve", plan.submitted_on, off)
        case State.APPROVED:
            yield _Deadline("issue", Task.DO, Part.MANAGER, plan.sign_by, before=(3, 1))
        case State.ISSUED:
            yield from _to_sign(plan)
        case State.ACTIVE:
            yield from _while_active(plan, off)
        case State.DETERMINING if plan.determination is not None:
            yield _answer(plan, "decide", plan.determination.prepared_on, off)
            yield from _owed(plan)
        case State.DETERMINED:
            yield from _afterwards(plan, off)
        case State.PAUSED:
            yield from _resting(plan, today, off)


def _answer(plan: Plan, name: str, asked_on: date, off: frozenset[date]) -> _Deadline:
    """A second person is asked: they answer within three working days. A new question is a new deadline."""
    asked = (plan.asked_hash or plan.content_hash)[:12]
    about = _after(asked_on, 3, off)
    return _Deadline(f"{name}-{asked}", Task.APPROVE, Part.HR, about, before=(1,), escalated_after=5)


def _to_sign(plan: Plan) -> Iterator[_Deadline]:
    """Each party signs by the day; where somebody has declined or signed on paper, HR sees to the two witnesses."""
    given = {one.party: one for one in plan.signatures}
    for part in plan.unsigned:
        if part in given and given[part].how in (Signed.DECLINED, Signed.PAPER):
            yield _Deadline(f"attest-{part}", Task.DO, Part.HR, plan.sign_by, before=SIGN_BEFORE)
        else:
            yield _Deadline(f"sign-{part}", Task.SIGN, part, plan.sign_by, SIGN_BEFORE, escalated_after=1)
    if not plan.unsigned:
        yield _Deadline("begin", Task.DO, Part.MANAGER, plan.starts_on, before=(0,))


def _while_active(plan: Plan, off: frozenset[date]) -> Iterator[_Deadline]:
    for n, one in enumerate(plan.check_ins):
        if one.held_on is None:
            yield _Deadline(
                f"meeting-{n}", Task.PREPARE_MEETING, Part.MANAGER, one.due_on, (1,), when_late=Task.HOLD_MEETING
            )
            yield _Deadline(
                f"meeting-{n}-rep", Task.PREPARE_MEETING, Part.REP, one.due_on, (1,), None, escalated_after=None
            )
    yield from _owed(plan)
    if plan.asked is not None:
        yield _answer(plan, "extend", plan.asked.on, off)
    yield _Deadline("determine", Task.DECIDE, Part.MANAGER, plan.ends_on, before=(5, 0), escalated_after=5)


def _owed(plan: Plan) -> Iterator[_Deadline]:
    for one in plan.owed:
        if one.done_on is None:
            yield _Deadline(f"owed-{one.key}", Task.DO, Part.MANAGER, one.due_on, before=(1,))


def _afterwards(plan: Plan, off: frozenset[date]) -> Iterator[_Deadline]:
    decided = plan.determination
    if plan.follow_up_on is not None:
        about = _after(plan.follow_up_on, 5, off)
        yield _Deadline("close", Task.DO, Part.HR, about, before=(0,), late_after=5, escalated_after=None)
    elif decided is not None and decided.approved_on is not None:
        yield _Deadline("deliver", Task.DO, Part.MANAGER, _after(decided.approved_on, 3, off), before=(1,))


def _resting(plan: Plan, today: date, off: frozenset[date]) -> Iterator[_Deadline]:
    """HR looks at a pause again every 20 working days; only the last of these days matters."""
    about = _after(plan.pauses[-1].since, REVIEW_PAUSE_DAYS, off)
    while (following := _after(about, REVIEW_PAUSE_DAYS, off)) <= today:
        about = following
    yield _Deadline("pause", Task.DECIDE, Part.HR, about, before=(0,), late_after=None, escalated_after=None)


def _before(day: date, working_days: int, off: frozenset[date]) -> date:
    """The day so many working days before another: Monday, 1 -> Friday."""
    while working_days > 0:
        day -= _ONE_DAY
        working_days -= is_working_day(day, off)
    return day


def _after(day: date, working_days: int, off: frozenset[date]) -> date:
    """The day so many working days after another: Friday, 1 -> Monday."""
    while working_days > 0:
        day += _ONE_DAY
        working_days -= is_working_day(day, off)
    return day
