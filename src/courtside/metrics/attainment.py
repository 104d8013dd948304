"""How a figure stands against its target."""

from __future__ import annotations

from dataclasses import dataclass

from courtside.metrics.metric import Direction


@dataclass(frozen=True, slots=True)
class Attainment:
    """`whole`: value / target; `to_date`: value / pace; `is_met`: at or above the target (below: where less is better).

    Each is None where it cannot be said.
    """

    whole: float | None = None
    to_date: float | None = None
    is_met: bool | None = None


def attained(value: float | None, target: float | None, pace: float | None, direction: Direction) -> Attainment:
    """How a value stands against a target and the part of it due by now (DATA.md section 4).

    30 of 40, 20 due -> 0.75 and 1.5, not met. A target of 0, or below it (growth that may shrink by 5 %),
    can be met or missed, but no share of it says how far: both shares are None.
    """
    if value is None or target is None:
        return Attainment()
    is_met = value <= target if direction is Direction.DOWN else value >= target
    return Attainment(_share(value, target), _share(value, pace), is_met)


def _share(value: float, of: float | None) -> float | None:
    return value / of if of is not None and of > 0 else None
