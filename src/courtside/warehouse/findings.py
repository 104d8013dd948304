"""A finding about data quality, and names that are spelled in more ways than one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from courtside.records.tables import TABLES, Table
from courtside.warehouse.batches import Batch, living

VOCABULARIES = (
    (("leads", "source"), ("opportunities", "source"), ("spend", "source")),
    (("leads", "campaign"), ("spend", "campaign")),
    (("opportunities", "product"),),
    (("opportunities", "stage"), ("stage_changes", "stage")),
    (("assignments", "team"),),
    (("assignments", "segment"),),
    (("assignments", "region"),),
    (("accounts", "industry"),),
)
"""Columns that use the same words, in groups."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Rows that are odd in one way."""

    code: str
    table: Table
    rows: str
    """A query for the odd rows."""
    sentence: str
    """With {count} for how many."""
    example: str | None = None
    """The SQL of an example; the key if none is given."""


def spellings(new: Mapping[str, str], batches: Sequence[Batch], root: Path) -> Iterator[Finding]:
    """Rows whose word differs from a more frequent one only by blanks or capitals: `OnlineStore`, `Online Store`.

    `new` is, by table, something to select from: the rows an import brings a version of.
    """
    for vocabulary in VOCABULARIES:
        for name, column in vocabulary:
            if name in new:
                yield Finding(
                    "alias",
                    TABLES[name],
                    f"SELECT r.* FROM {new[name]} r JOIN ({_rarer(vocabulary, new, batches, root)}) a "
                    f'ON r."{column}" = a.word',
                    f"{{count}} rows of {name} spell a {column} differently from most; they are counted apart: "
                    "let the export write it in one way, or map it",
                    f'"{column}"',
                )


def _rarer(vocabulary: Sequence[tuple[str, str]], new: Mapping[str, str], batches: Sequence[Batch], root: Path) -> str:
    """A query for the words of a vocabulary of which a more frequent spelling is there, now or in what is living."""
    parts = [f'SELECT "{column}" AS word FROM {new[name]}' for name, column in vocabulary if name in new]
    parts += [f'SELECT "{column}" FROM ({living(TABLES[name], batches, root)})' for name, column in vocabulary]
    letters = "lower(regexp_replace(word, '[\\s_.-]', '', 'g'))"
    words = f"SELECT word, {letters} AS letters, count(*) AS n FROM ({' UNION ALL '.join(parts)}) GROUP BY word"
    ranked = "row_number() OVER (PARTITION BY letters ORDER BY n DESC, word) > 1 AND letters <> ''"
    return f"SELECT word FROM ({words}) WHERE word IS NOT NULL QUALIFY {ranked}"
