"""The benchmark's own guard at small size: right answers pass, one altered row does not, and nothing is no proof."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from bench import baseline
from bench.company import SEED, Company, Generator, company
from bench.compare import NothingCompared, compare, cuts
from bench.oracle import DIMENSIONS, Answers, Cut, Oracle, metrics_of
from bench.product import Product

GATES = ("benchmark answers compared at small size", "altered rows caught by the comparison")

SMALL: Company = company(0.001)
WEEKS = Cut(("dials", "accounts_touched", "win_rate"), "person", "week", date(2024, 3, 4), date(2024, 6, 2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company's files, and a workspace that imported them."""
    folder = tmp_path_factory.mktemp("bench")
    generator = Generator(replace(SMALL, days=200))
    generator.base(folder / "base")
    generator.late(folder / "late")
    generator.move(folder / "move")
    product = Product(folder / "workspace")
    product.make()
    product.run("import", folder / "base")
    return folder


def _oracle(folder: Path, *names: str) -> Callable[[Cut], Answers]:
    return Oracle(tuple(folder / name for name in names), folder / "scratch").answers


def test_the_same_seed_makes_the_same_files(folder: Path, tmp_path: Path) -> None:
    Generator(replace(SMALL, days=200)).base(tmp_path / "again")
    Generator(replace(SMALL, days=200), SEED + 1).base(tmp_path / "other")
    for path in sorted((folder / "base").glob("*.csv")):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
    theirs = (tmp_path / "other" / "activities.csv").read_bytes()
    assert (folder / "base" / "activities.csv").read_bytes() != theirs


def test_the_product_and_the_slow_queries_agree(folder: Path, counted: Callable[[str, int], None]) -> None:
    asked = [WEEKS, *cuts("small", 1, date(2024, 1, 1), date(2024, 7, 18))]
    found = compare("small", asked, Product(folder / "workspace").metric, _oracle(folder, "base"))
    assert found.differences == ()
    counted(GATES[0], found.compared)


def test_the_hand_written_query_and_the_slow_queries_agree(folder: Path, counted: Callable[[str, int], None]) -> None:
    with duckdb.connect() as db:
        baseline.weekly(db, {t: str(folder / f"workspace/batches/*/{t}.rows.parquet") for t in baseline.TABLES})
        once = db.execute("SELECT person_id, week FROM weekly GROUP BY ALL HAVING count(*) = 1").fetchall()
        columns = ", ".join(baseline.COLUMNS)
        rows = db.execute(f"SELECT person_id, week, {columns} FROM weekly").fetchall()
    keys = {(person, week) for person, week in once}
    by_hand = {
        (metric, f"person:{row[0]}", row[1].strftime("%G-W%V")): float(value)
        for row in rows
        if row[:2] in keys
        for metric, value in zip(baseline.COLUMNS, row[2:], strict=True)
        if value is not None
    }
    known = {(f"person:{person}", week.strftime("%G-W%V")) for person, week in keys}

    def truth(cut: Cut) -> Answers:
        return {k: v for k, v in _oracle(folder, "base")(cut).items() if k[1:] in known}

    everything = Cut(baseline.COLUMNS, "person", "week", date(2024, 1, 1), date(2024, 12, 31))
    found = compare("by hand", [everything], lambda _: by_hand, truth)
    assert found.differences == ()
    counted(GATES[0], found.compared)


def _altered(folder: Path, change: Mapping[str, str]) -> Path:
    """A copy of the base in which one done call of the weeks asked for is something else."""
    twin = folder / "twin"
    shutil.rmtree(twin, ignore_errors=True)
    shutil.copytree(folder / "base", twin)
    path = twin / "activities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    picked = next(
        row
        for row in rows
        if (row["kind"], row["status"], row["direction"]) == ("call", "", "outbound")
        and "2024-03-10" < row["at"] < "2024-06-01"
    )
    picked.update(change)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(picked))
        writer.writeheader()
        writer.writerows(rows)
    return twin


@pytest.mark.parametrize(
    "change", [{"kind": "email"}, {"person_id": "P0099"}, {"at": "2024-01-09 10:00:00"}, {"status": "cancelled"}]
)
def test_one_altered_row_is_caught(folder: Path, change: dict[str, str], counted: Callable[[str, int], None]) -> None:
    twin = _altered(folder, change)
    found = compare("twin", [WEEKS], Product(folder / "workspace").metric, _oracle(folder, twin.name))
    assert any(difference.startswith("dials") for difference in found.differences)
    counted(GATES[1], 1)


def test_nothing_compared_is_no_proof(folder: Path) -> None:
    before = replace(WEEKS, first=date(2001, 1, 1), last=date(2001, 1, 7))
    with pytest.raises(NothingCompared):
        compare("nothing", [before], lambda _: {}, _oracle(folder, "base"))
    with pytest.raises(NothingCompared):
        compare("no question", [], lambda _: {}, lambda _: {})


def test_random_questions_ask_only_what_rows_know() -> None:
    asked = cuts("many", 300, date(2024, 1, 1), date(2025, 5, 14))
    assert {cut.by for cut in asked} == set(DIMENSIONS)
    for cut in asked:
        assert set(cut.metrics) <= set(metrics_of(DIMENSIONS[cut.by]))
        assert cut.first <= cut.last
