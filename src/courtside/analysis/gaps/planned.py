"""What each factor is measured against: its target, the person's own period before, or others of the same role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from courtside.analysis.gaps.factor import Factor
from courtside.analysis.gaps.identity import DAYS, is_absence
from courtside.analysis.statistics.distributions import Array


class Against(Enum):
    """What a result is held against."""

    TARGET = "target"
    PREVIOUS = "previous"
    PEERS = "peers"


TARGET, PEERS, PREVIOUS, OWN, WHOLE, ALLOWED = "target", "peers", "previous", "own", "whole", "allowed"
"""Origins: a target, everybody else of the role, the period before, the figure itself, all days, the target's days."""

TargetOf = Callable[[str], Array]
"""Metric -> everybody's target for the period; nan where there is none."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan's value of every factor for everybody, and where each comes from: (factors, people)."""

    values: Array
    origins: Sequence[Sequence[str]]


def by_target(
    factors: Sequence[Factor], target_of: TargetOf, own_target: Array, allowed: tuple[Array, Array]
) -> Planned:
    """Targets where they are set, else what others of the role do.

    `own_target` is the target of the result, nan where there is none; `allowed` the share of days and of the
    ramp it already counts. Somebody's target for a total is made one for full presence: 90 leads due at 0.9
    of the days -> 100.
    """
    has_own = np.isfinite(own_target)
    rows = []
    for number, factor in enumerate(factors):
        if is_absence(factor.about):
            days = allowed[0 if factor.about is DAYS else 1]
            rows.append((np.where(has_own, days, 1.0), [ALLOWED if is_set else WHOLE for is_set in has_own]))
            continue
        target = target_of(factor.about.target) if factor.about.target else np.full(len(factor.actual), np.nan)
        if factor.about.is_total and number > 0:
            full = allowed[0] * allowed[1]
            target = np.where(full > 0, target / np.where(full > 0, full, 1.0), np.nan)
        rows.append(_first_known(factor, (target, TARGET), (factor.typical, PEERS)))
    return Planned(np.array([values for values, _ in rows]), [origins for _, origins in rows])


def by_peers(factors: Sequence[Factor]) -> Planned:
    """What everybody else of the role does, with all days at work."""
    rows = [
        (np.ones(len(factor.actual)), [WHOLE] * len(factor.actual))
        if is_absence(factor.about) else _first_known(factor, (factor.typical, PEERS))
        for factor in factors
    ]  # fmt: skip
    return Planned(np.array([values for values, _ in rows]), [origins for _, origins in rows])


def by_previous(factors: Sequence[Factor], before: Sequence[Factor]) -> Planned:
    """The same person's factors in the period before; what could not be observed then, as others do it."""
    rows = [
        _first_known(now, (then.actual, PREVIOUS), (now.typical, PEERS))
        for now, then in zip(factors, before, strict=True)
    ]
    return Planned(np.array([values for values, _ in rows]), [origins for _, origins in rows])


def _first_known(factor: Factor, *choices: tuple[Array, str]) -> tuple[Array, list[str]]:
    """The first choice that is known for each person; else their own figure, which then makes no difference."""
    values, origins = np.nan_to_num(factor.actual), np.full(len(factor.actual), OWN, dtype=object)
    for choice, origin in reversed(choices):
        is_known = np.isfinite(choice)
        values, origins = np.where(is_known, choice, values), np.where(is_known, origin, origins)
    return values, [str(origin) for origin in origins]
