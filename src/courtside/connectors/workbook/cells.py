"""The cells of one sheet, row by row as the file holds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

from courtside.connectors.workbook import limits
from courtside.connectors.workbook.parts import Attributes, Broken, LocalNames, new_parser, run, too_deep
from courtside.connectors.workbook.text import PLAIN, Shape, shown, unescaped

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_DIGITS = "0123456789"
_LAST_COLUMN = 16_384
_LAST_ROW = 1_048_576
_TEXTS = frozenset(("s", "str", "inlineStr"))
_REMEMBERED = 20_000
"""So many texts of numbers are kept, because numbers and days come again."""

ERROR, NO_VALUE = "error_cell", "formula_without_value"


@dataclass(slots=True)
class Row:
    """The cells of a row that hold something: column (from 0) -> text. `faults` names those that hold no value:
    column -> reason; `others` counts those that are no text."""

    line: int
    is_hidden: bool = False
    texts: dict[int, str] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    others: int = 0


@dataclass(frozen=True, slots=True)
class Area:
    """Merged cells: rows and columns, first and last, rows from 1 and columns from 0."""

    name: str
    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the cells of a workbook refer to."""

    texts: Sequence[str]
    shapes: Sequence[Shape]
    is_1904: bool
    is_uncalculated: bool


def place(reference: str) -> tuple[int, int]:
    """The row, from 1, and the column, from 0, of a reference: `C7` is (7, 2). Raises Broken."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Broken(f"it has a cell at {reference[:20]!r}")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    if column > _LAST_COLUMN or not 0 < row <= _LAST_ROW:
        raise Broken(f"it has a cell at {reference[:20]!r}")
    return row, column - 1


def _area(reference: str) -> Area:
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = place(first), place(last or first)
    return Area(reference, top, bottom, left, right)


def _row_number(said: str) -> int:
    if not (said.isascii() and said.isdigit() and 0 < int(said[:8]) <= _LAST_ROW):
        raise Broken(f"it has a row {said[:20]!r}")
    return int(said)


class _Values:
    """Turns what a cell stores into its text."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._numbers: dict[tuple[str | None, str], str] = {}

    def put(self, row: Row, column: int, cell: Attributes, raw: str, formula: str | None) -> None:
        """Put a cell into its row, unless it is empty. Raises Broken."""
        kind = cell.get("t", "n")
        if formula is not None and (self._meaning.is_uncalculated or (not raw and kind != "str")):
            row.texts[column], row.faults[column] = f"={formula}", NO_VALUE
        elif kind == "e":
            row.texts[column], row.faults[column] = raw or "#N/A", ERROR
        elif kind in _TEXTS:
            text = self._shared(raw, row.line) if kind == "s" and raw else unescaped(raw)
            if text:
                row.texts[column] = text
        elif raw:
            row.texts[column] = self._other(kind, cell.get("s"), raw)
            row.others += 1

    def _other(self, kind: str, style: str | None, raw: str) -> str:
        if kind == "b":
            return "true" if raw.strip() in ("1", "true") else "false"
        text = self._numbers.get((style, raw))
        if text is None:
            if len(self._numbers) >= _REMEMBERED:
                self._numbers.clear()
            shape = self._shape(style) if kind == "n" else PLAIN
            text = shown(raw.strip(), shape, is_1904=self._meaning.is_1904)
            self._numbers[style, raw] = text
        return text

    def _shared(self, raw: str, line: int) -> str:
        try:
            return self._meaning.texts[int(raw)]
        except (ValueError, IndexError):
            raise Broken(f"a cell of row {line} refers to a text that is not there") from None

    def _shape(self, style: str | None) -> Shape:
        shapes = self._meaning.shapes
        if style is None or not style.isascii() or not style.isdigit() or int(style[:6]) >= len(shapes):
            return PLAIN
        return shapes[int(style)]


class SheetReader:
    """Reads one sheet, calling `on_row` for every row that holds something; `merged` has its merged cells then."""

    def __init__(self, meaning: Meaning, on_row: Callable[[Row], None]) -> None:
        self.merged: list[Area] = []
        self._values = _Values(meaning)
        self._on_row = on_row
        self._names = LocalNames()
        self._columns: dict[str, int] = {}
        self._depth = 0
        self._row = Row(0)
        self._column = -1
        self._cell: Attributes = {}
        self._pieces: list[str] = []
        self._value = ""
        self._formula: str | None = None
        self._is_reading_aid = False

    def read(self, stream: IO[bytes]) -> None:
        """Read it all. Raises Broken."""
        parser = new_parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._pieces.append
        run(parser, stream)

    def _start(self, tag: str, attributes: Attributes) -> None:
        self._depth += 1
        name = self._names[tag]
        if name == "c":
            self._cell = attributes
            self._value = ""
            self._formula = None
        elif name in ("v", "t", "f"):
            self._pieces.clear()
        elif name == "row":
            self._begin_row(attributes)
        elif name == "rPh":
            self._is_reading_aid = True
        elif name == "mergeCell":
            self.merged.append(_area(attributes.get("ref", "")))
        elif self._depth > limits.DEPTH:
            raise too_deep()

    def _end(self, tag: str) -> None:
        self._depth -= 1
        name = self._names[tag]
        if name == "v":
            self._value = "".join(self._pieces)
        elif name == "c":
            self._end_cell()
        elif name == "t":
            if not self._is_reading_aid:
                self._value += "".join(self._pieces)
        elif name == "row":
            if self._row.texts:
                self._on_row(self._row)
        elif name == "f":
            self._formula = "".join(self._pieces)
        elif name == "rPh":
            self._is_reading_aid = False

    def _begin_row(self, attributes: Attributes) -> None:
        said = attributes.get("r")
        line = self._row.line + 1 if said is None else _row_number(said)
        if line <= self._row.line:
            raise Broken(f"its row {line} comes twice or out of order")
        self._row = Row(line, attributes.get("hidden") in ("1", "true"))
        self._column = -1

    def _end_cell(self) -> None:
        reference = self._cell.get("r")
        column = self._column + 1 if reference is None else self._column_of(reference)
        if column <= self._column:
            raise Broken(f"its cell {reference} comes twice or out of order")
        self._column = column
        self._values.put(self._row, column, self._cell, self._value, self._formula)

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = place(reference)[1]
        return column
