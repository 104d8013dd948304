"""Rae's cases in every state, made as people make them, with a secret word in every text somebody writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tests.cases import planned
from tests.cases.planned import SPRING, at, now, session, visit
from tests.cases.signing_desk import Desk, start_document
from tests.serving import Served

if TYPE_CHECKING:
    from courtside.services.plan_content import PlanWritten
    from courtside.workflow.record import Plan

COACHING, IMPROVEMENT = "coaching", "improvement"
WITNESSES = ("otto", "eve")
"""Who attest that Rae was given the document she declined to sign."""
MAKERS = ("maya", "hana")
"""Who write and handle what is about Rae."""


def word(key: str) -> str:
    """The secret of a text: it stands on no page but where the text is shown."""
    return "Zq" + "".join(chr(ord("a") + byte % 26) for byte in sha256(key.encode()).digest()[:11])


@dataclass
class Secrets:
    """Every text written so far, by its key, and who may come by it now."""

    readers: dict[str, set[str]] = field(default_factory=dict)

    def say(self, key: str, *readers: str) -> str:
        """A text that holds the secret of a key."""
        self.readers[key] = set(readers)
        return f"It was said that {word(key)} is so."

    def tell(self, prefix: str, *readers: str) -> None:
        """From now on these, too, may read what was written under keys that begin so."""
        for key, who in self.readers.items():
            if key.startswith(prefix):
                who |= set(readers)

    def untell(self, prefix: str, *readers: str) -> None:
        """What was written under keys that begin so is no longer theirs."""
        for key, who in self.readers.items():
            if key.startswith(prefix):
                who -= set(readers)

    def kept_from(self, identity: str) -> dict[str, str]:
        """The secrets an identity must not come by: word -> key."""
        return {word(key): key for key, who in self.readers.items() if identity not in who}


@dataclass(frozen=True)
class Case:
    """One thing with addresses of its own, and the state it is in."""

    what: str
    kind: str
    state: str
    id: str
    form: str = ""
    """Of a document: which it is."""
    scan: int = 0
    """Of a document: the number of a scan that is kept with it; 0 for none."""


@dataclass(frozen=True)
class Moment:
    """What has changed since the moment before, and the plans there are."""

    name: str
    cases: tuple[Case, ...]


class Record:
    """Everything about Rae that becomes a case, one moment after the other."""

    def __init__(self, served: Served) -> None:
        self.served, self.secrets = served, Secrets()
        self.rae = served.people["rae"]
        self.plans: dict[str, Plan] = {}

    def moments(self) -> Iterator[Moment]:
        """One after the other; each is what there is until the next is asked for."""
        at(SPRING.date())
        yield from self._coaching()
        at(SPRING.date())
        yield from self._improvement()
        yield from self._later_ones()
        yield from self._proposals()

    def _moment(self, name: str, *plans: Plan) -> Moment:
        cases = [case for plan in plans for case in (_plan_case(name, now(plan)), *_papers(now(plan)))]
        return Moment(name, tuple(cases))

    # coaching plans, one in each state ------------------------------------------------------------------

    def _coaching(self) -> Iterator[Moment]:
        drafts = {state: self._coached(state) for state in COACHING_STATES}
        for state, plan in drafts.items():
            if state not in ("draft", "withdrawn"):
                self._issue_coaching(state, plan)
        first = next(iter(drafts.values())).content.starts_on
        at(first)
        for state, plan in drafts.items():
            COACHING_STATES[state](self, state, plan)
        for state, plan in drafts.items():
            yield self._moment(state, plan)

    def _coached(self, state: str) -> Plan:
        from courtside.services.open_plan import open_plan
        from courtside.store import plans

        key = f"coaching-{state}"
        made = open_plan(visit("maya"), self.rae, self._written(key, *MAKERS, "gwen"))
        found = plans.plan(made)
        assert found is not None
        return found

    def _written(self, key: str, *readers: str) -> PlanWritten:
        from courtside.services.plan_content import OwedWritten

        today = visit("maya").today
        owed = (OwedWritten(self.secrets.say(f"{key}-owed", *readers), today + timedelta(days=21)),)
        return planned.written(today, purpose=self.secrets.say(f"{key}-purpose", *readers), owed=owed)

    def _issue_coaching(self, state: str, plan: Plan) -> None:
        from courtside.services.issue_plan import issue_plan

        issue_plan(visit("maya"), plan.id)
        self.secrets.tell(f"coaching-{state}-", "rae")
        if state not in ("issued", "cancelled"):
            planned.signed(now(plan), "rae", "maya")

    def begun(self, state: str, plan: Plan) -> None:
        """A coaching plan begins, and its first check-in is noted."""
        from courtside.services.begin_plan import begin_plan
        from courtside.services.record_check_in import record_check_in

        begin_plan(visit("maya"), plan.id)
        if state == "active":
            self._desk_of_start(plan)
            due = now(plan).check_ins[0].due_on
            note = self.secrets.say("coaching-active-note", *MAKERS, "gwen", "rae")
            record_check_in(visit("maya"), plan.id, due, visit("maya").today, note)

    def _desk_of_start(self, plan: Plan) -> None:
        """Rae puts her own account beside it."""
        from courtside.services.plan_statement import write_statement

        write_statement(visit("rae"), plan.id, self.secrets.say("coaching-active-said", *MAKERS, "gwen", "rae"))

    def rests(self, state: str, plan: Plan) -> None:
        """It begins, and rests."""
        from courtside.services.pause_plan import pause_plan
        from courtside.workflow.events import Leave

        self.begun(state, plan)
        pause_plan(visit("maya"), plan.id, Leave.LEAVE, visit("maya").today)

    def prepared(self, state: str, plan: Plan) -> None:
        """It begins, and its end is prepared."""
        from courtside.services.prepare_determination import Prepared, prepare_determination
        from courtside.workflow.events import Outcome

        self.begun(state, plan)
        reason = self.secrets.say(f"coaching-{state}-reason", *MAKERS, "gwen")
        prepare_determination(visit("maya"), plan.id, Prepared(Outcome.RELEASED, reason))

    def decided(self, state: str, plan: Plan) -> None:
        """Its end is decided."""
        from courtside.services.determine_plan import determine_plan

        self.prepared(state, plan)
        determine_plan(visit("maya"), plan.id, now(plan).asked_hash, session("maya"))
        self.secrets.tell(f"coaching-{state}-", "rae")

    def closed(self, state: str, plan: Plan) -> None:
        """It is over."""
        from courtside.services.close_plan import close_plan, deliver_follow_up
        from courtside.store import documents

        self.decided(state, plan)
        letter = next(one.id for one in documents.of_plan(plan.id) if one.template == "release")
        deliver_follow_up(visit("maya"), plan.id, letter, None)
        close_plan(visit("maya"), plan.id, None)

    def given_up(self, state: str, plan: Plan) -> None:
        """It is given up, handed out or not."""
        from courtside.services.cancel_plan import cancel_plan

        has_it = {"rae"} if state == "cancelled" else set[str]()
        reason = self.secrets.say(f"coaching-{state}-why", *MAKERS, "gwen", *has_it)
        cancel_plan(visit("maya"), plan.id, reason)

    def nothing(self, state: str, plan: Plan) -> None:
        """It stays as it is."""

    # the improvement plan, through every state ------------------------------------------------------------

    def _improvement(self) -> Iterator[Moment]:
        from courtside.services.approve_plan import approve_plan, return_plan
        from courtside.services.issue_plan import issue_plan
        from courtside.services.submit_plan import submit_plan

        plan = planned.improvement(self.served, **_changed(self._written("improvement", *MAKERS)))
        yield self._moment("draft", plan)
        submit_plan(visit("maya"), plan.id)
        return_plan(visit("hana"), plan.id, self.secrets.say("improving-return", *MAKERS))
        submit_plan(visit("maya"), plan.id)
        yield self._moment("draft", plan)
        approve_plan(visit("hana"), plan.id, now(plan).content_hash, session("hana"))
        yield self._moment("approved", plan)
        issue_plan(visit("maya"), plan.id)
        self.secrets.tell("improvement-", "rae")
        yield self._moment("issued", plan)
        yield from self._signed(plan)
        yield from self._run(plan)
        yield from self._ended(plan)

    def _signed(self, plan: Plan) -> Iterator[Moment]:
        from courtside.services.plan_statement import write_statement
        from courtside.store import documents

        desk, all_of_them = Desk(self.served, start_document(plan).id), (*MAKERS, "rae")
        self._ok(desk.decline("rae", self.secrets.say("improvement-declined", *all_of_them)))
        write_statement(visit("rae"), plan.id, self.secrets.say("improvement-said", *all_of_them))
        for by, name in zip(MAKERS, WITNESSES, strict=True):
            self._ok(desk.name_witness(by, name))
        yield self._moment("issued", plan)
        for name in WITNESSES:
            self._ok(desk.attest(name, "rep"))
        for name in MAKERS:
            self._ok(desk.sign(name, self.secrets.say(f"improvement-{name}", *all_of_them)))
        assert desk.document.state == documents.SEALED
        yield self._moment("issued", plan)

    def _run(self, plan: Plan) -> Iterator[Moment]:
        from courtside.services.begin_plan import begin_plan
        from courtside.services.extend_plan import extend_plan, propose_extension
        from courtside.services.pause_plan import pause_plan, resume_plan
        from courtside.services.record_check_in import record_check_in
        from courtside.workflow.events import Leave

        at(plan.content.starts_on)
        begin_plan(visit("maya"), plan.id)
        first = now(plan).check_ins[0].due_on
        at(first)
        note = self.secrets.say("improvement-note", *MAKERS, "rae")
        record_check_in(visit("maya"), plan.id, first, first, note)
        self._on_paper(plan)
        yield self._moment("active", plan)
        pause_plan(visit("hana"), plan.id, Leave.LEAVE, first)
        yield self._moment("paused", plan)
        resume_plan(visit("maya"), plan.id)
        until = now(plan).last_on + timedelta(days=7)
        propose_extension(visit("maya"), plan.id, until, (), self.secrets.say("extension-why", *MAKERS))
        yield self._moment("active", plan)
        extend_plan(visit("hana"), plan.id, now(plan).asked_hash, session("hana"))
        self.secrets.tell("extension-", "rae")
        yield self._moment("active", plan)

    def _on_paper(self, plan: Plan) -> None:
        """Rae signs the note by hand, and HR keeps the scan."""
        from django.core.files.uploadedfile import SimpleUploadedFile
        from tests.cases.signing_desk import bound

        from courtside.store import documents

        note = next(one for one in documents.of_plan(plan.id) if one.template == "check_in_note")
        desk = Desk(self.served, note.id)
        client = desk.ready("hana", consents=False)
        said = self.secrets.say("improvement-scan", *MAKERS, "rae")
        scan = SimpleUploadedFile("scan.pdf", f"%PDF-1.7 {said} %%EOF".encode(), "application/pdf")
        told = {**bound(client.get(desk.at("paper"))), "party": "rep", "scan": scan}
        self._ok(client.post(desk.at("paper"), told))

    def _ended(self, plan: Plan) -> Iterator[Moment]:
        from courtside.services.approve_plan import return_plan
        from courtside.services.close_plan import close_plan, deliver_follow_up
        from courtside.services.determine_plan import determine_plan
        from courtside.services.prepare_determination import Prepared, prepare_determination
        from courtside.store import documents
        from courtside.workflow.events import Outcome

        at(now(plan).last_on + timedelta(days=1))
        before = Prepared(Outcome.RELEASED, self.secrets.say("determining-before", *MAKERS))
        prepare_determination(visit("maya"), plan.id, before)
        yield self._moment("determining", plan)
        return_plan(visit("hana"), plan.id, self.secrets.say("determining-return", *MAKERS))
        reason = self.secrets.say("determined-reason", *MAKERS)
        prepare_determination(visit("maya"), plan.id, Prepared(Outcome.RELEASED, reason))
        yield self._moment("determining", plan)
        determine_plan(visit("hana"), plan.id, now(plan).asked_hash, session("hana"))
        self.secrets.tell("determined-", "rae")
        yield self._moment("determined", plan)
        letter = next(one.id for one in documents.of_plan(plan.id) if one.template == "release")
        deliver_follow_up(visit("maya"), plan.id, letter, None)
        close_plan(visit("hana"), plan.id, None)
        yield self._moment("closed", plan)

    def _later_ones(self) -> Iterator[Moment]:
        """One written anew after it was handed out; one handed out and given up; and one Rae never had."""
        from courtside.services.cancel_plan import cancel_plan
        from courtside.services.edit_plan import edit_plan

        second = planned.issued(planned.improvement(self.served, **_changed(self._written("second", *MAKERS))))
        self.secrets.tell("second-", "rae")
        yield self._moment("issued", second)
        edit_plan(visit("hana"), second.id, self._written("anew", *MAKERS), second.version)
        yield self._moment("anew", second)
        cancel_plan(visit("hana"), second.id, self.secrets.say("anew-why", *MAKERS))
        third = planned.issued(planned.improvement(self.served, **_changed(self._written("third", *MAKERS))))
        self.secrets.tell("third-", "rae")
        cancel_plan(visit("hana"), third.id, self.secrets.say("third-why", *MAKERS, "rae"))
        yield self._moment("cancelled", third)
        fourth = planned.improvement(self.served, **_changed(self._written("fourth", *MAKERS)))
        cancel_plan(visit("maya"), fourth.id, self.secrets.say("fourth-why", *MAKERS))
        yield self._moment("withdrawn", fourth)

    # proposals, before and after they are decided -----------------------------------------------------------

    def _proposals(self) -> Iterator[Moment]:
        """Rules propose something about Rae, and what they propose is decided in every way."""
        from tests.cases.proposing import about_rae, propose_all
        from tests.serving import NOW

        at(NOW.date())
        propose_all(self.served)
        for kind in (COACHING, IMPROVEMENT):
            like = about_rae(self.served, f"{kind}_plan")
            cases = [self._decided(kind, like, state) for state in PROPOSAL_STATES if kind in PROPOSAL_STATES[state]]
            yield Moment("proposals", tuple(case for found in cases for case in found))

    def _decided(self, kind: str, like: Any, state: str) -> Sequence[Case]:
        from tests.cases.proposing import another, proof

        from courtside.services.decide_proposal import Choice, decide_proposal
        from courtside.store import proposals

        found = another(self.served, like, f"zebra_{kind}_{state}")
        if state == "withdrawn":
            assert proposals.withdraw(found.id, self.served.clock.now())
        elif state != "open":
            assert self.served.client("rae").get(f"/to-read/{found.reading_id}/").status_code == 200
            assert self.served.client("hana").get(f"/proposals/{found.id}/").status_code == 200
            has_it = {"rae"} if state == "decline" else set[str]()
            reason = self.secrets.say(f"proposal-{kind}-{state}", *MAKERS, "ari", *has_it)
            until = self.served.clock.now().date() + timedelta(days=18) if state == "defer" else None
            decide_proposal(visit("hana"), found.id, Choice(state, reason, until), proof())
            if state in ("proceed", "coach"):
                self.secrets.tell(f"proposal-{kind}-{state}", "gwen")
        return Case("proposal", kind, state, found.id), Case("reading", kind, state, found.reading_id)

    def _ok(self, answer: Any) -> None:
        assert answer.status_code == 302, answer.content.decode()[-2500:]


PROPOSAL_STATES = {
    "open": (COACHING, IMPROVEMENT), "defer": (IMPROVEMENT,), "decline": (COACHING, IMPROVEMENT),
    "proceed": (COACHING,), "coach": (IMPROVEMENT,), "withdrawn": (IMPROVEMENT,),
}  # fmt: skip
"""What becomes of a proposal, and of what kinds it is tried."""
Step = Callable[[Record, str, Any], None]
COACHING_STATES: dict[str, Step] = {
    "draft": Record.nothing, "withdrawn": Record.given_up, "issued": Record.nothing, "active": Record.begun,
    "paused": Record.rests, "determining": Record.prepared, "determined": Record.decided, "closed": Record.closed,
    "cancelled": Record.given_up,
}  # fmt: skip


def _changed(written: PlanWritten) -> dict[str, Any]:
    return {"purpose": written.purpose, "owed": written.owed}


def _plan_case(name: str, plan: Plan) -> Case:
    expected = {"withdrawn": "cancelled", "anew": "draft"}.get(name, name)
    assert plan.state.value == expected, (plan.state, name)
    return Case("plan", plan.kind.value, name, plan.id)


def _papers(plan: Plan) -> Iterator[Case]:
    """The documents of a plan: a document that was put aside before anybody had it is `unseen`."""
    from courtside.services.document_signing import signing_of
    from courtside.store import documents

    for one in documents.of_plan(plan.id):
        signing = signing_of(one)
        assert signing is not None
        state = "unseen" if one.state == "superseded" and signing.issued_at is None else one.state
        scan = next((held.number for held in documents.files(one.id) if held.kind == "scan"), 0)
        yield Case("document", plan.kind.value, state, one.id, one.template, scan)
