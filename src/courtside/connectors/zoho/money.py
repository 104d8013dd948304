"""What campaigns cost, month by month, and what invoices bring in and take back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from courtside.connectors.adapter import Quality, Refusal, RefusedRow
from courtside.connectors.zoho.export import Row
from courtside.connectors.zoho.lines import Line

CANCELLED = "cancelled"
_CENT = Decimal("0.0001")
_EXAMPLES = 5


def months_of(start: date, end: date) -> list[tuple[date, int]]:
    """The first day of every month from `start` to `end`, both included, with how many of these days lie in it.

    From 30 June to 2 July: June 1, July 2. An end before the start counts as the start.
    """
    found: list[tuple[date, int]] = []
    day, last = start, max(start, end)
    while day <= last:
        next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        until = min(next_month, last + timedelta(days=1))
        found.append((day.replace(day=1), (until - day).days))
        day = until
    return found


def shares(amount: Decimal, days: Sequence[int]) -> list[Decimal]:
    """An amount divided by days, to four places; the last share takes what rounding left, so that they add up.

    `shares(Decimal(100), [1, 2])` is 33.3333 and 66.6667.
    """
    total, spent, found = sum(days), Decimal(0), []
    for number in days[:-1]:
        share = (amount * number / total).quantize(_CENT, ROUND_HALF_EVEN)
        found.append(share)
        spent += share
    return [*found, amount - spent]


def monthly(new: Callable[[], Line]) -> Iterator[Line]:
    """A campaign's actual cost as spend: spread evenly over its days, since the export says no more than the sum."""
    first = new()
    first.amount("amount", "actual cost")
    first.instant("month", "start date")
    first.instant("end", "end date")
    if not first.faults and not first.values["amount"]:
        return
    if first.faults or not first.values["month"]:
        _name(first)
        first.values.pop("end")
        first.shown.pop("end")
        yield first
        return
    start = date.fromisoformat(first.values["month"][:10])
    end = date.fromisoformat(first.values["end"][:10]) if first.values["end"] else start
    months = months_of(start, end)
    amounts = shares(Decimal(first.values["amount"]), [days for _, days in months])
    for (month, _), amount in zip(months, amounts, strict=True):
        line = new()
        _name(line)
        line.put("amount", format(amount, "f"), "actual cost")
        line.put("currency", first.values["currency"], "currency")
        line.put("month", month.isoformat(), "start date")
        yield line


def _name(line: Line) -> None:
    """A campaign is named, and its source is the kind of campaign it is."""
    row = line.row
    line.put("source", row.get("type") or row.get("campaign name"), "type")
    line.text("campaign", "campaign name")


@dataclass(slots=True)
class Invoices:
    """Invoices as transactions, and how they agree with their orders (by id)."""

    orders: Mapping[str, Row]
    without_amount: list[str] = field(default_factory=list)
    without_order: list[str] = field(default_factory=list)
    order_stands: list[str] = field(default_factory=list)
    set_aside: list[RefusedRow] = field(default_factory=list)

    def lines(self, rows: Sequence[Row], new: Callable[[Row], Line]) -> Iterator[Line]:
        """A billing for every invoice with an amount, and a cancellation for each that was cancelled."""
        for row in rows:
            self._compare(row)
            if not row.get("grand total"):
                self._put_aside(row)
                continue
            yield self._line(row, new(row), "billing")
            if row.get("invoice status").lower() == CANCELLED:
                yield self._line(row, new(row), "cancellation")

    def _line(self, row: Row, line: Line, kind: str) -> Line:
        id = row.get("invoiceid", "invoice id", "record id")
        line.put(
            "transaction_id", id if kind == "billing" else f"{id}/{CANCELLED}", "invoiceid", "invoice id", "record id"
        )
        line.instant("at", "created time")
        if kind == "cancellation" and row.get("modified time"):
            created = line.values["at"]
            line.instant("at", "modified time")
            line.put("at", max(created, line.values["at"]), "modified time")
        line.amount("amount", "grand total")
        line.owner("person_id", "invoice owner")
        line.put("kind", kind, "kind")
        line.reference("account_id", "accountid", "account id")
        return line

    def _put_aside(self, row: Row) -> None:
        rows, id = row.module.rows, row.get("invoiceid", "invoice id", "record id")
        self.without_amount.append(id)
        mend = "an invoice without an amount is no money that moved; fill in the grand total"
        column = row.module.column("grand total")
        refusal = Refusal(rows.shown_as, rows.sheet, row.line, column, None, "missing_required", mend)
        self.set_aside.append(RefusedRow("transactions", refusal, row.by_name(), id))

    def _compare(self, row: Row) -> None:
        """Note where an invoice and its order disagree."""
        order, id = row.get("sales order id", "salesorderid"), row.get("invoiceid", "invoice id", "record id")
        if not self.orders or not order:
            return
        if order not in self.orders:
            self.without_order.append(id)
        elif row.get("invoice status").lower() == CANCELLED != self.orders[order].get("status").lower():
            self.order_stands.append(id)

    def notes(self) -> Iterator[Quality]:
        """What was noticed."""
        for code, ids, what in (
            ("blank_reference", self.without_amount, "have no amount; they were set aside and count nowhere"),
            ("orphan", self.without_order, "name a sales order the export does not have"),
            ("flag_contradicts_stage", self.order_stands, "are cancelled while their sales order is not"),
        ):
            if ids:
                yield Quality(code, "transactions", len(ids), tuple(ids[:_EXAMPLES]), f"{len(ids)} invoices {what}")
