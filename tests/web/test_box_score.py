"""The box score: what a person sees of themself, in which order, in which words; and nobody else's figures."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client
    from tests.serving import Served

GATES = ("lines of box scores read", "values of others looked for", "box scores answered from what is kept")

FORBIDDEN = ("underperform", "caused", "proves", " fail", " red ", "rank", " AI ")
GRAINS = ("week", "month", "quarter", "half", "year")


@pytest.fixture
def page(served: Served, as_user: Callable[..., Client]) -> Callable[..., str]:
    """The text of somebody's page as somebody sees it."""

    def read(who: str, about: str = "rae", query: str = "", metric: str = "") -> str:
        path = f"/people/{served.people.get(about, about)}/{metric + '/' if metric else ''}{query}"
        answer = as_user(who).get(path)
        assert answer.status_code == 200, (answer.status_code, path)
        return str(answer.content.decode())

    return read


def lines_of(text: str) -> list[str]:
    """The rows of the table that hold a metric."""
    return re.findall(r'<tr role="row">\s*<th scope="row".*?</tr>', text, re.DOTALL)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def test_a_rep_finds_their_figures_in_ladder_order(page: Callable[..., str], counted) -> None:
    text = page("rae")
    places = [text.index(f">{label} <") for label in ("Causes", "Influence", "Results")]
    assert places == sorted(places)
    lines = lines_of(text)
    assert len(lines) == 8
    counted("lines of box scores read", len(lines))


def test_every_line_says_in_words_what_its_marks_show(page: Callable[..., str]) -> None:
    for query in ("", "?grain=week", "?grain=year"):
        for line in lines_of(page("rae", query=query)):
            words = re.search(r'class="nb state (\w+)">([^<]+)<', line)
            assert words is not None, line
            state, told = words.groups()
            assert (state in told) if state in ("above", "below") else not told.startswith("clearly")


@pytest.mark.parametrize("grain", GRAINS)
def test_no_page_says_what_may_not_be_said(grain: str, page: Callable[..., str]) -> None:
    text = plain(page("rae", query=f"?grain={grain}")).lower()
    assert not [word for word in FORBIDDEN if word.lower() in text]


def test_the_headline_has_at_most_two_sentences_and_one_thing_to_work_on(page: Callable[..., str]) -> None:
    for query in ("", "?grain=month", "?grain=year"):
        said = re.search(r'<p class="say">([^<]*)</p>', page("rae", query=query))
        assert said is not None
        assert 1 <= len(re.findall(r"[.](?:\s|$)", said[1])) <= 2
        assert said[1].count("Look at") <= 1


def test_the_neighbouring_periods_are_one_click_away(page: Callable[..., str]) -> None:
    text = page("rae", query="?period=2026-Q3")
    assert "period=2026-Q2" in text
    assert "period=2026-Q4" in text
    assert "period=2027-Q1" not in page("rae", query="?period=2026-Q4")


def test_a_period_that_is_not_over_is_judged_nowhere(page: Callable[..., str]) -> None:
    text = page("rae", query="?period=2026-Q4")
    assert "not over yet" in text
    states = re.findall(r'class="nb state (\w+)"', text)
    assert set(states) == {"early"}
    assert '<svg class="mark strip' not in text


def test_a_choice_too_short_to_judge_by_is_there_and_says_so(page: Callable[..., str]) -> None:
    text = page("rae")
    assert re.search(r"grain=week[^>]*>Week <span class=\"s\">too short", text)


def test_below_eight_peers_no_place_is_shown_but_why(page: Callable[..., str]) -> None:
    text = page("rae")
    assert '<svg class="mark strip' in text or "a place needs 8" in text
    for line in lines_of(text):
        if "a place needs 8" in line:
            assert '<svg class="mark strip' not in line


def test_the_figure_of_three_months_ago_stands_beside_todays(page: Callable[..., str]) -> None:
    assert "Compare with 3 months ago" in page("rae", query="?period=2026-Q3")
    text = page("rae", query="?period=2026-Q3&compare=1")
    assert '<th scope="col" role="columnheader" class="n">2026-Q2</th>' in text
    earlier = page("rae", query="?period=2026-Q2")
    value = r'class="n nb">([^<]+)<'
    then = [re.search(r'data-label="2026-Q2:">([^<]+?)\s*<', line) for line in lines_of(text)]
    now = [re.search(value, line) for line in lines_of(earlier)]
    assert [m[1].strip() for m in then if m] == [m[1].strip() for m in now if m]


def test_a_number_opens_to_its_definition_formula_and_rows(page: Callable[..., str]) -> None:
    text = page("rae", metric="dials")
    for words in ("How many outbound calls", "Version 1", "How do we know?", "The rows behind it", "Show as table"):
        assert words in text
    assert "What usually moves this" in text
    assert "Call plans" in text


def test_a_ratio_shows_the_persons_own_numbers_in_its_formula(page: Callable[..., str]) -> None:
    text = page("rae", metric="follow_ups_per_contact", query="?period=2026-Q3")
    filled = re.search(r'class="formula">[^<]*<br>([^<]*) = ([^<]*)<', text)
    assert filled is not None
    assert re.search(r"\d", filled[1]) or "nothing recorded" in filled[1]


def test_the_rows_behind_a_count_are_as_many_as_the_count_and_come_fifty_a_page(
    served: Served, page: Callable[..., str], as_user: Callable[..., Client]
) -> None:
    query = "?period=2026-Q3"
    text = page("rae", metric="dials", query=query)
    value = re.search(r'class="big">([\d,]+)<', text)
    assert value is not None
    count = int(value[1].replace(",", ""))
    answer = as_user("rae").get(f"/people/{served.people['rae']}/dials/rows.csv{query}")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == count
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(re.findall(r"<td><code>", text)) == min(count, 50)
    assert count <= 50 or "More rows" in text
    assert all("2026-07-01" <= row["on"] <= "2026-09-30" for row in rows)


def test_a_row_opened_in_place_is_a_row_of_the_table(served: Served, as_user: Callable[..., Client]) -> None:
    path = f"/people/{served.people['rae']}/submittals/"
    answer = as_user("rae").get(path, headers={"HX-Request": "true"})
    text = answer.content.decode().strip()
    assert text.startswith('<tr class="opened" id="opened-submittals">')
    assert text.endswith("</tr>")
    assert "<html" not in text


@pytest.mark.parametrize("metric", ["win_rate", "gross_margin", "stage_conversion", "days_to_close", "nps"])
def test_metrics_that_are_on_no_card_open_as_well(metric: str, page: Callable[..., str]) -> None:
    assert "How do we know?" in page("rae", metric=metric)


def test_what_is_taken_away_is_written_down_and_the_person_sees_it(own_copy: Served) -> None:
    rae = own_copy.people["rae"]
    own_copy.client("gwen").get(f"/people/{rae}/")
    own_copy.client("maya").get(f"/people/{rae}/dials/rows.csv")
    text = own_copy.client("rae").get(f"/people/{rae}/").content.decode()
    looks = text[text.index("Who looked at this page") :]
    assert re.search(r"<strong>gwen</strong> looked at this box score", looks)
    assert re.search(r"<strong>maya</strong> downloaded rows", looks)
    assert "Who looked at this page" not in own_copy.client("maya").get(f"/people/{rae}/").content.decode()


@pytest.mark.parametrize("who", ["tom", "hana", "eve", "ada", "ola", "ari", "otto"])
def test_for_others_a_box_score_does_not_exist(who: str, served: Served, as_user: Callable[..., Client]) -> None:
    rae = served.people["rae"]
    missing = as_user(who).get("/people/P99999/")
    for path in (f"/people/{rae}/", f"/people/{rae}/dials/", f"/people/{rae}/dials/rows.csv"):
        answer = as_user(who).get(path)
        assert answer.status_code == missing.status_code == 404
        assert plain(answer.content.decode()) == plain(missing.content.decode())


def test_no_figure_and_no_name_of_another_person_is_in_a_reps_pages(
    served: Served, page: Callable[..., str], counted
) -> None:
    own, others = served.people["rae"], set(served.hierarchy.names) - {served.people["rae"]}
    text = page("rae") + page("rae", metric="dials") + page("rae", query="?compare=1")
    assert own in text
    assert not [person for person in others if re.search(rf"\b{person}\b", text)]
    assert not [served.hierarchy.name(person) for person in others if served.hierarchy.name(person) in text]
    counted("values of others looked for", len(others))


@pytest.mark.parametrize(
    "query",
    [
        "?grain=fortnight",
        "?period=2026-Q9",
        "?period=2031-Q1",
        "?period=2026-05-03/2026-06-09",
        "?period=%00",
        "?grain=day",
    ],
)
def test_a_period_nobody_knows_is_refused_with_the_reason(
    query: str, served: Served, as_user: Callable[..., Client]
) -> None:
    answer = as_user("rae").get(f"/people/{served.people['rae']}/{query}")
    assert answer.status_code == 400
    assert "This was not done" in answer.content.decode()


@pytest.mark.parametrize("page_number", ["0", "-1", "x", "99999999999999999999", "9999999", "²"])
def test_a_page_of_rows_that_does_not_exist_is_the_nearest(page_number: str, page: Callable[..., str]) -> None:
    assert "The rows behind it" in page("rae", metric="dials", query=f"?page={page_number}")


def test_a_metric_nobody_knows_does_not_exist(served: Served, as_user: Callable[..., Client]) -> None:
    assert as_user("rae").get(f"/people/{served.people['rae']}/no_such_metric/").status_code == 404


def test_a_page_answered_before_takes_less_than_a_fifth_of_a_second(page: Callable[..., str], counted) -> None:
    page("maya")
    taken = []
    for _ in range(5):
        started = time.thread_time()
        page("maya")
        taken.append(time.thread_time() - started)
    assert sorted(taken)[2] < 0.2
    counted("box scores answered from what is kept", len(taken))


def test_pages_hold_no_style_and_no_script_of_their_own(page: Callable[..., str]) -> None:
    for text in (page("rae"), page("rae", metric="dials")):
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)", text)


def test_a_manager_without_peers_of_the_same_role_is_compared_with_nobody(page: Callable[..., str]) -> None:
    text = page("maya", about="maya")
    assert "clearly below peers" not in text
    assert "clearly above peers" not in text
    assert '<svg class="mark strip' not in text
