"""Bad input through the command: a refusal that says where, why and what to do, or the right reading."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.asking import Asking, Reply
from tests.books import book
from tests.shell.bad_inputs import BAD, FIELDS, GOOD, HEADER, LEAD, LEADS, ODD, ROW, Bad, file, hidden, workbook
from tests.shell.firm import fingerprint

GATES = (
    "bad inputs refused with their place",
    "odd inputs read as they were meant",
    "broken importers caught",
    "mutated files that reached the reader",
    "mutated files accepted",
    "mutated files refused",
)

_EMPTY = hashlib.sha256(b"").hexdigest()


def content_of(workspace: Path) -> dict[str, str]:
    """Every file with its hash, but for the lists of refusals, which a refused import adds to, and what the database
    keeps beside itself while it is open: an index, and a log with nothing in it."""
    found = fingerprint(workspace, "refused", "app.sqlite3-shm")
    return {name: digest for name, digest in found.items() if not (name == "app.sqlite3-wal" and digest == _EMPTY)}


@pytest.fixture(scope="module")
def bench(untouched_full: Path, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """A workspace holding the firm, which no refused import may change."""
    from courtside.store.connect import disconnect

    disconnect()
    folder = tmp_path_factory.mktemp("bench") / "firm"
    shutil.copytree(untouched_full, folder)
    asking = Asking(folder)
    assert asking.run("imports").status == 0
    return asking


Importer = Callable[[Asking, Sequence[Path], Sequence[str]], Reply]


def by_the_command(asking: Asking, paths: Sequence[Path], words: Sequence[str]) -> Reply:
    return asking.run("import", *paths, *words, "--format", "json")


def assert_refused(asking: Asking, bad: Bad, folder: Path, importer: Importer = by_the_command) -> None:
    """The whole promise of a refusal: status, words, rows, and a workspace like before to the last byte."""
    before = content_of(asking.workspace)

    reply = importer(asking, bad.make(folder), bad.words)

    assert reply.status == 1, reply
    lines = reply.said.splitlines()
    assert lines[0].startswith("refused: ")
    assert all(line.startswith(("  ", "note: ")) for line in lines[1:]), reply.said
    rows = reply.answer["rows"]
    assert tuple((row["line"], row["column"], row["reason"]) for row in rows) == bad.places
    assert all(set(row) == set(FIELDS) for row in rows)
    assert all(row["file"] and row["mend"] and len(row["value"] or "") <= 200 for row in rows)
    assert content_of(asking.workspace) == before, "a refused import changed the workspace"


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_refused_with_its_place_and_changes_nothing(
    what: str, bench: Asking, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    assert_refused(bench, BAD[what], tmp_path)
    counted("bad inputs refused with their place", 1)


def _leaving(name: str) -> Importer:
    def importer(asking: Asking, paths: Sequence[Path], words: Sequence[str]) -> Reply:
        reply = by_the_command(asking, paths, words)
        (asking.workspace / name).parent.mkdir(exist_ok=True)
        (asking.workspace / name).write_text("left behind")
        return reply

    return importer


def _touching(asking: Asking, paths: Sequence[Path], words: Sequence[str]) -> Reply:
    reply = by_the_command(asking, paths, words)
    with (asking.workspace / "app.sqlite3").open("ab") as handle:
        handle.write(b"\0")
    return reply


def _chattering(asking: Asking, paths: Sequence[Path], words: Sequence[str]) -> Reply:
    reply = by_the_command(asking, paths, words)
    said = f"{reply.said}Traceback (most recent call last):\nKeyError: 'at'\n"
    return Reply(reply.words, reply.status, reply.out, said)


def _accepting(asking: Asking, paths: Sequence[Path], words: Sequence[str]) -> Reply:
    return by_the_command(asking, paths, (*words, "--set-aside"))


BROKEN = {
    "leaves a folder of its own": _leaving(".scratch-1/rows"),
    "leaves a file beside the batches": _leaving("batches/9-activities.parquet"),
    "writes to the ledger": _touching,
    "prints where it broke": _chattering,
    "sets aside without being asked": _accepting,
}


@pytest.mark.parametrize("twin", BROKEN)
def test_an_importer_that_does_otherwise_is_caught(
    twin: str, full: Asking, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    assert full.run("imports").status == 0
    with pytest.raises(AssertionError):
        assert_refused(full, BAD["a person nobody knows"], tmp_path, BROKEN[twin])
    counted("broken importers caught", 1)


@contextmanager
def as_nobody() -> Any:
    """Without the rights of the superuser, for whom no file is closed."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    from courtside.services.refused import Refused
    from courtside.services.sources import find_files

    (path,) = file(LEADS + LEAD)(tmp_path)
    path.chmod(0)

    with as_nobody(), pytest.raises(Refused, match="cannot be opened: Permission denied") as caught:
        find_files([path])
    assert [row["reason"] for row in caught.value.rows] == ["cannot_be_opened"]


def living(asking: Asking, table: str) -> list[dict[str, Any]]:
    """The living rows of a table, by their first column."""
    import duckdb

    from courtside.records.tables import TABLES
    from courtside.store import ledger
    from courtside.warehouse.batches import known
    from courtside.warehouse.batches import living as rows_of

    query = rows_of(TABLES[table], known(ledger.batches(), None), asking.workspace)
    with duckdb.connect() as engine:
        found = engine.execute(f"SELECT * FROM ({query}) ORDER BY 1")
        names = [column[0] for column in found.description]
        return [dict(zip(names, map(str, row), strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("what", ODD)
def test_odd_input_is_read_as_it_was_meant(
    what: str, full: Asking, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    odd = ODD[what]
    reply = full.run("import", *odd.make(tmp_path), *odd.words, "--format", "json")

    assert reply.status == 0, reply.said
    assert reply.said == ""
    assert reply.rows[0]["created"] == odd.created
    first = next((row for row in living(full, "leads") if row["lead_id"][0] in "Xx"), {})
    assert {name: first.get(name) for name in odd.holds} == odd.holds
    counted("odd inputs read as they were meant", 1)


def test_what_a_workbook_held_back_is_told(full: Asking, tmp_path: Path) -> None:
    content = book({"leads": [("All leads",), HEADER, ROW], "notes": [("x",)]}, hidden)
    reply = full.run("import", *workbook(content)(tmp_path), "--format", "json")

    assert "leads.xlsx, sheet notes: it is hidden and was not read" in reply.notes
    assert "leads.xlsx, sheet leads: row 2 names the columns" in reply.notes


def _mutated(dice: Random, content: bytes) -> bytes:
    """Some bytes exchanged, put in, left out or brought twice."""
    found = bytearray(content)
    bits = [
        b",",
        b";",
        b'"',
        b"\n",
        b"\r",
        b"\0",
        b"\xff",
        b"\xc3",
        b"-",
        b"9",
        b"/",
        b"e",
        b"\xef\xbb\xbf",
        b'""',
        b"\t",
    ]
    for _ in range(dice.randrange(1, 4)):
        at, length = dice.randrange(len(found)), dice.choice((0, 1, 1, 2, 40))
        piece = bytes(found[at : at + length])
        found[at : at + length] = dice.choice((dice.choice(bits), b"", piece * 2, bytes([dice.randrange(256)])))
    return bytes(found)


SEED, MUTATIONS = 20261122, 150


def test_mutated_files_are_accepted_or_refused_and_never_break_the_command(
    bench: Asking, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    print(f"seed {SEED}, {MUTATIONS} mutations")  # noqa: T201  (what a failure needs to be repeated)
    dice = Random(SEED)
    rows = [f"X{n},P{n % 2 + 1},2026-03-{n % 28 + 1:02},web,{n}.50" for n in range(20)]
    seeds = {"leads.csv": (LEADS + "\n".join(rows) + "\n").encode(), "leads.xlsx": GOOD}
    before = content_of(bench.workspace)
    told = {0: 0, 1: 0}
    for number in range(MUTATIONS):
        name = "leads.xlsx" if number % 6 == 0 else "leads.csv"
        path = tmp_path / name
        path.write_bytes(_mutated(dice, seeds[name]))
        reply = bench.run("import", path, "--connector", "native", "--dry-run", "--format", "json")
        assert reply.status in told, f"{number}: {reply}"
        told[reply.status] += 1
        if reply.status:
            assert reply.said.startswith("refused: "), f"{number}: {reply.said}"
            assert all(row["reason"] and row["mend"] for row in reply.answer["rows"]), number
    assert content_of(bench.workspace) == before
    assert min(told.values()) > 10, told
    counted("mutated files that reached the reader", MUTATIONS)
    counted("mutated files accepted", told[0])
    counted("mutated files refused", told[1])
