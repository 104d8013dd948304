"""Making a workspace: complete or not at all, and every wrong word refused with the nearest right one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.asking import Asking


def test_a_new_workspace_has_settings_a_database_and_every_metric_in_force(tmp_path: Path) -> None:
    asking = Asking(tmp_path / "new" / "workspace")
    words = ("--pack", "staffing", "--model", "complex", "--zone", "Europe/Paris", "--currency", "EUR")
    reply = asking.run(
        "init", asking.workspace, *words, "--fiscal-year-starts", "4", "--name", "Firm: A", "--format", "json"
    )
    assert 1 <= len(reply.rows) <= 8
    assert all(row["metric"] and row["reason"] for row in reply.rows)
    assert str(asking.workspace) in reply.notes
    catalogue = asking.rows("metrics")
    assert {row["metric"] for row in reply.rows} <= {row["metric"] for row in catalogue}
    assert {row["version"] for row in catalogue} == {1}
    assert {row["state"] for row in catalogue} == {"in force"}
    settings = (asking.workspace / "courtside.yaml").read_text()
    assert 'zone: "Europe/Paris"' in settings
    assert 'name: "Firm: A"' in settings
    assert "fiscal_year_starts: 4" in settings


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pack", "sale"), "nearest: sales"),
        (("--pack", "sales", "--model", "insid"), "nearest: inside"),
        (("--pack", "sales", "--zone", "Europe/Pari"), "nearest: Europe/Paris"),
        (("--pack", "sales", "--currency", "usd"), "ISO 4217"),
    ],
)
def test_a_setting_nobody_knows_is_refused_and_nothing_is_made(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    asking = Asking(tmp_path / "workspace")
    reply = asking.run("init", asking.workspace, *words)
    assert reply.status == 1
    assert said in reply.said
    assert not asking.workspace.exists()


def test_a_folder_in_use_is_left_as_it_is(empty: Asking, tmp_path: Path) -> None:
    again = empty.run("init", empty.workspace, "--pack", "sales")
    assert again.status == 1
    assert "already holds a workspace" in again.said
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "letter.txt").write_text("dear")
    foreign = empty.run("init", tmp_path / "documents", "--pack", "sales")
    assert foreign.status == 1
    assert "letter.txt" in foreign.said
    assert [path.name for path in (tmp_path / "documents").iterdir()] == ["letter.txt"]


def test_an_interrupted_init_can_be_tried_again(empty: Asking) -> None:
    (empty.workspace / "courtside.yaml").unlink()
    assert empty.run("imports").status == 1
    reply = empty.run("init", empty.workspace, "--pack", "sales")
    assert reply.status == 0, reply.said
    assert empty.rows("imports") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("zone: Mars/Olympus", "courtside.yaml:2:7: zone: there is no time zone 'Mars/Olympus'"),
        ("fiscal_year_starts: 13", "courtside.yaml:2:21: fiscal_year_starts: 13 is no month"),
        ("fiscal_year_starts: soon", "courtside.yaml:2:21: fiscal_year_starts: 'soon' is not a whole number"),
        ("curency: EUR", "nearest: currency"),
        ("name: [", "courtside.yaml:"),
    ],
)
def test_a_wrong_setting_names_file_line_and_column(empty: Asking, line: str, said: str) -> None:
    rest = "" if line.startswith("name") else "name: Firm\n"
    (empty.workspace / "courtside.yaml").write_text(f"pack: sales\n{line}\n{rest}")
    reply = empty.run("imports")
    assert reply.status == 1
    assert said in reply.said


def test_a_broken_database_is_refused_in_a_sentence(empty: Asking) -> None:
    from courtside.store.connect import disconnect

    disconnect()
    for path in empty.workspace.glob("app.sqlite3*"):
        path.unlink()
    assert "is missing; put it back" in empty.run("imports").said
    (empty.workspace / "app.sqlite3").write_bytes(b"not a database at all, but long enough to look at" * 100)
    reply = empty.run("imports")
    assert reply.status == 1
    assert "cannot be used" in reply.said
