"""The top third and the others of a pool of like people: where they differ, never why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

import numpy as np

from courtside.analysis.benchmark.people_figures import PeopleFigures, Reader
from courtside.analysis.benchmark.words import Apart, apart_sentence, unit_of
from courtside.analysis.cards.pools import EVERYBODY, Fitted
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics.distributions import Array, Flags, Indices, added, student_above, student_quantile
from courtside.analysis.statistics.mix import are_comparable
from courtside.analysis.statistics.multiplicity import benjamini_hochberg
from courtside.analysis.statistics.standardise import chi_square_above
from courtside.metrics.metric import Conversion, Direction, Metric, Stock
from courtside.warehouse.question import CannotAnswer

FEWEST = 5
"""A group of fewer people is not shown (and would name them)."""
THIRD = 1 / 3
_STEPS_DOWN = 2
_CONFIDENCE = 0.95
_CHANCE = 0.05
"""A pool that chance makes scatter as much as this often has no top to name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The means of two groups of people, each pool counted against itself, and the interval of the difference."""

    top: float
    rest: float
    top_people: int
    rest_people: int
    difference: float
    low: float
    high: float
    chance: float
    """Of a difference as large if there were none, both ways."""


def difference(values: Array, is_top: Flags, pool: Indices, variance: Array | None = None) -> Difference | None:
    """Mean of the top less mean of the rest within each pool, pools weighted by n_t n_r / (n_t + n_r).

    Welch's interval over people; with `variance` (of each shrunken figure) instead the spread of the
    posterior, the groups taken as they were chosen. None with fewer than five people on a side. Source:
    Welch 1947; weights as in Cochran 1954. Values 1 2 3 against 4 5 6 would be 3 (were five people enough).
    """
    known = np.isfinite(values)
    values, is_top, at = values[known], is_top[known], pool[known]
    size = int(at.max(initial=0)) + 1
    n = [added(at, side, size) for side in (is_top, ~is_top)]
    both = (n[0] > 0) & (n[1] > 0)
    used = both[at]
    groups = [used & is_top, used & ~is_top]
    if min(int(group.sum()) for group in groups) < FEWEST:
        return None
    weight = np.where(both, n[0] * n[1] / np.maximum(n[0] + n[1], 1), 0.0)
    weight /= weight.sum()
    shares = [np.divide(weight, side, out=np.zeros(size), where=side > 0)[at] for side in n]
    means = [float((share * values)[group].sum()) for share, group in zip(shares, groups, strict=True)]
    parts, freedoms = [], []
    for share, side, group in zip(shares, n, groups, strict=True):
        count = int(group.sum())
        centre = np.divide(added(at, values * group, size), side, out=np.zeros(size), where=side > 0)
        freedom = max(count - int((both & (side > 0)).sum()), 1)
        spread = ((values - centre[at]) ** 2)[group].sum() / freedom
        each = np.full(len(values), spread) if variance is None else variance[known]
        parts.append(float((share**2 * each)[group].sum()))
        freedoms.append(freedom)
    error = sqrt(sum(parts))
    freedom_of_both = sum(parts) ** 2 / max(sum(p * p / f for p, f in zip(parts, freedoms, strict=True)), 1e-300)
    found = means[0] - means[1]
    reach = student_quantile((1 + _CONFIDENCE) / 2, max(freedom_of_both, 1.0)) * error
    chance = float(2 * student_above(abs(found) / error, max(freedom_of_both, 1.0))) if error > 0 else 1.0
    people = [int(group.sum()) for group in groups]
    return Difference(means[0], means[1], people[0], people[1], found, found - reach, found + reach, chance)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Who belongs to the top third of their pool by the shrunken, mix-adjusted figure."""

    persons: Sequence[str]
    is_top: Flags
    pool: Indices
    shrunken: Array
    variance: Array
    alike: int
    """How many people are left out because their pool differs no more than chance makes it."""
    scatter: tuple[float, int]
    """Chi-square of everybody around their pools, and its degrees of freedom."""
    few: int
    """How many because nobody is like them in role, or there are too few."""


def ranked(reader: Reader, figures: PeopleFigures) -> Ranked:
    """Split every pool of like people that really differ into its top third and the others.

    People who are new, were away, or have no cases take no part.
    """
    ready = reader.is_ready(figures.persons) & (figures.exposure > 0) & np.isfinite(figures.raw)
    chosen = figures.only([p for p, is_there in zip(figures.persons, ready, strict=True) if is_there])
    nobody = np.zeros(0)
    if not len(chosen.persons):
        return Ranked((), nobody.astype(bool), nobody.astype(np.int64), nobody, nobody, 0, (0.0, 0), 0)
    fit = chosen.fitted(reader.levels(chosen.persons))
    shrunk = chosen.shrunk(fit.pools, fit.pool)
    is_few = fit.level == EVERYBODY
    squares, freedom = scatter(chosen, fit)
    is_alike = (fit.pools.is_alike | (chi_square_above(squares, freedom) >= _CHANCE))[fit.pool] & ~is_few
    kept = np.flatnonzero(~is_few & ~is_alike)
    order = -shrunk.mean if figures.metric.direction is Direction.DOWN else shrunk.mean
    is_top = np.zeros(len(kept), dtype=np.bool_)
    pool = fit.pool[kept]
    for number in np.unique(pool):
        mine = np.flatnonzero(pool == number)
        best = mine[np.argsort(-order[kept][mine], kind="stable")][: max(round(len(mine) * THIRD), 1)]
        is_top[best] = True
    first, second = shrunk.first, shrunk.second
    of_beta = first * second / ((first + second) ** 2 * (first + second + 1))
    of_gamma = np.divide(shrunk.mean**2, first, out=np.zeros_like(first), where=first > 0)
    variance = of_beta if figures.kind is Kind.RATE else of_gamma
    persons = [chosen.persons[int(n)] for n in kept]
    of = np.unique(fit.pool[~is_few])
    whole = float(squares[of].sum()), int(freedom[of].sum())
    return Ranked(
        persons, is_top, pool, shrunk.mean[kept], variance[kept], int(is_alike.sum()), whole, int(is_few.sum())
    )  # fmt: skip


def scatter(figures: PeopleFigures, fit: Fitted) -> tuple[Array, Array]:
    """Pearson's chi-square of the people of each pool around their common figure, and its degrees of freedom.

    Rates scatter by p (1 - p) over cases, counts by their expectation.
    """
    pools = len(fit.pools.people)
    own = np.flatnonzero(fit.pool[fit.members] == fit.member_of)
    who, at = fit.members[own], fit.member_of[own]
    x, n = figures.hits[who], figures.exposure[who]
    mean = np.divide(added(at, x, pools), added(at, n, pools), out=np.zeros(pools), where=added(at, n, pools) > 0)
    spread = mean * (1 - mean) if figures.kind is Kind.RATE else mean
    due = n * spread[at]
    squares = np.divide((x - n * mean[at]) ** 2, due, out=np.zeros_like(due), where=due > 0)
    return added(at, squares, pools), np.maximum(added(at, minlength=pools) - 1, 0)


def is_ranked(reader: Reader, metric: Metric) -> bool:
    """Whether people can be ranked by a metric: chance is known of rates and counts."""
    return kind_of(metric, reader.session.catalogue) in (Kind.RATE, Kind.COUNT)


def causes_of(reader: Reader, metric: Metric) -> list[Metric]:
    """What moves a metric, two steps down the ladder, from near to far; no stocks, nor chances stage by stage."""
    seen, step, found = {metric.name}, [metric], []
    for _ in range(_STEPS_DOWN):
        names = dict.fromkeys(cause.metric for above in step for cause in above.moved_by)
        step = [reader.session.catalogue[name] for name in names if name not in seen]
        seen.update(below.name for below in step)
        found += [cause for cause in step if not isinstance(cause.body, Conversion | Stock)]
    return found


def top_and_rest(reader: Reader, name: str, stratum: str = "source") -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of `benchmark`: the metric first, then what moves it; and what there is to say of the people.

    Raises CannotAnswer for a metric that is neither a rate nor a count.
    """
    figures = reader.figures(name, stratum)
    if not figures.is_counted:
        counted = [cause.name for cause in causes_of(reader, figures.metric) if is_ranked(reader, cause)]
        instead = f"; what moves it can be asked for: {', '.join(counted)}" if counted else ""
        raise CannotAnswer(f"top and rest are known of rates and counts, and {name} is neither{instead}")
    who = ranked(reader, figures)
    own = difference(who.shrunken, who.is_top, who.pool, who.variance)
    rows = [_row(reader, figures, who, own, is_own=True)]
    others = list(_others(reader, figures.metric, who, stratum)) if own is not None else []
    named = benjamini_hochberg([found.chance for _, found in others])
    rows += [
        _row(reader, cause, who, found, is_real=bool(is_real))
        for (cause, found), is_real in zip(others, named, strict=True)
    ]
    return rows, list(_mix_notes(figures, who))


def _mix_notes(figures: PeopleFigures, who: Ranked) -> Iterator[str]:
    """That the two groups were handed cases with little in common, if so: their ratios do not compare (METHODS 7)."""
    if figures.mix is None or not who.is_top.any():
        return
    handed = figures.mix.handed
    side = np.full(handed.units, -1, dtype=np.int64)
    for person, is_top in zip(who.persons, who.is_top, strict=True):
        side[figures.mix.place[0, person]] = is_top
    mixes = [added(handed.stratum[own], handed.of[own], len(figures.mix.strata)) for own in _sides(side, handed.unit)]
    if not are_comparable(mixes[0], mixes[1]):
        yield "The top third and the others were handed cases with little in common: not comparable."


def _sides(side: Indices, unit: Indices) -> tuple[Flags, Flags]:
    return side[unit] == 1, side[unit] == 0


def _others(reader: Reader, metric: Metric, who: Ranked, stratum: str) -> Iterator[tuple[PeopleFigures, Difference]]:
    """What moves the metric, for the same people, wherever it is known of five on either side."""
    for cause in causes_of(reader, metric):
        try:
            figures = reader.figures(cause.name, stratum).only(who.persons)
        except CannotAnswer:
            continue
        found = difference(figures.raw, who.is_top, who.pool)
        if found is not None and isfinite(found.difference):
            yield figures, found


def _row(
    reader: Reader, figures: PeopleFigures, who: Ranked, found: Difference | None, *, is_own: bool = False,
    is_real: bool = True,
) -> dict[str, Any]:  # fmt: skip
    metric = figures.metric
    is_apart = found is not None and is_real and (found.low > 0 or found.high < 0)
    nothing = "alike" if who.alike else "too_few"
    verdict = nothing if found is None else "they_differ" if is_apart else "not_separable"
    told = Apart(
        metric.label, figures.kind, metric.unit, reader.session.currency, verdict, is_own,
        found.top if found else None, found.rest if found else None,
        (found.low, found.high) if found else None,
        found.top_people if found else 0, found.rest_people if found else 0, who.alike, who.few,
        who.scatter if is_own else None,
    )  # fmt: skip
    return {
        "metric": metric.name, "label": metric.label, "rung": metric.rung.value, "unit": unit_of(told),
        "period": reader.period.name,
        "top": told.top, "top_people": told.top_people, "rest": told.rest, "rest_people": told.rest_people,
        "difference": found.difference if found else None, "interval": list(told.interval) if told.interval else None,
        "n": float(np.nansum(figures.n)), "verdict": verdict, "sentence": apart_sentence(told),
    }  # fmt: skip
