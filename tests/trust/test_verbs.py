"""Whatever is done to a case, and every look at one, writes exactly one act of its own; over HTTP, as people do it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from tests.cases import planned
from tests.cases.planned import SPRING, at, improvement, now
from tests.cases.signing_desk import NAMES, bound, start_document
from tests.cases.walk_forms import forms_of
from tests.serving import Served
from tests.trust.hands import Hands, Unlogged

if TYPE_CHECKING:
    from courtside.workflow.record import Plan

GATES = (
    "things done to cases, one act each", "things refused at cases, no act", "looks, one act each",
    "things done and looks without an act, found",
)  # fmt: skip
PEER = "tom"
"""Of Rae's team, and nothing of hers is his."""
PLAN_STEPS = (
    "edit", "submit", "approve", "return", "issue", "begin", "check-in", "owed", "pause", "resume", "more-time",
    "extend", "hand-over", "answer", "prepare", "determine", "letter", "close", "cancel",
)  # fmt: skip
_OF_DOCUMENTS = {
    "open": "open", "consent": "consent", "sign": "sign", "decline": "decline", "paper": "paper", "witness": "witness",
    "name_witness": "witnesses", "statement": "statement",
}  # fmt: skip
CHANGING = {
    **{one: f"/plans/{{id}}/{one}/" for one in PLAN_STEPS},
    "plan_account": "/plans/{id}/account/",
    **{f"document_{name}": f"/documents/{{id}}/{at}/" for name, at in _OF_DOCUMENTS.items()},
    "proposal_check": "/proposals/{id}/check/",
    "proposal_decide": "/proposals/{id}/decide/",
}
"""Every address that changes a plan, a document or a proposal, by name."""
READ_ONLY = {
    "/plans/{id}/", "/plans/{id}/print/", "/documents/{id}/", "/documents/{id}/pdf/",
    "/documents/{id}/scans/<int:number>/", "/proposals/{id}/", "/proposals/{id}/rows/",
}  # fmt: skip


def _does(  # noqa: PLR0913, PLR0917
    hands: Hands, who: str, address: str, id_: str, verb: str, data: dict[str, Any] | None = None
) -> None:
    """Send what somebody has written to an address of a case: not taken from a peer, then taken, as one act."""
    hands.sends(who, address, CHANGING[address].format(id=id_), verb, data, stranger=PEER)


def test_whatever_is_done_to_a_case_is_one_act(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    hands = Hands(own_copy)
    at(SPRING.date())
    plan = improvement(own_copy)
    _agreed(hands, plan)
    _signed(hands, plan)
    _run(hands, plan)
    _ended(hands, plan)
    _proposals(hands)
    assert hands.done == set(CHANGING), "an address that changes something was not tried"
    counted("things done to cases, one act each", hands.count)
    counted("things refused at cases, no act", hands.refused)


def test_every_address_that_changes_a_plan_document_or_proposal_is_known_here() -> None:
    from django.urls import get_resolver

    doing = import_module("courtside.web.plans.doing")
    steps = {f"/plans/{{id}}/{slug}/" for slug in doing.DOINGS} | {"/plans/{id}/edit/"}
    named = {_filled(one) for one in _patterns(get_resolver("courtside.web.urls")) if "slug>" not in one}
    about = {one for one in named if one.startswith(("/plans/{id}/", "/documents/{id}/", "/proposals/{id}/"))}
    assert steps | about == set(CHANGING.values()) | READ_ONLY


def _filled(pattern: str) -> str:
    return re.sub(r"<str:(?:plan|document|proposal)_id>", "{id}", pattern)


def _patterns(resolver: Any, before: str = "/") -> Iterator[str]:
    for one in resolver.url_patterns:
        at = f"{before}{one.pattern}"
        if hasattr(one, "url_patterns"):
            yield from _patterns(one, at)
        else:
            yield at


def _agreed(hands: Hands, plan: Plan) -> None:
    hands.steps("maya", "submit", plan, "submit_plan")
    hands.steps("hana", "return", plan, "return_plan", {"reason": "Say more of the visits."})
    hands.steps("maya", "submit", plan, "submit_plan")
    hands.steps("hana", "approve", plan, "approve_plan", {"shown": now(plan).content_hash})
    hands.steps("maya", "issue", plan, "issue_plan")


def _signed(hands: Hands, plan: Plan) -> None:
    document = start_document(plan).id
    for who in ("rae", "maya", "hana"):
        _does(hands, who, "document_open", document, "open_document")
        _does(hands, who, "document_consent", document, "consent_to_sign", {"version": "1"})
    told = _bound(hands, "rae", document, "decline")
    _does(hands, "rae", "document_decline", document, "decline_document", {**told, "reason": "It is not so."})
    for who in ("otto", "eve"):
        _does(hands, "hana", "document_name_witness", document, "name_witness", {"username": who})
        told = _bound(hands, who, document, "witness")
        _does(hands, who, "document_witness", document, "witness_document", {**told, "party": "rep"})
    for who in ("maya", "hana"):
        told = _bound(hands, who, document, "sign")
        _does(hands, who, "document_sign", document, "sign_document", {**told, "name": NAMES[who], "comment": ""})
    _does(hands, "rae", "document_statement", document, "state_rebuttal", {"text": "I see it otherwise."})
    _does(hands, "rae", "plan_account", plan.id, "write_statement", {"account": "I see it otherwise."})


def _bound(hands: Hands, who: str, document: str, page: str) -> dict[str, str]:
    return bound(hands.client(who).get(f"/documents/{document}/{page}/"))


def _run(hands: Hands, plan: Plan) -> None:
    at(plan.content.starts_on)
    hands.steps("maya", "begin", plan, "begin_plan")
    first = now(plan).check_ins[0].due_on
    at(first)
    day = first.isoformat()
    said = {"due_on": day, "held_on": day, "notes": "Sat in on calls."}
    hands.steps("maya", "check-in", plan, "record_check_in", said)
    hands.steps("maya", "owed", plan, "note_owed", {"key": "owed-1", "done_on": day})
    _on_paper(hands, plan)
    hands.steps("hana", "pause", plan, "pause_plan", {"leave": "leave", "since": day})
    hands.steps("maya", "resume", plan, "resume_plan")
    until = (now(plan).last_on + timedelta(days=7)).isoformat()
    hands.steps("maya", "more-time", plan, "propose_extension", {"last_on": until, "reason": "A week was lost."})
    hands.steps("hana", "extend", plan, "extend_plan", {"shown": now(plan).asked_hash})
    _late(hands, plan)


def _late(hands: Hands, plan: Plan) -> None:
    """A check-in was missed, which HR answers; and Gwen has led the plan for a while, and hands it back to Maya."""
    from courtside.services.plan_ground import ground_of
    from courtside.services.plan_late import unanswered
    from courtside.services.plan_rules import actor_for
    from courtside.services.plan_step import take_in
    from courtside.workflow.actors import Part
    from courtside.workflow.events import Handover

    at(now(plan).check_ins[1].due_on + timedelta(days=12))
    hana, people = planned.visit("hana"), hands.served.people
    late = unanswered(hana, now(plan))[0].key
    hands.steps("hana", "answer", plan, "answer_escalation", {"key": late, "reason": "Spoken with Maya."})
    actor = actor_for(hana, now(plan), (Part.HR,))
    take_in(ground_of(hana), plan.id, Handover(actor, people["gwen"], "She leads now."))
    told = {"manager": people["maya"], "reason": "She leads the team again."}
    hands.steps("hana", "hand-over", plan, "hand_over_plan", told)


def _on_paper(hands: Hands, plan: Plan) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from courtside.store import documents

    note = next(one.id for one in documents.of_plan(plan.id) if one.template == "check_in_note")
    scan = SimpleUploadedFile("scan.pdf", b"%PDF-1.7 by hand %%EOF", "application/pdf")
    told = {**_bound(hands, "hana", note, "paper"), "party": "rep", "scan": scan}
    _does(hands, "hana", "document_paper", note, "return_paper", told)


def _ended(hands: Hands, plan: Plan) -> None:
    from courtside.store import documents

    at(now(plan).last_on + timedelta(days=1))
    hands.steps("maya", "prepare", plan, "prepare_determination", {"outcome": "released", "reason": "It was seen."})
    hands.steps("hana", "determine", plan, "determine_plan", {"shown": now(plan).asked_hash})
    letter = next(one.id for one in documents.of_plan(plan.id) if one.template == "release")
    hands.steps("maya", "letter", plan, "deliver_follow_up", {"document": letter})
    hands.steps("hana", "close", plan, "close_plan")
    other = improvement(hands.served)
    _does(hands, "maya", "edit", other.id, "edit_plan", _written_anew(hands, other))
    hands.steps("maya", "cancel", other, "cancel_plan", {"reason": "Not needed after all."})


def _written_anew(hands: Hands, plan: Plan) -> dict[str, Any]:
    """The form as the page shows it, with another purpose."""
    where = f"/plans/{plan.id}/edit/"
    form = next(one for one in forms_of(hands.client("maya").get(where), where) if "purpose" in one.names)
    return {**form.fields, "purpose": "To bring them back, step by step."}


def _proposals(hands: Hands) -> None:
    from tests.cases.proposing import REASON, about_rae, propose_all, read_by_rae
    from tests.serving import NOW

    at(NOW.date())
    propose_all(hands.served)
    read_by_rae(hands.served, "coaching_plan")
    found = about_rae(hands.served, "coaching_plan").id
    assert hands.client("maya").get(f"/proposals/{found}/").status_code == 200
    _does(hands, "maya", "proposal_check", found, "check_proposal")
    _does(hands, "maya", "proposal_decide", found, "decide_proposal", {"outcome": "decline", "reason": REASON})


def test_every_look_at_what_is_confidential_is_one_act(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from tests.cases.proposing import about_rae, propose_all
    from tests.serving import NOW

    hands, rae = Hands(own_copy), own_copy.people["rae"]
    at(SPRING.date())
    plan = planned.issued(improvement(own_copy))
    document = start_document(plan).id
    for who in ("rae", "maya", "hana"):
        hands.looks(who, f"/plans/{plan.id}/", "see_plan")
        hands.looks(who, f"/plans/{plan.id}/print/", "see_plan")
        hands.looks(who, f"/documents/{document}/", "see_document")
        _does(hands, who, "document_open", document, "open_document")
        hands.looks(who, f"/documents/{document}/pdf/", "download_document")
    at(NOW.date())
    propose_all(own_copy)
    found = about_rae(own_copy, "improvement_plan")
    for who in ("maya", "hana", "ari"):
        hands.looks(who, f"/proposals/{found.id}/", "see_proposal")
        hands.looks(who, f"/proposals/{found.id}/rows/", "see_proposal")
    hands.looks("rae", f"/to-read/{found.reading_id}/", "open_evidence")
    hands.looks("maya", "/plans/team/", "list_plans")
    hands.looks("hana", "/proposals/", "list_proposals")
    for how, path, who, *verbs in LOOKS:
        hands.looks(who, path.format(rae=rae, team=own_copy.team), *verbs, how=how)
    hands.looks("ari", "/log/rows.csv", "download_log")
    counted("looks, one act each", hands.count)


LOOKS = (
    ("get", "/records/{rae}/looks/", "hana", "see_looks"),
    ("get", "/file/{rae}/", "hana", "see_file"),
    ("post", "/file/{rae}/take/", "hana", "take_file"),
    ("get", "/hr/people/{rae}/", "hana", "see_person_cases"),
    ("post", "/hr/people/{rae}/data.zip", "hana", "export_person"),
    ("post", "/my-data/data.zip", "rae", "export_person"),
    ("get", "/hr/", "hana", "see_console"),
    ("get", "/proposals/deciders/", "hana", "see_deciders"),
    ("get", "/log/", "ari", "read_log"),
    ("get", "/people/{rae}/", "gwen", "see_card"),
    ("get", "/people/{rae}/dials/", "gwen", "see_card"),
    ("get", "/people/{rae}/why/dials/", "gwen", "see_card"),
    ("get", "/people/{rae}/dials/rows.csv", "maya", "box_score_rows"),
    ("get", "/teams/{team}/", "hana", "see_team"),
    ("get", "/api/v1/scorecards/{rae}", "gwen", "see_card"),
    ("get", "/people/{rae}/", "maya"),
    ("get", "/people/{rae}/", "rae"),
)
"""Everything there is about somebody, together; their figures, by whom it is logged, and by whom it is not; and what
HR and auditors look at."""


def test_what_leaves_no_act_is_found(
    own_copy: Served, counted: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken twins: a step whose act is forgotten, one that is written twice, and a page that notes no look."""
    from django.test import override_settings

    from courtside.store import audit

    hands, real = Hands(own_copy), audit.write
    at(SPRING.date())
    plan = improvement(own_copy)
    monkeypatch.setattr(audit, "write", lambda act: None if act.verb == "submit_plan" else real(act))
    with pytest.raises(Unlogged):
        hands.steps("maya", "submit", plan, "submit_plan")
    assert now(plan).is_submitted
    monkeypatch.setattr(audit, "write", lambda act: [real(act), real(act)])
    with pytest.raises(Unlogged):
        hands.steps("hana", "return", plan, "return_plan", {"reason": "Say more."})
    monkeypatch.setattr(audit, "write", real)
    with override_settings(ROOT_URLCONF="tests.trust.leaking"), pytest.raises(Unlogged):
        hands.looks("maya", f"/unlogged/{plan.id}/", "see_plan")
    counted("things done and looks without an act, found", 3)
