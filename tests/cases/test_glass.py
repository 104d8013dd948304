"""Break-glass: an administrator sees one record for an hour once HR agreed; looks are logged, the person is told."""

from __future__ import annotations

import ast
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cases.stepping_up import stepped_up
from tests.serving import CAST, NOW, Served

GATES = (
    "pages asked for under break-glass", "looks found in the log with the id of a break-glass",
    "decisions by the wrong person refused by the database", "verbs of looks known to who saw a record",
)  # fmt: skip
Counted = Callable[[str, int], None]
WHY = "A row of theirs stops the import, and nobody can tell why"
TODAY = NOW.date()


def logged(verb: str) -> list[dict[str, Any]]:
    from courtside.store import log_reading

    return [{"who": one.who, **one.detail} for one in log_reading.every(log_reading.Wanted(verb=verb))]


def told(person: str = "", username: str = "") -> list[str]:
    """The paths somebody is told of."""
    from courtside.store.accounts import accounts
    from courtside.store.models import OutboxRow

    user = next((one.user_id for one in accounts() if one.username == username), None)
    rows = OutboxRow.objects.unscoped("a test's own").filter(kind="mail")
    own = rows.filter(person_id=person) if person else rows.filter(user_id=user)
    return [one.path for one in own.order_by("id")]


def asked(firm: Served, whom: str = "rae", who: str = "ada") -> str:
    """A request that waits; its id."""
    answer = firm.client(who).post("/glass/ask/", {"person": firm.people[whom], "reason": WHY})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).strip("/").split("/")[-1]


def agreed(firm: Served, opaque: str, **more: str) -> Any:
    hana = stepped_up(firm.client("hana"), "hana")
    return hana.post(f"/glass/{opaque}/agree/", {"reason": "It is the only way to find out", **more})


def card(firm: Served) -> str:
    return f"/people/{firm.people['rae']}/"


def test_one_record_is_open_for_an_hour_and_closes_by_itself(own_copy: Served, counted: Counted) -> None:
    rae = own_copy.people["rae"]
    ada = own_copy.client("ada")
    assert ada.get(card(own_copy)).status_code == 404
    opaque = asked(own_copy)
    assert told(username="hana") == [f"/glass/{opaque}/"]
    assert ada.get(card(own_copy)).status_code == 404, "nobody has agreed yet"
    assert WHY in own_copy.client("hana").get(f"/glass/{opaque}/").content.decode()
    assert agreed(own_copy, opaque).status_code == 302
    page = ada.get(card(own_copy))
    assert page.status_code == 200
    assert "Break-glass: you may look at the record of" in page.content.decode()
    assert opaque in ada.get("/metrics/").content.decode(), "the banner stands on every page"
    for path in (card(own_copy), f"{card(own_copy)}dials/", f"{card(own_copy)}why/dials/"):
        assert ada.get(path).status_code == 200, path
        counted("pages asked for under break-glass", 1)
    looks = [one for one in logged("see_card") if one.get("glass") == opaque]
    assert {one["who"] for one in looks} == {"ada"}
    assert {one["person"] for one in looks} == {rae}
    assert len(looks) >= 3
    counted("looks found in the log with the id of a break-glass", len(looks))
    own_copy.clock.move(timedelta(minutes=59))
    assert ada.get(card(own_copy)).status_code == 200
    own_copy.clock.move(timedelta(minutes=1))
    closed = ada.get(card(own_copy))
    assert closed.status_code == 404
    assert "Break-glass" not in closed.content.decode()
    assert [one["glass"] for one in logged("agree_break_glass")] == [opaque]


def test_it_opens_nobody_else_no_case_no_list_and_changes_nothing(own_copy: Served, counted: Counted) -> None:
    from courtside.services.make_token import make_token
    from courtside.services.viewing import visit_of
    from courtside.store.access import by_glass
    from courtside.store.accounts import accounts

    rae, tom = own_copy.people["rae"], own_copy.people["tom"]
    ada, opaque = own_copy.client("ada"), asked(own_copy)
    agreed(own_copy, opaque)
    assert ada.get(card(own_copy)).status_code == 200
    shut = (
        f"/people/{tom}/", f"/teams/{own_copy.team}/", f"/records/{rae}/looks/", f"/hr/people/{rae}/",
        f"/files/{rae}/", "/proposals/", "/hr/", f"/people/{own_copy.people['maya']}/",
    )  # fmt: skip
    for path in shut:
        page = ada.get(path)
        assert page.status_code == 404 or own_copy.hierarchy.names[rae] not in _main(page), path
        counted("pages asked for under break-glass", 1)
    for path in (card(own_copy), f"/disputes/new/{rae}/dials/"):
        assert ada.post(path, {"reason": "no"}).status_code in (404, 405), path
    assert "Dispute" not in _main(ada.get(f"{card(own_copy)}dials/"))
    users = {one.username: one.user_id for one in accounts()}
    for who in set(CAST) - {"ada"}:
        visit = visit_of(users[who])
        assert visit is not None
        assert not visit.viewer.opened, who
    visit = visit_of(users["ada"])
    assert visit is not None
    assert by_glass(visit.viewer, rae, visit.hierarchy, visit.today) == opaque
    assert by_glass(visit.viewer, tom, visit.hierarchy, visit.today) == ""
    assert rae not in visit.people()
    assert "scorecard" in (path := f"/api/v1/people/{rae}/scorecard")
    bearer = {"Authorization": f"Bearer {make_token(visit.viewer, own_copy.caller, 'a program', 5)}"}
    assert own_copy.client().get("/api/v1/me", headers=bearer).status_code == 200
    assert own_copy.client().get(path, headers=bearer).status_code == 404


def _main(page: Any) -> str:
    """A page without its head, in which the banner names whose record is open."""
    return str(page.content.decode().partition("<main")[2])


def test_it_never_opens_to_somebody_looking_through_others_eyes(own_copy: Served) -> None:
    from courtside.services.viewing import SAMPLE

    opaque, ada = asked(own_copy), own_copy.client("ada")
    agreed(own_copy, opaque)
    (own_copy.root / SAMPLE).write_text("{}", encoding="utf-8")
    assert ada.get(card(own_copy)).status_code == 200
    assert ada.post("/see-as/", {"username": "ola"}).status_code == 302
    seen = ada.get(card(own_copy))
    assert seen.status_code == 404
    assert "Break-glass: you may look" not in seen.content.decode()
    assert ada.post("/see-as/end/").status_code == 302
    gwen = own_copy.client("ada")
    assert gwen.post("/see-as/", {"username": "hana"}).status_code == 302
    assert gwen.post(f"/glass/{opaque}/end/").status_code == 405, "through others' eyes nothing is ended"


def test_who_may_ask_see_and_decide(own_copy: Served) -> None:
    rae = own_copy.people["rae"]
    for who in CAST:
        client = own_copy.client(who)
        assert client.get("/glass/").status_code == (200 if who in ("ada", "hana") else 404), who
        if who != "ada":
            assert client.post("/glass/ask/", {"person": rae, "reason": WHY}).status_code == 404, who
    assert own_copy.client("ada").post("/glass/ask/", {"person": rae, "reason": " "}).status_code == 400
    opaque = asked(own_copy)
    again = own_copy.client("ada").post("/glass/ask/", {"person": rae, "reason": WHY})
    assert "asked for that already" in again.content.decode()
    for who in CAST:
        client = stepped_up(own_copy.client(who), who)
        assert client.get(f"/glass/{opaque}/").status_code == (200 if who in ("ada", "hana") else 404), who
        if who != "hana":
            assert client.post(f"/glass/{opaque}/agree/", {"reason": WHY}).status_code == 404, who
            assert client.post(f"/glass/{opaque}/refuse/", {"reason": WHY}).status_code == 404, who
    assert own_copy.client("hana").post(f"/glass/{opaque}/agree/", {"reason": WHY}).status_code == 403, "a fresh code"
    hana = own_copy.client("hana")
    assert hana.post(f"/glass/{opaque}/refuse/", {"reason": ""}).status_code == 400
    assert hana.post(f"/glass/{opaque}/refuse/", {"reason": "Ask operations first"}).status_code == 302
    assert "Ask operations first" in own_copy.client("ada").get(f"/glass/{opaque}/").content.decode()
    assert told(username="ada") == [f"/glass/{opaque}/"]
    assert "somebody has decided this" in agreed(own_copy, opaque).content.decode().lower()
    assert own_copy.client("ada").get(card(own_copy)).status_code == 404
    assert told(person=rae) == []


def test_an_hr_partner_who_asks_as_administrator_cannot_agree_nor_can_one_of_another_team(own_copy: Served) -> None:
    from courtside.store import accounts
    from courtside.store.access import Role

    users = {one.username: one.user_id for one in accounts.accounts()}
    accounts.grant(users["hana"], Role.ADMIN, "host", NOW)
    hugo = accounts.add("hugo", "Hugo Hill", "hugo@firm.example", "", NOW)
    accounts.grant(hugo, Role.HR, "host", NOW, [own_copy.other_team])
    opaque = asked(own_copy, who="hana")
    assert "it takes two" in agreed(own_copy, opaque).content.decode() or agreed(own_copy, opaque).status_code == 400
    assert own_copy.client("hana").get(card(own_copy)).status_code == 404
    assert stepped_up(own_copy.client("hugo"), "hugo").get(f"/glass/{opaque}/").status_code == 404
    accounts.revoke(hugo, Role.HR, NOW)
    accounts.grant(hugo, Role.HR, "host", NOW, [own_copy.team])
    answer = stepped_up(own_copy.client("hugo"), "hugo").post(f"/glass/{opaque}/agree/", {"reason": WHY})
    assert answer.status_code == 302
    assert own_copy.client("hana").get(card(own_copy)).status_code == 200


def test_the_person_is_told_at_once_and_reads_who_why_and_when(own_copy: Served) -> None:
    opaque = asked(own_copy)
    agreed(own_copy, opaque)
    assert told(person=own_copy.people["rae"]) == ["/my-record/looks/"]
    own_copy.client("ada").get(card(own_copy))
    page = own_copy.client("rae").get("/my-record/looks/").content.decode()
    assert "What two people opened for an hour" in page
    assert WHY in page
    assert f"by break-glass {opaque}" in page


def test_a_notice_held_back_is_given_when_its_day_comes_and_once(own_copy: Served) -> None:
    from courtside.services.due_break_glass import due

    rae, opaque = own_copy.people["rae"], asked(own_copy)
    until = TODAY + timedelta(days=10)
    assert "say why the notice" in agreed(own_copy, opaque, told_on=until.isoformat()).content.decode().lower()
    far = agreed(own_copy, opaque, told_on=(TODAY + timedelta(days=91)).isoformat(), hold_reason=WHY)
    assert "90 days at most" in far.content.decode()
    reason = "The works council looks into it until then"
    assert agreed(own_copy, opaque, told_on=until.isoformat(), hold_reason=reason).status_code == 302
    assert own_copy.client("ada").get(card(own_copy)).status_code == 200
    own_copy.clock.move(timedelta(minutes=5))
    assert own_copy.client("ada").get(f"{card(own_copy)}dials/rows.csv").status_code == 200
    assert due(own_copy.workspace, own_copy.caller) == 0
    before = own_copy.client("rae").get("/my-record/looks/").content.decode()
    assert told(person=rae) == []
    assert "Ada Ash" not in before
    assert ">ada<" not in before
    assert opaque in own_copy.client("hana").get(f"/records/{rae}/looks/").content.decode(), "HR sees it all the while"
    assert reason not in own_copy.client("ada").get(f"/glass/{opaque}/").content.decode()
    own_copy.clock.move(timedelta(days=10))
    assert [due(own_copy.workspace, own_copy.caller) for _ in range(3)] == [1, 0, 0]
    assert told(person=rae) == ["/my-record/looks/"]
    after = own_copy.client("rae").get("/my-record/looks/").content.decode()
    assert WHY in after
    assert f"by break-glass {opaque}" in after


def test_who_asked_and_hr_can_end_it_early_and_nobody_else(own_copy: Served) -> None:
    for ends in ("ada", "hana"):
        opaque = asked(own_copy)
        agreed(own_copy, opaque)
        for who in ("rae", "maya", "ari", "eve"):
            assert own_copy.client(who).post(f"/glass/{opaque}/end/").status_code == 404
        assert own_copy.client("ada").get(card(own_copy)).status_code == 200
        assert own_copy.client(ends).post(f"/glass/{opaque}/end/").status_code == 302
        assert own_copy.client("ada").get(card(own_copy)).status_code == 404
        assert own_copy.client(ends).post(f"/glass/{opaque}/end/").status_code == 400, "it is over"
    assert [one["who"] for one in logged("end_break_glass")] == ["ada", "hana"]


def test_an_administrator_no_more_sees_nothing_by_it(own_copy: Served) -> None:
    from courtside.store import accounts
    from courtside.store.access import Role

    users = {one.username: one.user_id for one in accounts.accounts()}
    agreed(own_copy, asked(own_copy))
    accounts.grant(users["eve"], Role.ADMIN, "host", NOW)
    accounts.revoke(users["ada"], Role.ADMIN, NOW)
    assert own_copy.client("ada").get(card(own_copy)).status_code == 404


def test_a_request_nobody_decides_lapses(own_copy: Served) -> None:
    opaque = asked(own_copy)
    own_copy.clock.move(timedelta(days=7))
    assert "nobody agreed to this" in agreed(own_copy, opaque).content.decode().lower()
    assert asked(own_copy) != opaque


def test_the_database_refuses_a_decision_by_who_asked_or_whom_it_is_about(own_copy: Served, counted: Counted) -> None:
    opaque = asked(own_copy)
    with sqlite3.connect(own_copy.root / "app.sqlite3") as database:
        (number,) = database.execute("SELECT id FROM store_breakglass WHERE opaque = ?", (opaque,)).fetchone()
        values = {
            "glass_id": number, "kind": "agreed", "is_decision": 1, "by": "ada", "by_id": "", "asked_by": "ada",
            "asked_id": "P7", "person_id": own_copy.people["rae"], "at": NOW.isoformat(), "reason": WHY,
            "until": NOW.isoformat(), "hold_reason": "", "method": "totp", "age_s": 1,
        }  # fmt: skip
        wrong: tuple[dict[str, Any], ...] = (
            {}, {"by": ""}, {"by": "hana", "by_id": own_copy.people["rae"]}, {"by": "hana", "by_id": "P7"},
            {"by": "hana", "is_decision": 0}, {"by": "hana", "method": ""}, {"by": "hana", "until": None},
            {"by": "hana", "kind": "other"},
        )  # fmt: skip
        for one in wrong:
            with pytest.raises(sqlite3.IntegrityError):
                _insert(database, {**values, **one})
            counted("decisions by the wrong person refused by the database", 1)
        _insert(database, {**values, "by": "hana"})
        with pytest.raises(sqlite3.IntegrityError):
            _insert(database, {**values, "by": "hugo", "kind": "refused", "until": None})
        for change in ("SET until = '2999-01-01'", "SET kind = 'told'", "SET told_on = NULL"):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(f"UPDATE store_breakglassstep {change}")
            counted("decisions by the wrong person refused by the database", 1)
        for table in ("store_breakglassstep", "store_breakglass"):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(f"DELETE FROM {table}")
            counted("decisions by the wrong person refused by the database", 1)
        database.rollback()
    database.close()


def _insert(database: sqlite3.Connection, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{one}"' for one in row)
    marks = ", ".join("?" * len(row))
    database.execute(f"INSERT INTO store_breakglassstep ({names}) VALUES ({marks})", tuple(row.values()))


def test_an_erasure_takes_names_and_reasons_out_of_it(own_copy: Served) -> None:
    from courtside.services.erase_everywhere import forget_everywhere
    from courtside.store import audit, glass

    rae, opaque = own_copy.people["rae"], asked(own_copy)
    agreed(own_copy, opaque)
    with audit.together():
        forget_everywhere(own_copy.caller, rae, "erased-abc")
    found = glass.glass(opaque)
    assert found is not None
    assert (found.person_id, found.reason, found.decision_reason) == ("erased-abc", "erased", "erased")
    assert glass.about(rae) == ()


SERVICES = Path(__file__).parents[2] / "src" / "courtside" / "services"
LOOKING = ("see_", "take_file", "download_document", "export_person")


def verbs_written(source: str) -> set[str]:
    """Every verb of a look in some source: what is given to an act, or to a door that writes one."""
    calls = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Call)]
    writers = {"Act", "open_case", "_log", "_look", "look", "_open"}
    texts = (
        each.value
        for call in calls
        if (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")) in writers
        for each in (*call.args, *(word.value for word in call.keywords))
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )
    return {one for one in texts if one.startswith(LOOKING)}


def test_every_verb_of_a_look_is_known_to_who_saw_a_record(counted: Counted) -> None:
    from courtside.services import who_saw

    known = {
        *who_saw.LOOKS, *who_saw.LOOKS_AT_MANY, *who_saw.LOOKS_AT_CASES, *who_saw.LOOKS_AT_MANY_CASES,
        *who_saw.NOT_AT_A_PERSON,
    }  # fmt: skip
    written = {verb for path in SERVICES.glob("*.py") for verb in verbs_written(path.read_text(encoding="utf-8"))}
    assert written - known == set()
    assert {"see_card", "see_console", "see_person_cases", "see_file", "see_team"} <= written
    assert verbs_written("audit.write(audit.Act(at, who, 'see_unheard_of', {}))") - known == {"see_unheard_of"}
    counted("verbs of looks known to who saw a record", len(written & known))


def test_a_person_learns_of_a_list_of_cases_only_once_theirs_is_told(own_copy: Served) -> None:
    from courtside.services import who_saw
    from courtside.store.log_reading import Entry

    def entry(verb: str, **detail: Any) -> Entry:
        return Entry(1, NOW, "hana", verb, detail)

    told_of = frozenset({"PLANOFRAE001"})
    for verb, key in (("see_console", "plans"), ("see_person_cases", "cases")):
        assert who_saw._is_told(entry(verb, **{key: ["OTHER", "PLANOFRAE001"]}), told_of)
        assert not who_saw._is_told(entry(verb, **{key: ["OTHER"]}), told_of)
        assert not who_saw._is_told(entry(verb, **{key: []}), told_of)
