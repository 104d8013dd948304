"""Numbers as people and spreadsheets write them, turned into plain decimals; never where two readings are possible."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "zł": "PLN"}
"""Currency signs that name one currency. `$` is written for a score of them and names none."""

CODES = frozenset(
    {
        *("AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP"),
        *("HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP"),
        *("PKR", "PLN", "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR"),
    }
)
"""Codes of ISO 4217 that are read beside an amount."""

_SIGN = re.compile(rf"[A-Z]{{0,3}}\$|[€£¥₹₩₽₺₪]|zł|(?<![A-Za-z])(?:{'|'.join(sorted(CODES))})(?![A-Za-z])")
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_SCALES = {"": 1, "k": 1_000, "m": 1_000_000, "mm": 1_000_000, "b": 1_000_000_000, "bn": 1_000_000_000}
_SHAPE = re.compile(r"([+-]?)(\d[\d.,]*|[.,]\d+)([kKmMbB]?[nNmM]?)")
_LONE = re.compile(r"\d{1,3}[.,]\d{3}")
_GROUPED = {mark: re.compile(rf"\d{{1,3}}(?:\{mark}\d{{2,3}})*\{mark}\d{{3}}") for mark in ",."}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number read from a text: plain digits with a point, and the currency its sign names, if it names one."""

    plain: str
    currency: str | None = None


def _bare(text: str) -> tuple[str, str | None]:
    """The text without blanks, currency signs and accountants' brackets (a minus instead), and the sign's currency."""
    sign = _SIGN.search(text)
    currency = None
    if sign is not None:
        text = text[: sign.start()] + text[sign.end() :]
        found = sign[0]
        currency = SIGNS.get(found, found if found in CODES else None)
    bare = _BLANKS.sub("", text)
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    elif bare.endswith("-") and not bare.startswith("-"):
        bare = f"-{bare[:-1]}"
    return bare, currency


def decimal_shown(texts: Iterable[str]) -> str | None:
    """The decimal mark a column shows: `.` or `,`; None if no cell shows it, or cells contradict each other.

    `1.234,50` shows a comma, `1,234,567` a point (its commas stand between thousands), `12.5` a point;
    `1,234` shows nothing: it is read as 1234 or as 1.234.
    """
    shown = {mark for text in texts if (mark := _mark_of(text)) is not None}
    return shown.pop() if len(shown) == 1 else None


def _mark_of(text: str) -> str | None:
    found = _SHAPE.fullmatch(_bare(text)[0])
    if found is None:
        return None
    digits = found[2]
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return max(".,", key=digits.rfind)
    if points + commas == 0 or _LONE.fullmatch(digits):
        return None
    mark = "." if points else ","
    other = "," if points else "."
    return other if points + commas > 1 else mark


def is_ambiguous_number(text: str) -> bool:
    """Whether a text is a number that says one thing with a decimal point and another with a decimal comma."""
    found = _SHAPE.fullmatch(_bare(text)[0])
    return found is not None and bool(_LONE.fullmatch(found[2])) and not found[2].startswith("0")


def figure(text: str, decimal: str | None) -> Figure | None:
    """The number a text writes with that decimal mark; None if it is none, or if the mark is needed and not known.

    `figure("$1,117.10K", ".")` is 1117100.00; `figure("1.234,50 €", ",")` is 1234.50 EUR; `figure("(12)", None)`
    is -12; `figure("1,234", ",")` is 1.234, and without a mark None, see `is_ambiguous_number`.
    """
    bare, currency = _bare(text)
    found = _SHAPE.fullmatch(bare)
    if found is None or found[3].lower() not in _SCALES:
        return None
    minus, digits, scale = found.groups()
    mark = decimal or _mark_of(text) or ("." if not _LONE.fullmatch(digits) else None)
    if mark is None and digits.startswith("0"):
        mark = digits[-4]
    if mark is None:
        return None
    plain = _plain(digits, mark)
    if plain is None:
        return None
    factor = _SCALES[scale.lower()]
    if factor > 1:
        plain = format(Decimal(plain) * factor, "f")
    return Figure(("-" if minus == "-" else "") + plain, currency)


def _plain(digits: str, mark: str) -> str | None:
    """The digits with a point for the mark and nothing between thousands; None if they are not so grouped."""
    group = "." if mark == "," else ","
    whole, _, part = digits.partition(mark)
    if group in part or mark in part:
        return None
    if group in whole:
        if not _GROUPED[group].fullmatch(whole):
            return None
        whole = whole.replace(group, "")
    return f"{whole or '0'}.{part}" if part else whole or "0"
