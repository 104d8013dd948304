"""How documents end otherwise: declined before two witnesses, on paper, void after an edit; and what is due of them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cases.plan_walks import content
from tests.cases.signing_desk import MONDAY, Desk, actor, bound, desk, fresh, ground, issued_plan, start_document
from tests.serving import Served

from courtside.workflow import events as e
from courtside.workflow.actors import Part
from courtside.workflow.content import Kind

if TYPE_CHECKING:
    from courtside.workflow.record import Plan

GATES = ("scans", "attestations", "reminders", "pages_read", "templates", "acts_refused")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64 + b"IEND\xaeB`\x82"
Counted = Callable[[str, int], None]


def test_declined_before_two_witnesses_and_signed_on_paper_it_is_sealed_all_the_same(
    own_copy: Served, counted: Counted, tmp_path: Path
) -> None:
    from courtside.services.verify_document import verify_document
    from courtside.store import documents

    at = desk(own_copy)
    assert at.decline("rae", "The figures are not mine.").status_code == 302
    assert at.sign("maya").status_code == 302
    assert at.attest("gwen", "rep").status_code == 404
    assert at.name_witness("hana", "otto").status_code == 302
    assert at.attest("otto", "rep").status_code == 302
    assert at.attest("otto", "rep").status_code == 400
    hana = at.ready("hana")
    told = bound(hana.get(at.at("paper")))
    refused = 0
    for wrong in (b"", b"no picture", b"MZ\x90", b"%PDF-1.7 cut off", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"GIF89a"):
        answer = hana.post(at.at("paper"), {**told, "party": "hr", "scan": _upload("a.pdf", wrong)})
        assert answer.status_code == 400, wrong
        refused += 1
    counted("scans", refused)
    assert at.attest("hana", "rep").status_code == 302
    assert at.document.state == documents.OPENED
    done = hana.post(at.at("paper"), {**told, "party": "hr", "scan": _upload("scan.txt", PNG)})
    assert done.status_code == 302, done.content.decode()[-2000:]
    scan = next(one for one in documents.files(at.document_id) if one.kind == "scan")
    assert fresh(own_copy, "hana").get(at.at(f"scans/{scan.number}")).content == PNG
    assert at.name_witness("hana", "ola").status_code == 302
    assert at.attest("maya", "hr").status_code == 302
    assert at.document.state == documents.OPENED
    assert at.attest("ola", "hr").status_code == 302
    assert at.document.state == documents.SEALED
    counted("attestations", sum(one.act == "witnessed" for one in documents.entries(at.document_id)))
    pdf = documents.file(at.document_id, "sealed") or b""
    assert verify_document(own_copy.workspace, pdf).valid
    text = _text(tmp_path, pdf)
    for line in ("The figures are not mine.", scan.sha256[:11], "Otto Orr", "Ola Oak"):
        assert line in text


def _upload(name: str, held: bytes) -> object:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, held)


def _text(folder: Path, pdf: bytes) -> str:
    path = folder / "looked-at.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_an_edit_after_it_was_issued_voids_the_document_and_its_signatures(own_copy: Served) -> None:
    from courtside.services.plan_step import take_in
    from courtside.store import documents, plans

    at = desk(own_copy)
    assert at.sign("rae").status_code == 302
    maya = at.ready("maya")
    told = bound(maya.get(at.at("sign")))
    plan_id = at.document.plan_id
    hana = actor(own_copy, "hana", Part.HR)
    said = replace(content(MONDAY), purpose="Meetings fell for nine weeks.")
    take_in(ground(own_copy, "hana"), plan_id, e.Edit(hana, said))
    assert at.document.state == documents.SUPERSEDED
    late = maya.post(at.at("sign"), {**told, "name": "Maya Moss", "comment": ""})
    assert late.status_code in {400, 404}
    plan = plans.plan(plan_id)
    assert plan is not None
    assert plan.signatures == ()
    assert at.document.state == documents.SUPERSEDED
    # what was handed out stays with its person, to be read and not to be signed; the new draft is nothing to them yet
    rae = fresh(own_copy, "rae")
    assert rae.get(at.at()).status_code == 200
    assert rae.get(at.at("pdf")).status_code == 200
    assert rae.get(at.at("sign")).status_code in {400, 404}
    assert rae.get(f"/plans/{plan_id}/").status_code == 404
    assert fresh(own_copy, "tom").get(at.at()).status_code == 404


def test_of_a_document_that_was_put_aside_nothing_is_done_any_more_by_anybody(
    own_copy: Served, counted: Counted
) -> None:
    from courtside.services.plan_step import take_in
    from courtside.store import documents

    at = desk(own_copy)
    assert at.decline("rae").status_code == 302
    hana = at.ready("hana")
    register = {**bound(hana.get(at.at("paper"))), "party": "hr", "scan": _upload("scan.png", PNG)}
    attest = {**bound(hana.get(at.at("witness"))), "party": "rep"}
    said = replace(content(MONDAY), purpose="Meetings fell for nine weeks.")
    by = actor(own_copy, "hana", Part.HR)
    take_in(ground(own_copy, "hana"), at.document.plan_id, e.Edit(by, said))
    before = documents.entries(at.document_id)
    refused = 0
    for name in ("rae", "maya", "hana"):
        client = fresh(own_copy, name)
        for page in ("paper", "witness", "sign", "decline"):
            assert client.get(at.at(page)).status_code == 404, (name, page)
            assert client.post(at.at(page), {**attest, **register}).status_code == 404, (name, page)
            refused += 2
        assert client.post(at.at("consent"), {"version": "1"}).status_code == 404
        assert client.post(at.at("witnesses"), {"username": "otto"}).status_code == 404
        assert client.post(at.at("open")).status_code == 302
        page = client.get(at.at()).content.decode()
        assert "Holds no longer" in page
        assert not {one for one in ("paper", "witness", "sign", "decline", "witnesses") if at.at(one) in page}
        assert at.at() not in client.get("/documents/").content.decode()
    counted("acts_refused", refused)
    assert documents.entries(at.document_id) == before
    assert at.document.state == documents.SUPERSEDED
    assert not [one for one in documents.files(at.document_id) if one.kind == "scan"]


def test_a_coaching_plan_is_signed_by_two_and_its_plan_knows(own_copy: Served) -> None:
    from courtside.store import documents, plans

    at = desk(own_copy, Kind.COACHING)
    assert at.document.parties == ("rep", "manager")
    assert fresh(own_copy, "hana").get(at.at("sign")).status_code == 404
    assert at.sign("rae").status_code == 302
    assert at.sign("maya").status_code == 302
    assert at.document.state == documents.SEALED
    plan = plans.plan(at.document.plan_id)
    assert plan is not None
    assert plan.unsigned == ()


def test_a_persons_own_words_stand_in_every_document_sealed_after_them(own_copy: Served, tmp_path: Path) -> None:
    from courtside.store import documents

    at, words = desk(own_copy), "I was on leave in two of the eight weeks."
    at.ready("rae")
    said = fresh(own_copy, "rae").post(at.at("statement"), {"text": words})
    own = Desk(own_copy, said["Location"].strip("/").split("/")[-1])
    assert own.document.template == "rep_statement"
    for who in ("rae", "maya", "hana"):
        assert at.sign(who).status_code == 302
    assert words in _text(tmp_path, documents.file(at.document_id, "sealed") or b"")
    assert own.sign("rae").status_code == 302
    assert own.document.state == documents.SEALED
    later = fresh(own_copy, "rae").post(at.at("statement"), {"text": "And once more, afterwards."})
    assert later.status_code == 302
    assert fresh(own_copy, "maya").post(at.at("statement"), {"text": "Not mine."}).status_code == 404


def test_after_any_downtime_each_reminder_is_told_once_and_what_is_late_goes_to_hr_once(
    own_copy: Served, counted: Counted
) -> None:
    from courtside.services.due_documents import due
    from courtside.store import audit, documents
    from courtside.store.models import OutboxRow

    at = desk(own_copy)
    at.ready("rae")
    fresh(own_copy, "rae").post(at.at("statement"), {"text": "In my own words."})
    own = next(one for one in documents.of_plan(at.document.plan_id) if one.template == "rep_statement")
    told: dict[int, list[str]] = {}
    for day in range(12):
        for _ in range(2):
            due(own_copy.workspace, own_copy.caller)
        rows = OutboxRow.objects.unscoped("a test").filter(kind="mail").order_by("id")
        told[day] = [row.key for row in rows if own.id in row.key]
        assert not [row.key for row in rows if row.key.startswith(f"doc:{at.document_id}:before")]
        own_copy.clock.move(timedelta(days=1))
    keys = [key.split(":")[2] for key in told[11]]
    assert sorted(keys) == ["before-1", "before-3", "escalated", "late", "review", "today"]
    assert len(audit.acts("escalate_document")) == 1
    assert documents.document(own.id).state == documents.ISSUED  # type: ignore[union-attr]
    counted("reminders", len(keys))


def test_pages_are_neutral_and_kept_by_nobody_and_names_nobody_else(own_copy: Served, counted: Counted) -> None:
    from courtside.store.models import OutboxRow

    at, other = desk(own_copy), start_document(issued_plan(own_copy, Kind.IMPROVEMENT, "tom"))
    pages = 0
    for who in ("rae", "maya", "hana"):
        client = at.ready(who)
        for what in ("", "sign", "decline"):
            page = client.get(at.at(what))
            text = page.content.decode()
            assert "no-store" in page["Cache-Control"]
            title = text.split("<title>")[1].split("</title>")[0].lower()
            assert not [word for word in ("plan", "improvement", "rivers") if word in title], title
            pages += 1
    rae = fresh(own_copy, "rae")
    for path in ("/documents/", "/my-file/", at.at()):
        text = rae.get(path).content.decode()
        for token in (other.id, other.plan_id, own_copy.hierarchy.name(own_copy.people["tom"])):
            assert token not in text
        pages += 1
    assert fresh(own_copy, "tom").get(at.at()).status_code == 404
    rows = OutboxRow.objects.unscoped("a test").all()
    assert not [row for row in rows if "improvement" in f"{row.words} {row.path}"]
    counted("pages_read", pages)


@pytest.mark.parametrize("outcome", ["released", "new_plan", "removed", "extended"])
def test_every_step_of_a_plan_hands_out_its_document_written_and_approved_by_two(
    own_copy: Served, counted: Counted, outcome: str
) -> None:
    from courtside.services.plan_step import take_in
    from courtside.store import documents

    at = desk(own_copy)
    plan_id = at.document.plan_id
    maya, hana = actor(own_copy, "maya", Part.MANAGER), actor(own_copy, "hana", Part.HR)
    for who in ("rae", "maya", "hana"):
        assert at.sign(who).status_code == 302

    def take(who: str, event: e.Event, **words: str) -> Plan:
        return take_in(ground(own_copy, who), plan_id, event, words=words).plan

    own_copy.clock.move(timedelta(days=7))
    take("maya", e.Begin(maya))
    own_copy.clock.move(timedelta(days=8))
    today = ground(own_copy, "maya").today
    due = MONDAY + timedelta(days=7)
    take("maya", e.RecordCheckIn(maya, due, today, "n" * 64), notes="We spoke.", held_on=today.isoformat())
    plan = take("maya", e.ProposeExtension(maya, MONDAY + timedelta(days=80), (), "More time is fair."))
    take("hana", e.Extend(hana, plan.asked_hash))
    own_copy.clock.move(timedelta(days=75))
    found = e.Met.MET if outcome == "released" else e.Met.NOT_MET
    judged = tuple(
        e.Judged(one.key, found, 50.0, 50.0, 39.0, 63.0, one.target, "Fifty, with 69 due.")
        for one in plan.content.goals
    )
    end = ground(own_copy, "maya").today + timedelta(days=30) if outcome == "extended" else None
    plan = take("maya", e.PrepareDetermination(maya, judged, e.Outcome(outcome), "As it was found.", end))
    before = fresh(own_copy, "rae").get("/documents/").content.decode()
    assert "Determination" not in before
    take("hana", e.Determine(hana, plan.asked_hash))
    letter = {"released": "release", "extended": "extension"}.get(outcome, outcome)
    held = [one for one in documents.of_plan(plan_id) if one.state != documents.SUPERSEDED]
    names = [one.template for one in held]
    assert names.count("extension") == (2 if outcome == "extended" else 1)
    assert {"improvement_plan", "check_in_note", "extension", "determination", letter} == set(names)
    for one in held[1:]:
        assert one.state == documents.ISSUED
        if one.needs_second:
            assert (one.created_by, one.approved_by) == ("maya", "hana")
        for who in one.parties:
            signed = Desk(own_copy, one.id).sign({"rep": "rae", "manager": "maya", "hr": "hana"}[who])
            assert signed.status_code == 302, signed.content.decode()[-1500:]
        assert Desk(own_copy, one.id).document.state == documents.SEALED
    counted("templates", len(held))
