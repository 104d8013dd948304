"""The types of what goes into a document: what each accepts, and the words of a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any, Protocol

from courtside.documents.faults import DocumentError

MOST_LINES = 60
"""Lines a paragraph may be broken into by hand; a longer text is a document of its own."""


class Kind(Protocol):
    """A type of value. `read` answers the value as plain JSON, or raises DocumentError naming `path`."""

    @property
    def named(self) -> str:
        """What it is called in the reference and in refusals."""
        ...

    def read(self, value: Any, path: str) -> Any:
        """The value as plain JSON. Raises DocumentError."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text."""

    most: int = 200

    @property
    def named(self) -> str:
        """As in the reference."""
        return f"a line of at most {self.most} characters"

    def read(self, value: Any, path: str) -> str:
        """The text, without blanks at its ends."""
        text = _text(value, path).strip()
        if "\n" in text or "\r" in text:
            raise DocumentError("a single line is needed; take the line breaks out", path)
        if len(text) > self.most:
            raise DocumentError(f"{len(text)} characters are too many; at most {self.most} fit", path)
        return text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text of several lines."""

    most: int = 1200

    @property
    def named(self) -> str:
        """As in the reference."""
        return f"text of at most {self.most:,} characters"

    def read(self, value: Any, path: str) -> str:
        """The text with one kind of line break, and no more than one empty line together."""
        unix = _text(value, path).strip().replace("\r\n", "\n").replace("\r", "\n")
        lines = [line.rstrip() for line in unix.split("\n")]
        kept = [line for at, line in enumerate(lines) if line or lines[at - 1]]
        text = "\n".join(kept)
        if len(text) > self.most:
            raise DocumentError(f"{len(text):,} characters are too many; at most {self.most:,} fit", path)
        if len(kept) > MOST_LINES:
            raise DocumentError(f"{len(kept)} lines are too many; at most {MOST_LINES} fit", path)
        return text


@dataclass(frozen=True, slots=True)
class Day:
    """A day."""

    named: str = "a day, as 2026-11-02"

    def read(self, value: Any, path: str) -> str:
        """The day by ISO."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        try:
            return date.fromisoformat(value).isoformat()
        except (TypeError, ValueError):
            raise DocumentError(f"{value!r} is no day; write it as 2026-11-02", path) from None


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or nothing where it is not known: what is missing is never 0."""

    named: str = "a number, or nothing where it is not known"

    def read(self, value: Any, path: str) -> int | float | None:
        """The number."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise DocumentError(f"{value!r} is no number", path)
        return value


@dataclass(frozen=True, slots=True)
class Exact:
    """A number that is printed digit for digit, as it was frozen."""

    named: str = "a number, printed digit for digit"

    def read(self, value: Any, path: str) -> int | float:
        """The number."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise DocumentError(f"{value!r} is no number", path)
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes, no, or not known."""

    named: str = "true, false, or nothing where it is not known"

    def read(self, value: Any, path: str) -> bool | None:
        """The answer."""
        if value is None or isinstance(value, bool):
            return value
        raise DocumentError(f"{value!r} is neither true nor false", path)


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of several."""

    words: tuple[str, ...]

    @property
    def named(self) -> str:
        """As in the reference."""
        return f"one of {', '.join(word or '(empty)' for word in self.words)}"

    def read(self, value: Any, path: str) -> str:
        """The word."""
        word = getattr(value, "value", value)
        if not isinstance(word, str) or word not in self.words:
            raise DocumentError(f"{value!r} is not known here; it is {self.named}", path)
        return word


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: rows with the same cells, none of them left out."""

    cells: Mapping[str, Kind]
    most: int

    @property
    def named(self) -> str:
        """As in the reference."""
        return f"at most {self.most} rows of {', '.join(self.cells)}"

    def read(self, value: Any, path: str) -> list[dict[str, Any]]:
        """The rows."""
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Sequence):
            raise DocumentError(f"a list of rows is needed, not {type(value).__name__}", path)
        if len(value) > self.most:
            raise DocumentError(f"{len(value)} rows are too many; at most {self.most} fit", path)
        return [self._row(row, f"{path}[{at}]") for at, row in enumerate(value)]

    def _row(self, row: Any, path: str) -> dict[str, Any]:
        if not isinstance(row, Mapping):
            raise DocumentError(f"a row of {', '.join(self.cells)} is needed", path)
        refuse_strangers(row, self.cells, path)
        return {name: kind.read(row[name], f"{path}.{name}") for name, kind in self.cells.items()}


def refuse_strangers(given: Mapping[Any, Any], known: Mapping[str, Any] | Sequence[str], path: str = "") -> None:
    """Every name given is known, and none is missing. Raises DocumentError naming the first that is not."""
    for name in given:
        if name not in known:
            where = f"{path}.{name}" if path else str(name)
            raise DocumentError(f"this is not known here; there is {', '.join(known)}", where)
    for name in known:
        if name not in given:
            raise DocumentError("this is missing", f"{path}.{name}" if path else name)


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise DocumentError(f"{value!r} is no text", path)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DocumentError(f"half a character stands at position {error.start + 1}; type it again", path) from None
    return value
