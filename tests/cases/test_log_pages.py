"""The log as auditors read it, and who saw a record as its person does."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.serving import CAST, NOW, Served

if TYPE_CHECKING:
    from courtside.services.viewing import Visit

GATES = (
    "kinds of looks found by the person they were at",
    "looks at cases kept from a person who may not know of them",
    "doors of the log closed to others",
    "entries of the log found on its pages",
)
LOG, OWN = "/log/", "/my-record/looks/"


def write(verb: str, who: str, at: Any = NOW, **detail: Any) -> None:
    from courtside.store import audit

    audit.write(audit.Act(at, who, verb, detail))


def visit(username: str) -> Visit:
    from courtside.services.account_rules import account_named
    from courtside.services.viewing import visit_of

    found = visit_of(account_named(username).user_id)
    assert found is not None
    return found


def looks_on(page: str) -> list[tuple[str, str]]:
    return re.findall(r"<li><strong>(.*?)</strong> (.*?) <span", page)


def test_every_kind_of_look_is_found_by_the_person(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.services.who_saw import LOOKS, LOOKS_AT_MANY

    rae = own_copy.people["rae"]
    for n, verb in enumerate(LOOKS):
        write(verb, f"looker{n}", person=rae)
    for n, verb in enumerate(LOOKS_AT_MANY):
        write(verb, f"many{n}", persons=[own_copy.people["tom"], rae])
    write("see_card", "rae", person=rae)
    write("see_card", "another", person=own_copy.people["tom"])
    write("see_team", "another", persons=[rae + "9"])
    page = own_copy.client("rae").get(OWN).content.decode()
    found = looks_on(page)
    expected = [(f"looker{n}", words) for n, words in enumerate(LOOKS.values())]
    expected += [(f"many{n}", words) for n, words in enumerate(LOOKS_AT_MANY.values())]
    assert found == expected[::-1]
    counted("kinds of looks found by the person they were at", len(found))


def test_real_looks_by_people_further_up_are_there(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    rae = own_copy.people["rae"]
    own_copy.client("maya").get(f"/people/{rae}/")
    own_copy.client("gwen").get(f"/people/{rae}/")
    found = looks_on(own_copy.client("rae").get(OWN).content.decode())
    assert ("gwen", "looked at this box score") in found
    assert "maya" not in {who for who, _ in found}, "the direct manager's looks are no entries"
    assert looks_on(own_copy.client("tom").get(OWN).content.decode()) == []
    counted("kinds of looks found by the person they were at", 1)


def test_looks_at_a_case_are_shown_once_the_person_may_see_it(
    own_copy: Served, counted: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from courtside.services import who_saw

    rae = own_copy.people["rae"]
    for verb in who_saw.LOOKS_AT_CASES:
        is_list = verb == "see_person_cases"
        for case in ("HIDDENCASE01", "KNOWNCASE001"):
            write(verb, "hana", person=rae, **({"cases": [case]} if is_list else {"case": case}))
        write(verb, "hana", person=rae)
    write("see_card", "gwen", person=rae, plan="HIDDENCASE01")
    monkeypatch.setattr(who_saw, "CASES_TOLD", [])
    assert looks_on(own_copy.client("rae").get(OWN).content.decode()) == []
    monkeypatch.setattr(who_saw, "CASES_TOLD", [lambda _visit, _person: ["KNOWNCASE001"]])
    shown = own_copy.client("rae").get(OWN).content.decode()
    assert len(looks_on(shown)) == len(who_saw.LOOKS_AT_CASES)
    assert "HIDDENCASE01" not in shown
    kept = 2 * len(who_saw.LOOKS_AT_CASES) + 1
    every = looks_on(own_copy.client("hana").get(f"/records/{rae}/looks/").content.decode())
    assert len(every) == kept + len(who_saw.LOOKS_AT_CASES) + 1, "and that HR looked here"
    counted("looks at cases kept from a person who may not know of them", kept)


def test_a_list_that_forgets_to_ask_about_cases_is_caught(
    own_copy: Served, counted: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken twin: every look is told, whatever it was at."""
    from courtside.services import who_saw

    rae = own_copy.people["rae"]
    write("see_plan", "hana", person=rae, case="HIDDENCASE01")
    monkeypatch.setattr(who_saw, "_is_told", lambda _entry, _told: True)
    assert ("hana", "looked at a plan") in looks_on(own_copy.client("rae").get(OWN).content.decode())
    counted("looks at cases kept from a person who may not know of them", 1)


def test_pages_hold_all_looks_and_lead_on(own_copy: Served) -> None:
    rae = own_copy.people["rae"]
    for n in range(120):
        write("see_card", f"looker{n}", person=rae)
    client, found, page = own_copy.client("rae"), [], 1
    while True:
        text = client.get(OWN, {"page": page}).content.decode()
        found += looks_on(text)
        if f"?page={page + 1}" not in text:
            break
        page += 1
    assert (page, len(found), found[0][0], found[-1][0]) == (3, 120, "looker119", "looker0")


def test_hr_partners_and_auditors_see_who_looked_and_that_is_a_look_too(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    rae = own_copy.people["rae"]
    where = f"/records/{rae}/looks/"
    missing = "/records/P99999/looks/"
    write("see_card", "gwen", person=rae)
    for who in CAST:
        answer = own_copy.client(who).get(where)
        allowed = who in ("rae", "hana", "ari")
        assert answer.status_code == (200 if allowed else 404), who
        gone = own_copy.client(who).get(missing)
        assert gone.status_code == 404
        if not allowed:
            assert strip(answer.content) == strip(gone.content)
            counted("doors of the log closed to others", 1)
    told = looks_on(own_copy.client("rae").get(OWN).content.decode())
    assert [who for who, what in told if what == "looked at this list"] == ["ari", "hana"]


def strip(content: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", content)


def test_an_hr_partner_of_other_teams_or_with_a_conflict_does_not_find_who_looked(own_copy: Served) -> None:
    from courtside.services.declare_conflict import declare_conflict
    from courtside.store import accounts
    from courtside.store.access import Role

    rae, hana = own_copy.people["rae"], visit("hana").viewer
    accounts.revoke(hana.user_id, Role.HR, NOW)
    accounts.grant(hana.user_id, Role.HR, "host", NOW, [own_copy.other_team])
    assert own_copy.client("hana").get(f"/records/{rae}/looks/").status_code == 404
    accounts.revoke(hana.user_id, Role.HR, NOW)
    accounts.grant(hana.user_id, Role.HR, "host", NOW, [own_copy.team])
    assert own_copy.client("hana").get(f"/records/{rae}/looks/").status_code == 200
    declare_conflict(visit("hana"), rae)
    assert own_copy.client("hana").get(f"/records/{rae}/looks/").status_code == 404


def test_the_log_is_for_auditors(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    for who in CAST:
        for path in (LOG, f"{LOG}rows.csv"):
            answer = own_copy.client(who).get(path)
            assert answer.status_code == (200 if who == "ari" else 404), f"{who} {path}"
            counted("doors of the log closed to others", who != "ari")
    assert own_copy.client().get(LOG).headers["Location"].startswith("/account/sign-in/")


def entries_on(page: str) -> list[tuple[str, str, str]]:
    number, who, verb = r'title="\w*">(\d+|–)</th>', r'<td class="top">(.*?)</td>', r'<td class="top nb">(\w+)</td>'
    return re.findall(f"{number}.*?{who}{verb}", page)


def test_the_whole_log_is_read_page_by_page(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.store import audit

    for n in range(230):
        write("set_target", f"who{n}", number=n)
    before = len(audit.acts())
    client, found, page = own_copy.client("ari"), [], 1
    while True:
        text = client.get(LOG, {"page": page}).content.decode()
        found += entries_on(text)
        if f"page={page + 1}" not in text:
            break
        page += 1
    assert found[0][1:] == ("ari", "read_log")
    numbers = {int(seq) for seq, _, _ in found}
    assert set(range(1, before + 1)) <= numbers, "an entry is on no page"
    counted("entries of the log found on its pages", len(numbers))


def found_with(firm: Served, **asked: str) -> set[str]:
    page = firm.client("ari").get(LOG, asked).content.decode()
    return {who for _, who, verb in entries_on(page) if verb not in ("read_log", "sign_in")}


def test_the_log_is_searched_by_verb_person_name_and_days(own_copy: Served) -> None:
    rae, tom = own_copy.people["rae"], own_copy.people["tom"]
    write("see_card", "one", person=rae)
    write("see_card", "two", NOW - timedelta(days=3), person=tom)
    write("set_target", "three", NOW - timedelta(days=1), scope=f"person:{rae}")
    assert found_with(own_copy, verb="see_card") == {"one", "two"}
    assert found_with(own_copy, about=rae) == {"one"}
    assert found_with(own_copy, who="three") == {"three"}
    assert found_with(own_copy, verb="see_card", first="2026-10-30", last="2026-10-30") == {"two"}
    assert found_with(own_copy, verb="set_target", last="2026-10-31") == set()
    assert found_with(own_copy, about="' OR 1=1 --") == set()
    assert found_with(own_copy, about="%") == set()
    refused = own_copy.client("ari").get(LOG, {"first": "yesterday"})
    assert refused.status_code == 400
    assert "write it as 2026-11-02" in refused.content.decode()
    assert looks_on(own_copy.client("rae").get(OWN).content.decode())[0] == (
        "ari",
        "read what the log says of this person",
    )


def test_the_file_holds_what_was_looked_for_and_taking_it_is_an_entry(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from courtside.store import audit

    write("set_target", "=cmd()", words="+1", number=7)
    write("see_card", "other", person=own_copy.people["rae"])
    answer = own_copy.client("ari").get(f"{LOG}rows.csv", {"verb": "set_target"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="log.csv"'
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode())))  # type: ignore[arg-type]
    assert rows[0] == ["seq", "at", "who", "verb", "detail", "hash"]
    assert [row[2:5] for row in rows[1:]] == [["'=cmd()", "set_target", '{"number": 7, "words": "+1"}']]
    assert re.fullmatch(r"[0-9a-f]{64}", rows[1][5])
    assert [(one.who, dict(one.detail)) for one in audit.acts("download_log")] == [("ari", {"verb": "set_target"})]
    counted("entries of the log found on its pages", len(rows) - 1)


def test_what_was_erased_and_what_the_last_check_found_is_said(own_copy: Served) -> None:
    from courtside.services.verify_log import verify_log
    from courtside.store.audit_chain import ERASED_BY_NAME

    client = own_copy.client("ari")
    assert "has not been checked yet" in client.get(LOG).content.decode()
    verify_log(own_copy.workspace, own_copy.caller)
    assert "entries hold" in client.get(LOG).content.decode()
    write(ERASED_BY_NAME, ERASED_BY_NAME)
    assert "what this said was erased" in client.get(LOG).content.decode()
    write("verify_log", "host", entries=9, first_bad=4, erased=0, anchors=0)
    page = client.get(LOG).content.decode()
    assert "Entry 4 does not hold." in page
    assert 'role="alert"' in page


def test_words_in_the_log_that_are_markup_stay_words(own_copy: Served) -> None:
    hostile = "<script>alert(1)</script>"
    write("set_target", hostile, words=hostile)
    page = own_copy.client("ari").get(LOG, {"about": hostile, "who": '"><script>'}).content.decode()
    page += own_copy.client("ari").get(LOG).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
