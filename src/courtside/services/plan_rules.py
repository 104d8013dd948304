"""The door to plans: what decides who may do what to one, and what somebody is to it when they act."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from courtside.services.case_door import open_case
from courtside.services.case_facts import completed
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, may_case
from courtside.workflow.actors import Actor, Part
from courtside.workflow.record import Plan, State

SEE = "see_plan"
"""What a look at a plan is called in the log."""


def facts_of(plan: Plan, on: date) -> CaseFacts:
    """What decides who may do what to a plan on a day."""
    return facts_of_plans((plan,), on)[0]


def known_plan(plan_id: str) -> Plan:
    """A plan by its id, whoever asks. Raises NotFound."""
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    found = plans.plan(plan_id)
    if found is None:
        raise NotFound
    return found


def plan_for(visit: Visit, plan_id: str, action: CaseAction = CaseAction.SEE_PLAN, verb: str = SEE) -> Plan:
    """A plan the viewer may do something to, the look written into the log where it belongs. Raises NotFound."""
    plan = known_plan(plan_id)
    open_case(visit, action, facts_of(plan, visit.today), verb)
    return plan


def as_told(plan: Plan) -> Plan:
    """A plan as its person may know it: that a determination is being prepared is not theirs to read yet."""
    return replace(plan, state=State.ACTIVE, determination=None) if plan.state is State.DETERMINING else plan


@dataclass(frozen=True)
class Door:
    """One viewer before one plan: what decides about them is read once, and then asked as often as there are verbs."""

    visit: Visit
    plan: Plan
    facts: CaseFacts

    def may(self, action: CaseAction) -> bool:
        """Whether the viewer may do something to the plan; nothing is written."""
        visit = self.visit
        return may_case(visit.viewer, action, self.facts, visit.hierarchy, visit.today).is_allowed

    def part(self, parts: Collection[Part]) -> Part | None:
        """What the viewer is to the plan, of the parts that could act; None for none of them."""
        viewer = self.visit.viewer
        if viewer.person_id and viewer.person_id == self.plan.person_id:
            return Part.REP if Part.REP in parts else None
        if Part.MANAGER in parts and leads(self.visit, self.plan.manager_id):
            return Part.MANAGER
        if Part.HR in parts and self.may(CaseAction.SEE_FILE):
            return Part.HR
        named = self.facts.outside_approvers | {self.facts.approver} - {""}
        return Part.APPROVER if Part.APPROVER in parts and viewer.username in named else None

    def actor(self, parts: Collection[Part], auth_age_s: int | None = None) -> Actor:
        """The viewer as they act in the plan. Raises NotFound for somebody who is none of the parts."""
        part = None if self.visit.viewer.is_read_only else self.part(parts)
        if part is None:
            raise NotFound
        return actor_as(self.visit, part, self.plan.manager_id, auth_age_s)


def door_to(visit: Visit, plan: Plan) -> Door:
    """The viewer before a plan as it stands."""
    return Door(visit, plan, completed(facts_of(plan, visit.today), visit.hierarchy, visit.today, visit.users()))


def may_plan(visit: Visit, action: CaseAction, plan: Plan) -> bool:
    """Whether the viewer may do something to a plan; nothing is written."""
    return door_to(visit, plan).may(action)


def leads(visit: Visit, manager_id: str) -> bool:
    """Whether the viewer is a manager, or stands in for them today."""
    viewer = visit.viewer
    return manager_id == viewer.person_id or manager_id in viewer.stands_in_for(visit.today)


def actor_for(visit: Visit, plan: Plan, parts: Collection[Part], auth_age_s: int | None = None) -> Actor:
    """The viewer as they act in a plan. Raises NotFound for somebody who is none of the parts."""
    return door_to(visit, plan).actor(parts, auth_age_s)


def actor_as(visit: Visit, part: Part, manager_id: str, auth_age_s: int | None = None) -> Actor:
    """The viewer in a part, with everybody above them today."""
    viewer = visit.viewer
    acting_for = manager_id if part is Part.MANAGER and viewer.person_id != manager_id else None
    return Actor(viewer.username, viewer.person_id, part, led_by(visit), acting_for, auth_age_s)


def led_by(visit: Visit) -> tuple[str, ...]:
    """Everybody above the viewer today."""
    own = visit.viewer.person_id
    return tuple(sorted(visit.hierarchy.above(own, visit.today))) if own else ()
