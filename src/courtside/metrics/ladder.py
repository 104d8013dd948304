"""The causal ladder: from a result down to what people do, with the lag of each step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from courtside.metrics.catalogue import Catalogue
from courtside.metrics.metric import Metric, Rung

_HEIGHT = {Rung.INPUT: 0, Rung.ACTIVITY: 1, Rung.OBJECTIVE: 2, Rung.RESULT: 3}


@dataclass(frozen=True, slots=True)
class Step:
    """A metric on the way down: `depth` steps below the start, `lag_weeks` after what moves it began."""

    metric: Metric
    depth: int
    lag_weeks: int
    moves: str | None


def walk(catalogue: Catalogue, start: str) -> Iterator[Step]:
    """The metric and, depth first, everything that moves it. A metric met again is not opened again.

    Raises UnknownMetric.
    """
    opened: set[str] = set()

    def below(name: str, depth: int, lag: int, moves: str | None) -> Iterator[Step]:
        metric = catalogue[name]
        yield Step(metric, depth, lag, moves)
        if name in opened:
            return
        opened.add(name)
        for cause in sorted(metric.moved_by, key=lambda c: (-_HEIGHT[catalogue[c.metric].rung], c.lag_weeks)):
            yield from below(cause.metric, depth + 1, cause.lag_weeks, name)

    yield from below(start, 0, 0, None)


def tops(catalogue: Catalogue) -> tuple[str, ...]:
    """The results that move nothing else: where a walk begins when no metric is named."""
    causes = {cause.metric for metric in catalogue for cause in metric.moved_by}
    return tuple(m.name for m in catalogue if m.rung is Rung.RESULT and m.name not in causes and m.moved_by)
