"""The evidence annex: what a plan came from, digit for digit, handed out with it, and read by nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.cases.planned import approved, issued, now, session
from tests.cases.proposing import about_rae, decide, looked_at, proof, read_by_rae, visit
from tests.cases.proposing import firm as firm
from tests.cases.proposing import proposed as proposed
from tests.cases.signing_desk import Desk, fresh
from tests.serving import CAST, Served

if TYPE_CHECKING:
    from courtside.store.documents import Document
    from courtside.workflow.record import Plan

GATES = ("numbers of an annex compared with the evidence", "doors of an annex closed to others")
Counted = Callable[[str, int], None]
KINDS = ("coaching_plan", "improvement_plan")


def planned(firm: Served, kind: str) -> Plan:
    """The draft of a plan that came from Rae's proposal of a kind, as Maya left it."""
    from dataclasses import replace

    from tests.cases.planned import written

    from courtside.services.edit_plan import edit_plan
    from courtside.store import plans

    read_by_rae(firm, kind)
    found = looked_at(firm, "maya", kind)
    plan = plans.plan(decide("maya", found, "proceed", proof=proof()))
    assert plan is not None
    seen = visit("maya")
    edit_plan(seen, plan.id, replace(written(seen.today), purpose="Submittals stay away."), plan.version)
    return now(plan)


def agreed(plan: Plan) -> Plan:
    """A plan that lies before Hana, approved by her and handed out."""
    from courtside.services.approve_plan import approve_plan

    approve_plan(visit("hana"), plan.id, now(plan).content_hash, session("hana"))
    return _handed_out(plan)


def annexes(plan: Plan) -> list[Document]:
    """The annexes of a plan that hold."""
    from courtside.store import documents

    return [one for one in documents.of_plan(plan.id) if one.template == "evidence_annex" and one.state != "superseded"]


def start_of(plan: Plan) -> Document:
    """The document the plan begins with, as it holds."""
    from courtside.store import documents

    return next(
        one for one in documents.of_plan(plan.id) if one.template.endswith("_plan") and one.state != "superseded"
    )


def at(evidence: Any, name: str) -> Any:
    """A number of the evidence by the name the annex gives it."""
    told = evidence["evaluation"]
    if name == "evidence":
        return told["evidence"]
    value = told["inputs"]
    for step in name.replace("[", ".[").split("."):
        if step.startswith("["):
            value = value[int(step[1:-1])]
        elif isinstance(value, list):
            value = next(one for one in value if one["condition"].lower() == step)
        else:
            value = value[step]
    return value


def text_of(pdf: bytes) -> str:
    """What poppler reads."""
    import subprocess

    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def squeezed(text: str) -> str:
    return "".join(one for one in text if not one.isspace() and one != "\u200b")


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_annex_prints_is_the_frozen_evidence_digit_for_digit(kind: str, firm: Served, counted: Counted) -> None:
    from courtside.store import documents

    plan = issued(planned(firm, kind)) if kind == "improvement_plan" else _handed_out(planned(firm, kind))
    (held,) = annexes(plan)
    found = about_rae(firm, kind)
    evidence, data = json.loads(found.evidence), json.loads(held.data)["data"]
    assert len(data["numbers"]) > 50
    pdf = documents.file(held.id, "sealed") or b""
    told = squeezed(text_of(pdf))
    for one in data["numbers"]:
        here = at(evidence, one["name"])
        assert (one["value"], type(one["value"])) == (here, type(here)), one
        assert squeezed(f"{one['name']}{here!r}") in told, one
        counted("numbers of an annex compared with the evidence", 1)
    wanted = {one["sha256"] for one in data["hashes"]}
    assert {found.evidence_sha256, found.evaluation_sha256, evidence["rows"]["sha256"]} <= wanted
    assert {one["sha256"] for one in evidence["definitions"]["of_the_figure"].values()} <= wanted
    assert data["evidence_sha256"] == found.evidence_sha256
    for line in (*wanted, held.id, held.data_sha256, "How to dispute", "by its person on the page of that figure",
                 "Submittals that stay away", *(one["condition"] for one in data["conditions"])):  # fmt: skip
        assert squeezed(line) in told, line


def test_an_annex_with_one_other_digit_would_be_noticed(firm: Served) -> None:
    from courtside.services.document_annex import numbers_of

    evidence = json.loads(about_rae(firm, "improvement_plan").evidence)
    told = list(numbers_of(evidence))
    told[3] = {**told[3], "value": told[3]["value"] + 1e-12}
    assert [one["name"] for one in told if at(evidence, one["name"]) != one["value"]] == [told[3]["name"]]


def _handed_out(plan: Plan) -> Plan:
    from courtside.services.issue_plan import issue_plan

    return issue_plan(visit("maya"), plan.id)


def test_it_is_approved_with_its_plan_sealed_when_handed_out_and_named_by_what_is_signed(firm: Served) -> None:
    from courtside.services.submit_plan import submit_plan
    from courtside.services.verify_document import verify_document
    from courtside.store import documents

    plan = planned(firm, "improvement_plan")
    submit_plan(visit("maya"), plan.id)
    (held,) = annexes(plan)
    assert (held.state, held.created_by, held.needs_second, held.parties) == ("draft", "maya", True, ())
    preview = firm.client("hana").get(f"/documents/{held.id}/pdf/")
    assert "not in force" in text_of(preview.content)
    plan = agreed(plan)
    (now_held,) = annexes(plan)
    assert (now_held.id, now_held.state, now_held.approved_by) == (held.id, "sealed", "hana")
    begun = start_of(plan)
    assert begun.state == "issued"
    assert json.loads(begun.data)["data"]["annex"] == f"Record {held.id}, SHA-256 {held.data_sha256}"
    assert held.data_sha256 in squeezed(text_of(documents.file(begun.id, "content") or b""))
    sealed = documents.file(held.id, "sealed") or b""
    verdict = verify_document(firm.workspace, sealed)
    assert verdict.valid, verdict.findings
    assert [one["act"] for one in verdict.evidence["acts"]] == ["approved", "issued"]
    flipped = bytearray(sealed)
    flipped[len(sealed) // 3] ^= 1
    assert not verify_document(firm.workspace, bytes(flipped)).valid


def test_a_plan_that_is_written_anew_keeps_the_annex_that_was_handed_out(firm: Served) -> None:
    plan = planned(firm, "improvement_plan")
    (before,) = annexes(approved(plan))
    _written_anew(plan)
    assert annexes(plan) == [], "nobody had it yet"
    (held,) = annexes(issued(now(plan)))
    assert (held.id == before.id, held.state) == (False, "sealed")
    plan = _handed_out(planned(firm, "coaching_plan"))
    (held,) = annexes(plan)
    _written_anew(plan)
    assert [one.id for one in annexes(plan)] == [held.id], "Rae has it"
    again = _handed_out(now(plan))
    assert [(one.id, one.state) for one in annexes(again)] == [(held.id, "sealed")]
    assert held.id in start_of(again).data


def _written_anew(plan: Plan) -> None:
    from dataclasses import replace

    from tests.cases.planned import written

    from courtside.services.edit_plan import edit_plan

    seen = visit("maya")
    edit_plan(seen, plan.id, replace(written(seen.today), purpose="Anew."), now(plan).version)


def test_it_is_read_by_those_who_read_the_plan_and_by_nobody_else(firm: Served, counted: Counted) -> None:
    from courtside.services.submit_plan import submit_plan

    plan = planned(firm, "improvement_plan")
    submit_plan(visit("maya"), plan.id)
    for stage in ("draft", "issued"):
        if stage == "issued":
            agreed(plan)
        (held,), begun = annexes(plan), start_of(plan)
        for who in (*CAST, None):
            client = firm.client(who)
            for door in ("", "pdf/"):
                own = client.get(f"/documents/{held.id}/{door}").status_code
                missing = client.get(f"/documents/AAAAAAAAAAAA/{door}").status_code
                reads = client.get(f"/documents/{begun.id}/").status_code == 200
                assert own == (200 if reads else missing), (stage, who, door)
                counted("doors of an annex closed to others", int(not reads))
            listed = f"/documents/{held.id}/".encode() in client.get(f"/plans/{plan.id}/").content
            assert listed == reads, (stage, who)
    assert firm.client("rae").get(f"/documents/{held.id}/").status_code == 200
    assert firm.client("tom").get(f"/documents/{held.id}/").status_code == 404


def test_nobody_is_asked_to_sign_it_and_nothing_of_it_falls_due(firm: Served) -> None:
    from courtside.services.due_documents import due

    plan = issued(planned(firm, "improvement_plan"))
    (held,) = annexes(plan)
    page = firm.client("rae").get(f"/documents/{held.id}/").content.decode()
    assert "Nobody signs it by itself" in page
    assert "Acknowledge receipt" not in page
    assert "returned by" not in page
    assert f"/documents/{held.id}/sign/" not in page
    for who in ("rae", "maya", "hana"):
        client = fresh(firm, who)
        for what in ("open", "sign", "decline", "paper", "witness", "witnesses"):
            typed = {"party": "rep", "username": "ari", "name": "A Name", "reason": "It is not so."}
            assert client.post(f"/documents/{held.id}/{what}/", typed).status_code in (400, 404), (who, what)
            assert client.get(f"/documents/{held.id}/{what}/").status_code in (400, 404, 405), (who, what)
    assert [one.id for one in annexes(plan)] == [held.id]
    due(firm.workspace, firm.caller)
    from courtside.store.models import OutboxRow

    keys = OutboxRow.objects.unscoped("a test counts what is told").values_list("key", flat=True)
    assert not [one for one in keys if held.id in one]


def test_a_seal_that_a_kill_left_out_is_made_by_due_work(firm: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from courtside.services import issue_document
    from courtside.services.due_documents import due

    monkeypatch.setattr(issue_document, "seal_if_ready", lambda *_: None)
    plan = issued(planned(firm, "improvement_plan"))
    assert [one.state for one in annexes(plan)] == ["ready"]
    assert due(firm.workspace, firm.caller) >= 1
    assert [one.state for one in annexes(plan)] == ["sealed"]


def test_the_file_holds_the_sealed_annex_and_the_rows_whose_hash_it_prints(firm: Served) -> None:
    from hashlib import sha256

    from courtside.services.document_verifier import faults
    from courtside.services.person_file import take_file

    plan = issued(planned(firm, "improvement_plan"))
    (held,) = annexes(plan)
    printed = {one["what"]: one["sha256"] for one in json.loads(held.data)["data"]["hashes"]}
    for who in ("hana", "rae"):
        content = take_file(visit(who), firm.people["rae"])
        assert not list(faults(content))
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            assert f"cases/{plan.id}/documents/{held.id}-sealed.pdf" in names, who
            rows = packed.read(f"cases/{plan.id}/evidence-rows.json")
            evidence = packed.read(f"cases/{plan.id}/evidence.json")
        assert sha256(rows).hexdigest() in printed.values()
        assert sha256(evidence).hexdigest() == printed["Evidence"]


def test_a_plan_begun_by_hand_has_none(firm: Served) -> None:
    from tests.cases.planned import written

    from courtside.services.open_plan import open_plan

    plan = _handed_out(now_of(open_plan(visit("maya"), firm.people["rae"], written(visit("maya").today))))
    assert annexes(plan) == []
    begun = start_of(plan)
    assert json.loads(begun.data)["data"]["annex"] == ""
    page = firm.client("rae")
    assert Desk(firm, begun.id).ready("rae").get(f"/documents/{begun.id}/").status_code == 200
    assert b"annex" not in page.get(f"/documents/{begun.id}/").content.lower()


def now_of(plan_id: str) -> Plan:
    """A plan by its id."""
    from courtside.store import plans

    found = plans.plan(plan_id)
    assert found is not None
    return found


def test_who_led_the_plan_once_keeps_the_annex_of_what_they_signed(firm: Served) -> None:
    from courtside.services.document_door import _signers

    plan = issued(planned(firm, "improvement_plan"))
    (held,) = annexes(plan)
    assert _signers(held) == frozenset()
    assert Desk(firm, start_of(plan).id).sign("maya").status_code == 302
    assert _signers(held) == {"maya"}
