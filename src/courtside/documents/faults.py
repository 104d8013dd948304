"""What is wrong with a template, with what goes into it, or with the keys, in words for whoever mends it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class DocumentError(ValueError):
    """A mistake, where it stands (a place in a file, or the path of a placeholder's value) and how to mend it."""

    def __init__(self, message: str, where: Place | str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where
