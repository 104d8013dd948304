"""Access as people meet it: what is not theirs does not exist, and what ended is over with the next request."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cases.stepping_up import stepped_up
from tests.serving import CAST, NOW, UNTIL, Served

if TYPE_CHECKING:
    from django.test import Client

    from courtside.services.viewing import Visit
    from courtside.store.access import CaseFacts, Role

GATES = (
    "refusals equal to what does not exist",
    "sessions ended by a change of what one may see",
    "moves in the records after which the next request follows",
    "rows of the database refused that break a rule of two people",
    "acts of naming found in the log",
)
TODAY = date(2026, 11, 2)
SIGHT = "/settings/standing-in/"


def user_id(username: str) -> int:
    from courtside.services.account_rules import account_named

    return account_named(username).user_id


def visit(username: str) -> Visit:
    from courtside.services.viewing import visit_of

    found = visit_of(user_id(username))
    assert found is not None
    return found


def logged(verb: str) -> list[dict[str, Any]]:
    from courtside.store import audit

    return [{"who": one.who, **one.detail} for one in audit.acts(verb)]


def given(username: str, role: Role, *units: str) -> None:
    """Somebody has a duty; that it takes two people is tested in test_duties.py."""
    from courtside.store import accounts

    accounts.grant(user_id(username), role, "host", NOW, units)


def is_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


@pytest.fixture
def rae_case(own_copy: Served) -> Iterator[CaseFacts]:
    """An improvement plan for Rae, written by Maya, and handed out; the site has an address for it."""
    from django.test import override_settings
    from tests.cases.case_addresses import CASES

    from courtside.store.access import CaseFacts, CaseKind, Stage

    facts = CaseFacts(
        "CASEOFRAE001", CaseKind.IMPROVEMENT, Stage.ISSUED, own_copy.people["rae"], "maya",
        manager_id=own_copy.people["maya"], parties=frozenset({"rae", "maya", "hana"}),
    )  # fmt: skip
    CASES.clear()
    CASES[facts.case_id] = facts
    CASES["DRAFTOFRAE01"] = replace(facts, case_id="DRAFTOFRAE01", stage=Stage.DRAFT)
    with override_settings(ROOT_URLCONF="tests.cases.case_addresses"):
        yield facts


def asked(client: Client, case_id: str, action: str = "see_plan") -> Any:
    return client.get(f"/case/{case_id}/{action}/")


def bare(answer: Any) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", answer.content)


def test_every_refusal_is_what_does_not_exist(
    own_copy: Served, rae_case: CaseFacts, counted: Callable[[str, int], None]
) -> None:
    from courtside.store.access import CaseAction

    seen: dict[str, set[str]] = {"CASEOFRAE001": set(), "DRAFTOFRAE01": set()}
    for who in CAST:
        client = own_copy.client(who)
        missing = bare(asked(client, "NOSUCHCASE01"))
        for case_id, may in seen.items():
            for action in CaseAction:
                answer = asked(client, case_id, action.value)
                if answer.status_code == 200:
                    may.add(f"{who} {action.value}")
                    continue
                assert answer.status_code == 404
                assert bare(answer) == missing
                counted("refusals equal to what does not exist", 1)
    looking = {case_id: {one.split()[0] for one in may if "see_plan" in one} for case_id, may in seen.items()}
    assert looking == {"CASEOFRAE001": {"rae", "maya", "hana"}, "DRAFTOFRAE01": {"maya", "hana"}}
    looks = {(one["who"], one["case"]) for one in logged("see_plan")}
    assert looks == {(who, case_id) for case_id, names in looking.items() for who in names}
    assert not [one for one in logged("see_plan") if "name" in one or "words" in one]


def test_a_session_ends_with_every_change_of_what_it_shows(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from courtside.services.account_rules import Changing
    from courtside.services.name_acting_manager import StandIn, end_acting_manager, name_acting_manager
    from courtside.services.revoke_role import revoke_role
    from courtside.store.access import Role

    host, number = Changing(own_copy.caller), [0]
    stand_in = StandIn(own_copy.people["maya"], own_copy.people["tom"], TODAY, TODAY + timedelta(days=9))

    def name() -> None:
        number[0] = name_acting_manager(visit("hana"), stand_in)

    changes: tuple[tuple[str, Callable[[], object]], ...] = (
        ("hana", lambda: revoke_role(host, user_id("hana"), Role.HR)),
        ("hana", lambda: given("hana", Role.HR, own_copy.team)),
        ("tom", name),
        ("tom", lambda: end_acting_manager(visit("hana"), number[0])),
    )
    for who, change in changes:
        client, other = own_copy.client(who), own_copy.client("eve")
        assert is_in(client)
        change()
        assert not is_in(client), "the session from before goes on"
        assert is_in(other), "somebody else was signed out"
        counted("sessions ended by a change of what it shows".replace("it shows", "one may see"), 1)


def test_an_hr_partner_of_some_teams_finds_no_other(own_copy: Served, rae_case: CaseFacts) -> None:
    from courtside.services.account_rules import Changing
    from courtside.services.grant_role import grant_role
    from courtside.services.refused import Refused
    from courtside.services.revoke_role import revoke_role
    from courtside.store.access import Role

    host = Changing(own_copy.caller)
    for team, status in ((own_copy.other_team, 404), (own_copy.team, 200)):
        revoke_role(host, user_id("hana"), Role.HR)
        given("hana", Role.HR, team)
        hana = own_copy.client("hana")
        assert asked(hana, rae_case.case_id).status_code == status
        assert hana.get(f"/teams/{own_copy.team}/").status_code == status
    with pytest.raises(Refused, match="never for some teams"):
        grant_role(host, user_id("otto"), Role.AUDITOR, frozenset({own_copy.team}))
    assert grant_role(host, user_id("otto"), Role.HR, frozenset({own_copy.team})) is False, "hana agrees first"
    assert logged("ask_duty")[-1] == {
        "who": "host",
        "user": "otto",
        "role": "hr",
        "teams": [own_copy.team],
        "from": "host",
    }
    page = own_copy.client("ada").get(f"/settings/people/{user_id('hana')}/").content.decode()
    assert f"for {own_copy.team} only" in page


def test_whoever_stands_in_sees_the_team_within_the_days_and_every_page_says_so(
    own_copy: Served, rae_case: CaseFacts, counted: Callable[[str, int], None]
) -> None:
    rae, first = own_copy.people["rae"], TODAY + timedelta(days=2)
    named = {
        "manager": own_copy.people["maya"],
        "acting": own_copy.people["tom"],
        "starts_on": first.isoformat(),
        "ends_on": (first + timedelta(days=1)).isoformat(),
    }
    assert own_copy.client("gwen").post(f"{SIGHT}name/", named).status_code == 302
    seen = []
    for _ in range(6):
        tom = own_copy.client("tom")
        found = tom.get(f"/people/{rae}/").status_code, asked(tom, rae_case.case_id).status_code
        assert found in ((200, 200), (404, 404))
        page = tom.get("/ladder/").content.decode()
        assert ("stands in for" in page) == (found[0] == 200)
        assert asked(tom, rae_case.case_id, "edit_plan").status_code == 404
        seen.append(found[0])
        own_copy.clock.move(timedelta(days=1))
    assert seen == [404, 404, 200, 200, 404, 404]
    (act,) = logged("name_acting_manager")
    assert (act["who"], act["person"], act["manager"]) == ("gwen", named["acting"], named["manager"])
    counted("acts of naming found in the log", 1)


@pytest.mark.parametrize(
    ("who", "wrong", "said"),
    [
        ("hana", {"acting": "maya"}, "nobody stands in for themself"),
        ("gwen", {"acting": "gwen"}, "not one of the available choices"),
        ("hana", {"ends_on": "2026-11-01", "starts_on": "2026-11-05"}, "comes before the first"),
        ("hana", {"starts_on": "2026-10-01", "ends_on": "2026-10-20"}, "is over"),
        ("hana", {"ends_on": "2027-11-20"}, "more than 184 days"),
        ("hana", {"ends_on": "soon"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(own_copy: Served, who: str, wrong: dict[str, str], said: str) -> None:
    people = own_copy.people
    wished = {"manager": people["maya"], "acting": people["tom"], "starts_on": "2026-11-03", "ends_on": "2026-11-05"}
    wished |= {key: people.get(value, value) for key, value in wrong.items()}
    answer = own_copy.client(who).post(f"{SIGHT}name/", wished)
    assert answer.status_code == 400
    assert said.lower() in answer.content.decode().lower()
    assert not logged("name_acting_manager")


def test_only_hr_and_those_above_name_somebody_and_only_for_managers_of_theirs(own_copy: Served) -> None:
    people = own_copy.people
    wished = {"manager": people["maya"], "acting": people["tom"], "starts_on": "2026-11-03", "ends_on": "2026-11-05"}
    for who in ("rae", "tom", "eve", "ada", "ola", "ari", "otto"):
        assert own_copy.client(who).post(f"{SIGHT}name/", wished).status_code == 404, who
    assert own_copy.client("maya").post(f"{SIGHT}name/", wished).status_code == 400, "not for herself"
    assert not logged("name_acting_manager")


def test_a_declared_conflict_closes_a_case_at_once_and_only_another_hr_partner_ends_it(
    own_copy: Served, rae_case: CaseFacts, counted: Callable[[str, int], None]
) -> None:
    from courtside.store.access import Role

    hana = own_copy.client("hana")
    assert asked(hana, rae_case.case_id).status_code == 200
    name = own_copy.hierarchy.name(own_copy.people["rae"])
    assert hana.post(f"{SIGHT}conflicts/declare/", {"person": name}).status_code == 302
    assert asked(hana, rae_case.case_id).status_code == 404
    assert hana.post(f"{SIGHT}conflicts/declare/", {"person": name}).status_code == 400, "declared already"
    nobody = hana.post(f"{SIGHT}conflicts/declare/", {"person": "Nobody At All"})
    assert "nobody of that name" in nobody.content.decode().lower()
    assert hana.post(f"{SIGHT}conflicts/end/1/").status_code == 400, "one's own"
    assert own_copy.client("maya").post(f"{SIGHT}conflicts/end/1/").status_code == 404
    given("otto", Role.HR)
    assert own_copy.client("otto").post(f"{SIGHT}conflicts/end/1/").status_code == 302
    assert asked(hana, rae_case.case_id).status_code == 200
    assert own_copy.people["rae"] not in str(logged("declare_conflict") + logged("end_conflict"))
    counted("acts of naming found in the log", len(logged("declare_conflict") + logged("end_conflict")))


def test_a_conflict_binds_both_sides(own_copy: Served) -> None:
    from courtside.services.declare_conflict import declare_conflict

    declare_conflict(visit("maya"), own_copy.people["rae"])
    assert visit("maya").viewer.conflicts == {own_copy.people["rae"]}
    assert visit("rae").viewer.conflicts == {own_copy.people["maya"]}
    assert visit("tom").viewer.conflicts == frozenset()


def test_four_eyes_say_in_words_why_somebody_is_no_second(own_copy: Served) -> None:
    from courtside.services.declare_conflict import declare_conflict
    from courtside.services.four_eyes import refuse_unless_second
    from courtside.services.refused import Refused

    rae, hierarchy = own_copy.people["rae"], own_copy.hierarchy
    refuse_unless_second("maya", "hana", rae, hierarchy, UNTIL)
    refuse_unless_second("maya", "gwen", rae, hierarchy, UNTIL)
    for author, approver, subject, said in (
        ("maya", "maya", rae, "somebody else approves"),
        ("maya", "", rae, "one of them is missing"),
        ("maya", "rae", rae, "neither who writes nor who approves"),
        ("rae", "hana", rae, "neither who writes nor who approves"),
        ("gwen", "maya", rae, "you answer to the person who wrote this"),
        ("hana", "tom", own_copy.people["maya"], "somebody above you"),
    ):
        with pytest.raises(Refused, match=said):
            refuse_unless_second(author, approver, subject, hierarchy, UNTIL)
    declare_conflict(visit("hana"), rae)
    with pytest.raises(Refused, match="conflict of interest"):
        refuse_unless_second("maya", "hana", rae, hierarchy, UNTIL)


def test_where_one_hr_partner_is_alone_an_executive_approves_once_a_second_person_agrees(
    own_copy: Served, rae_case: CaseFacts, counted: Callable[[str, int], None]
) -> None:
    from courtside.services.name_outside_approver import name_outside_approver
    from courtside.services.refused import Refused
    from courtside.store.access import Role

    draft = replace(rae_case, case_id="DRAFTOFRAE01", author="hana", stage=_draft())
    from tests.cases.case_addresses import CASES

    CASES[draft.case_id] = draft
    assert asked(own_copy.client("eve"), draft.case_id, "approve_plan").status_code == 404
    with pytest.raises(Refused, match="no executive"):
        name_outside_approver(visit("hana"), draft, "otto")
    name_outside_approver(visit("hana"), draft, "eve")
    assert asked(own_copy.client("eve"), draft.case_id, "approve_plan").status_code == 404, "nobody has agreed yet"
    agree = f"{SIGHT}approvers/{draft.case_id}/eve/agree/"
    for who in ("eve", "hana", "maya", "gwen", "rae", "ola"):
        assert stepped_up(own_copy.client(who), who).post(agree).status_code in (400, 404), who
    assert own_copy.client("ari").post(agree).status_code == 403, "a fresh code is needed"
    ari = stepped_up(own_copy.client("ari"), "ari")
    assert draft.case_id in ari.get(SIGHT).content.decode()
    assert ari.post(agree).status_code == 302
    eve = own_copy.client("eve")
    assert asked(eve, draft.case_id, "approve_plan").status_code == 200
    assert asked(eve, rae_case.case_id).status_code == 404, "for that case only"
    assert asked(own_copy.client("hana"), draft.case_id, "approve_plan").status_code == 404
    given("otto", Role.HR)
    with pytest.raises(Refused, match="another HR partner can approve"):
        name_outside_approver(visit("hana"), draft, "eve")
    found = logged("name_outside_approver") + logged("agree_outside_approver")
    assert [(one["who"], one["user"]) for one in found] == [("hana", "eve"), ("ari", "eve")]
    counted("acts of naming found in the log", len(found))


def _draft() -> Any:
    from courtside.store.access import Stage

    return Stage.DRAFT


def test_an_auditor_reads_a_case_assigned_to_them_until_the_day(
    own_copy: Served, rae_case: CaseFacts, counted: Callable[[str, int], None]
) -> None:
    from courtside.services.assign_case import assign_case, unassign_case
    from courtside.services.refused import Refused
    from courtside.services.viewing import NotFound

    assert asked(own_copy.client("ari"), rae_case.case_id).status_code == 404
    with pytest.raises(NotFound):
        assign_case(visit("maya"), rae_case, "ari", TODAY)
    with pytest.raises(Refused, match="is no auditor"):
        assign_case(visit("hana"), rae_case, "otto", TODAY)
    with pytest.raises(Refused, match="is over"):
        assign_case(visit("hana"), rae_case, "ari", TODAY - timedelta(days=1))
    assign_case(visit("hana"), rae_case, "ari", TODAY + timedelta(days=1))
    seen = []
    for _ in range(3):
        ari = own_copy.client("ari")
        seen.append(asked(ari, rae_case.case_id).status_code)
        assert (rae_case.case_id in ari.get("/log/", {"verb": "none"}).content.decode()) == (seen[-1] == 200)
        own_copy.clock.move(timedelta(days=1))
    assert seen == [200, 200, 404]
    assign_case(visit("hana"), rae_case, "ari", TODAY + timedelta(days=9))
    assert asked(own_copy.client("ari"), rae_case.case_id).status_code == 200
    unassign_case(visit("hana"), rae_case, "ari")
    assert asked(own_copy.client("ari"), rae_case.case_id).status_code == 404
    counted("acts of naming found in the log", len(logged("assign_case") + logged("unassign_case")))


def test_a_witness_attests_one_document_and_sees_no_plan(own_copy: Served, rae_case: CaseFacts) -> None:
    from courtside.services.name_witness import end_witness, name_witness, witnesses_of
    from courtside.services.refused import Refused
    from courtside.services.viewing import NotFound

    with pytest.raises(NotFound):
        name_witness(visit("otto"), rae_case, "DOC1", "tom")
    for who in ("rae", "hana", "maya"):
        with pytest.raises(Refused):
            name_witness(visit("hana"), rae_case, "DOC1", who)
    name_witness(visit("hana"), rae_case, "DOC1", "otto")
    assert witnesses_of("DOC1") == {"otto"}
    assert witnesses_of("DOC2") == frozenset()
    otto = own_copy.client("otto")
    assert asked(otto, rae_case.case_id, "witness").status_code == 200
    assert asked(otto, rae_case.case_id).status_code == 404
    end_witness(visit("hana"), rae_case, "DOC1", "otto")
    assert asked(otto, rae_case.case_id, "witness").status_code == 404


def test_the_database_refuses_what_breaks_a_rule_of_two_people(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from courtside.store import naming
    from courtside.store.connect import disconnect

    naming.name_outside("CASE", "eve", "hana", NOW)
    naming.assign("CASE", "ari", TODAY, "hana", NOW)
    naming.name_witness("DOC", "CASE", "tom", "hana", NOW)
    naming.declare("hana", "P1", "hana", NOW)
    naming.stand_in("P1", "P2", TODAY, TODAY, "hana", NOW)
    disconnect()
    refused = (
        "UPDATE store_outsideapprover SET agreed_by = 'hana', agreed_at = '2026-11-02'",
        "UPDATE store_outsideapprover SET agreed_by = 'eve', agreed_at = '2026-11-02'",
        "UPDATE store_outsideapprover SET agreed_by = 'ari'",
        "UPDATE store_outsideapprover SET named_by = 'eve'",
        "UPDATE store_outsideapprover SET case_id = 'OTHER'",
        "DELETE FROM store_outsideapprover",
        "UPDATE store_caseassignment SET assigned_by = 'ari'",
        "UPDATE store_caseassignment SET until = '2030-01-01'",
        "DELETE FROM store_caseassignment",
        "UPDATE store_documentwitness SET named_by = 'tom'",
        "DELETE FROM store_documentwitness",
        "UPDATE store_declaredconflict SET ended_by = 'hana', ended_at = '2026-11-02'",
        "DELETE FROM store_declaredconflict",
        "UPDATE store_actingmanager SET ends_on = '2030-01-01'",
        "UPDATE store_actingmanager SET acting_id = 'P1'",
        "DELETE FROM store_actingmanager",
    )
    database = sqlite3.connect(own_copy.root / "app.sqlite3")
    for statement in refused:
        with pytest.raises(sqlite3.IntegrityError):
            database.execute(statement)
        database.rollback()
        counted("rows of the database refused that break a rule of two people", 1)
    database.close()


def test_moves_and_leaves_in_the_records_show_with_the_next_request(
    own_copy: Served, rae_case: CaseFacts, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    rae, people = own_copy.people["rae"], own_copy.people
    leads = {"maya": people["maya"], "gwen": people["gwen"]}
    clients = {who: own_copy.client(who) for who in ("maya", "gwen", "tom")}
    to = ((people["gwen"], own_copy.other_team), (people["tom"], own_copy.team), (people["maya"], own_copy.team))
    for step, (manager, team) in enumerate(to):
        row = {"person_id": rae, "valid_from": (UNTIL + timedelta(days=step)).isoformat(), "manager_id": manager,
               "team": team}  # fmt: skip
        moved(own_copy, tmp_path / str(step), row)
        own_copy.clock.move(NOW + timedelta(days=step) - own_copy.clock.now())
        direct = {
            who for who, client in clients.items() if asked(client, rae_case.case_id, "check_in").status_code == 200
        }
        cards = {who for who, client in clients.items() if client.get(f"/people/{rae}/").status_code == 200}
        by = next(who for who, person in (*leads.items(), ("tom", people["tom"])) if person == manager)
        assert direct == {by}
        above = {"gwen": {"gwen"}, "tom": {"tom", "maya", "gwen"}, "maya": {"maya", "gwen"}}
        assert cards == above[by]
        counted("moves in the records after which the next request follows", 1)


def moved(firm: Served, folder: Path, row: dict[str, str]) -> None:
    """Import one more assignment."""
    from courtside.services.import_records import Request, import_records

    folder.mkdir()
    with (folder / "assignments.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    import_records(firm.workspace, firm.caller, Request((folder,)))


def test_erasing_somebody_takes_their_names_out_of_all_that_was_named(own_copy: Served) -> None:
    from courtside.services.erase_person import erase_person
    from courtside.store import naming

    tom = own_copy.people["tom"]
    naming.stand_in(own_copy.people["maya"], tom, TODAY, TODAY, "tom", NOW)
    naming.declare("tom", own_copy.people["rae"], "tom", NOW)
    naming.declare("hana", tom, "hana", NOW)
    naming.assign("CASE", "ari", TODAY, "tom", NOW)
    naming.name_outside("CASE", "eve", "tom", NOW)
    naming.name_witness("DOC", "CASE", "tom", "hana", NOW)
    erase_person(own_copy.workspace, own_copy.caller, tom)
    database = sqlite3.connect(own_copy.root / "app.sqlite3")
    tables = ("actingmanager", "declaredconflict", "caseassignment", "outsideapprover", "documentwitness")
    rows = [row for table in tables for row in database.execute(f"SELECT * FROM store_{table}").fetchall()]  # noqa: S608
    database.close()
    assert len(rows) == 6
    assert not [row for row in rows if "tom" in row or tom in row]


def test_a_plan_says_itself_who_may_do_what_with_it(own_copy: Served) -> None:
    from courtside.services.case_door import visible_cases
    from courtside.services.case_of_plan import facts_of_plans, stage_of
    from courtside.store.access import CaseAction, Stage
    from courtside.workflow.actors import Person
    from courtside.workflow.content import Content, Kind
    from courtside.workflow.record import Plan, State

    people = own_copy.people
    content = Content(TODAY, TODAY + timedelta(days=60), TODAY, (), (), ())
    maya = Person("maya", people["maya"])
    plan = Plan(
        "PLANOFRAE001", Kind.IMPROVEMENT, people["rae"], people["maya"], (maya,), "PROPOSAL0001", content, "hash",
        TODAY, TODAY + timedelta(days=60), TODAY, (), (), State.ACTIVE, issued_on=TODAY,
    )  # fmt: skip
    dropped = replace(plan, id="DROPPEDPLAN1", state=State.CANCELLED, issued_on=None)
    ended = replace(plan, id="ENDEDPLAN001", state=State.CANCELLED)
    assert [stage_of(one) for one in (plan, dropped, ended)] == [Stage.ISSUED, Stage.WITHDRAWN, Stage.CLOSED]
    (facts,) = facts_of_plans((plan,), TODAY)
    assert facts.parties == {"rae", "maya", "hana"}
    expected = {"rae": {plan.id, ended.id}, "maya": {plan.id, dropped.id, ended.id}, "gwen": set(), "tom": set()}
    for who, ids in expected.items():
        found = visible_cases(visit(who), CaseAction.SEE_PLAN, facts_of_plans((plan, dropped, ended), TODAY))
        assert {one.case_id for one in found} == ids
    assert {stage_of(replace(plan, state=state)) for state in State} <= set(Stage)
