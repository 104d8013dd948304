"""Intervals of sums, means, ratios of sums and medians: from the cases behind each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from courtside.analysis.kinds import figure, leaves
from courtside.analysis.statistics import bootstrap
from courtside.analysis.statistics.distributions import Array
from courtside.analysis.statistics.intervals import median_ranks
from courtside.analysis.statistics.shrinkage import SLACK
from courtside.metrics.metric import Direction, Measure, Metric
from courtside.warehouse.asked import Asked
from courtside.warehouse.session import Session
from courtside.warehouse.spread import CaseSums, Keys, cases, ranked

At = tuple[int, Keys]
"""Number of the period, and keys."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure whose cases are dealt anew. `seed` is drawn from what names it; `n` are the cases it stands on."""

    at: At
    seed: int
    n: float
    target: float | None


@dataclass(frozen=True, slots=True)
class Dealt:
    """The interval of a figure, and P(true < 0.85 target)."""

    interval: tuple[float, float] | None = None
    misses: float | None = None
    below: float | None = None


def dealt(session: Session, metric: Metric, asked: Asked, figures: Sequence[Figure]) -> Mapping[At, Dealt]:
    """Figures of sums, means and ratios under the bootstrap; those of fewer than ten cases are left out."""
    enough = [one for one in figures if one.n >= bootstrap.LEAST_CASES]
    if not enough:
        return {}
    passes = list(cases(session, leaves(metric, session.catalogue), asked, bootstrap.MOST_CASES))
    found = {}
    for one in enough:
        sums: dict[str, tuple[Array, Array]] = {}
        for number, (behind, names) in enumerate(passes):
            drawn = bootstrap.draws(_cases(behind.get(one.at), 2 * len(names)), one.seed + number)
            sums |= {name: (drawn[2 * i], drawn[2 * i + 1]) for i, name in enumerate(names)}
        found[one.at] = _judged(figure(metric, session.catalogue, sums), one, metric.direction is Direction.DOWN)
    return found


def _cases(behind: CaseSums | None, parts: int) -> bootstrap.Cases:
    if behind is None:
        return bootstrap.Cases(0, np.zeros((0, parts)), np.zeros(parts), np.zeros((parts, parts)))
    return bootstrap.Cases(behind.n, behind.values, behind.sums, behind.products)


def _judged(drawn: Array, one: Figure, is_down: bool) -> Dealt:
    if one.target is None:
        return Dealt(bootstrap.interval(drawn))
    missing = [bootstrap.share_missing(drawn, one.target, is_down, slack) for slack in (SLACK, 1.0)]
    return Dealt(bootstrap.interval(drawn), *(share if np.isfinite(share) else None for share in missing))


def by_rank(session: Session, metric: Metric, asked: Asked) -> Mapping[At, Dealt]:
    """Medians and percentiles: the values at two ranks of the ordered cases."""
    share = metric.body.take.share if isinstance(metric.body, Measure) else None
    ends = ranked(session, metric, asked, lambda n: median_ranks(n, 0.5 if share is None else share))
    return {at: Dealt(pair) for at, pair in ends.items()}
