"""Where a figure lies: among the figures of peers, and within the range of its own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_PEERS = 8
"""With fewer peers no place among them is shown (UX 2)."""
_LIMIT = 2.66
"""Times the mean moving range: three standard deviations of single values (METHODS 1.4)."""
FEWEST_POINTS = 6
"""A range from fewer points than this would be mostly noise."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place among peers, 0 to 100: how many of a hundred lie below, and how far that could be off."""

    at: float
    low: float
    high: float
    peers: int


def place_among(
    estimate: float, likely: tuple[float, float] | None, peers: Sequence[float], fewest: int = FEWEST_PEERS
) -> Place | None:
    """The place of an estimate and of its likely range among peers' estimates; None with too few of them.

    The person stands in the middle of their own share of the line. 3 of 4 peers below, likely to pass 2 to 4 of
    them -> 70 (40 to 100), for `fewest` 4. Equal ones count half.
    """
    if len(peers) < fewest:
        return None
    of = len(peers) + 1
    at = 100 * (_below(estimate, peers) + 0.5) / of
    if likely is None:
        return Place(at, 0.0, 100.0, len(peers))
    low, high = 100 * _below(likely[0], peers) / of, 100 * (_below(likely[1], peers) + 1) / of
    return Place(at, min(low, at), max(high, at), len(peers))


def _below(value: float, peers: Sequence[float]) -> float:
    return sum(peer < value for peer in peers) + sum(peer == value for peer in peers) / 2


def normal_range(points: Sequence[float | None], is_signed: bool = False) -> tuple[float, float] | None:
    """The range within which single periods come and go by chance: the mean -/+ 2.66 mean moving ranges.

    None with fewer than six points; not below 0 unless `is_signed`. Source: METHODS 1.4 (XmR chart).
    49.6 47.6 49.9 51.3 47.8 51.2 52.6 52.4 53.6 52.1 -> 45.8159 to 55.8041 (NIST handbook, section 6.3).
    """
    known = [point for point in points if point is not None]
    if len(known) < FEWEST_POINTS:
        return None
    mean = sum(known) / len(known)
    moves = [abs(later - earlier) for earlier, later in zip(known, known[1:], strict=False)]
    reach = _LIMIT * sum(moves) / len(moves)
    low = mean - reach
    return (low if is_signed else max(low, 0.0)), mean + reach
