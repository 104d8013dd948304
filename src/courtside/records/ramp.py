"""Ramps: which share of a full target somebody new owes, month by month of employment, by role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

Ramp = Mapping[str, Sequence[float]]
"""By role (`default`: every role without one of its own), the shares of the first, second … month."""

_LONGEST = 60
"""A ramp of more than five years is a slip of the pen."""


def read_ramp(written: object) -> dict[str, tuple[float, ...]]:
    """The ramp somebody wrote down: `{seller: [0.25, 0.5, 0.75]}`. Raises ValueError naming role and month."""
    if written is None:
        return {}
    if not isinstance(written, Mapping):
        raise ValueError("write a list of monthly shares for each role, such as {seller: [0.25, 0.5, 0.75]}")
    return {str(role): tuple(_shares(str(role), months)) for role, months in written.items()}


def _shares(role: str, months: object) -> Iterator[float]:
    if isinstance(months, str) or not isinstance(months, Sequence) or len(months) > _LONGEST:
        raise ValueError(f"{role}: write up to {_LONGEST} monthly shares in brackets, such as [0.25, 0.5, 0.75]")
    for number, share in enumerate(months, start=1):
        if isinstance(share, bool) or not isinstance(share, int | float) or not isfinite(share):
            raise ValueError(f"{role}, month {number}: {share!r} is not a number; write a share such as 0.5")
        if not 0 <= share <= 1:
            raise ValueError(f"{role}, month {number}: {share} is not between 0 and 1; 0.5 is half a full target")
        yield float(share)
