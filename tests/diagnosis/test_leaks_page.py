"""The page of the stages: whose one may see, and in plain words what can be said of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

import pytest
from tests.serving import Served

if TYPE_CHECKING:
    from django.test import Client

Door = Callable[..., "Client"]
GATES = ("small parts kept back", "parts shown by a page that keeps none back")
FORBIDDEN = ("underperform", "caused", "proves", "—")


def _main(response: object) -> str:
    page: str = response.content.decode()  # type: ignore[attr-defined]
    return unescape(page[page.index("<main") : page.index("</main>")])


def test_a_manager_sees_the_stages_of_the_team_with_ranges_and_what_became_of_the_rest(
    served: Served, as_user: Door
) -> None:
    page = _main(as_user("maya").get("/leaks/", {"scope": f"team:{served.team}"}))
    assert f"Team {served.team}" in page
    assert page.index(">submittal<") < page.index(">interview<")
    for words in ("Of 100 cases that enter", "Likely range", "Still open", "Stalled", "It tells where, not why."):
        assert words in page
    assert not [word for word in FORBIDDEN if word in page.lower()]


def test_a_rep_sees_their_own_and_nobody_elses(served: Served, as_user: Door) -> None:
    rae = as_user("rae")
    assert "My own figures" in _main(rae.get("/leaks/"))
    other = next(person for person in served.members if person != served.people["rae"])
    assert rae.get("/leaks/", {"scope": f"person:{other}"}).status_code == 404
    assert rae.get("/leaks/", {"scope": "company"}).status_code == 404


@pytest.mark.parametrize("scope", ["person:NOBODY", "team:NONE", "source:web", "company:x"])
def test_what_is_no_scope_is_not_found(scope: str, as_user: Door) -> None:
    assert as_user("maya").get("/leaks/", {"scope": scope}).status_code == 404


@pytest.mark.parametrize("asked", [{"by": "weather"}, {"by": "person"}, {"entered": "13"}])
def test_a_cut_or_a_time_that_does_not_exist_is_not_found(asked: dict[str, str], as_user: Door) -> None:
    assert as_user("maya").get("/leaks/", asked).status_code == 404


def test_who_may_see_nobody_is_told_so(as_user: Door) -> None:
    assert "There is nobody whose cases you may see." in _main(as_user("otto").get("/leaks/"))


# By lead source and account size --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "part"), [("source", ">referral<"), ("account_size", ">50-249<")])
@pytest.mark.parametrize("who", ["rae", "maya", "eve"])
def test_the_stages_are_cut_by_source_and_size_for_who_may_see_the_scope(
    who: str, by: str, part: str, as_user: Door
) -> None:
    page = _main(as_user(who).get("/leaks/", {"by": by}))
    assert part in page
    assert page.index(">qualified<") < page.index(">proposal")
    assert not [word for word in FORBIDDEN if word in page.lower()]


def test_the_parts_of_a_stage_add_up_to_the_whole(as_user: Door, served: Served) -> None:
    """Every cell of the whereabouts, over all parts, is that of the stage uncut."""
    scope = f"team:{served.team}"

    def cells(by: str) -> dict[str, int]:
        page = _main(as_user("maya").get("/leaks/", {"scope": scope, "by": by, "entered": "all"}))
        found: dict[str, int] = {}
        for query, number in re.findall(r'href="/leaks/records/\?([^"]+)">([\d,]+)<', page):
            stage, kind = (re.search(rf"{name}=(\w+)", query) for name in ("stage", "kind"))
            assert stage
            assert kind
            found[stage[1] + kind[1]] = found.get(stage[1] + kind[1], 0) + int(number.replace(",", ""))
        return found

    whole = cells("")
    assert len(whole) >= 9
    assert cells("source") == cells("account_size") == whole


def test_small_parts_are_kept_back_from_who_may_not_see_their_people(
    served: Served, as_user: Door, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    """With so great a least number that every part is small an executive sees none; the twin keeps none back."""
    from courtside.services import leak_cases, leaks_page

    shown = 'href="/leaks/months/?'
    monkeypatch.setattr(leak_cases, "SMALLEST_GROUP", 1_000)
    eve, gwen = as_user("eve"), as_user("gwen")
    closed = _main(eve.get("/leaks/", {"by": "source"}))
    assert shown not in closed
    assert "single people could be told apart" in closed
    asked = {"by": "source", "pipeline": "sales", "stage": "qualified", "part": "web"}
    assert eve.get("/leaks/months/", asked).status_code == 404
    own = {"scope": f"person:{served.people['rae']}", "by": "source"}
    assert shown in _main(as_user("rae").get("/leaks/", own)), "one's own parts are never kept back"
    assert shown in _main(gwen.get("/leaks/", own)), "nor those of people whose figures one may see"
    counted("small parts kept back", closed.count("not shown"))
    for module in (leak_cases, leaks_page):
        monkeypatch.setattr(module, "kept_back", lambda *_: frozenset())
    monkeypatch.setattr("courtside.services.leak_whereabouts.kept_back", lambda *_: frozenset())
    opened = _main(eve.get("/leaks/", {"by": "source"}))
    assert shown in opened
    counted("parts shown by a page that keeps none back", opened.count(shown))


def test_what_is_kept_back_cannot_be_worked_out_from_the_rest() -> None:
    """Of parts with 9, 6, 5 and 2 unseen people the last is small, and the next smallest goes with it."""
    from types import SimpleNamespace

    from courtside.services.leak_cases import kept_back

    people = [f"P{n}" for n in range(9)]
    parts = {"web": people, "fair": people[:6], "cold": people[:5], "friend": people[:2], "own": ["ME"]}
    cases = SimpleNamespace(people_of=lambda _: {part: frozenset(who) for part, who in parts.items()})
    visit = SimpleNamespace(people=lambda: frozenset({"ME"}))
    assert kept_back(visit, cases, "source") == {"friend", "cold"}  # type: ignore[arg-type]
    parts["friend"] = ["ME"]
    assert kept_back(visit, cases, "source") == frozenset()  # type: ignore[arg-type]
