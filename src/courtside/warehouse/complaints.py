"""The flaws of staged rows as refusals a person can act on: file, line, column, value, reason, mend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from typing import Any
from unicodedata import normalize

import duckdb

from courtside.connectors.adapter import Refusal, RefusedRow
from courtside.records.tables import Column, Kind
from courtside.warehouse.batches import KEY_SEPARATOR
from courtside.warehouse.checks import DUPLICATE, MISSING, OUT_OF_RANGE, UNKNOWN_PERSON, Checked
from courtside.warehouse.conversion import (
    FIRST_YEAR,
    LAST_YEAR,
    DateOrder,
    Shown,
    is_ambiguous,
    is_ambiguous_number,
)
from courtside.warehouse.incoming import Cells
from courtside.warehouse.stage import PEOPLE, Part, Stage
from courtside.warehouse.target_checks import fault_in

_AT_A_TIME = 10_000
_LONGEST = 200
_HINTED = 50
"""For so many strangers the nearest person is looked for; with more, the people file is missing or another firm's."""
_DATE = "write dates as 2026-01-31"
_ISO_LIKE = re.compile(r"\s*\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]+\d{1,2}:\d{2}|\s*$)", re.ASCII)
_COMMA_LAST = re.compile(r"\s*[+-]?[\d.]*,\d{1,4}\s*", re.ASCII)
_TIME = "write instants as 2026-01-31T09:00:00, with an offset such as +01:00 if it is not the firm's own zone"


@dataclass(frozen=True, slots=True)
class _Flaw:
    row: int
    field: str
    reason: str
    value: str | None
    line: int
    other_file: str | None
    other_line: int | None


def _mend_of_kind(column: Column, value: str) -> tuple[str, str]:
    """Reason and mend of a cell that is no value of its column's kind."""
    match column.kind:
        case Kind.TIME | Kind.DATE:
            return "not_a_date", _mend_of_date(column.kind, value)
        case Kind.INTEGER:
            return "not_a_number", "write a whole number in digits, such as 12"
        case Kind.NUMBER:
            return "not_a_number", f"write the number in plain digits with a decimal point, such as 8.5{_comma(value)}"
        case Kind.MONEY:
            mend = "write the amount in plain digits, at most four after the decimal point: 1234.50"
            return "not_a_number", f"{mend}{_comma(value)}"
        case Kind.FLAG:
            return "not_one_of", "write true or false"
        case Kind.CURRENCY:
            return "not_one_of", "write the three capital letters of ISO 4217, such as EUR"
        case _:
            near = get_close_matches(value.strip().lower(), column.choices, n=1, cutoff=0.5)
            hint = f"; nearest: {near[0]}" if near else ""
            return "not_one_of", f"write one of {', '.join(column.choices)}{hint}"


def _mend_of_date(kind: Kind, value: str) -> str:
    if _ISO_LIKE.match(value):
        return "there is no such day, hour or offset from UTC; correct it"
    return _TIME if kind is Kind.TIME else _DATE


def _comma(value: str) -> str:
    return "; if commas stand before decimals in this file: --answer decimal=," if _COMMA_LAST.fullmatch(value) else ""


def _bad_date(field: str, value: str, known: DateOrder | None, shown: Shown) -> tuple[str, str] | None:
    """Why a date whose year comes last, or has two digits, could not be read; None if it is no such date."""
    if not is_ambiguous(value):
        return None
    if field in shown.mixed:
        return "ambiguous_date", (
            "this column has dates with the day first and dates with the month first; write them all as 2026-01-31"
        )
    if known is None:
        return "ambiguous_date", (
            "day and month cannot be told apart; say which comes first: --answer date_order=dmy, mdy or ymd"
        )
    return "not_a_date", f"there is no such day where dates are in the order {known}, as in this column or as answered"


def _bad_cell(column: Column, value: str, known: DateOrder | None, shown: Shown) -> tuple[str, str]:
    if column.kind in (Kind.TIME, Kind.DATE) and (found := _bad_date(column.name, value, known, shown)):
        return found
    if column.name in shown.unsure and is_ambiguous_number(value):
        return "ambiguous_number", (
            "the point may stand before thousands or before decimals, and no number of this column shows which; "
            "say which mark stands before decimals: --answer decimal=. or decimal=,"
        )
    return _mend_of_kind(column, value)


class Complaints:
    """Turns the flaws of one checked stage into refusals, in the order of the files."""

    def __init__(
        self, engine: duckdb.DuckDBPyConnection, checked: Checked, order: DateOrder | None, *, with_cells: bool
    ) -> None:
        self._engine = engine
        self._checked = checked
        self._stage: Stage = checked.stage
        self._order = order
        self._with_cells = with_cells
        self._people = {str(row[0]) for row in engine.execute(f"FROM {PEOPLE} LIMIT 20000").fetchall()}
        self._near: dict[str, str] = {}

    def rows(self) -> Iterator[RefusedRow]:
        """Every refusal, with the cells of its row if they were asked for."""
        self._put_in_order()
        for part in self._stage.parts:
            cells = Cells(self._engine, part.file)
            for flaws in self._batches(part):
                yield from self._refusals(part, cells, flaws)

    def _put_in_order(self) -> None:
        """Number the flawed rows, so that they can be fetched a few thousand at a time."""
        names = self._stage.table.names
        order = " ".join(f"WHEN '{name}' THEN {number}" for number, name in enumerate(names))
        self._engine.execute(
            "CREATE OR REPLACE TEMP TABLE complaints AS SELECT dense_rank() OVER (ORDER BY f._row) AS n, f._row, "
            "f.field, f.reason, f.value, s._line, f.other, o._line AS other_line, "
            f"CASE f.field {order} END AS position "
            f"FROM {self._checked.flaws} f JOIN {self._stage.name} s USING (_row) "
            f"LEFT JOIN {self._stage.name} o ON o._row = f.other ORDER BY n, position"
        )

    def _batches(self, part: Part) -> Iterator[list[_Flaw]]:
        """The flaws of a file, so many rows at a time and never dividing one."""
        inside = f"_row >= {part.first} AND _row < {part.first + part.rows}"
        first, last = self._engine.execute(f"SELECT min(n), max(n) FROM complaints WHERE {inside}").fetchone() or ()
        if first is None:
            return
        for start in range(first, last + 1, _AT_A_TIME):
            found = self._engine.execute(
                "SELECT _row, field, reason, value, _line, other, other_line FROM complaints "
                f"WHERE n >= {start} AND n < {min(start + _AT_A_TIME, last + 1)} ORDER BY n, position"
            ).fetchall()
            yield [self._flaw(part, row) for row in found]

    def _flaw(self, part: Part, found: tuple[Any, ...]) -> _Flaw:
        row, field, reason, value, line, other, other_line = found
        place: tuple[str | None, int | None] = (None, None)
        if other is not None:
            owner = self._stage.part_of(other)
            place = owner.source.shown_as, self._line(owner, other, other_line)
        return _Flaw(row, field, reason, value, self._line(part, row, line), *place)

    def _line(self, part: Part, row: int, line: int | None) -> int:
        return line if line is not None else part.file.physical_line(row - part.first)

    def _refusals(self, part: Part, source: Cells, flaws: list[_Flaw]) -> Iterator[RefusedRow]:
        by_row = [(row, list(group)) for row, group in groupby(flaws, key=lambda flaw: flaw.row)]
        needed = [row - part.first for row, group in by_row if self._with_cells or any(map(_needs_cell, group))]
        cells = dict(zip(needed, source.of(needed), strict=True)) if needed else {}
        for row, group in by_row:
            found = cells.get(row - part.first, {})
            for flaw in group:
                yield RefusedRow(self._stage.table.name, self._refusal(part, flaw, found), found, self._id(part, found))

    def _id(self, part: Part, cells: Mapping[str, str]) -> str | None:
        if not cells:
            return None
        columns = part.source.columns
        values = [cells.get(columns.get(name, name), "") for name in self._stage.table.key]
        return KEY_SEPARATOR.join(values) if any(values) else None

    def _refusal(self, part: Part, flaw: _Flaw, cells: Mapping[str, str]) -> Refusal:
        source = part.source
        shown = source.columns.get(flaw.field, flaw.field)
        value = flaw.value if flaw.value is not None else cells.get(shown, source.constants.get(flaw.field))
        reason, mend = self._why(part, flaw, value)
        if flaw.reason == DUPLICATE and len(self._stage.table.key) == 1:
            shown = source.columns.get(self._stage.table.key[0], shown)
        called = source.called.get(shown, shown)
        return Refusal(source.shown_as, source.sheet, flaw.line, called, value and value[:_LONGEST], reason, mend)

    def _why(self, part: Part, flaw: _Flaw, value: str | None) -> tuple[str, str]:
        column = self._stage.table.column(flaw.field)
        match flaw.reason:
            case "missing_required":
                return MISSING, f"every row of {self._stage.table.name} needs a {flaw.field}; fill in the cell"
            case "unknown_person":
                return UNKNOWN_PERSON, self._stranger(value or "")
            case "duplicate_id":
                return DUPLICATE, (
                    f"line {flaw.other_line} of {flaw.other_file} has the same {_words(self._stage.table.key)} but "
                    "other content; keep one of them"
                )
            case "not_a_scope" | "not_a_period":
                return flaw.reason, fault_in(flaw.field, value or "") or ""
            case "out_of_range":
                return "not_a_date", f"write a date between {FIRST_YEAR} and {LAST_YEAR}"
            case _:
                known = part.shown.orders.get(flaw.field, self._order)
                return _bad_cell(column, value or "", known, part.shown)

    def _people_like(self, value: str) -> list[str]:
        """The person_id spelled alike but for blanks, capitals and accents' encoding; else the one most like it."""
        same = [person for person in self._people if _squeezed(person) == _squeezed(value)]
        return same or get_close_matches(value, self._people, n=1, cutoff=0.7)

    def _stranger(self, value: str) -> str:
        if value not in self._near:
            near = self._people_like(value) if len(self._near) < _HINTED else []
            hint = f" (nearest: {near[0]})" if near else ""
            self._near[value] = f"no people row has this person_id{hint}; import the person first or in the same folder"
        return self._near[value]


def _squeezed(text: str) -> str:
    return "".join(normalize("NFKC", text).split()).casefold()


def _needs_cell(flaw: _Flaw) -> bool:
    return flaw.value is None and flaw.reason != MISSING or flaw.reason == OUT_OF_RANGE


def _words(names: tuple[str, ...]) -> str:
    return " and ".join(names)
