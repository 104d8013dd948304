"""Every address of a case x everybody x every state: who gets in is what the reviewed table says, and nobody else.

The table is `case_matrix.csv`, written from the table of roles; `~` stands before those who may come in, depending on
what is left to do. Whoever is in no line of it finds what they would find at an address of nothing.
"""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.serving import CAST, NOW, FrozenTime, Served
from tests.trust.case_states import Case, Moment, Record
from tests.visits import IDENTITIES, NOBODY, bare

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

GATES = (
    "doors of cases tried", "doors of cases that are open to somebody", "forbidden cases equal to missing ones",
    "states of cases", "pages of cases searched for secrets", "open doors of cases found", "scans of cases opened",
    "outsiders at addresses of cases", "seed of who was tried at doors of cases",
)  # fmt: skip
TABLE = Path(__file__).with_name("case_matrix.csv")
MISSING = "AAAAAAAAAAAA"
VERBS = (
    "edit", "submit", "approve", "return", "issue", "begin", "check-in", "owed", "pause", "resume", "more-time",
    "extend", "hand-over", "answer", "prepare", "determine", "letter", "close", "cancel",
)  # fmt: skip
"""Of plans: each has an address of its own."""
ADDRESSES: dict[str, Mapping[str, str]] = {
    "plan": {
        "plan": "/plans/{id}/", "plan_sheet": "/plans/{id}/print/", "plan_account": "/plans/{id}/account/",
        "hr_case": "/hr/cases/{id}/",
        **{verb: f"/plans/{{id}}/{verb}/" for verb in VERBS},
    },
    "document": {
        "document": "/documents/{id}/", "document_pdf": "/documents/{id}/pdf/",
        "document_scan": "/documents/{id}/scans/{scan}/", "document_open": "/documents/{id}/open/",
        "document_statement": "/documents/{id}/statement/", "document_consent": "/documents/{id}/consent/",
        "document_sign": "/documents/{id}/sign/", "document_decline": "/documents/{id}/decline/",
        "document_paper": "/documents/{id}/paper/", "document_witness": "/documents/{id}/witness/",
        "document_name_witness": "/documents/{id}/witnesses/",
    },
    "proposal": {
        "proposal": "/proposals/{id}/", "proposal_rows": "/proposals/{id}/rows/",
        "proposal_check": "/proposals/{id}/check/", "proposal_decide": "/proposals/{id}/decide/",
    },
    "reading": {"to_read": "/to-read/{id}/"},
}  # fmt: skip
"""Every address of a kind of case, by its name."""
BY_A_DUTY = frozenset({"hr_case"})
"""Addresses at which the duty is asked for before the case."""
TAKEN_AS_SENT = frozenset({"document_open", "document_consent", "proposal_check"})
"""What is done by the mere sending: those who may are not made to do it here."""
ALWAYS = frozenset({"plan", "document", "proposal", "to_read"})
"""At these everybody is tried in every state; at the others all who are let in, and of those who are not some."""
OUTSIDERS = ("tom", "eve", "ada", "ola", "ari", "otto", NOBODY)
"""A peer, every duty that is not HR's, a stranger, and somebody who is not signed in."""
ONE_DOOR = (
    ("edit", "submit"), ("begin", "check-in", "owed", "pause", "resume", "more-time", "prepare"),
    ("letter", "close", "cancel"), ("document_sign", "document_decline"),
)  # fmt: skip
"""Steps behind the same door: each is tried by everybody in every state in tests/cases/test_plans_matrix.py."""
SEED = int(os.environ.get("COURTSIDE_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
"""By which those are drawn who are kept out; printed as a gate, and given as COURTSIDE_SEED to try the same again."""
NOTHING_SENT = {"seen": "0", "shown": "0" * 64, "reason": "", "version": "none"}
"""What nobody could mean: a page that was never shown, and words that are not there."""


@dataclass(frozen=True)
class Line:
    """Who comes in at one address in one state: `in_` surely, `maybe` depending on what is left to do."""

    in_: frozenset[str]
    maybe: frozenset[str]
    is_no_method: bool


def table() -> Mapping[tuple[str, str, str, str], Line]:
    """The reviewed table, a line each for an address, a method, a kind and a state; `*` stands for all."""
    found: dict[tuple[str, str, str, str], Line] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = row["in"].split()
            sure = frozenset(one for one in names if one[0] != "~" and one != "405")
            line = Line(sure, frozenset(one[1:] for one in names if one[0] == "~"), names == ["405"])
            for address in row["address"].split():
                for method in row["method"].split():
                    for kind in ("improvement", "coaching") if row["kind"] == "*" else (row["kind"],):
                        for state in row["states"].split():
                            key = (address, method, kind, state)
                            assert key not in found, f"{key} stands in the table twice"
                            found[key] = line
    return found


@dataclass
class Tried:
    """What came of trying every door."""

    wrong: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    states: set[tuple[str, str, str]] = field(default_factory=set)
    used: set[tuple[str, str, str, str]] = field(default_factory=set)
    seen: set[tuple[str, str]] = field(default_factory=set)
    """Who was tried at which address; those behind the same door count as one."""
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number


class Doors:
    """Everybody before every door."""

    def __init__(self, record: Record) -> None:
        self.record, self.expected, self.tried = record, table(), Tried()
        self.clients: Mapping[str, Client] = {
            one: record.served.client(None if one == NOBODY else one) for one in IDENTITIES
        }
        self._before: set[tuple[str, str, str, bool]] = set()
        self._missing: dict[tuple[str, str], bytes] = {}
        self._dice = random.Random(SEED)  # noqa: S311  (who is tried, no secret)
        self._turns: dict[str, int] = {}
        self._state = 0

    def go_through(self, moment: Moment) -> None:
        """Try whatever is in a state it was not in before; of what was in it, its page once more."""
        has_it = moment.name not in ("draft", "approved", "withdrawn", "anew")
        for case in moment.cases:
            seen = (case.what, case.form, f"{case.kind} {case.state}{' with a scan' * bool(case.scan)}", has_it)
            if seen not in self._before:
                self.tried.states.add((case.what, case.kind, case.state))
                self.try_case(case)
            elif case.what == "plan":
                self._try_address(case, "plan", ADDRESSES["plan"]["plan"], ("get",))
            self._before.add(seen)

    def try_case(self, case: Case) -> None:
        """Every address of one case, looked at and sent to."""
        for address, pattern in self._addresses(case):
            self._try_address(case, address, pattern, ("get", "post"))

    def _try_address(self, case: Case, address: str, pattern: str, methods: Sequence[str]) -> None:
        """Whoever may come in, by every way that is different; and of those who may not whom the dice name."""
        lines = {method: self._line(address, method, case) for method in methods}
        is_one = len(set(lines.values())) == 1 and len(lines) > 1 and address not in TAKEN_AS_SENT
        by = {one: self._dice.choice(methods) for one in IDENTITIES} if is_one else {}
        for method, line in lines.items():
            if line is None:
                self.tried.wrong.append(f"{address} {method} {case.kind} {case.state}: no line in the table")
                continue
            let_in = [one for one in IDENTITIES if one in line.in_ | line.maybe and by.get(one, method) == method]
            if address == "plan_account":  # sent without words it is the page of the plan, which all of these have seen
                let_in = [one for one in let_in if one in line.in_] or let_in[:1]
            shut = self._kept_out(case, address, method, line) if method == "get" or not is_one else ()
            for identity in (*(() if method == "post" and address in TAKEN_AS_SENT else let_in), *shut):
                self._try(case, address, pattern, method, identity, line)
                self.tried.seen.add((self.door(address), identity))

    def _kept_out(self, case: Case, address: str, method: str, line: Line) -> Sequence[str]:
        """Who of those that are not let in is tried at a door: at what is always tried everybody, else one outsider,
        in turn from where the dice say, and at what is looked at one of those to whom some case is open."""
        let_in = line.in_ | line.maybe
        if method == "get" and address in ALWAYS and (address != "document" or self._is_first(case)):
            return [one for one in IDENTITIES if one not in let_in]
        door = self.door(address)
        turn = self._turns[door] = self._turns.get(door, self._dice.randrange(len(OUTSIDERS))) + 1
        chosen = {OUTSIDERS[turn % len(OUTSIDERS)]}
        if method == "get" and not line.is_no_method:
            chosen.add(self._dice.choice(sorted(set(IDENTITIES) - set(OUTSIDERS))))
        return sorted(chosen - let_in)

    def _is_first(self, case: Case) -> bool:
        """Whether it is the first document in such a state."""
        return (case.what, case.kind, case.state) not in {
            (what, *state.split()[:2]) for what, form, state, _ in self._before if form != case.form
        }

    @staticmethod
    def door(address: str) -> str:
        """Addresses behind the same door count as one."""
        return next((group[0] for group in ONE_DOOR if address in group), address)

    def _addresses(self, case: Case) -> Iterator[tuple[str, str]]:
        """The addresses of a case; of steps behind one door, one a state, in turn."""
        self._state += 1
        kept = {group[self._state % len(group)] for group in ONE_DOOR}
        left_out = {one for group in ONE_DOOR for one in group} - kept
        return ((name, at) for name, at in ADDRESSES[case.what].items() if name not in left_out)

    def _line(self, address: str, method: str, case: Case) -> Line | None:
        if (address, method) == ("document_scan", "get") and not case.scan:
            return Line(frozenset(), frozenset(), is_no_method=False)
        for state in (case.state, "*"):
            key = (address, method, case.kind, state)
            if key in self.expected:
                self.tried.used.add(key)
                return self.expected[key]
        return None

    def _try(self, case: Case, address: str, pattern: str, method: str, identity: str, line: Line) -> None:  # noqa: PLR0913, PLR0917
        answer = self._answer(identity, method, pattern.format(id=case.id, scan=case.scan or 1))
        body, at = bare(answer), f"{address} {method} {case.kind} {case.state} {identity}"
        self.tried.count("tried")
        self._search(at, identity, body)
        found = "in" if answer.status_code not in (404, 405) else str(answer.status_code)
        if identity == NOBODY:
            self._nobody(at, case, answer)
        elif line.is_no_method or found == "405":
            if found == "in" or not line.is_no_method:
                self.tried.wrong.append(f"{at}: {answer.status_code}")
        elif answer.status_code >= 500 or (found == "in") != (identity in line.in_) and identity not in line.maybe:
            self.tried.wrong.append(f"{at}: {answer.status_code}")
        elif found == "in":
            self.tried.count("open")
            self.tried.count(address)
        elif not self._is_as_missing(
            self._bare(body, case.id), pattern if address in BY_A_DUTY else case.what, identity
        ):
            self.tried.wrong.append(f"{at}: not what there is at an address of nothing")
        else:
            self.tried.count("equal")

    def _nobody(self, at: str, case: Case, answer: HttpResponse) -> None:
        if answer.status_code != 302 or not answer["Location"].startswith("/account/sign-in/"):
            self.tried.wrong.append(f"{at}: {answer.status_code}, and no door")
        del case

    def _answer(self, identity: str, method: str, path: str) -> HttpResponse:
        client = self.clients[identity]
        client.raise_request_exception = False
        answer: HttpResponse = client.get(path) if method == "get" else client.post(path, NOTHING_SENT)
        return answer

    def _is_as_missing(self, body: bytes, of: str, identity: str) -> bool:
        """Whether a page is what somebody finds where there is nothing; what they found before is remembered, and
        asked for anew where it differs, for their menu may have changed."""
        if self._missing.get((of, identity)) != body:
            pattern = next(iter(ADDRESSES[of].values())) if of in ADDRESSES else of
            gone = self._answer(identity, "get", pattern.format(id=MISSING))
            assert gone.status_code == 404
            self._missing[of, identity] = self._bare(bare(gone), MISSING)
        return self._missing[of, identity] == body

    @staticmethod
    def _bare(body: bytes, id_: str) -> bytes:
        return body.replace(id_.encode(), b"ID")

    def _search(self, at: str, identity: str, body: bytes) -> None:
        self.tried.count("searched")
        if b"Zq" not in body:
            return
        text = body.decode("utf-8", "replace")
        found = [key for word, key in self.record.secrets.kept_from(identity).items() if word in text]
        if found:
            self.tried.told.append(f"{at}: {found}")


@pytest.fixture(scope="module")
def tried(untouched_firm: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Every door of every case in every state tried by everybody, in a copy of the firm."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("courtside.services.caller.datetime", FrozenTime)
        untouched_firm.point()
        record = Record(untouched_firm.copied(tmp_path_factory.mktemp("cases") / "firm"))
        doors = Doors(record)
        for moment in record.moments():
            plans = _plans(moment)
            doors.go_through(moment)
            assert _plans(moment) == plans, "a door that was only tried changed a plan"
        yield doors.tried
    FrozenTime.at = NOW


def _plans(moment: Moment) -> Sequence[object]:
    from courtside.store import plans

    return [plans.plan(one.id) for one in moment.cases if one.what == "plan"]


def test_who_gets_in_at_a_case_is_what_the_reviewed_table_says(
    tried: Tried, counted: Callable[[str, int], None]
) -> None:
    assert tried.wrong == []
    unused = {key for key in table() if key not in tried.used and key[3] != "*"}
    known = {(address, method) for address, method, _, _ in tried.used}
    assert {key[:2] for key in unused} <= known, "the table speaks of an address that is not tried"
    counted("doors of cases tried", tried.counts["tried"])
    counted("doors of cases that are open to somebody", tried.counts["open"])
    counted("forbidden cases equal to missing ones", tried.counts["equal"])
    counted("states of cases", len(tried.states))
    counted("scans of cases opened", tried.counts.get("document_scan", 0))
    counted("seed of who was tried at doors of cases", SEED)


def test_everybody_to_whom_nothing_is_open_was_tried_at_every_address(
    tried: Tried, counted: Callable[[str, int], None]
) -> None:
    doors = {Doors.door(name) for addresses in ADDRESSES.values() for name in addresses}
    assert {(door, one) for door in doors for one in OUTSIDERS} - tried.seen == set()
    counted("outsiders at addresses of cases", len(doors) * len(OUTSIDERS))


def test_no_page_of_a_case_tells_a_secret_to_whom_it_is_not_for(
    tried: Tried, counted: Callable[[str, int], None]
) -> None:
    assert tried.told == []
    counted("pages of cases searched for secrets", tried.counts["searched"])


def test_every_state_of_plans_documents_and_proposals_was_tried(tried: Tried) -> None:
    from courtside.workflow.record import State

    plans = {state for what, kind, state in tried.states if (what, kind) == ("plan", "improvement")}
    assert plans >= {one.value for one in State}
    coached = {state for what, kind, state in tried.states if (what, kind) == ("plan", "coaching")}
    assert coached >= {one.value for one in State} - {"approved"}
    papers = {state for what, _, state in tried.states if what == "document"}
    assert papers >= {"draft", "approved", "issued", "opened", "sealed", "superseded", "unseen"}


def test_every_address_about_a_case_is_in_the_matrix_of_cases() -> None:
    from courtside.web.policy import endpoints

    about = ("<str:plan_id>", "<str:document_id>", "<str:proposal_id>", "<str:reading_id>")
    named = {one.name for one in endpoints() if any(part in one.pattern for part in about)} - {"plan_do"} | {"hr_case"}
    tried_ = {name for addresses in ADDRESSES.values() for name in addresses}
    assert named == tried_ - set(VERBS)
    from courtside.services.plan_verbs import VERBS as KNOWN

    assert {one.slug for one in KNOWN} == set(VERBS)
    assert set(CAST) | {NOBODY} == set(IDENTITIES)


def test_a_case_left_open_is_found(
    own_copy: Served, counted: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken twin: a page of a plan that forgets whom it is for."""
    from django.test import override_settings
    from tests.cases import planned

    planned.at(planned.SPRING.date())
    draft = Case("plan", "improvement", "draft", planned.improvement(own_copy).id)
    doors = Doors(Record(own_copy))
    monkeypatch.setitem(ADDRESSES, "plan", {"plan": "/open/{id}/"})
    with override_settings(ROOT_URLCONF="tests.trust.leaking"):
        doors.try_case(draft)
    found = {one.split()[-2].rstrip(":") for one in doors.tried.wrong if " get " in one}
    assert {"rae", "tom", "gwen", "otto"} <= found
    assert not found & {"maya", "hana"}
    counted("open doors of cases found", len(found))
