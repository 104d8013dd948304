"""What came of plans, and what managers kept of what they owed in them: rows for those who weigh such things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from courtside.records.working_days import is_working_day
from courtside.rules.managers import Duty
from courtside.services.case_door import visible_cases
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.plan_figures import has_left, over
from courtside.services.plan_goals import present_in
from courtside.services.show_effect import PlanOutcome
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, Role
from courtside.workflow.actors import Part
from courtside.workflow.content import Goal, Kind
from courtside.workflow.events import Outcome
from courtside.workflow.record import Plan, State

if TYPE_CHECKING:
    from courtside.analysis.effect.outcome import Followed

GRACE = 3
"""Working days after which a check-in that was not held counts as not kept: then HR is told too."""
_ONE_DAY = timedelta(days=1)


def outcomes(visit: Visit) -> tuple[PlanOutcome, ...]:
    """Every plan that was begun, of leavers too, with what was expected at its beginning and what was seen since.

    One row a plan: of its first goal that decides and of which an expectation was kept. Named only where the viewer
    may see the plan.
    """
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    begun = [one for one in plans.every_plan() if one.began_on is not None]
    expected = expected_at_selection()
    seen = {one.case_id for one in visible_cases(visit, CaseAction.SEE_PLAN, facts_of_plans(begun, visit.today))}
    found = []
    for plan in begun:
        kept = expected.get(plan.id, {})
        goal = _measured(plan, kept)
        if goal is not None:
            name = visit.hierarchy.name(plan.person_id) if plan.id in seen else ""
            found.append(_outcome(visit, plan, goal, kept[goal.metric], name))
    return tuple(found)


def _measured(plan: Plan, kept: Mapping[str, Any]) -> Goal | None:
    goals = [one for one in plan.content.goals if one.metric in kept]
    return next((one for one in goals if one.is_decisive), goals[0] if goals else None)


def expected_at_selection() -> Mapping[str, Mapping[str, Any]]:
    """Plan -> metric -> the expectation kept when the metric became a goal of it; the first one counts."""
    from courtside.store import audit  # noqa: PLC0415

    found: dict[str, dict[str, Any]] = {}
    for verb in ("draft_plan", "edit_plan"):
        for act in audit.acts(verb):
            made = act.detail.get("expected") or {}
            kept = found.setdefault(str(act.detail.get("plan", "")), {})
            found[str(act.detail.get("plan", ""))] = {**made, **kept}
    return found


def _outcome(visit: Visit, plan: Plan, goal: Goal, expected: Mapping[str, Any], name: str) -> PlanOutcome:
    last = min(visit.today, plan.last_on)
    seen = over(visit, goal.metric, plan.person_id, plan.starts_on, last)
    is_rate = expected["kind"] == "rate"
    of = (seen.of if seen else 0.0) if is_rate else present_in(visit, plan, last + _ONE_DAY)
    return PlanOutcome(
        plan.id, str(plan.kind), expected, seen.hits if seen else 0.0, of, has_left(visit, plan.person_id),
        goal.direction.value == "down", goal.label, name,
    )  # fmt: skip


def pooled_sentences(visit: Visit) -> tuple[str, ...]:
    """What plans gained together beyond what would have come anyway, by kind and metric, for HR and managers.

    Of fewer than five plans neither the gain nor their number is told. Raises NotFound for anybody else.
    """
    if not may_see_effect(visit):
        raise NotFound
    from courtside.analysis.effect.outcome import effects_of  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.effect.pooling import LEAST, pooled  # noqa: PLC0415
    from courtside.analysis.effect.words import sentence_of_pool  # noqa: PLC0415

    by: dict[tuple[str, str], list[tuple[PlanOutcome, Followed]]] = {}
    for row in outcomes(visit):
        by.setdefault((row.kind, row.label), []).append((row, _followed(row)))
    told = []
    for (kind, label), rows in sorted(by.items()):
        effects = effects_of([one for _, one in rows])
        if len(effects) >= LEAST:
            said = sentence_of_pool(pooled(effects), len(effects), rows[0][1].expectation.kind, label)
            told.append(f"{_KINDS[kind]}, {label}: {said}")
    return tuple(told)


_KINDS = {"coaching": "Coaching plans", "improvement": "Improvement plans"}


def _followed(row: PlanOutcome) -> Followed:
    from courtside.analysis.effect.expectation import Expectation  # noqa: PLC0415
    from courtside.analysis.effect.outcome import Followed  # noqa: PLC0415

    made = Expectation.from_json(row.expectation)
    return Followed(row.plan_id, made, row.seen, row.of, row.has_left, row.is_down)


def may_see_effect(visit: Visit) -> bool:
    """Whether somebody may know what plans gained together: HR, and whoever leads people."""
    led = visit.hierarchy.led_by(visit.viewer.person_id, visit.today) if visit.viewer.person_id else frozenset()
    return Role.HR in visit.viewer.roles or bool(led - {visit.viewer.person_id})


# for rules about managers, and for fairness ---------------------------------------------------------------


def duties(first: date, last: date) -> Iterator[Duty]:
    """What managers owed in plans from one day to another, as far as it is known whether they kept it by the second.

    Check-ins, held within three working days; and their own signature by the day it was due. 1:1s are not recorded
    yet, so nothing is told of them.
    """
    from courtside.store import plans  # noqa: PLC0415

    for plan in plans.every_plan():
        yield from _check_ins(plan, first, last)
        yield from _returned(plan, first, last)


def _check_ins(plan: Plan, first: date, last: date) -> Iterator[Duty]:
    if plan.began_on is None:
        return
    until = min(last, plan.ended_on or last)
    for one in plan.check_ins:
        ends = _after(one.due_on, GRACE)
        was_held = one.held_on is not None and one.held_on <= ends and (one.recorded_on or last) <= last
        if first <= one.due_on <= until and (was_held or ends < until):
            yield Duty(plan.manager_id, "check_ins_kept", one.due_on, was_held)


def _returned(plan: Plan, first: date, last: date) -> Iterator[Duty]:
    if plan.issued_on is None or not first <= plan.sign_by <= last or plan.state is State.CANCELLED:
        return
    own = next((one for one in plan.signatures if one.party is Part.MANAGER), None)
    is_in_time = own is not None and own.on <= plan.sign_by
    if is_in_time or plan.sign_by < last:
        yield Duty(plan.manager_id, "documents_returned_in_time", plan.sign_by, is_in_time)


def _after(day: date, working_days: int) -> date:
    while working_days > 0:
        day += _ONE_DAY
        working_days -= is_working_day(day)
    return day


def people_under_plan(first: date, last: date) -> frozenset[str]:
    """Whoever had any plan under way in those days, both included."""
    from courtside.store import plans  # noqa: PLC0415

    return frozenset(
        one.person_id for one in plans.every_plan()
        if one.began_on is not None and one.began_on <= last and (one.ended_on or one.last_on) >= first
    )  # fmt: skip


def steps_reached() -> Mapping[str, str]:
    """Person -> `coach`, `plan` or `removed`: the furthest their issued plans came, for the fairness of steps."""
    from courtside.store import plans  # noqa: PLC0415

    found: dict[str, str] = {}
    for one in plans.every_plan():
        if one.issued_on is None:
            continue
        step = "coach" if one.kind is Kind.COACHING else "plan"
        decided = one.determination
        if decided and decided.approved_by and decided.outcome is Outcome.REMOVED:
            step = "removed"
        if _ORDER.index(step) >= _ORDER.index(found.get(one.person_id, "coach")):
            found[one.person_id] = step
    return found


_ORDER = ("coach", "plan", "removed")
