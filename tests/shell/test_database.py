"""The application database in PostgreSQL: the same answers and refusals, and nothing acknowledged is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.asking import Asking, new_workspace
from tests.shell.firm import figures, imports, write_firm, write_table

from courtside.services.engines import DATABASE_VARIABLE

GATES = ("answers of a firm whose accounts are in PostgreSQL",)


@pytest.fixture
def in_postgres(schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asking]:
    """A workspace whose application database is a schema of its own."""
    monkeypatch.setenv(DATABASE_VARIABLE, schema)
    yield new_workspace(tmp_path / "elsewhere")
    from courtside.store.connect import disconnect

    disconnect()


def test_a_firm_lives_in_postgresql_as_it_lives_in_a_file(
    in_postgres: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    folder = write_firm(tmp_path / "in")
    late = write_table(tmp_path / "late", "leads", [{"lead_id": "L1", "person_id": "P1", "created_at": "2026-01-09"}])

    def lived(firm: Asking) -> list[Any]:
        for words in (("import", folder), ("import", late), ("import", "undo", 2)):
            assert firm.run(*words).status == 0, words
        found = [figures(firm), [(row["batch"], row["undone_at"]) for row in imports(firm)]]
        assert firm.run("erase", "--person", "P2", "--yes").status == 0
        assert len(figures(firm)) == len(found[0])
        return found

    there = lived(in_postgres)
    assert in_postgres.run("users", "add", "Rae Ortiz", "--person", "P1").status == 0
    assert "Rae Ortiz" in in_postgres.run("users", "list").out
    found = {row["check"]: row for row in in_postgres.rows("doctor")}
    assert found["durability"]["found"] == "PostgreSQL, synchronous_commit on, fsync on"
    assert {row["state"] for row in found.values()} == {"fine"}
    assert not list(in_postgres.workspace.glob("app.sqlite3*")), "accounts are in two places"
    monkeypatch.delenv(DATABASE_VARIABLE)
    here = new_workspace(tmp_path / "here")
    assert lived(here) == there
    assert list(here.workspace.glob("app.sqlite3"))
    counted(GATES[0], sum(len(answer) for answer in there[0]))


def test_pages_are_served_from_it(in_postgres: Asking) -> None:
    command = (sys.executable, "-m", "courtside.cli", "--workspace", str(in_postgres.workspace), "serve", "--check")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "PostgreSQL, synchronous_commit on, fsync on: what is acknowledged is kept" in done.stdout


def test_the_log_of_acts_can_only_be_added_to(in_postgres: Asking) -> None:
    from django.db import DatabaseError, connection, transaction

    assert in_postgres.run("doctor").status == 0  # the connection is to this workspace
    statements = (
        "UPDATE store_event SET who = 'somebody else'",
        "DELETE FROM store_event",
        "TRUNCATE store_event CASCADE",
        "INSERT INTO store_event SELECT * FROM store_event LIMIT 1",
    )
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("answers", [{"SHOW fsync": "off"}, {"SHOW synchronous_commit": "off"}], ids=str)
def test_a_server_that_does_not_sync_is_refused(
    in_postgres: Asking, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]
) -> None:
    from courtside.store import durability
    from courtside.store.connect import disconnect

    disconnect()
    own = durability._answers

    def told(connection: Any, *questions: str) -> tuple[Any, ...]:
        return tuple(answers.get(each, *own(connection, each)) for each in questions)

    monkeypatch.setattr(durability, "_answers", told)
    reply = in_postgres.run("imports")
    assert reply.status == 1
    assert "where on and on are needed" in reply.said


def test_a_schema_in_use_is_left_alone(in_postgres: Asking, tmp_path: Path) -> None:
    reply = Asking(tmp_path / "second").run("init", tmp_path / "second", "--pack", "sales")
    assert reply.status == 1
    assert "holds tables already" in reply.said
    assert in_postgres.run("imports").status == 0


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://ola:secret@db/courtside", "it holds a password"),
        ("mysql://db/courtside", "'mysql' is no kind of database"),
        ("sqlite://somewhere", "stands in no address that can be read"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_before_anything_is_made(
    tmp_path: Path, address: str, said: str
) -> None:
    reply = Asking(tmp_path / "new").run("init", tmp_path / "new", "--pack", "sales", "--database", address)
    assert reply.status == 1
    assert said in reply.said
    assert not (tmp_path / "new").exists()


def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    address = "postgresql://nobody@127.0.0.1:9/nowhere"
    reply = Asking(tmp_path / "new").run("init", tmp_path / "new", "--pack", "sales", "--database", address)
    assert reply.status == 1
    assert "the database cannot be made" in reply.said
    assert not (tmp_path / "new" / "courtside.yaml").exists()
