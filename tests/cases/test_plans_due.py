"""What is due in plans: late managers go up to HR once after any downtime, pauses move the end, weakening is noted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.cases import planned
from tests.cases.planned import SPRING, acts, at, improvement, now, visit
from tests.serving import Served

GATES = (
    "escalations after ten days of downtime, once each",
    "working days a pause moved the end by",
    "duties of managers in plans, told to rules",
)


def _due(served: Served) -> int:
    from courtside.services.due_plans import due

    return due(served.workspace, served.caller)


def _escalated(plan_id: str) -> list[str]:
    return [detail["key"] for verb, detail in acts() if verb == "escalate_plan" and detail["plan"] == plan_id]


def test_a_late_manager_goes_up_to_hr_once_after_ten_days_of_downtime(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from courtside.services.plan_escalations import answer_escalation
    from courtside.services.plan_page import plan_page

    at(SPRING.date())
    plan = planned.active(improvement(own_copy))
    first = plan.check_ins[0].due_on
    at(first - timedelta(days=3))
    _due(own_copy)
    assert _escalated(plan.id) == []
    at(first + timedelta(days=10))
    assert _due(own_copy) > 0
    once = _escalated(plan.id)
    assert len(once) == len(set(once)) == 1 + 1
    before = len(acts())
    for _ in range(3):
        assert _due(own_copy) == 0
    assert len(acts()) == before
    assert now(plan) == plan
    assert _tasks("hana") == {"A date has passed"}
    assert _tasks("maya") >= {"A date has passed"}
    page = plan_page(visit("rae"), plan.id)
    assert any(one.is_late and "check-in due on" in one.what for one in page.moments)
    answer_escalation(visit("hana"), plan.id, once[0], "Spoken with the manager.")
    assert once[0] not in {one.key for one in plan_page(visit("hana"), plan.id).late}
    counted("escalations after ten days of downtime, once each", len(once))


def _tasks(username: str) -> set[str]:
    """What waits under somebody's tasks that has passed its day."""
    from courtside.store import outbox

    seen = visit(username).viewer
    shown = outbox.tasks_of(seen.user_id, seen.person_id, 50)
    return {one.subject for one in shown if one.subject == "A date has passed"}


def test_a_pause_moves_the_end_by_the_working_days_lost(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    """Two weeks away, of which one Monday is a holiday."""
    from courtside.records.working_days import is_working_day
    from courtside.services.pause_plan import pause_plan, resume_plan
    from courtside.services.plan_figures import days_off_of
    from courtside.workflow.events import Leave

    at(SPRING.date())
    plan = planned.active(improvement(own_copy))
    away, back = plan.starts_on + timedelta(days=9), plan.starts_on + timedelta(days=23)
    at(away)
    pause_plan(visit("maya"), plan.id, Leave.SICK, away)
    assert _due(own_copy) == 0
    at(back)
    after = resume_plan(visit("maya"), plan.id)
    off = days_off_of(visit("maya"), plan.person_id)
    lost = sum(is_working_day(away + timedelta(days=n), off) for n in range((back - away).days))
    moved = sum(
        is_working_day(plan.ends_on + timedelta(days=n), off) for n in range((after.ends_on - plan.ends_on).days)
    )
    assert lost == moved == 9
    assert [one.due_on > two.due_on for one, two in zip(after.check_ins, plan.check_ins, strict=True)] == [True] * 4
    counted("working days a pause moved the end by", lost)


def test_duties_of_managers_are_told_as_they_were_known(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.services import rule_managers
    from courtside.services.plan_effects import people_under_plan
    from courtside.services.record_check_in import record_check_in

    at(SPRING.date())
    plan = planned.active(improvement(own_copy))
    first, second = (one.due_on for one in plan.check_ins[:2])
    at(first)
    record_check_in(visit("maya"), plan.id, first, first, "Sat in on calls.")
    at(second + timedelta(days=8))
    since, until = plan.sign_by, second + timedelta(days=8)
    found = [one for one in rule_managers.duties(since, until) if one.manager == plan.manager_id]
    kept = {(one.figure, one.due_on): one.kept for one in found}
    assert kept == {
        ("documents_returned_in_time", plan.sign_by): True,
        ("check_ins_kept", first): True,
        ("check_ins_kept", second): False,
    }
    assert "one_on_ones_held" not in {one.figure for one in found}
    assert people_under_plan(first, first) == {plan.person_id}
    assert people_under_plan(date(2026, 1, 1), date(2026, 7, 1)) == frozenset()
    counted("duties of managers in plans, told to rules", len(found))


def test_evidence_that_weakened_is_noted_once_and_told(own_copy: Served) -> None:
    from courtside.services.plan_ground import ground_of
    from courtside.services.plan_page import plan_page
    from courtside.services.plan_step import note_weakened

    at(SPRING.date())
    plan = planned.issued(improvement(own_copy))
    ground: Any = ground_of(visit("hana"))
    assert note_weakened(ground, plan.id, "a" * 64)
    assert not note_weakened(ground, plan.id, "a" * 64)
    assert now(plan).state == plan.state
    assert plan_page(visit("rae"), plan.id).weakened_on == (SPRING.date(),)
    with pytest.raises(Exception, match="nothing here"):
        plan_page(visit("tom"), plan.id)
