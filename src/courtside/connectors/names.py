"""Finding what a name stands for when the same thing is spelled with other blanks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches


def _squeezed(name: str) -> str:
    return "".join(name.split()).casefold()


class Names:
    """The names of one kind of thing, and which other spellings of them were met."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._by_letters: dict[str, str] = {}
        self.aliases: Counter[tuple[str, str]] = Counter()
        for name in known:
            self.add(name)

    def add(self, name: str) -> str:
        """Make a name known; of two spellings of one name, the first is kept. Answers the one kept."""
        return self._by_letters.setdefault(_squeezed(name), name)

    def find(self, name: str) -> str | None:
        """The known name with the same letters, blanks and capitals apart; None if there is none.

        `GTXPro` finds `GTX Pro`. Another spelling than the known one is remembered in `aliases`.
        """
        known = self._by_letters.get(_squeezed(name))
        if known is not None and known != name:
            self.aliases[name, known] += 1
        return known

    def nearest(self, name: str) -> str | None:
        """The known name that looks most like another."""
        found = get_close_matches(name, self._by_letters.values(), n=1, cutoff=0.5)
        return found[0] if found else None
