"""Like with like: what others reach on the very cases somebody was handed, and how theirs compares with that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import Array, Flags, Indices, Numbers, added, array
from courtside.analysis.statistics.intervals import Interval, clopper_pearson, exact_poisson
from courtside.analysis.statistics.standardise import chi_square_above

LEAST_STRENGTH = 2.0
"""So many typical cases the overall rate counts for at the least beside a stratum's own."""
LEAST_OTHERS = 30.0
"""With fewer cases of others than this a stratum has no benchmark of its own to speak of."""
LEAST_KNOWN = 0.8
"""The share of somebody's cases that must lie where there is a benchmark, or they cannot be compared."""
LEAST_OVERLAP = 0.25
"""Two mixes that share less than this are not comparable with each other (METHODS 7)."""


@dataclass(frozen=True, slots=True)
class Handed:
    """Hits among cases, one entry for each unit (a person) and stratum (a lead source) that met.

    `unit` and `stratum` are numbers; `pool` says of each unit with whom it is compared at all (a period).
    """

    hits: Array
    of: Array
    unit: Indices
    stratum: Indices
    pool: Indices

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.pool)

    @property
    def at(self) -> Indices:
        """The pool of each entry."""
        return np.asarray(self.pool[self.unit])

    def cells(self) -> tuple[Array, Array, Indices]:
        """Hits and cases of each stratum in each pool, and which of these every entry belongs to."""
        width = int(self.stratum.max(initial=0)) + 1
        cell = self.at * width + self.stratum
        size = int(self.pool.max(initial=0) + 1) * width
        return added(cell, self.hits, size), added(cell, self.of, size), np.asarray(cell)

    def of_others(self) -> tuple[Array, Array]:
        """Hits and cases of all others of a unit's pool, by stratum: (units, strata) each."""
        hits, of, _ = self.cells()
        width = int(self.stratum.max(initial=0)) + 1
        own = self.unit * width + self.stratum
        return (
            hits.reshape(-1, width)[self.pool] - added(own, self.hits, self.units * width).reshape(-1, width),
            of.reshape(-1, width)[self.pool] - added(own, self.of, self.units * width).reshape(-1, width),
        )

    def within(self) -> tuple[Array, Array, Array, Array]:
        """Hits and cases of each unit, and those of all units of its pool."""
        hits, of = added(self.unit, self.hits, self.units), added(self.unit, self.of, self.units)
        return hits, of, added(self.pool, hits)[self.pool], added(self.pool, of)[self.pool]


def strength(handed: Handed) -> Array:
    """For each unit how many cases the overall rate counts for beside a stratum's own: m (1 - m) / tau^2 - 1.

    tau^2 is how far the strata's true rates lie apart, by moments and without the unit's own cases: the more, the less
    a stratum is drawn to the others. Sources that close 5 to 40 % -> about 15; sources that differ no more than
    chance -> inf. Source: the beta-binomial's moments, as METHODS 1.2 for people.
    """
    x, n = handed.of_others()
    cases, strata = n.sum(axis=1), (n > 0).sum(axis=1)
    mean = np.nan_to_num(_over(x.sum(axis=1), cases))
    apart = (n * (np.nan_to_num(_over(x, n)) - mean[:, None]) ** 2).sum(axis=1) - (strata - 1) * mean * (1 - mean)
    tau2 = np.nan_to_num(_over(apart, cases - np.nan_to_num(_over((n**2).sum(axis=1), cases))))
    found = np.divide(mean * (1 - mean), tau2, out=np.full(handed.units, np.inf), where=tau2 > 0) - 1
    return array(np.maximum(found, LEAST_STRENGTH))


def typical(handed: Handed, weight: Array | None = None) -> Array:
    """The rate others reach in the stratum of each entry: leave-one-out, drawn towards their overall rate.

    (x_s - x_is + w p) / (n_s - n_is + w), p the rate of all others over all strata, w the unit's `strength` unless
    given; nan where nobody else has cases. Source: METHODS 7. Own 4 of 20, all 40 of 220 in a stratum, others 20 %
    over all, w 30 -> (36 + 6) / (200 + 30) = 0.1826.
    """
    hits, of, all_hits, all_of = handed.within()
    rest = all_of - of
    overall = np.divide(all_hits - hits, rest, out=np.full(handed.units, np.nan), where=rest > 0)[handed.unit]
    cell_hits, cell_of, cell = handed.cells()
    w = (strength(handed) if weight is None else weight)[handed.unit]
    own_hits, own_of = cell_hits[cell] - handed.hits, cell_of[cell] - handed.of
    # own / (own + w) is 0 with infinite weight: the stratum is the overall rate then
    share = np.divide(own_of, own_of + w, out=np.zeros(len(w)), where=own_of > 0)
    own = np.divide(own_hits, own_of, out=np.zeros(len(w)), where=own_of > 0)
    return array(share * own + (1 - share) * overall)


@dataclass(frozen=True, slots=True)
class Compared:
    """Each unit beside what is typical of the cases it was handed; nan where nobody else has any."""

    observed: Array
    of: Array
    expected: Array
    """sum of n_is p_s: hits that typical handling of these very cases would have given."""
    variance: Array
    """sum of n_is p_s (1 - p_s): how far the hits come and go by chance."""
    overall: Array
    """The rate of all others over all strata."""
    interval: Interval
    """Of observed over expected, 95 %, exact."""
    known: Array
    """The share of the cases in strata where others have cases enough for a benchmark."""
    overlap: Array
    """What the unit's mix shares with that of all others: 0 nothing, 1 all."""
    doubt: Array
    """The standard error of typical / overall: others' rates are themselves estimated, from their own cases."""

    @property
    def ratio(self) -> Array:
        """Observed over expected: 1 is what is typical."""
        return _over(self.observed, self.expected)

    @property
    def typical(self) -> Array:
        """The rate typical handling of these very cases would reach."""
        return _over(self.expected, self.of)

    @property
    def adjusted(self) -> Array:
        """The rate to be expected with everybody's mix: observed over expected, times the overall rate."""
        return self.ratio * self.overall

    @property
    def is_comparable(self) -> Flags:
        """Whether enough of the cases lie where there is a benchmark."""
        return np.asarray((self.known >= LEAST_KNOWN) & np.isfinite(self.expected) & (self.expected > 0))

    @property
    def weight(self) -> Array:
        """How many cases of the overall mix say as much: n where the mix is everybody's, fewer of cold leads.

        So that the adjusted rate has the variance of a rate of so many cases: (1 - p) E^2 / (p V).
        """
        p = self.overall
        return np.nan_to_num(_over((1 - p) * self.expected**2, p * self.variance))

    def position(self) -> list[str]:
        """`above`, `below` or `not_separable` from what is typical; `not_comparable` without a benchmark."""
        low, high = self.interval.low > 1, self.interval.high < 1
        return [
            ("above" if is_above else "below" if is_below else "not_separable") if is_known else "not_comparable"
            for is_above, is_below, is_known in zip(low, high, self.is_comparable, strict=True)
        ]


def compared(handed: Handed, weight: Array | None = None) -> Compared:
    """Every unit's hits beside those typical handling of the very same cases would have given.

    Source: indirect standardisation, METHODS 7.
    """
    p = typical(handed, weight)
    hits, of, all_hits, all_of = handed.within()
    expected = added(handed.unit, handed.of * p, handed.units)
    variance = added(handed.unit, handed.of * p * (1 - p), handed.units)
    overall = _over(all_hits - hits, all_of - of)
    _, cell_of, cell = handed.cells()
    others = cell_of[cell] - handed.of
    known = _over(added(handed.unit, handed.of * (others >= LEAST_OTHERS), handed.units), of)
    return Compared(
        hits, of, expected, variance, overall, ratio_of_cases(hits, of, expected), known, _overlap(handed, others),
        _over(_doubt(handed, _over(_over(expected, of), overall)), overall),
    )  # fmt: skip


def _doubt(handed: Handed, ratio: Array) -> Array:
    """The root of the sum over strata of (own share - ratio x others' share)^2 p (1 - p) / n, of the others' cases.

    By the delta method: what own and usual mix have in common is estimated from the same cases and cancels out.
    """
    x, n = handed.of_others()
    p = np.nan_to_num(_over(x, n))
    own = added(handed.unit * n.shape[1] + handed.stratum, handed.of, n.size).reshape(n.shape)
    shares = [np.nan_to_num(_over(of, of.sum(axis=1, keepdims=True))) for of in (own, n)]
    variance = np.nan_to_num(_over(p * (1 - p), n))
    return array(np.sqrt(((shares[0] - ratio[:, None] * shares[1]) ** 2 * variance).sum(axis=1)))


def _overlap(handed: Handed, others: Array) -> Array:
    """sum over strata of the smaller of the unit's and the others' share of cases."""
    _, of, _, all_of = handed.within()
    own = _over(handed.of, of[handed.unit])
    rest = _over(others, (all_of - of)[handed.unit])
    return added(handed.unit, np.nan_to_num(np.minimum(own, rest)), handed.units)


def overlap(one: Numbers, two: Numbers) -> float:
    """What two mixes share: sum of the smaller share in each stratum. 95/5 and 80/20 -> 0.85; apart -> 0."""
    first, second = array(one), array(two)
    if first.sum() <= 0 or second.sum() <= 0:
        return 0.0
    return float(np.minimum(first / first.sum(), second / second.sum()).sum())


def are_comparable(one: Numbers, two: Numbers) -> bool:
    """Whether two units' ratios may be set beside each other: their mixes share a quarter or more."""
    return overlap(one, two) >= LEAST_OVERLAP


def ratio_of_cases(hits: Numbers, of: Numbers, expected: Numbers, confidence: float = 0.95) -> Interval:
    """The exact binomial interval of observed over expected, where every hit is one of so many cases.

    12 of 96 with 12 expected -> 0.53 to 1.67. Source: Clopper and Pearson 1934; METHODS 7.
    """
    rate = clopper_pearson(hits, of, confidence)
    scale = _over(array(of), array(expected))
    return Interval(rate.low * scale, rate.high * scale)


def ratio_of_events(observed: Numbers, expected: Numbers, confidence: float = 0.95) -> Interval:
    """The exact Poisson interval of observed over expected events: 10 of 10 expected -> 0.4795 to 1.839.

    Source: Garwood 1936; METHODS 7.
    """
    events, due = exact_poisson(observed, confidence), array(expected)
    return Interval(_over(events.low, due), _over(events.high, due))


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """Whether units differ more than chance makes them: Pearson's chi-square around the strata's common rates."""

    square: float
    freedom: int
    chance: float

    @property
    def differ(self) -> bool:
        """Whether chance alone would hardly make them differ so much (5 %)."""
        return self.chance < 0.05


def homogeneity(handed: Handed) -> Homogeneity:
    """Pearson's chi-square of all units of one pool around what their strata's common rates lead to expect.

    sum (O - E)^2 / V over units, units - 1 degrees of freedom; in one stratum the chi-square of the table.
    The 30 agents of the Maven data, won of decided -> 33.3 with 29 degrees, chance 0.265.
    """
    cell_hits, cell_of, cell = handed.cells()
    p = _over(cell_hits, cell_of)[cell]
    hits = added(handed.unit, handed.hits, handed.units)
    expected = added(handed.unit, handed.of * p, handed.units)
    variance = added(handed.unit, handed.of * p * (1 - p), handed.units)
    there = variance > 0
    square = float(((hits - expected)[there] ** 2 / variance[there]).sum())
    freedom = max(int(there.sum()) - 1, 0)
    return Homogeneity(square, freedom, float(chi_square_above(square, freedom)))


def _over(above: Array, below: Array) -> Array:
    return array(np.divide(above, below, out=np.full(np.shape(above), np.nan), where=np.nan_to_num(below) > 0))
