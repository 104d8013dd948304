"""The map of teams and rungs, and the band to look for more of: what of a comparison is no plain table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courtside.records.period import Grain
from courtside.services.benchmark_page_lines import Line, Table
from courtside.services.box_score import RUNGS

if TYPE_CHECKING:
    from datetime import date

    from courtside.metrics.catalogue import Catalogue
    from courtside.records.period import Calendar

Row = Mapping[str, Any]
_CELLS = {
    "gap": ("below", "Gap"),
    "strength": ("above", "Strength"),
    "not_separable": ("even", "Neither"),
    "hidden": ("early", "Fewer than 5 people"),
}
_SIDES = {
    "ahead": ("above", "Ahead"),
    "behind": ("below", "Behind"),
    "not_separable": ("even", "Could be chance"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A rung of a team: whether it is a gap or a strength, and on which metrics."""

    state: str
    words: str
    says: str
    people: str


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team and its rungs in the order of the ladder; None where the card has no such metric."""

    team: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class TeamMap:
    """The map: the rungs across, the teams down."""

    rungs: tuple[str, ...]
    teams: tuple[TeamLine, ...]


@dataclass(frozen=True, slots=True)
class Focus:
    """A band that stands out: why, and what makes it a target."""

    label: str
    evidence: str
    file: str
    block: str
    commands: tuple[str, ...]


def team_map(rows: Sequence[Row], catalogue: Catalogue) -> TeamMap:
    """The map of what `rows` say; cells of fewer than five people say only that."""
    present = [rung for rung in RUNGS if any(row["rung"] == rung for row in rows)]
    at = {(row["team"], row["rung"]): _cell(row, catalogue) for row in rows}
    teams = sorted({row["team"] for row in rows})
    return TeamMap(
        tuple(RUNGS[rung][0] for rung in present),
        tuple(TeamLine(team, tuple(at.get((team, rung)) for rung in present)) for team in teams),
    )


def map_sentence(rows: Sequence[Row]) -> str:
    """How many cells are gaps or strengths, and how many say nothing."""
    from courtside.analysis.wording import plural  # noqa: PLC0415  (keeps start-up short)

    count = {position: sum(row["position"] == position for row in rows) for position in _CELLS}
    shown = len(rows) - count["hidden"]
    if not shown:
        return "Fewer than 5 people stand behind every cell: nothing can be shown."
    figures = sum(len(row["metrics"]) for row in rows)
    told = f"{plural(shown, 'cell', 'cells')} can be shown: {plural(count['gap'], 'gap', 'gaps')}, "
    told += f"{plural(count['strength'], 'strength', 'strengths')}, the others no further apart than chance makes them."
    by_chance = f"Of {figures} figures about {0.05 * figures:.0f} would look like one by chance alone."
    hidden = f" {count['hidden']} are hidden." if count["hidden"] else ""
    return f"{told} {by_chance}{hidden}"


def map_table(rows: Sequence[Row], catalogue: Catalogue) -> Table:
    """Every figure behind the map."""
    lines = []
    for row in rows:
        for one in row["metrics"]:
            low, high = one["interval"]
            state, words = _SIDES[one["position"]]
            name = f"{row['team']}: {catalogue[one['metric']].label}"
            likely = f"{low:.2f} to {high:.2f} times"
            lines.append(Line(name, (str(one["people"]),), likely, state, words, "", one["ratio"], low, high, 1.0))
    return Table(
        "Every figure behind the map", "Dashed: as much as people of the same role in other teams.", "Team and metric",
        ("People",), "Times as much as like people", tuple(lines),
    )  # fmt: skip


def _cell(row: Row, catalogue: Catalogue) -> Cell:
    state, words = _CELLS[row["position"]]
    told = []
    for position, side in (("behind", "Behind"), ("ahead", "Ahead")):
        names = [_far(one, catalogue) for one in row["metrics"] if one["position"] == position]
        if names:
            told.append(f"{side} on {', '.join(names)}.")
    return Cell(state, words, " ".join(told), "" if row["n"] is None else f"{row['n']} people")


def _far(one: Row, catalogue: Catalogue) -> str:
    from courtside.analysis.wording import noun, percent  # noqa: PLC0415

    side = "more" if one["ratio"] > 1 else "less"
    return f"{noun(catalogue[one['metric']].label)} ({percent(abs(one['ratio'] - 1), 2)} {side})"


# The band to look for more of ----------------------------------------------------------------------------------------


def focus_of(rows: Sequence[Row], calendar: Calendar, today: date) -> tuple[Focus, ...]:
    """The bands that stand out, at most one a dimension, each with the block and command that make it a target."""
    return tuple(_focus(row, calendar, today) for row in rows if row["focus"])


def _focus(row: Row, calendar: Calendar, today: date) -> Focus:
    dimension, _, band = row["band"].partition(":")
    is_size = dimension == "account_size"
    name = f"qualified_in_focus_{'size' if is_size else 'level'}"
    label = f"companies of {band} people" if is_size else f"{band} level"
    where, example = _sized(band) if is_size else (f"prospect_level = '{band}'", f"level: {band}")
    period = calendar.period_of(calendar.period_of(today, Grain.QUARTER).ends_on, Grain.QUARTER).name
    return Focus(
        label, str(row["sentence"]), "packs/focus.yaml", _BLOCK.format(name=name, label=label, where=where,
                                                                       example=example),
        ("courtside metrics publish",
         f"courtside targets set {name} --scope company --period {period} --value NUMBER"),
    )  # fmt: skip


def _sized(band: str) -> tuple[str, str]:
    """A band of company sizes as a condition, and a size inside it: 50-249 -> at least 50, below 250."""
    least, _, most = band.rstrip("+").partition("-")
    conditions = [f"prospect_employees >= {least}", *([f"prospect_employees <= {most}"] if most else [])]
    return " and ".join(conditions), f"employees: {least}"


_BLOCK = """\
- metric: {name}
  label: Qualified leads at {label}
  rung: objective
  question: How many leads qualified in the period are at {label}?
  unit: count
  measure:
    from: leads
    take: count
    where: {where}
    date: first_qualified_at
  example:
    given:
      leads:
        - {{person_id: P1, created_at: 2026-11-02, qualified_at: 2026-11-16, {example}}}
        - {{person_id: P1, created_at: 2026-11-02, qualified_at: 2026-11-16}}
    then:
      P1: {{2026-W47: 1}}
"""
"""A metric of its own for a band: targets are set on metrics, and no scope of a target is a size or a level."""
