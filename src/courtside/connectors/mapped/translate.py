"""From the rows of a mapped file to those of a record table, one field at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from courtside.connectors.adapter import EXTRA, Fault, Quality, Reading, Refusal, RefusedRow, Source
from courtside.connectors.columns import looks_protected
from courtside.connectors.delimited import Record, as_line, fits, uneven
from courtside.connectors.mapped.cells import Unread, reader_for
from courtside.connectors.mapped.notation import notation_of
from courtside.connectors.mapping import ExportMapping, TableMapping, nearest
from courtside.connectors.rows import Rows
from courtside.records.tables import TABLES, Kind

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class _Cell:
    """How one field is read: from the column of that number, kept under a name of the written file."""

    field: str
    index: int
    shown: str
    read: Callable[[str], str]


@dataclass(slots=True)
class _Tally:
    """What was met on the way that is worth a note."""

    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    keyless: list[str] = field(default_factory=list)


class Translation:
    """The record tables a mapping makes of an export."""

    def __init__(self, mapping: ExportMapping, scratch: Path) -> None:
        self.mapping = mapping
        self.sources: list[Source] = []
        self.refusals: list[Refusal] = []
        self._rows: list[RefusedRow] = []
        self._quality: list[Quality] = []
        self._told: set[Refusal] = set()
        self._scratch = scratch

    def reading(self, notes: tuple[str, ...]) -> Reading:
        """All that was translated."""
        return Reading(
            tuple(self.sources), tuple(self._quality), refusals=tuple(self.refusals), refused_rows=tuple(self._rows),
            notes=notes,
        )  # fmt: skip

    def translate(self, rows: Rows, entry: TableMapping, together: Sequence[TableMapping] | None) -> None:
        """One sheet by one entry. `together`: all entries of the sheet if this is the first, which keeps the extras."""
        wrong = [*self._missing(rows, entry), *(self._protected(rows, together) if together else ())]
        self.refusals.extend(wrong)
        if wrong:
            return
        cells = self._cells(rows, entry)
        kept = [(n, name) for n, name in enumerate(rows.header) if together and not _is_used(name, together)]
        cells += [_Cell(EXTRA + name, number, name, str) for number, name in kept]
        self._write(rows, entry, cells, is_first=together is not None)

    def _missing(self, rows: Rows, entry: TableMapping) -> Iterator[Refusal]:
        """The columns an entry names that the file lacks, or has more than once."""
        for name, column in entry.columns.items():
            if column not in rows.header:
                mend = f"{rows.shown_as} has no column {column!r}; {nearest(column, rows.header)}"
                yield self.mapping.refusal(entry, f"columns.{name}", column, "unknown_column", mend)
            elif column in rows.repeated:
                mend = f"several columns of {rows.shown_as} are called {column}; rename all but one"
                yield self.mapping.refusal(entry, f"columns.{name}", column, "duplicate_column", mend)
        for name in entry.ignore:
            if not any(fnmatchcase(column, name) for column in rows.header):
                mend = f"{rows.shown_as} has no column {name!r} to ignore; {nearest(name, rows.header)}"
                yield self.mapping.refusal(entry, "ignore", name, "unknown_column", mend)

    def _protected(self, rows: Rows, entries: Sequence[TableMapping]) -> Iterator[Refusal]:
        """Columns that look like protected attributes and would come in as extra ones."""
        named = {c for e in entries for f, c in e.columns.items() if f.startswith(EXTRA) and e.table != "protected"}
        for name in rows.header:
            if looks_protected(name) and (name in named or not _is_used(name, entries)):
                mend = (
                    "this looks like a protected attribute; name it under `ignore` in the mapping, or let HR import it "
                    "as the table `protected`"
                )
                yield Refusal(rows.shown_as, rows.sheet, rows.line, name, None, "protected_column", mend)

    def _cells(self, rows: Rows, entry: TableMapping) -> list[_Cell]:
        notation = notation_of(rows, entry)
        found: list[_Cell] = []
        for name, column in entry.columns.items():
            index = rows.header.index(column)
            shown = column if all(cell.shown != column for cell in found) else f"{column} (as {name})"
            found.append(_Cell(name, index, shown, reader_for(entry, name, notation)))
        return found

    def _write(self, rows: Rows, entry: TableMapping, cells: Sequence[_Cell], *, is_first: bool) -> None:
        table = TABLES[entry.table]
        tally, refused_before = _Tally(), len(self._rows)
        path = self._scratch / f"mapped-{len(self.sources)}-{entry.table}.rows"
        keys = [n for n, cell in enumerate(cells) if cell.field in table.key and not is_first]
        seen: set[tuple[str, ...]] = set()
        with path.open("w", encoding="utf-8") as out:
            for line, values in self._translated(rows, entry, cells, tally):
                if any(not values[n] for n in keys):
                    tally.keyless.append(str(line))
                elif is_first or tuple(values) not in seen:
                    seen.update(() if is_first else (tuple(values),))
                    out.write(as_line(line, values) + "\n")
        header = tuple(cell.shown for cell in cells)
        columns = {cell.field: cell.shown for cell in cells}
        self.sources.append(
            Source(
                entry.table, path, rows.shown_as, "lines", header, columns, constants=entry.constants, sheet=rows.sheet,
                called={cell.shown: rows.header[cell.index] for cell in cells},
            )
        )  # fmt: skip
        if len(self._rows) == refused_before:
            self._quality.extend(_notes(rows, entry, tally))

    def _translated(
        self, rows: Rows, entry: TableMapping, cells: Sequence[_Cell], tally: _Tally
    ) -> Iterator[tuple[int, list[str]]]:
        """Every row in our terms; those that cannot be are put among the refused ones."""
        width = len(rows.header)
        faults = rows.faults_by_line()
        for record in rows.records():
            if not fits(record, width):
                self._refuse(rows, entry, record, [uneven(rows.shown_as, record, width)])
                continue
            wrong = [*_faulty(rows, cells, faults.get(record.line, {}))]
            values = []
            for cell in cells:
                try:
                    values.append(cell.read(record.cells[cell.index].strip()))
                except Unread as fault:
                    wrong.append(_refusal(rows, record, cell, fault))
            if wrong:
                self._refuse(rows, entry, record, wrong)
                continue
            _note_unmapped(entry, cells, record, tally)
            yield record.line, _closed_or_expected(entry, cells, values)

    def _refuse(self, rows: Rows, entry: TableMapping, record: Record, wrong: Iterable[Refusal]) -> None:
        """Put a row among the refused ones. What several entries find wrong with it is told once."""
        texts = dict(zip(rows.header, record.cells, strict=False))
        for refusal in wrong:
            if refusal not in self._told:
                self._told.add(refusal)
                self._rows.append(RefusedRow(entry.table, refusal, texts))


def _closed_or_expected(entry: TableMapping, cells: Sequence[_Cell], values: list[str]) -> list[str]:
    """One column mapped to both dates of closing says when a case closed, and until then when it is expected to."""
    closed, expected = entry.columns.get("closed_at"), entry.columns.get("expected_close_on")
    if closed is None or closed != expected:
        return values
    at = {cell.field: number for number, cell in enumerate(cells)}
    status = values[at["status"]] if "status" in at else entry.constants.get("status", "")
    not_so = "closed_at" if status == "open" else "expected_close_on"
    return ["" if number == at[not_so] else value for number, value in enumerate(values)]


def _is_used(name: str, entries: Iterable[TableMapping]) -> bool:
    """Whether a column is mapped by some entry, or ignored by one."""
    return any(
        name in entry.columns.values() or any(fnmatchcase(name, pattern) for pattern in entry.ignore)
        for entry in entries
    )


def _faulty(rows: Rows, cells: Sequence[_Cell], faults: Mapping[str, Fault]) -> Iterator[Refusal]:
    """Refusals of cells of a workbook that hold no value."""
    for name in dict.fromkeys(rows.header[cell.index] for cell in cells):
        if (fault := faults.get(name)) is not None:
            yield Refusal(rows.shown_as, rows.sheet, fault.line, name, fault.value, fault.reason, fault.mend)


def _refusal(rows: Rows, record: Record, cell: _Cell, fault: Unread) -> Refusal:
    column = rows.header[cell.index]
    value = record.cells[cell.index].strip()
    return Refusal(rows.shown_as, rows.sheet, record.line, column, value, fault.reason, fault.mend)


def _note_unmapped(entry: TableMapping, cells: Sequence[_Cell], record: Record, tally: _Tally) -> None:
    table = TABLES[entry.table]
    for cell in cells:
        meant = entry.values.get(cell.field)
        value = record.cells[cell.index].strip()
        is_word = cell.field not in table.names or table.column(cell.field).kind is Kind.CATEGORY
        if meant is not None and is_word and value and value not in meant and value not in meant.values():
            tally.unmapped[cell.field, value] += 1


def _notes(rows: Rows, entry: TableMapping, tally: _Tally) -> Iterator[Quality]:
    by_field: dict[str, Counter[str]] = {}
    for (name, value), count in tally.unmapped.items():
        by_field.setdefault(name, Counter())[value] = count
    for name, values in by_field.items():
        examples = tuple(value for value, _ in values.most_common(_EXAMPLES))
        yield Quality(
            "unmapped_value", entry.table, values.total(), examples,
            f"{values.total()} rows of {rows.shown_as} have a {entry.columns[name]} the mapping gives no meaning; "
            f"they are kept as they are: add them to values.{name}",
        )  # fmt: skip
    if tally.keyless:
        key = " or ".join(entry.columns[name] for name in TABLES[entry.table].key if name in entry.columns)
        yield Quality(
            "blank_reference", entry.table, len(tally.keyless),
            tuple(f"line {line}" for line in islice(tally.keyless, _EXAMPLES)),
            f"{len(tally.keyless)} rows of {rows.shown_as} have no {key}, so they make no row of {entry.table}",
        )  # fmt: skip
