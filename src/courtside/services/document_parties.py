"""Who signs a document of a plan: the person, whoever leads the plan, and an HR partner for their teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from courtside.services.case_facts import completed
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.plan_ground import Ground
from courtside.services.refused import Refused
from courtside.store.access import CaseAction, Role, may_case
from courtside.workflow.actors import Part, Person
from courtside.workflow.record import Plan

if TYPE_CHECKING:
    from courtside.documents.template import Template
    from courtside.store.accounts import Account

Parties = tuple[tuple[Part, Person], ...]


def parties_of(ground: Ground, plan: Plan, template: Template) -> Parties:
    """The parties of a document. Raises Refused where HR is to sign and no partner can.

    A coaching plan is between a person and their manager: HR signs nothing of it.
    """
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    users = [one for one in accounts.accounts() if one.is_active]
    found: list[tuple[Part, Person]] = []
    for name in template.parties:
        part = Part(name)
        if part is Part.REP:
            found.append((part, _with_account(users, plan.person_id)))
        elif part is Part.MANAGER:
            found.append((part, _with_account(users, plan.manager_id)))
        elif part is Part.HR and plan.is_formal:
            found.append((part, _partner(ground, plan, users)))
    return tuple(found)


def _with_account(users: Sequence[Account], person_id: str) -> Person:
    """Somebody by their records; without an account they sign on paper, and their id stands for the name."""
    found = next((one.username for one in users if one.person_id == person_id), person_id)
    return Person(found, person_id)


def _partner(ground: Ground, plan: Plan, users: Sequence[Account]) -> Person:
    """The HR partner who wrote or approved the plan, else the first of the person's teams."""
    concerned = [one.username for one in plan.authors]
    concerned += [plan.approval.by.username] if plan.approval else []
    partners = list(partners_of(ground, plan, users))
    if not partners:
        raise Refused("no HR partner can sign for this person; give somebody else that role first")
    first = min(partners, key=lambda one: (one.username not in concerned, one.username))
    return Person(first.username, first.person_id or None)


def partners_of(ground: Ground, plan: Plan, users: Sequence[Account]) -> Iterator[Account]:
    """The HR partners who handle a plan's case, but for its manager."""
    from courtside.store import accounts  # noqa: PLC0415

    facts = completed(facts_of_plans((plan,), ground.today)[0], ground.hierarchy, ground.today)
    for one in users:
        if Role.HR not in one.roles or one.person_id == plan.manager_id:
            continue
        viewer = accounts.viewer_of(one.user_id)
        if viewer and may_case(viewer, CaseAction.SEE_FILE, facts, ground.hierarchy, ground.today).is_allowed:
            yield one
