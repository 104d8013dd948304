"""Who may see and decide a proposal: those the case's rules name; of a mere note, the person's manager alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from courtside.records.hierarchy import Relation
from courtside.services.case_door import may_open, open_case, visible_cases
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, CaseKind, Role, Stage
from courtside.store.access.case_rules import is_barred
from courtside.store.access.viewer import relation_of

if TYPE_CHECKING:
    from courtside.store.proposals import Proposal

_LOOK = "see_proposal"


def facts_of(proposal: Proposal) -> CaseFacts:
    """What decides who may do what to a proposal, bare: the door completes it."""
    is_improvement = proposal.kind == "improvement_plan"
    kind = CaseKind.IMPROVEMENT if is_improvement else CaseKind.COACHING
    return CaseFacts(proposal.id, kind, stage_of(proposal), proposal.person_id)


def stage_of(proposal: Proposal) -> Stage:
    """How far the case has come: what waits or is put off is a proposal, what became a plan is where the plan is."""
    from courtside.store import proposals  # noqa: PLC0415  (Django stays out of start-up)

    if proposal.is_waiting:
        return Stage.PROPOSAL
    if proposal.state == proposals.WITHDRAWN:
        return Stage.WITHDRAWN
    return _stage_of_plan(proposal.plan_id) if proposal.plan_id else Stage.DECLINED


def _stage_of_plan(plan_id: str) -> Stage:
    from courtside.services.case_of_plan import stage_of as plan_stage_of  # noqa: PLC0415  (plans know of proposals)
    from courtside.store import plans  # noqa: PLC0415

    plan = plans.plan(plan_id)
    return Stage.WITHDRAWN if plan is None else plan_stage_of(plan)


def seen_proposal(visit: Visit, proposal_id: str) -> Proposal:
    """A proposal the viewer may see; the look goes into the log where it belongs there. Raises NotFound."""
    from courtside.store import proposals  # noqa: PLC0415

    found = proposals.proposal(proposal_id)
    if found is None:
        raise NotFound
    if found.is_watch:
        if not may_see_note(visit, found):
            raise NotFound
        return found
    open_case(visit, CaseAction.SEE_PROPOSAL, facts_of(found), _LOOK)
    return found


def may_see_note(visit: Visit, note: Proposal) -> bool:
    """Whether a note is for the viewer: the person's direct manager, or who stands in; the person first.

    The manager's turn comes on the working day after it was offered to the person. Source: PRODUCT.md part 7.
    """
    viewer, hierarchy, on = visit.viewer, visit.hierarchy, visit.today
    if relation_of(viewer, note.person_id, hierarchy, on) is not Relation.DIRECT:
        return False
    return not is_barred(viewer, note.person_id, hierarchy, on) and on > visit.standing.workspace.day(note.offered_at)


def may_decide(visit: Visit, proposal: Proposal) -> bool:
    """Whether the viewer may decide a proposal; never the person it is about."""
    is_open = not proposal.is_watch and proposal.is_waiting and not visit.viewer.is_read_only
    return is_open and may_open(visit, CaseAction.DECIDE_PROPOSAL, facts_of(proposal))


def require_decider(visit: Visit, proposal_id: str) -> Proposal:
    """A proposal the viewer may decide. Raises NotFound."""
    from courtside.store import proposals  # noqa: PLC0415

    found = proposals.proposal(proposal_id)
    if found is None or not may_decide(visit, found):
        raise NotFound
    return found


def visible(visit: Visit, action: CaseAction, every: Collection[Proposal]) -> tuple[Proposal, ...]:
    """Those of many proposals to which the viewer may do something, in their order; notes are for managers."""
    allowed = {
        one.case_id for one in visible_cases(visit, action, [facts_of(one) for one in every if not one.is_watch])
    }
    return tuple(
        one for one in every
        if one.id in allowed
        or (
            one.is_watch and action is CaseAction.SEE_PROPOSAL
            and may_see_note(visit, one)
        )
    )  # fmt: skip


def is_in_proposals(visit: Visit) -> bool:
    """Whether there is anything for the viewer among proposals: who leads, HR partners and auditors."""
    if visit.viewer.roles & {Role.HR, Role.AUDITOR}:
        return True
    return bool(visit.hierarchy.led_by(visit.viewer.person_id, visit.today) or visit.viewer.stands_in_for(visit.today))
