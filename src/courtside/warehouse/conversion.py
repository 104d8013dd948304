"""SQL that turns the text of a cell into the value its column holds, or into null where it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from courtside.records.tables import Column, Kind
from courtside.warehouse.batches import SQL_TYPES, quoted

DateOrder = Literal["dmy", "mdy", "ymd"]
ORDERS: Mapping[str, DateOrder] = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}

_CLOCK = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?)?\s*"
YEAR_LAST = r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{4}" + _CLOCK
"""A date whose year comes last: only its column, or an answer, can tell the day from the month."""
YEAR_SHORT = r"\s*\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}" + _CLOCK
"""A date with a two-digit year: never told apart without an answer."""
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years outside this range are slips of the pen."""

_ISO = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?"
_ZONE = r" ?(?:Z|z|UTC|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)"
_WHOLE = r"[+-]?\d{1,18}(?:\.0*)?"
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_MONEY = r"[+-]?(?:\d{1,14}(?:\.\d{0,4}0*)?|\.\d{1,4}0*)"
_NUMBER_COMMA = r"[+-]?(?:(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d*)?|,\d+)"
_MONEY_COMMA = r"[+-]?(?:(?:\d{1,3}(?:\.\d{3})+|\d{1,14})(?:,\d{0,4}0*)?|,\d{1,4}0*)"
_WHOLE_COMMA = r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d{1,18})(?:,0*)?"
_LONE = r"\s*[+-]?[1-9]\d{0,2}\.\d{3}\s*"
"""A number that is a thousand times larger where points stand before thousands: `1.234`."""
_ORDERED = {"dmy": ("%d", "%m", "%Y"), "mdy": ("%m", "%d", "%Y"), "ymd": ("%Y", "%m", "%d")}
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p")
_TRUE, _FALSE = "'true', 'yes', 'y', 't', '1'", "'false', 'no', 'n', 'f', '0'"
_WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
_AMBIGUOUS = re.compile(f"{YEAR_LAST}|{YEAR_SHORT}")
_AMBIGUOUS_NUMBER = re.compile(_LONE, re.ASCII)
NUMERIC = (Kind.INTEGER, Kind.NUMBER, Kind.MONEY)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the cells of a file show about how it is written, by field.

    `orders`: which of day and month comes first; `mixed`: fields with dates of both orders; `unsure`: fields
    whose numbers all look like `1.234`, which is more than a thousand or a little more than one.
    """

    orders: Mapping[str, DateOrder] = field(default_factory=dict)
    mixed: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


def is_ambiguous_number(value: str) -> bool:
    """Whether a text is a number that depends on what points stand before."""
    return bool(_AMBIGUOUS_NUMBER.fullmatch(value))


def may_be_lone(x: str) -> str:
    """SQL, quick and not exact: whether a text may be a number like `1.234`."""
    return f"contains({x}, '.') AND substr({x}, -4, 1) = '.'"


def points_shown(x: str) -> tuple[str, str]:
    """Two aggregates over the texts of a column: numbers like `1.234`, and numbers with a point that are not."""
    lone = f"regexp_full_match({x}, {quoted(_LONE)})"
    other = f"regexp_full_match(trim({x}), {quoted(_NUMBER)}) AND contains({x}, '.') AND NOT {lone}"
    return f"count(*) FILTER ({lone})", f"count(*) FILTER ({other})"


def without_lone(value: str, x: str) -> str:
    """The SQL of a value, null where the text is a number like `1.234`."""
    return f"CASE WHEN NOT regexp_full_match({x}, {quoted(_LONE)}) THEN {value} END"


def is_ambiguous(value: str) -> bool:
    """Whether a text is a date whose day and month cannot be told apart by itself, or not without its column."""
    found = _AMBIGUOUS.fullmatch(value)
    return found is not None and not (found[1] and int(found[1]) > 12 and int(found[2]) > 12)


def is_plain(column: Column) -> bool:
    """Whether any text will do for a column, so that nothing needs converting."""
    return column.kind in (Kind.ID, Kind.TEXT) or (column.kind is Kind.CATEGORY and not column.choices)


def stage_type(column: Column) -> str:
    """The type a column has while rows are checked: closed sets are held by number."""
    if column.choices:
        return f"ENUM({', '.join(map(quoted, column.choices))})"
    return SQL_TYPES[column.kind]


def _formats(order: DateOrder, year: str) -> str:
    dates = [mark.join(_ORDERED[order]).replace("%Y", year) for mark in "/.-"]
    return f"[{', '.join(quoted(date + clock) for date in dates for clock in _CLOCKS)}]"


def _in_order(x: str, order: DateOrder | None) -> str:
    """A date written in a known order, as a timestamp."""
    if order is None:
        return "CAST(NULL AS TIMESTAMP)"
    clean = f"regexp_replace(trim({x}), '[ T]+', ' ')"
    return (
        f"CASE WHEN regexp_full_match({x}, {quoted(YEAR_LAST)}) THEN try_strptime({clean}, {_formats(order, '%Y')}) "
        f"WHEN regexp_full_match({x}, {quoted(YEAR_SHORT)}) THEN try_strptime({clean}, {_formats(order, '%y')}) END"
    )


def _any_instant(x: str, zone: str, order: DateOrder | None) -> str:
    """Every notation but the common ones. Instants with a zone are converted to the firm's."""
    dashed = f"regexp_replace(trim({x}), '^(\\d+)[/.](\\d+)[/.](\\d+)', '\\1-\\2-\\3')"
    local = f"replace({dashed}, ',', '.')"
    zoned = f"regexp_replace(regexp_replace({local}, ' ?(?:[zZ]|UTC)$', '+00'), ' ([+-])', '\\1')"
    return (
        f"CASE WHEN {x} IS NULL THEN NULL "
        f"WHEN regexp_full_match(trim({x}), {quoted(_ISO)}) THEN TRY_CAST({local} AS TIMESTAMP) "
        f"WHEN regexp_full_match(trim({x}), {quoted(_ISO + _ZONE)}) "
        f"THEN timezone({quoted(zone)}, TRY_CAST({zoned} AS TIMESTAMPTZ)) "
        f"ELSE {_in_order(x, order)} END"
    )


def _instant(x: str, zone: str, order: DateOrder | None) -> str:
    """`2026-01-05T09:00:00`, `2026-01-05T09:00` and `2026-01-05` are tried first: most exports write one of them."""
    common = f"length({x}) = 10 OR (length({x}) = 19 AND {x}[17] = ':') OR (length({x}) = 16 AND {x}[14] = ':')"
    return f"coalesce(CASE WHEN {common} THEN TRY_CAST({x} AS TIMESTAMP) END, {_any_instant(x, zone, order)})"


def _date(x: str, zone: str, order: DateOrder | None) -> str:
    common = f"CASE WHEN length({x}) = 10 THEN TRY_CAST({x} AS DATE) END"
    return f"coalesce({common}, CAST({_any_instant(x, zone, order)} AS DATE))"


def _with_comma(x: str, pattern: str, kind: Kind) -> str:
    """A number with points before thousands and a comma before decimals."""
    plain = f"rtrim(replace(replace(trim({x}), '.', ''), ',', '.'), '.')"
    return f"CASE WHEN regexp_full_match(trim({x}), {quoted(pattern)}) THEN TRY_CAST({plain} AS {SQL_TYPES[kind]}) END"


_COMMA = {Kind.INTEGER: _WHOLE_COMMA, Kind.NUMBER: _NUMBER_COMMA, Kind.MONEY: _MONEY_COMMA}


def _whole(x: str) -> str:
    """A whole number: a plain one is what it prints as; `5.0` will do, `5.7`, `1e3` and `0x10` will not."""
    cast = f"TRY_CAST({x} AS BIGINT)"
    return (
        f"CASE WHEN {x} IS NULL THEN NULL WHEN CAST({cast} AS VARCHAR) = {x} THEN {cast} "
        f"WHEN regexp_full_match(trim({x}), {quoted(_WHOLE)}) THEN TRY_CAST(trim({x}) AS BIGINT) END"
    )


def _matching(x: str, pattern: str, kind: Kind) -> str:
    seen = f"regexp_full_match(trim({x}), {quoted(pattern)})"
    return f"CASE WHEN {seen} THEN TRY_CAST(trim({x}) AS {SQL_TYPES[kind]}) END"


def from_text(column: Column, x: str, zone: str, order: DateOrder | None = None, decimal: str | None = None) -> str:
    """The value of a cell's text `x` for a column; null where it is none of its kind."""
    if column.choices:
        return f"TRY_CAST({x} AS {stage_type(column)})"
    if decimal == "," and column.kind in _COMMA:
        return _with_comma(x, _COMMA[column.kind], column.kind)
    match column.kind:
        case Kind.TIME:
            return _instant(x, zone, order)
        case Kind.DATE:
            return _date(x, zone, order)
        case Kind.INTEGER:
            return _whole(x)
        case Kind.NUMBER:
            return _matching(x, _NUMBER, column.kind)
        case Kind.MONEY:
            return _matching(x, _MONEY, column.kind)
        case Kind.FLAG:
            word = f"lower(trim({x}))"
            return f"CASE WHEN {word} IN ({_TRUE}) THEN true WHEN {word} IN ({_FALSE}) THEN false END"
        case Kind.CURRENCY:
            return f"CASE WHEN regexp_full_match({x}, '[A-Z]{{3}}') THEN {x} END"
        case _:
            return x


def _typed_instant(x: str, kind: str, zone: str) -> str | None:
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"timezone({quoted(zone)}, {x})"
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return f"CAST({x} AS TIMESTAMP)"
    return None


def _typed_number(column: Column, x: str, kind: str) -> str | None:
    whole, decimal, real = kind in _WHOLE_TYPES, kind.startswith("DECIMAL"), kind in ("FLOAT", "DOUBLE")
    if not (whole or decimal or real):
        return None
    if column.kind is Kind.INTEGER:
        return f"CASE WHEN {x} = floor({x}) THEN TRY_CAST({x} AS BIGINT) END"
    if column.kind is Kind.NUMBER:
        return f"CASE WHEN isfinite(CAST({x} AS DOUBLE)) THEN CAST({x} AS DOUBLE) END"
    if column.kind is Kind.MONEY:
        exact = f"abs({x} * 10000 - round({x} * 10000)) < 0.001"
        return f"CASE WHEN {exact} THEN TRY_CAST({x} AS {SQL_TYPES[Kind.MONEY]}) END"
    if column.kind is Kind.ID and real:
        return f"CASE WHEN {x} = floor({x}) THEN CAST(TRY_CAST({x} AS BIGINT) AS VARCHAR) ELSE CAST({x} AS VARCHAR) END"
    return None


def from_typed(column: Column, x: str, kind: str, zone: str, order: DateOrder | None = None) -> str:
    """The value of a Parquet cell `x` of an SQL type for a column; null where it is none of its kind."""
    found: str | None = None
    if column.kind in (Kind.TIME, Kind.DATE):
        found = _typed_instant(x, kind, zone)
        found = f"CAST({found} AS DATE)" if found and column.kind is Kind.DATE else found
    elif column.kind is Kind.FLAG and kind == "BOOLEAN":
        found = x
    else:
        found = _typed_number(column, x, kind)
    return found if found is not None else from_text(column, as_text(x, kind), zone, order)


def as_text(x: str, kind: str) -> str:
    """A Parquet cell as text; an empty text is an empty cell."""
    return f"nullif({x}, '')" if kind == "VARCHAR" else f"CAST({x} AS VARCHAR)"


def order_shown(x: str) -> tuple[str, str]:
    """Two aggregates over the texts of a column: the highest first and the highest second part of dates
    whose year comes last. Texts whose parts are both above 12 are no dates and show nothing."""
    seen = f"CASE WHEN regexp_full_match({x}, {quoted(YEAR_LAST)}) THEN {x} END"
    first, second = (f"TRY_CAST(regexp_extract({seen}, {quoted(YEAR_LAST)}, {n}) AS INTEGER)" for n in (1, 2))
    may_be = f"FILTER (least({first}, {second}) <= 12)"
    return f"max({first}) {may_be}", f"max({second}) {may_be}"


def is_mixed(first: int | None, second: int | None) -> bool:
    """Whether some dates of a column have the day first and some the month, from the highest first and second parts."""
    return first is not None and second is not None and first > 12 and second > 12


def order_of(first: int | None, second: int | None) -> DateOrder | None:
    """The order a column's dates are in, from the highest first and second parts; None if they do not show it."""
    if first is None or second is None or (first > 12) == (second > 12):
        return None
    return "dmy" if first > 12 else "mdy"
