"""What the warehouse needs of a database, whichever it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from sqlglot import exp


class Engine(Protocol):
    """A database holding the record tables as known at one instant, plus these prepared tables.

    `spans(person_id, starts_on, ends_on, manager_id, team, segment, region, seniority)`: where a person
    belonged, end excluded. `rates(currency, starts_on, ends_on, rate)`: worth in the firm's currency.
    `next_working_days(day, region, next_day)`: the first working day after a day.
    Every record table also has `_batch`, the number of the batch that holds the row.
    """

    has_currencies: bool
    """Whether any row is in another currency than the firm's."""
    fixed: Mapping[str, Mapping[str, tuple[int, ...]]]
    """Case table -> field -> batches whose connector declares it fixed at opening."""

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
