"""Rows as an aligned table, as JSON or as CSV that no spreadsheet will run."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import east_asian_width

from courtside.services.spreadsheet import harmless

Row = Mapping[str, Any]

_FIGURE = "value"
_UNKNOWN = "-"
"""What stands in a column of numbers where one is not known: not the same as 0."""
_PLACES = 4
"""Digits after the point in a table; JSON and CSV round nothing."""


def printable(text: str) -> str:
    """The text with everything a terminal would obey or hide written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def plain(value: Any) -> Any:
    """A value as JSON knows it: decimals as numbers, days and instants in ISO form, no NaN."""
    match value:
        case None | str() | bool() | int():
            known: Any = value
        case Decimal() | float():
            known = _finite(value)
        case date():
            known = value.isoformat()
        case Mapping():
            known = {str(key): plain(item) for key, item in value.items()}
        case Iterable():
            known = [plain(item) for item in value]
        case _:
            known = str(value)
    return known


def _finite(value: Decimal | float) -> float | int | None:
    if isinstance(value, Decimal) and value.is_nan():
        return None
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if isinstance(value, Decimal) and number.is_integer() else number


def as_json(data: Mapping[str, Any]) -> str:
    """One JSON object on one line."""
    return json.dumps(plain(data), ensure_ascii=False, allow_nan=False)


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _csv_cell(value: Any) -> str:
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        value = json.dumps(value, ensure_ascii=False)
    text = str(harmless(value))
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def _csv_line(cells: Iterable[Any]) -> str:
    return (",".join(map(_csv_cell, cells)) or '""') + "\n"


def as_csv(rows: Sequence[Row]) -> str:
    """The rows with a header; a text a spreadsheet would run gets a leading apostrophe, numbers stay numbers."""
    names = _columns(rows)
    if not names:
        return ""
    return _csv_line(names) + "".join(_csv_line(row.get(name) for name in names) for row in rows)


def _number(value: float) -> str:
    text = f"{value:.{_PLACES}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _words(value: Any) -> str:
    """A value in a table cell. Of a list of mappings the first two fields of each are shown."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, dict):
        return " ".join(_words(item) for item in list(value.values())[:2])
    return printable(str(value))


def _is_shown(name: str, rows: Sequence[Row]) -> bool:
    if name == _FIGURE:
        return any(name in row for row in rows)
    return any(row.get(name) not in (None, [], ()) for row in rows)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int, is_number: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if is_number else text + space


def as_table(rows: Sequence[Row], columns: Sequence[str] = ()) -> str:
    """The rows in aligned columns, whole; columns empty in every row are left out, but for the figure itself."""
    if not rows:
        return "no rows"
    names = [name for name in columns or _columns(rows) if _is_shown(name, rows)]
    numeric = {name: all(isinstance(plain(row.get(name)), int | float | None) for row in rows) for name in names}
    cells = [[_words(row.get(name)) or (_UNKNOWN if numeric[name] else "") for name in names] for row in rows]
    widths = [max(_width(text) for text in column) for column in zip(names, *cells, strict=True)]
    lines = [[*names], ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            _padded(text, width, numeric[name]) for text, width, name in zip(line, widths, names, strict=True)
        ).rstrip()
        for line in lines
    )
