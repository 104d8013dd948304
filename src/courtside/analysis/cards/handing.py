"""What was handed to each person, by lead source, over stretches of days: what a fair target allows for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from courtside.analysis.counted import Stretch
from courtside.analysis.statistics.distributions import Array
from courtside.analysis.statistics.mix import Handed, compared
from courtside.metrics.metric import Metric, Ratio
from courtside.records.period import Period
from courtside.warehouse.asked import Asked
from courtside.warehouse.dimensions import NoSuchCut
from courtside.warehouse.question import CannotAnswer
from courtside.warehouse.session import Session
from courtside.warehouse.spread import Keys

SOURCE = "source"
Cell = tuple[int, str, float, float]
"""Number of the person, source, hits, cases."""


@dataclass(frozen=True)
class Handing:
    """The cases of a rate by person and source; `stretches` are all there will be asked about, read together."""

    session: Session
    metric: Metric
    asked: Asked
    keys: Mapping[Keys, int]
    stretches: Sequence[Stretch]

    def ratio(self, stretch: Stretch, benefit: float = 0.0) -> Array:
        """What is typical of each person's own cases over what is typical of everybody's: (keys), 1 where unknown.

        Leave-one-out and shrunken by source (METHODS 7). All cold leads that close half as often as all leads
        together -> 0.5. With fewer than two sources, or none named, everybody was handed the same. `benefit` takes
        off so many standard errors of what is typical (adds them, if negative). Raises KeyError for a stretch that was
        not announced.
        """
        cells, alike = self._cells[stretch], np.ones(len(self.keys))
        strata = {name: number for number, name in enumerate(sorted({source for _, source, *_ in cells}))}
        if len(strata) < 2:
            return alike
        unit, source, hits, of = zip(*cells, strict=True)
        handed = Handed(
            np.array(hits), np.array(of), np.array(unit), np.array([strata[name] for name in source]),
            np.zeros(len(self.keys), dtype=np.int64),
        )  # fmt: skip
        found = compared(handed)
        known = found.is_comparable & (found.overall > 0)
        share = np.divide(found.typical, found.overall, out=alike.copy(), where=known)
        return np.where(known, np.maximum(share - benefit * np.nan_to_num(found.doubt), 0.0), 1.0)

    @cached_property
    def _cells(self) -> Mapping[Stretch, Sequence[Cell]]:
        """A case without a source is one of a source of its own; where rows name none, nothing is found."""
        listed = sorted(set(self.stretches))
        found: dict[Stretch, list[Cell]] = {stretch: [] for stretch in listed}
        if not isinstance(self.metric.body, Ratio):
            return found
        periods = tuple(Period(f"{since}/{until}", since, until) for since, until in listed)
        asked = replace(self.asked, by=("person", SOURCE), periods=periods)
        try:
            for number, (person, source), row in self.session.figures([self.metric.name], asked):
                figure, key = row[self.metric.name], (person,)
                if key in self.keys and figure["denominator"]:
                    cell = (
                        self.keys[key],
                        str(source or ""),
                        float(figure["numerator"] or 0),
                        float(figure["denominator"]),
                    )
                    found[listed[number]].append(cell)
        except (NoSuchCut, CannotAnswer):
            return {stretch: [] for stretch in listed}
        return found
