"""The page of a team: what it says of people, and how much of it each viewer gets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.urls import reverse
from tests.serving import Served

if TYPE_CHECKING:
    from courtside.services.team_compare import Comparison
    from courtside.services.viewing import Visit

GATES = (
    "pages of a rep's team read for names",
    "pages of an executive's teams read for names",
    "figures set beside their team's line",
    "teams closed to those who may not see them",
)
CLOSED_TO = ("ada", "ola", "ari", "otto")
PERIODS = ("", "2026-Q4")


def page(served: Served, who: str, team: str = "", **asked: str) -> str:
    answer = served.client(who).get(reverse("team", args=[team or served.team]), asked)
    assert answer.status_code == 200, (who, team, asked, answer.status_code)
    return str(answer.content.decode())


def visit_of(served: Served, who: str) -> Visit:
    from courtside.services.viewing import visit_of as visit
    from courtside.store.accounts import accounts

    found = visit(next(one.user_id for one in accounts() if one.username == who))
    assert found is not None
    return found


def names_in(text: str, served: Served, but: Sequence[str] = ()) -> list[str]:
    """Everybody of the firm who is named on a page, by name or by id."""
    people = {one: served.hierarchy.name(one) for one in served.hierarchy.names if one not in but}
    return [one for one, name in people.items() if one in text or name in text]


def card(served: Served) -> list[str]:
    from courtside.services.score_card import card_of

    return list(card_of(served.workspace))


def groups_on(text: str) -> Mapping[str, list[str]]:
    """The names in each group of the table, in the order they stand in."""
    table = text[text.index('class="rows whole"') : text.index("</table>")]
    found: dict[str, list[str]] = {}
    for body in table.split("<tbody")[1:]:
        label = re.findall(r'class="group" colspan="6">([^<]+) <', body)[0]
        found[label] = re.findall(r'role="rowheader">(?:<a [^>]*>)?([^<]+?)(?:</a>)?(?: <span|</th>)', body)
    return found


# Who sees what ---------------------------------------------------------------------------------------------


def test_a_manager_sees_her_people_by_name_with_the_way_to_their_box_scores(served: Served) -> None:
    text = page(served, "maya", role="everybody")
    for person in served.members:
        assert served.hierarchy.name(person) in text
        assert reverse("box_score", args=[person]) in text


def test_hr_sees_names_but_no_way_to_anybodys_box_score(served: Served) -> None:
    text = page(served, "hana", role="everybody")
    assert set(names_in(text, served)) >= {p for p in served.members if served.hierarchy.name(p) in text}
    assert all(served.hierarchy.name(person) in text for person in served.members)
    assert "/people/" not in text


def test_a_rep_finds_no_name_and_no_id_of_anybody_else(served: Served, counted: Callable[[str, int], None]) -> None:
    read = 0
    for who in ("rae", "tom"):
        own = served.people[who]
        for period in PERIODS:
            for metric in card(served):
                text = page(served, who, metric=metric, period=period, role="everybody")
                assert names_in(text, served, but=[own]) == []
                read += 1
    counted("pages of a rep's team read for names", read)


def test_a_rep_sees_the_own_figure_and_the_way_to_what_is_behind_it(served: Served) -> None:
    text = page(served, "rae", metric="dials")
    assert reverse("box_score_number", args=[served.people["rae"], "dials"]) in text
    assert re.search(r"Dials: [\d,]+, likely [\d,]+ to [\d,]+", text)


def test_an_executive_sees_totals_and_no_person(served: Served, counted: Callable[[str, int], None]) -> None:
    read = 0
    for team in served.hierarchy.teams(served.clock.now().date()):
        for period in PERIODS:
            text = page(served, "eve", team, period=period)
            assert names_in(text, served) == []
            assert "/people/" not in text
            read += 1
    assert "chance alone could have made it" in page(served, "eve")
    counted("pages of an executive's teams read for names", read)


def test_an_executive_sees_nothing_of_a_team_that_was_too_small(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtside.services.team_total.SMALLEST_GROUP", len(served.members) + 10)
    text = page(served, "eve")
    assert "would speak of single people" in text
    assert "<table" not in text


def test_others_find_no_team(served: Served, counted: Callable[[str, int], None]) -> None:
    teams = [*served.hierarchy.teams(served.clock.now().date()), "no such team", "../people"]
    closed = [(who, team) for who in CLOSED_TO for team in teams]
    closed += [("rae", served.other_team), ("maya", served.other_team), ("rae", "no such team")]
    for who, team in closed:
        assert served.client(who).get(reverse("team", args=[team])).status_code == 404, (who, team)
    counted("teams closed to those who may not see them", len(closed))


def test_what_is_missing_is_told_in_the_same_words_whether_it_exists_or_not(served: Served) -> None:
    ada = served.client("ada")
    found = [ada.get(reverse("team", args=[team])).content.decode() for team in (served.team, "no such team")]
    there, not_there = (re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text) for text in found)
    assert there == not_there


def test_the_only_team_is_opened_at_once_and_several_are_listed(served: Served) -> None:
    assert served.client("maya").get("/teams/").headers["Location"] == reverse("team", args=[served.team])
    text = served.client("hana").get("/teams/").content.decode()
    assert all(reverse("team", args=[team]) in text for team in served.hierarchy.teams(served.clock.now().date()))
    assert "no duty lets you see one" in served.client("otto").get("/teams/").content.decode()


def test_a_team_may_have_a_slash_in_its_name() -> None:
    assert reverse("team", args=["North/West"]) == "/teams/North/West/"


# Who is written down ---------------------------------------------------------------------------------------


def looks() -> list[Any]:
    from courtside.store import audit

    return [(act.who, set(act.detail["persons"])) for act in audit.acts("see_team")]


def test_looks_of_those_further_up_and_of_hr_are_logged_and_those_of_the_manager_are_not(own_copy: Served) -> None:
    for who in ("maya", "gwen", "hana", "rae", "eve"):
        page(own_copy, who)
    reps = {one for one in own_copy.members if one != own_copy.people["maya"]}
    found = dict(looks())
    assert set(found) == {"gwen", "hana"}
    assert all(persons >= reps for persons in found.values())


# What it says of people ------------------------------------------------------------------------------------


def comparisons(served: Served, who: str = "hana") -> Iterator[Comparison]:
    from courtside.services.box_score import card_metrics
    from courtside.services.box_score_figures import everyone
    from courtside.services.box_score_periods import frame_of
    from courtside.services.team_people import mates_of, of_role, roles_of
    from courtside.services.team_table import comparisons_of

    visit = visit_of(served, who)
    metrics = card_metrics(visit)
    all_of_it = everyone(visit, [metric.name for metric in metrics], frame_of(visit, "", "").period)
    for team in served.hierarchy.teams(visit.today):
        mates = mates_of(visit, team, all_of_it)
        for role in roles_of(mates):
            yield from comparisons_of(visit, metrics, all_of_it, of_role(mates, role)).values()


def test_a_person_is_set_apart_only_where_the_likely_range_leaves_the_line_out(
    served: Served, counted: Callable[[str, int], None]
) -> None:
    seen = 0
    for comparison in comparisons(served):
        for figure in comparison.figures:
            is_clear = figure.side in ("above", "below")
            assert not is_clear or comparison.line is not None
            if comparison.line is None or figure.side == "apart" or figure.low is None or figure.high is None:
                assert not is_clear
                continue
            assert (figure.side == "above") == (figure.low > comparison.line)
            assert (figure.side == "below") == (figure.high < comparison.line)
            seen += 1
    counted("figures set beside their team's line", seen)


def test_groups_are_in_the_order_of_names_and_nobody_has_a_number(served: Served) -> None:
    for metric in card(served):
        text = page(served, "maya", metric=metric)
        for names in groups_on(text).values():
            assert names
            assert names == sorted(names, key=str.casefold)
        assert "<ol" not in text


def test_the_mark_is_filled_for_those_in_the_clear_groups_and_hollow_for_the_others(served: Served) -> None:
    for metric in card(served):
        text = page(served, "maya", metric=metric)
        table = text[text.index('class="rows whole"') : text.index("</table>")]
        for body in table.split("<tbody")[1:]:
            is_clear = "Clearly" in body[: body.index("</tr>")]
            assert ('<circle class="hollow"' in body) != is_clear or "<circle" not in body


def test_fewer_than_four_people_get_their_values_and_no_comparison(served: Served) -> None:
    found = [one for one in comparisons(served) if sum(not figure.mate.apart for figure in one.figures) < 4]
    assert found
    assert all(one.line is None and one.why_not and not one.on("above") and not one.on("below") for one in found)


def test_people_of_different_roles_are_shown_but_not_compared(served: Served) -> None:
    text = page(served, "maya", role="everybody")
    assert "People of different roles are not compared" in text
    assert "clearly above" not in text.replace("up clearly above", "").split("How do we know?</summary>")[0]


def test_a_period_that_is_not_over_sets_nobody_apart(served: Served) -> None:
    text = page(served, "maya", period="2026-Q4")
    assert "what is not over is not compared" in text
    assert set(groups_on(text)) <= {"Values", "Set apart"}


def test_somebody_new_stands_apart_and_has_no_say_in_the_line(served: Served) -> None:
    for comparison in comparisons(served):
        for figure in comparison.figures:
            if figure.mate.apart:
                assert figure.side == "apart"
    assert "new in the work" in page(served, "maya") or "away" in page(served, "maya", role="everybody")


def test_what_adds_up_can_be_read_by_week_there(served: Served) -> None:
    counts, weekly = page(served, "maya", metric="dials"), page(served, "maya", metric="dials", **{"as": "other"})
    assert "Show by week there" in counts
    assert "Show as counted" in weekly
    assert "Per week there" in weekly


def test_a_metric_that_is_not_on_the_card_is_refused_with_the_nearest(served: Served) -> None:
    answer = served.client("maya").get(reverse("team", args=[served.team]), {"metric": "dails"})
    assert answer.status_code == 400
    assert "dials" in answer.content.decode()


def test_an_empty_period_says_what_will_be_here_and_where_to_look(served: Served) -> None:
    text = page(served, "maya", period="2024-Q1")
    assert "Here will stand" in text
    assert "Look at the last one that is over" in text


# Nameless others -------------------------------------------------------------------------------------------


def among(values: Sequence[float]) -> tuple[Any, Any]:
    """A comparison of sellers with these figures a week there, the first of them the viewer's."""
    from courtside.analysis.kinds import Kind
    from courtside.metrics.metric import Unit
    from courtside.services.team_compare import Comparison, Figure
    from courtside.services.team_people import Mate

    metric: Any = SimpleNamespace(name="dials", label="Dials", unit=Unit.COUNT)
    figures = tuple(
        Figure(Mate(f"P{at}", f"Name {at}", "seller", 60.0, ""), {"value": value}, value, value, value, "even")
        for at, value in enumerate(values)
    )
    return Comparison(metric, Kind.COUNT, True, figures, sum(values) / len(values), ""), figures[0]


@pytest.mark.parametrize(("others", "dots", "says"), [(4, 0, "nothing of theirs"), (6, 0, "lie between"), (8, 8, "")])
def test_the_fewer_others_there_are_the_less_is_shown_of_them(others: int, dots: int, says: str) -> None:
    from courtside.services.team_own import others_of

    comparison, mine = among([50.0, *(71.37 + 3.19 * number for number in range(others))])
    found = others_of(comparison, mine, "")
    assert len(found.dots) == dots
    assert list(found.dots) == sorted(found.dots)
    assert says in found.words
    assert not re.search(r"71\.|Name|P\d", found.words)


def test_a_range_of_others_is_wider_than_any_of_their_figures() -> None:
    from courtside.services.team_own import others_of

    comparison, mine = among([50.0, 0.123, 17.8, 5.0, 6.0, 7.0, 8.0])
    assert "0.12 and 18 per week there" in others_of(comparison, mine, "").words


def test_dots_of_others_carry_a_place_and_nothing_else(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courtside.services.team_own.FEWEST_DOTS", 3)
    monkeypatch.setattr("courtside.services.team_own.SMALLEST_GROUP", 3)
    text = page(served, "rae", metric="dials")
    row = text[text.index(" others</th>") :]
    row = row[: row.index("</tr>")]
    places = re.findall(r'<circle class="hollow" cx="([\d.]+)" cy="14" r="5"/>', row)
    assert len(places) == row.count("<circle") == 3
    assert places == sorted(places, key=float)
    assert not re.search(r"\d", re.sub(r"<[^>]*>", "", row))
    assert "<a" not in row
    assert "<title" not in row


# More than chance ------------------------------------------------------------------------------------------


def test_the_share_that_is_more_than_chance_is_found_again_in_made_up_people() -> None:
    from courtside.analysis.cards.variation import share_of_counts, share_of_rates

    dice = np.random.default_rng(11)
    cases = dice.integers(30, 120, 4000)
    rates = share_of_rates(dice.binomial(cases, dice.beta(6, 24, 4000)), cases)
    real = 0.2 * 0.8 / 31
    assert rates == pytest.approx(real / (real + (0.16 - real) * (1 / cases).mean()), abs=0.03)
    days = dice.integers(20, 60, 4000)
    counts = share_of_counts(dice.poisson(days * dice.gamma(8, 0.5 / 8, 4000)), days)
    assert counts == pytest.approx(0.25 / 8 / (0.25 / 8 + 0.5 * (1 / days).mean()), abs=0.03)


def test_people_who_differ_by_chance_alone_show_next_to_no_share_and_few_people_none() -> None:
    from courtside.analysis.cards.variation import share_of_counts, share_of_rates

    dice = np.random.default_rng(12)
    cases = dice.integers(30, 120, 2000)
    found = share_of_rates(dice.binomial(cases, 0.2), cases)
    assert found is not None
    assert found < 0.02
    assert share_of_rates([3] * 9, [10] * 9) is None
    assert share_of_counts([0] * 30, [60] * 30) is None
