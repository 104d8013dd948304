"""`courtside proposals` on the host: as one user by their own token, under the rules of the site."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.asking import Asking
from tests.cases.proposing import HOSTILE, REASON, about_rae, entry, read_by_rae, visit
from tests.cases.proposing import firm as firm
from tests.cases.proposing import proposed as proposed
from tests.serving import CAST, Served

GATES = ("proposals refused on the host to whom they are not for", "commands that show or decide a proposal")
Counted = Callable[[str, int], None]


def token_of(firm: Served, username: str) -> str:
    from courtside.services.make_token import make_token

    return make_token(visit(username).viewer, firm.caller, "host", 30)


@pytest.fixture
def asked(firm: Served, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Asking]:
    """The command line with the token of a user."""

    def hold(username: str) -> Asking:
        monkeypatch.setenv("COURTSIDE_TOKEN", token_of(firm, username))
        return Asking(firm.root)

    return hold


def test_what_a_user_sees_and_decides_on_the_host_is_what_the_site_lets_them(
    firm: Served, asked: Callable[[str], Asking], counted: Counted
) -> None:
    maya, found = asked("maya"), about_rae(firm, "coaching_plan").id
    rows = maya.rows("proposals", "list", "--as", "maya")
    assert {row["proposal"] for row in rows} == {found, about_rae(firm, "improvement_plan").id}
    assert all(row["waits_for_me"] for row in rows)
    early = maya.run("proposals", "decide", found, "decline", "--reason", REASON, "--as", "maya")
    assert (early.status, "open the evidence first" in early.said) == (1, True)
    (shown,) = maya.rows("proposals", "show", found, "--as", "maya")
    assert (shown["rows"], len(shown["conditions"]), shown["figures"]["Cases"]) == (17, 8, "17")
    (checked,) = maya.rows("proposals", "check", found, "--as", "maya")
    assert checked["differences"] == 0
    assert checked["checks"] >= 11
    firm.clock.move(timedelta(minutes=5))
    (row,) = maya.rows("proposals", "decide", found, "decline", "--reason", HOSTILE, "--as", "maya")
    assert (row["outcome"], row["plan"]) == ("decline", "")
    assert about_rae(firm, "coaching_plan").outcome == "decline"
    assert [one["seconds"] for one in entry("decide_proposal")] == [300]
    again = maya.run("proposals", "decide", found, "decline", "--reason", REASON, "--as", "maya")
    assert again.status == 1
    counted(GATES[1], 5)


def test_an_improvement_plan_is_not_gone_on_to_by_a_token(firm: Served, asked: Callable[[str], Asking]) -> None:
    hana, found = asked("hana"), about_rae(firm, "improvement_plan").id
    read_by_rae(firm, "improvement_plan")
    hana.rows("proposals", "show", found, "--as", "hana")
    reply = hana.run("proposals", "decide", found, "proceed", "--reason", REASON, "--as", "hana")
    assert (reply.status, "on the site" in reply.said) == (1, True)
    assert about_rae(firm, "improvement_plan").state == "open"


def test_everybody_else_learns_as_little_as_on_the_site(
    firm: Served, asked: Callable[[str], Asking], counted: Counted
) -> None:
    found = about_rae(firm, "improvement_plan").id
    for who in sorted(set(CAST) - {"maya", "hana", "ari"}):
        one = asked(who)
        said = {
            one.run("proposals", "show", name, "--as", who).said for name in (found, "AAAAAAAAAAAA")
        }  # fmt: skip
        assert said == {"refused: there is nothing here, or nothing you may see\n"}, who
        assert one.run("proposals", "decide", found, "decline", "--reason", REASON, "--as", who).status == 1
        counted(GATES[0], 2)
    assert about_rae(firm, "improvement_plan").state == "open"


def test_a_token_of_somebody_else_or_none_opens_nothing(
    firm: Served, asked: Callable[[str], Asking], monkeypatch: pytest.MonkeyPatch, counted: Counted
) -> None:
    rae = asked("rae")
    refused = rae.run("proposals", "list", "--as", "maya")
    assert (refused.status, "no token of maya" in refused.said) == (1, True)
    for secret in ("", "nonsense"):
        monkeypatch.setenv("COURTSIDE_TOKEN", secret)
        assert Asking(firm.root).run("proposals", "list", "--as", "maya").status == 1
        counted(GATES[0], 1)
    assert "--as" in Asking(firm.root).run("proposals", "list").said
    asked("maya")
    firm.clock.move(timedelta(days=31))
    assert Asking(firm.root).run("proposals", "list", "--as", "maya").status == 1
    counted(GATES[0], 2)
