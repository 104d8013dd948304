"""The log of acts is a chain: whatever is done to it afterwards is found, by us and by a program of its own."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.asking import Asking, new_workspace

from courtside.store.connect import connect, create, disconnect

GATES = ("changes of a log, all found", "changes of an exported log, found by the stand-alone verifier")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACTS = 40
ROUNDS = 35
"""Each of six ways to change a log is tried so many times."""
PEOPLE = ("ada", "hana", "maya", "rae")
_TRIGGERS = (
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND (name LIKE 'store_event%' OR name LIKE 'store_log%')"
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with some acts."""
    path = tmp_path / "app.sqlite3"
    create(path)
    write_acts(ACTS)
    return path


def write_acts(count: int) -> None:
    from courtside.store.audit import Act, write

    for number in range(count):
        detail = {"person": f"P{number:03}", "value": number / 7, "list": [1, "é", None], "big": 1e16}
        write(Act(NOW + timedelta(minutes=number), PEOPLE[number % 4], "see_card", detail))


def opened_by_force(path: Path) -> sqlite3.Connection:
    """The database as somebody has it who owns the file: without the triggers that refuse."""
    disconnect()
    other = sqlite3.connect(path, isolation_level=None)
    for (name,) in other.execute(_TRIGGERS).fetchall():
        other.execute(f"DROP TRIGGER {name}")
    return other


def chained_anew(other: sqlite3.Connection) -> None:
    """Make every hash follow again, as somebody can who knows how and owns the file."""
    from courtside.store.log_verifier import BEGINNING, hash_of, leaf_of

    asked = (
        "SELECT e.event_id, e.at_us, e.verb, s.salt, s.origin, a.who, a.detail FROM store_logentry e "
        "JOIN store_logsalt s USING (event_id) JOIN store_event a ON a.id = e.event_id ORDER BY e.seq"
    )
    rows, before = other.execute(asked).fetchall(), BEGINNING
    other.execute("DELETE FROM store_logentry")
    for seq, (event, at_us, verb, salt, origin, who, detail) in enumerate(rows, 1):
        leaf = leaf_of(salt, {"who": who, "detail": json.loads(detail), "origin": json.loads(origin)})
        before = hash_of(before, seq, at_us, verb, leaf)
        other.execute("INSERT INTO store_logentry VALUES (?, ?, ?, ?, ?, ?)", (seq, event, at_us, verb, leaf, before))


def altered(other: sqlite3.Connection, at: int, rng: random.Random) -> int:
    change = rng.choice(("who = 'somebody'", 'detail = \'{"person": "P999"}\'', "at = '2026-02-01'", "verb = 'x'"))
    other.execute(f"UPDATE store_event SET {change} WHERE id = ?", (at,))
    return at


def deleted(other: sqlite3.Connection, at: int, rng: random.Random) -> int:
    for table, key in (("store_event", "id"), ("store_logsalt", "event_id"), ("store_logentry", "event_id")):
        other.execute(f"DELETE FROM {table} WHERE {key} = ?", (at,))
    return at


def inserted(other: sqlite3.Connection, at: int, rng: random.Random) -> int:
    other.execute("INSERT INTO store_event (at, who, verb, detail) VALUES ('2026-03-01', 'ada', 'see_card', '{}')")
    return ACTS + 1


def swapped(other: sqlite3.Connection, at: int, rng: random.Random) -> int:
    first, second = sorted((at, at % ACTS + 1))
    for one, two in ((first, -1), (second, first), (-1, second)):
        other.execute("UPDATE store_logentry SET seq = ? WHERE seq = ?", (two, one))
    return first


def tail_cut(other: sqlite3.Connection, at: int, rng: random.Random) -> int:
    for event in range(max(at, 2), ACTS + 1):
        deleted(other, event, rng)
    return max(at, 2)


def written_anew(other: sqlite3.Connection, at: int, rng: random.Random) -> int:
    other.execute("UPDATE store_event SET who = 'somebody else' WHERE id = ?", (at,))
    chained_anew(other)
    return at


CHANGES: tuple[Callable[[sqlite3.Connection, int, random.Random], int], ...] = (
    altered, deleted, inserted, swapped, tail_cut, written_anew,
)  # fmt: skip


def anchors_everywhere() -> Mapping[int, str]:
    """As if a document had been sealed after every act: each prints the head of its moment."""
    from courtside.store.audit_chain import entries

    return {entry["seq"]: entry["hash"] for entry in entries()}


@pytest.mark.parametrize("change", CHANGES, ids=[change.__name__ for change in CHANGES])
def test_whatever_is_done_to_the_log_is_found_and_the_first_bad_entry_named(
    database: Path, tmp_path: Path, change: Any, counted: Callable[[str, int], None]
) -> None:
    from courtside.store.audit_chain import check, entries, verifier_source

    anchors = anchors_everywhere()
    disconnect()
    verifier, lines = tmp_path / "verify_log.py", tmp_path / "anchors.txt"
    verifier.write_bytes(verifier_source())
    lines.write_text("".join(f"courtside-anchor {seq} {digest} 2026-03-01\n" for seq, digest in anchors.items()))
    rng = random.Random(f"{change.__name__}")
    by_itself = 0
    for number in range(ROUNDS):
        path = tmp_path / f"{number}.sqlite3"
        shutil.copy(database, path)
        other = opened_by_force(path)
        first = change(other, rng.randint(1, ACTS), rng)
        other.close()
        connect(path)
        found = check(anchors)
        assert found.first_bad == first, (change.__name__, found)
        if number % 10 == 0 and change is not inserted:  # an act outside the chain is not exported
            exported = tmp_path / "log.jsonl"
            exported.write_text("".join(json.dumps(entry) + "\n" for entry in entries()))
            run = [sys.executable, "-I", str(verifier), str(exported), str(lines)]
            ended = subprocess.run(run, capture_output=True, text=True, check=False)
            assert ended.returncode == 1, ended
            assert f"first bad entry: {first}:" in ended.stdout
            by_itself += 1
        disconnect()
    counted(GATES[0], ROUNDS)
    counted(GATES[1], by_itself)


def test_a_log_nobody_touched_holds_with_and_without_anchors(database: Path) -> None:
    from courtside.store.audit_chain import check

    assert check(anchors_everywhere()).faults == ()
    assert check({}).entries == ACTS


def test_without_anchors_a_log_written_anew_would_pass_so_the_gate_needs_them(database: Path) -> None:
    """The broken twin: a check that looks at the chain alone."""
    from courtside.store.audit_chain import check

    anchors = anchors_everywhere()
    other = opened_by_force(database)
    written_anew(other, 7, random.Random(1))
    other.close()
    connect(database)
    assert check({}).faults == ()
    assert check({ACTS: anchors[ACTS]}).first_bad == ACTS


def test_an_erased_payload_leaves_the_chain_whole_if_an_act_says_so(database: Path) -> None:
    from courtside.store import audit
    from courtside.store.audit_chain import ERASING, check, entries, erase_payloads

    with audit.together():
        runs = erase_payloads([3, 4, 9])
        audit.write(audit.Act(NOW, "hana", ERASING, {"entries": [list(run) for run in runs]}))
    assert runs == ((3, 4), (9, 9))
    checked = check({})
    assert (checked.erased, checked.faults) == (3, ())
    gone = [entry for entry in entries() if entry["salt"] is None]
    assert [(entry["seq"], entry["payload"]) for entry in gone] == [(3, None), (4, None), (9, None)]
    assert b"P008" not in database.read_bytes()


def test_an_erasure_nobody_owned_up_to_is_found(database: Path) -> None:
    from courtside.store.audit_chain import check, erase_payloads

    erase_payloads([5])
    found = check({})
    assert found.first_bad == 5
    assert "no act says" in found.faults[0][1]


def test_an_act_can_lose_what_it_said_only_with_its_salt(database: Path) -> None:
    disconnect()
    other = sqlite3.connect(database)
    for attack in (
        "UPDATE store_event SET detail = '{}' WHERE id = 3",
        "UPDATE store_logentry SET leaf = 'x' WHERE seq = 3",
        "DELETE FROM store_logentry WHERE seq = 40",
        "UPDATE store_logsalt SET salt = 'x' WHERE event_id = 3",
        "DELETE FROM store_event WHERE id = 40",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="only be added to"):
            other.execute(attack)
    other.close()
    connect(database)


def test_where_an_act_came_from_is_part_of_what_cannot_be_altered(database: Path) -> None:
    from courtside.store.audit import Act, write
    from courtside.store.audit_chain import ORIGIN, check, entries

    token = ORIGIN.set({"ip": "192.0.2.7", "request": "abc"})
    try:
        write(Act(NOW, "rae", "see_card", {}))
    finally:
        ORIGIN.reset(token)
    assert list(entries())[-1]["payload"]["origin"] == {"ip": "192.0.2.7", "request": "abc"}
    other = opened_by_force(database)
    other.execute("UPDATE store_logsalt SET origin = '{}' WHERE event_id = ?", (ACTS + 1,))
    other.close()
    connect(database)
    assert check({}).first_bad == ACTS + 1


_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from courtside.store.connect import connect
connect(Path(sys.argv[1]) if "://" not in sys.argv[1] else sys.argv[1])
from courtside.store.audit import Act, together, write
for number in range(40):
    with together():
        write(Act(datetime(2026, 1, 1, tzinfo=UTC), sys.argv[2], "see_card", {"number": number}))
"""


def _written_by_two(where: str) -> None:
    from courtside.store.audit_chain import check

    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, where, name]) for name in ("rae", "tom")]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    found = check({})
    assert (found.entries % ACTS, found.faults) == (0, ())
    assert found.entries >= 80


def test_two_processes_make_one_chain(database: Path) -> None:
    _written_by_two(str(database))


def test_two_processes_make_one_chain_in_postgresql(schema: str) -> None:
    create(schema)
    _written_by_two(schema)


def test_acts_of_an_earlier_version_are_chained_when_its_tables_are_brought_up_to_date(tmp_path: Path) -> None:
    from django.core.management import call_command

    from courtside.store.audit import acts
    from courtside.store.audit_chain import check
    from courtside.store.connect import upgrade

    create(tmp_path / "old.sqlite3")
    call_command("migrate", "store", "0006", verbosity=0, interactive=False)
    disconnect()
    other = sqlite3.connect(tmp_path / "old.sqlite3")
    for number in range(5):
        values = (f"2026-01-0{number + 1} 10:00:00", "ada", "see_card", json.dumps({"person": f"P{number}"}))
        other.execute("INSERT INTO store_event (at, who, verb, detail) VALUES (?, ?, ?, ?)", values)
    other.commit()
    other.close()
    connect(tmp_path / "old.sqlite3")
    write_acts(2)  # a command that only looks writes its act before anybody brings the tables up to date
    upgrade()
    write_acts(1)
    assert (check({}).entries, check({}).faults, len(acts())) == (8, (), 8)


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    new_workspace(tmp_path / "firm")
    yield Asking(tmp_path / "firm")
    disconnect()


def test_the_log_is_verified_anchored_and_taken_out_by_command(asking: Asking, tmp_path: Path) -> None:
    write_acts(6)
    assert asking.run("audit", "anchor").status == 0
    (told,) = asking.rows("audit", "verify")
    assert (told["first_bad"], told["anchors"]) == (None, 1)
    assert asking.run("audit", "export", tmp_path / "out").status == 0
    again = asking.run("audit", "export", tmp_path / "out")
    assert (again.status, "holds something already" in again.said) == (1, True)
    files = [str(tmp_path / "out" / name) for name in ("verify_log.py", "log.jsonl", "anchors.txt")]
    ended = subprocess.run([sys.executable, "-I", *files], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    text = (tmp_path / "out" / "log.jsonl").read_text()
    (tmp_path / "out" / "log.jsonl").write_text(text.replace('"ada"', '"eve"', 1))
    assert subprocess.run([sys.executable, "-I", *files], capture_output=True, check=False).returncode == 1


def test_a_log_that_does_not_hold_ends_the_command_with_its_first_bad_entry(asking: Asking) -> None:
    write_acts(6)
    asking.run("audit", "anchor")
    other = opened_by_force(asking.workspace / "app.sqlite3")
    last = other.execute("SELECT max(id) FROM store_event").fetchone()[0]
    other.execute("UPDATE store_event SET who = 'nobody' WHERE id = ?", (last - 3,))
    chained_anew(other)
    other.close()
    reply = asking.run("audit", "verify")
    assert reply.status == 1
    assert f"first bad entry: {last}" in reply.said
    assert "written anew" in reply.said


def test_the_worker_verifies_once_a_week_and_anchors_once_a_day(asking: Asking) -> None:
    from courtside.services.caller import Caller
    from courtside.services.due_log import due
    from courtside.services.open_workspace import open_workspace
    from courtside.services.verify_log import last_verification

    write_acts(3)
    workspace, days = open_workspace(asking.workspace), [NOW + timedelta(hours=8 * n) for n in range(45)]
    done = sum(due(workspace, Caller("worker", clock=lambda at=at: at)) for at in days)  # type: ignore[misc]
    assert done == 16 + 3  # sixteen days of UTC, three weeks begun
    last = last_verification()
    assert last is not None
    assert last.first_bad is None
