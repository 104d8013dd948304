"""Documents in lists: those of a plan, those that wait for the viewer, and those still open for HR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from courtside.services.case_door import visible_cases
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.document_door import Paper, papers_of, witness_part
from courtside.services.document_signing import waits_for, wants_witness
from courtside.services.document_tell import due_on, path_of
from courtside.services.plan_ground import ground_of
from courtside.services.plan_words import PARTS
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction
from courtside.workflow.record import Plan

STATES = {
    "draft": "being written",
    "approved": "approved, not handed out yet",
    "issued": "handed out",
    "opened": "opened",
    "ready": "settled, to be sealed",
    "sealed": "sealed",
    "superseded": "holds no longer",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a list. `waiting_for`: the parties still to act; `is_mine`: the viewer is one of them."""

    id: str
    plan_id: str
    person_id: str
    name: str
    label: str
    template: str
    version: int
    state: str
    stage: str
    data_sha256: str
    made_at: datetime
    waiting_for: tuple[str, ...]
    to_witness: tuple[str, ...]
    is_mine: bool
    may_witness: bool
    return_by: date | None
    path: str


def documents_of(visit: Visit, plan_id: str) -> tuple[Listed, ...]:
    """The documents of a plan that the viewer may read, the oldest first; none where the plan is not theirs."""
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    plan = plans.plan(plan_id)
    return () if plan is None else tuple(_listed_of(visit, (plan,)))


def waiting_documents(visit: Visit) -> tuple[Listed, ...]:
    """What waits for the viewer's own hand: to be signed or declined, or to be attested; the first due first."""
    found = [one for one in _all(visit) if one.is_mine or (one.may_witness and one.to_witness)]
    return tuple(sorted(found, key=lambda one: (one.return_by or date.max, one.made_at)))


def open_documents(visit: Visit) -> tuple[Listed, ...]:
    """Every document in sight that was handed out and is not sealed, the first due first."""
    found = [one for one in _all(visit) if one.stage in ("issued", "opened", "ready")]
    return tuple(sorted(found, key=lambda one: (one.return_by or date.max, one.made_at)))


def done_documents(visit: Visit) -> tuple[Listed, ...]:
    """Sealed documents the viewer may read, the newest first."""
    return tuple(reversed([one for one in _all(visit) if one.stage == "sealed"]))


def _all(visit: Visit) -> Iterator[Listed]:
    from courtside.store import plans  # noqa: PLC0415

    yield from _listed_of(visit, plans.every_plan())


def _listed_of(visit: Visit, plans: Iterable[Plan]) -> Iterator[Listed]:
    from courtside.store import documents  # noqa: PLC0415

    by_id = {one.id: one for one in plans}
    for facts in _in_sight(visit, by_id.values()):
        plan = by_id[facts]
        known = facts_of_plans((plan,), visit.today)[0]
        for paper in papers_of(visit, known, plan, documents.of_plan(plan.id)):
            yield listed(visit, paper)


def _in_sight(visit: Visit, plans: Iterable[Plan]) -> tuple[str, ...]:
    """The plans of which any document could be the viewer's to read or attest."""
    plans = list(plans)
    facts = facts_of_plans(plans, visit.today)
    seen = {one.case_id for one in visible_cases(visit, CaseAction.SEE_PLAN, facts)}
    seen |= {one.case_id for one in visible_cases(visit, CaseAction.WITNESS, facts)}
    seen |= {one.case_id for one in visible_cases(visit, CaseAction.SEE_COPY, facts)}
    own = visit.viewer.person_id
    return tuple(one.id for one in plans if one.id in seen or (own and one.person_id == own))


def listed(visit: Visit, paper: Paper) -> Listed:
    """One document as a list shows it."""
    held, signing = paper.document, paper.signing
    waiting, witnessed = ((), ()) if paper.is_put_aside else (waits_for(signing), wants_witness(signing))
    own = signing.party(paper.part) if paper.part else None
    is_theirs = own is not None and own.person.username.casefold() == visit.viewer.username.casefold()
    return Listed(
        held.id, held.plan_id, held.person_id, visit.hierarchy.name(held.person_id), held.label, held.template,
        held.version, STATES[held.state], held.state, held.data_sha256, held.created_at,
        tuple(PARTS[one] for one in waiting), tuple(PARTS[one] for one in witnessed),
        is_theirs and paper.part in waiting, witness_part(visit, paper) is not None,
        due_on(ground_of(visit), held, signing, paper.plan), path_of(held.id),
    )  # fmt: skip
