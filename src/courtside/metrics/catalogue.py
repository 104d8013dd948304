"""The metrics in force, looked up by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from courtside.metrics.errors import UnknownMetric
from courtside.metrics.metric import Metric
from courtside.metrics.pack import Pack


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every metric by name, with the pack whose parameters their filters use."""

    metrics: Mapping[str, Metric]
    pack: Pack

    def __iter__(self) -> Iterator[Metric]:
        return iter(self.metrics.values())

    def __len__(self) -> int:
        return len(self.metrics)

    def __contains__(self, name: object) -> bool:
        return name in self.metrics

    def __getitem__(self, name: str) -> Metric:
        """The metric of that name. Raises UnknownMetric with the nearest names."""
        try:
            return self.metrics[name]
        except KeyError:
            raise UnknownMetric(name, self.metrics) from None

    def closure(self, name: str) -> tuple[Metric, ...]:
        """The metric and all it is calculated from, parts before wholes."""
        found: dict[str, Metric] = {}

        def visit(current: str) -> None:
            if current in found:
                return
            metric = self[current]
            for part in metric.parts:
                visit(part)
            found[current] = metric

        visit(name)
        return tuple(found.values())

    def users_of(self, name: str) -> tuple[str, ...]:
        """The metrics that use one: as a part, as a cause or in an identity."""
        return tuple(
            metric.name
            for metric in self
            if name in metric.parts or name in metric.identity or any(cause.metric == name for cause in metric.moved_by)
        )

    def with_params(self, params: Mapping[str, Any] | None) -> Catalogue:
        """The same metrics under other parameters of the pack."""
        return replace(self, pack=replace(self.pack, params={**self.pack.params, **(params or {})}))
