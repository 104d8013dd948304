"""What typical handling of these very leads would have closed, by source and without the person (METHODS.md 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STRENGTH = 30.0
"""How many typical leads the overall rate counts for beside a source's own (METHODS.md 1.2: the least shrinkage)."""


@dataclass(frozen=True, slots=True)
class Handled:
    """Leads of one source given to one person, and how many of them closed; `keys` are the cut's."""

    keys: tuple[str | None, ...]
    person: str | None
    source: str | None
    closed: float
    leads: float


def expected(
    asked: Iterable[Handled], everybody: Sequence[Handled]
) -> dict[tuple[str | None, ...], tuple[float, float]]:
    """Expected closings and leads for each cut: sum over leads of the rate others have with that source.

    A source's rate leaves the person out and is drawn towards the rate of all sources without the
    person: (x_s - x_is + 30 p) / (n_s - n_is + 30). Cuts where nobody else has leads are left out.
    """
    totals = _Totals(everybody)
    found: dict[tuple[str | None, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in asked:
        rate = totals.rate_without(row.person, row.source)
        if rate is not None:
            found[row.keys][0] += rate * row.leads
            found[row.keys][1] += row.leads
    return {keys: (closed, leads) for keys, (closed, leads) in found.items()}


class _Totals:
    """Closed and leads by person, by source and over all."""

    def __init__(self, rows: Iterable[Handled]) -> None:
        self.sums: dict[tuple[object, object], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            for cell in ((row.person, row.source), (row.person, all), (all, row.source), (all, all)):
                self.sums[cell][0] += row.closed
                self.sums[cell][1] += row.leads

    def rate_without(self, person: str | None, source: str | None) -> float | None:
        closed, leads = self._less((all, all), (person, all))
        if leads <= 0:
            return None
        overall = closed / leads
        closed, leads = self._less((all, source), (person, source))
        return (closed + STRENGTH * overall) / (leads + STRENGTH)

    def _less(self, whole: tuple[object, object], part: tuple[object, object]) -> tuple[float, float]:
        (x, n), (y, m) = self.sums.get(whole, (0.0, 0.0)), self.sums.get(part, (0.0, 0.0))
        return x - y, n - m
