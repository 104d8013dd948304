"""What the warehouse needs of a database, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol

from sqlglot import exp

from courtside.warehouse.batches import Batch

EMBEDDED = "duckdb"
"""The engine of a workspace that names none: it runs inside this process."""
_GROUP = "courtside.engines"


class EngineError(Exception):
    """An engine that cannot be used as it is set up; the message says why and what to do."""


class Engine(Protocol):
    """A database holding the record tables as known at one instant, plus these prepared tables.

    `spans(person_id, starts_on, ends_on, manager_id, team, segment, region, seniority)`: where a person
    belonged, end excluded. `rates(currency, starts_on, ends_on, rate)`: worth in the firm's currency.
    `next_working_days(day, region, next_day)`: the first working day after a day.
    `stage_probabilities(pipeline, stage, probability)`: chances of winning, filled for a question.
    `working_days(person_id, day, _batch)`: days a person was there to work (`prepared.WORKING_DAYS`).
    Every record table also has `_batch`, the number of the batch that holds the row.

    Texts compare and sort by their code points; a null sorts after every value.
    """

    has_currencies: bool
    """Whether any row is in another currency than the firm's."""
    fixed: Mapping[str, Mapping[str, tuple[int, ...]]]
    """Case table -> field -> batches whose connector declares it fixed at opening."""

    @classmethod
    def over_batches(  # noqa: PLR0913  (what the records are, and where)
        cls, root: Path, batches: Iterable[Batch], known_at: datetime | None, zone: str, currency: str, database: str
    ) -> Engine:
        """The record tables as the batches of a workspace known at an instant give them.

        `database` is where, in the engine's own words. Raises EngineError.
        """
        ...

    @classmethod
    def over_rows(
        cls,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        currency: str,
        recorded_on: date | None,
        database: str,
    ) -> Engine:
        """The record tables holding exactly these rows, recorded on a day (None: before everything)."""
        ...

    @classmethod
    def behind(cls, root: Path, batches: Iterable[Batch], database: str) -> tuple[str, int]:
        """What answers, in a few words, and how many files of the batches it has not copied yet. Raises EngineError."""
        ...

    @classmethod
    def forget(cls, root: Path, database: str) -> None:
        """Take away all that a database keeps of a workspace's records."""
        ...

    def run(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        ...

    def text(self, query: exp.Query) -> str:
        """A query in the engine's dialect, to be asked again and again."""
        ...

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of a query from its text."""
        ...

    def load(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """A temporary table of that name with these rows, in place of any earlier one."""
        ...

    def keep(self, name: str, query: exp.Query) -> None:
        """A temporary table of that name holding a query's rows, in place of any earlier one."""
        ...

    def recorded_by(self, table: str, day: date) -> str | None:
        """The name of the versions of a table recorded by the end of a day; None if that is all of them."""
        ...

    def person_names(self) -> Mapping[str, str]:
        """The name of every person, as last recorded."""
        ...

    def first_recorded_on(self) -> date | None:
        """The day on which the oldest batch was recorded; None where there are no batches."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...

    def is_empty(self, table: str) -> bool:
        """Whether a record table has no rows."""
        ...


def engine_names() -> Mapping[str, EntryPoint]:
    """Every engine there is, this distribution's and others', by the word its addresses begin with."""
    return {point.name: point for point in entry_points(group=_GROUP)}


def name_in(address: str) -> str:
    """The engine an address is of: `duckdb`, or what stands before `://`.

    >>> name_in("postgresql://courtside@db/sales")
    'postgresql'
    """
    return address.partition("://")[0]


def engine_for(address: str) -> type[Engine]:
    """The engine an address is of. Raises EngineError."""
    name, points = name_in(address), engine_names()
    if name not in points:
        raise EngineError(f"there is no engine {name!r}; there is: {', '.join(sorted(points))}")
    found: type[Engine] = points[name].load()
    return found
