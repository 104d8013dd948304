"""Workbooks (.xlsx): their sheets as tables of text, read by a process of little memory and time."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtside.connectors.adapter import Fault
from courtside.connectors.delimited import check_width, unreadable
from courtside.connectors.workbook import guard, limits

SUFFIXES = (".xlsx", ".xlsm")
"""What workbooks are called."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is shown and holds something, as a table.

    `path` is a `lines` file as `Source` wants it: `c0`, `c1` … in the order of `header`, and `line`, the row in the
    sheet. `header_line` is the row that names the columns; a column without a name is called `column_3`.
    `faults` are cells that hold no value; hand them to the `Source`. `notes` say what was passed over; the first
    sheet has those of the whole workbook.
    """

    name: str
    header: tuple[str, ...]
    header_line: int
    rows: int
    path: Path
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def is_workbook(path: Path) -> bool:
    """Whether a file is called like a workbook."""
    return path.suffix.lower() in SUFFIXES


def _run(path: Path, shown_as: str, scratch: Path, extent: str) -> dict[str, Any]:
    """What the reading process answers. Raises Unreadable; OSError if it had no room for what it reads."""
    guard.check(path, shown_as)
    command = [sys.executable, "-I", "-m", "courtside.connectors.workbook.child", str(path.absolute()), str(scratch)]
    try:
        done = subprocess.run(  # noqa: S603  (this very program; the file's name is data to it)
            [*command, extent], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=limits.WAIT_S
        )
    except subprocess.TimeoutExpired:
        raise guard.too_large(shown_as, f"reading it takes more than {limits.WAIT_S} seconds") from None
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise guard.too_large(shown_as, f"reading it takes more than {limits.CPU_S} seconds of computing")
    if done.returncode:
        raise guard.broken(shown_as)
    answer: dict[str, Any] = json.loads(done.stdout)
    if "failed" in answer:
        raise OSError(*answer["failed"])
    if "too_large" in answer:
        raise guard.too_large(shown_as, answer["too_large"])
    if "broken" in answer:
        raise guard.broken(shown_as, answer["broken"])
    return answer


def _faults(path: Path) -> tuple[Fault, ...]:
    with path.open(encoding="utf-8") as file:
        return tuple(Fault(**json.loads(line)) for line in file)


def _notes(shown_as: str, found: dict[str, Any]) -> Iterator[str]:
    where = f"{shown_as}, sheet {found['name']}"
    if found["hidden"]:
        yield f"{where}: it is hidden and was not read"
    elif not found["header"]:
        yield f"{where}: it is empty"
    else:
        if found["passed_over"]:
            yield f"{where}: row {found['header_line']} names the columns; what stands above it was not read"
        if found["hidden_rows"]:
            yield f"{where}: {found['hidden_rows']} of its rows are hidden and were read like the others"


def _sheet(folder: Path, found: dict[str, Any], notes: tuple[str, ...]) -> Sheet:
    stem = folder / str(found["number"])
    faults = _faults(stem.with_suffix(".faults"))
    path = stem.with_suffix(".lines")
    return Sheet(found["name"], tuple(found["header"]), found["header_line"], found["rows"], path, faults, notes)


def sheets(path: Path, shown_as: str, scratch: Path) -> tuple[Sheet, ...]:
    """The sheets of a workbook that are shown and hold something, in their order.

    Cells come as text: days `2026-11-22`, instants `2026-11-22T10:00:00`, numbers in their shortest form, `true` and
    `false`; a formula that failed as `#N/A` and one without its result as `=A2+1`, both named in `faults`.
    `scratch` is a folder the files of the sheets are written to, into one of their own.
    Raises Unreadable if the file is no workbook, is damaged, protected, empty or beyond a limit.
    """
    folder = Path(tempfile.mkdtemp(prefix="sheets-", dir=scratch))
    listed = _run(path, shown_as, folder, "all")["sheets"]
    filled = [found for found in listed if found.get("header")]
    if not filled:
        raise unreadable(shown_as, None, "empty_file", "its sheets are empty or hidden; show the one with the records")
    for found in filled:
        check_width(len(found["header"]), shown_as, found["header_line"], found["name"])
    notes = tuple(note for found in listed for note in _notes(shown_as, found))
    return tuple(_sheet(folder, found, () if number else notes) for number, found in enumerate(filled))


def headers(path: Path, shown_as: str) -> dict[str, tuple[str, ...]]:
    """The header of every sheet that is shown and holds something: name -> columns. Raises Unreadable."""
    with tempfile.TemporaryDirectory() as folder:
        answer = _run(path, shown_as, Path(folder), "headers")
    return {found["name"]: tuple(found["header"]) for found in answer["sheets"] if found.get("header")}
