"""Every verb of a plan through its service: one act of its own name, what falls with an edit, and who wins a race."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from tests.cases import planned
from tests.cases.planned import SPRING, acts, at, improvement, now, session, visit, written
from tests.serving import Served

GATES = (
    "verbs of plans, one act each",
    "steps taken without the log, found",
    "approvals and signatures voided by an edit",
    "approvals at the same moment, one each",
    "determinations refused to whoever may not decide",
)


class Unlogged(AssertionError):
    """A step left no act, or not one of its own name."""


@contextmanager
def one_act(verb: str) -> Iterator[None]:
    """What happens inside writes exactly one act of this name, beside looks and the notes of documents."""
    from courtside.workflow.events import VERBS

    steps = {*VERBS.values(), "escalate_plan"}
    before = len(acts())
    yield
    found = [one for one, _ in acts()[before:] if one in steps]
    if found != [verb]:
        raise Unlogged(f"{verb}: the log has {found}")


def test_every_verb_writes_one_act_of_its_own_name(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    planned.at(SPRING.date())
    done = [*_first_half(own_copy), *_second_half(own_copy)]
    from courtside.workflow.events import VERBS

    others = {"sign_plan", "decline_plan", "paper_plan", "witness_plan"}
    assert set(done) | others == set(VERBS.values())
    counted("verbs of plans, one act each", len(done))
    _the_twin_is_caught(own_copy, counted)


def _did(verb: str, do: Callable[[], object]) -> str:
    with one_act(verb):
        do()
    return verb


def _first_half(served: Served) -> Iterator[str]:
    from courtside.services.approve_plan import approve_plan, return_plan
    from courtside.services.begin_plan import begin_plan
    from courtside.services.edit_plan import edit_plan
    from courtside.services.hand_over_plan import hand_over_plan
    from courtside.services.issue_plan import issue_plan
    from courtside.services.submit_plan import submit_plan
    from courtside.services.viewing import NotFound

    kept: list[Any] = []
    yield _did("draft_plan", lambda: kept.append(improvement(served)))
    plan = kept[0]
    yield _did("submit_plan", lambda: submit_plan(visit("maya"), plan.id))
    yield _did("return_plan", lambda: return_plan(visit("hana"), plan.id, "Say more of the visits."))
    later = written(visit("maya").today, purpose="To bring qualification back, step by step.")
    yield _did("edit_plan", lambda: edit_plan(visit("maya"), plan.id, later))
    submit_plan(visit("maya"), plan.id)
    shown = now(plan).content_hash
    with pytest.raises(NotFound):
        approve_plan(visit("maya"), plan.id, shown, session("maya"))
    yield _did("approve_plan", lambda: approve_plan(visit("hana"), plan.id, shown, session("hana")))
    yield _did("issue_plan", lambda: issue_plan(visit("maya"), plan.id))
    planned.signed(now(plan))
    at(plan.content.starts_on)
    yield _did("begin_plan", lambda: begin_plan(visit("maya"), plan.id))
    with pytest.raises(Exception, match="leads the person directly"):
        hand_over_plan(visit("hana"), plan.id, served.people["gwen"], "She leads now.")
    served_plan[served.root.name] = plan


served_plan: dict[str, Any] = {}


def _second_half(served: Served) -> Iterator[str]:
    from courtside.services.cancel_plan import cancel_plan
    from courtside.services.close_plan import close_plan
    from courtside.services.determine_plan import determine_plan
    from courtside.services.extend_plan import extend_plan, propose_extension
    from courtside.services.pause_plan import pause_plan, resume_plan
    from courtside.services.plan_escalations import answer_escalation
    from courtside.services.plan_ground import ground_of
    from courtside.services.plan_late import unanswered
    from courtside.services.plan_owed import note_owed
    from courtside.services.plan_rules import actor_for
    from courtside.services.plan_step import note_weakened, take_in
    from courtside.services.prepare_determination import Prepared, prepare_determination
    from courtside.services.record_check_in import record_check_in
    from courtside.workflow.actors import Part
    from courtside.workflow.events import FollowUpDelivered, Handover, Leave, Outcome

    plan = served_plan.pop(served.root.name)
    first = now(plan).check_ins[0].due_on
    at(first)
    yield _did("record_check_in", lambda: record_check_in(visit("maya"), plan.id, first, first, "Sat in on calls."))
    yield _did("note_owed", lambda: note_owed(visit("maya"), plan.id, "owed-1", first))
    yield _did("note_weakened_evidence", lambda: note_weakened(ground_of(visit("hana")), plan.id, "f" * 64))
    yield _did("pause_plan", lambda: pause_plan(visit("maya"), plan.id, Leave.LEAVE, first))
    at(first + timedelta(days=7))
    yield _did("resume_plan", lambda: resume_plan(visit("maya"), plan.id))
    at(now(plan).check_ins[1].due_on + timedelta(days=12))
    late = unanswered(visit("hana"), now(plan))
    assert late
    yield _did("answer_escalation", lambda: answer_escalation(visit("hana"), plan.id, late[0].key, "Spoken with Maya."))
    until = now(plan).last_on + timedelta(days=14)
    yield _did("propose_extension", lambda: propose_extension(visit("maya"), plan.id, until, (), "A week was lost."))
    asked = now(plan).asked_hash
    yield _did("extend_plan", lambda: extend_plan(visit("hana"), plan.id, asked, session("hana")))
    seen = visit("hana")
    actor = actor_for(seen, now(plan), (Part.HR,))
    gwen = served.people["gwen"]
    yield _did("hand_over_plan", lambda: take_in(ground_of(seen), plan.id, Handover(actor, gwen, "She leads now.")))
    take_in(ground_of(seen), plan.id, Handover(actor, served.people["maya"], "And back."))
    release = Prepared(Outcome.RELEASED, "Enough was seen.")
    yield _did("prepare_determination", lambda: prepare_determination(visit("maya"), plan.id, release))
    shown = now(plan).asked_hash
    yield _did("determine_plan", lambda: determine_plan(visit("hana"), plan.id, shown, session("hana")))
    yield _did("deliver_follow_up", lambda: take_in(ground_of(seen), plan.id, FollowUpDelivered(actor, "D" * 12)))
    yield _did("close_plan", lambda: close_plan(visit("hana"), plan.id))
    other = improvement(served)
    yield _did("cancel_plan", lambda: cancel_plan(visit("maya"), other.id, "Not needed after all."))


def _the_twin_is_caught(served: Served, counted: Callable[[str, int], None]) -> None:
    """A step that forgets the log is found by the same check."""
    from courtside.services.plan_rules import actor_for
    from courtside.store import audit, plans
    from courtside.workflow.actors import Part
    from courtside.workflow.events import SubmitForApproval

    plan = improvement(served)
    seen = visit("maya")
    actor = actor_for(seen, plan, (Part.MANAGER,))

    def forgets() -> None:
        with audit.together():
            plans.apply(plan.id, SubmitForApproval(actor), seen.today, seen.caller.clock())

    with pytest.raises(Unlogged):
        _did("submit_plan", forgets)
    counted("steps taken without the log, found", 1)


def test_an_edit_voids_what_was_approved_and_signed(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.services.edit_plan import edit_plan
    from courtside.services.issue_plan import issue_plan
    from courtside.services.refused import Refused

    at(SPRING.date())
    plan = planned.signed(planned.issued(improvement(own_copy)), "rae")
    assert plan.approval is not None
    assert len(plan.signatures) == 1
    anew = edit_plan(visit("hana"), plan.id, written(visit("hana").today, purpose="Otherwise."), plan.version)
    assert (anew.approval, anew.signatures, anew.issued_on) == (None, (), None)
    with pytest.raises(Refused, match="second person"):
        _issue_as_approved(anew)
    with pytest.raises(Refused, match="changed it since"):
        edit_plan(visit("hana"), plan.id, written(visit("hana").today), plan.version)
    assert issue_plan is not None
    counted("approvals and signatures voided by an edit", 2)


def _issue_as_approved(plan: Any) -> None:
    from courtside.services.plan_ground import ground_of
    from courtside.services.plan_rules import actor_for
    from courtside.services.plan_step import take_in
    from courtside.workflow.actors import Part
    from courtside.workflow.events import Issue

    seen = visit("maya")
    take_in(ground_of(seen), plan.id, Issue(actor_for(seen, plan, (Part.MANAGER,))))


def test_of_two_who_approve_at_once_one_does(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from django.db import connections

    from courtside.services.approve_plan import approve_plan
    from courtside.services.refused import Refused
    from courtside.services.submit_plan import submit_plan

    at(SPRING.date())
    plan = improvement(own_copy)
    submit_plan(visit("maya"), plan.id)
    shown, proof = now(plan).content_hash, session("hana")
    seen = [visit("hana"), visit("hana")]
    gate, found = threading.Barrier(2), []

    def approve(who: Any) -> None:
        try:
            gate.wait(10)
            approve_plan(who, plan.id, shown, proof)
            found.append("approved")
        except Refused as refused:
            found.append(refused.reason)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve, args=(one,)) for one in seen]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert (found.count("approved"), len(found)) == (1, 2), found
    assert [verb for verb, _ in acts()].count("approve_plan") == 1
    counted("approvals at the same moment, one each", 1)


def test_a_determination_takes_somebody_else(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from django.db import IntegrityError, connection

    from courtside.services.determine_plan import determine_plan
    from courtside.services.plan_goals import judge
    from courtside.services.prepare_determination import Prepared, prepare_determination
    from courtside.services.refused import Refused
    from courtside.services.step_up import StepUpNeeded
    from courtside.services.viewing import NotFound
    from courtside.workflow.events import Met, Outcome

    at(date(2026, 9, 14))
    plan = planned.active(improvement(own_copy))
    at(plan.last_on + timedelta(days=3))
    found = judge(visit("maya"), plan)
    assert [one.verdict for one in found if one.goal == "next_step_secured_rate"] == [Met.CANNOT_TELL]
    assert "Records stop on 30 October 2026" in found[0].sentence
    for outcome in (Outcome.REMOVED, Outcome.NEW_PLAN):
        with pytest.raises(Refused, match="cannot be told"):
            prepare_determination(visit("maya"), plan.id, Prepared(outcome, "It was not reached."))
    prepare_determination(visit("maya"), plan.id, Prepared(Outcome.RELEASED, "Enough was seen."))
    shown, refused = now(plan).asked_hash, 0
    for who in ("rae", "maya", "gwen", "eve", "ada", "ola", "ari", "tom", "otto"):
        with pytest.raises(NotFound):
            determine_plan(visit(who), plan.id, shown, session(who))
        refused += 1
    with pytest.raises(StepUpNeeded):
        determine_plan(visit("hana"), plan.id, shown, {})
    with pytest.raises(Refused, match="changed since"):
        determine_plan(visit("hana"), plan.id, "0" * 64, session("hana"))
    determine_plan(visit("hana"), plan.id, shown, session("hana"))
    for column, value in (("decider", "maya"), ("decider_id", own_copy.people["rae"]), ("decider", "")):
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute(f"UPDATE store_plan SET {column} = %s WHERE id = %s", [value, plan.id])  # noqa: S608
        refused += 1
    counted("determinations refused to whoever may not decide", refused)
