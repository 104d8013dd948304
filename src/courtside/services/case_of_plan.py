"""What decides who may do what to a plan, read off the plan itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from courtside.services.case_door import visible_cases
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction, CaseFacts, CaseKind, Role, Stage
from courtside.workflow.actors import Part
from courtside.workflow.record import Plan, State

if TYPE_CHECKING:
    from courtside.store.accounts import Account

_STAGES: Mapping[State, Stage] = {
    State.DRAFT: Stage.DRAFT,
    State.APPROVED: Stage.APPROVED,
    State.ISSUED: Stage.ISSUED,
    State.ACTIVE: Stage.ISSUED,
    State.PAUSED: Stage.ISSUED,
    State.DETERMINING: Stage.ISSUED,
    State.DETERMINED: Stage.DETERMINED,
    State.CLOSED: Stage.CLOSED,
}


def stage_of(plan: Plan) -> Stage:
    """How far a plan has come; one cancelled before it was issued was never the person's to see."""
    if plan.state is State.CANCELLED:
        return Stage.CLOSED if plan.issued_on is not None else Stage.WITHDRAWN
    return _STAGES[plan.state]


def facts_of_plans(
    plans: Iterable[Plan], on: date, approvers: Mapping[str, str] | None = None
) -> tuple[CaseFacts, ...]:
    """What decides about each plan on a day; `case_facts` completes it, and `case_door` asks.

    `approvers`: plan id -> the user name of whoever further up is named to approve, where somebody is.
    """
    from courtside.store import accounts, naming  # noqa: PLC0415  (Django stays out of start-up)

    users = [one for one in accounts.accounts() if one.is_active]
    stand_ins = [(one.manager_id, one.acting_id) for one in naming.all_standing_in(on) if one.starts_on <= on]
    return tuple(_facts(plan, users, stand_ins, (approvers or {}).get(plan.id, "")) for plan in plans)


def _facts(plan: Plan, users: Collection[Account], stand_ins: Collection[tuple[str, str]], named: str) -> CaseFacts:
    managers = {plan.manager_id, *(acting for manager, acting in stand_ins if manager == plan.manager_id)}
    approved = plan.approval.by.username if plan.approval else ""
    return CaseFacts(
        plan.id,
        CaseKind(plan.kind.value),
        stage_of(plan),
        plan.person_id,
        plan.authors[0].username,
        plan.authors[0].person_id or "",
        plan.manager_id,
        named or approved,
        plan.determination.prepared_by.username if plan.determination else "",
        frozenset(one.username for one in plan.authors[1:]),
        frozenset(one.username for one in users if _is_party(plan, one, managers)),
        frozenset(one.by.username for one in plan.signatures),
    )


def _is_party(plan: Plan, one: Account, managers: Collection[str]) -> bool:
    """Whether somebody can be asked to sign; that they still may is asked at the door besides."""
    if one.person_id and one.person_id == plan.person_id:
        return Part.REP in plan.content.wanted
    is_manager = bool(one.person_id) and one.person_id in managers and Part.MANAGER in plan.content.wanted
    return is_manager or (Role.HR in one.roles and Part.HR in plan.content.wanted)


def plans_told(visit: Visit, person_id: str) -> frozenset[str]:
    """The ids of a person's plans, and of the proposals they came from, that the viewer may see."""
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    found = plans.plans_about([person_id])
    seen = {one.case_id for one in visible_cases(visit, CaseAction.SEE_PLAN, facts_of_plans(found, visit.today))}
    told = [one for one in found if one.id in seen]
    return frozenset({one.id for one in told} | {one.proposal for one in told if one.proposal})
