"""Imports: a batch counts whole or not at all, twice is once, and every one of them can be undone."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest
from tests.asking import Asking
from tests.shell.firm import (
    ACTIVITIES,
    OPPORTUNITIES,
    PEOPLE,
    figures,
    fingerprint,
    imports,
    write_firm,
    write_table,
)

_UNTOUCHED = ("refused", "lock", "cache", "app.sqlite3-")


def test_an_import_is_listed_with_what_it_brought(empty: Asking, firm: Path) -> None:
    reply = empty.run("import", firm, "--format", "json")
    assert reply.said == "", "long work is silent in a pipe"
    (row,) = reply.rows
    assert row["batch"] == 1
    assert row["connector"] == "native"
    assert sorted(row["files"]) == [f"{name}.csv" for name in (
        "accounts", "activities", "assignments", "leads", "opportunities", "people"
    )]  # fmt: skip
    assert (row["created"], row["updated"], row["unchanged"], row["refused"]) == (190, 0, 0, 0)
    (listed,) = empty.rows("imports")
    assert listed == row
    assert {"batch", "at", "connector", "files", "created", "updated", "unchanged", "refused", "quality"} <= set(listed)


def test_the_same_file_again_changes_no_figure(full: Asking, firm: Path) -> None:
    before = figures(full)
    (row,) = full.rows("import", firm)
    assert (row["batch"], row["created"], row["updated"], row["unchanged"]) == (2, 0, 0, 190)
    assert figures(full) == before


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_overlapping_pieces_in_any_order_give_the_same_figures(
    empty: Asking, full: Asking, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  (a shuffle, no secret)
    parts = []
    for table, rows in {"opportunities": list(OPPORTUNITIES), "activities": list(ACTIVITIES)}.items():
        dice.shuffle(rows)
        cut = len(rows) // 2
        pieces = (rows[: cut + 7], rows[cut - 7 :])
        parts += [write_table(tmp_path / "parts", table, p, f"{table}-{n}") for n, p in enumerate(pieces)]
    dice.shuffle(parts)
    write_firm(tmp_path / "rest")
    for table in ("opportunities", "activities"):
        (tmp_path / "rest" / f"{table}.csv").unlink()
    empty.rows("import", tmp_path / "rest")
    for part in parts:
        empty.rows("import", part)
    assert figures(empty) == figures(full)


def test_a_changed_row_is_updated_and_undoing_that_brings_the_old_one_back(full: Asking, tmp_path: Path) -> None:
    before = figures(full)
    changed = {**OPPORTUNITIES[1], "amount": "999999"}
    (row,) = full.rows("import", write_table(tmp_path, "opportunities", [changed]))
    assert (row["created"], row["updated"], row["unchanged"]) == (0, 1, 0)
    after = figures(full)
    assert after != before
    (undone,) = full.rows("import", "undo", 2)
    assert undone["batch"] == 2
    assert undone["undone_at"]
    assert figures(full) == before
    assert [entry["undone_at"] for entry in imports(full)] == [False, True]


def test_undoing_the_only_import_leaves_nothing_and_importing_again_brings_it_back(full: Asking, firm: Path) -> None:
    before = figures(full)
    full.rows("import", "undo", 1)
    (row,) = full.rows("metric", "dials", "--from", "2026-01-01", "--to", "2026-02-28")
    assert row["value"] is None
    (again,) = full.rows("import", firm)
    assert (again["batch"], again["created"]) == (2, 190)
    assert figures(full) == before


def test_rows_a_later_import_brought_again_stay_when_the_first_is_undone(full: Asking, firm: Path) -> None:
    before = figures(full)
    (first,) = full.rows("imports")
    full.rows("import", firm)
    reply = full.run("import", "undo", 1, "--format", "json")
    assert "190 of its rows stay" in reply.notes
    assert figures(full) == before
    assert figures(full, "--known-at", first["at"]) == before
    full.rows("import", "undo", 2)
    assert full.metric("dials", "--from", "2026-01-01", "--to", "2026-02-28")["value"] is None


@pytest.mark.parametrize(("number", "said"), [("7", "there is no batch '7'"), ("0", "there is no batch '0'")])
def test_undoing_an_unknown_batch_is_refused(full: Asking, number: str, said: str) -> None:
    reply = full.run("import", "undo", number)
    assert reply.status == 1
    assert said in reply.said


def test_undoing_twice_is_refused(full: Asking) -> None:
    full.rows("import", "undo", 1)
    reply = full.run("import", "undo", 1)
    assert reply.status == 1
    assert "already undone" in reply.said


def _bad_leads(folder: Path) -> Path:
    return write_table(
        folder,
        "leads",
        [
            {"lead_id": "X1", "person_id": "P1", "created_at": "2026-01-05T09:00"},
            {"lead_id": "X2", "person_id": "P1", "created_at": "soon"},
            {"lead_id": "X3", "person_id": "=cmd|' /C calc'!A0", "created_at": "2026-01-05T09:00"},
        ],
    )


def test_one_refused_row_refuses_the_batch_and_changes_nothing(full: Asking, tmp_path: Path) -> None:
    before, files = figures(full), fingerprint(full.workspace, *_UNTOUCHED)
    reply = full.run("import", _bad_leads(tmp_path), "--format", "json")
    assert reply.status == 1
    assert "leads.csv, line 3, column created_at: 'soon' not_a_date" in reply.said
    assert fingerprint(full.workspace, *_UNTOUCHED) == files
    assert figures(full) == before
    refusals = reply.answer["rows"]
    assert {row["line"] for row in refusals} == {3, 4}
    assert all({"file", "sheet", "line", "column", "value", "reason", "mend"} == set(row) for row in refusals)
    (listed,) = (full.workspace / "refused").glob("*.csv")
    assert str(listed) in reply.said
    with listed.open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert len(written) == len(refusals)
    assert "'=cmd|' /C calc'!A0" in {row["value"] for row in written}


def test_setting_aside_imports_the_rest_and_keeps_the_refused_rows_out_of_figures(full: Asking, tmp_path: Path) -> None:
    before = full.metric("new_leads", "--period", "2026-01")["value"]
    (row,) = full.rows("import", _bad_leads(tmp_path), "--set-aside")
    assert (row["created"], row["refused"]) == (1, 2)
    assert full.metric("new_leads", "--period", "2026-01")["value"] == before + 1


def test_a_dry_run_says_what_would_happen_and_changes_nothing(full: Asking, tmp_path: Path) -> None:
    ignored = ("lock", "cache", "app.sqlite3-")
    files = fingerprint(full.workspace, *ignored)
    path = write_table(tmp_path, "people", [*PEOPLE, {"person_id": "P4", "name": "Otto"}])
    (row,) = full.rows("import", path, "--dry-run")
    assert (row["batch"], row["created"], row["unchanged"]) == (None, 1, 3)
    assert fingerprint(full.workspace, *ignored) == files
    bad = full.run("import", _bad_leads(tmp_path / "bad"), "--dry-run")
    assert bad.status == 1
    assert len(full.rows("imports")) == 1


def test_an_ambiguous_date_is_asked_about_once_and_the_answer_remembered(full: Asking, tmp_path: Path) -> None:
    def lead(number: int) -> Path:
        row = {"lead_id": f"D{number}", "person_id": "P1", "created_at": f"0{number}/04/2026"}
        return write_table(tmp_path, "leads", [row])

    refused = full.run("import", lead(1), "--format", "json")
    assert refused.status == 1
    assert {row["reason"] for row in refused.answer["rows"]} == {"ambiguous_date"}
    full.rows("import", lead(1), "--answer", "date_order=dmy")
    again = full.run("import", lead(2), "--format", "json")
    assert again.rows[0]["created"] == 1
    assert "date_order=dmy, as answered before" in again.notes
    assert full.metric("new_leads", "--period", "2026-04")["value"] == 2


def test_more_refusals_than_fit_are_all_in_the_file(empty: Asking, tmp_path: Path) -> None:
    rows = [{"person_id": f"P{n}", "name": "N", "hired_on": "never"} for n in range(1_500)]
    reply = empty.run("import", write_table(tmp_path, "people", rows), "--format", "json")
    assert reply.status == 1
    assert len(reply.answer["rows"]) == 1_000
    assert reply.said.count("not_a_date") == 20
    (listed,) = (empty.workspace / "refused").glob("*.csv")
    assert len(listed.read_text().splitlines()) == 1_501


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.csv",), "there is no file or folder"),
        (("--connector", "nativ"), "nearest: native"),
        (("letter.csv",), "no connector recognises letter.csv"),
        (("void",), "holds no CSV or Parquet file"),
    ],
)
def test_what_cannot_be_imported_is_refused_in_a_sentence(
    empty: Asking, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "letter.csv").write_text("dear,sir\n1,2\n")
    (tmp_path / "void").mkdir()
    typed = [tmp_path / word if "." in word or word == "void" else word for word in words]
    reply = empty.run("import", *typed, *((tmp_path / "letter.csv",) if words[0] == "--connector" else ()))
    assert reply.status == 1
    assert said in reply.said
    assert empty.rows("imports") == []


def test_files_are_parquet_with_their_hash_and_hold_no_name(full: Asking) -> None:
    import duckdb

    facts = [p for p in (full.workspace / "batches").rglob("*.parquet") if not p.name.startswith("texts.")]
    assert facts
    for path in facts:
        with duckdb.connect() as engine:
            content = engine.execute("FROM read_parquet(?)", [str(path)]).fetchall()
        assert "Rae Ortiz" not in json.dumps(content, default=str)
    reply = full.run("doctor", "--format", "json")
    assert reply.status == 0, reply.out
    assert {row["state"] for row in reply.answer["rows"] if row["check"] == "files"} == {"fine"}


def test_a_file_that_is_not_what_was_recorded_is_named(full: Asking) -> None:
    victim = next((full.workspace / "batches").rglob("activities.rows.parquet"))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.chmod(0o644)
    victim.write_bytes(content)
    rebuilt = full.run("warehouse", "rebuild")
    assert rebuilt.status == 1
    assert "activities.rows.parquet" in rebuilt.said
    doctor = full.run("doctor", "--format", "json")
    assert doctor.status == 1
    (finding,) = [row for row in doctor.answer["rows"] if row["state"] == "wrong"]
    assert "activities.rows.parquet" in finding["found"]
    assert finding["mend"]
    victim.unlink()
    assert "is missing" in full.run("warehouse", "rebuild").said


def test_rebuilding_gives_the_same_figures(full: Asking) -> None:
    before = figures(full)
    reply = full.run("warehouse", "rebuild", "--format", "json")
    assert reply.rows[0]["batches"] == 1
    assert figures(full) == before


def test_the_log_tells_who_imported_and_undid(full: Asking) -> None:
    full.rows("import", "undo", 1)
    from courtside.services.caller import system_user
    from courtside.store.audit import acts

    verbs = [(act.verb, act.who) for act in acts()]
    assert verbs[:2] == [("initialise", system_user()), ("import_records", system_user())]
    assert verbs[-1] == ("undo_import", system_user())


@pytest.mark.parametrize("seed", range(2))
def test_any_sequence_of_imports_and_undos_leaves_what_the_batches_that_count_say(
    empty: Asking, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  (a sequence, no secret)
    empty.rows("import", write_firm(tmp_path / "firm", {"people": PEOPLE}))
    counting: dict[int, dict[str, str]] = {}
    for _ in range(6):
        if counting and dice.random() < 0.4:
            number = dice.choice(list(counting))
            empty.rows("import", "undo", number)
            del counting[number]
        else:
            kinds = {f"K{dice.randrange(8)}": dice.choice(["call", "email"]) for _ in range(dice.randrange(1, 6))}
            rows = [
                {"activity_id": k, "person_id": "P1", "at": "2026-01-05T09:00", "kind": v} for k, v in kinds.items()
            ]
            (made,) = empty.rows("import", write_table(tmp_path / "in", "activities", rows))
            counting[made["batch"]] = kinds
        expected = {key: kind for number in sorted(counting) for key, kind in counting[number].items()}
        assert _living_kinds(empty) == expected
    calls = sum(kind == "call" for kind in expected.values())
    assert (empty.metric("dials", "--period", "2026-01")["value"] or 0) == calls


def _living_kinds(asking: Asking) -> dict[str, str]:
    import duckdb

    from courtside.records.tables import TABLES
    from courtside.store import ledger
    from courtside.warehouse.batches import known, living

    query = living(TABLES["activities"], known(ledger.batches(), None), asking.workspace)
    with duckdb.connect() as engine:
        return dict(engine.execute(f"SELECT activity_id, kind FROM ({query})").fetchall())
