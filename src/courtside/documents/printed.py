"""Values as they are printed: days and numbers in words, and text in which nothing can hide, reorder or run over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from courtside.analysis.wording import amount, between, day, whole
from courtside.documents.placeholders import OUTCOMES, PLACEHOLDERS
from courtside.documents.values import Choice, Day, Exact, Flag, Kind, Number, Paragraph, Rows, Text
from courtside.metrics.metric import Unit

NOT_KNOWN = "not recorded"
VERDICTS: Mapping[str, str] = {"": "", "met": "met", "not_met": "not met", "cannot_tell": "cannot tell"}
OUTCOME_WORDS: Mapping[str, str] = dict(zip(OUTCOMES, ("released", "new plan", "removed", "extended"), strict=True))
_LONGEST_WORD = 22
_MOST_MARKS = 3
_JOINERS = "\u200c\u200d\u200e\u200f\u061c"
"""Marks that names in Persian, Arabic, Hebrew and Indian scripts need."""
_WORDS = re.compile(r"[^\s\-‐–—]+")
_BREAK = "\u200b"


def visible(text: str) -> str:
    """Text in which every character can be seen: controls and reordering marks are written out, as ‹U+202E›.

    More than three marks piled on one letter are written out too, and words longer than a line may be broken.
    """
    shown: list[str] = []
    marks = 0
    for character in text.replace("\t", " "):
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        shown.append(_written_out(character) if marks > _MOST_MARKS or _hides(character) else character)
    return _WORDS.sub(lambda word: _breakable(word.group()), "".join(shown))


def printed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The frozen values of a document as texts that are ready to print, by placeholder."""
    return {name: _printed(PLACEHOLDERS[name].kind, value) for name, value in values.items()}


def _printed(kind: Kind, value: Any) -> Any:
    match kind:
        case Rows():
            return [_row(kind, row) for row in value]
        case Day():
            return day(date.fromisoformat(value))
        case Number():
            return NOT_KNOWN if value is None else whole(value)
        case Exact():
            return repr(value)
        case Flag():
            return {True: "yes", False: "no", None: ""}[value]
        case Choice():
            return OUTCOME_WORDS.get(value) or VERDICTS.get(value) or value
        case Text() | Paragraph():
            return visible(value)
        case _:
            raise TypeError(f"{type(kind).__name__} cannot be printed")


def _row(kind: Rows, row: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: _printed(kind.cells[name], value) for name, value in row.items()}
    return {**texts, **_goal(row)} if "target" in kind.cells else texts


def _goal(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is printed of a goal beyond its plain cells: figures with their unit, and where to draw them (0 to 1)."""
    unit = Unit(row["unit"])
    low, high = row["low"], row["high"]
    return {
        "value": NOT_KNOWN if row["value"] is None else amount(row["value"], unit),
        "range": NOT_KNOWN if low is None or high is None else between(low, high, unit),
        "target": NOT_KNOWN if row["target"] is None else _target(row["target"], row["direction"], unit),
        "bar": _bar([row["value"], low, high, row["target"]]),
    }


def _target(target: float, direction: str, unit: Unit) -> str:
    return f"{'at least' if direction == 'up' else 'at most'} {amount(target, unit)}"


def _bar(numbers: Sequence[float | None]) -> list[float]:
    """Value, low, high and target as shares of a line that begins at 0; nothing where one is missing or below 0."""
    known = [number for number in numbers if number is not None]
    most = max(known, default=0.0)
    if len(known) < len(numbers) or min(known) < 0 or most <= 0:
        return []
    return [round(number / (most * 1.05), 4) for number in known]


def _hides(character: str) -> bool:
    if character in "\n" + _JOINERS:
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")


def _written_out(character: str) -> str:
    return f"‹U+{ord(character):04X}›"


def _breakable(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word
    clusters = re.findall(r".[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u200c\u200d]*", word, re.DOTALL)
    pieces = [clusters[at : at + 11] for at in range(0, len(clusters), 11)]
    return _BREAK.join("".join(piece) for piece in pieces)
