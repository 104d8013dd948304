"""Which column of a file is which field of a record table, and which columns may not come in at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from courtside.connectors.adapter import EXTRA, Refusal
from courtside.records.tables import PROTECTED_WORDS, Table

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True)
class Matched:
    """The fields found in a header (field -> column of the file), and what is wrong with it."""

    columns: Mapping[str, str]
    refusals: tuple[Refusal, ...]


def looks_protected(name: str) -> bool:
    """Whether a column's name holds a word that marks a protected attribute, as a whole word.

    `BirthDate` and `date_of_birth` do; `stage` and `average` do not, although they hold "age".
    """
    return any(word.lower() in PROTECTED_WORDS for word in _WORD.findall(name))


def unnamed(names: Sequence[str]) -> tuple[str, ...]:
    """The header with a name for each column that has none: `column_3`."""
    return tuple(name or f"column_{number}" for number, name in enumerate(names, start=1))


def _duplicates(header: Iterable[str], shown_as: str, line: int) -> list[Refusal]:
    counts = Counter(name.lower() for name in header)
    return [
        Refusal(shown_as, None, line, name, None, "duplicate_column",
                f"{count} columns are called {name}; rename or remove all but one")
        for name, count in counts.items() if count > 1
    ]  # fmt: skip


def _missing(table: Table, found: Mapping[str, str], header: Sequence[str], shown_as: str, line: int) -> list[Refusal]:
    refusals = []
    for column in table.columns:
        if not column.required or column.name in found or column.default is not None:
            continue
        near = get_close_matches(column.name, [name.lower() for name in header], n=1, cutoff=0.6)
        hint = f"rename {near[0]} if that is it" if near else "add it"
        refusals.append(
            Refusal(shown_as, None, line, column.name, None, "missing_column",
                    f"{table.name} needs a column {column.name} ({column.kind.value}); {hint}")
        )  # fmt: skip
    return refusals


def protected(table: Table, columns: Mapping[str, str], shown_as: str, line: int | None) -> list[Refusal]:
    """A refusal for every extra column that looks like a protected attribute, outside the table for them."""
    if table.name == "protected":
        return []
    return [
        Refusal(shown_as, None, line, column, None, "protected_column",
                "this looks like a protected attribute; remove it, or let HR import it as the table `protected`")
        for field, column in columns.items() if field.startswith(EXTRA) and looks_protected(column)
    ]  # fmt: skip


def matched(table: Table, header: Sequence[str], shown_as: str, line: int) -> Matched:
    """Fields by the names the record table gives them, whatever their case; the rest are extra."""
    own = set(table.names)
    columns = {name.lower() if name.lower() in own else EXTRA + name: name for name in header}
    refusals = [
        *_duplicates(header, shown_as, line),
        *_missing(table, columns, header, shown_as, line),
        *protected(table, columns, shown_as, line),
    ]
    return Matched(columns, tuple(refusals))
