"""From a draft to a plan that has gone to the person: written, edited, approved by a second person, issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from courtside.workflow.actors import Illegal, Part, Person, demand_words
from courtside.workflow.allowed import check_is_who, check_second
from courtside.workflow.content import Content, Kind, check_complete, check_shape, content_hash
from courtside.workflow.effects import (
    CalendarCancelled,
    CalendarEntry,
    DocumentWanted,
    Effect,
    Task,
    Tell,
    VoidSignatures,
)
from courtside.workflow.events import Approve, Draft, Edit, Issue, Return, SubmitForApproval
from courtside.workflow.goals import goal_faults
from courtside.workflow.record import Approval, CheckIn, OwedItem, Plan, State
from courtside.workflow.step import Step, sign_key

_TEMPLATES = {Kind.COACHING: "coaching_plan", Kind.IMPROVEMENT: "improvement_plan"}
LONGEST_ID = 32


def draft(event: Draft) -> Step:
    """A plan begins. Raises Illegal.

    An improvement plan comes from a proposal somebody has decided; a coaching plan may be made by hand.
    """
    by = event.by
    if not (event.plan_id and event.person_id and event.manager_id) or len(event.plan_id) > LONGEST_ID:
        raise Illegal("a plan needs an id, a person and who leads it")
    if event.person_id == event.manager_id:
        raise Illegal("nobody leads a plan about themself")
    if event.kind is Kind.IMPROVEMENT and not event.proposal:
        raise Illegal("an improvement plan begins with a proposal that somebody has decided")
    check_shape(event.content)
    plan = _written(event)
    check_is_who(plan, by)
    if by.part not in (Part.MANAGER, Part.HR):
        raise Illegal("a plan is drafted by the manager or HR")
    return Step(plan, (), {"proposal": event.proposal, "content_hash": plan.content_hash})


def _written(event: Draft) -> Plan:
    content = event.content
    return Plan(
        id=event.plan_id,
        kind=event.kind,
        person_id=event.person_id,
        manager_id=event.manager_id,
        authors=(event.by.person,),
        proposal=event.proposal,
        content=content,
        content_hash=content_hash(event.kind, event.person_id, event.manager_id, content),
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        sign_by=content.sign_by,
        check_ins=tuple(map(CheckIn, sorted(content.check_ins))),
        owed=tuple(OwedItem(one.key, one.what, one.due_on) for one in content.owed),
    )


def edit(plan: Plan, event: Edit, _today: date) -> Step:
    """The content anew: back to a draft, approvals and signatures void. Raises Illegal."""
    if event.content == plan.content:
        raise Illegal("nothing in it is different")
    check_shape(event.content)
    return rewritten(plan, event.content, event.by.person)


def rewritten(plan: Plan, content: Content, by: Person, manager_id: str | None = None) -> Step:
    """The plan as a draft of other content, or under another manager; whoever wrote it is an author from now on."""
    manager = manager_id or plan.manager_id
    after = replace(
        plan,
        manager_id=manager,
        authors=plan.authors if any(by.is_same(one) for one in plan.authors) else (*plan.authors, by),
        content=content,
        content_hash=content_hash(plan.kind, plan.person_id, manager, content),
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        sign_by=content.sign_by,
        check_ins=tuple(map(CheckIn, sorted(content.check_ins))),
        owed=tuple(OwedItem(one.key, one.what, one.due_on) for one in content.owed),
        state=State.DRAFT,
        is_submitted=False,
        submitted_on=None,
        approval=None,
        issued_on=None,
        signatures=(),
    )
    hashes = {"before": plan.content_hash, "content_hash": after.content_hash}
    return Step(after, _void(plan), {**hashes, "signatures": len(plan.signatures)})


def _void(plan: Plan) -> tuple[Effect, ...]:
    """What falls with the content that was."""
    void: tuple[Effect, ...] = (VoidSignatures(plan.content_hash),) if plan.is_submitted or plan.issued_on else ()
    if plan.state is State.ISSUED:
        void = (*void, CalendarCancelled(sign_key(plan)), *(Tell(part, Task.KNOW) for part in plan.content.wanted))
    return void


def submit(plan: Plan, _event: SubmitForApproval, today: date) -> Step:
    """The draft is put before a second person. Raises Illegal."""
    if not plan.is_formal:
        raise Illegal("a coaching plan needs no second person; issue it")
    if plan.is_submitted:
        raise Illegal("it lies before the second person already")
    _check_ready(plan, today)
    after = replace(plan, is_submitted=True, submitted_on=today)
    effects = (DocumentWanted(_TEMPLATES[plan.kind], "draft"), Tell(Part.HR, Task.APPROVE))
    return Step(after, effects, {"content_hash": plan.content_hash})


def _check_ready(plan: Plan, today: date) -> None:
    check_complete(plan.content, plan.kind, today)
    if plan.is_formal and (faults := goal_faults(plan.content)):
        raise Illegal(" ".join(faults))


def approve(plan: Plan, event: Approve, today: date) -> Step:
    """A second person agrees to exactly this content. Raises Illegal."""
    if not plan.is_formal:
        raise Illegal("a coaching plan needs no second person; issue it")
    if not plan.is_submitted:
        raise Illegal("the draft has not been put before you yet")
    check_second(plan, event.by, *plan.authors)
    if event.content_hash != plan.content_hash:
        raise Illegal("the content has been changed since you saw it; look at it again")
    after = replace(plan, state=State.APPROVED, approval=Approval(event.by.person, today, plan.content_hash))
    effects = (DocumentWanted(_TEMPLATES[plan.kind], "approved"), Tell(Part.MANAGER, Task.DO))
    return Step(after, effects, {"content_hash": plan.content_hash})


def give_back(plan: Plan, event: Return, _today: date) -> Step:
    """The second person gives back what lies before them, and says why. Raises Illegal."""
    demand_words(event.reason)
    told = (Tell(Part.MANAGER, Task.DO),)
    if plan.state is State.DRAFT and plan.is_submitted:
        after = replace(plan, is_submitted=False, submitted_on=None)
        return Step(after, (VoidSignatures(plan.content_hash), *told), {"returned": "draft"})
    if plan.state is State.ACTIVE and plan.asked is not None:
        return Step(replace(plan, asked=None, asked_hash=""), told, {"returned": "extension"})
    if plan.state is State.DETERMINING:
        after = replace(plan, state=State.ACTIVE, determination=None, asked_hash="")
        return Step(after, told, {"returned": "determination"})
    raise Illegal("nothing lies before you to be given back")


def issue(plan: Plan, _event: Issue, today: date) -> Step:
    """The plan goes to the person: an improvement plan as it was approved, a coaching plan as it stands.

    Raises Illegal. Nothing is dated back: the period must not have begun.
    """
    if plan.is_formal and (plan.approval is None or plan.approval.content_hash != plan.content_hash):
        raise Illegal("a second person has not approved this content")
    _check_ready(plan, today)
    after = replace(plan, state=State.ISSUED, issued_on=today)
    wanted = plan.content.wanted
    effects: tuple[Effect, ...] = (
        DocumentWanted(_TEMPLATES[plan.kind], "issued"),
        *(Tell(part, Task.REVIEW if part is Part.REP else Task.SIGN, plan.sign_by) for part in wanted),
        CalendarEntry(sign_key(plan), wanted, plan.sign_by),
    )
    return Step(after, effects, {"content_hash": plan.content_hash, "sign_by": plan.sign_by.isoformat()})
