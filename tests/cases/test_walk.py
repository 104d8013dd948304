"""One walk through everything: a rule, a proposal, a decision, a plan, three signatures, a determination, a file."""

from __future__ import annotations

import random
import sqlite3
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cases import walk_firm
from tests.cases.planned import visit
from tests.cases.stepping_up import code_at, stepped_up
from tests.cases.test_seal import by_poppler
from tests.cases.walk_firm import RAE, Firm, at
from tests.cases.walk_flips import flipped_row, flips
from tests.cases.walk_forms import done, forms_of, said, send
from tests.serving import Clock

if TYPE_CHECKING:
    from django.test import Client

    from courtside.store.documents import Document
    from courtside.store.proposals import Proposal
    from courtside.workflow.record import Plan

GATES = (
    "steps of the walk taken through pages", "steps of the walk taken through commands",
    "pages asked for by who may not see them", "approvals by another than who wrote",
    "approvals of one's own work caught in the log", "messages without a word of the case",
    "escalations of a manager who is late, told once", "sealed files verified by pyHanko and pdfsig",
    "flipped bytes of sealed files found", "flipped bytes of the frozen evidence found",
    "flipped bytes of the steps of a plan found", "flipped bytes of the log found",
    "flipped bytes of the data of documents found", "flipped bytes of a file taken out found",
)  # fmt: skip
Counted = Callable[[str, int], None]
RULE = "/rules/closing_below_target/1/"
REASON = "Closing and calling both fell, and we have talked about it twice."
ENDS = "Calls stayed at half of what was agreed, in every week of the plan."
SIGNERS = {"rep": "rae", "manager": "maya", "hr": "hana"}
OUTCOME = "removed"
FLIPS = 8
"""Of each kind."""


@dataclass
class Walk:
    """The firm as the walk goes through it: browsers of everybody, and what was counted."""

    firm: Firm
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    counts: Counter[str] = field(default_factory=Counter)

    @cached_property
    def clients(self) -> Mapping[str, Client]:
        """A browser for everybody, with a code of their authenticator typed."""
        return {name: stepped_up(self.firm.served.client(name), name) for name in walk_firm.USERS}

    @property
    def proposal(self) -> Proposal:
        """The one proposal there is."""
        from courtside.store import proposals

        (found,) = proposals.every()
        return found

    @property
    def plan(self) -> Plan:
        """The one plan there is."""
        from courtside.store import plans

        (found,) = plans.every_plan()
        return found

    @property
    def page(self) -> str:
        """Where the plan is."""
        return f"/plans/{self.plan.id}/"

    def papers(self) -> tuple[Document, ...]:
        """The documents of the plan."""
        from courtside.store import documents

        return tuple(documents.of_plan(self.plan.id))

    def paper(self, document_id: str) -> Document:
        """One document as it stands."""
        (found,) = (one for one in self.papers() if one.id == document_id)
        return found

    def run(self, *words: object) -> Any:
        """A command that must succeed."""
        reply = self.firm.run(*words)
        assert reply.status == 0, (words, reply.said, reply.out)
        self.counts[GATES[1]] += 1
        return reply

    def rows(self, *words: object) -> Any:
        """The rows of a command."""
        return self.run(*words, "--format", "json").rows

    def does(self, who: str, where: str, ends: str = "", **typed: str) -> Any:
        """Somebody sends a form of a page, and it is done."""
        self.counts[GATES[0]] += 1
        return done(self.clients[who], where, ends, **typed)

    def refused(self, who: str, where: str, **typed: str) -> None:
        """Somebody sends a form that is not taken."""
        reply = send(self.clients[who], where, **typed)
        assert reply.status_code == 400, (where, reply.status_code)

    def seen_by(self, where: str, *names: str) -> None:
        """A page is there for these people, and for nobody else: to them it is as if there were none."""
        found = {name for name, client in self.clients.items() if client.get(where).status_code != 404}
        assert found == set(names), (where, found)
        self.counts[GATES[2]] += len(self.clients) - len(found)


def verbs() -> Counter[str]:
    """How often each verb stands in the log."""
    from courtside.store import audit

    return Counter(one.verb for one in audit.acts())


def own_approvals(acts: Iterable[Any]) -> tuple[int, list[str]]:
    """How many approvals the log holds, and those by somebody who had written at what they approved."""
    wrote: dict[object, set[str]] = defaultdict(set)
    looked, found = 0, []
    for act in acts:
        case = act.detail.get("plan") or act.detail.get("rule")
        if act.verb in ("save_rule", "draft_plan", "edit_plan", "prepare_determination"):
            wrote[case].add(act.who)
        if act.verb in ("approve_rule", "approve_plan", "determine_plan"):
            looked += 1
            found += [act.verb] if act.who in wrote[case] else []
            assert wrote[case], f"nobody wrote what {act.verb} approved"
    return looked, found


@pytest.fixture
def walk(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """The firm on the Monday on which it begins."""
    return Walk(walk_firm.made(tmp_path / "firm"), tmp_path, monkeypatch)


def test_from_a_rule_to_a_sealed_determination_and_every_flipped_byte_is_found(walk: Walk, counted: Counted) -> None:
    a_rule_goes_live(walk)
    it_proposes_one_of_nineteen(walk)
    the_person_reads_first_and_a_manager_decides(walk)
    a_second_person_approves_the_plan(walk)
    three_parties_sign_and_it_is_sealed(walk)
    a_late_manager_is_told_to_hr_once(walk)
    check_ins_are_held(walk)
    it_is_determined_by_a_second_person(walk)
    letters_are_signed_and_it_is_closed(walk)
    content = the_file_is_taken_out(walk)
    nothing_was_said_aside(walk)
    from courtside.store import audit

    looked, own = own_approvals(audit.acts())
    assert (looked, own) == (3, [])
    walk.counts[GATES[3]] += looked
    every_flip_is_found(walk, content)
    for gate in GATES:
        counted(gate, walk.counts[gate])


def a_rule_goes_live(walk: Walk) -> None:
    """Checked, published and replayed on the host; approved and switched on by HR, who did not write it."""
    name = "closing_below_target"
    assert [row["ok"] for row in walk.rows("rules", "check", name)] == [True]
    walk.rows("rules", "publish", name)
    assert walk.clients["hana"].get(RULE).status_code == 200
    assert "/approve/" not in walk.clients["hana"].get(RULE).content.decode(), "no approval without a replay"
    *named, summary = walk.rows("rules", "replay", name)
    assert [(row["person"], row["on"], row["verdict"]) for row in named] == [(RAE, "2026-10-31", "eligible")]
    assert summary["looks"] >= 12
    assert summary["false_alarm_rate_by_chance"] < 0.05
    for who in ("maya", "ola", "eve", "rae"):
        assert walk.clients[who].post(f"{RULE}approve/", {"reason": REASON}).status_code == 404
    walk.does("hana", RULE, "/approve/", reason="Its replay names one person, and chance hardly anybody.")
    walk.does("hana", RULE, "/switch-on/")


def it_proposes_one_of_nineteen(walk: Walk) -> None:
    """Everybody is looked at once; one person is to be weighed, and nobody else is told."""
    assert walk.rows("rules", "run") == [{"looked": 19, "to_be_weighed": 1}]
    assert walk.rows("rules", "run") == [{"looked": 0, "to_be_weighed": 0}]
    found = walk.proposal
    assert (found.person_id, found.kind, found.state) == (RAE, "improvement_plan", "open")
    walk.rows("work", "--once")
    walk.seen_by(f"/proposals/{found.id}/", "maya", "hana", "hugo", "ari")
    walk.seen_by(f"/proposals/{found.id}/decide/", "maya", "hana", "hugo")
    for who, words in (("rae", "There is something new for you to read"), ("maya", "Something waits for your dec")):
        assert words in said(walk.clients[who].get("/tasks/"))
    assert "Nothing" in said(walk.clients["tom"].get("/tasks/"))


def the_person_reads_first_and_a_manager_decides(walk: Walk) -> None:
    """No plan follows before Rae has had the evidence; then Maya goes on to one, with her reason and a fresh code."""
    found, decide = walk.proposal, f"/proposals/{walk.proposal.id}/decide/"
    assert walk.clients["maya"].get(f"/proposals/{found.id}/").status_code == 200
    walk.refused("maya", decide, outcome="proceed", reason=REASON)
    at(date(2026, 11, 17))
    walk.seen_by(f"/to-read/{found.reading_id}/", "rae")
    read = walk.clients["rae"].get(f"/to-read/{found.reading_id}/").content.decode()
    assert found.id not in read
    assert "mprovement plan" not in read
    at(date(2026, 11, 18))
    walk.refused("maya", decide, outcome="proceed", reason="Too few words.")
    walk.does("maya", decide, outcome="proceed", reason=REASON)
    assert (walk.proposal.outcome, walk.proposal.plan_id) == ("proceed", walk.plan.id)
    walk.seen_by(walk.page, "maya", "hana", "hugo")


def a_second_person_approves_the_plan(walk: Walk) -> None:
    """Maya writes it; she cannot approve it, nor can Hana once she has written at it; as Maya wrote it, Hana does."""
    at(date(2026, 11, 19))
    owed = {"owed_0": "Sit in on two calls a week", "by_0": "2026-12-11"}
    walk.does("maya", f"{walk.page}edit/", purpose="To bring calling back to what the team does.", **owed)
    assert [(one.metric, one.is_decisive) for one in walk.plan.content.goals] == [("touches", True)]
    walk.does("maya", f"{walk.page}submit/")
    walk.counts[GATES[4]] += self_approval_is_caught(walk)
    for who in ("maya", "rae", "eve"):
        assert walk.clients[who].get(f"{walk.page}approve/").status_code == 404
        assert walk.clients[who].post(f"{walk.page}approve/", {"shown": walk.plan.content_hash}).status_code == 404
    walk.does("hana", f"{walk.page}approve/")
    walk.seen_by(walk.page, "maya", "hana", "hugo")
    walk.does("maya", f"{walk.page}issue/")
    walk.seen_by(walk.page, "rae", "maya", "hana", "hugo")


def self_approval_is_caught(walk: Walk) -> int:
    """In a copy Hana writes at the plan and approves it by a service that was patched to let her: the log shows it."""
    from courtside.services.plan_ground import ground_of
    from courtside.services.plan_rules import actor_as
    from courtside.services.plan_step import take_in
    from courtside.services.refused import Refused
    from courtside.store import audit
    from courtside.workflow.actors import Part
    from courtside.workflow.events import Approve

    copy = walk.firm.served.copied(walk.folder / "twin")
    try:
        client = stepped_up(copy.client("hana"), "hana")
        done(client, f"{walk.page}edit/", purpose="As HR would put it.")
        done(client, f"{walk.page}submit/")
        assert client.get(f"{walk.page}approve/").status_code == 404
        seen, plan = visit("hana"), walk.plan
        step = Approve(actor_as(seen, Part.HR, plan.manager_id, 4), plan.content_hash)
        with pytest.raises(Refused):
            take_in(ground_of(seen), plan.id, step)
        assert own_approvals(audit.acts())[1] == []
        with walk.monkeypatch.context() as patched:
            patched.setattr("courtside.workflow.beginning.check_second", lambda *_: None)
            take_in(ground_of(seen), plan.id, step)
        found = own_approvals(audit.acts())[1]
    finally:
        walk.firm.served.point()
    assert found == ["approve_plan"]
    return len(found)


def sign(walk: Walk, paper: Document, party: str, comment: str = "") -> None:
    """A party opens a document and acknowledges it."""
    who, where = SIGNERS[party], f"/documents/{paper.id}/"
    walk.does(who, where, "/open/")
    if "/consent/" in walk.clients[who].get(f"{where}sign/").content.decode():
        walk.does(who, f"{where}sign/", "/consent/")
    walk.does(who, f"{where}sign/", name=walk_firm.USERS[who][0], comment=comment)


def three_parties_sign_and_it_is_sealed(walk: Walk) -> None:
    """Rae with a comment, Maya and Hana; the last signature seals, and nobody else ever sees the document."""
    annex, paper = sorted(walk.papers(), key=lambda one: one.template)
    assert (paper.template, paper.parties) == ("improvement_plan", ("rep", "manager", "hr"))
    assert (annex.template, annex.parties, annex.state) == ("evidence_annex", (), "sealed")
    for one in (annex, paper):
        walk.seen_by(f"/documents/{one.id}/", "rae", "maya", "hana", "hugo")
    at(date(2026, 11, 20))
    for party in paper.parties:
        assert walk.paper(paper.id).state != "sealed"
        sign(walk, paper, party, "I was away in two of these weeks." if party == "rep" else "")
    assert walk.paper(paper.id).state == "sealed"
    check_sealed(walk, paper)
    at(date(2026, 11, 30))
    walk.does("maya", f"{walk.page}begin/")
    assert walk.plan.state == "active"


def check_sealed(walk: Walk, paper: Document) -> bytes:
    """The file as its reader gets it: by the register, by itself, by pyHanko and by poppler."""
    pdf: bytes = walk.clients["rae"].get(f"/documents/{paper.id}/pdf/").content
    file = walk.folder / f"{paper.id}.pdf"
    file.write_bytes(pdf)
    (told,) = walk.rows("documents", "certificate", "--out", walk.folder / "authority.pem")
    walk.run("documents", "verify", file)
    walk.run("documents", "verify", file, "--fingerprint", told["fingerprint"])
    assert by_pyhanko(pdf, (walk.folder / "authority.pem").read_bytes(), walk.firm.served.clock.now()).bottom_line
    poppler = by_poppler(file)
    assert "Signature is Valid." in poppler, poppler
    assert "Total document signed" in poppler
    walk.counts[GATES[7]] += 1
    return pdf


def by_pyhanko(pdf: bytes, certificate: bytes, moment: datetime) -> Any:
    """What pyHanko says of the seal, asked directly."""
    from asn1crypto import pem
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    roots = [Certificate.load(pem.unarmor(certificate)[2])]
    context = ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False)
    (seal,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(seal, context)


def a_late_manager_is_told_to_hr_once(walk: Walk) -> None:
    """The first check-in passes, and the worker was down for ten days: HR is told once, and answers."""
    from courtside.store import audit

    at(date(2026, 12, 10))
    walk.does("maya", f"{walk.page}owed/", done_on="2026-12-10")
    first = walk.plan.check_ins[0].due_on
    assert first == date(2026, 12, 14)
    assert verbs()["escalate_plan"] == 0
    at(first + timedelta(days=10))
    for _ in range(3):
        walk.rows("work", "--once")
    late = [one.detail for one in audit.acts("escalate_plan") if one.detail["about"] == first.isoformat()]
    assert len(late) == 1
    assert late[0]["about"] == first.isoformat()
    for who in ("hana", "hugo"):
        assert said(walk.clients[who].get("/tasks/")).count("A date has passed 14 Dec 2026") == 1, who
    walk.counts[GATES[6]] += len(late)
    assert walk.plan.state == "active", "nothing moves by itself"
    walk.does("hana", f"{walk.page}answer/", key=str(late[0]["key"]), reason="Spoken to; they meet today.")


def check_ins_are_held(walk: Walk) -> None:
    """The late one and the others, each with a note that both sign."""
    held = {one.due_on: max(one.due_on, date(2026, 12, 24)) for one in walk.plan.check_ins}
    for due, day in held.items():
        at(max(day, due))
        walk.does("maya", f"{walk.page}check-in/", due_on=str(due), held_on=str(day), notes="Calls are still half.")
    assert all(one.held_on for one in walk.plan.check_ins)
    notes = [one for one in walk.papers() if one.template == "check_in_note"]
    assert len(notes) == len(held) == 4


def it_is_determined_by_a_second_person(walk: Walk) -> None:
    """The records of the plan come in; Maya prepares, cannot decide, and Hugo does, for exactly what he was shown."""
    walk.firm.bring(walk_firm.MONDAY, date(2027, 2, 1))
    at(date(2027, 2, 1))
    walk.does("maya", f"{walk.page}prepare/", outcome=OUTCOME, reason=ENDS)
    prepared = walk.plan.determination
    assert prepared is not None
    assert [str(one.verdict) for one in prepared.judged] == ["not_met"]
    asked = {"shown": walk.plan.asked_hash}
    for who in ("maya", "rae", "eve"):
        assert walk.clients[who].post(f"{walk.page}determine/", asked).status_code == 404
    other = walk.clients["hugo"].post(f"{walk.page}determine/", {"shown": "0" * 64})
    assert other.status_code == 400
    at(date(2027, 2, 2))
    assert walk.plan.state == "determining"
    decides_with_a_code(walk, "hugo", f"{walk.page}determine/")
    decided = walk.plan.determination
    assert decided is not None
    assert decided.approved_by is not None
    assert (walk.plan.state, decided.approved_by.username, str(decided.outcome)) == ("determined", "hugo", OUTCOME)


def decides_with_a_code(walk: Walk, who: str, where: str) -> None:
    """The code was typed too long ago by the time the form is sent: a wrong one changes nothing, the right one does."""
    client, before = walk.clients[who], walk.plan
    (form,) = [one for one in forms_of(client.get(where), where) if one.action.endswith(where)]
    stepped_up(client, who, age_s=301)
    asked = client.post(form.action, form.fields)
    for code in ("000000", code_at(time.time())):
        assert asked.status_code == 403
        assert walk.plan == before, "nothing is done without a fresh code"
        (again,) = [one for one in forms_of(asked, where) if "step_up_code" in one.names]
        asked = client.post(again.action, {**again.fields, "step_up_code": code})
    assert asked.status_code == 302, said(asked)
    walk.counts[GATES[0]] += 1


def letters_are_signed_and_it_is_closed(walk: Walk) -> None:
    """Every document is signed by its parties and sealed; the letter arrives; HR closes."""
    at(date(2027, 2, 3))
    for paper in walk.papers():
        for party in paper.parties if paper.state != "sealed" else ():
            sign(walk, paper, party)
    walk.rows("work", "--once")
    assert {one.state for one in walk.papers()} == {"sealed"}
    assert {"determination", OUTCOME, "check_in_note", "improvement_plan"} <= {one.template for one in walk.papers()}
    for paper in walk.papers():
        if paper.template in ("determination", OUTCOME):
            check_sealed(walk, paper)
    walk.does("hana", f"{walk.page}letter/")
    walk.does("hana", f"{walk.page}close/")
    assert walk.plan.state == "closed"
    walk.seen_by(f"/plans/{walk.plan.id}/", "rae", "maya", "hana", "hugo")


def the_file_is_taken_out(walk: Walk) -> bytes:
    """HR takes the file on the page, Rae hers by her token; each holds by the program that travels with it."""
    from courtside.services.document_verifier import faults
    from courtside.services.make_token import make_token

    walk.seen_by(f"/file/{RAE}/", "rae", "hana", "hugo")
    reply = send(walk.clients["hana"], f"/file/{RAE}/", "/take/")
    walk.counts[GATES[0]] += 1
    assert reply.status_code == 200
    content: bytes = reply.content
    walk.monkeypatch.setenv(
        "COURTSIDE_TOKEN", make_token(visit("rae").viewer, walk.firm.served.caller, "host", 30)
    )  # fmt: skip
    walk.run("file", RAE, "--out", walk.folder / "own.zip", "--as", "rae")
    for one in (content, (walk.folder / "own.zip").read_bytes()):
        assert list(faults(one)) == []
        with zipfile.ZipFile(BytesIO(one)) as file:
            assert sum(name.endswith("-sealed.pdf") for name in file.namelist()) == len(walk.papers())
    return content


def nothing_was_said_aside(walk: Walk) -> None:
    """No message says what it is about; the log holds every verb of the walk, and neither names nor reasons."""
    rows = _read(walk, "SELECT words, path FROM store_outboxrow")
    assert {len(row) for row in rows} == {2}
    text = "\n".join(f"{words} {path}" for words, path in rows)
    for word in (*walk_firm.NAMES.values(), "improvement", "determin", "closing", "touches", "remov", RAE):
        assert word.lower() not in text.lower(), word
    walk.counts[GATES[5]] += len(rows)
    done_so_far = verbs()
    once = ("approve_rule", "switch_on_rule", "propose", "decide_proposal", "approve_plan", "issue_plan", "begin_plan",
            "answer_escalation", "prepare_determination", "determine_plan", "deliver_follow_up",
            "close_plan")  # fmt: skip
    assert {verb: done_so_far[verb] for verb in once} == dict.fromkeys(once, 1)
    assert done_so_far["sign_document"] == sum(len(one.parties) for one in walk.papers())
    assert done_so_far["seal_document"] == len(walk.papers())
    details = "\n".join(row[0] for row in _read(walk, "SELECT detail FROM store_event"))
    for word in (*walk_firm.NAMES.values(), REASON, ENDS, "I was away in two", "Calls are still half"):
        assert word not in details, word
    walk.rows("audit", "verify")


def _read(walk: Walk, statement: str) -> list[Any]:
    with sqlite3.connect(walk.firm.root / "app.sqlite3") as database:
        found = database.execute(statement).fetchall()
    database.close()
    return found


# flips --------------------------------------------------------------------------------------------------------------


def every_flip_is_found(walk: Walk, content: bytes) -> None:
    """One byte in each kind of thing that is kept, many times over, by whoever owns the database: each is found."""
    from courtside.services.document_verifier import faults
    from courtside.services.recompute_proposal import recompute
    from courtside.services.verify_document import verify_document, verify_offline
    from courtside.store import documents, plans

    chance, served = random.Random(20270203), walk.firm.served
    (told,) = walk.rows("documents", "certificate")
    for paper in walk.papers():
        pdf = documents.file(paper.id, "sealed")
        assert pdf is not None
        assert verify_document(served.workspace, pdf).valid
        for copy in flips(pdf, chance, 3):
            assert not verify_document(served.workspace, copy).valid
            assert not verify_offline(copy, (told["fingerprint"],)).valid
            walk.counts[GATES[8]] += 1
    for copy in flips(content, chance, FLIPS * 2):
        assert list(faults(copy))
        walk.counts[GATES[13]] += 1
    plan = walk.plan.id
    checks: tuple[tuple[str, str, str, Callable[[], bool]], ...] = (
        (GATES[9], "store_proposal", "evidence", lambda: recompute(walk.proposal).is_same),
        (GATES[10], "store_planevent", "body", lambda: not plans.problems(plan)),
        (GATES[11], "store_event", "detail", lambda: walk.firm.run("audit", "verify").status == 0),
        (GATES[12], "store_document", "data", lambda: not any(documents.problems(one.id) for one in documents.every())),
    )
    for gate, table, column, holds in checks:
        assert holds(), table
        for _ in range(FLIPS):
            with flipped_row(walk.firm.root, table, column, chance):
                assert not holds(), table
                walk.counts[gate] += 1
        assert holds(), table
