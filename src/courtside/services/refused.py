"""A refusal that reaches the person who asked: the reason, how to mend it, and the rows it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any


class Refused(Exception):
    """Something asked for that cannot be done. Nothing has changed.

    `rows` are the refusals one by one, where there are many; `lines` say the first of them in words; `file` is a
    CSV file that holds every one of them.
    """

    def __init__(
        self,
        reason: str,
        lines: Iterable[str] = (),
        rows: Iterable[Mapping[str, Any]] = (),
        notes: Iterable[str] = (),
        file: Path | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lines = tuple(lines)
        self.rows = tuple(rows)
        self.notes = tuple(notes)
        self.file = file


def unknown(what: str, name: str, known: Iterable[str]) -> Refused:
    """The refusal of a name nobody knows, with the nearest names, else the first few there are."""
    names = sorted(set(known))
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    if near:
        hint = f"nearest: {', '.join(near)}"
    elif names:
        hint = f"there is: {', '.join(names[:10])}{' …' if len(names) > 10 else ''}"
    else:
        hint = "there is none yet"
    return Refused(f"there is no {what} {name!r}; {hint}")
