"""A person's own time: the days they were there to work, one after the other, and the clock of an office day.

Everything a person does is placed on this axis: 12.25 is a quarter into the working time of their 13th day
present. Leave, holidays and weekends do not exist on it, so work lies still while its person is away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from courtside.simulate.cells import DAY, NONE, Flags, Floats, Ints
from courtside.simulate.horizon import Horizon

_SHARES = np.array([0.0, 0.08, 0.42, 0.47, 0.86, 1.0])
_CLOCK = np.array([8.25, 9.0, 11.9, 13.0, 16.5, 18.0]) * 3600
"""What share of a day's work is done by which second: most before noon and in the middle of the afternoon."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The days present, in order; `length` of them have happened, the others lie ahead."""

    days: Ints
    length: int

    def day(self, x: Floats) -> Ints:
        """The day of each place; NONE beyond the last one known."""
        place = np.floor(np.where(np.isfinite(x), x, 1e9)).astype(np.int64)
        found = self.days[np.minimum(place, len(self.days) - 1)]
        return np.where(place < len(self.days), found, NONE)

    def instants(self, x: Floats) -> Ints:
        """The instant of each place; NONE beyond the last day known, or where the place is infinite."""
        day = self.day(x)
        within = np.where(day == NONE, 0.0, x - np.floor(np.where(np.isfinite(x), x, 0.0)))
        second = np.interp(within, _SHARES, _CLOCK).astype(np.int64)
        return np.where(day == NONE, NONE, day * DAY + second)

    def past(self, x: Floats) -> Ints:
        """The instant of each place that has happened; NONE for what has not."""
        return self.instants(np.where(x < self.length, x, np.inf))

    def place(self, instants: Ints) -> Floats:
        """Where on the axis the person first is at or after each instant; infinite if never."""
        day, second = np.divmod(instants, DAY)
        place = np.searchsorted(self.days, day)
        is_there = (place < len(self.days)) & (self.days[np.minimum(place, len(self.days) - 1)] == day)
        within = np.interp(second, _CLOCK, _SHARES)
        return np.where(place < len(self.days), place + np.where(is_there, np.minimum(within, 0.999), 0.0), np.inf)


def axis(horizon: Horizon, works: Flags, absent: Iterable[tuple[int, int]], left: int | None) -> Axis:
    """The axis of somebody who works on the days flagged, but for absences (both ends included) and after leaving."""
    there = works.copy()
    for first, last in absent:
        there[max(first, 0) : max(last + 1, 0)] = False
    if left is not None:
        there[left + 1 :] = False
    days = np.flatnonzero(there).astype(np.int64)
    return Axis(days, int(np.searchsorted(days, horizon.days)))
