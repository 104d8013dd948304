"""What is in a column, from a sample of its cells: dates, numbers, few words or many, each once or often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from courtside.connectors.dates import NoDate, Unsettled, iso
from courtside.connectors.numerals import figure, is_ambiguous_number
from courtside.records.tables import Column, Kind

SAMPLE = 1_000
"""Rows that are looked at."""
_MOST = 0.9
"""So large a part of the filled cells must be of a kind."""
_FLAGS = frozenset({"true", "false", "yes", "no", "y", "n", "t", "f", "0", "1", "ja", "nein", "oui", "non", "si"})


def _is_date(text: str) -> bool:
    try:
        found = iso(text, None)
    except Unsettled:
        return True
    except NoDate:
        return False
    return found[:1].isdigit()


def _is_number(text: str) -> bool:
    return figure(text, None) is not None or is_ambiguous_number(text)


@dataclass(frozen=True)  # no slots: what is worked out once is kept in it
class Contents:
    """A sample of one column's cells, blanks around them taken off."""

    cells: Sequence[str]

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """The cells that hold something."""
        return tuple(cell for cell in self.cells if cell)

    @cached_property
    def words(self) -> frozenset[str]:
        """The different texts."""
        return frozenset(self.filled)

    @cached_property
    def are_dates(self) -> bool:
        """Whether nearly all cells are dates."""
        return self._mostly(_is_date)

    @cached_property
    def are_numbers(self) -> bool:
        """Whether nearly all cells are numbers."""
        return self._mostly(_is_number)

    @property
    def are_unique(self) -> bool:
        """Whether every cell is filled, and with something of its own."""
        return bool(self.cells) and len(self.words) == len(self.cells)

    def _mostly(self, test: Callable[[str], bool]) -> bool:
        if not self.filled:
            return False
        words = {word: test(word) for word in self.words}
        return sum(words[cell] for cell in self.filled) >= _MOST * len(self.filled)

    def suits(self, column: Column) -> bool | None:
        """Whether the cells can be values of a field; None if there are none to tell by."""
        if not self.filled:
            return None
        match column.kind:
            case Kind.TIME | Kind.DATE:
                return self.are_dates
            case Kind.MONEY | Kind.NUMBER | Kind.INTEGER:
                return self.are_numbers
            case Kind.FLAG:
                return {word.lower() for word in self.words} <= _FLAGS
            case Kind.ID:
                return not self.are_dates and not {word.lower() for word in self.words} <= _FLAGS - {"0", "1"}
            case _:
                return not self.are_dates
