"""What would come of somebody's figure of its own accord: worked out when they are chosen, and kept with the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from courtside.analysis.statistics.distributions import Indices, Numbers, array, beta_quantile, gamma_quantile
from courtside.analysis.statistics.intervals import CONFIDENCE
from courtside.analysis.statistics.shrinkage import Pools, shrink_counts, shrink_rates

Kind = Literal["rate", "count"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """E[next | data at selection] of one person and metric: the posterior of their true rate, and its mean.

    For a rate Beta(first, second), a share of cases; for a count Gamma(first, second), events per working day.
    `seen` of `of` is what they had done when they were chosen: successes of cases, or events in days.
    """

    metric: str
    kind: Kind
    made_on: date
    mean: float
    first: float
    second: float
    seen: float
    of: float

    def __post_init__(self) -> None:
        values = (self.mean, self.first, self.second, self.seen, self.of)
        if not all(np.isfinite(values)) or min(self.first, self.second) <= 0 or min(self.mean, self.seen, self.of) < 0:
            raise ValueError(f"no expectation of {self.metric} can be made of {values}")

    @property
    def low(self) -> float:
        """The lower end of where the true rate lies (95 %)."""
        return self._quantile((1 - CONFIDENCE) / 2)

    @property
    def high(self) -> float:
        """The upper end."""
        return self._quantile((1 + CONFIDENCE) / 2)

    @property
    def variance(self) -> float:
        """How uncertain the true rate is: the variance of its posterior."""
        if self.kind == "count":
            return self.first / self.second**2
        size = self.first + self.second
        return self.first * self.second / (size * size * (size + 1))

    @property
    def raw(self) -> float:
        """What was seen when they were chosen, as it was; the expectation where nothing was seen."""
        return self.seen / self.of if self.of else self.mean

    def _quantile(self, share: float) -> float:
        quantile = gamma_quantile if self.kind == "count" else beta_quantile
        return float(quantile(share, self.first, self.second))

    def to_json(self) -> dict[str, Any]:
        """Everything needed to make it again, for the record of a plan."""
        return {
            "metric": self.metric, "kind": self.kind, "made_on": self.made_on.isoformat(), "mean": self.mean,
            "first": self.first, "second": self.second, "seen": self.seen, "of": self.of,
        }  # fmt: skip

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Expectation:
        """What `to_json` wrote. Raises ValueError for anything else."""
        try:
            numbers = [float(written[name]) for name in ("mean", "first", "second", "seen", "of")]
            metric, kind, made_on = str(written["metric"]), written["kind"], date.fromisoformat(written["made_on"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"this is no expectation: {error}") from None
        if kind not in ("rate", "count"):
            raise ValueError(f"this is no expectation: kind is {kind!r}, neither rate nor count")
        return cls(metric, kind, made_on, *numbers)


def expect_rate(metric: str, made_on: date, seen: float, of: float, pools: Pools, at: int = 0) -> Expectation:
    """A rate drawn towards that of like people as far as its own cases are few.

    Source: METHODS 1.2 and 10. 3 of 30 in a pool of mean 0.2 and size 63 -> 0.168.
    """
    shrunk = shrink_rates([seen], [of], pools, _at(at))
    return _made(metric, "rate", made_on, (seen, of), (shrunk.mean, shrunk.first, shrunk.second))


def expect_count(metric: str, made_on: date, seen: float, of: float, pools: Pools, at: int = 0) -> Expectation:
    """A count per working day present, drawn likewise; `of` are the days. Raises ValueError for none."""
    if of <= 0:
        raise ValueError(f"nothing can be expected of {metric} from no working days")
    shrunk = shrink_counts([seen], [of], pools, _at(at))
    return _made(metric, "count", made_on, (seen, of), (shrunk.mean / of, shrunk.first, shrunk.second * of))


def _at(pool: int) -> Indices:
    return np.array([pool], dtype=np.int64)


def _made(
    metric: str, kind: Kind, made_on: date, own: tuple[float, float], posterior: tuple[Numbers, Numbers, Numbers]
) -> Expectation:
    mean, first, second = (float(array(value).ravel()[0]) for value in posterior)
    return Expectation(metric, kind, made_on, mean, first, second, float(own[0]), float(own[1]))
