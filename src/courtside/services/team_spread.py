"""How much of the variation between the people of a role is more than chance, told of the whole firm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from courtside.services.box_score_figures import Everyone, Row
from courtside.services.team_compare import Comparison

FEWEST = 10
"""With fewer people it cannot be told."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The sentence, and how it is known."""

    says: str
    how: str


def spread_of(comparison: Comparison, everyone: Everyone, role: str) -> Spread:
    """What part of the variation between people of a role is real."""
    kind = comparison.kind.value
    found = _people(comparison, everyone, role)
    of = f"the {len(found)} people of this role in the firm"
    if kind not in ("rate", "count"):
        return Spread(
            "How much of the variation between reps is more than chance cannot be told for a figure of this kind.",
            "Only shares and counts are split into what is chance and what is not.",
        )
    if len(found) < FEWEST:
        return Spread(
            "How much of the variation between reps is more than chance cannot be told yet.",
            f"That takes {FEWEST} people of the same role; there are {len(found)} in the firm to go by.",
        )
    share = _share(comparison, found)
    if share is None:
        return Spread("There is no variation to speak of.", f"Nothing differs between {of}.")
    return Spread(_says(share, is_most=kind == "count"), _how(of, is_most=kind == "count"))


def _says(share: float, *, is_most: bool) -> str:
    if share < 0.005:
        return "The variation between reps is no more than chance alone makes."
    told = "at most" if is_most else "about"
    return f"Of the variation between reps {told} {min(100 * share, 99):.0f} % is more than chance."


def _how(of: str, *, is_most: bool) -> str:
    bursts = " What comes in bursts scatters more than that, so this is the most it can be." if is_most else ""
    return f"Found from {of}: how far they lie apart, less what chance does with so many cases.{bursts}"


def _people(comparison: Comparison, everyone: Everyone, role: str) -> Sequence[tuple[Row, float]]:
    """The figures of everybody of a role who was there and is not new, with their days."""
    found = []
    for person, member in everyone.members.items():
        row = everyone.row(comparison.metric.name, person)
        if (member.role or "") != role or member.readiness != "ready" or member.days_there <= 0:
            continue
        if row is not None and row["value"] is not None and row["complete"]:
            found.append((row, member.days_there))
    return found


def _share(comparison: Comparison, found: Sequence[tuple[Row, float]]) -> float | None:
    from courtside.analysis.cards.variation import share_of_counts, share_of_rates  # noqa: PLC0415  (numpy loads now)

    if comparison.kind.value == "count":
        return share_of_counts([float(row["value"]) for row, _ in found], [days for _, days in found])
    of = [float(row["denominator"] or row["n"] or 0) for row, _ in found]
    return share_of_rates([float(row["value"]) * n for (row, _), n in zip(found, of, strict=True)], of)
