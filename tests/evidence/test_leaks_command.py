"""`courtside leaks` as a person asks it: which rows and notes come, for whom and when, and what is refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.asking import Asking, new_workspace
from tests.core.test_mapping import SALESFORCE
from tests.shell.firm import write_table

from courtside.analysis.leaks.rows import FIELDS

GATES = ("rows of leaks read",)

AS_OF = ("--as-of", "2026-06-30")
STAGES = ("qualified", "proposal", "negotiation")
FORBIDDEN = ("underperform", "caused", "proves", "fail", "—")


def _cases(people: int, each: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Two in three get past each stage; of the first person's only one in five get past proposals."""
    draw, cases, changes = random.Random(11), [], []
    for number in range(people * each):
        person, on = number % people + 1, date(2025, 7, 1) + timedelta(days=draw.randrange(360))
        status, opened = "won", on
        for stage in STAGES:
            if on > date(2026, 6, 30):
                status = "open"
                break
            changes.append({"opportunity_id": f"O{number}", "stage": stage, "at": f"{on}T09:00"})
            on += timedelta(days=draw.randrange(1, 20))
            if draw.random() > (0.2 if (person, stage) == (1, "proposal") else 0.67):
                status = "lost"
                break
        is_closed = status != "open" and on <= date(2026, 6, 30)
        cases.append({
            "opportunity_id": f"O{number}", "person_id": f"P{person}", "opened_at": f"{opened}T08:00",
            "closed_at": f"{on}T17:00" if is_closed else "", "status": status if is_closed else "open",
            "amount": 1000, "source": ("web", "fair")[number % 2],
        })  # fmt: skip
    return cases, changes


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """Twelve sellers in three teams with 60 cases each."""
    asking, folder = new_workspace(tmp_path_factory.mktemp("leaks") / "workspace"), tmp_path_factory.mktemp("files")
    people = [{"person_id": f"P{n}", "name": f"Person {n}", "role": "seller"} for n in range(1, 13)]
    teams = [{"person_id": f"P{n}", "valid_from": "2025-01-01", "team": f"Team {n % 3}"} for n in range(1, 13)]
    cases, changes = _cases(12, 60)
    for table, rows in (
        ("people", people),
        ("assignments", teams),
        ("opportunities", cases),
        ("stage_changes", changes),
    ):
        write_table(folder, table, rows)
    reply = asking.run("import", folder, "--format", "json")
    assert reply.status == 0, reply.said
    return asking


def test_the_firms_rows_have_the_fields_of_the_contract_and_name_the_costliest_stage(
    firm: Asking, counted: Callable[[str, int], None]
) -> None:
    rows = firm.rows("leaks", *AS_OF)
    assert all(list(row) == [*FIELDS, "currency"] for row in rows)
    assert [(row["pipeline"], row["stage"], row["scope"]) for row in rows] == [
        ("sales", stage, "company") for stage in STAGES
    ]
    assert all(row["entered"] == row["advanced"] + row["lost"] + row["open"] for row in rows)
    assert all(row["value_lost"] == 1000 * row["lost"] for row in rows)
    assert {row["verdict"] for row in rows} == {"as_expected"}
    costliest = max(rows, key=lambda row: row["value_lost"])
    assert [row["stage"] for row in rows if "More is lost here" in row["sentence"]] == [costliest["stage"]]
    counted("rows of leaks read", len(rows))


def test_a_rate_is_that_of_stage_conversion_within_the_same_days(firm: Asking) -> None:
    """Cases of nobody known apart: there `metric` leaves out a rate of 0."""
    for by in ((), ("--by", "person"), ("--by", "team")):
        leaks = firm.rows("leaks", *by, "--horizon", 90, *AS_OF)
        conversions = {(r["scope"], r["stage"]): r for r in firm.rows("metric", "stage_conversion", *by, *AS_OF)}
        known = [row for row in leaks if not row["scope"].endswith(":")]
        assert len(known) == 3 * {(): 1, ("--by", "person"): 12}.get(by, 3)
        for row in known:
            other = conversions[row["scope"], row["stage"]]
            assert (row["rate"], row["entered"]) == (pytest.approx(other["value"]), other["n"])


def test_the_one_who_loses_proposals_is_named_there_and_nobody_else(firm: Asking) -> None:
    rows = firm.rows("leaks", "--by", "person", *AS_OF)
    assert [(row["scope"], row["stage"]) for row in rows if row["verdict"] == "leak"] == [("person:P1", "proposal")]
    told = next(row["sentence"] for row in rows if row["verdict"] == "leak")
    assert "chance and people's ordinary differences do not explain a gap so wide. It tells where, not why." in told
    assert not any(word in row["sentence"].lower() for row in rows for word in FORBIDDEN)


def test_horizon_days_and_range_are_as_asked(firm: Asking) -> None:
    chosen = firm.run("leaks", *AS_OF, "--format", "json")
    assert {row["horizon_days"] for row in chosen.rows} == {30}
    assert "within 30 days, the least of 30, 60, 90 and 180" in chosen.notes
    asked = firm.run("leaks", "--horizon", 7, "--pipeline", "sales", *AS_OF, "--format", "json")
    assert {row["horizon_days"] for row in asked.rows} == {7}
    assert "within 7 days, as asked" in asked.notes
    part = firm.rows("leaks", "--from", "2026-01-01", "--to", "2026-03-31", *AS_OF)
    whole = firm.rows("leaks", *AS_OF)
    assert all(0 < few["entered"] < all_["entered"] for few, all_ in zip(part, whole, strict=True))


def test_the_future_of_a_case_is_not_known_before_it_happens(firm: Asking) -> None:
    early = firm.rows("leaks", "--as-of", "2026-01-05", "--to", "2025-12-31")
    late = firm.rows("leaks", "--to", "2025-12-31", *AS_OF)
    assert sum(row["open"] for row in early) > sum(row["open"] for row in late)
    assert all(a["entered"] <= b["entered"] for a, b in zip(early, late, strict=True))


def test_young_entries_are_counted_and_said_not_to_be_judged(firm: Asking) -> None:
    reply = firm.run("leaks", *AS_OF, "--format", "json")
    assert "are counted but not judged: qualified after" in reply.notes
    young = firm.rows("leaks", "--by", "team", "--from", "2026-06-20", *AS_OF)
    assert {row["verdict"] for row in young} == {"too_early"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pipeline", "sails"), "there is no pipeline 'sails'"),
        (("--from", "2026-05-01", "--to", "2026-04-01"), "the range ends on 2026-04-01 before it begins"),
        (("--to", "2001-01-01"), "no case has entered a stage in the days asked for"),
    ],
)
def test_what_nobody_knows_is_refused(firm: Asking, words: tuple[str, ...], said: str) -> None:
    reply = firm.run("leaks", *words, *AS_OF)
    assert (reply.status, said in reply.said) == (1, True), reply.said


def test_wrong_usage_ends_with_2(firm: Asking) -> None:
    assert firm.run("leaks", "--by", "weather").status == 2
    assert firm.run("leaks", "--horizon", 0).status == 2


def test_losses_imported_later_than_wins_are_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from courtside.analysis.leaks.late_entry import late_entries
    from courtside.warehouse.engines.duckdb import DuckEngine

    cases = [
        {"opportunity_id": f"O{n}", "person_id": "P1", "pipeline": "sales", "status": ("won", "lost")[n % 2],
         "opened_at": date(2026, 1, 1), "closed_at": date(2026, 3, 30) if n % 2 == 0 else date(2026, 2, 10)}
        for n in range(60)
    ]  # fmt: skip
    engine = DuckEngine.over_rows({"opportunities": cases}, "USD")
    days = {0: date(2026, 1, 31), 1: date(2026, 4, 1)}
    (note,) = late_entries(engine, days, date(2026, 6, 30))
    assert "imported a median of 50 days after the day they carry, wins after 2 days (60 closed" in note
    assert list(late_entries(engine, {1: date(2026, 1, 31)}, date(2026, 6, 30))) == []


# Published data ------------------------------------------------------------------------------------------------------


def test_maven_is_one_way_from_opening_to_winning(
    shared_data: Path, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    """8,300 dated opportunities, 4,238 won and 2,473 lost (PUBLISHED_FIGURES.md), and no stage history."""
    asking = new_workspace(tmp_path / "workspace")
    assert asking.run("import", shared_data / "maven_crm", "--format", "json").status == 0
    reply = asking.run("leaks", "--as-of", "2017-12-31", "--format", "json")
    (row,) = reply.rows
    assert (row["stage"], row["entered"], row["advanced"], row["lost"]) == ("opened", 8300, 4238, 2473)
    assert "No stage changes of the sales pipeline are recorded" in reply.notes
    by_person = asking.run("leaks", "--by", "person", "--as-of", "2017-12-31", "--format", "json")
    people = [one for one in by_person.rows if one["scope"] != "person:"]
    assert len(people) == 30
    assert "The person of 1,589 entries of the sales pipeline is not known on this day" in by_person.notes
    assert "leak" not in {one["verdict"] for one in people}, "the agents' win rates do not differ (chi-square 33.3)"
    counted("rows of leaks read", 1 + len(people))


def test_a_salesforce_history_of_876_rows_gives_its_stages_in_order(shared_data: Path, tmp_path: Path) -> None:
    """Row 22 of PUBLISHED_FIGURES.md: 219 openings; the names of how cases close are no stages."""
    asking, mapping = new_workspace(tmp_path / "workspace"), tmp_path / "salesforce.yaml"
    mapping.write_text(SALESFORCE, encoding="utf-8")
    files = [shared_data / "salesforce_stage_history" / name for name in ("Opportunity History.csv", "Opportunity.csv")]
    reply = asking.run("import", *files, "--mapping", mapping, "--format", "json")
    assert reply.status == 0, reply.said
    rows = asking.rows("leaks", "--as-of", "2022-12-31")
    assert [row["stage"] for row in rows][:2] == ["Opened", "Prospecting"]
    assert not any(row["stage"].startswith("Closed") for row in rows)
    assert rows[0]["entered"] == 219
    assert all(row["entered"] == row["advanced"] + row["lost"] + row["open"] for row in rows)
