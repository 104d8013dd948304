"""What is wrong with a definition, and where it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class MetricError(ValueError):
    """One mistake in a metric block: `file:line:column: path: message`."""

    def __init__(self, message: str, path: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.message, self.path, self.place = message, path, place

    def __str__(self) -> str:
        return ": ".join(str(part) for part in (self.place, self.path, self.message) if part)


class DefinitionErrors(ValueError):
    """All the mistakes found in one reading."""

    def __init__(self, errors: Iterable[MetricError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))


class UnknownMetric(KeyError):
    """No metric of that name; `nearest` are the names most like it."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(name)
        self.name = name
        self.nearest = nearest(name, known)

    def __str__(self) -> str:
        return f"there is no metric {self.name!r}{did_you_mean(self.nearest)}"


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three known names most like a given one."""
    return tuple(get_close_matches(name, list(known), n=3, cutoff=0.5))


def did_you_mean(names: Iterable[str]) -> str:
    """The end of a refusal that names the nearest names, or nothing."""
    listed = ", ".join(names)
    return f"; nearest: {listed}" if listed else ""
