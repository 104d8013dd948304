"""What other rates would come to: plain arithmetic over the stages of a pipeline, with a range, and no promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from courtside.analysis.leaks.cases import Cases
from courtside.analysis.statistics.competing import ADVANCED, incidence
from courtside.analysis.statistics.intervals import wilson


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that goes further and its 95 % range, as fractions."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Present:
    """A pipeline as it runs now."""

    entered: int
    """Cases that entered the first stage."""
    rates: tuple[Rate | None, ...]
    """For each stage the chance to get past it within the horizon; None where nobody entered it."""
    worth: tuple[float, ...]
    """So many fully watched cases would tell as much of each rate."""
    each: float | None
    """What a case that came through was worth on average, in the firm's currency; None where no amount is known."""


def present(cases: Cases, horizon: int) -> Present:
    """What the stays of a pipeline say of its rates, open ones censored."""
    pipeline = cases.cut_by(None)
    found = incidence(pipeline.by_stage, horizon)
    ends = found.interval
    rates = tuple(
        None if np.isnan(share) else Rate(float(share), float(low), float(high))
        for share, low, high in zip(found.share, ends.low, ends.high, strict=True)
    )
    came = cases.amount[(cases.stage == len(cases.stages) - 1) & (cases.end == ADVANCED) & ~np.isnan(cases.amount)]
    each = float(came.mean()) if len(came) else None
    return Present(int((cases.stage == 0).sum()), rates, tuple(float(n) for n in found.cases), each)


def supposed(share: float, worth: float) -> Rate:
    """Another rate, with the range it would have were it seen in as many cases as the present one."""
    if worth <= 0:
        return Rate(share, share, share)
    ends = wilson([share * worth], [worth])
    return Rate(share, float(ends.low[0]), float(ends.high[0]))


def through(rates: Sequence[Rate]) -> Rate:
    """The chance to get past all stages, one after the other: the product of the rates.

    Its range keeps each rate's distances, on the log scale: ln L = ln P - sqrt(sum (ln p - ln l)^2), and so above
    (MOVER). Source: Zou and Donner 2008; METHODS 3, the product of same-horizon rates.
    0.5 (0.4 to 0.6) and 0.5 (0.4 to 0.6) -> 0.25 (0.182 to 0.324).
    """
    share = float(np.prod([rate.share for rate in rates]))
    if share == 0:
        return Rate(0.0, 0.0, 0.0)
    below = sqrt(sum(log(rate.share / rate.low) ** 2 for rate in rates)) if all(r.low > 0 for r in rates) else np.inf
    above = sqrt(sum(log(rate.high / rate.share) ** 2 for rate in rates))
    return Rate(share, share * exp(-below), min(share * exp(above), 1.0))
