"""How the columns of a mapped file write numbers and dates: as the mapping says, else as the column itself shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from courtside.connectors.dates import DateOrder, order_shown
from courtside.connectors.mapping import TableMapping
from courtside.connectors.numerals import decimal_shown
from courtside.connectors.rows import Rows
from courtside.records.tables import TABLES, Kind

NUMERIC = (Kind.MONEY, Kind.NUMBER, Kind.INTEGER)
TIMES = (Kind.TIME, Kind.DATE)


@dataclass(frozen=True, slots=True)
class Notation:
    """The decimal mark and the order of dates of each field; None where neither mapping nor column says it."""

    decimals: Mapping[str, str | None]
    orders: Mapping[str, DateOrder | None]


def notation_of(rows: Rows, entry: TableMapping) -> Notation:
    """The notation of the numbers and dates an entry maps. Raises Unreadable.

    The numbers of a workbook are written with a point, whatever its texts are written with: there a column
    that shows its mark is believed rather than the mapping.
    """
    table = TABLES[entry.table]
    kinds = {name: table.column(name).kind for name in entry.columns if name in table.names}
    numeric = [name for name, kind in kinds.items() if kind in NUMERIC]
    dated = [name for name, kind in kinds.items() if kind in TIMES]
    open_marks = numeric if entry.decimal is None or rows.sheet is not None else []
    open_orders = dated if entry.date_order is None else []
    texts = _texts(rows, entry, [*open_marks, *open_orders])
    return Notation(
        dict.fromkeys(numeric, entry.decimal) | {n: decimal_shown(texts[n]) or entry.decimal for n in open_marks},
        dict.fromkeys(dated, entry.date_order) | {n: order_shown(list(texts[n])) for n in open_orders},
    )


def _texts(rows: Rows, entry: TableMapping, names: list[str]) -> Mapping[str, set[str]]:
    """The different texts of the columns of some fields; nothing is read where there are no fields."""
    found: dict[str, set[str]] = {name: set() for name in names}
    places = [(rows.header.index(entry.columns[name]), found[name]) for name in names]
    if not places:
        return found
    for record in rows.records():
        for index, texts in places:
            if index < len(record.cells):
                texts.add(record.cells[index].strip())
    return found
