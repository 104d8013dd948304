"""Whether a metric tells people apart: that they differ on it beyond chance, and that each one keeps their place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.analysis.cards.pools import LEAST_PEOPLE
from courtside.analysis.statistics.distributions import (
    Array,
    Flags,
    Indices,
    Numbers,
    added,
    array,
    f_above,
    f_quantile,
    normal_quantile,
)

ALPHA = 0.05
STEADY = 0.5
"""The reliability from which one's own figures weigh as much as the pool's (METHODS 1.2: n = s)."""
_LEAST_BLOCKS = 4


@dataclass(frozen=True, slots=True)
class Variation:
    """How people differ: F against chance, its degrees of freedom, and the share of the differences that is real.

    `below` is inf where chance is known without being measured (a rate: Pearson's chi-square = f * above).
    """

    f: float
    above: float
    below: float
    people: int

    @property
    def chance(self) -> float:
        """How often chance alone would make people differ as much."""
        return f_above(self.f, self.above, self.below)

    @property
    def is_beyond_chance(self) -> bool:
        """Whether people differ more than chance makes them."""
        return self.chance < ALPHA

    @property
    def share(self) -> float:
        """The share, 0 to 1, of the variance between people's figures that is not chance: 1 - 1 / F."""
        return max(0.0, 1 - 1 / self.f) if self.f > 0 else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that share: exact for figures that scatter normally (Shrout and Fleiss 1979)."""
        if self.f <= 0:
            return 0.0, 0.0
        least, most = (f_quantile(share, self.above, self.below) / self.f for share in (1 - ALPHA / 2, ALPHA / 2))
        return max(0.0, 1 - least), max(0.0, 1 - most)


@dataclass(frozen=True, slots=True)
class Stability:
    """How well one half of a person's time foretells the other, stepped up to the whole: -1 to 1 with its interval."""

    reliability: float
    interval: tuple[float, float]
    people: int

    @property
    def is_stable(self) -> bool | None:
        """Whether a person's figure is at least half their own; None where the interval holds both answers."""
        low, high = self.interval
        if low >= STEADY:
            return True
        return False if high < STEADY else None


def variation_of_rates(x: Numbers, n: Numbers, role: Indices) -> Variation | None:
    """Pearson's chi-square of equal rates among people of a role, added up over roles; None under ten people.

    `x` of `n` (people). The 30 agents of the Maven export: 33.3 on 29 degrees of freedom (PUBLISHED_FIGURES).
    """
    hits, of = array(x), array(n)
    there = of > 0
    hits, of, group = hits[there], of[there], _numbered(role[there])
    if len(hits) < LEAST_PEOPLE:
        return None
    mean = (added(group, hits) / added(group, of))[group]
    spread = of * mean * (1 - mean)
    differs = spread > 0
    squares = float(((hits - of * mean)[differs] ** 2 / spread[differs]).sum())
    freedom = _freedom(group[differs])
    return Variation(squares / freedom, freedom, float("inf"), len(hits)) if freedom > 0 else None


def variation_of_blocks(x: Numbers, exposure: Numbers, role: Indices) -> Variation | None:
    """F of people against their own blocks of weeks, both (people, blocks), blocks without exposure left out.

    Counts and sums scatter in proportion to what is expected of them, so that the F is that of a quasi-Poisson
    model and bursts count as chance: between = sum (x - e)^2 / e over people, within the same over blocks.
    Source: McCullagh and Nelder 1989, 6.2; METHODS 1.5 (dispersion). None under ten people of four blocks.
    """
    seen, of = _paired(x, exposure)
    enough = ((of > 0).sum(axis=1) >= _LEAST_BLOCKS) & (seen.sum(axis=1) > 0)
    seen, of, group = seen[enough], of[enough], _numbered(role[enough])
    if len(seen) < LEAST_PEOPLE:
        return None
    season = _season(seen, of, group)
    expected = of * season
    total, due = seen.sum(axis=1), expected.sum(axis=1)
    own = (total / due)[:, None] * expected
    level = (added(group, total) / added(group, due))[group]
    between = float(((total - level * due) ** 2 / (level * due)).sum())
    squares = np.divide((seen - own) ** 2, own, out=np.zeros_like(own), where=own > 0)
    return _f(between, _freedom(group), float(squares.sum()), float((own > 0).sum() - len(own)), len(own))


def variation_of_values(values: Numbers, role: Indices) -> Variation | None:
    """F of one-way analysis of variance over figures that cannot be counted by days: (people, periods), nan unknown."""
    table = array(values)
    enough = np.isfinite(table).sum(axis=1) >= _LEAST_BLOCKS
    table, group = table[enough], _numbered(role[enough])
    if len(table) < LEAST_PEOPLE:
        return None
    table = _without_season(table, group)
    n, own = np.isfinite(table).sum(axis=1), np.nanmean(table, axis=1)
    level = (added(group, n * own) / added(group, array(n)))[group]
    between = float((n * (own - level) ** 2).sum())
    inside = float(np.nansum((table - own[:, None]) ** 2))
    return _f(between, _freedom(group), inside, float(n.sum() - len(table)), len(table))


def stability_of_blocks(x: Numbers, exposure: Numbers, role: Indices) -> Stability | None:
    """Odd against even blocks of each person's figures x / exposure, both (people, blocks); None under ten people."""
    seen, of = _paired(x, exposure)
    enough = ((of[:, ::2] > 0).sum(axis=1) >= _LEAST_BLOCKS // 2) & (
        (of[:, 1::2] > 0).sum(axis=1) >= _LEAST_BLOCKS // 2
    )
    enough &= seen.sum(axis=1) > 0
    seen, of = seen[enough], of[enough]
    if len(seen) < LEAST_PEOPLE:
        return None
    halves = [seen[:, half::2].sum(axis=1) / of[:, half::2].sum(axis=1) for half in (0, 1)]
    return split_half(*halves, role=role[enough])


def stability_of_values(values: Numbers, role: Indices) -> Stability | None:
    """The same for figures that cannot be added up: means of the odd and of the even periods."""
    table = array(values)
    enough = np.isfinite(table).sum(axis=1) >= _LEAST_BLOCKS
    table, group = table[enough], role[enough]
    both = np.isfinite(table[:, ::2]).any(axis=1) & np.isfinite(table[:, 1::2]).any(axis=1)
    if both.sum() < LEAST_PEOPLE:
        return None
    table = table[both]
    return split_half(np.nanmean(table[:, ::2], axis=1), np.nanmean(table[:, 1::2], axis=1), role=group[both])


def split_half(odd: Numbers, even: Numbers, *, role: Indices) -> Stability | None:
    """Reliability 2 r / (1 + r) from the correlation of two halves inside roles, 95 % by Fisher's z.

    Source: Spearman 1910, Brown 1910. r 0.6 -> 0.75.
    """
    group = _numbered(role)
    one, two = (array(half) - (added(group, array(half)) / added(group))[group] for half in (odd, even))
    freedom = len(one) - int(group.max()) - 3
    size = float(np.sqrt((one**2).sum() * (two**2).sum()))
    if freedom < 1 or size <= 0:
        return None
    r = float(np.clip((one * two).sum() / size, -1 + 1e-12, 1 - 1e-12))
    reach = normal_quantile(1 - ALPHA / 2) / np.sqrt(freedom)
    low, high = (float(np.tanh(np.arctanh(r) + side * reach)) for side in (-1, 1))
    return Stability(stepped_up(r), (stepped_up(low), stepped_up(high)), len(one))


def stepped_up(r: float) -> float:
    """The reliability of the whole from the correlation of its halves; halves that disagree foretell nothing."""
    return max(-1.0, 2 * r / (1 + r)) if r > -1 else -1.0


def _f(between: float, above: float, inside: float, below: float, people: int) -> Variation | None:
    if above <= 0 or below <= 0 or inside <= 0:
        return None
    return Variation(between / above / (inside / below), above, below, people)


def _paired(x: Numbers, exposure: Numbers) -> tuple[Array, Array]:
    """Counts and exposure, both 0 where either is unknown or nobody was there."""
    seen, of = array(x), array(exposure)
    there = np.isfinite(seen) & np.isfinite(of) & (of > 0)
    return np.where(there, seen, 0.0), np.where(there, of, 0.0)


def _season(seen: Array, of: Array, group: Indices) -> Array:
    """What each block brings a day, over all people of a role: (people, blocks)."""
    above = np.stack([added(group, column) for column in seen.T], axis=1)
    below = np.stack([added(group, column) for column in of.T], axis=1)
    return np.asarray(np.divide(above, below, out=np.zeros_like(above), where=below > 0)[group])


def _without_season(table: Array, group: Indices) -> Array:
    """Figures less what people of the role had on average in the period."""
    known: Flags = np.isfinite(table)
    above = np.stack([added(group, column) for column in np.where(known, table, 0.0).T], axis=1)
    below = np.stack([added(group, column) for column in array(known).T], axis=1)
    return np.asarray(table - np.divide(above, below, out=np.zeros_like(above), where=below > 0)[group])


def _numbered(role: Indices) -> Indices:
    return np.unique(role, return_inverse=True)[1].astype(np.int64)


def _freedom(group: Indices) -> float:
    return float(len(group) - len(np.unique(group)))
