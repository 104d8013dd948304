"""What time does to proposals, whom the record of deciders alarms, and what is told to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.cases.proposing import (
    HOSTILE,
    KINDS,
    REASON,
    about_rae,
    another,
    decide,
    entry,
    look_again,
    looked_at,
    made,
    messages,
    read_by_rae,
    visit,
)
from tests.cases.proposing import firm as firm
from tests.cases.proposing import proposed as proposed
from tests.serving import CAST, NOW, Served

if TYPE_CHECKING:
    pass

GATES = (
    "records of deciders that call for a look", "messages with neutral words", "pages without a trace of a proposal",
)  # fmt: skip
Counted = Callable[[str, int], None]
COACHING, IMPROVEMENT = "coaching_plan", "improvement_plan"


# what time does -------------------------------------------------------------------------------------------


def test_time_reminds_and_escalates_once_and_decides_nothing(firm: Served) -> None:
    from courtside.services.due_proposals import due
    from courtside.store import proposals

    due(firm.workspace, firm.caller)
    firm.clock.move(timedelta(days=10))
    near = due(firm.workspace, firm.caller)
    assert near == 3, "a note, and two reminders to the manager"
    assert due(firm.workspace, firm.caller) == 0
    firm.clock.move(timedelta(days=14))
    assert due(firm.workspace, firm.caller) == 4, "the manager and HR, of two proposals"
    assert due(firm.workspace, firm.caller) == 0
    assert len(entry("escalate_proposal")) == 2
    firm.clock.move(timedelta(days=400))
    due(firm.workspace, firm.caller)
    assert {one.state for one in proposals.about([firm.people["rae"]])} == {"open"}
    assert entry("decide_proposal") == []


def test_what_was_put_off_comes_back_on_its_day(firm: Served) -> None:
    from courtside.services.due_proposals import due

    found = looked_at(firm, "maya", COACHING)
    decide("maya", found, "defer", until=date(2026, 11, 20))
    firm.clock.move(timedelta(days=17))
    due(firm.workspace, firm.caller)
    assert about_rae(firm, COACHING).state == "deferred"
    firm.clock.move(timedelta(days=12))
    due(firm.workspace, firm.caller)
    again = about_rae(firm, COACHING)
    assert (again.state, again.deferred_until, again.due_on) == ("open", None, date(2026, 12, 15))
    assert len(entry("bring_back_proposal")) == 1
    assert decide("maya", found, "decline") == ""
    from courtside.store import proposals

    assert [one.outcome for one in proposals.decisions_of(found)] == ["defer", "decline"]


def test_weakened_evidence_is_told_to_those_who_decide_and_said_on_the_page(firm: Served) -> None:
    from courtside.services.due_proposals import due

    firm.clock.move(timedelta(days=1))
    due(firm.workspace, firm.caller)
    sha256 = look_again(firm, IMPROVEMENT, date(2026, 11, 30), holds=False)
    assert due(firm.workspace, firm.caller) == 1
    assert due(firm.workspace, firm.caller) == 0
    told = {row.user_id for row in messages() if "weakened" in row.key}
    assert told == {visit("maya").viewer.user_id, visit("hana").viewer.user_id}
    found = about_rae(firm, IMPROVEMENT)
    assert (found.weakened_on, found.weakened_sha256, found.state) == (date(2026, 11, 30), sha256, "open")
    assert "The evidence has weakened" in firm.client("maya").get(f"/proposals/{found.id}/").content.decode()
    look_again(firm, IMPROVEMENT, date(2026, 12, 31), holds=True)
    due(firm.workspace, firm.caller)
    assert about_rae(firm, IMPROVEMENT).weakened_on is None
    assert [len(entry(verb)) for verb in ("weaken_proposal", "strengthen_proposal")] == [1, 1]


def test_a_note_that_no_longer_holds_ends_by_itself(firm: Served) -> None:
    from courtside.services.due_proposals import due

    firm.clock.move(timedelta(days=1))
    look_again(firm, "watch", date(2026, 11, 30), holds=False)
    due(firm.workspace, firm.caller)
    assert about_rae(firm, "watch").state == "withdrawn"
    assert firm.client("maya").get("/proposals/").status_code == 200


def test_a_plan_learns_that_its_evidence_has_weakened(firm: Served) -> None:
    from courtside.services.due_proposals import due
    from courtside.store import plans

    read_by_rae(firm, COACHING)
    plan = decide("maya", looked_at(firm, "maya", COACHING), "proceed")
    sha256 = look_again(firm, COACHING, date(2026, 11, 30), holds=False)
    due(firm.workspace, firm.caller)
    due(firm.workspace, firm.caller)
    told = plans.plan(plan)
    assert told is not None
    assert [one.evaluation_sha256 for one in told.weakened] == [sha256]


# rubber stamps --------------------------------------------------------------------------------------------


STAMPS = ((21, 0, 600, True), (20, 0, 600, False), (30, 1, 600, False), (3, 2, 59, True), (3, 2, 60, False),
          (2, 2, 5, False))  # fmt: skip


def test_a_rubber_stamp_is_what_the_numbers_say(served: Served, counted: Counted) -> None:
    from courtside.services.proposal_stamps import stamp

    for accepted, others, seconds, calls in STAMPS:
        one = made("X", served, seconds=seconds)
        decided = [replace(one, outcome="proceed")] * accepted + [one] * others
        later = [replace(one, outcome="defer", seconds=1)] * 50
        assert bool(stamp("maya", [*decided, *later]).why) is calls, (accepted, others, seconds)
        counted(GATES[0], calls)


def test_hr_and_auditors_are_told_of_a_rubber_stamp_once_a_month(firm: Served, counted: Counted) -> None:
    from courtside.services.proposal_stamps import note_stamps
    from courtside.store import proposals

    read_by_rae(firm, COACHING)
    first = about_rae(firm, COACHING)
    for number in range(20):
        new = another(firm, first, f"rule{number}")
        assert proposals.decide(
            made(new.id, firm, outcome="proceed", opens="coaching", seconds=600), f"PLAN{number:08}"
        )  # fmt: skip
    assert note_stamps(visit("maya").viewer, NOW) == 0, "twenty are not more than twenty"
    decide("maya", looked_at(firm, "maya", COACHING), "proceed")
    (alert,) = entry("alert_rubber_stamp")
    assert (alert["decisions"], alert["accepted"]) == (21, 21)
    told = {row.user_id for row in messages() if row.key.startswith("stamp:")}
    assert told == {visit("hana").viewer.user_id, visit("ari").viewer.user_id}
    assert note_stamps(visit("maya").viewer, NOW) == 0, "once a month"
    for who in CAST:
        page = firm.client(who).get("/proposals/deciders/")
        assert page.status_code == (200 if who in ("hana", "ari") else 404), who
    text = firm.client("ari").get("/proposals/deciders/").content.decode()
    assert "All of 21 proposals were gone along with" in text
    counted(GATES[0], len(told))


# what is told, and what is not ----------------------------------------------------------------------------


def test_messages_say_neutral_words_and_ids_that_say_nothing(firm: Served, counted: Counted) -> None:
    from courtside.services.due_proposals import due
    from courtside.store.outbox import TASKS

    for days in (1, 10, 14):
        firm.clock.move(timedelta(days=days))
        due(firm.workspace, firm.caller)
    look_again(firm, IMPROVEMENT, date(2026, 12, 31), holds=False)
    due(firm.workspace, firm.caller)
    decide("maya", looked_at(firm, "maya", COACHING), "decline")
    rows = messages()
    assert len(rows) >= 12
    ours = {one for kind in KINDS for one in (about_rae(firm, kind).id, about_rae(firm, kind).reading_id)}
    for row in rows:
        parts = row.path.strip("/").split("/")
        assert parts[0] in ("to-read", "proposals")
        assert parts[1] in ours
        subject = TASKS[row.words].subject.casefold()
        for word in ("plan", "improvement", "proposal", "coach", "submittals", "rae"):
            assert word not in subject
            counted(GATES[1], 1)
    rae = {row.path for row in rows if row.person_id == firm.people["rae"]}
    assert all(path.startswith("/to-read/") for path in rae)


def test_hostile_reasons_are_printed_as_text_wherever_they_are_shown(firm: Served) -> None:
    found = looked_at(firm, "maya", COACHING)
    answer = firm.client("maya").post(f"/proposals/{found}/decide/", {"outcome": "decline", "reason": HOSTILE})
    assert answer.status_code == 302
    pages = [firm.client(who).get(f"/proposals/{found}/").content.decode() for who in ("maya", "hana", "ari", "rae")]
    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
        assert "{{ 7|add:7 }}" in page
        assert "{% now" in page


def test_once_declined_the_person_reads_who_decided_and_why(firm: Served) -> None:
    found = looked_at(firm, "maya", COACHING)
    reading = f"/to-read/{about_rae(firm, COACHING).reading_id}/"
    assert "A person looked at this" not in firm.client("rae").get(reading).content.decode()
    decide("maya", found, "decline")
    assert "A person looked at this on 2 November 2026, and nothing follows from it" in (
        firm.client("rae").get(reading).content.decode()
    )
    page = firm.client("rae").get(f"/proposals/{found}/").content.decode()
    assert "Maya Moss" in page
    assert REASON in page
    assert "Fairness preview" not in page


FIRST_PAGES = ("/", "/proposals/", "/tasks/", "/disputes/", "/rules/", "/teams/", "/my-record/looks/", "/metrics/")
ADDRESS = re.compile(r'href="(/[^"#?]*)')


def test_no_trace_of_a_proposal_reaches_other_pages(firm: Served, counted: Counted) -> None:
    """Everybody it is not for walks the pages they find; the ids, the kind and the rules are on none of them."""
    kept = [about_rae(firm, kind).id for kind in KINDS]
    seen = 0
    for who in ("rae", "tom", "gwen", "eve", "ada", "ola", "otto"):
        client, waiting, done = firm.client(who), list(FIRST_PAGES), set[str]()
        while waiting and len(done) < 9:
            path = waiting.pop(0)
            if path in done:
                continue
            done.add(path)
            answer = client.get(path, follow=True)
            text = answer.content.decode(errors="replace") if not answer.streaming else ""
            for token in (*kept, "improvement plan, proposed", "coaching plan, proposed"):
                assert token not in text, (who, path)
            waiting += [found for found in ADDRESS.findall(text) if not found.startswith(("/static/", "/account/"))]
        seen += len(done)
    counted(GATES[2], seen)


def test_erasing_the_person_blanks_the_evidence_and_ends_what_waits(firm: Served) -> None:
    from django.db import transaction

    from courtside.store import proposals

    rae, ids = firm.people["rae"], [about_rae(firm, kind).id for kind in KINDS]
    decide("maya", looked_at(firm, "maya", COACHING), "decline")
    with transaction.atomic():
        proposals.forget_person(rae, "erased-1234")
    assert proposals.about([rae]) == ()
    for one in proposals.about(["erased-1234"]):
        assert (one.evidence, proposals.rows_of(one.id), one.is_waiting) == ("", "", False)
        assert one.id in ids
        assert firm.client("maya").get(f"/proposals/{one.id}/").status_code == 404
    (decision,) = proposals.decisions_of(ids[1])
    assert (decision.person_id, decision.reason) == ("erased-1234", "erased")


def test_what_came_to_nothing_is_erased_after_its_time(firm: Served) -> None:
    from courtside.store import proposals

    found = looked_at(firm, "maya", COACHING)
    decide("maya", found, "decline")
    assert proposals.erase_declined(NOW) == ()
    assert proposals.erase_declined(NOW + timedelta(days=365), kept=[firm.people["rae"]]) == ()
    assert proposals.erase_declined(NOW + timedelta(days=365)) == (found,)
    assert proposals.proposal(found) is None
    assert len(proposals.about([firm.people["rae"]])) == 2


def test_a_person_is_given_two_notes_a_week_at_the_most(firm: Served) -> None:
    from courtside.services.propose import propose
    from courtside.store import proposals, rules

    rae = firm.people["rae"]
    stored = next(one for one in rules.evaluations_of(rae) if one.evaluation.rule == "zebra_note")
    for number, expected in enumerate((2, 2, 2)):
        propose(firm.workspace, firm.caller, stored.number, replace(stored.evaluation, rule=f"note{number}"))
        assert sum(one.is_watch for one in proposals.about([rae])) == expected
    firm.clock.move(timedelta(days=7))
    propose(firm.workspace, firm.caller, stored.number, replace(stored.evaluation, rule="note9"))
    assert sum(one.is_watch for one in proposals.about([rae])) == 3


def test_looks_at_a_proposal_are_among_who_saw_the_record_once_it_is_decided(firm: Served) -> None:
    found = looked_at(firm, "hana", COACHING)
    looked_at(firm, "ari", IMPROVEMENT)
    looks = "looked at a proposal"
    assert looks not in firm.client("rae").get("/my-record/looks/").content.decode()
    decide("hana", found, "decline")
    page = firm.client("rae").get("/my-record/looks/").content.decode()
    assert page.count(looks) == 1
    firm.client("maya").get(f"/proposals/{about_rae(firm, IMPROVEMENT).id}/")
    cases = [one["case"] for one in entry("see_proposal")]
    assert cases == [found, about_rae(firm, IMPROVEMENT).id, about_rae(firm, IMPROVEMENT).id]
    assert "<strong>ari</strong>" not in page


def test_a_rule_about_managers_is_decided_by_who_leads_them(firm: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from courtside.records.canonical import digest
    from courtside.rules.managers import Duty
    from courtside.services.recompute_proposal import recompute
    from courtside.services.refind_proposal import refind
    from courtside.services.run_rules import run_rules
    from courtside.store import proposals, rules

    maya = firm.people["maya"]
    block = {
        "rule": "zebra_keeps", "label": "Check-ins that managers owe", "metric": "check_ins_kept",
        "window": {"months": 3}, "level": "coach", "proposes": COACHING, "subject": "manager", "target": 0.9,
        "exclude": ["leave"], "history": {"fires": [{"kept": 9, "owed": 18}], "does_not": [{"kept": 16, "owed": 18}]},
    }  # fmt: skip
    number = rules.add("zebra_keeps", block, digest(block), "ola", NOW).number
    for before, after in (("draft", "submitted"), ("submitted", "approved"), ("approved", "live")):
        assert rules.move(number, (before,), after, "hana", NOW)
    owed = [Duty(maya, "check_ins_kept", date(2026, 9, 1) + timedelta(days=n), n % 3 == 0) for n in range(30)]
    with monkeypatch.context() as patch:
        patch.setattr("courtside.services.plan_effects.duties", lambda _first, _last: iter(owed))
        run_rules(firm.workspace, firm.caller)
        (found,) = proposals.about([maya])
        assert recompute(found).differences == ()
        assert refind(firm.workspace, firm.caller, found).differences == ()
        where = f"/proposals/{found.id}/"
        assert {who: firm.client(who).get(where).status_code for who in CAST} == {
            who: 200 if who in ("gwen", "hana", "ari") else 404 for who in CAST
        }
        page = firm.client("maya").get(f"/to-read/{found.reading_id}/").content.decode()
        assert "Check-ins kept" in page
        assert "not kept" in page
        assert decide("gwen", found.id, "proceed"), "the manager has read it"


def test_records_that_were_mended_weigh_at_once_on_what_was_proposed(firm: Served) -> None:
    """What an accepted dispute calls: here the target itself is set right, for every month the rule looks at."""
    from tests.asking import Asking

    from courtside.services.reweigh_proposals import reweigh_proposals

    before = about_rae(firm, IMPROVEMENT)
    assert before.weakened_on is None
    assert reweigh_proposals(firm.workspace, firm.caller, firm.people["tom"]) == 0
    assert reweigh_proposals(firm.workspace, firm.caller, firm.people["rae"]) == 0, "they still hold"
    for month in range(1, 13):
        words = ("targets", "set", "submittals", "--scope", f"person:{firm.people['rae']}", "--period")
        reply = Asking(firm.root).run(*words, f"2026-{month:02}", "--value", "0.1", "--in-force-from", "2026-01-01")
        assert reply.status == 0, reply.said
    assert reweigh_proposals(firm.workspace, firm.caller, firm.people["rae"]) > 0
    assert about_rae(firm, IMPROVEMENT).weakened_on == firm.workspace.day(firm.clock.now())
    assert about_rae(firm, "watch").state == "withdrawn"
    assert reweigh_proposals(firm.workspace, firm.caller, firm.people["rae"]) == 0, "told once"
