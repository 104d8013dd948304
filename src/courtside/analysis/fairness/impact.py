"""One step of one group beside another: both ratios, exact chances, odds, and the same with like people compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from courtside.analysis.fairness.fourfold import Odds, barnard, deviations, fisher, odds_ratio, shortfall
from courtside.analysis.fairness.suppression import LEAST, NOT_STATED, OTHER
from courtside.analysis.statistics.distributions import array
from courtside.analysis.statistics.intervals import wilson
from courtside.analysis.statistics.standardise import mantel_haenszel, rate_ratio

RARE = 0.05
"""The chance below which a gap is taken to be more than chance (METHODS 8)."""

Verdict = Literal["hold", "watch", "no_sign"]


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a group reached a step, of how many who could have."""

    reached: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.reached <= self.total:
            raise ValueError(f"{self.reached} of {self.total} is no count of people")

    @property
    def rate(self) -> float:
        """The share who reached it; 0 of nobody."""
        return self.reached / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Stratified:
    """The two groups compared inside each stratum (team, tenure): how many times as likely, and the chance of it.

    `ratio` is None where nobody of the one that serves as reference reached the step in any stratum with both.
    """

    by: str
    strata: int
    people: int
    ratio: float | None
    low: float | None
    high: float | None
    chance: float

    @property
    def is_uneven(self) -> bool:
        """Whether like people are treated differently in either direction, by more than chance."""
        is_far = self.ratio is None or not 0.8 <= self.ratio <= 1.25
        return is_far and self.chance < RARE


@dataclass(frozen=True, slots=True)
class Comparison:
    """A group beside the reference at one step. `of` is the step all of those counted had reached; empty: everybody."""

    step: str
    grouping: str
    of: str
    group: str
    reference: str
    count: Count
    reference_count: Count
    chance: float
    """Fisher's exact test, two-sided."""
    barnard: float | None
    odds: Odds
    deviations: float
    """How many standard deviations the group's rate lies above the reference's."""
    expected: float
    """How many of the group would have reached it if all groups had done so alike."""
    stratified: tuple[Stratified, ...] = ()

    @property
    def impact_ratio(self) -> float | None:
        """The favourable outcome: the share not concerned over the reference's; below 0.8 is a sign (UGESP 4D)."""
        return impact_ratio(1 - self.count.rate, 1 - self.reference_count.rate)

    @property
    def adverse_ratio(self) -> float | None:
        """How many times as often the group is concerned; None where nobody of the reference is."""
        return impact_ratio(self.count.rate, self.reference_count.rate)

    @property
    def is_apart(self) -> bool:
        """Whether one of the ratios lies beyond four fifths or five fourths, in whole numbers."""
        (x1, n1), (x2, n2) = _pair(self.count), _pair(self.reference_count)
        return 5 * (n1 - x1) * n2 < 4 * (n2 - x2) * n1 or 4 * x1 * n2 > 5 * x2 * n1

    @property
    def is_rare(self) -> bool:
        """Whether chance alone would hardly make such a gap, by Fisher's test or by Barnard's where people are few."""
        return min(self.chance, 1.0 if self.barnard is None else self.barnard) < RARE

    @property
    def rarest(self) -> float:
        """The least chance of all that was looked at here, allowing for how much that was (Bonferroni)."""
        seen = [
            min(self.chance, 1.0 if self.barnard is None else self.barnard),
            *(one.chance for one in self.stratified),
        ]
        return min(1.0, min(seen) * len(seen))

    @property
    def verdict(self) -> Verdict:
        """`hold` (review before anything goes out), `watch` (cannot be told, or small) or `no_sign`.

        Source: METHODS 8: (ratio < 0.8 or adverse ratio > 1.25) and p < 0.05; the same among like people.
        """
        if (self.is_apart and self.is_rare) or any(one.is_uneven for one in self.stratified):
            return "hold"
        return "watch" if self.is_apart or self.is_rare else "no_sign"

    def to_json(self) -> dict[str, Any]:
        """Every figure under the name it has here."""
        return {
            "step": self.step, "grouping": self.grouping, "of": self.of, "verdict": self.verdict,
            "group": self.group, "reached": self.count.reached, "total": self.count.total,
            "reference": self.reference, "reference_reached": self.reference_count.reached,
            "reference_total": self.reference_count.total, "impact_ratio": self.impact_ratio,
            "adverse_ratio": self.adverse_ratio, "chance": self.chance, "barnard": self.barnard,
            "odds": self.odds.ratio, "odds_low": self.odds.low, "odds_high": self.odds.high,
            "deviations": self.deviations, "expected": self.expected,
            "stratified": [_stratified_json(one) for one in self.stratified],
        }  # fmt: skip


Strata = Mapping[str, Mapping[str, Mapping[str, Count]]]
"""What people are alike in -> group -> stratum -> its count."""


def impact_ratio(rate: float, reference: float) -> float | None:
    """A rate over that of the reference; None over 0. Source: UGESP 4D. Selected 45 % beside 60 % -> 0.75."""
    return rate / reference if reference > 0 else None


def compare_all(
    step: str, grouping: str, counts: Mapping[str, Count], strata: Strata | None = None, of: str = ""
) -> tuple[Comparison, ...]:
    """Each group beside the one that is most surely concerned least: that with the lowest upper end of its range.

    (By the bare rate a group of five nobody of whom is concerned would be everybody's reference, and hide all.)
    Groups of fewer than 5, and who has not stated one, are left out; nothing is compared with fewer than two groups.
    """
    known = {group: count for group, count in counts.items() if count.total >= LEAST and group != NOT_STATED}
    named = [group for group in known if group != OTHER]
    if not named or len(known) < 2:
        return ()
    reference = min(named, key=lambda group: (_upper(known[group]), -known[group].total, group))
    everybody = Count(sum(one.reached for one in known.values()), sum(one.total for one in known.values()))
    return tuple(
        _compared((step, grouping, of), (group, reference), known, everybody, strata or {})
        for group in known
        if group != reference
    )


def _compared(
    what: tuple[str, str, str], pair: tuple[str, str], known: Mapping[str, Count], everybody: Count, strata: Strata
) -> Comparison:
    group, reference = pair
    one, other = known[group], known[reference]
    chance, unconditional, odds, apart = _tested(one.reached, one.total, other.reached, other.total)
    due = shortfall(one.reached, everybody.reached, one.total / everybody.total)
    alike = tuple(_stratum_by_stratum(by, of.get(group, {}), of.get(reference, {})) for by, of in strata.items())
    return Comparison(
        *what, group, reference, one, other, chance, unconditional, odds, apart, due.expected,
        tuple(found for each in alike for found in each),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _tested(x1: int, n1: int, x2: int, n2: int) -> tuple[float, float | None, Odds, float]:
    """The chances, the odds ratio and the distance of four cells: the same cells return step after step."""
    cells = (x1, n1, x2, n2)
    return fisher(*cells), barnard(*cells), odds_ratio(*cells), deviations(*cells)


def _stratum_by_stratum(by: str, one: Mapping[str, Count], other: Mapping[str, Count]) -> Iterator[Stratified]:
    """The common ratio over the strata both groups are in; nothing where none of them tells anything.

    Source: Mantel and Haenszel 1959 (the chance), Greenland and Robins 1985 (ratio and interval); METHODS 8.
    """
    both = [(one[stratum], other[stratum]) for stratum in sorted(one.keys() & other.keys())]
    both = [(a, b) for a, b in both if 0 < a.reached + b.reached < a.total + b.total and a.total and b.total]
    if not both:
        return
    cells = array([[a.reached, a.total, b.reached, b.total] for a, b in both]).T
    ratio = rate_ratio(*cells)
    low, high = (None if np.isnan(value) else value for value in (ratio.low, ratio.high))
    yield Stratified(
        by, len(both), int(cells[1].sum() + cells[3].sum()), _known(ratio.ratio, float(cells[0].sum())), low, high,
        mantel_haenszel(*cells).chance,
    )  # fmt: skip


def _known(ratio: float, reached: float) -> float | None:
    """The ratio; 0 where nobody of the group itself reached the step, None where nobody of the reference did."""
    if not np.isnan(ratio):
        return ratio
    return None if reached else 0.0


def _upper(count: Count) -> float:
    return float(wilson(count.reached, count.total).high)


def _pair(count: Count) -> tuple[int, int]:
    return count.reached, count.total


def _stratified_json(one: Stratified) -> dict[str, Any]:
    return {
        "by": one.by, "strata": one.strata, "people": one.people, "ratio": one.ratio, "low": one.low,
        "high": one.high, "chance": one.chance,
    }  # fmt: skip
