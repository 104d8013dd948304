"""The Maven export: its habits are noted, its faults refused in its own terms, its figures are all there."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from courtside.connectors.maven import ADAPTER
from courtside.warehouse.intake import Outcome
from taking_in import Workspace

GATES = ("published rows of the Maven export found",)

PIPELINE = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "firm"
    root.mkdir()
    return Workspace(root)


@pytest.fixture
def export(tmp_path: Path, project_root: Path) -> Path:
    """A small export, to be soiled."""
    folder = tmp_path / "export"
    shutil.copytree(project_root / "src/courtside/connectors/maven/example/input", folder)
    return folder


def take_in(workspace: Workspace, export: Path, *, set_aside: bool = False) -> Outcome:
    return workspace.take_in(sorted(export.iterdir()), adapter=ADAPTER, set_aside=set_aside)


def told(outcome: Outcome) -> list[tuple[str, int | None, str | None, str | None, str]]:
    return [(r.file, r.line, r.column, r.value, r.reason) for r in outcome.refusals]


def test_the_whole_export_comes_in_as_published(
    workspace: Workspace, shared_data: Path, counted: Callable[[str, int], None]
) -> None:
    outcome = take_in(workspace, shared_data / "maven_crm")
    records = workspace.living()
    deals = records["opportunities"]

    assert outcome.by_table == {
        "people": (41, 0, 0), "assignments": (35, 0, 0), "accounts": (85, 0, 0), "opportunities": (8800, 0, 0),
    }  # fmt: skip
    assert Counter(deal["stage"] for deal in deals) == {"Won": 4238, "Lost": 2473, "Engaging": 1589, "Prospecting": 500}
    assert Counter(deal["status"] for deal in deals) == {"won": 4238, "lost": 2473, "open": 2089}
    assert sum(Decimal(deal["amount"]) for deal in deals if deal["status"] == "won") == 10_005_534
    assert sum(Decimal(deal["list_price"]) for deal in deals if deal["status"] == "open") == 4_966_215
    assert {deal["amount"] for deal in deals if deal["status"] == "lost"} == {"0.0000"}
    assert not any("amount" in deal for deal in deals if deal["status"] == "open")
    assert len({deal["product"] for deal in deals}) == 7
    assert {a["valid_from"] for a in records["assignments"]} == {"2000-01-01"}
    assert Counter(person["role"] for person in records["people"]) == {"seller": 35, "manager": 6}
    counted("published rows of the Maven export found", len(deals))


def test_the_habits_of_the_export_are_noted(workspace: Workspace, shared_data: Path) -> None:
    outcome = take_in(workspace, shared_data / "maven_crm")

    notes = Counter((note.code, note.count) for note in outcome.quality)
    assert notes[("alias", 1480)] == 1
    assert notes[("blank_reference", 1425)] == 1
    assert notes[("blank_reference", 500)] == 1
    assert notes[("stale_open", 1403)] == 1
    (alias,) = (note for note in outcome.quality if note.code == "alias")
    assert alias.examples == ("GTXPro",)
    assert "'GTX Pro'" in alias.sentence


def test_dates_in_the_american_order_give_the_same_records(
    workspace: Workspace, shared_data: Path, tmp_path: Path
) -> None:
    american = tmp_path / "american"
    shutil.copytree(shared_data / "maven_crm", american)
    with (shared_data / "maven_crm" / "sales_pipeline.csv").open(newline="") as source:
        header, *rows = csv.reader(source)
    with (american / "sales_pipeline.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        for row in rows:
            dates = [f"{int(d[5:7])}/{int(d[8:])}/{d[:4]}" if d else "" for d in row[5:7]]
            writer.writerow([*row[:5], *dates, *row[7:]])
    take_in(workspace, shared_data / "maven_crm")

    outcome = take_in(workspace, american)

    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 8961)


def test_a_part_of_the_export_adds_to_what_is_there(workspace: Workspace, export: Path) -> None:
    whole = (export / "sales_pipeline.csv").read_text()
    lines = whole.splitlines(keepends=True)
    (export / "sales_pipeline.csv").write_text("".join(lines[:3]))
    take_in(workspace, export)

    (export / "sales_pipeline.csv").write_text(whole)
    for name in ("accounts.csv", "sales_teams.csv"):
        (export / name).unlink()
    outcome = take_in(workspace, export)

    assert outcome.by_table == {"opportunities": (4, 0, 2)}


SOILED = {
    "a date that is none": ("Rae Holt,Drill Mini,,Won,2026-13-01,,5", "engage_date", "2026-13-01", "not_a_date"),
    "an amount in words": ("Rae Holt,Drill Mini,,Won,2026-01-01,,five", "close_value", "five", "not_a_number"),
    "a product nobody sells": ("Rae Holt,Drill (Mini),,Won,2026-01-01,,5", "product", "Drill (Mini)", "not_one_of"),
    "a stage nobody knows": ("Rae Holt,Drill Mini,,Maybe,2026-01-01,,5", "deal_stage", "Maybe", "not_one_of"),
    "an agent of no team": ("Rae Halt,Drill Mini,,Won,2026-01-01,,5", "sales_agent", "Rae Halt", "unknown_person"),
    "no agent": (",Drill Mini,,Won,2026-01-01,,5", "sales_agent", None, "missing_required"),
    "a row cut short": ("Rae Holt", None, None, "uneven_row"),
}


@pytest.mark.parametrize("case", SOILED)
def test_a_fault_is_refused_in_the_exports_own_terms(case: str, workspace: Workspace, export: Path) -> None:
    row, column, value, reason = SOILED[case]
    with (export / "sales_pipeline.csv").open("a") as file:
        file.write(f"\nQ9,{row}\n")

    outcome = take_in(workspace, export)

    assert told(outcome) == [("sales_pipeline.csv", 9, column, value, reason)]
    assert outcome.refusals[0].mend
    assert workspace.living() == {}
    assert take_in(workspace, export, set_aside=True).by_table["opportunities"] == (6, 0, 0)


def test_a_name_with_other_blanks_is_the_same_name(workspace: Workspace, export: Path) -> None:
    with (export / "sales_pipeline.csv").open("a") as file:
        file.write("Q9,     Rae   Holt ,drill  mini,BIRCH& Sons,Won,2026-01-01,2026-03-01,5\n")

    take_in(workspace, export)

    deal = workspace.living()["opportunities"][-1]
    assert (deal["person_id"], deal["product"], deal["account_id"]) == ("Rae Holt", "Drill Mini", "Birch & Sons")


def test_faults_in_the_other_files_name_those(workspace: Workspace, export: Path) -> None:
    _replace(export / "products.csv", "900", "n/a")
    _replace(export / "accounts.csv", "12.5", "12,5 Mio".replace(",", "."))
    _replace(export / "accounts.csv", "5200", "5200.5")

    assert told(take_in(workspace, export)) == [
        ("products.csv", 2, "sales_price", "n/a", "not_a_number"),
        ("accounts.csv", 2, "revenue", "12.5 Mio", "not_a_number"),
        ("accounts.csv", 3, "employees", "5200.5", "not_a_number"),
    ]


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_file_in_another_encoding_is_refused_with_its_line(workspace: Workspace, export: Path) -> None:
    with (export / "sales_pipeline.csv").open("ab") as file:
        file.write("Q9,张三,Drill Mini,,Won,2026-01-01,2026-03-01,5\n".encode("gbk"))

    assert [(r.file, r.line, r.reason) for r in take_in(workspace, export).refusals] == [
        ("sales_pipeline.csv", 8, "wrong_encoding")
    ]


def test_a_pipeline_without_its_stages_or_its_products_is_refused(workspace: Workspace, export: Path) -> None:
    (export / "sales_pipeline.csv").write_text("opportunity_id,sales_agent,product,account\nQ1,Rae Holt,Drill Mini,\n")
    reasons = {(r.reason, r.column) for r in take_in(workspace, export).refusals}
    assert ("missing_column", "deal_stage") in reasons

    (export / "sales_pipeline.csv").write_text(PIPELINE)
    (export / "products.csv").unlink()
    assert [r.reason for r in take_in(workspace, export).refusals] == ["missing_file"]
