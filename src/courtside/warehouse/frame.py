"""Where the relations of the record tables are built: an engine, a clock, a currency, and how far to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from courtside.warehouse.clock import Clock
from courtside.warehouse.engine import Engine


@dataclass(frozen=True, slots=True)
class Frame:
    """Where relations are built: an engine, the clock, and the firm's currency."""

    engine: Engine
    clock: Clock
    currency: str


@dataclass(frozen=True, slots=True)
class Look:
    """How far to look: a computed column that must be true of the rows, and the first day whose rows are wanted."""

    only: str | None = None
    since: date | None = None
