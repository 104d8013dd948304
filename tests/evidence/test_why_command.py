"""`courtside why` as a person asks for it: rows as DATA 5 says, stories named where they sit, and what is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.asking import Asking, new_workspace
from tests.simulated import Company, made, seeds

GATES = ("gaps of a simulated team that add up", "planted stories found where they sit")

FIELDS = ["factor", "plan", "actual", "effect", "interval", "chance", "whose"]
PERIOD = ("--period", "2026-H1")
FORBIDDEN = ("underperform", "caused", "proves", " red ", "fail")
MAVEN = ("--period", "2017-Q3", "--as-of", "2017-12-31")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Twenty-four people and most of a year of one drawn seed."""
    folder = tmp_path_factory.mktemp("why") / "records"
    return made(folder, seed=seeds(1)[0], people=24, months=11, until=date(2026, 9, 30))


@pytest.fixture(scope="module")
def asking(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """A workspace holding it."""
    asking = new_workspace(tmp_path_factory.mktemp("why-workspace") / "workspace", "staffing")
    reply = asking.run("import", company.folder)
    assert reply.status == 0, reply.said
    return asking


def test_the_stories_sit_where_they_were_planted(
    company: Company, asking: Asking, counted: Callable[[str, int], None]
) -> None:
    """The weak closer is short by closing %, whoever was handed cold leads by their mix."""
    found = {}
    for story in ("weak-closer", "cold-leads"):
        rows = asking.rows("why", "closed_sales", "--person", company.story(story)["person_id"], *PERIOD)
        found[story] = {row["factor"]: row for row in rows}
        assert all(list(row)[:7] == FIELDS for row in rows)
    weak, cold = found["weak-closer"], found["cold-leads"]
    assert weak["closing_rate"]["chance"] >= 0.95
    assert weak["closing_rate"]["effect"] == min(row["effect"] for row in weak.values())
    assert cold["lead_mix"]["whose"] == "handed"
    assert cold["lead_mix"]["actual"] < 0.75
    assert cold["closing_rate"]["effect"] > 1.5 * cold["lead_mix"]["effect"]  # wins are few: a wide margin
    counted("planted stories found where they sit", 2)


def test_a_team_and_its_people_add_up_to_what_the_metric_command_says(
    company: Company, asking: Asking, counted: Callable[[str, int], None]
) -> None:
    team = company.story("weak-closer")["team"]
    person = company.story("weak-closer")["person_id"]
    for scope in (("--team", team), ("--person", person)):
        name = ":".join((scope[0][2:], scope[1]))
        for metric in ("revenue", "gross_margin"):
            (row,) = asking.rows("metric", metric, "--scope", name, *PERIOD)
            rows = asking.rows("why", metric, *scope, *PERIOD)
            plan = row["target"]
            if plan is None:
                (timing,) = (part for part in rows if part["factor"] == "timing")
                plan = timing["plan"] - sum(part["effect"] for part in rows if part is not timing)
            assert sum(part["effect"] for part in rows) == pytest.approx(row["value"] - plan, abs=0.01)
            counted("gaps of a simulated team that add up", 1)


def test_the_headline_comes_first_and_the_words_are_careful(company: Company, asking: Asking) -> None:
    reply = asking.run(
        "why", "revenue", "--person", company.story("cold-leads")["person_id"], *PERIOD, "--format", "json"
    )
    assert reply.answer["notes"][0].endswith("It tells where, not why.")
    assert "measured on the leads that came from" in reply.notes
    assert "The plan of " in reply.notes
    text = f" {reply.notes} {' '.join(row['sentence'] for row in reply.rows)} ".lower()
    assert not [word for word in FORBIDDEN if word in text]


def test_a_table_and_csv_hold_the_same_rows(company: Company, asking: Asking) -> None:
    person = company.story("cold-leads")["person_id"]
    words = ("why", "revenue", "--person", person, "--period", "2026-Q2", "--against", "previous")
    rows = asking.rows(*words)
    listed = list(csv.DictReader(io.StringIO(asking.run(*words, "--format", "csv").out)))
    assert [row["factor"] for row in listed] == [row["factor"] for row in rows]
    assert [float(row["effect"]) for row in listed] == [row["effect"] for row in rows]
    table = asking.run(*words).out
    assert all(row["factor"] in table for row in rows)


def test_on_maven_a_gap_starts_from_the_opportunities(shared_data: Path, tmp_path: Path) -> None:
    asking = new_workspace(tmp_path / "workspace")
    reply = asking.run("import", shared_data / "maven_crm", "--format", "json")
    assert reply.status == 0, reply.said
    people = asking.rows("metric", "revenue", "--by", "person", *MAVEN)
    one = max(people, key=lambda row: row["value"] or 0)["scope"].removeprefix("person:")
    rows = asking.rows("why", "revenue", "--person", one, *MAVEN)
    assert [row["factor"] for row in rows] == [
        "days_present", "opportunities_opened", "won_of_all_rate", "revenue_per_deal", "timing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("why", "revenu", "--person", "P1", "--period", "2026-Q1"), "revenue"),
        (("why", "revenue", "--person", "P9", "--period", "2026-Q1"), "there is no person 'P9'"),
        (("why", "revenue", "--team", "Nort", "--period", "2026-Q1"), "North"),
        (("why", "revenue", "--person", "P1", "--period", "2026-Q9"), "not a period"),
        (("why", "revenue", "--person", "P1", "--period", "all"), "one period"),
        (("why", "revenue", "--person", "P1", "--period", "2026-Q2"), "is not over"),
        (("why", "revenue", "--person", "P1", "--period", "2026-Q1"), "ask for a later period"),
        (("why", "win_rate", "--person", "P1", "--period", "2026-Q1"), "these do: "),
        (("why", "revenue", "--person", "P3", "--period", "2026-02"), "nobody of the role manager"),
    ],
)
def test_what_cannot_be_asked_is_refused(full: Asking, words: tuple[str, ...], says: str) -> None:
    reply = full.run(*words, "--as-of", "2026-03-31")
    assert reply.status == 1
    assert says in reply.said
    assert reply.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("why", "revenue", "--period", "2026-Q1"),
        ("why", "revenue", "--person", "P1", "--team", "North", "--period", "2026-Q1"),
        ("why", "revenue", "--person", "P1"),
        ("why", "revenue", "--person", "P1", "--period", "2026-Q1", "--against", "chance"),
    ],
)
def test_wrong_usage_ends_with_status_2(full: Asking, words: tuple[str, ...]) -> None:
    assert full.run(*words).status == 2
