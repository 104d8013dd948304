"""Teams beside rungs: where each team is ahead of or behind people like its own, and on which metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from courtside.analysis.benchmark.people_figures import PeopleFigures, Reader
from courtside.analysis.statistics.distributions import Array, Flags, Indices, added, student_quantile
from courtside.analysis.wording import noun, percent, plural
from courtside.metrics.metric import Direction, Metric
from courtside.warehouse.question import CannotAnswer

HIDDEN = 5
"""A cell of fewer people is hidden."""
_RUNGS = ("activity", "objective", "result")


@dataclass(frozen=True, slots=True)
class Cell:
    """One metric of one team: what its people did over what people like them would have done."""

    team: str
    metric: Metric
    people: int
    ratio: float | None = None
    interval: tuple[float, float] | None = None

    @property
    def position(self) -> str:
        """`ahead`, `behind`, `not_separable`, or `hidden` below five people."""
        if self.ratio is None or self.interval is None:
            return "hidden"
        if self.interval[0] <= 1 <= self.interval[1] or self.metric.direction is Direction.NONE:
            return "not_separable"
        is_up = self.metric.direction is not Direction.DOWN
        return "ahead" if (self.ratio > 1) is is_up else "behind"


def expected_of(figures: PeopleFigures, role: Indices, team: Indices) -> Array:
    """What the people of the same role in all other teams would have done with each one's cases or days."""
    teams = int(team.max(initial=0)) + 1
    both = role * teams + team
    size = (int(role.max(initial=0)) + 1) * teams
    hits = added(role, figures.hits)[role] - added(both, figures.hits, size)[both]
    of = added(role, figures.exposure)[role] - added(both, figures.exposure, size)[both]
    return np.where(of > 0, figures.exposure * hits / np.maximum(of, 1e-300), np.nan)


def ratio_of(observed: Array, expected: Array) -> tuple[float, tuple[float, float]]:
    """Observed over expected of a group and its 95 % interval over people, who differ by chance and for good.

    Source: the ratio estimator, Cochran 1977, 6.4; Student's t with people - 1 degrees of freedom.
    """
    people, ratio = len(observed), float(observed.sum() / expected.sum())
    spread = float(((observed - ratio * expected) ** 2).sum()) * people / (people - 1)
    reach = student_quantile(0.975, people - 1) * sqrt(spread) / float(expected.sum())
    return ratio, (max(ratio - reach, 0.0), ratio + reach)


def rung_map(reader: Reader, names: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """A row for each team and rung, with the metrics on it; cells of fewer than five people hidden."""
    cells = [cell for name in names for cell in _cells_of(reader, name)]
    teams = sorted({cell.team for cell in cells})
    rows = []
    for team in teams:
        for rung in _RUNGS:
            own = [cell for cell in cells if cell.team == team and cell.metric.rung.value == rung]
            if own:
                rows.append(_row(reader, team, rung, own))
    return rows, ["Teams as they were on the last day; people beside those of the same role in other teams."]


def _cells_of(reader: Reader, name: str) -> Iterator[Cell]:
    try:
        figures = reader.figures(name)
    except CannotAnswer:
        return
    if not figures.is_counted:
        return
    on = min(reader.period.last_on, reader.question.as_of)
    firm = reader.session.open_firm()
    team_of = firm.group_on("team", on)
    there = reader.is_ready(figures.persons) & (figures.exposure > 0)
    chosen = figures.only(
        [p for p, is_there in zip(figures.persons, there, strict=True) if is_there and team_of.get(p) is not None]
    )
    if not len(chosen.persons):
        return
    teams, team = _numbered([team_of[p] for p in chosen.persons])
    _, role = _numbered([firm.roles.get(p) or "" for p in chosen.persons])
    expected = expected_of(chosen, role, team)
    known = np.isfinite(expected) & (expected > 0)
    for n, name_of_team in enumerate(teams):
        yield _cell(name_of_team, chosen, expected, known & (team == n))


def _cell(team: str, figures: PeopleFigures, expected: Array, members: Flags) -> Cell:
    people = int(members.sum())
    if people < HIDDEN:
        return Cell(team, figures.metric, people)
    return Cell(team, figures.metric, people, *ratio_of(figures.hits[members], expected[members]))


def _numbered(values: Sequence[str]) -> tuple[list[str], Indices]:
    names = sorted(set(values))
    place = {name: n for n, name in enumerate(names)}
    return names, np.array([place[value] for value in values], dtype=np.int64)


def _row(reader: Reader, team: str, rung: str, cells: Sequence[Cell]) -> dict[str, Any]:
    shown = [cell for cell in cells if cell.position != "hidden"]
    behind = [cell for cell in shown if cell.position == "behind"]
    ahead = [cell for cell in shown if cell.position == "ahead"]
    position = (
        "hidden" if not shown else "gap" if behind else "strength" if ahead else "not_separable"
    )  # fmt: skip
    people = max((cell.people for cell in shown), default=None)
    return {
        "team": team, "rung": rung, "period": reader.period.name, "n": people,
        "position": position, "metrics": [_figure(cell) for cell in shown],
        "sentence": _sentence(team, rung, cells, behind, ahead),
    }  # fmt: skip


def _figure(cell: Cell) -> Mapping[str, Any]:
    return {
        "metric": cell.metric.name, "ratio": cell.ratio, "interval": list(cell.interval or ()),
        "people": cell.people, "position": cell.position,
    }  # fmt: skip


def _sentence(team: str, rung: str, cells: Sequence[Cell], behind: Sequence[Cell], ahead: Sequence[Cell]) -> str:
    if all(cell.position == "hidden" for cell in cells):
        return f"{team}, {rung}: fewer than {HIDDEN} people, not shown."
    told = []
    for what, found in (("Behind", behind), ("Ahead", ahead)):
        if found:
            told.append(f"{what} on {', '.join(_far(cell) for cell in found)}.")
    if not told:
        told.append(f"{plural(len(cells), 'metric', 'metrics')}, none further from like people than chance makes it.")
    return f"{team}, {rung}: {' '.join(told)}"


def _far(cell: Cell) -> str:
    if cell.ratio is None:
        return noun(cell.metric.label)
    side = "more" if cell.ratio > 1 else "less"
    return f"{noun(cell.metric.label)} ({percent(abs(cell.ratio - 1), 2)} {side})"
