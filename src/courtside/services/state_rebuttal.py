"""The person's own words about a document: at any time once they have it, kept as a document of its own."""

from __future__ import annotations

from courtside.services.case_door import may_open
from courtside.services.document_door import Paper, paper_for
from courtside.services.plan_ground import ground_of
from courtside.services.plan_papers import Wanted
from courtside.services.plan_statement import TEMPLATE, checked_account
from courtside.services.prepare_documents import prepare
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction


def may_state(visit: Visit, paper: Paper) -> bool:
    """Whether the viewer is the person a document is about, and has it."""
    return not visit.viewer.is_read_only and may_open(visit, CaseAction.WRITE_STATEMENT, paper.facts)


def state_rebuttal(visit: Visit, document_id: str, text: str) -> str:
    """Put down what the person says to a document; the id of their own.

    It is printed in every document of the plan that is prepared or sealed after it, and stands by itself beside those
    sealed before. Nobody alters it, and a second one stands beside the first. Raises NotFound, Refused.
    """
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    paper = paper_for(visit, document_id, is_logged=False)
    if not may_state(visit, paper):
        raise NotFound
    said, ground = checked_account(text), ground_of(visit)
    with audit.together():
        made = prepare(Wanted(ground, paper.plan, TEMPLATE, "issued", {"account": said}))
        detail = {"document": document_id, "plan": paper.plan.id, "person": paper.plan.person_id, "statement": made}
        audit.write(audit.Act(ground.at, ground.caller.who, "state_rebuttal", detail))
    return made
