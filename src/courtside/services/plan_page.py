"""A plan as its page shows it: the head, its goals as they stand, what is owed, and all that has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from courtside.analysis.wording import between, day
from courtside.services.plan_diff import Line, compared
from courtside.services.plan_goals import Live, live
from courtside.services.plan_ground import ground_of
from courtside.services.plan_late import Late, Waiting, first_due, open_tasks, unanswered
from courtside.services.plan_rules import SEE, as_told, door_to, plan_for
from courtside.services.plan_tell import Recipient, have_read
from courtside.services.plan_timeline import Moment, timeline
from courtside.services.plan_verbs import Verb, offered
from courtside.services.plan_words import (
    KINDS,
    OUTCOMES,
    STATES,
    VERDICTS,
    head_words,
    reach_words,
    target_words,
    then_words,
)
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.plan import shortfalls
from courtside.workflow.record import Determination, Plan

if TYPE_CHECKING:
    from courtside.store.plans import Recorded
    from courtside.workflow.content import Goal
    from courtside.workflow.events import Judged


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal as the table shows it. `value`, `low`, `high`, `due` and `most` are the bullet's, in the metric's unit."""

    label: str
    target: str
    then: str
    reach: str
    decides: bool
    now: str
    verdict: str
    value: float | None
    low: float | None
    high: float | None
    due: float | None
    most: float


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the plan: its id, what it is, its version and hash, how far it has come, whom it waits for."""

    document: str
    label: str
    version: int
    sha256: str
    state: str
    is_superseded: bool
    waiting_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """What the plan came from: the rule and its version, what was found then in words, who decided, and when."""

    rule: str
    version: int
    as_of: date
    sentence: str
    decided_by: str
    decided_on: date | None
    sha256: str


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A goal as a determination has it."""

    label: str
    verdict: str
    sentence: str
    target: str
    span: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A determination: prepared, and decided once `approver` is not empty."""

    outcome: str
    reason: str
    prepared_by: str
    prepared_on: date
    approver: str
    approved_on: date | None
    judged: tuple[JudgedLine, ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Everything the page says; what the viewer may not know is not in it."""

    plan: Plan
    kind: str
    state: str
    head: str
    name: str
    manager: str
    is_own: bool
    first: Waiting | None
    tasks: tuple[Waiting, ...]
    late: tuple[Late, ...]
    weakened_on: tuple[date, ...]
    trigger: Trigger | None
    goals: tuple[GoalLine, ...]
    shortfalls: tuple[str, ...]
    moments: tuple[Moment, ...]
    papers: tuple[Paper, ...]
    determination: Decided | None
    changes: tuple[Line, ...]
    verbs: tuple[Verb, ...]
    may_state: bool


def plan_page(visit: Visit, plan_id: str) -> PlanPage:
    """The page of a plan, the look written down where it belongs into the log. Raises NotFound."""
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    plan = plan_for(visit, plan_id, CaseAction.SEE_PLAN, SEE)
    _noted(visit, plan)
    door = door_to(visit, plan)
    steps, name_of = plans.events(plan.id), names(visit)
    is_own = bool(visit.viewer.person_id) and visit.viewer.person_id == plan.person_id
    told = as_told(plan) if is_own else plan
    return PlanPage(
        plan=told,
        kind=KINDS[plan.kind],
        state=STATES[told.state],
        head=head_words(plan, visit.today),
        name=visit.hierarchy.name(plan.person_id),
        manager=visit.hierarchy.name(plan.manager_id),
        is_own=is_own,
        first=first_due(visit, told),
        tasks=open_tasks(visit, told),
        late=unanswered(visit, told),
        weakened_on=tuple(one.on for one in plan.weakened),
        trigger=trigger_of(plan, name_of),
        goals=goal_lines(visit, plan),
        shortfalls=shortfalls(plan, visit.today),
        moments=timeline(plan, steps, name_of, visit.today, is_own=is_own),
        papers=tuple(_papers(visit, plan)),
        determination=_determination(plan, told.determination, name_of),
        changes=changes(plan, steps),
        verbs=tuple(offered(door)),
        may_state=not visit.viewer.is_read_only and door.may(CaseAction.WRITE_STATEMENT),
    )


def _noted(visit: Visit, plan: Plan) -> None:
    """What there was to read has been found."""
    viewer = visit.viewer
    if viewer.is_read_only:
        return
    reader = Recipient(viewer.person_id) if viewer.person_id else Recipient(user_id=viewer.user_id)
    have_read(ground_of(visit), plan, reader)


def names(visit: Visit) -> Callable[[str], str]:
    """User name -> what the person is called."""

    known = {one.username: one.name or visit.hierarchy.names.get(one.person_id, "") for one in visit.users()}
    return lambda username: known.get(username) or username


def goal_lines(visit: Visit, plan: Plan) -> tuple[GoalLine, ...]:
    """The goals, causes first: as they stand today once the plan has begun, else as they stood when it was written."""
    try:
        now = {one.goal.key: one for one in live(visit, plan)}
    except Refused:
        now = {}
    goals = sorted(plan.content.goals, key=lambda one: (one.rung.value != "activity", not one.is_decisive))
    return tuple(_line(one, now.get(one.key)) for one in goals)


def _line(goal: Goal, now: Live | None) -> GoalLine:
    found = now.now if now else None
    ends = [one for one in (found and found.value, found and found.high, now and now.whole, goal.target) if one]
    return GoalLine(
        label=goal.label, target=target_words(goal), then=then_words(goal), reach=reach_words(goal),
        decides=goal.is_decisive, now=found.sentence if found else "Not begun yet.",
        verdict=VERDICTS[found.verdict] if found else "",
        value=found.value if found else None, low=found.low if found else None, high=found.high if found else None,
        due=now.due if now else None, most=max(ends, default=1.0) * 1.1,
    )  # fmt: skip


def trigger_of(plan: Plan, name_of: Callable[[str], str]) -> Trigger | None:
    """What a plan came from; None for one made by hand."""
    if not plan.proposal:
        return None
    from courtside.store import proposals  # noqa: PLC0415

    found = proposals.proposal(plan.proposal)
    if found is None:
        return None
    import json  # noqa: PLC0415  (only plans that came from a rule)

    evidence = json.loads(found.evidence) if found.evidence else {}
    sentence = evidence.get("evaluation", {}).get("inputs", {}).get("figure", {}).get("sentence", "")
    decided = [one for one in proposals.decisions_of(found.id) if one.outcome in ("proceed", "coach")]
    last = decided[-1] if decided else None
    return Trigger(
        found.rule, found.rule_version, found.as_of, str(sentence), name_of(last.decided_by) if last else "",
        last.at.date() if last else None, found.evidence_sha256,
    )  # fmt: skip


def _papers(visit: Visit, plan: Plan) -> Iterator[Paper]:
    """The plan's documents that the viewer may read, the oldest first."""
    from courtside.services.document_list import documents_of  # noqa: PLC0415  (documents know of plans)

    for one in documents_of(visit, plan.id):
        is_old = one.stage == "superseded"
        yield Paper(one.id, one.label, one.version, one.data_sha256, one.state, is_old, one.waiting_for)


def letters(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The documents one of which may be the letter that reached the person: id and name."""
    from courtside.store import documents  # noqa: PLC0415

    return tuple(
        (one.id, one.label) for one in documents.of_plan(plan.id) if not one.superseded_by and one.state != "draft"
    )


def changes(plan: Plan, steps: tuple[Recorded, ...]) -> tuple[Line, ...]:
    """The content beside what was seen last."""
    return compared(plan, steps)


def _determination(plan: Plan, made: Determination | None, name_of: Callable[[str], str]) -> Decided | None:
    """How the plan ends, or would as it is prepared."""
    if made is None:
        return None
    goals = {one.key: one for one in plan.content.goals}
    return Decided(
        OUTCOMES[made.outcome], made.reason, name_of(made.prepared_by.username), made.prepared_on,
        name_of(made.approved_by.username) if made.approved_by else "", made.approved_on,
        tuple(_judged(one, goals[one.goal]) for one in made.judged),
    )  # fmt: skip


def _judged(one: Judged, goal: Goal) -> JudgedLine:
    return JudgedLine(
        goal.label, VERDICTS[one.verdict], one.sentence, target_words(goal), between(one.low, one.high, goal.unit)
    )


def check_in_words(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The check-ins that are still to be held, as a form offers them."""
    return tuple((one.due_on.isoformat(), f"due on {day(one.due_on)}") for one in plan.check_ins if not one.held_on)
