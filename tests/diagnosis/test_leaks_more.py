"""The pages behind the stages: the cases of a cell, a stage month by month, and what other rates would come to."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

import pytest
from tests.serving import CAST, Served

if TYPE_CHECKING:
    from django.test import Client

Door = Callable[..., "Client"]
GATES = ("pages of the stages closed", "cases whose owner was looked up", "strangers' cases a broken list shows")
OF_SALES = {"pipeline": "sales", "stage": "qualified"}
ALL = {"entered": "all"}
PAGES = ("months", "records", "what-if")


def _main(response: object) -> str:
    page: str = response.content.decode()  # type: ignore[attr-defined]
    return unescape(page[page.index("<main") : page.index("</main>")])


def _owners(served: Served) -> dict[str, set[str]]:
    """Case -> whoever was ever credited with it."""
    from courtside.services.standing import stand

    found: dict[str, set[str]] = {}
    with stand(served.workspace).session(served.caller) as session:
        for table in ("opportunities", "stage_changes"):
            told = session.engine.con.execute(f"SELECT opportunity_id, person_id FROM {table}")  # type: ignore[attr-defined]  # noqa: S608
            for case, person in told.fetchall():
                found.setdefault(case, set()).add(person)
    return found


# Who may open them ----------------------------------------------------------------------------------------------------


def test_pages_about_somebody_are_closed_to_all_who_may_not_see_them(
    served: Served, as_user: Door, counted: Callable[[str, int], None]
) -> None:
    asked = {"scope": f"person:{served.people['rae']}", "kind": "entered", **OF_SALES, **ALL}
    for who in CAST:
        for page in PAGES:
            status = as_user(who).get(f"/leaks/{page}/", asked).status_code
            may = who in ("rae", "maya", "gwen")
            assert status == (200 if may else 404), (who, page)
            counted("pages of the stages closed", not may)


def test_who_sees_only_totals_sees_months_and_sums_but_no_cases(served: Served, as_user: Door) -> None:
    asked = {"scope": "company", "kind": "entered", **OF_SALES, **ALL}
    for who in ("eve", "hana"):
        assert as_user(who).get("/leaks/months/", asked).status_code == 200
        assert as_user(who).get("/leaks/what-if/", asked).status_code == 200
        assert as_user(who).get("/leaks/records/", asked).status_code == 404
        assert "/leaks/records/" not in _main(as_user(who).get("/leaks/"))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "wrong",
    [{"pipeline": "sails"}, {"stage": "nowhere"}, {"by": "source", "part": "moon"}, {"by": "team"}, {"entered": "5"}],
)
def test_what_does_not_exist_is_not_found(page: str, wrong: dict[str, str], as_user: Door) -> None:
    asked = {"kind": "entered", **OF_SALES, **ALL, **wrong}
    if page == "what-if" and "stage" in wrong:
        return
    assert as_user("rae").get(f"/leaks/{page}/", asked).status_code == 404
    assert as_user("rae").get(f"/leaks/{page}/").status_code == 404


# The cases of a cell --------------------------------------------------------------------------------------------------


def _listed(page: str) -> list[str]:
    return re.findall(r'role="rowheader"><code>([^<]+)<', page)


def test_a_cell_opens_the_cases_it_counts_fifty_a_page(served: Served, as_user: Door) -> None:
    maya, scope = as_user("maya"), f"team:{served.team}"
    page = _main(maya.get("/leaks/", {"scope": scope, **ALL}))
    cells = re.findall(r'href="(/leaks/records/\?[^"]+)">([\d,]+)<', page)
    assert len(cells) >= 9
    assert any("stalled" in address for address, _ in cells)
    for address, words in cells[:8]:
        number, listed = int(words.replace(",", "")), []
        for at in range(1, -(-number // 50) + 1):
            listed += _listed(_main(maya.get(f"{address}&page={at}")))
        assert len(listed) == len(set(listed)) == number, address


def test_only_cases_of_people_the_viewer_may_see_are_listed(
    served: Served, as_user: Door, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    """Maya leads one team and asks for the whole firm's cases; the twin forgets whom she may see."""
    from courtside.services.viewing import Visit

    owners, asked = _owners(served), {"scope": "company", "kind": "entered", **OF_SALES, **ALL}
    page = _main(as_user("maya").get("/leaks/records/", asked))
    assert "of people whose figures you may not see" in page
    strangers = [case for case in _listed(page) if not owners[case] & served.members]
    assert _listed(page)
    assert not strangers
    counted("cases whose owner was looked up", len(_listed(page)))
    everybody = frozenset(served.hierarchy.names)
    monkeypatch.setattr(Visit, "people", lambda _: everybody)
    monkeypatch.setattr(Visit, "person", lambda _, person: person)
    broken = _listed(_main(as_user("maya").get("/leaks/records/", asked)))
    shown = [case for case in broken if not owners[case] & served.members]
    assert shown
    counted("strangers' cases a broken list shows", len(shown))


def test_looks_at_peoples_cases_go_into_the_log_as_with_their_box_score(own_copy: Served) -> None:
    """Gwen leads Maya, who leads Rae: an indirect look."""
    from courtside.store import audit

    before = len(audit.acts("see_card"))
    asked = {"scope": f"team:{own_copy.team}", "kind": "entered", **OF_SALES, **ALL}
    assert own_copy.client("gwen").get("/leaks/records/", asked).status_code == 200
    looks = audit.acts("see_card")[before:]
    assert looks
    assert {look.detail["person"] for look in looks} <= own_copy.members


@pytest.mark.parametrize("number", ["0", "-1", "999", "x", "²"])
def test_an_odd_page_number_gives_a_page(number: str, as_user: Door) -> None:
    asked = {"kind": "entered", **OF_SALES, **ALL, "page": number}
    assert "Cases that entered: qualified" in _main(as_user("rae").get("/leaks/records/", asked))


# Month by month -------------------------------------------------------------------------------------------------------


def test_months_that_are_ready_have_a_rate_and_young_ones_a_day(as_user: Door) -> None:
    page = _main(as_user("eve").get("/leaks/months/", {"scope": "company", **OF_SALES}))
    rows = re.findall(r"<tr role=\"row\".*?</tr>", page, re.DOTALL)[1:]
    months = re.findall(r'class="nb">(20\d\d-\d\d)<', page)
    assert months[:4] == ["2026-11", "2026-10", "2026-09", "2026-08"]
    assert len(rows) == len(months) == len(set(months)) <= 13
    young = [row for row in rows if "ready on" in row]
    assert "ready on 30 December 2026" in rows[0]
    assert young == rows[: len(young)]
    assert not any(" %" in row for row in young)
    assert all(" %" in row and "so far" not in row for row in rows[len(young) :])
    assert 'class="mark run' in page


# What if --------------------------------------------------------------------------------------------------------------


def _what_if(door: Client, **rates: str) -> tuple[int, str]:
    answer = door.get("/leaks/what-if/", {"scope": "company", "pipeline": "sales", **rates})
    return answer.status_code, _main(answer)


def test_the_form_holds_the_present_rates_and_a_higher_one_brings_more(as_user: Door) -> None:
    eve = as_user("eve")
    status, page = _what_if(eve)
    rates = re.findall(r'name="rate_\d" inputmode="decimal" autocomplete="off" value="([\d.]+)"', page)
    assert (status, len(rates)) == (200, 5)
    assert "not a promise" in page
    assert "At the rates above" not in page
    as_it_is = {f"rate_{n}": rate for n, rate in enumerate(rates, start=1)}
    assert "At the rates above" not in _what_if(eve, **as_it_is)[1]
    more = _what_if(eve, **{**as_it_is, "rate_1": "100"})[1]
    assert re.search(r"[\d,]+ cases more than at the present rates, worth about USD", more)
    assert "cases fewer than at the present rates" in _what_if(eve, rate_2="0")[1]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("abc", "Meeting: “abc” is not a number. Write a percentage from 0 to 100, such as "),
        ("120", "Meeting: 120 is not between 0 and 100. Write a percentage"),
        ("-1", "Meeting: -1 is not between 0 and 100."),
        ("nan", "Meeting: “nan” is not a number."),
        ("inf", "Meeting: “inf” is not a number."),
        ("", "Meeting: nothing is written. Write a percentage"),
        ("<b>", "Meeting: “<b>” is not a number."),
    ],
)
def test_what_cannot_be_reckoned_with_is_named(written: str, said: str, as_user: Door) -> None:
    status, page = _what_if(as_user("eve"), rate_2=written)
    assert status == 400
    assert said in page
    assert "At the present rates" not in page


@pytest.mark.parametrize("written", ["67,5", "67.5 %", " 67.5 "])
def test_numbers_may_be_written_as_people_write_them(written: str, as_user: Door) -> None:
    status, page = _what_if(as_user("eve"), rate_2=written)
    assert (status, "At the rates above" in page) == (200, True)
