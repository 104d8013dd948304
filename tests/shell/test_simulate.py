"""`courtside simulate`, and what a workspace says of the firm it writes: nothing refused, and its own figures."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.asking import Asking, new_workspace

GATES = ("simulated rows imported without a refusal", "figures of a simulated firm compared with its rows")

SMALL = ("--people", 24, "--months", 6, "--until", "2026-10-31")
EXPECTED_ODDITIES = {"stale_open", "blank_reference", "burst"}
"""What an import may remark about a firm that is like others: old cases, call plans with nobody, bursts of typing."""


@pytest.fixture(scope="module", params=["steady", "bursty"])
def firm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Asking, Counter[str]]:
    """A folder, the workspace that imported it, and how many rows each table has."""
    base = tmp_path_factory.mktemp("simulated")
    asking = new_workspace(base / "workspace", "staffing")
    rows = asking.rows("simulate", base / "files", *SMALL, "--shape", request.param)
    return base / "files", asking, Counter({row["table"]: row["rows"] for row in rows})


@pytest.fixture(scope="module")
def imported(firm: tuple[Path, Asking, Counter[str]]) -> dict[str, object]:
    """The import's own row."""
    folder, asking, _ = firm
    (row,) = asking.rows("import", folder)
    return dict(row)


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_imported(
    firm: tuple[Path, Asking, Counter[str]], imported: dict[str, object], counted: Callable[[str, int], None]
) -> None:
    folder, _, tables = firm
    assert imported["refused"] == 0
    assert imported["created"] == tables.total()
    assert {table: len(_rows(folder, table)) for table in tables} == dict(tables)
    assert {note["code"] for note in imported["quality"]} <= EXPECTED_ODDITIES  # type: ignore[attr-defined]
    counted("simulated rows imported without a refusal", tables.total())


def test_the_truth_is_no_part_of_the_import(
    firm: tuple[Path, Asking, Counter[str]], imported: dict[str, object]
) -> None:
    folder, asking, _ = firm
    assert "truth.json" not in imported["files"]  # type: ignore[operator]
    assert json.loads((folder / "truth.json").read_text(encoding="utf-8"))["people"]
    refused = asking.run("import", folder / "truth.json")
    assert refused.status == 1


def test_figures_are_those_of_the_rows(
    firm: tuple[Path, Asking, Counter[str]], imported: dict[str, object], counted: Callable[[str, int], None]
) -> None:
    folder, asking, _ = firm
    assert imported["batch"]
    roles = {row["person_id"]: row["role"] for row in _rows(folder, "people")}
    activities, cases = _rows(folder, "activities"), _rows(folder, "opportunities")
    september = [row for row in activities if row["at"].startswith("2026-09") and row["status"] == "done"]
    won = [row for row in cases if row["status"] == "won" and row["closed_at"].startswith("2026-09")]
    leads = [row for row in _rows(folder, "leads") if row["created_at"].startswith("2026-05")]
    customers = {row["lead_id"] for row in cases if row["status"] == "won" and row["lead_id"]}
    expected = {
        "dials": sum(row["kind"] == "call" and row["direction"] == "outbound" for row in september),
        "meetings": sum(row["kind"] == "meeting" for row in september),
        "candidate_interviews": sum(row["kind"] == "interview" for row in september),
        "placements": sum(row["pipeline"] == "recruiting" for row in won),
        "closed_sales": sum(row["pipeline"] == "sales" for row in won),
        "revenue": sum(float(row["amount"]) for row in won),
        "gross_margin": sum(float(row["gross_margin"]) for row in won),
    }
    for metric, value in expected.items():
        assert asking.metric(metric, "--period", "2026-09")["value"] == pytest.approx(value), metric
        by_team = asking.rows("metric", metric, "--by", "team", "--period", "2026-09")
        assert sum(row["value"] or 0 for row in by_team) == pytest.approx(value), metric
    closing = asking.metric("closing_rate", "--period", "2026-05", "--as-of", "2026-10-31")
    assert closing["value"] == pytest.approx(sum(row["lead_id"] in customers for row in leads) / len(leads))
    assert closing["target"] == 0.2
    assert 0.2 < asking.metric("next_step_secured_rate", "--period", "2026-09")["value"] < 0.95
    for metric in ("nps", "compliance_rate", "cost_per_acquisition", "cost_of_sales_ratio", "account_retention"):
        assert asking.metric(metric, "--period", "2026-Q3")["value"] is not None, metric
    assert set(roles.values()) == {"manager", "seller", "recruiter"}
    counted("figures of a simulated firm compared with its rows", 2 * len(expected) + 1)


def test_what_cannot_be_simulated_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    asking = Asking(tmp_path / "none")
    for words, said in (
        (("--without", "leek"), "nearest: leak"),
        (("--people", 12), "choose from 24 to 10000"),
        (("--shape", "round"), "steady, bursty"),
        (("--model", "outside"), "inside, inbound, complex"),
    ):
        reply = asking.run("simulate", tmp_path / "firm", *words)
        assert reply.status == 1
        assert said in reply.said
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "firm").mkdir()
    (tmp_path / "firm" / "mine.csv").write_text("a\n")
    reply = asking.run("simulate", tmp_path / "firm", *SMALL)
    assert reply.status == 1
    assert "mine.csv" in reply.said
    assert (tmp_path / "firm" / "mine.csv").read_text() == "a\n"


def test_without_a_day_records_end_yesterday_and_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    asking = Asking(tmp_path / "none")
    before = datetime.now(UTC).date()
    reply = asking.run("simulate", tmp_path / "firm", "--people", 24, "--months", 6, "--without", "leak")
    assert reply.status == 0, reply.said
    truth = json.loads((tmp_path / "firm" / "truth.json").read_text(encoding="utf-8"))
    assert truth["until"] in {(day - timedelta(days=1)).isoformat() for day in (before, datetime.now(UTC).date())}
    assert truth["setting"]["without"] == ["leak"]
    assert asking.run("simulate", tmp_path / "other", "--people", "many").status == 2
