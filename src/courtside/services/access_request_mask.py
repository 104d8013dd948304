"""Masking in what a person is given about themself: other people become numbers, the same one throughout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_WORDS = re.compile(r"\w+|\W+")


class Mask:
    """Replaces ids and user names of others where they stand alone, and their names and addresses inside texts."""

    def __init__(self, alone: Mapping[str, str], within: Mapping[str, str], own: Iterable[str]) -> None:
        """`alone` and `within`: text -> whose it is. `own`: the person's own texts, which stay."""
        kept = set(own)
        self._alone = {text: who for text, who in alone.items() if text and text not in kept}
        self._within: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for text, who in within.items():
            parts = tuple(_WORDS.findall(text.strip()))
            if parts and text.strip() not in kept:
                self._within.setdefault(parts[0], []).append((parts, who))
        for found in self._within.values():
            found.sort(key=lambda one: -len(one[0]))
        self._numbers: dict[str, int] = {}

    @property
    def masked(self) -> int:
        """How many other people have become numbers so far."""
        return len(self._numbers)

    def of(self, value: Any) -> Any:
        """A value as the person gets it; mappings and lists all the way down."""
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.of(one) for key, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.of(one) for one in value]
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        """A text without other people in it."""
        if text in self._alone:
            return self._number(self._alone[text])
        head, _, rest = text.partition(":")
        if head == "person" and rest in self._alone:
            return f"person:{self._number(self._alone[rest])}"
        return self._inside(text)

    def _inside(self, text: str) -> str:
        parts, at, out = _WORDS.findall(text), 0, []
        while at < len(parts):
            for name, who in self._within.get(parts[at], ()):
                if tuple(parts[at : at + len(name)]) == name:
                    out.append(self._number(who))
                    at += len(name)
                    break
            else:
                out.append(parts[at])
                at += 1
        return "".join(out)

    def _number(self, who: str) -> str:
        return f"another person ({self._numbers.setdefault(who, len(self._numbers) + 1)})"
