"""A metric as a frozen value: what it counts, on which rung it stands, and what moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from courtside.metrics.expression import Call, Name, Node, names, walk


class Rung(Enum):
    """How far a figure is in a person's hands: from what is handed to them to what can only be reached."""

    INPUT = "input"
    ACTIVITY = "activity"
    OBJECTIVE = "objective"
    RESULT = "result"


class Unit(Enum):
    """What one of it is. A percent is kept as a fraction."""

    COUNT = "count"
    PERCENT = "percent"
    MONEY = "money"
    DAYS = "days"
    RATIO = "ratio"
    SCORE = "score"


class Direction(Enum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Take:
    """An aggregate: `how` over `of`; `share` is the percentile asked for, in hundredths of the cases."""

    how: str
    of: Node | None = None
    share: float | None = None

    @property
    def is_additive(self) -> bool:
        """Whether parts may be added up to the whole."""
        return self.how in ("count", "sum")


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate over the rows of one table, each counted on the day of its date column."""

    table: str
    take: Take
    where: Node | None
    date: str
    owner: str | None
    counts_undated: bool = False


@dataclass(frozen=True, slots=True)
class Ratio:
    """One metric over another: divided last, whatever was added up."""

    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class Derived:
    """Arithmetic on metrics; `n_of` names the metric whose cases stand behind the figure."""

    formula: Node
    n_of: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """The chance of passing a stage within a horizon, with open cases censored."""

    table: str
    pipeline: str
    horizon_days: int


@dataclass(frozen=True, slots=True)
class Stock:
    """An aggregate over the rows standing at a moment."""

    table: str
    take: Take
    where: Node | None


@dataclass(frozen=True, slots=True)
class Observed:
    """A figure somebody wrote down, combined by `mean` (weighted by n) or `sum`."""

    combine: str


Body = Measure | Ratio | Derived | Conversion | Stock | Observed


@dataclass(frozen=True, slots=True)
class Cause:
    """A metric that moves this one, some weeks later."""

    metric: str
    lag_weeks: int


@dataclass(frozen=True, slots=True)
class Example:
    """Rows and the answers they must give: `then` is scope -> period -> value."""

    given: Mapping[str, tuple[Mapping[str, Any], ...]]
    then: Mapping[str, Mapping[str, float | None]]
    as_of: date | None = None
    recorded_at: date | None = None
    params: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One declaration. `block` is what was written, as plain JSON; everything else is read from it."""

    name: str
    label: str
    rung: Rung
    question: str
    unit: Unit
    direction: Direction
    body: Body
    moved_by: tuple[Cause, ...]
    example: Example
    block: Mapping[str, Any]
    cohort: str | None = None
    identity: tuple[str, ...] = ()
    internal: bool = False
    review_on: date | None = None
    notes: str | None = None

    @property
    def kind(self) -> str:
        """Which of the six kinds it is, in the block's own word."""
        return type(self.body).__name__.lower()

    @property
    def is_additive(self) -> bool:
        """Whether a year's figure is the sum of its months', and a target is prorated."""
        return isinstance(self.body, Measure) and self.body.take.is_additive

    @property
    def parts(self) -> tuple[str, ...]:
        """The metrics this one is calculated from."""
        match self.body:
            case Ratio(numerator=numerator, denominator=denominator):
                return (numerator, denominator)
            case Derived(formula=formula, n_of=n_of):
                return tuple(dict.fromkeys([*(str(name) for name in names(formula)), n_of]))
            case _:
                return ()

    @property
    def functions(self) -> tuple[Call, ...]:
        """The function calls of a derived metric's formula."""
        if not isinstance(self.body, Derived):
            return ()
        return tuple(node for node in walk(self.body.formula) if isinstance(node, Call))


def metric_argument(call: Call) -> str:
    """The metric a formula function such as `target(revenue)` speaks of."""
    (argument,) = call.args
    if not isinstance(argument, Name):
        raise TypeError(call.name)
    return str(argument)
