"""Dates as CRM systems and spreadsheets write them, turned into ISO 8601; never where day and month may be swapped."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Literal
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo

DateOrder = Literal["dmy", "mdy", "ymd"]
ORDERS: dict[str, DateOrder] = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}

_NAMED = (
    "jan januar january janvier janv enero ene gennaio gen janeiro januari",
    "feb februar february fevrier fevr febrero febbraio fevereiro fev februari",
    "mar marz maerz mrz march mars marzo marco maart mrt",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "jun juni june juin junio giugno giu junho",
    "jul juli july juillet juil julio luglio lug julho",
    "aug august aout agosto ago augustus",
    "sep sept september septembre septiembre settembre set setembro",
    "oct okt oktober october octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec dez dezember december decembre diciembre dic dicembre dezembro",
)
MONTHS = {name: number for number, names in enumerate(_NAMED, start=1) for name in names.split()}
"""Names of months in seven languages, without accents."""

_CLOCK = r"(?:[ T,]+(?:at |um )?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
_WEEKDAY = r"(?:[^\W\d]+\.?,?\s+)?"
_DAY_FIRST = re.compile(
    _WEEKDAY
    + r"(\d{1,2})(?:st|nd|rd|th|\.)?[\s\-/]*(?:de\s+)?([^\W\d_]{3,})\.?,?[\s\-/]*(?:de\s+)?(\d{4}|\d{2})"
    + _CLOCK
)
_MONTH_FIRST = re.compile(_WEEKDAY + r"([^\W\d_]{3,})\.?[\s\-/]*(\d{1,2})(?:st|nd|rd|th)?,?[\s\-/]+(\d{4})" + _CLOCK)
_NUMERIC = re.compile(rf"(\d{{1,4}})([/.\-])(\d{{1,2}})\2(\d{{4}}|\d{{1,2}}){_CLOCK}")
_YEAR_FIRST = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d).*", re.DOTALL)
_NAIVE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(\.\d{1,6})?")
_PIVOT = 69
"""Two-digit years from this one on are of the last century, as POSIX has it."""


class NoDate(Exception):
    """A text that is no date in the order said."""


class Unsettled(Exception):
    """A text that is one date or another, until somebody says what comes first."""


def _plain(name: str) -> str:
    return "".join(c for c in normalize("NFKD", name.lower()) if not combining(c))


def _iso(year: str, month: int, day: int, clock: tuple[str | None, ...]) -> str:
    """Raises NoDate for a day that does not exist."""
    number = int(year)
    if len(year) <= 2:
        number += 1900 if number >= _PIVOT else 2000
    try:
        on = date(number, month, day)
        at = _time(clock)
    except ValueError:
        raise NoDate from None
    return on.isoformat() if at is None else f"{on.isoformat()}T{at.isoformat()}"


def _time(clock: tuple[str | None, ...]) -> time | None:
    hour, minute, second, half = clock
    if hour is None or minute is None:
        return None
    number = int(hour)
    if half is not None:
        if not 1 <= number <= 12:
            raise ValueError(hour)
        number = number % 12 + (12 if half[0] in "pP" else 0)
    return time(number, int(minute), int(second or 0))


def _named(text: str, order: DateOrder | None) -> str | None:
    """A date with its month in letters; None if there are no letters of a month."""
    if found := _DAY_FIRST.fullmatch(text):
        day, name, year, *clock = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        name, day, year, *clock = found.groups()
    else:
        return None
    month = MONTHS.get(_plain(name))
    if month is None:
        return None
    if len(year) == 2 and order is None:
        raise Unsettled
    if len(year) == 2 and order == "ymd":
        day, year = year, day
    return _iso(year, month, int(day), tuple(clock))


def iso(text: str, order: DateOrder | None) -> str:
    """A date or instant in ISO 8601. Raises NoDate, or Unsettled where the order is needed and not known.

    `iso("15 Apr, 2021 00:03:00", None)` is `2021-04-15T00:03:00`; `iso("03/07/2021 1:09 PM", "dmy")` is
    `2021-07-03T13:09:00`; `iso("03/07/2021", None)` is unsettled. A text that begins with its year is given back.
    """
    text = text.strip()
    if _YEAR_FIRST.fullmatch(text):
        return text
    if (named := _named(text, order)) is not None:
        return named
    found = _NUMERIC.fullmatch(text)
    if found is None:
        raise NoDate
    first, _, second, third, *clock = found.groups()
    if order is None:
        raise Unsettled
    if order == "ymd":
        if len(third) == 4:
            raise NoDate
        return _iso(first, int(second), int(third), tuple(clock))
    if len(first) > 2:
        raise NoDate
    day, month = (first, second) if order == "dmy" else (second, first)
    return _iso(third, int(month), int(day), tuple(clock))


def order_shown(texts: list[str]) -> DateOrder | None:
    """The order the numeric dates of a column show: in some of them the first or the second number is above 12."""
    shown: set[DateOrder] = set()
    for text in texts:
        found = _NUMERIC.fullmatch(text.strip())
        if found is None or len(found[1]) > 2 or len(found[4]) != 4:
            continue
        if int(found[1]) > 12:
            shown.add("dmy")
        if int(found[3]) > 12:
            shown.add("mdy")
    return shown.pop() if len(shown) == 1 else None


def in_zone(text: str, zone: ZoneInfo) -> str:
    """An instant without a zone as one of that zone; days, and instants with a zone, are given back as they are.

    An hour that comes twice, when clocks go back, is taken as the first of the two.
    """
    found = _NAIVE.fullmatch(text.strip())
    if found is None:
        return text
    parts = [int(part or 0) for part in found.groups()[:6]]
    try:
        at = datetime(*parts, tzinfo=zone)  # type: ignore[misc,arg-type]
    except ValueError:
        return text
    return at.isoformat()
