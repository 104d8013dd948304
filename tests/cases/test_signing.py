"""Documents signed over HTTP: three parties to a sealed PDF, and everything that must not be a signature."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.cases.signing_desk import Desk, bound, desk, fresh
from tests.cases.stepping_up import stepped_up
from tests.serving import CAST, Served

from courtside.workflow.content import Kind

GATES = ("verifiers", "tries", "replays", "looks", "kills")
REPLAYS = 100
LOOKS = 10
_RESUME = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from courtside.services.caller import Caller
from courtside.services.open_workspace import open_workspace
from courtside.services.due_documents import due
print(due(open_workspace(Path(sys.argv[1])), Caller("host", lambda: datetime(2026, 11, 2, 9, 5, tzinfo=UTC))))
"""
Counted = Callable[[str, int], None]


def test_three_parties_sign_to_a_sealed_pdf_that_two_verifiers_accept(
    own_copy: Served, tmp_path: Path, counted: Counted
) -> None:
    from courtside.services.anchor_log import files_of_anchors, known_anchors
    from courtside.services.verify_document import verify_document
    from courtside.services.verify_log import verify_log
    from courtside.store import audit, documents

    at = desk(own_copy)
    for who in ("rae", "maya", "hana"):
        answer = at.sign(who, comment="I see it differently." if who == "rae" else "")
        assert answer.status_code == 302, answer.content.decode()[-3000:]
    held = at.document
    assert held.state == documents.SEALED
    pdf = documents.file(held.id, "sealed") or b""
    verdict = verify_document(own_copy.workspace, pdf)
    assert verdict.valid, verdict.findings
    path = tmp_path / "sealed.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    counted("verifiers", 2)
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    for line in ("Rae Rivers", "Maya Moss", "Hana Hale", "I see it differently.", held.data_sha256[:20]):
        assert line in text
    act = audit.last("seal_document")
    assert act is not None
    assert act.detail["sealed"] == held.sealed_sha256
    assert max(known_anchors(files_of_anchors(own_copy.workspace))) > act.detail["log_seq"]
    assert verify_log(own_copy.workspace, own_copy.caller).first_bad is None
    for who in ("rae", "maya", "hana"):
        again = own_copy.client(who).get(at.at("pdf"))
        assert (again.content, again["Cache-Control"]) == (pdf, "no-store")
    for entry in documents.entries(held.id):
        assert entry.log_seq > 0
        assert entry.document_sha256 == held.data_sha256


def test_a_form_is_sent_back_once_for_its_own_document_hash_and_user_and_looking_changes_nothing(
    own_copy: Served, counted: Counted
) -> None:
    from courtside.store import audit, documents

    at, other = desk(own_copy), desk(own_copy, Kind.IMPROVEMENT, "tom")
    rae, name = at.ready("rae"), "Rae Rivers"
    told = bound(rae.get(at.at("sign")))
    before = (at.document, len(documents.entries(at.document_id)), len(audit.acts("sign_document")))
    for _ in range(LOOKS):
        for what in ("", "sign", "decline", "pdf", "statement"):
            assert rae.get(at.at(what)).status_code == 200
        assert own_copy.client().get(at.at("sign")).status_code == 302
    assert before == (at.document, len(documents.entries(at.document_id)), len(audit.acts("sign_document")))
    counted("looks", LOOKS * 6)
    tom = other.ready("tom")
    theirs = bound(tom.get(other.at("sign")))
    wrong = (
        told | {"document_sha256": "0" * 64}, told | {"nonce": told["nonce"][:-1] + "x"}, told | {"nonce": "made up"},
        theirs, told | {"nonce": theirs["nonce"]}, told | {"nonce": bound(rae.get(at.at("decline")))["nonce"]},
    )  # fmt: skip
    for one in wrong:
        assert rae.post(at.at("sign"), {**one, "name": name, "comment": ""}).status_code == 400
    assert rae.post(at.at("sign"), {**told, "name": " ", "comment": ""}).status_code == 400
    assert at.document.state == documents.OPENED
    statuses = [rae.post(at.at("sign"), {**told, "name": name, "comment": ""}).status_code for _ in range(REPLAYS)]
    assert statuses.count(302) == 1
    assert [one.act for one in documents.entries(at.document_id)] == ["opened", "signed"]
    counted("replays", REPLAYS)


@pytest.mark.parametrize("state", ["issued", "opened", "signed", "declined", "sealed"])
def test_in_every_state_only_the_party_itself_can_act_for_itself(
    own_copy: Served, counted: Counted, state: str
) -> None:
    at, tries = _in(state, desk(own_copy)), 0
    acts = {"open": "rae maya hana", "sign": "rae maya hana", "decline": "rae maya hana", "witness": "maya hana",
            "paper": "hana", "pdf": "rae maya hana", "": "rae maya hana", "statement": "rae"}  # fmt: skip
    for who in CAST:
        client = fresh(own_copy, who)
        for what, allowed in acts.items():
            if who in allowed.split():
                continue
            answers = [client.get(at.at(what)), client.post(at.at(what), {"party": "rep", "name": CAST[who]})]
            assert {one.status_code for one in answers} <= {404, 405}, (state, who, what)
            tries += len(answers)
    held, rae = at.document, fresh(own_copy, "rae")
    if state != "opened":
        told = {"document_sha256": held.data_sha256, "nonce": "x", "name": "Rae Rivers", "comment": ""}
        rae.post(at.at("consent"), {"version": "1"})
        assert rae.post(at.at("sign"), told).status_code == 400
        tries += 1
    assert at.document == held
    counted("tries", tries)


def _in(state: str, at: Desk) -> Desk:
    if state == "opened":
        at.ready("rae")
    elif state == "signed":
        at.sign("rae")
    elif state == "declined":
        at.decline("rae")
    elif state == "sealed":
        for who in ("rae", "maya", "hana"):
            at.sign(who)
    return at


def test_nobody_signs_without_a_fresh_code_consent_opening_or_after_a_reset_or_through_others_eyes(
    own_copy: Served,
) -> None:
    from courtside.services.viewing import SAMPLE
    from courtside.store import accounts, documents

    at = desk(own_copy)
    plain = own_copy.client("rae")
    plain.post(at.at("open"))
    told = {"document_sha256": at.document.data_sha256, "nonce": "x", "name": "Rae Rivers", "comment": ""}
    plain.post(at.at("consent"), {"version": "1"})
    assert plain.post(at.at("sign"), told).status_code == 403
    stale = stepped_up(own_copy.client("rae"), "rae", age_s=400)
    assert stale.get(at.at("sign")).status_code == 302
    maya = fresh(own_copy, "maya")
    assert maya.get(at.at("sign")).status_code == 404
    assert maya.get(at.at("pdf")).status_code == 400
    maya.post(at.at("open"))
    assert "I want to sign documents here" in maya.get(at.at("sign")).content.decode()
    user = next(one for one in accounts.accounts() if one.username == "rae")
    accounts.drop_second_factor(user.user_id, own_copy.clock.now() - timedelta(hours=2))
    rae = at.ready("rae")
    refused = rae.post(at.at("sign"), {**bound(rae.get(at.at("sign"))), "name": "Rae Rivers", "comment": ""})
    assert refused.status_code == 400
    assert "24 hours" in refused.content.decode()
    own_copy.clock.move(timedelta(hours=23))
    assert at.sign("rae").status_code == 302
    (own_copy.root / SAMPLE).write_text("{}")
    ada = fresh(own_copy, "ada")
    ada.post("/see-as/", {"username": "hana"})
    refused = ada.post(at.at("open"))
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "nothing is done in their name" in refused.content.decode()
    assert sorted(one.username for one in documents.entries(at.document_id)) == ["maya", "rae", "rae"]


@pytest.mark.parametrize("moment", ["seal-made", "seal-kept", "seal-told"])
def test_a_seal_that_is_killed_in_the_middle_is_finished_by_doing_it_again(
    own_copy: Served, counted: Counted, moment: str
) -> None:
    from courtside.services.seal_document import VERB
    from courtside.services.verify_document import verify_document
    from courtside.services.verify_log import verify_log
    from courtside.store import audit, documents

    at = desk(own_copy)
    at.sign("rae")
    at.sign("maya")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("courtside.services.sign_document.seal_if_ready", lambda *_: None)
        at.sign("hana")
    assert at.document.state == documents.READY
    killed = _resume(own_copy, CRASH_AT=moment)
    assert killed.returncode == 137, killed.stderr
    kept = (at.document.state == documents.SEALED, len(audit.acts(VERB)))
    assert kept == ((True, 1) if moment == "seal-told" else (False, 0))
    again = _resume(own_copy)
    assert (again.returncode, again.stdout.strip()) == (0, "1"), again.stderr
    assert _resume(own_copy).stdout.strip() == "0"
    held = at.document
    assert held.state == documents.SEALED
    assert len(audit.acts(VERB)) == 1
    assert verify_document(own_copy.workspace, documents.file(held.id, "sealed") or b"").valid
    assert verify_log(own_copy.workspace, own_copy.caller).first_bad is None
    counted("kills", 1)


def _resume(served: Served, **environment: str) -> subprocess.CompletedProcess[str]:
    """Due work of documents in a process of its own."""
    from django.db import connection

    connection.close()
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-c", _RESUME, str(served.root)], capture_output=True, text=True, check=False,
        env={**inherited, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )  # fmt: skip


def test_a_step_that_seals_although_a_party_is_missing_is_refused_by_the_database(own_copy: Served) -> None:
    """The broken twin: whoever says that a document is ready before it is cannot seal it."""
    from django.db import IntegrityError, transaction

    from courtside.services.seal_document import seal_document
    from courtside.store import documents

    at = desk(own_copy)
    at.sign("rae")
    at.sign("maya")
    assert not seal_document(own_copy.workspace, own_copy.caller, at.document_id)
    documents.move(at.document_id, documents.OPENED, documents.READY)
    with pytest.raises(IntegrityError, match="every party"), transaction.atomic():
        documents.put_sealed(at.document_id, b"%PDF-", own_copy.clock.now(), "twin")
    assert at.document.state == documents.READY
