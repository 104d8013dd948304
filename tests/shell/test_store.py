"""The application database keeps what it acknowledges, and its log can only be added to."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from courtside.store.connect import connect, create, disconnect

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "app.sqlite3"
    create(path)
    return path


def test_every_connection_syncs_each_commit_to_a_write_ahead_log(database: Path) -> None:
    from django.db import connection

    from courtside.store.durability import pragmas

    assert pragmas(connection) == ("wal", 2)
    disconnect()
    connect(database)
    assert pragmas(connection) == ("wal", 2)


def test_a_connection_that_would_lose_a_commit_is_refused(database: Path) -> None:
    from django.db import connection

    from courtside.store.durability import NotDurable

    options = connection.settings_dict["OPTIONS"]
    kept = options["init_command"]
    disconnect()
    try:
        options["init_command"] = kept.replace("FULL", "NORMAL")
        with pytest.raises(NotDurable, match="synchronous is 1"):
            connection.ensure_connection()
    finally:
        options["init_command"] = kept
        disconnect()


def test_the_tables_are_those_the_models_describe(database: Path) -> None:
    from django.core.management import call_command

    from courtside.store.connect import is_current

    assert is_current()
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE store_event SET who = 'nobody'",
        "DELETE FROM store_event",
        "INSERT OR REPLACE INTO store_event (id, at, who, verb, detail) VALUES (1, '2026-01-01', 'x', 'y', '{}')",
        "INSERT INTO store_event (id, at, who, verb, detail) VALUES (1, '2026-01-01', 'x', 'y', '{}') "
        "ON CONFLICT (id) DO UPDATE SET who = 'x'",
    ],
)
def test_the_log_refuses_to_be_changed_even_from_outside(database: Path, attack: str) -> None:
    from courtside.store.audit import Act, acts, write

    write(Act(NOW, "ada", "import_records", {"batch": 1}))
    before = acts()
    other = sqlite3.connect(database)
    with pytest.raises(sqlite3.IntegrityError, match="only be added to"):
        other.execute(attack)
    other.close()
    assert acts() == before
    assert len(before) == 1


def test_a_definition_written_differently_is_the_same_definition() -> None:
    from courtside.store.definitions import fingerprint

    assert fingerprint({"a": 1, "b": ["é"]}) == fingerprint({"b": ["é"], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


def test_publishing_gives_each_definition_its_next_version(database: Path) -> None:
    from courtside.store.definitions import in_force, publish

    publish({"dials": {"metric": "dials"}, "emails": {"metric": "emails"}}, NOW)
    publish({"dials": {"metric": "dials", "label": "Dials"}}, NOW + timedelta(days=1))
    versions = {name: definition.version for name, definition in in_force().items()}
    assert versions == {"dials": 2, "emails": 1}
    assert in_force()["dials"].block == {"metric": "dials", "label": "Dials"}


def test_the_ledger_never_goes_back_in_time_and_never_gives_a_number_twice(database: Path) -> None:
    from courtside.store import ledger

    assert ledger.next_number() == 1
    entry = ledger.Entry(1, NOW, "native", ("people.csv",), 1, 0, 0, 0)
    ledger.record(entry, ())
    ledger.undo(1, NOW + timedelta(hours=1), ())
    assert ledger.next_number() == 2
    assert ledger.not_before(NOW) == NOW + timedelta(hours=1, microseconds=1)
    assert ledger.not_before(NOW + timedelta(hours=2)) == NOW + timedelta(hours=2)


def test_an_example_is_renamed_as_a_whole_word(database: Path) -> None:
    from courtside.store import ledger

    note = {"code": "orphan", "table": "leads", "count": 1, "examples": ["P1", "P10", "P1 at A-P1"], "sentence": "…"}
    ledger.record(ledger.Entry(1, NOW, "native", (), 1, 0, 0, 0, quality=(note,)), ())
    ledger.rewrite_examples("P1", "token")
    (entry,) = ledger.entries()
    assert entry.quality[0]["examples"] == ["token", "P10", "token at A-P1"]


_ONE_MORE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from courtside.store.connect import connect
connect(Path(sys.argv[1]))
from django.db import transaction
from courtside.store.audit import Act, write
for number in range(50):
    with transaction.atomic():
        write(Act(datetime(2026, 1, 1, tzinfo=UTC), sys.argv[2], "import_records", {"number": number}))
"""


def test_two_processes_write_without_losing_an_act(database: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _ONE_MORE, str(database), name]) for name in ("rae", "tom")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    from courtside.store.audit import acts

    assert sorted((act.who, act.detail["number"]) for act in acts()) == sorted(
        (name, number) for name in ("rae", "tom") for number in range(50)
    )
