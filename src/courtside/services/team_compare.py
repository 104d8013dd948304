"""Comparing the people of a team in one metric: the team's line, and whose likely range leaves it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from courtside.services.box_score_figures import Everyone, Row
from courtside.services.team_people import Mate

if TYPE_CHECKING:
    from courtside.analysis.kinds import Kind
    from courtside.metrics.metric import Metric

FEWEST = 4
"""With fewer people than this no line is drawn and nobody is compared (UX 8.2)."""
DAYS_A_WEEK = 5
"""What adds up is told by so many days of being there."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A person's figure. `at`, `low` and `high` are on the shared scale: by week there for what adds up.

    `side` is `above`, `below` or `even` against the team's line, `apart` for who is not compared.
    """

    mate: Mate
    row: Row | None
    at: float | None
    low: float | None
    high: float | None
    side: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everybody's figures of a metric. `line` is the team's, None where nobody is compared, and `why_not` says why."""

    metric: Metric
    kind: Kind
    is_by_week: bool
    figures: tuple[Figure, ...]
    line: float | None
    why_not: str

    def on(self, side: str) -> tuple[Figure, ...]:
        """The figures on one side of the line, in the order of names."""
        return tuple(figure for figure in self.figures if figure.side == side)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is recorded of anybody."""
        return all(figure.row is None or figure.row["value"] is None for figure in self.figures)

    @property
    def is_complete(self) -> bool:
        """Whether anything is recorded, and all of it is over."""
        rows = [figure.row for figure in self.figures if figure.row is not None and figure.row["value"] is not None]
        return bool(rows) and all(row["complete"] for row in rows)


def compare(metric: Metric, kind: Kind, everyone: Everyone, mates: Sequence[Mate]) -> Comparison:
    """The figures of some people beside the line they make together."""
    is_by_week = metric.is_additive or metric.unit.value in ("count", "money")
    bare = [_figure(mate, everyone.row(metric.name, mate.person_id), is_by_week) for mate in mates]
    counted = [figure for figure in bare if figure.side == "even"]
    why_not = _why_not(metric, kind, everyone, mates, counted)
    line = None if why_not else _line(kind, is_by_week, counted)
    if line is None:
        return Comparison(metric, kind, is_by_week, tuple(bare), None, why_not or "There is nothing to compare.")
    return Comparison(metric, kind, is_by_week, tuple(_sided(figure, line) for figure in bare), line, "")


def _figure(mate: Mate, row: Row | None, is_by_week: bool) -> Figure:
    """A figure on the shared scale; `even` for all that can be compared."""
    if row is None or row["value"] is None:
        return Figure(mate, row, None, None, None, "apart", mate.apart or "nothing recorded")
    by = mate.days_there / DAYS_A_WEEK if is_by_week else 1.0
    if by <= 0:
        return Figure(mate, row, None, None, None, "apart", mate.apart)
    span = row["likely"] or row["interval"] or (None, None)
    best = row["shrunk"] if row["shrunk"] is not None else row["value"]
    at, low, high = (None if x is None else float(x) / by for x in (best, *span))
    return Figure(mate, row, at, low, high, "apart" if mate.apart else "even", mate.apart)


def _sided(figure: Figure, line: float) -> Figure:
    if figure.side == "apart" or figure.low is None or figure.high is None:
        return figure
    side = "above" if figure.low > line else ("below" if figure.high < line else "even")
    return Figure(figure.mate, figure.row, figure.at, figure.low, figure.high, side)


def _why_not(metric: Metric, kind: Kind, everyone: Everyone, mates: Sequence[Mate], counted: Sequence[Figure]) -> str:
    """Why nobody is compared; empty where people are."""
    if metric.name in everyone.refusals:
        return f"{everyone.refusals[metric.name]}."
    if len({mate.role for mate in mates if not mate.apart}) > 1:
        return "People of different roles are not compared: choose a role."
    if len(counted) < FEWEST:
        few = f"{_people(len(counted))} here can be compared. With fewer than {FEWEST} the line would be theirs more "
        return f"{few}than the team’s."
    if any(not figure.row["complete"] for figure in counted if figure.row is not None):
        return "This figure is not complete yet, and what is not over is not compared."
    if kind.value == "bare":
        return "How far chance moves this figure cannot be told, so nobody is set apart by it."
    return ""


def _line(kind: Kind, is_by_week: bool, counted: Sequence[Figure]) -> float | None:
    """What the people come to together, on the shared scale."""
    rows: list[Row] = [figure.row for figure in counted if figure.row is not None]
    if is_by_week:
        weeks = sum(figure.mate.days_there for figure in counted) / DAYS_A_WEEK
        return sum(float(row["value"]) for row in rows) / weeks
    if kind.value == "ranked":
        return float(median(float(row["value"]) for row in rows))
    below = sum(_number(row["denominator"]) for row in rows)
    if below:
        return sum(_number(row["numerator"]) for row in rows) / below
    cases = sum(_number(row["n"]) for row in rows)
    return sum(float(row["value"]) * _number(row["n"]) for row in rows) / cases if cases else None


def _number(value: Any) -> float:
    return float(value or 0)


def _people(number: int) -> str:
    return {0: "Nobody", 1: "Only 1 person"}.get(number, f"Only {number} people")
