"""What the pages of a team have in common, however much of it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from courtside.services.team_compare import Comparison

ROOM = 0.08
"""The share of a scale left free at either end."""
GROUPS = {
    "above": ("Clearly above", "the likely range lies above the team’s line"),
    "even": ("Not separable", "the likely range holds the team’s line"),
    "below": ("Clearly below", "the likely range lies below the team’s line"),
    "apart": ("Set apart", "not part of the line, and not compared with it"),
}
"""The groups of the table in their order: what they are called, and why somebody stands there."""


@dataclass(frozen=True, slots=True)
class TeamWanted:
    """What is asked for: a metric, the period's length and name, a role, the other way to show values.

    `funnel` is the rate its plot is of.
    """

    metric: str = ""
    grain: str = ""
    period: str = ""
    role: str = ""
    is_other: bool = False
    funnel: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """Which team, and of which days."""

    team: str
    days: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A metric of the card, and what its table says in a few words."""

    metric: str
    label: str
    note: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale all marks of a table share, and the team's line on it."""

    least: float
    most: float
    line: float | None


def scale_of(comparison: Comparison) -> Scale | None:
    """A scale that holds every range and the line; None where there is nothing to draw."""
    ends = [comparison.line] + [end for one in comparison.figures for end in (one.at, one.low, one.high)]
    known = [end for end in ends if end is not None]
    if not known:
        return None
    return spanning(known, comparison.line)


def spanning(known: Sequence[float], line: float | None) -> Scale | None:
    """A scale from a little below the least to a little above the most, on the same side of 0."""
    least, most = min(known), max(known)
    room = ROOM * (most - least)
    if room <= 0:
        return None
    return Scale(max(least - room, 0.0) if least >= 0 else least - room, most + room, line)
