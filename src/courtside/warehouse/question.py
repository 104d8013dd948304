"""A question about a metric, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from courtside.records.period import Grain


class CannotAnswer(ValueError):
    """A question the records cannot answer; the message says why and what can be asked instead."""


@dataclass(frozen=True, slots=True)
class Question:
    """One metric, cut and clocked. `first` and `last` are both included; without them, all there is.

    `by` are dimensions, `scopes` groups it is narrowed to (`team:North`; a bare word is a person).
    """

    metric: str
    by: tuple[str, ...]
    grain: Grain | None
    first: date | None
    last: date | None
    as_of: date
    known_at: datetime | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows as DATA.md section 4 writes them, and sentences about them."""

    rows: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...] = ()
