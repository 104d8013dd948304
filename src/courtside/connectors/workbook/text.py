"""The text of a spreadsheet cell: numbers in their shortest form, days and instants in ISO form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_SHORT = re.compile(r"-?(?:\d{1,300}|\d{1,9}\.\d{0,5}[1-9])", re.ASCII)
"""Numbers that are in their shortest form as they stand."""
_DIGITS, _NOISE = 15, 3
"""Spreadsheets show 15 digits at most. A number that needs more, and three fewer than 15 once it is cut to them, is one
of those with the noise of binary fractions after it."""
_QUOTED = re.compile(r'"[^"]*"?|\\.|[_*].')
_BRACKETS = re.compile(r"\[[^\]]*\]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]")
_NO_CODES = re.compile("general|am/pm|a/p")
_ESCAPE = re.compile("_x([0-9a-fA-F]{4})_")
_DAY_FORMATS = frozenset((*range(14, 18), *range(27, 32), 34, 35, 36, *range(50, 59)))
_CLOCK_FORMATS = frozenset((18, 19, 20, 21, 22, 32, 33, 45, 47))
_LEAP_DAY = 60
"""Serial number 60 is 29 February 1900, a day that never was."""
_LAST_SERIAL = 2_958_466
"""1 January 10000: beyond what a spreadsheet shows as a date."""
_1904_LATER = 1_462
"""How many days later workbooks that begin in 1904 count from."""
_MS_A_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Shape:
    """How a number is shown: `has_day` and `has_clock` make it a date, `is_elapsed` a length of time.

    `zeros` is how many digits a format like 00000 fills up with zeros.
    """

    has_day: bool = False
    has_clock: bool = False
    is_elapsed: bool = False
    zeros: int = 0


PLAIN = Shape()


def shape_of(number: int, code: str | None) -> Shape:
    """The shape of a number format, by its number and, if the workbook defines it, its code.

    `0.00` and `#,##0 "days"` are plain; `dd/mm/yyyy` has a day; `[h]:mm` is elapsed; `00000` has five zeros.
    """
    if code is None:
        if number == 46:
            return Shape(is_elapsed=True)
        return Shape(has_day=number in _DAY_FORMATS or number == 22, has_clock=number in _CLOCK_FORMATS)
    bare = _QUOTED.sub("", code.lower())
    if _ELAPSED.search(bare):
        return Shape(is_elapsed=True)
    first = _NO_CODES.sub("", _BRACKETS.sub("", bare).split(";")[0])
    has_clock = "h" in first or "s" in first
    has_day = "y" in first or "d" in first or ("m" in first and not has_clock)
    zeros = len(first) if set(first) == {"0"} and len(first) > 1 else 0
    return Shape(has_day, has_clock, zeros=zeros)


def number_text(raw: str) -> str | None:
    """The shortest decimal for the number stored, without the noise of binary fractions; None if it is no number.

    `1.1000000000000001` is `1.1`, `0.30000000000000004` is `0.3`, `569.2038748222118` stays; `1001.0` is `1001`, `1E3`
    is `1000`; digits of whole numbers are kept.
    """
    if _SHORT.fullmatch(raw):
        return "0" if raw == "-0" else raw
    value = _number(raw)
    if value is None:
        return None
    text = repr(value + 0.0)  # without the sign of a zero
    if len(text) > _DIGITS and _digits(text) > _DIGITS:
        cut = f"{value:.{_DIGITS}g}"
        text = cut if _digits(cut) <= _DIGITS - _NOISE else text
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(raw: str) -> float | None:
    """The number stored; None if it is none, or beyond all bounds."""
    if not _NUMBER.fullmatch(raw):
        return None
    value = float(raw)
    return value if abs(value) != float("inf") else None


def _digits(text: str) -> int:
    """How many digits a number has, zeros before the first other one apart."""
    return len(text.partition("e")[0].lstrip("-0.").replace(".", ""))


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}" + (f".{ms:03}" if ms else "")


@lru_cache(maxsize=4096)
def _day(days: int, is_1904: bool) -> str:
    if not is_1904 and days == _LEAP_DAY:
        return "1900-02-29"
    epoch = date(1904, 1, 1) if is_1904 else date(1899, 12, 30 if days > _LEAP_DAY else 31)
    return (epoch + timedelta(days=days)).isoformat()


def _dated(serial: float, shape: Shape, *, is_1904: bool) -> str | None:
    """A number as the day or the time it is shown as; None if no spreadsheet can show it so."""
    if not 0 <= serial < _LAST_SERIAL - (_1904_LATER if is_1904 else 0):
        return None
    days, ms = divmod(round(serial * _MS_A_DAY), _MS_A_DAY)
    if shape.is_elapsed or (serial < 1 and not is_1904):
        return _clock(days * _MS_A_DAY + ms)
    day = _day(days, is_1904)
    return f"{day}T{_clock(ms)}" if ms or shape.has_clock else day


def shown(raw: str, shape: Shape, *, is_1904: bool) -> str:
    """The text of a number cell: `45000` is `2023-03-15` where it is shown as a day, `0.5` is `12:00:00` where as
    a time of day. What is no number stays as it is; a day no spreadsheet can show stays a number."""
    if shape is not PLAIN and not shape.zeros:
        serial = _number(raw)
        text = None if serial is None else _dated(serial, shape, is_1904=is_1904)
        if text is not None:
            return text
    text = number_text(raw)
    if text is None:
        return raw
    return text.zfill(shape.zeros) if text.isdigit() else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    is_text = code in (9, 10, 13) or (code >= 32 and not 0xD800 <= code < 0xE000)
    return chr(code) if is_text else found[0]


def unescaped(text: str) -> str:
    """A text with the escapes of the format resolved: `_x000D_` is a carriage return."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text
