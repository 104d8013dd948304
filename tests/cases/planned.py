"""Plans of the test firm, brought to where a test wants them by the same services as the pages use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.serving import FrozenTime, Served

if TYPE_CHECKING:
    from django.test import Client

    from courtside.services.plan_content import PlanWritten
    from courtside.services.viewing import Visit
    from courtside.workflow.record import Plan

SPRING = datetime(2026, 8, 3, 9, tzinfo=UTC)
"""A Monday early enough for a whole plan to lie within the records of the firm."""
EVIDENCE = "e" * 64


def at(day: date, hour: int = 9) -> None:
    """From now on it is this day."""
    FrozenTime.at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def visit(username: str) -> Visit:
    """Somebody of the cast, signed in."""
    from django.contrib.auth import get_user_model

    from courtside.services.viewing import visit_of

    found = visit_of(get_user_model().objects.get(username=username).pk)
    assert found is not None
    return found


def session(username: str) -> Mapping[str, Any]:
    """A session in which somebody has typed a code a moment ago."""
    import time

    from django.contrib.auth import get_user_model
    from tests.cases.stepping_up import has_factor

    has_factor(username)
    return {
        "account_authentication_methods_user": str(get_user_model().objects.get(username=username).pk),
        "account_authentication_methods": [
            {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
        ],
    }


def written(today: date, **changed: Any) -> PlanWritten:
    """A plan somebody has thought about: two goals in the person's own hands, what is owed, and four check-ins."""
    from dataclasses import replace

    from courtside.services.plan_content import GoalWritten, OwedWritten, usual_days

    days = usual_days(today)
    goals = (GoalWritten("next_step_secured_rate", 0.45), GoalWritten("dials", 60.0, is_decisive=False))
    owed = (OwedWritten("Sit in on two calls", days.starts_on + timedelta(days=11)),)
    whole = {"purpose": "To bring next steps back.", "goals": goals, "owed": owed, **changed}
    return replace(days, **whole)


def improvement(served: Served, by: str = "maya", person: str = "rae", **changed: Any) -> Plan:
    """The draft of an improvement plan, as a decided proposal would begin it."""
    from dataclasses import replace

    from courtside.services.plan_content import content_of
    from courtside.services.plan_goals import expectations
    from courtside.services.plan_ground import ground_of
    from courtside.services.plan_rules import actor_as
    from courtside.services.plan_step import begin_with
    from courtside.store import plans
    from courtside.workflow.actors import Part
    from courtside.workflow.content import Kind
    from courtside.workflow.events import Draft

    seen = visit(by)
    person_id, manager = served.people[person], served.people["maya"]
    content = content_of(seen, person_id, Kind.IMPROVEMENT, written(seen.today, **changed))
    content = replace(content, evidence_sha256=EVIDENCE)
    actor = actor_as(seen, Part.MANAGER if by == "maya" else Part.HR, manager)
    draft = Draft(actor, plans.new_id(), Kind.IMPROVEMENT, person_id, manager, content, "P" * 12)
    return begin_with(ground_of(seen), draft, {"expected": expectations(seen, person_id, content.goals)})


def now(plan: Plan) -> Plan:
    """A plan as it stands."""
    from courtside.store import plans

    found = plans.plan(plan.id)
    assert found is not None
    return found


def signed(plan: Plan, *usernames: str) -> Plan:
    """The plan with the signatures of some of its parties."""
    from courtside.services.plan_ground import ground_of
    from courtside.services.plan_rules import actor_for
    from courtside.services.plan_step import take_in
    from courtside.workflow.actors import Part
    from courtside.workflow.events import SignatureMade

    parts = {"rae": Part.REP, "maya": Part.MANAGER, "hana": Part.HR}
    for username in usernames or ("rae", "maya", "hana")[: len(plan.content.wanted)]:
        seen, part = visit(username), parts[username]
        actor = actor_for(seen, plan, (part,))
        take_in(ground_of(seen), plan.id, SignatureMade(actor, part, plan.content_hash, "D" * 12))
    return now(plan)


def approved(plan: Plan) -> Plan:
    """Put before a second person, and approved."""
    from courtside.services.approve_plan import approve_plan
    from courtside.services.submit_plan import submit_plan

    submit_plan(visit("maya"), plan.id)
    return approve_plan(visit("hana"), plan.id, now(plan).content_hash, session("hana"))


def issued(plan: Plan) -> Plan:
    """Approved and issued."""
    from courtside.services.issue_plan import issue_plan

    approved(plan)
    return issue_plan(visit("maya"), plan.id)


def active(plan: Plan) -> Plan:
    """Issued, signed by all, and begun on its first day."""
    from courtside.services.begin_plan import begin_plan

    signed(issued(plan))
    at(plan.content.starts_on)
    return begin_plan(visit("maya"), plan.id)


@dataclass(frozen=True)
class Cast:
    """Browsers of everybody, kept for a whole test."""

    clients: Mapping[str, Client]

    @classmethod
    def of(cls, served: Served, *usernames: str) -> Cast:
        """A browser for each."""
        return cls({name: served.client(name) for name in usernames})


def acts() -> list[tuple[str, Mapping[str, Any]]]:
    """The log: verbs and details, the oldest first."""
    from courtside.store import audit

    return [(one.verb, one.detail) for one in audit.acts()]
