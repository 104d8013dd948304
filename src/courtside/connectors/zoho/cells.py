"""Zoho's dates and amounts: three ways of writing a date, dollars with thousands set apart, thousands as `K`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from courtside.connectors.dates import ORDERS, DateOrder, NoDate, Unsettled, iso, order_shown
from courtside.connectors.numerals import Figure, decimal_shown, figure, is_ambiguous_number
from courtside.connectors.zoho.export import Export, Module, Row

_MONEY = (
    "amount", "expected revenue", "budgeted cost", "actual cost", "sub total", "discount", "tax", "grand total",
)  # fmt: skip


class Unread(Exception):
    """A cell that cannot be read: the reason as a code, and what mends it."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(mend)
        self.reason = reason
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Notation:
    """How each module of an export writes numbers and dates, from what its columns show and what was answered."""

    decimals: Mapping[tuple[str, str | None], str | None]
    orders: Mapping[tuple[str, str | None, str], DateOrder | None]
    decimal: str | None
    order: DateOrder | None

    def amount(self, row: Row, column: str) -> Figure | None:
        """An amount; None for an empty cell. Raises Unread."""
        text = row.get(column)
        if not text:
            return None
        decimal = self.decimal or self.decimals.get(_place(row.module))
        found = figure(text, decimal)
        if found is not None:
            return found
        if decimal is None and is_ambiguous_number(text):
            mend = "say whether a point or a comma stands before decimals: --answer decimal=. or decimal=,"
            raise Unread("ambiguous_number", mend)
        raise Unread("not_a_number", "write the amount in digits, such as $1,234.50")

    def instant(self, row: Row, *columns: str) -> str:
        """A date or instant in ISO 8601; what cannot be settled is given back, to be asked about. Raises Unread."""
        column = next((name for name in columns if row.module.has(name)), columns[0])
        text = row.get(column)
        order = self.order or self.orders.get((*_place(row.module), column))
        try:
            return iso(text, order) if text else ""
        except Unsettled:
            return text
        except NoDate:
            raise Unread("not_a_date", "write dates as 15 Apr, 2021 00:03:00 or as 2021-04-15 00:03:00") from None


def _place(module: Module) -> tuple[str, str | None]:
    return module.rows.shown_as, module.rows.sheet


def notation(export: Export, answers: Mapping[str, str]) -> Notation:
    """What the columns of an export show of its notation. All amounts of a module are written alike."""
    decimals: dict[tuple[str, str | None], str | None] = {}
    orders: dict[tuple[str, str | None, str], DateOrder | None] = {}
    for module, rows in export.modules:
        numbers = [module.index[name] for name in _MONEY if name in module.index]
        decimals[_place(module)] = decimal_shown(row.cells[number] for row in rows for number in numbers)
        for name, number in module.index.items():
            if name.split()[-1] in ("date", "time", "datetime", "till"):
                orders[(*_place(module), name)] = order_shown([row.cells[number] for row in rows])
    return Notation(decimals, orders, answers.get("decimal"), ORDERS.get(answers.get("date_order", "")))
