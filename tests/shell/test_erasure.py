"""Erasing a person: nobody can tell any more who they were, and every sum stays."""

from __future__ import annotations

from pathlib import Path

import duckdb
from tests.asking import Asking
from tests.shell.firm import figures, fingerprint, write_table

_TOTALS = (
    ("dials", "--period", "2026-01"),
    ("revenue", "--from", "2026-01-01", "--to", "2026-02-28"),
    ("new_leads", "--period", "all"),
    ("prospects_approached", "--period", "2026-02"),
)


def _totals(asking: Asking) -> list[object]:
    return [asking.rows("metric", *question, "--as-of", "2026-03-31") for question in _TOTALS]


def _says(workspace: Path, word: str) -> list[str]:
    """The files of a workspace in which a word can still be found."""
    found = []
    for path in workspace.rglob("*"):
        if path.suffix == ".parquet":
            with duckdb.connect() as engine:
                rows = engine.execute("FROM read_parquet(?)", [str(path)]).fetchall()
            if any(
                word == str(cell) or (cell and "{" in str(cell) and f'"{word}"' in str(cell))
                for r in rows
                for cell in r
            ):
                found.append(path.name)
        elif path.is_file() and word.encode() in path.read_bytes():
            found.append(path.name)
    return found


def test_an_erased_person_is_nowhere_and_every_figure_adds_up(full: Asking, tmp_path: Path) -> None:
    bad = [{"lead_id": "X2", "person_id": "P1", "created_at": "soon"}]
    full.rows("import", write_table(tmp_path, "leads", bad), "--set-aside")
    assert full.run("import", write_table(tmp_path / "again", "leads", bad)).status == 1
    totals, by_team = _totals(full), full.rows("metric", "dials", "--by", "team", "--period", "2026-01")
    reply = full.run("erase", "--person", "P1", "--yes", "--format", "json")
    assert reply.rows
    assert all(row["old_sha256"] != row["new_sha256"] for row in reply.rows)
    assert _totals(full) == totals
    assert full.rows("metric", "dials", "--by", "team", "--period", "2026-01") == by_team
    for word in ("Rae Ortiz", "rae@firm.example"):
        assert _says(full.workspace, word) == []
    assert [name for name in _says(full.workspace, "P1") if name.endswith((".parquet", ".csv"))] == []
    people = full.rows("metric", "dials", "--by", "person", "--period", "2026-01")
    assert not [row for row in people if row["scope"] == "person:P1" or row["label"] == "Rae Ortiz"]
    assert len([row for row in people if row["scope"].startswith("person:erased-")]) == 1


def test_every_file_written_anew_is_logged_with_its_old_and_new_hash(full: Asking) -> None:
    before = fingerprint(full.workspace / "batches")
    full.rows("erase", "--person", "P1", "--yes")
    after = fingerprint(full.workspace / "batches")
    from courtside.store.audit import acts

    (act,) = acts("erase_person")
    gone, made = set(before.values()) - set(after.values()), set(after.values()) - set(before.values())
    assert {file["old_sha256"] for file in act.detail["files"]} == gone
    assert {file["new_sha256"] for file in act.detail["files"]} == made
    assert "P1" not in str(act.detail).replace("_P1", "")
    assert full.run("warehouse", "rebuild").status == 0
    assert full.run("doctor").status == 0


def test_an_unknown_person_is_refused_and_nothing_changes(full: Asking) -> None:
    before = fingerprint(full.workspace / "batches")
    reply = full.run("erase", "--person", "P11", "--yes")
    assert reply.status == 1
    assert "nearest: P1" in reply.said
    assert fingerprint(full.workspace / "batches") == before


def test_a_person_whose_import_was_undone_is_erased_from_its_files_too(full: Asking) -> None:
    full.rows("import", "undo", 1)
    full.rows("erase", "--person", "P2", "--yes")
    assert _says(full.workspace / "batches", "P2") == []


def test_the_past_adds_up_after_an_erasure(full: Asking, tmp_path: Path) -> None:
    (first,) = full.rows("imports")
    before = figures(full)
    full.rows("import", write_table(tmp_path, "activities", [
        {"activity_id": "N1", "person_id": "P2", "at": "2026-01-09T09:00", "kind": "call"},
    ]))  # fmt: skip
    full.rows("erase", "--person", "P1", "--yes")
    past = figures(full, "--known-at", first["at"])
    assert [[row["value"] for row in rows] for rows in past[1:]] == [
        [row["value"] for row in rows] for rows in before[1:]
    ]
