"""Delimited text read exactly: every record with the line it begins on, every fault with its place."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from courtside.connectors.adapter import Refusal

DELIMITERS = (",", ";", "\t", "|")
_BOMS_16 = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_CELL = 64 * 1024 * 1024
_START = 64 * 1024
_encode = json.JSONEncoder(ensure_ascii=False).encode
_SAVE_UTF8 = "save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8') and import it again"


class Unreadable(Exception):
    """A file whose records cannot be told apart."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.mend)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record and the line it begins on (1 is the first line of the file)."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Header:
    """The first record of a file."""

    line: int
    names: tuple[str, ...]
    delimiter: str


class _Lines:
    """The decoded lines of a file, counted as they are read."""

    def __init__(self, path: Path, shown_as: str) -> None:
        self._path = path
        self._shown_as = shown_as
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        with self._path.open("rb") as file:
            for raw in file:
                self.read += 1
                text = raw.removeprefix(b"\xef\xbb\xbf") if self.read == 1 else raw
                try:
                    yield text.decode()
                except UnicodeDecodeError as error:
                    value = text[error.start : error.start + 1]
                    raise Unreadable(
                        Refusal(self._shown_as, None, self.read, None, repr(value)[1:], "wrong_encoding",
                                f"this is not UTF-8; {_SAVE_UTF8}")
                    ) from None  # fmt: skip


def _fault(shown_as: str, line: int | None, reason: str, mend: str) -> Unreadable:
    return Unreadable(Refusal(shown_as, None, line, None, None, reason, mend))


def _check_start(path: Path, shown_as: str) -> None:
    with path.open("rb") as file:
        start = file.read(_START)
    if not start.removeprefix(b"\xef\xbb\xbf").strip():
        raise _fault(shown_as, None, "empty_file", "the file holds nothing, not even column names; export it again")
    if start.startswith(_BOMS_16) or b"\0" in start:
        raise _fault(shown_as, 1, "wrong_encoding", f"this is UTF-16 or not text at all; {_SAVE_UTF8}")


def _csv_fault(shown_as: str, began: int, error: csv.Error) -> Unreadable:
    said = str(error)
    if "unexpected end" in said:
        mend = "a quotation mark opens on this line and never closes; close it or double it"
    elif "new-line character" in said:
        mend = "the file ends lines with a lone carriage return; save it with line feeds"
    elif "field larger" in said:
        mend = "a cell is larger than 64 MB; probably a quotation mark is not closed"
    else:
        mend = "a quotation mark closes in the middle of a cell; write quotation marks inside a quoted cell twice"
    return _fault(shown_as, began, "unreadable", mend)


def records(path: Path, shown_as: str, delimiter: str = ",") -> Iterator[Record]:
    """Every record that is not a blank line, the header first. Raises Unreadable."""
    _check_start(path, shown_as)
    lines = _Lines(path, shown_as)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        began = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _csv_fault(shown_as, began, error) from None
        if cells:
            yield Record(began, cells)


def _first(path: Path, shown_as: str, delimiter: str) -> Header | Unreadable:
    try:
        record = next(records(path, shown_as, delimiter), None)
    except Unreadable as fault:
        return fault
    if record is None:
        return _fault(shown_as, None, "empty_file", "the file holds nothing, not even column names; export it again")
    return Header(record.line, tuple(name.strip() for name in record.cells), delimiter)


def read_header(path: Path, shown_as: str) -> Header:
    """The names in the first record, stripped of blanks, by the delimiter that gives most. Raises Unreadable."""
    tried = [_first(path, shown_as, delimiter) for delimiter in DELIMITERS]
    headers = [header for header in tried if isinstance(header, Header)]
    if not headers:
        raise next(fault for fault in tried if isinstance(fault, Unreadable))
    return max(headers, key=lambda header: len(header.names))


def uneven(shown_as: str, record: Record, width: int) -> Refusal:
    """The refusal of a record with more or fewer cells than the header."""
    return Refusal(
        shown_as, None, record.line, None, None, "uneven_row",
        f"this row has {len(record.cells)} cells where the header has {width}; "
        "a cell holding the delimiter needs quotation marks around it",
    )  # fmt: skip


def fits(record: Record, width: int) -> bool:
    """Whether a record has a cell for each column; one empty cell too many is forgiven."""
    count = len(record.cells)
    return count == width or (count == width + 1 and not record.cells[-1])


def as_line(line: int, cells: Sequence[str]) -> str:
    """A row of a `lines` file (see Source)."""
    row: dict[str, object] = {f"c{n}": cell for n, cell in enumerate(cells) if cell}
    row["line"] = line
    return _encode(row)
