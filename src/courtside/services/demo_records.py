"""The records of a made-up company as they came in over time: what was known by each of some days, and no more."""

from __future__ import annotations

import csv
import shutil
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TextIO

_STAGES = "stage_changes"


@dataclass(frozen=True, slots=True)
class _Known:
    """When a row of a table is first known (empty: from the beginning), and what of it is known later.

    `later`: a column with an instant -> what stands in which columns until then.
    """

    since: str
    later: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


_TABLES: Mapping[str, _Known] = {
    "people": _Known("hired_on", {"left_on": {"left_on": ""}}),
    "assignments": _Known("valid_from", {"valid_to": {"valid_to": ""}}),
    "absences": _Known("starts_on"),
    "activities": _Known("created_at", {"at": {"status": "planned"}}),
    "leads": _Known(
        "created_at",
        {
            "qualified_at": {"qualified_at": "", "opportunity_id": ""},
            "disqualified_at": {"disqualified_at": "", "disqualified_reason": ""},
        },
    ),
    "opportunities": _Known(
        "opened_at",
        {"closed_at": {"closed_at": "", "status": "open", "lost_reason": ""}, "cancelled_at": {"cancelled_at": ""}},
    ),
    _STAGES: _Known("at"),
    "job_orders": _Known("opened_at", {"closed_at": {"closed_at": "", "status": "open"}}),
    "accounts": _Known("", {"customer_since": {"customer_since": ""}, "left_on": {"left_on": ""}}),
    "transactions": _Known("at"),
    "surveys": _Known("at"),
    "forecast_calls": _Known("at"),
    "observations": _Known("on"),
    "spend": _Known("month"),
    "targets": _Known("in_force_from"),
}
"""What is not here (contacts, holidays) is known from the beginning."""


def write_deliveries(records: Path, days: Sequence[date], into: Path) -> tuple[Path, ...]:
    """Folders of files, one for each day and a last one: what was new or had changed since the one before.

    That of a day holds what was known before it began; the last one all the rest, as the records have it.
    """
    folders = tuple(into / f"delivery-{number}" for number in range(1, len(days) + 2))
    for folder in folders:
        folder.mkdir(parents=True)
    marks, stages = [day.isoformat() for day in days], _stages(records / f"{_STAGES}.csv")
    for path in sorted(records.glob("*.csv")):
        known = _TABLES.get(path.stem)
        if known is None:
            shutil.copy(path, folders[0] / path.name)
        else:
            _Deliveries(known, marks, stages if path.stem == "opportunities" else {}).write(path, folders)
    return folders


Stages = Mapping[str, Sequence[tuple[str, str]]]
"""Case -> the instants at which it came to a stage, and the stage, the first first."""


def _stages(path: Path) -> Stages:
    found = defaultdict[str, list[tuple[str, str]]](list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["opportunity_id"]].append((row["at"], row["stage"]))
    return {case: sorted(changes) for case, changes in found.items()}


@dataclass(frozen=True, slots=True)
class _Deliveries:
    """How the rows of one table are dealt out over the days (as texts that sort as days do)."""

    known: _Known
    days: Sequence[str]
    stages: Stages

    def write(self, path: Path, folders: Sequence[Path]) -> None:
        """Deal a file out; a folder in which nothing of it is new gets none."""
        with ExitStack() as opened:
            lines = opened.enter_context(path.open(encoding="utf-8", newline=""))
            head = lines.readline()
            columns = _cells(head)
            files = [_Late(folder / path.name, head, opened) for folder in folders]
            marks = [columns.index(one) for one in (self.known.since, *self.known.later) if one]
            first_day, since, last = self.days[0], marks[0] if self.known.since else None, max(marks) + 1
            for line in lines:
                row = _cells(line, last)
                if not self.stages and max([row[one] for one in marks]) < first_day:
                    files[0].write(line)  # nearly all of them
                    continue
                row = _cells(line)
                first = 0 if since is None else self._delivery(row[since])
                again = {self._delivery(row[one]) for one in marks} | self._moved(row)
                for number in sorted({first, *(one for one in again if one > first)}):
                    files[number].write(line if number == len(self.days) else self._then(row, columns, number, line))

    def _delivery(self, instant: str) -> int:
        """The delivery in which something of an instant first is: the second for what is of the first day."""
        return bisect_right(self.days, instant[:10]) if instant else 0

    def _moved(self, row: Sequence[str]) -> set[int]:
        """The deliveries before which a case came to another stage."""
        return {self._delivery(at) for at, _ in self.stages.get(row[0], ())}

    def _then(self, row: Sequence[str], columns: Sequence[str], number: int, line: str) -> str:
        """A row as it stood before a day."""
        day, then = self.days[number], dict(zip(columns, row, strict=True))
        hidden = [blank for mark, blank in self.known.later.items() if then[mark] >= day]
        changes = self.stages.get(row[0], ())
        reached = bisect_left(changes, (day, ""))
        if not hidden and reached == len(changes):
            return line
        is_done = then.get("status") == "done"
        for blank in hidden:
            then |= blank if is_done or "planned" not in blank.values() else {}
        if changes:
            then["stage"] = changes[max(reached - 1, 0)][1]
        return _line(then.values())


def _cells(line: str, most: int = -1) -> list[str]:
    """The cells of a line, or the first of them and the rest; only few are in quotes."""
    return next(csv.reader([line])) if '"' in line else line.rstrip("\n").split(",", most)


def _line(cells: Iterable[str]) -> str:
    return (
        ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set(',"\n') else cell for cell in cells)
        + "\n"
    )


@dataclass
class _Late:
    """A file that is begun with its first row."""

    path: Path
    head: str
    opened: ExitStack
    _file: TextIO | None = None

    def write(self, line: str) -> None:
        if self._file is None:
            self._file = self.opened.enter_context(self.path.open("w", encoding="utf-8", newline=""))
            self._file.write(self.head)
        self._file.write(line)
