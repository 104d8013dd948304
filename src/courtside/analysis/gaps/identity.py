"""The factors of a result for everybody of a role: along its cohort where cases are won, else as it declares them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from courtside.analysis.gaps import chain
from courtside.analysis.gaps.cohort import Counts, Route
from courtside.analysis.gaps.factor import (
    About,
    Factor,
    How,
    Whose,
    count_weight,
    counted,
    fixed,
    mean,
    others,
    over,
    per_hit,
    rate,
    rate_weight,
    standardised,
)
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics.distributions import Array
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.metric import Metric, Rung, Unit
from courtside.metrics.sharing import Sharing, sharing_of
from courtside.records.period import Period

DAYS = About("days_present", "Share of days at work", Unit.PERCENT, Whose.HANDED)
RAMP = About("ramp", "Share of a full target owed", Unit.PERCENT, Whose.HANDED)
MIX = About("lead_mix", "Mix of leads", Unit.RATIO, Whose.HANDED)


def is_absence(about: About) -> bool:
    """Whether a factor says how much somebody was there: leave, a late start, the ramp."""
    return about in (DAYS, RAMP)


WINS = About("wins_per_lead_win", "Wins for each win from a lead", Unit.RATIO, Whose.THEIRS)
_MARGIN = "gross_margin"
_HOW = {Kind.COUNT: How.COUNT, Kind.RATE: How.RATE}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was counted of some people in a cohort's days and in the period, and the share of the days they were there.

    `events` and `sources` are as the question narrows them, `pool` and `pool_sources` of the same people as a
    whole: what others are like does not depend on who asks.
    """

    cohort: Period
    period: Period
    events: Counts
    pool: Counts
    sources: Counts | None
    pool_sources: Counts | None
    there: Array
    ramp: Array
    pool_full: Array

    def present(self) -> list[Factor]:
        """Leave and late starts, then the ramp: what the days at work would have been and were."""
        return [fixed(DAYS, self.there), fixed(RAMP, self.ramp)]

    @property
    def full(self) -> Array:
        """The share of a full target the days there owe."""
        return np.asarray(self.there * self.ramp)


def of_cohort(metric: Metric, catalogue: Catalogue, route: Route, seen: Seen) -> list[Factor]:
    """The factors of a won result: days, ramp, what came in, its mix, the share won, what each win brought."""
    came = _leads(catalogue, route, seen) if route.by_leads else _cases(catalogue, route, seen)
    return [*seen.present(), *came, *(_brought(metric, catalogue, seen) if chain.is_money(metric) else ())]


def _leads(catalogue: Catalogue, route: Route, seen: Seen) -> list[Factor]:
    """Leads handed, their mix, and the share closed that is left when the mix is taken out (METHODS 7).

    Where some wins come without a lead, the wins of the period for each of its wins from a lead follow.
    """
    if seen.sources is None or seen.pool_sources is None:
        raise TypeError("leads are counted by source")
    leads, won = (seen.sources.of(name, seen.cohort) for name in (chain.LEADS, chain.CLOSED_LEADS))
    pool, pool_won = (seen.pool_sources.of(name, seen.cohort) for name in (chain.LEADS, chain.CLOSED_LEADS))
    own, typical = standardised(leads, pool, pool_won)
    index = over(own, typical)
    total = leads.sum(axis=1)
    about = About(chain.LEADS, catalogue[chain.LEADS].label, Unit.COUNT, Whose.HANDED, chain.LEADS, is_total=True)
    closing = _of_metric("closing_rate", catalogue, Unit.PERCENT, "Closing %")
    scale = np.where(np.isfinite(index) & (index > 0), index, 1.0)
    found = [
        counted(about, total, seen.full, (pool.sum(axis=1), seen.pool_full)),
        fixed(MIX, index),
        rate(closing, won.sum(axis=1), total, typical, (pool_won.sum(axis=1), pool.sum(axis=1)), scale),
    ]
    if route.has_others:
        names = chain.WINS, chain.FROM_LEADS
        wins, from_leads = (seen.events.of(name, seen.period) for name in names)
        all_wins, all_from_leads = (seen.pool.of(name, seen.period) for name in names)
        found.append(per_hit(WINS, wins, from_leads, (all_wins, all_from_leads)))
    return found


def _cases(catalogue: Catalogue, route: Route, seen: Seen) -> list[Factor]:
    """Opportunities opened (or candidates put forward) and the share of them won."""
    opened, won = (seen.events.of(name, seen.cohort) for name in chain.OF_COHORT)
    pool, pool_won = (seen.pool.of(name, seen.cohort) for name in chain.OF_COHORT)
    name = "submittals" if route.recruits and "submittals" in catalogue else "opportunities_opened"
    about = _of_metric(name, catalogue, Unit.COUNT, "Opportunities opened", is_total=True)
    share = _of_metric("won_of_all_rate", catalogue, Unit.PERCENT, "Won of all opened")
    typical = over(others(pool_won), others(pool))
    return [
        counted(about, opened, seen.full, (pool, seen.pool_full)),
        rate(share, won, opened, typical, (pool_won, pool)),
    ]


def measures_of(metric: Metric, routes: Iterable[Route]) -> list[str]:
    """The measures that have to be counted for the factors of a won result."""
    listed = list(routes)
    names = [chain.WINS]
    if any(route.has_others for route in listed):
        names.append(chain.FROM_LEADS)
    if not all(route.by_leads for route in listed):
        names += chain.OF_COHORT
    if chain.is_money(metric):
        names += [chain.TOTAL, chain.SQUARES]
    if chain.adds_up(metric) == _MARGIN:
        names += [chain.AMOUNT, chain.MIXED, chain.AMOUNTS]
    return names


def _brought(metric: Metric, catalogue: Catalogue, seen: Seen) -> list[Factor]:
    """What a win brought, over the wins of the period itself; a margin as revenue a deal and the margin's share."""
    if chain.adds_up(metric) == _MARGIN:
        return _margin(catalogue, seen)
    n, total, squares = (seen.events.of(name, seen.period) for name in (chain.WINS, chain.TOTAL, chain.SQUARES))
    pool = seen.pool.of(chain.TOTAL, seen.period), seen.pool.of(chain.WINS, seen.period)
    name = "revenue_per_deal" if chain.adds_up(metric) == "amount" else f"{metric.name}_per_deal"
    about = _of_metric(name, catalogue, Unit.MONEY, f"{metric.label} per deal")
    return [mean(about, total, n, _around(squares, total, n), pool)]


def _margin(catalogue: Catalogue, seen: Seen) -> list[Factor]:
    """Revenue a deal, and the share of it that is margin: a ratio of sums, by what it leaves unexplained."""
    n, total, squares, amount, mixed, amounts = (
        seen.events.of(name, seen.period)
        for name in (chain.WINS, chain.TOTAL, chain.SQUARES, chain.AMOUNT, chain.MIXED, chain.AMOUNTS)
    )
    pool_n, pool_total, pool_amount = (
        seen.pool.of(name, seen.period) for name in (chain.WINS, chain.TOTAL, chain.AMOUNT)
    )
    deal = _of_metric("revenue_per_deal", catalogue, Unit.MONEY, "Revenue per deal")
    share = _of_metric("gross_margin_rate", catalogue, Unit.PERCENT, "Gross margin %")
    kept = np.nan_to_num(over(total, amount))
    left = np.maximum(squares - 2 * kept * mixed + kept**2 * amounts, 0.0)
    spread = np.nan_to_num(over(np.sqrt(np.nan_to_num(over(left, n))), over(amount, n)))
    typical = over(others(pool_total), others(pool_amount))
    margin = Factor(share, How.MEAN, over(total, amount), typical, total, n, spread, np.ones(len(n)))
    return [mean(deal, amount, n, _around(amounts, amount, n), (pool_amount, pool_n)), margin]


def _around(squares: Array, sums: Array, n: Array) -> Array:
    """Squares of deviations from each mean, from the squares themselves."""
    return np.maximum(squares - np.nan_to_num(over(sums**2, n)), 0.0)


def _of_metric(name: str, catalogue: Catalogue, unit: Unit, label: str, *, is_total: bool = False) -> About:
    """What a factor is called: as the catalogue has it, else as given; in whose hands, by its rung."""
    if name not in catalogue:
        return About(name, label, unit, Whose.THEIRS, None, is_total)
    metric = catalogue[name]
    whose = Whose.HANDED if metric.rung is Rung.INPUT else Whose.THEIRS
    return About(name, metric.label, metric.unit, whose, name, is_total)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a metric for some people: value (nan where unknown), numerator and denominator, or n."""

    value: Array
    hits: Array
    of: Array


def declared(
    metric: Metric, catalogue: Catalogue, own: Sequence[Figures], pool: Sequence[Figures], seen: Seen
) -> list[Factor]:
    """The factors a metric declares as its identity, over the period itself.

    Totals are counted as at full presence where just one factor is a total; leave and ramp are factors then.
    """
    parts = [catalogue[name] for name in metric.identity]
    totals = [part for part in parts if sharing_of(part, catalogue) is Sharing.TOTAL]
    full = seen.full if len(totals) == 1 else np.ones(len(seen.full))
    pool_full = seen.pool_full if len(totals) == 1 else np.ones(len(seen.full))
    found = seen.present() if len(totals) == 1 else []
    for part, mine, all_ in zip(parts, own, pool, strict=True):
        found.append(_declared(part, catalogue, mine, all_, (full, pool_full)))
    return found


def _declared(part: Metric, catalogue: Catalogue, own: Figures, pool: Figures, presence: tuple[Array, Array]) -> Factor:
    is_total = sharing_of(part, catalogue) is Sharing.TOTAL
    about = _of_metric(part.name, catalogue, part.unit, part.label, is_total=is_total)
    how = _HOW.get(kind_of(part, catalogue), How.FIXED)
    zero, one = np.zeros(len(own.value)), np.ones(len(own.value))
    if is_total:
        full, pool_full = presence
        typical = over(others(np.nan_to_num(pool.value)), others(pool_full))
        total = np.nan_to_num(own.value)
        is_level = how is How.COUNT and about.whose is Whose.THEIRS  # what was handed is a fact of the days
        weight = count_weight(np.nan_to_num(pool.value), pool_full) if is_level else None
        return Factor(about, how, over(total, full), typical, total, full, zero, one, weight)
    typical = over(others(pool.hits), others(pool.of))
    weight = rate_weight(pool.hits, pool.of) if how is How.RATE else None
    return Factor(about, how, own.value, typical, own.hits, own.of, zero, one, weight)
