"""The plans somebody may see: their own, and those of the people they lead or look after."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from courtside.services.case_door import visible_cases
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.open_plan import open_by_hand
from courtside.services.plan_late import Waiting, first_due, unanswered
from courtside.services.plan_rules import as_told
from courtside.services.plan_words import KINDS, STATES, head_words
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction, Role
from courtside.workflow.record import Plan


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a list."""

    plan_id: str
    kind: str
    state: str
    head: str
    person_id: str
    name: str
    manager: str
    first: Waiting | None
    late: int
    is_open: bool


def my_plans(visit: Visit) -> tuple[PlanLine, ...]:
    """The viewer's own plans, as far as they are theirs to know, the newest first."""
    own = visit.viewer.person_id
    if not own:
        return ()
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    return tuple(_line(visit, one, is_own=True) for one in reversed(_seen(visit, plans.plans_about({own}))))


def plans_of_others(visit: Visit) -> tuple[PlanLine, ...]:
    """The plans of others that the viewer may see: what waits first comes first, and what is over last.

    Nobody's improvement plan is in a list of those who may not open it. The look is one act, with the ids it showed.
    """
    from courtside.store import audit, plans  # noqa: PLC0415

    own = visit.viewer.person_id
    found = _seen(visit, [one for one in plans.every_plan() if one.person_id != own])
    if found:
        people = sorted({one.person_id for one in found})
        detail = {"plans": [one.id for one in found], "persons": people}
        audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "list_plans", detail))
    return tuple(sorted((_line(visit, one, is_own=False) for one in found), key=_order))


def people_to_plan_for(visit: Visit) -> tuple[tuple[str, str], ...]:
    """For whom the viewer could draft a coaching plan: id and name, by name."""
    allowed = open_by_hand(visit, _led(visit))
    return tuple(sorted(((one, visit.hierarchy.name(one)) for one in allowed), key=lambda pair: pair[1]))


def _led(visit: Visit) -> frozenset[str]:
    managers = [*visit.viewer.stands_in_for(visit.today), *filter(None, [visit.viewer.person_id])]
    return frozenset(one for manager in managers for one in visit.hierarchy.led_by(manager, visit.today))


def is_in_plans(visit: Visit) -> bool:
    """Whether the viewer has anything to do with plans; nothing is written."""
    viewer = visit.viewer
    if Role.HR in viewer.roles or _led(visit):
        return True
    from courtside.store import plans  # noqa: PLC0415

    is_named = bool(viewer.roles & {Role.EXECUTIVE, Role.AUDITOR})
    found = plans.every_plan() if is_named else plans.plans_about({viewer.person_id} if viewer.person_id else ())
    return bool(found) and bool(_seen(visit, found))


def _seen(visit: Visit, plans: Collection[Plan]) -> list[Plan]:
    facts = facts_of_plans(plans, visit.today)
    seen = {one.case_id for one in visible_cases(visit, CaseAction.SEE_PLAN, facts)}
    return [one for one in plans if one.id in seen]


def _line(visit: Visit, plan: Plan, *, is_own: bool) -> PlanLine:
    told = as_told(plan) if is_own else plan
    return PlanLine(
        plan.id, KINDS[plan.kind], STATES[told.state], head_words(plan, visit.today), plan.person_id,
        visit.hierarchy.name(plan.person_id), visit.hierarchy.name(plan.manager_id), first_due(visit, told),
        0 if is_own else len(unanswered(visit, plan)), plan.is_open,
    )  # fmt: skip


def _order(line: PlanLine) -> tuple[bool, str, str]:
    return not line.is_open, line.first.on.isoformat() if line.first else "9999", line.plan_id
