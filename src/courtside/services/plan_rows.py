"""Plans as rows for programs: the same as their pages say, and nothing the viewer may not see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from courtside.services.plan_list import PlanLine, my_plans, plans_of_others
from courtside.services.plan_page import PlanPage, plan_page
from courtside.services.viewing import Visit


def plan_rows(visit: Visit) -> list[dict[str, Any]]:
    """Every plan the viewer may see, their own first."""
    return [_row(one) for one in _both(visit)]


def _both(visit: Visit) -> Iterable[PlanLine]:
    return (*my_plans(visit), *plans_of_others(visit))


def _row(line: PlanLine) -> dict[str, Any]:
    first = line.first
    return {
        "plan": line.plan_id, "kind": line.kind.lower(), "person": line.person_id, "state": line.state,
        "days": line.head, "next": first.what if first else None, "by": first.on if first else None,
        "owner": first.owner if first else None, "late": line.late,
    }  # fmt: skip


def one_plan(visit: Visit, plan_id: str) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The moments of one plan as rows, and its goals, what is owed and what can be done as notes. Raises NotFound."""
    page = plan_page(visit, plan_id)
    rows = [
        {"on": one.on, "what": one.what, "who": one.who, "words": one.words, "late": one.is_late}
        for one in page.moments
    ]  # fmt: skip
    return rows, tuple(_notes(page))


def _notes(page: PlanPage) -> Iterable[str]:
    yield f"{page.kind}, {page.state}, {page.head}; led by {page.plan.manager_id}; version {page.plan.version}"
    for goal in page.goals:
        yield f"goal {goal.label}, {goal.target}: {goal.now}"
    for owed in page.plan.owed:
        done = f"done on {owed.done_on}" if owed.done_on else "not done yet"
        yield f"owed {owed.key}: {owed.what}, by {owed.due_on}: {done}"
    for meeting in page.plan.check_ins:
        yield f"check-in due on {meeting.due_on}: {f'held on {meeting.held_on}' if meeting.held_on else 'not held yet'}"
    if page.verbs:
        yield f"yours to do now, on the page of the plan: {', '.join(one.slug for one in page.verbs)}"
