"""Deciding proposals: by whom and when, what the database itself refuses, and what is told to whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.cases.proposing import (
    REASON,
    about_rae,
    another,
    decide,
    entry,
    looked_at,
    made,
    messages,
    proof,
    read_by_rae,
    refused,
    visit,
)
from tests.cases.proposing import firm as firm
from tests.cases.proposing import proposed as proposed
from tests.cases.stepping_up import stepped_up
from tests.serving import CAST, NOW, Served

if TYPE_CHECKING:
    pass

GATES = (
    "doors of proposals closed to others", "doors of proposals open to those they are for",
    "decisions about oneself refused", "alterations of decisions refused by the database",
)  # fmt: skip
Counted = Callable[[str, int], None]
COACHING, IMPROVEMENT = "coaching_plan", "improvement_plan"


# who ------------------------------------------------------------------------------------------------------

DECIDERS = frozenset({"maya", "hana"})
LOOKERS = DECIDERS | {"ari"}


def strip(content: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", content)


def in_state(firm: Served, kind: str, state: str) -> str:
    """Another proposal of a kind about Rae, in a state; its id."""
    from courtside.store import proposals

    found = another(firm, about_rae(firm, kind), f"zebra_{kind}_{state}")
    if state == "withdrawn":
        assert proposals.withdraw(found.id, NOW)
    if state in ("open", "withdrawn"):
        return found.id
    assert firm.client("rae").get(f"/to-read/{found.reading_id}/").status_code == 200
    assert firm.client("hana").get(f"/proposals/{found.id}/").status_code == 200
    decide("hana", found.id, state, until=date(2026, 11, 20) if state == "defer" else None, proof=proof())
    return found.id


STATES = [
    (kind, state)
    for kind in (COACHING, IMPROVEMENT)
    for state in ("open", "defer", "decline", "proceed", "coach", "withdrawn")
    if kind == IMPROVEMENT or state in ("open", "proceed")
]


def opened_wrongly(firm: Served, found: str, who_may: dict[str, frozenset[str]]) -> Iterator[tuple[str, str, int]]:
    """Every door of a proposal that is open to somebody it is not for, or not the same as a missing one."""
    for who in (*CAST, None):
        client = firm.client(who)
        missing = strip(client.get("/proposals/AAAAAAAAAAAA/").content)
        for door, allowed in who_may.items():
            answer = client.get(f"/proposals/{found}/{door}")
            if who in allowed:
                if answer.status_code != 200:
                    yield str(who), door, answer.status_code
                continue
            if who is None:
                if answer.status_code != 302:
                    yield str(who), door, answer.status_code
                continue
            if answer.status_code != 404 or strip(answer.content) != missing:
                yield who, door, answer.status_code


def test_every_identity_at_every_door_in_every_state(firm: Served, counted: Counted) -> None:
    for kind, state in STATES:
        found = in_state(firm, kind, state)
        sees = LOOKERS | ({"rae"} if state == "decline" else set())
        decides = DECIDERS if state in ("open", "defer") else frozenset()
        assert list(opened_wrongly(firm, found, {"": sees, "rows/": sees, "decide/": decides})) == [], (kind, state)
        for who in sorted(set(CAST) - decides):
            said = {"outcome": "decline", "reason": REASON}
            assert firm.client(who).post(f"/proposals/{found}/decide/", said).status_code == 404, (who, state)
        for who in sorted(set(CAST) - sees):
            assert firm.client(who).post(f"/proposals/{found}/check/").status_code == 404, (who, state)
        counted(GATES[0], 4 * len(CAST) - 2 * len(sees) - 2 * len(decides) + len(CAST) - len(sees))
        counted(GATES[1], 2 * len(sees) + len(decides))


def test_a_door_that_forgets_whom_it_is_about_is_caught(
    firm: Served, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken twin: who is HR may decide, be it about themself."""
    from courtside.services import proposal_rights
    from courtside.store import accounts
    from courtside.store.access import Role

    accounts.grant(visit("rae").viewer.user_id, Role.HR, "host", NOW)
    found = about_rae(firm, IMPROVEMENT).id
    may = {"": LOOKERS, "rows/": LOOKERS, "decide/": DECIDERS}
    assert list(opened_wrongly(firm, found, may)) == [], "HR partner or not: it is about her"
    real = proposal_rights.may_open

    def forgetful(asking: Any, action: Any, facts: Any) -> bool:
        viewer = replace(asking.viewer, person_id=None)
        return real(replace(asking, viewer=viewer), action, facts)

    monkeypatch.setattr(proposal_rights, "may_open", forgetful)
    assert ("rae", "decide/", 200) in list(opened_wrongly(firm, found, may))
    counted(GATES[2], 1)


def test_an_hr_partner_of_other_teams_and_one_with_a_conflict_find_nothing(firm: Served, counted: Counted) -> None:
    from courtside.services.declare_conflict import declare_conflict
    from courtside.store import accounts
    from courtside.store.access import Role

    hana, where = visit("hana").viewer, f"/proposals/{about_rae(firm, IMPROVEMENT).id}/"
    accounts.revoke(hana.user_id, Role.HR, NOW)
    accounts.grant(hana.user_id, Role.HR, "host", NOW, [firm.other_team])
    assert firm.client("hana").get(where).status_code == 404
    accounts.revoke(hana.user_id, Role.HR, NOW)
    accounts.grant(hana.user_id, Role.HR, "host", NOW, [firm.team])
    assert firm.client("hana").get(where).status_code == 200
    declare_conflict(visit("hana"), firm.people["rae"])
    assert firm.client("hana").get(where).status_code == 404
    counted(GATES[0], 2)


def test_nobody_decides_about_themself_in_the_service_or_by_the_database(firm: Served, counted: Counted) -> None:
    from django.db import IntegrityError, transaction

    from courtside.services.viewing import NotFound
    from courtside.store import accounts, proposals
    from courtside.store.access import Role

    accounts.grant(visit("rae").viewer.user_id, Role.HR, "host", NOW)
    for kind in (COACHING, IMPROVEMENT):
        found = about_rae(firm, kind)
        for outcome in ("proceed", "coach", "decline", "defer"):
            with pytest.raises(NotFound):
                decide("rae", found.id, outcome, until=date(2026, 11, 20) if outcome == "defer" else None)
            counted(GATES[2], 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            proposals.decide(made(found.id, firm, decided_by="rae", decider_id=firm.people["rae"]))
        counted(GATES[2], 1)


WRONG: tuple[dict[str, Any], ...] = (
    {"reason": ""},
    {"decided_by": ""},
    {"outcome": "sign"},
    {"outcome": "defer"},
    {"deferred_until": date(2026, 12, 1)},
    {"outcome": "proceed", "opens": "coaching", "opened_at": None, "days_passed": 4},
    {"outcome": "proceed", "opens": "improvement"},
)


def test_the_database_itself_refuses_what_no_decision_can_be(firm: Served, counted: Counted) -> None:
    from django.db import IntegrityError, transaction

    from courtside.store import proposals

    found = about_rae(firm, IMPROVEMENT).id
    for wrong in WRONG:
        with pytest.raises(IntegrityError), transaction.atomic():
            proposals.decide(made(found, firm, **wrong), "PLAN00000001" if wrong.get("opens") else "")
        assert about_rae(firm, IMPROVEMENT).state == "open", wrong
        counted(GATES[3], 1)
    assert proposals.decisions_of(found) == ()


def test_a_decision_and_what_it_rests_on_cannot_be_altered_by_raw_sql(firm: Served, counted: Counted) -> None:
    from django.db import DatabaseError, connection, transaction

    decide("maya", looked_at(firm, "maya", COACHING), "decline")
    kept = {
        "store_proposaldecision": ("outcome", "at", "seconds", "days_passed", "fairness", "opens", "looked_at"),
        "store_proposal": ("evidence_sha256", "evaluation_sha256", "as_of", "rule", "kind", "made_at", "offered_at"),
    }
    for table, columns in kept.items():
        for column in columns:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET {column} = {column}")  # noqa: S608  (names written above)
            counted(GATES[3], 1)


def test_postgresql_refuses_the_same(schema: str, counted: Counted) -> None:
    from django.db import DatabaseError, IntegrityError, connection, transaction

    from courtside.store import proposals
    from courtside.store.connect import create, disconnect

    create(schema)
    try:
        bare = Served.__new__(Served)
        object.__setattr__(bare, "people", {"rae": "P1", "maya": "P2"})
        found = _bare_proposal()
        assert _bare_proposal(is_second=True) == "", "one of a rule and person waits at a time"
        for wrong in (*WRONG, {"decided_by": "rae", "decider_id": "P1"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                proposals.decide(made(found, bare, **wrong), "PLAN00000001" if wrong.get("opens") else "")
            counted(GATES[3], 1)
        with transaction.atomic():
            assert proposals.decide(made(found, bare))
            assert not proposals.decide(made(found, bare)), "decided already"
        for attempt in (
            "UPDATE store_proposaldecision SET outcome = 'proceed'", "UPDATE store_proposal SET evidence_sha256 = ''",
            "TRUNCATE store_proposaldecision",
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(attempt)
            counted(GATES[3], 1)
        with transaction.atomic():
            proposals.forget_person("P1", "erased-1")
        assert proposals.erase_declined(NOW + timedelta(days=1)) == (found,)
    finally:
        disconnect()


def _bare_proposal(*, is_second: bool = False) -> str:
    """A proposal in a database without records; its id, empty if one waits already."""
    from courtside.rules.evaluation import Evaluation
    from courtside.store import proposals, rules

    number = rules.add("zebra", {"rule": "zebra"}, "0" * 64, "ola", NOW).number
    looked = Evaluation("zebra", 1, "P1", "dials", NOW.date(), True, COACHING, {}, (), "coach", 9.0)
    kept = rules.keep(number, looked, NOW)
    assert kept is not None
    made_of = proposals.NewProposal(
        COACHING, "P1", "dials", "zebra", 1, kept, looked.sha256, NOW.date(), NOW, "{}", "0" * 64, "[]", NOW, NOW.date()
    )
    found = proposals.add(made_of)
    assert (found is None) is is_second
    return "" if found is None else found.id


# when -----------------------------------------------------------------------------------------------------


def test_who_has_not_read_the_evidence_decides_nothing(firm: Served) -> None:
    assert "open the evidence first" in refused("maya", about_rae(firm, COACHING).id, "decline")


def test_a_plan_waits_until_the_person_has_had_the_evidence(firm: Served) -> None:
    found = looked_at(firm, "maya", COACHING)
    for outcome in ("proceed",):
        assert "has not opened the evidence yet" in refused("maya", found, outcome)
    read_by_rae(firm, COACHING)
    firm.clock.move(timedelta(minutes=3))
    plan = decide("maya", found, "proceed")
    ended = about_rae(firm, COACHING)
    assert (ended.state, ended.outcome, ended.plan_id) == ("decided", "proceed", plan)
    from courtside.store import plans, proposals

    drafted = plans.plan(plan)
    assert drafted is not None
    assert (drafted.proposal, drafted.person_id, drafted.kind.value) == (found, firm.people["rae"], "coaching")
    assert drafted.content.evidence_sha256 == ended.evidence_sha256
    (decision,) = proposals.decisions_of(found)
    assert (decision.seconds, decision.opened_at, decision.offered_at) == (180, NOW, NOW)
    assert decision.fairness
    ours = [row for row in messages() if row.key.startswith(f"proposal:{found}:")]
    assert ours
    assert all(row.settled_at is not None for row in ours), "nothing is asked of anybody any more"


def test_an_improvement_plan_takes_a_fresh_code_and_the_page_asks_for_it(firm: Served) -> None:
    read_by_rae(firm, IMPROVEMENT)
    found = looked_at(firm, "hana", IMPROVEMENT)
    assert "a fresh code of your second factor" in refused("hana", found, "proceed")
    sent = {"outcome": "proceed", "reason": REASON}
    client = firm.client("hana")
    assert client.post(f"/proposals/{found}/decide/", sent).status_code == 403
    assert about_rae(firm, IMPROVEMENT).state == "open"
    stale = stepped_up(firm.client("hana"), "hana", age_s=400)
    assert stale.post(f"/proposals/{found}/decide/", sent).status_code == 403
    fresh = stepped_up(firm.client("hana"), "hana")
    assert fresh.post(f"/proposals/{found}/decide/", sent).status_code == 302
    from courtside.store import plans, proposals

    (decision,) = proposals.decisions_of(found)
    assert (decision.opens, decision.method, decision.decided_by) == ("improvement", "totp", "hana")
    drafted = plans.plan(about_rae(firm, IMPROVEMENT).plan_id)
    assert drafted is not None
    assert drafted.kind.value == "improvement"


def test_coaching_instead_takes_no_code(firm: Served) -> None:
    read_by_rae(firm, IMPROVEMENT)
    plan = decide("maya", looked_at(firm, "maya", IMPROVEMENT), "coach")
    from courtside.store import plans

    drafted = plans.plan(plan)
    assert drafted is not None
    assert drafted.kind.value == "coaching"


def test_an_open_dispute_keeps_a_plan_waiting(firm: Served) -> None:
    from courtside.store import disputes

    rae = firm.people["rae"]
    read_by_rae(firm, COACHING)
    found = looked_at(firm, "maya", COACHING)
    claim = disputes.Claim(rae, "submittals", "opportunities", "O1", "", "not_mine", "No.", NOW, "rae", rae)
    assert disputes.open_one(claim) is not None
    assert "a dispute about their records is open" in refused("maya", found, "proceed")
    assert "No plan can follow now" in firm.client("maya").get(f"/proposals/{found}/decide/").content.decode()
    assert decide("maya", found, "decline") == ""


UNFIT: tuple[tuple[str, date | None, str, str], ...] = (
    ("decline", None, "too short", "at least 6 words"),
    ("decline", None, "a " * 1_100, "up to 2,000"),
    ("decline", None, "one two three four five six \x00", "printable"),
    ("decline", date(2026, 11, 20), REASON, "a day belongs to what is put off"),
    ("defer", None, REASON, "a day belongs to what is put off"),
    ("defer", date(2026, 11, 2), REASON, "choose one after today"),
    ("defer", date(2027, 11, 2), REASON, "choose one after today"),
    ("coach", None, REASON, "no outcome"),
    ("remove", None, REASON, "no outcome"),
)


def test_what_cannot_be_decided_is_refused_in_words(firm: Served) -> None:
    found = looked_at(firm, "maya", COACHING)
    for outcome, until, reason, told in UNFIT:
        assert told in refused("maya", found, outcome, reason=reason, until=until)
        assert about_rae(firm, COACHING).state == "open"


def test_of_two_who_decide_at_once_one_does(firm: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from courtside.services import decide_proposal as deciding
    from courtside.services.refused import Refused
    from courtside.store import plans, proposals

    read_by_rae(firm, COACHING)
    found = looked_at(firm, "maya", COACHING)
    looked_at(firm, "hana", COACHING)
    stale = about_rae(firm, COACHING)
    decide("hana", found, "decline")
    monkeypatch.setattr(deciding, "require_decider", lambda _visit, _id: stale)
    before = len(plans.every_plan())
    with pytest.raises(Refused, match="somebody else decided this meanwhile"):
        deciding.decide_proposal(visit("maya"), found, deciding.Choice("proceed", REASON))
    assert len(plans.every_plan()) == before, "no plan is left behind"
    assert [one.decided_by for one in proposals.decisions_of(found)] == ["hana"]
    assert len(entry("decide_proposal")) == 1


def test_the_fairness_preview_is_hrs_and_a_manager_learns_one_word_of_it(
    firm: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from courtside.services import proposal_fairness

    found = looked_at(firm, "maya", IMPROVEMENT)
    looked_at(firm, "hana", IMPROVEMENT)
    read_by_rae(firm, IMPROVEMENT)
    page = firm.client("maya").get(f"/proposals/{found}/decide/").content.decode()
    assert "found nothing that asks HR to look first" in page
    assert "fewer than 5 people" not in page
    assert "fewer than 5 people" in firm.client("hana").get(f"/proposals/{found}/decide/").content.decode()
    real = proposal_fairness.show_fairness

    def holding(*asked: Any, **how: Any) -> Any:
        seen = real(*asked, **how)
        return replace(seen, preview=replace(seen.preview, hold=True))

    monkeypatch.setattr(proposal_fairness, "show_fairness", holding)
    assert "asks HR to look first" in refused("maya", found, "proceed", proof=proof())
    assert decide("hana", found, "proceed", proof=proof())
    from courtside.store import proposals

    (decision,) = proposals.decisions_of(found)
    assert decision.fairness_holds
    assert "fewer than 5 people" in decision.fairness
