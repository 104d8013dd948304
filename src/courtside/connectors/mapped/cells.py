"""Reading one cell of a mapped column: meanings of values, dates, numbers; refusing what can be read in two ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from courtside.connectors.dates import DateOrder, NoDate, Unsettled, in_zone, iso
from courtside.connectors.mapped.notation import NUMERIC, TIMES, Notation
from courtside.connectors.mapping import TableMapping
from courtside.connectors.numerals import figure, is_ambiguous_number
from courtside.records.tables import TABLES, Column, Kind

_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")
_ORDER_WORDS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
_MEMORY = 50_000

Read = Callable[[str], str]


class Unread(Exception):
    """A cell that cannot be read: the reason as a code, and what mends it."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(mend)
        self.reason = reason
        self.mend = mend


def reader_for(entry: TableMapping, name: str, notation: Notation) -> Read:
    """How cells of a field are read by an entry, in the notation of its column as far as that is known.

    The reader raises Unread. What it cannot tell to be wrong it gives back as it is, for the intake to check.
    """
    table = TABLES[entry.table]
    if name not in table.names:
        return _meant(entry.values.get(name, {}), str)
    column = table.column(name)
    return _remembered(_meant(entry.values.get(name, {}), _by_kind(entry, column, notation)))


def _by_kind(entry: TableMapping, column: Column, notation: Notation) -> Read:
    if column.kind in TIMES:
        return _date(
            notation.orders.get(column.name), ZoneInfo(entry.zone) if entry.zone and column.kind is Kind.TIME else None
        )
    if column.kind in NUMERIC:
        return _number(column, notation.decimals.get(column.name), entry)
    if column.choices:
        return _choice(column.choices)
    if column.kind is Kind.CURRENCY:
        return str.upper
    return str


def _remembered(read: Read) -> Read:
    """The reader with a memory: columns repeat themselves."""
    known: dict[str, str] = {}

    def recall(text: str) -> str:
        found = known.get(text)
        if found is None:
            found = read(text)
            if len(known) < _MEMORY:
                known[text] = found
        return found

    return recall


def _meant(meanings: Mapping[str, str], read: Read) -> Read:
    """The reader, after what the mapping says a value means."""
    if not meanings:
        return lambda text: read(text) if text else ""
    return lambda text: meanings[text] if text in meanings else (read(text) if text else "")


def _date(order: DateOrder | None, zone: ZoneInfo | None) -> Read:
    def read(text: str) -> str:
        try:
            found = iso(text, order)
        except Unsettled:
            return text
        except NoDate:
            if order is None:
                return text
            raise Unread("not_a_date", f"dates stand here as {_ORDER_WORDS[order]}, and this is none") from None
        return found if zone is None else in_zone(found, zone)

    return read


def _choice(choices: tuple[str, ...]) -> Read:
    plain = {_letters(choice): choice for choice in choices}
    return lambda text: plain.get(_letters(text), text)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _number(column: Column, decimal: str | None, entry: TableMapping) -> Read:
    def read(text: str) -> str:
        if column.name == "duration_s" and (clock := _CLOCK.fullmatch(text)):
            hours, minutes, seconds = map(int, clock.groups())
            return str(hours * 3600 + minutes * 60 + seconds)
        found = figure(text, decimal)
        if found is None and decimal is None and is_ambiguous_number(text):
            mend = (
                "a point or comma here stands before thousands or before decimals; say which one stands before "
                "decimals: --answer decimal=. or decimal=,"
            )
            raise Unread("ambiguous_number", mend)
        if found is None:
            return text if decimal != "," else _not_a_number(text)
        if column.kind is Kind.MONEY and found.currency is not None:
            _check_currency(found.currency, entry)
        return found.plain

    return read


def _not_a_number(text: str) -> str:
    """With a decimal comma, what is no number must not be read as one with a point further on."""
    if text.replace(".", "").replace("-", "").isdigit():
        raise Unread("not_a_number", "with a decimal comma, points stand before thousands only; correct the number")
    return text


def _check_currency(named: str, entry: TableMapping) -> None:
    """An amount with a sign of its own must be in the currency its row says."""
    if "currency" in entry.columns or entry.table not in _WITH_CURRENCY:
        return
    said = entry.constants.get("currency")
    if said == named:
        return
    if said is None:
        mend = f"the amount is in {named}, and the mapping says no currency; add `currency: {named}` under constants"
        raise Unread("currency_not_said", mend)
    raise Unread("currency_differs", f"the amount is in {named}, the mapping says {said}; correct one of them")


_WITH_CURRENCY = frozenset(name for name, table in TABLES.items() if "currency" in table.names)
