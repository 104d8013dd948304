"""Opening a plan: from a decided proposal, with goals proposed from its causes, or a coaching plan by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from courtside.services.case_door import visible_cases
from courtside.services.plan_content import PlanWritten, content_of, usual_days
from courtside.services.plan_goals import causes_of, expectations, prefilled
from courtside.services.plan_ground import ground_of
from courtside.services.plan_rules import actor_as, leads
from courtside.services.plan_step import begin_with
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, CaseKind, Stage
from courtside.workflow.actors import Part
from courtside.workflow.content import Content, Kind
from courtside.workflow.events import Draft

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from courtside.services.proposal_decided import Decided


def open_plan_from(visit: Visit, decided: Decided) -> str:
    """The id of the plan a decision leads to, drafted with goals from the causes of what was found; nothing is issued.

    Call it inside the transaction of the decision. Raises Refused, and then the decision is not taken either.
    """
    person, kind = decided.person_id, Kind(decided.plan_kind)
    manager = _manager(visit, person)
    days = usual_days(visit.today)
    period = days.starts_on, days.last_on + timedelta(days=1)
    goals = prefilled(visit, person, causes_of(visit, decided.metric, _named(decided.evidence)), period)
    content = content_of(visit, person, kind, days)
    content = replace(content, goals=goals, evidence_sha256=decided.evidence_sha256, purpose=decided.reason.strip())
    return _drafted(visit, kind, person, manager, content, decided.proposal_id)


def open_plan(visit: Visit, person_id: str, plan: PlanWritten) -> str:
    """A coaching plan by hand, by whoever leads the person directly. Raises NotFound for anybody else, Refused."""
    if not may_open_by_hand(visit, person_id):
        raise NotFound
    content = content_of(visit, person_id, Kind.COACHING, plan)
    return _drafted(visit, Kind.COACHING, person_id, _manager(visit, person_id), content, "")


def may_open_by_hand(visit: Visit, person_id: str) -> bool:
    """Whether the viewer may draft a coaching plan for somebody: the door of a draft they would write."""
    return bool(open_by_hand(visit, (person_id,)))


def open_by_hand(visit: Visit, people: Collection[str]) -> frozenset[str]:
    """Those of some people for whom the viewer may draft a coaching plan."""
    if visit.viewer.is_read_only:
        return frozenset()
    by, today = visit.viewer.username, visit.today
    facts = [
        CaseFacts(one, CaseKind.COACHING, Stage.DRAFT, one, author=by) for one in people if one in visit.hierarchy.names
    ]
    allowed = {one.case_id for one in visible_cases(visit, CaseAction.EDIT_PLAN, facts)}
    return frozenset(
        one for one in allowed if any(leads(visit, manager) for manager in visit.hierarchy.managers_of(one, today))
    )


def _manager(visit: Visit, person_id: str) -> str:
    """Who leads the person: of several, the viewer or whom they stand in for. Raises Refused for nobody."""
    managers = sorted(visit.hierarchy.managers_of(person_id, visit.today))
    if not managers:
        raise Refused("nobody leads this person today; a plan needs somebody who does")
    return next((one for one in managers if leads(visit, one)), managers[0])


def _named(evidence: Mapping[str, Any]) -> tuple[str, ...]:
    """The causes the evidence names as below their own limits."""
    guard = evidence.get("evaluation", {}).get("inputs", {}).get("guard") or ()
    return tuple(str(one["metric"]) for one in guard if isinstance(one, dict) and one.get("metric"))


def _drafted(visit: Visit, kind: Kind, person: str, manager: str, content: Content, proposal: str) -> str:  # noqa: PLR0913, PLR0917
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    part = Part.MANAGER if leads(visit, manager) else Part.HR
    by = actor_as(visit, part, manager)
    draft = Draft(by, plans.new_id(), kind, person, manager, content, proposal)
    return begin_with(ground_of(visit), draft, {"expected": expectations(visit, person, content.goals)}).id
