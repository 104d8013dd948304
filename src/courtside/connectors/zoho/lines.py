"""Rows on their way from a module to a record table: a `Line` each, written under the module's own column names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from courtside.connectors.adapter import EXTRA, Refusal, RefusedRow, Source
from courtside.connectors.delimited import as_line
from courtside.connectors.zoho.cells import Notation, Unread
from courtside.connectors.zoho.export import Module, Row
from courtside.connectors.zoho.owners import Owners

RENAMED = {
    "age in days": "Days Open",
    "age tier": "Days Open Tier",
}
"""How old a record is; under its own name it would look like somebody's age."""


@dataclass(slots=True)
class Line:
    """One row of a record table: field -> text, the columns they come from, and what could not be read."""

    row: Row
    notation: Notation
    owners: Owners
    values: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, Unread]] = field(default_factory=list)

    def put(self, name: str, value: str, *columns: str) -> None:
        """A field with a value worked out from one of some columns."""
        self.values[name] = value
        self.shown[name] = self.row.module.column(*columns) or name

    def text(self, name: str, *columns: str) -> None:
        """A field as the column has it."""
        self.put(name, self.row.get(*columns), *columns)

    def reference(self, name: str, *columns: str) -> None:
        """A field naming another row; Zoho writes 0 for none."""
        value = self.row.get(*columns)
        self.put(name, "" if value == "0" else value, *columns)

    def instant(self, name: str, *columns: str) -> None:
        """A field holding a day or an instant."""
        self._read(name, lambda: self.notation.instant(self.row, *columns), *columns)

    def owner(self, name: str, column: str) -> None:
        """A field naming a person, by the column with the person's name."""
        self._read(name, lambda: self.owners.id_of(self.row, column), column)

    def amount(self, name: str, column: str) -> None:
        """A field holding money, with the currency its sign names."""
        self._read(name, lambda: self._amount(column), column)

    def _amount(self, column: str) -> str:
        found = self.notation.amount(self.row, column)
        currency = self.row.get("currency") or (found.currency if found else None) or ""
        self.put("currency", currency, "currency")
        return found.plain if found else ""

    def _read(self, name: str, read: Callable[[], str], *columns: str) -> None:
        try:
            value = read()
        except Unread as fault:
            self.faults.append((self.row.module.column(*columns) or name, fault))
            value = ""
        self.put(name, value, *columns)

    def refusals(self, table: str) -> Iterator[RefusedRow]:
        """What could not be read, as refusals in the module's own terms."""
        rows, cells = self.row.module.rows, self.row.by_name()
        for column, fault in self.faults:
            refusal = Refusal(
                rows.shown_as, rows.sheet, self.row.line, column, cells.get(column), fault.reason, fault.mend
            )
            yield RefusedRow(table, refusal, cells)


class Writer:
    """Writes the files the intake reads, and keeps the rows that could not be translated."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._written = 0
        self.refused_rows: list[RefusedRow] = []

    def write(
        self, module: Module, table: str, lines: Iterable[Line], constants: Mapping[str, str] | None = None,
        *, extras: bool = True,
    ) -> Source | None:  # fmt: skip
        """The lines of a module as a source; None if there are none. Columns no line used are kept as extra ones."""
        good = [line for line in lines if not self._refused(table, line)]
        if not good:
            return None
        columns = _columns(module, good[0].shown)
        kept = [name for name in module.rows.header if extras and _is_extra(name, good[0].shown)]
        names = [RENAMED.get(name.lower(), name) for name in kept]
        numbers = [module.rows.header.index(name) for name in kept]
        self._written += 1
        path = self._scratch / f"zoho-{self._written}-{table}.rows"
        with path.open("w", encoding="utf-8") as out:
            for line in good:
                cells = [line.values.get(name, "") for name in columns]
                out.write(as_line(line.row.line, [*cells, *(line.row.cells[n] for n in numbers)]) + "\n")
        return Source(
            table, path, module.rows.shown_as, "lines", (*columns.values(), *names),
            columns | {EXTRA + name: name for name in names}, constants=constants or {}, sheet=module.rows.sheet,
            called={columns[name]: column for name, column in good[0].shown.items()},
        )  # fmt: skip

    def _refused(self, table: str, line: Line) -> bool:
        self.refused_rows.extend(line.refusals(table))
        return bool(line.faults)


def _is_extra(name: str, shown: Mapping[str, str]) -> bool:
    """Whether a column is kept beside the fields: it has a name, no field comes from it, and it names no owner.

    People are known by their ids: a name kept in other rows could not be erased with them.
    """
    is_used = name in shown.values() or (name.lower() == "first name" and "name" in shown)
    names_somebody = name.lower().endswith((" owner", " owner id", "created by", "modified by"))
    return not (is_used or names_somebody or name.startswith("column_"))


def _columns(module: Module, shown: Mapping[str, str]) -> dict[str, str]:
    """Field -> name in the written file: the module's own, told apart where one column gives two fields."""
    columns: dict[str, str] = {}
    for name, column in shown.items():
        taken = column in columns.values() or (column == name and column in module.rows.header)
        columns[name] = f"{column} (as {name})" if taken else column
    return columns
