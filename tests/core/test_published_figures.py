"""Figures other people published about the Maven export, computed here from the same files by the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from tests.asking import Asking, new_workspace

GATES = ("published figures compared",)

YEAR = ("--from", "2017-01-01", "--to", "2017-12-31")
LAST_DAY = ("--as-of", "2017-12-31")

TOTALS = {
    "revenue": 10_005_534,
    "closed_sales": 4_238,
    "win_rate": pytest.approx(0.6315, abs=5e-5),
    "days_to_close": pytest.approx(51.8, abs=0.05),
    "days_to_close_median": 57,
    "days_to_lose": pytest.approx(41.5, abs=0.05),
    "revenue_per_deal": pytest.approx(2_360.91, abs=0.005),
    "open_opportunities": 2_089,
    "pipeline_list_value": 4_966_215,
    "stale_opportunities": 1_403,
}
"""Rows 1, 2, 6, 7 and 8 of PUBLISHED_FIGURES.md: one figure for the company and the year 2017."""

QUARTERS = {
    "2017-Q1": (531, 116, 0.821, 1_134_672),
    "2017-Q2": (1_254, 778, 0.617, 3_086_111),
    "2017-Q3": (1_257, 790, 0.614, 2_982_255),
    "2017-Q4": (1_196, 789, 0.603, 2_802_496),
}
"""Row 3: won, lost, win rate, revenue."""

TOP_FIVE = [
    ("Darcel Schlecht", 1_153_214, 349),
    ("Vicki Laflamme", 478_396, 221),
    ("Kary Hendrixson", 454_298, 209),
    ("Cassey Cress", 450_489, 163),
    ("Donn Cantrell", 445_860, 158),
]
"""Row 4: revenue and deals won."""

Compared = Callable[[object, object], None]


@pytest.fixture(scope="module")
def maven(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """A workspace holding the Maven export as downloaded."""
    asking = new_workspace(tmp_path_factory.mktemp("maven") / "workspace")
    reply = asking.run("import", shared_data / "maven_crm", "--format", "json")
    assert reply.status == 0, reply.said
    return asking


@pytest.fixture
def compared(counted: Callable[[str, int], None]) -> Compared:
    """Compares one figure with what was published, and counts it."""

    def compare(found: object, published: object) -> None:
        assert found == published
        counted(GATES[0], 1)

    return compare


def _by_period(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    return {row["period"]: row for row in rows}


@pytest.mark.parametrize("metric", TOTALS)
def test_the_year_of_the_company_is_as_published(maven: Asking, metric: str, compared: Compared) -> None:
    row = maven.metric(metric, "--by", "company", *YEAR, *LAST_DAY)
    compared(row["value"], TOTALS[metric])
    assert row["scope"] == "company"
    assert row["period"] == "2017"


def test_the_issues_own_words_give_the_issues_own_figure(maven: Asking, compared: Compared) -> None:
    rows = maven.rows("metric", "revenue", "--by", "company", *YEAR)
    compared([row["value"] for row in rows], [10_005_534])
    assert rows[0]["currency"] == "USD"


def test_won_lost_and_open_are_as_published(maven: Asking, compared: Compared) -> None:
    rate = maven.metric("win_rate", *YEAR, *LAST_DAY)
    still_open = maven.metric("open_opportunities", *YEAR, *LAST_DAY)
    decided = rate["denominator"]
    compared((rate["numerator"], decided - rate["numerator"], still_open["value"]), (4_238, 2_473, 2_089))


def test_won_of_all_counts_undated_cases_in_all_only(maven: Asking, compared: Compared) -> None:
    of_all = maven.metric("won_of_all_rate", "--grain", "all", *LAST_DAY)
    compared(of_all["value"], pytest.approx(0.4816, abs=5e-5))
    compared((of_all["numerator"], of_all["denominator"]), (4_238, 8_800))
    dated = maven.rows("metric", "won_of_all_rate", "--grain", "year", *LAST_DAY)
    compared(sum(row["denominator"] or 0 for row in dated), 8_300)


def test_the_quarters_are_as_published(maven: Asking, compared: Compared) -> None:
    cut = ("--grain", "quarter", *YEAR, *LAST_DAY)
    rates, money = (_by_period(maven.rows("metric", metric, *cut)) for metric in ("win_rate", "revenue"))
    assert set(rates) == set(money) == set(QUARTERS)
    for quarter, (won, lost, rate, revenue) in QUARTERS.items():
        compared(rates[quarter]["numerator"], won)
        compared(rates[quarter]["denominator"] - rates[quarter]["numerator"], lost)
        compared(rates[quarter]["value"], pytest.approx(rate, abs=5e-4))
        compared(money[quarter]["value"], revenue)


def test_the_top_five_are_as_published(maven: Asking, compared: Compared) -> None:
    def of_person(metric: str) -> Mapping[str, Any]:
        rows = maven.rows("metric", metric, "--by", "person", *YEAR, *LAST_DAY)
        return {row["scope"]: row["value"] or 0 for row in rows}

    revenue, won = of_person("revenue"), of_person("closed_sales")
    best = sorted(revenue, key=lambda scope: -revenue[scope])[:5]
    for scope, (name, amount, deals) in zip(best, TOP_FIVE, strict=True):
        compared((scope, revenue[scope], won[scope]), (f"person:{name}", amount, deals))


def test_the_leaders_decided_deals_are_as_published(maven: Asking, compared: Compared) -> None:
    rows = maven.rows("metric", "win_rate", "--by", "person", *YEAR, *LAST_DAY)
    compared({row["scope"]: row["denominator"] for row in rows}["person:Darcel Schlecht"], 553)


def test_the_rows_behind_the_figures_are_as_published(maven: Asking, compared: Compared) -> None:
    def behind(metric: str) -> Sequence[float]:
        return [row["value"] for row in maven.rows("metric", metric, "--rows", *YEAR, *LAST_DAY)]

    amounts, days_won, days_lost = map(behind, ("revenue", "days_to_close", "days_to_lose"))
    compared((len(amounts), median(amounts), min(amounts), max(amounts)), (4_238, 1_117, 38, 30_288))
    compared((len(days_won), len(days_lost)), (4_238, 2_473))
    compared(median(days_lost), 14)
    compared((sum(days_won) + sum(days_lost)) / 6_711, pytest.approx(47.99, abs=0.005))
    compared(max([*days_won, *days_lost]), 138)


def test_the_month_ends_are_as_published(maven: Asking, compared: Compared) -> None:
    """The data set's own description: 78-83 % in the last month of a quarter, 49 % in the first."""
    rows = _by_period(maven.rows("metric", "win_rate", "--grain", "month", *YEAR, *LAST_DAY))
    for month in ("2017-03", "2017-06", "2017-09", "2017-12"):
        compared(0.78 <= rows[month]["value"] <= 0.83, True)
    for month in ("2017-04", "2017-07", "2017-10"):
        compared(rows[month]["value"], pytest.approx(0.49, abs=0.005))
    for month in ("2017-01", "2017-02"):
        compared(rows[month]["value"] if month in rows else None, None)
