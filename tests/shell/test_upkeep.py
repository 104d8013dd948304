"""What keeps itself in order: figures that lag are made, leftovers are swept, doctor says what to do."""

from __future__ import annotations

import fcntl
import shutil

from tests.asking import Asking

QUESTION = ("metric", "dials", "--by", "person", "--from", "2026-01-01", "--to", "2026-02-28")


def _state_of(asking: Asking, check: str) -> str:
    reply = asking.run("doctor", "--format", "json")
    (state,) = {row["state"] for row in reply.answer["rows"] if row["check"] == check}
    return str(state)


def test_figures_thrown_away_are_made_again_by_the_next_question(full: Asking) -> None:
    before = full.rows(*QUESTION)
    shutil.rmtree(full.workspace / "cache")
    assert _state_of(full, "figures") == "note"
    assert full.rows(*QUESTION) == before
    assert _state_of(full, "figures") == "fine"


def test_a_question_beside_a_writer_is_answered_without_waiting_and_says_so(full: Asking) -> None:
    before = full.rows(*QUESTION)
    shutil.rmtree(full.workspace / "cache")
    with (full.workspace / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        reply = full.run(*QUESTION, "--format", "json")
    assert reply.rows == before
    assert "under way" in reply.notes


def test_a_pointer_that_says_nonsense_is_made_again(full: Asking) -> None:
    before = full.rows(*QUESTION)
    (full.workspace / "cache" / "CURRENT").write_text("{")
    assert full.rows(*QUESTION) == before
    assert _state_of(full, "figures") == "fine"


def test_leftovers_of_a_killed_writer_are_named_and_swept(full: Asking) -> None:
    batches = full.workspace / "batches"
    (batches / ".tmp-000002").mkdir()
    (batches / "000002-0badcafe").mkdir()
    (batches / "000002-0badcafe" / "people.rows.parquet").write_bytes(b"half")
    (full.workspace / ".scratch-x").mkdir()
    stray = next(batches.glob("000001-*")) / "people.carried-000007.parquet"
    stray.write_bytes(b"half")
    assert _state_of(full, "left-over files") == "note"
    assert full.run("doctor").status == 0
    assert full.run("warehouse", "rebuild").status == 0
    assert _state_of(full, "left-over files") == "fine"
    assert not stray.exists()
    assert [path.name[:6] for path in batches.iterdir()] == ["000001"]


def test_doctor_checks_an_installation_without_a_workspace() -> None:
    from click.testing import CliRunner

    from courtside.cli.main import main

    result = CliRunner().invoke(main, ["doctor"], env={"COURTSIDE_WORKSPACE": None})
    assert result.exit_code == 0
    assert "python" in result.stdout
    assert "sqlite" in result.stdout


def test_doctor_says_what_is_wrong_with_a_workspace_and_how_to_mend_it(full: Asking) -> None:
    assert full.run("doctor").status == 0
    settings = full.workspace / "courtside.yaml"
    settings.write_text(settings.read_text().replace('zone: "UTC"', 'zone: "UTCC"'))
    reply = full.run("doctor")
    assert reply.status == 1
    assert "there is no time zone 'UTCC'" in reply.out
    assert "1 of" in reply.said


def test_changing_where_revenue_comes_from_changes_the_figures_at_once(full: Asking) -> None:
    question = ("revenue", "--from", "2026-01-01", "--to", "2026-02-28", "--as-of", "2026-03-31")
    assert full.metric(*question)["value"] > 0
    settings = full.workspace / "courtside.yaml"
    settings.write_text(settings.read_text().replace('"opportunities"', '"transactions"'))
    assert not full.metric(*question)["value"]
