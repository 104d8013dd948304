"""One case as HR arranges it: which auditor reads it, who approves from outside, and who attests its documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from courtside.services.case_door import may_open
from courtside.services.case_facts import completed
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.hr_console_scope import handles, require_hr
from courtside.services.proposal_rights import facts_of
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, CaseKind, Role, Stage

if TYPE_CHECKING:
    from courtside.store.naming import Outside


@dataclass(frozen=True, slots=True)
class CasePage:
    """What can be arranged. `auditors` and `executives` are user names with names, of those who could be named."""

    facts: CaseFacts
    name: str
    path: str
    assigned: tuple[tuple[str, date], ...]
    outside: Outside | None
    auditors: tuple[tuple[str, str], ...]
    executives: tuple[tuple[str, str], ...]
    documents: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Id, label and witnesses of the documents that are not sealed."""
    hold: str


def case_facts_for(visit: Visit, case_id: str) -> tuple[CaseFacts, str]:
    """The facts of a plan, a proposal, an erasure or a hold's release that the viewer handles, and where it is.

    Raises NotFound.
    """
    require_hr(visit)
    facts, path = _facts(visit, case_id)
    if facts.person_id and not may_open(visit, CaseAction.SEE_FILE, facts):
        raise NotFound
    return facts, path


def case_page(visit: Visit, case_id: str) -> CasePage:
    """The page. Raises NotFound."""
    from courtside.services.retention_holds import hold_on_file  # noqa: PLC0415
    from courtside.store import documents, naming  # noqa: PLC0415  (Django stays out of start-up)

    facts, path = case_facts_for(visit, case_id)
    known = completed(facts, visit.hierarchy, visit.today, visit.users())
    until = {
        username: last
        for username in known.assigned_auditors
        for case, last in naming.assigned_to(username, visit.today)
        if case == case_id
    }
    users = [one for one in visit.users() if one.is_active]
    open_ = [one for one in documents.of_plan(case_id) if one.state in ("issued", "opened", "ready")]
    return CasePage(
        facts, visit.hierarchy.name(facts.person_id) if facts.person_id else "", path, tuple(sorted(until.items())),
        naming.outside_of(case_id),
        tuple((one.username, one.name or one.username) for one in users if Role.AUDITOR in one.roles),
        tuple((one.username, one.name or one.username) for one in users if Role.EXECUTIVE in one.roles),
        tuple((one.id, one.label, tuple(sorted(naming.witnesses_of(one.id)))) for one in open_),
        hold_on_file(visit, facts.person_id) if facts.person_id else "",
    )  # fmt: skip


def _facts(visit: Visit, case_id: str) -> tuple[CaseFacts, str]:
    from courtside.services.hr_console_scope import hold_case  # noqa: PLC0415
    from courtside.store import plans, proposals, retention  # noqa: PLC0415

    plan = plans.plan(case_id)
    if plan is not None:
        return facts_of_plans((plan,), visit.today)[0], f"/plans/{case_id}/"
    proposal = proposals.proposal(case_id)
    if proposal is not None and not proposal.is_watch:
        return facts_of(proposal), f"/proposals/{case_id}/"
    erasure = retention.erasure(case_id)
    if erasure is not None and erasure.state == retention.ASKED:
        return _matter(case_id, erasure.person_id, erasure.requested_by), f"/hr/erasures/{case_id}/"
    for hold in retention.open_holds():
        if hold_case(hold) == case_id and hold.release_asked_by and handles(visit, hold.person_id):
            return _matter(case_id, hold.person_id, hold.release_asked_by), "/hr/holds/"
    raise NotFound


def _matter(case_id: str, person_id: str, asked_by: str) -> CaseFacts:
    return CaseFacts(case_id, CaseKind.IMPROVEMENT, Stage.CLOSED, person_id, asked_by)
