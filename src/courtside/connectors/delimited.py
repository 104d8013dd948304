"""Delimited text read exactly: every record with the line it begins on, every fault with its place."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from pathlib import Path

from courtside.connectors.adapter import Refusal
from courtside.connectors.kinds import kind_of

DELIMITERS = (",", ";", "\t", "|")
_BOM_8, _BOMS_16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_FEW = 10
"""Where more than one byte of so many is zero, characters have two bytes each."""
_LONGEST_CELL = 64 * 1024 * 1024
_LONGEST_HINT = 16
_START = 64 * 1024
_SAVE_UTF8 = "save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8') and import it again"
_HINT = re.compile(r'"?sep=(.)"?[\r\n]*')
"""A first line some spreadsheet programs write to say what divides the cells."""
MOST_COLUMNS = 1_000


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
                yield self._decoded(raw.removeprefix(_BOM_8) if self.read == 1 else raw)

    def _decoded(self, raw: bytes) -> str:
        if b"\0" in raw:
            mend = "this line holds a NUL character, which no text does; export the file again"
            raise unreadable(self._shown_as, self.read, "unreadable", mend)
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            found = raw[error.start : error.start + 1]
            guess = found.decode("cp1252", errors="replace")
            perhaps = f", perhaps Windows-1252, where it is {guess}" if guess.isprintable() else ""
            raise Unreadable(
                Refusal(self._shown_as, None, self.read, None, f"byte 0x{found.hex()}", "wrong_encoding",
                        f"this is not UTF-8{perhaps}; {_SAVE_UTF8}")
            ) from None  # fmt: skip


def unreadable(shown_as: str, line: int | None, reason: str, mend: str) -> Unreadable:
    """The refusal of a file, at a line if there is one to name."""
    return Unreadable(Refusal(shown_as, None, line, None, None, reason, mend))


def _check_start(path: Path, shown_as: str) -> None:
    with path.open("rb") as file:
        start = file.read(_START)
    if not start.removeprefix(_BOM_8).strip():
        raise unreadable(shown_as, None, "empty_file", "the file holds nothing, not even column names; export it again")
    kind = kind_of(path)
    if kind.code != "text":
        raise unreadable(shown_as, None, "unreadable", f"{kind.said}, not CSV; {kind.mend}")
    if start.startswith(_BOMS_16) or start.count(b"\0") * _FEW > len(start):
        raise unreadable(shown_as, 1, "wrong_encoding", f"this is UTF-16 or not text at all; {_SAVE_UTF8}")


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
    return unreadable(shown_as, began, "unreadable", mend)


def delimiter_said(path: Path) -> str | None:
    """What the first line says divides the cells, if it says so: `sep=;`."""
    with path.open("rb") as file:
        found = _HINT.fullmatch(file.readline(_LONGEST_HINT).removeprefix(_BOM_8).decode(errors="replace"))
    return found[1] if found else None


def records(path: Path, shown_as: str, delimiter: str = ",") -> Iterator[Record]:
    """Every record that is not a blank line, the header first; a line that says `sep=;` apart. Raises Unreadable."""
    _check_start(path, shown_as)
    is_hinted = delimiter_said(path) is not None
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
        if cells and not (is_hinted and began == 1):
            yield Record(began, cells)


def _first(path: Path, shown_as: str, delimiter: str) -> Header | Unreadable:
    try:
        record = next(records(path, shown_as, delimiter), None)
    except Unreadable as fault:
        return fault
    if record is None:
        return unreadable(
            shown_as, None, "empty_file", "the file holds nothing, not even column names; export it again"
        )
    return Header(record.line, tuple(name.strip() for name in record.cells), delimiter)


def read_header(path: Path, shown_as: str) -> Header:
    """The names in the first record, stripped of blanks, by the delimiter that gives most. Raises Unreadable."""
    said = delimiter_said(path)
    tried = [_first(path, shown_as, delimiter) for delimiter in ((said,) if said else DELIMITERS)]
    headers = [header for header in tried if isinstance(header, Header)]
    if not headers:
        raise next(fault for fault in tried if isinstance(fault, Unreadable))
    header = max(headers, key=lambda header: len(header.names))
    check_width(len(header.names), shown_as, header.line)
    return header


def check_width(columns: int, shown_as: str, line: int, sheet: str | None = None) -> None:
    """Raises Unreadable for more columns than any export of records has."""
    if columns > MOST_COLUMNS:
        mend = f"the header has {columns:,} columns, more than {MOST_COLUMNS:,}; export the columns that are needed"
        raise Unreadable(Refusal(shown_as, sheet, line, None, None, "too_many_columns", mend))


def uneven(shown_as: str, record: Record, width: int) -> Refusal:
    """The refusal of a record with more or fewer cells than the header."""
    count = len(record.cells)
    return Refusal(
        shown_as, None, record.line, None, None, "uneven_row",
        f"this row has {count} cell{'s' * (count != 1)} where the header has {width}; "
        "a cell holding the delimiter needs quotation marks around it",
    )  # fmt: skip


def fits(record: Record, width: int) -> bool:
    """Whether a record has a cell for each column; one empty cell too many is forgiven."""
    count = len(record.cells)
    return count == width or (count == width + 1 and not record.cells[-1])


def as_line(line: int, cells: Sequence[str | None]) -> str:
    """A row of a `lines` file (see Source)."""
    filled = [f'"c{n}": {encode_basestring(cell)}, ' for n, cell in enumerate(cells) if cell]
    return f'{{{"".join(filled)}"line": {line}}}'
