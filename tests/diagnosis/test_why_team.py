"""The page of a team's gap: what the command says, to who may see the team, and nothing of few people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from courtside.analysis.gaps.words import half_the_team, is_of_the_team
from courtside.services.gap_page import results
from courtside.services.show_why import ShowWhy, show_why
from courtside.services.viewing import Visit, visit_of

if TYPE_CHECKING:
    from tests.serving import Served

GATES = (
    "pages of a team's gap closed to those who may not see the team", "gaps of few people kept from others",
    "gaps of few people told where the gate is left open", "effects of a team's page equal to the command's",
)  # fmt: skip
CLOSED_TO = ("ada", "ola", "ari", "otto")
FORBIDDEN = ("underperform", "caused", "proves", "—")


def page(served: Served, who: str, metric: str = "lead_cost", team: str = "", **asked: str) -> str:
    answer = served.client(who).get(reverse("team_why", args=[team or served.team, metric]), asked)
    assert answer.status_code == 200, (who, metric, asked, answer.status_code)
    return str(answer.content.decode())


def visit(served: Served, who: str) -> Visit:
    from django.contrib.auth import get_user_model

    found = visit_of(get_user_model().objects.get(username=who).pk)
    assert found is not None
    return found


@pytest.mark.parametrize("against", ["target", "previous", "peers"])
def test_who_leads_a_team_reads_where_its_gap_sits(
    served: Served, against: str, counted: Callable[[str, int], None]
) -> None:
    text = page(served, "maya", against=against)
    assert "It tells where, not why." in text
    assert "The effects add up to the gap exactly" in text
    assert not [word for word in FORBIDDEN if word in text.lower()]
    period = re.findall(r"<b>(\d{4}-Q\d)</b>", text)[0]
    shown = show_why(served.workspace, served.caller, ShowWhy("lead_cost", period, team=served.team, against=against))
    for row in shown.rows:
        assert row["label"] in text
        counted("effects of a team's page equal to the command's", str(row["sentence"])[:20] in text)


def test_from_the_team_page_to_the_gap_to_single_people_and_to_their_rows(served: Served) -> None:
    team = served.client("maya").get(reverse("team", args=[served.team])).content.decode()
    address = reverse("team_why", args=[served.team, "lead_cost"])
    assert address in team
    text = page(served, "maya")
    person = re.findall(r'href="(/people/[^"]+/why/lead_cost/[^"]*)"', text)
    assert person
    opened = "".join(
        served.client("maya").get(one.replace("&amp;", "&")).content.decode()
        for one in person
    )  # fmt: skip
    rows = re.findall(r'href="(/people/[^"]+)">See the rows', opened)
    assert rows
    assert served.client("maya").get(rows[0].replace("&amp;", "&")).status_code == 200


def test_every_result_has_a_page_or_says_why_not(served: Served) -> None:
    for result in results(visit(served, "maya")):
        text = page(served, "maya", result.metric)
        assert "where it sits" in text
        assert ("This cannot be taken apart" in text) != ("It tells where, not why." in text)
    assert "is not over" in page(served, "maya", period="2026-Q4")


def test_those_who_may_not_see_the_team_find_nothing(served: Served, counted: Callable[[str, int], None]) -> None:
    asked = [(who, team) for who in CLOSED_TO for team in (served.team, "no such team")]
    asked += [("rae", served.other_team), ("maya", served.other_team)]
    for who, team in asked:
        assert served.client(who).get(reverse("team_why", args=[team, "revenue"])).status_code == 404, (who, team)
    assert served.client("maya").get(reverse("team_why", args=[served.team, "missing"])).status_code == 404
    counted("pages of a team's gap closed to those who may not see the team", len(asked))


def test_few_people_are_told_to_nobody_who_may_not_see_each_of_them(
    served: Served, counted: Callable[[str, int], None]
) -> None:
    """Fewer than five of a role, as who leads the team reads them; for one of the team, fewer than five others."""
    with visit(served, "maya").session() as session:
        roles = session.open_firm().roles
    for result in results(visit(served, "maya")):
        people = re.findall(r'href="/people/([^/"]+)/why/', page(served, "maya", result.metric))
        fewest = min(Counter(roles[person] for person in people).values(), default=0)
        for who, least in (("eve", 5), ("rae", 6), ("tom", 6)):
            text = page(served, who, result.metric)
            assert "Person by person" not in text
            assert ("In words</th>" in text) == (fewest >= least), (who, result, fewest)
            counted("gaps of few people kept from others", "would speak of single people" in text)


def test_without_the_gate_few_people_would_be_told(
    served: Served, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    """The gate broken: an executive would read the gap of fewer than five, and no name even then."""
    assert "would speak of single people" in page(served, "eve")
    monkeypatch.setattr("courtside.services.team_why_page.SMALLEST_GROUP", 0)
    text = page(served, "eve")
    assert "In words</th>" in text
    assert not [name for name in served.hierarchy.names.values() if name in text and name != "Eve Ember"]
    assert "/people/" not in text.replace("/settings/people/", "")
    counted("gaps of few people told where the gate is left open", 1)


def test_half_a_team_short_is_said_to_be_the_teams() -> None:
    said = half_the_team(["Closing %", "New leads"], 6, "North")
    assert said == (
        "At least half of the 6 in North are short on closing % and new leads: this is the team's, not one person's."
    )
    assert is_of_the_team(said)
