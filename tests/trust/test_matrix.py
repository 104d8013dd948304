"""Every address x everybody x everything it can be about: who gets in is what the reviewed table says.

The table is `matrix.csv`. After a change of addresses: COURTSIDE_WRITE_MATRIX=1, then read every changed line.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.serving import CAST, Served
from tests.visits import IDENTITIES, NOBODY, Asking, askings, bare, things

if TYPE_CHECKING:
    from django.test import Client

GATES = (
    "doors tried", "addresses in the matrix", "forbidden pages equal to missing ones", "leaking doors found",
    "doors tried behind broken glass",
)  # fmt: skip
ABOUT_A_ROW = frozenset({"dispute_new"})
"""Addresses of one person that are about one row besides, and nothing without it: tests/web/test_disputes.py."""
BY_A_DUTY = frozenset({"plan_new", "looks", "person_file", "person_file_take", "hr_person", "hr_person_data"})
"""Addresses of one person that open by another rule than that of the figures: whoever leads them, HR, the auditor."""

TABLE = Path(__file__).with_name("matrix.csv")
HEAD = ("endpoint", "method", "about", *IDENTITIES)
Line = tuple[str, ...]


def all_askings(served: Served) -> Iterator[Asking]:
    from courtside.web.policy import endpoints

    known = things(served)
    for endpoint in endpoints():
        yield from askings(endpoint, known)


def status(browser: Client, identity: str, method: str, path: str) -> str:
    """What an address answers: its status, and for a redirect whether it leads to the door."""
    browser.raise_request_exception = False
    answer = getattr(browser, method)(path)
    if answer.status_code in (301, 302):
        return "door" if answer["Location"].startswith("/account/") and identity == NOBODY else "on"
    return str(answer.status_code)


def browser_of(served: Served, identity: str) -> Client:
    """A browser, signed in unless it is nobody's."""
    return served.client(None if identity == NOBODY else identity)


def lines(served: Served) -> Iterator[Line]:
    """The table as the site answers it now: what only looks first, for what is sent may change what there is to see."""
    found = list(all_askings(served))
    browsers = {identity: browser_of(served, identity) for identity in IDENTITIES}
    for asking in found:
        answers = [status(browsers[identity], identity, "get", asking.path) for identity in IDENTITIES]
        yield (asking.endpoint, "get", asking.about, *answers)
    ended = True
    for asking in found:
        now_ends = asking.endpoint.startswith(ENDS_SESSIONS)
        if ended or now_ends:
            browsers = {identity: browser_of(served, identity) for identity in IDENTITIES}
        ended = now_ends
        answers = [status(browsers[identity], identity, "post", asking.path) for identity in IDENTITIES]
        yield (asking.endpoint, "post", asking.about, *answers)


ENDS_SESSIONS = ("account", "mfa", "welcome", "people", "see_as", "look_around")
"""Addresses at which something that is sent may sign somebody out, or leave them less than before."""


@pytest.fixture(scope="module")
def answered(untouched_firm: Served, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Line]:
    """Every door tried once, in a copy that may be changed by what is tried."""
    from tests.serving import NOW, FrozenTime

    FrozenTime.at = NOW
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("courtside.services.caller.datetime", FrozenTime)
        untouched_firm.point()
        found = list(lines(untouched_firm.copied(tmp_path_factory.mktemp("matrix") / "firm")))
    if os.environ.get("COURTSIDE_WRITE_MATRIX"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([HEAD, *found])
    return found


def reviewed() -> Mapping[tuple[str, ...], Line]:
    """The table as it was reviewed: (endpoint, method, about) -> what everybody finds there."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == HEAD
    return {tuple(row[:3]): tuple(row[3:]) for row in rows[1:]}


def test_who_gets_in_is_what_the_reviewed_table_says(
    answered: Sequence[Line], counted: Callable[[str, int], None]
) -> None:
    expected = reviewed()
    wrong = [
        f"{line[:3]} {identity}: {now}, the table says {said}"
        for line in answered
        for identity, now, said in zip(
            IDENTITIES, line[3:], expected.get(line[:3], ("no line",) * len(IDENTITIES)), strict=True
        )
        if now != said
    ]
    assert wrong == []
    assert {line[:3] for line in answered} == set(expected), "the table has lines for addresses that are gone"
    counted("doors tried", len(answered) * len(IDENTITIES))


def test_every_address_has_lines_and_none_answers_with_an_error_of_ours(
    answered: Sequence[Line], counted: Callable[[str, int], None]
) -> None:
    from courtside.web.policy import endpoints

    named = {endpoint.name or endpoint.pattern for endpoint in endpoints()}
    assert named == {line[0] for line in answered}
    assert [line for line in answered if any(found.startswith("5") for found in line[3:])] == []
    counted("addresses in the matrix", len(named))


def test_a_persons_page_opens_for_those_the_door_lets_in_and_nobody_else(
    answered: Sequence[Line], served: Served
) -> None:
    from tests.visits import user_ids

    from courtside.services.viewing import visit_of

    known, users = things(served)["person_id"], user_ids()
    for line in answered:
        words = dict(part.split("=") for part in line[2].split())
        if "person_id" not in words or line[1] != "get" or "missing" in words.values():
            continue
        if line[0] in ABOUT_A_ROW | BY_A_DUTY:
            continue
        for identity in CAST:
            visit = visit_of(users[identity])
            assert visit is not None
            allowed = known[words["person_id"]] in visit.people() & set(visit.hierarchy.names)
            assert (line[3 + IDENTITIES.index(identity)] in ("200", "on")) == allowed, (line, identity)


def test_what_one_may_not_see_looks_like_what_does_not_exist(
    served: Served, counted: Callable[[str, int], None]
) -> None:
    known, table = things(served), reviewed()
    browsers = {identity: served.client(identity) for identity in CAST}
    compared = 0
    for asking in all_askings(served):
        words = dict(part.split("=") for part in asking.about.split())
        if "person_id" not in words or "missing" in words.values():
            continue
        gone = asking.path.replace(known["person_id"][words["person_id"]], known["person_id"]["missing"])
        said = dict(zip(IDENTITIES, table[asking.endpoint, "get", asking.about], strict=True))
        for client in (browsers[one] for one in CAST if said[one] == "404"):
            found, missing = client.get(asking.path), client.get(gone)
            assert (found.status_code, missing.status_code) == (404, 404)
            assert bare(found).replace(asking.path.encode(), b"") == bare(missing).replace(gone.encode(), b"")
            compared += 1
    counted("forbidden pages equal to missing ones", compared)


def test_break_glass_opens_one_persons_figures_to_look_at_and_no_other_door(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from tests.cases.planned import session, visit

    from courtside.services.agree_break_glass import Agreement, agree_break_glass
    from courtside.services.ask_break_glass import ask_break_glass

    asked = ask_break_glass(visit("ada"), own_copy.people["rae"], "They say a figure is wrong.")
    agree_break_glass(visit("hana"), session("hana"), asked, Agreement("It has to be seen."))
    table, ada, other = reviewed(), own_copy.client("ada"), set[tuple[str, str]]()
    for asking in all_askings(own_copy):
        said = dict(zip(IDENTITIES, table[asking.endpoint, "get", asking.about], strict=True))
        if status(ada, "ada", "get", asking.path) != said["ada"]:
            other.add((asking.endpoint, asking.about))
        if "person_id=rae" in asking.about:
            assert status(ada, "ada", "post", asking.path) in ("404", "405"), asking
        counted("doors tried behind broken glass", 1)
    assert {about.split()[0] for _, about in other} == {"person_id=rae"}
    assert {endpoint for endpoint, _ in other} == BEHIND_GLASS


BEHIND_GLASS = {"box_score", "box_score_number", "box_score_rows", "why", "api:scorecard"}
"""What two people open for an hour."""


def test_a_door_left_open_is_found(served: Served, counted: Callable[[str, int], None]) -> None:
    """The broken twin: a page for everybody signed in that forgets to ask whom it is about."""
    from django.test import override_settings

    with override_settings(ROOT_URLCONF="tests.trust.leaking"):
        path = f"/leaking/{served.people['tom']}/"
        opened = [one for one in CAST if status(browser_of(served, one), one, "get", path) == "200"]
    assert "otto" in opened
    counted("leaking doors found", 1)


def test_a_view_that_declares_nothing_stops_the_server_and_is_not_entered(served: Served) -> None:
    from django.test import override_settings

    from courtside.web.policy import every_view_declares_a_policy

    assert every_view_declares_a_policy() == []
    with override_settings(ROOT_URLCONF="tests.trust.leaking"):
        found = every_view_declares_a_policy()
        assert [error.id for error in found] == ["courtside.E001"]
        assert "undeclared" in str(found[0].msg)
        assert status(browser_of(served, "ada"), "ada", "get", "/undeclared/") == "404"
