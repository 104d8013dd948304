"""A sheet as a table: which row names the columns, and the rows below it written as lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import IO

from courtside.connectors.adapter import Fault
from courtside.connectors.delimited import as_line
from courtside.connectors.workbook import limits
from courtside.connectors.workbook.cells import ERROR, NO_VALUE, Area, Row
from courtside.connectors.workbook.parts import TooLarge

_CANDIDATES = 20
"""The row that names the columns is looked for among so many rows that hold something."""
_LONGEST = 200
_MENDS = {
    ERROR: "the formula of this cell failed; correct it, or write the value itself",
    NO_VALUE: "the workbook holds this formula without its result; open it in a spreadsheet program, save it there "
    "and import it again",
    "uneven_row": "this stands to the right of the last named column; name the column or clear the cell",
    "merged_cell": "this cell is merged with another, which holds the value; undo the merging and fill every row",
}


class Enough(Exception):
    """Raised by a table once it knows what was asked for."""


def header_among(rows: Sequence[Row]) -> int:
    """Which of the first rows names the columns: the first that fills more than half as many cells as the fullest
    of them, with texts alone; else the first filled so, whatever it holds.

    A title over a table of five columns fills one cell of five, so the row below it is taken.
    """
    widest = max(len(row.texts) for row in rows)
    wide = [number for number, row in enumerate(rows) if len(row.texts) * 2 > widest]
    named = [number for number in wide if not rows[number].others and not rows[number].faults]
    return (named or wide)[0]


class Tally:
    """What all tables of a workbook have written so far."""

    def __init__(self) -> None:
        self.rows = 0
        self.bytes = 0
        self.faults = 0

    def add_row(self, size: int) -> None:
        """Count a row. Raises TooLarge."""
        self.rows += 1
        self.bytes += size
        if self.rows > limits.ROWS:
            raise TooLarge(f"it has more than {limits.ROWS:,} rows")
        if self.bytes > limits.WRITTEN_BYTES:
            raise TooLarge(f"the texts of its cells have more than {limits.WRITTEN_BYTES:,} bytes")

    def add_fault(self) -> None:
        """Count a cell without a value. Raises TooLarge."""
        self.faults += 1
        if self.faults > limits.FAULTS:
            raise TooLarge(f"more than {limits.FAULTS:,} of its cells hold an error or a formula without a result")


class Table:
    """Takes the rows of a sheet and writes those below the header as lines."""

    def __init__(self, out: IO[str], faults: IO[str], tally: Tally, *, header_only: bool = False) -> None:
        self.header: tuple[str, ...] = ()
        self.header_line = 0
        self.rows = 0
        self.passed_over = 0
        self.hidden = 0
        self._out = out
        self._faults = faults
        self._tally = tally
        self._header_only = header_only
        self._waiting: list[Row] = []
        self._lines: set[int] = set()

    def add(self, row: Row) -> None:
        """Take a row. Raises TooLarge, or Enough if the header alone was asked for."""
        if all(map(str.isspace, row.texts.values())):
            return
        self.hidden += row.is_hidden
        if self.header:
            self._write(row)
            return
        self._waiting.append(row)
        if len(self._waiting) == _CANDIDATES:
            self._begin()

    def finish(self, merged: Sequence[Area]) -> None:
        """Write what is still waiting, and the faults of merged cells. Raises as `add` does."""
        if self._waiting:
            self._begin()
        for area in merged:
            self._note_merged(area)

    def _begin(self) -> None:
        at = header_among(self._waiting)
        header = self._waiting[at]
        names = [" ".join(header.texts.get(column, "").split()) for column in range(max(header.texts) + 1)]
        self.header = tuple(name or f"column_{number}" for number, name in enumerate(names, start=1))
        self.header_line = header.line
        self.passed_over = at
        rows, self._waiting = self._waiting[at + 1 :], []
        if self._header_only:
            raise Enough
        for row in rows:
            self._write(row)

    def _write(self, row: Row) -> None:
        width, line = len(self.header), row.line
        for column, reason in row.faults.items():
            if column < width:
                self._note(line, self.header[column], row.texts[column], reason)
        if next(reversed(row.texts)) >= width:
            self._note_beyond(row)
        written = as_line(line, list(map(row.texts.get, range(width))))
        self._tally.add_row(len(written))
        self._out.write(written + "\n")
        self._lines.add(line)
        self.rows += 1

    def _note_beyond(self, row: Row) -> None:
        """The cells to the right of the last column that has a name, blank ones apart."""
        for column, text in row.texts.items():
            if column >= len(self.header) and not text.isspace():
                self._note(row.line, f"column_{column + 1}", text, "uneven_row")

    def _note(self, line: int, column: str, value: str, reason: str) -> None:
        self._tally.add_fault()
        fault = Fault(line, column, value[:_LONGEST], reason, _MENDS[reason])
        self._faults.write(json.dumps(asdict(fault)) + "\n")

    def _note_merged(self, area: Area) -> None:
        """Every cell a merged area covers beyond its first, in the rows of the table."""
        columns = range(area.first_column, min(area.last_column + 1, len(self.header)))
        for line in range(max(area.first_row, self.header_line + 1), area.last_row + 1):
            if line not in self._lines:
                continue
            for column in columns:
                if (line, column) != (area.first_row, area.first_column):
                    self._note(line, self.header[column], area.name, "merged_cell")
