"""The person's own account of a plan: always printed with it, in their words."""

from __future__ import annotations

from courtside.services.plan_ground import ground_of
from courtside.services.plan_papers import Wanted, prepare
from courtside.services.plan_rules import may_plan, plan_for
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction
from courtside.workflow.record import Plan

LONGEST = 8_000
TEMPLATE = "rep_statement"


def may_write(visit: Visit, plan: Plan) -> bool:
    """Whether the viewer is the person, and has the plan."""
    return not visit.viewer.is_read_only and may_plan(visit, CaseAction.WRITE_STATEMENT, plan)


def write_statement(visit: Visit, plan_id: str, text: str) -> str:
    """Put down the person's own account, as a document of its own that nobody alters; its id.

    A second one stands beside the first: nothing is taken back. Raises NotFound for anybody else, Refused.
    """
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    plan = plan_for(visit, plan_id, CaseAction.WRITE_STATEMENT, "write_statement")
    if visit.viewer.is_read_only:
        raise NotFound
    said, ground = checked_account(text), ground_of(visit)
    with audit.together():
        made = prepare(Wanted(ground, plan, TEMPLATE, "issued", {"account": said}))
        detail = {"plan": plan.id, "person": plan.person_id, "document": made}
        audit.write(audit.Act(ground.at, ground.caller.who, "write_statement", detail))
    return made


def checked_account(text: str) -> str:
    """The account, its paragraphs kept. Raises Refused for none, and for one that is too long or cannot be printed."""
    said = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not said:
        raise Refused("write what you want to be read with the plan")
    if len(said) > LONGEST or not said.replace("\n", " ").isprintable():
        raise Refused(f"it may have up to {LONGEST:,} printable characters")
    return said
