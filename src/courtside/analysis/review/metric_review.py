"""Metrics on trial: for each, does it vary, is it stable, does it precede its result, does it still; then a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from courtside.analysis.counted import PRESENT
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.review import precedence
from courtside.analysis.review.precedence import Found, judged, pair_of
from courtside.analysis.review.reliability import (
    Stability,
    Variation,
    stability_of_blocks,
    stability_of_values,
    variation_of_blocks,
    variation_of_rates,
    variation_of_values,
)
from courtside.analysis.review.suitability import Cycle, usual_a_month, weeks_to_tell, weeks_to_tell_rate
from courtside.analysis.review.weekly import Weeks, is_counted, is_weekly, weekly
from courtside.analysis.review.words import Trial, sentence_of, verdict_of
from courtside.analysis.statistics.distributions import Array
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.metric import Conversion, Direction, Metric, Observed, Ratio, Rung, Stock
from courtside.records.period import Grain, Period
from courtside.warehouse.asked import Asked
from courtside.warehouse.question import Question
from courtside.warehouse.session import Session
from courtside.warehouse.spread import conversion_days

BLOCK = 4
"""Weeks that are taken together where people are compared: one week's holiday is then no difference."""
BLOCKS = 26
"""Two years of them; older ones say little of who people are today."""
QUARTERS = 8
_TOOK, _WON = "days_to_close_median", "closed_sales"
_RUNGS = list(Rung)
_WAY = {Direction.UP: 1, Direction.DOWN: -1, Direction.NONE: 0}
_NOT_CUT = ("target", "attainment", "share_attaining")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """All that a review of a firm's metrics rests on."""

    session: Session
    asked: Asked
    weeks: Weeks

    @property
    def catalogue(self) -> Catalogue:
        """The definitions in force."""
        return self.session.catalogue


def reviewed_metrics(catalogue: Catalogue) -> tuple[Metric, ...]:
    """Every metric shown to people that says something of a person's period, from causes to results.

    Standings at a moment, stage conversions, what others wrote down and who reached a target are left out.
    """
    found = [
        metric
        for metric in catalogue
        if not (metric.internal or metric.name == PRESENT or isinstance(metric.body, Conversion | Observed | Stock))
        and not any(isinstance(part.body, Stock | Observed) for part in catalogue.closure(metric.name))
        and not any(call.name in _NOT_CUT for call in metric.functions)
    ]
    return tuple(sorted(found, key=lambda metric: _RUNGS.index(metric.rung)))


def ground_of(session: Session, question: Question) -> Reviewed | None:
    """What every metric's review rests on, read once; None where nothing is recorded.

    All metrics are always looked at together, so that what is said of one does not depend on how it was asked for.
    """
    catalogue = session.catalogue
    asked = session.asked_of(replace(question, by=("person",)), catalogue[question.metric])
    metrics = reviewed_metrics(catalogue)
    causes = [part for metric in metrics for part in _weekly_parts(metric, catalogue)]
    results = [result for metric in metrics for result in results_of(metric, catalogue)]
    rates = [part for metric in metrics for part in _rate_parts(metric, catalogue)]
    weeks = weekly(session, asked, [*causes, *results, *rates])
    return Reviewed(session, asked, weeks) if weeks is not None else None


def review(ground: Reviewed) -> list[Mapping[str, Any]]:
    """A row for each metric (DATA 5 `review`), from causes to results."""
    metrics = reviewed_metrics(ground.catalogue)
    found = precedences(ground, metrics)
    values = _quarterly(ground, [metric for metric in metrics if not _blocks_of(metric, ground)])
    trials = (_trial(ground, metric, found.get(metric.name, ()), values.get(metric.name)) for metric in metrics)
    return [row_of(trial, ground.asked.clock.as_of) for trial in trials]


def row_of(trial: Trial, as_of: date) -> Mapping[str, Any]:
    """A trial as the command shows it: fractions stay fractions, `effect` is an elasticity."""
    best, varies, stable = trial.best, trial.variation, trial.stability
    lag = best.lag if best is not None and (best.is_signal or best.is_contrary) else None
    return {
        "metric": trial.metric.name, "label": trial.metric.label, "rung": trial.metric.rung.value,
        "varies": None if varies is None else varies.is_beyond_chance,
        "varies_share": None if varies is None else varies.share,
        "varies_chance": None if varies is None else varies.chance,
        "stable": None if stable is None else stable.is_stable,
        "reliability": None if stable is None else stable.reliability,
        "reliability_interval": None if stable is None else list(stable.interval),
        "precedes": trial.precedes, "result": None if best is None else best.pair.result,
        "lag_weeks": None if lag is None else lag.weeks,
        "effect": None if lag is None else lag.effect,
        "interval": None if lag is None else list(lag.interval),
        "still": best.still if best is not None and lag is not None else None,
        "verdict": verdict_of(trial), "review_on": next_review(as_of).isoformat(),
        "people": trial.people, "weeks": trial.weeks, "n": trial.n,
        "sentence": sentence_of(trial),
    }  # fmt: skip


def next_review(as_of: date) -> date:
    """The end of the next half-year: 2026-11-22 -> 2027-06-30. Metrics become targets and are gamed (METHODS 4)."""
    return date(as_of.year + 1, 6, 30) if as_of.month > 6 else date(as_of.year, 12, 31)


# what comes before what ---------------------------------------------------------------------------------------


def precedences(ground: Reviewed, metrics: Sequence[Metric]) -> Mapping[str, Sequence[Found]]:
    """For every metric what is found of each result it may precede, all of them judged together."""
    catalogue = ground.catalogue
    asked = [
        precedence.Asked(metric.name, parts, result, lag, _WAY[metric.direction] * _WAY[catalogue[result].direction])
        for metric in metrics
        if (parts := _weekly_parts(metric, catalogue))
        for result, lag in results_of(metric, catalogue).items()
    ]
    found: dict[str, list[Found]] = {}
    for one in judged([pair_of(ground.weeks, each) for each in asked]):
        found.setdefault(one.pair.metric, []).append(one)
    return found


def results_of(metric: Metric, catalogue: Catalogue) -> Mapping[str, int]:
    """The nearest metrics up the ladder that follow a week or more later and can be counted by weeks, with that lag.

    What follows in the same week is the same work under another name (dials, connects), and a rate or growth is no
    count: there the way goes on up, lags added, for four weeks in all (METHODS 4); only what the ladder names as
    moved by the metric itself may lie further off. dials -> meetings, by way of connects.
    """
    found, seen, step = dict[str, int](), {metric.name}, [(metric.name, 0)]
    while step:
        above = {
            m.name: lag + cause.lag_weeks
            for name, lag in step
            for m in catalogue
            if not m.internal and m.name not in seen
            for cause in m.moved_by
            if cause.metric == name and (name == metric.name or lag + cause.lag_weeks <= precedence.LAGS)
        }
        seen |= above.keys()
        found |= {name: lag for name, lag in above.items() if lag and is_weekly(catalogue[name])}
        step = [(name, lag) for name, lag in above.items() if name not in found and lag <= precedence.LAGS]
    return found


def _weekly_parts(metric: Metric, catalogue: Catalogue) -> tuple[str, ...]:
    """What a metric is in a week: its own count, or the two counts of a share; nothing where it is neither."""
    if is_weekly(metric):
        return (metric.name,)
    if isinstance(metric.body, Ratio) and all(is_weekly(catalogue[part]) for part in metric.parts):
        return metric.parts
    return ()


# how people differ --------------------------------------------------------------------------------------------


def _rate_parts(metric: Metric, catalogue: Catalogue) -> tuple[str, ...]:
    """Numerator and denominator of a share both of which add up over days, cohorts among them."""
    is_rate = isinstance(metric.body, Ratio) and kind_of(metric, catalogue) is Kind.RATE
    return metric.parts if is_rate and all(is_counted(catalogue[part]) for part in metric.parts) else ()


def _blocks_of(metric: Metric, ground: Reviewed) -> tuple[Array, Array] | None:
    """What is counted and out of what, in blocks of weeks: (people, blocks); None for what is not so counted.

    A cohort's newest blocks are left out until they have had their time.
    """
    counts = ground.weeks.counts
    if is_weekly(metric) and metric.name in counts:
        return _blocked(counts[metric.name]), _blocked(ground.weeks.days)
    parts = _rate_parts(metric, ground.catalogue)
    if not parts or not all(part in counts for part in parts):
        return None
    hits, of = (counts[part] for part in parts)
    ripe = _ripe_weeks(metric, ground)
    return _blocked(hits[:, :ripe]), _blocked(of[:, :ripe])


def _ripe_weeks(metric: Metric, ground: Reviewed) -> int:
    """How many weeks from the first on are old enough for their cohort to have converted."""
    days = conversion_days(ground.session, metric, ground.asked)
    if days is None:
        return len(ground.weeks.weeks)
    last = ground.asked.clock.as_of - timedelta(days=days)
    return sum(week.last_on <= last for week in ground.weeks.weeks)


def _blocked(table: Array) -> Array:
    """Weeks added up by fours, back from the last for two years at most. Blocks that reach too far back are nan."""
    blocks = min(table.shape[1] // BLOCK, BLOCKS)
    return np.asarray(table[:, table.shape[1] - blocks * BLOCK :].reshape(len(table), blocks, BLOCK).sum(axis=2))


def _quarterly(ground: Reviewed, metrics: Sequence[Metric]) -> Mapping[str, Array]:
    """Figures of finished quarters for what cannot be counted by days: metric -> (people, quarters), nan unknown."""
    weeks = ground.weeks.weeks
    quarters = [
        quarter
        for quarter in ground.session.calendar.between(weeks[0].starts_on, ground.asked.clock.as_of, Grain.QUARTER)
        if quarter.starts_on >= weeks[0].starts_on and quarter.ends_on <= weeks[-1].ends_on
    ][-QUARTERS:]
    if not quarters or not metrics:
        return {}
    place = {person: number for number, person in enumerate(ground.weeks.people)}
    tables = {metric.name: np.full((len(place), len(quarters)), np.nan) for metric in metrics}
    for number, keys, row in ground.session.figures(list(tables), replace(ground.asked, periods=tuple(quarters))):
        if keys[0] in place:
            for name, table in tables.items():
                value = row[name]["value"]
                table[place[keys[0]], number] = np.nan if value is None else value
    return tables


def _trial(ground: Reviewed, metric: Metric, found: Sequence[Found], values: Array | None) -> Trial:
    role = ground.weeks.role
    blocks = _blocks_of(metric, ground)
    variation: Variation | None = None
    stability: Stability | None = None
    if blocks is not None:
        hits, of = blocks
        if is_weekly(metric):
            variation = variation_of_blocks(hits, of, role)
        else:
            known = np.isfinite(hits) & np.isfinite(of)
            sums = [np.where(known, part, 0.0).sum(axis=1) for part in (hits, of)]
            variation = variation_of_rates(sums[0], sums[1], role)
        stability = stability_of_blocks(hits, of, role)
    elif values is not None:
        variation, stability = variation_of_values(values, role), stability_of_values(values, role)
    return Trial(
        metric,
        variation,
        stability,
        tuple(found),
        has_results=bool(results_of(metric, ground.catalogue)),
        is_weekly=bool(_weekly_parts(metric, ground.catalogue)),
        labels={one.pair.result: ground.catalogue[one.pair.result].label for one in found},
    )


# which of them suit this selling ------------------------------------------------------------------------------


def weeks_needed(ground: Reviewed) -> Mapping[str, float | None]:
    """For each metric counted by weeks, or a rate of such, the weeks in which it shows a drop; None: nobody has any."""
    catalogue, weeks = ground.catalogue, ground.weeks
    found: dict[str, float | None] = {}
    for metric in reviewed_metrics(catalogue):
        parts = _rate_parts(metric, catalogue)
        if parts:
            found[metric.name] = weeks_to_tell_rate(*(weeks.counts[part] for part in parts))
        elif is_weekly(metric) and kind_of(metric, catalogue) is Kind.COUNT:
            found[metric.name] = weeks_to_tell(weeks.counts[metric.name], weeks.days)
    return found


def cycle_of(ground: Reviewed) -> Cycle:
    """How long this firm's sales take and how many a person wins, over the year before as-of."""
    catalogue, session = ground.catalogue, ground.session
    if _TOOK not in catalogue or _WON not in ground.weeks.counts:
        return Cycle(None, None, 0)
    last = ground.weeks.weeks[-1].last_on
    year = Period("year", last - timedelta(days=364), last + timedelta(days=1))
    firm = replace(ground.asked, by=(), scopes=(), people=None, stretches=(), periods=(year,))
    for _, _, row in session.figures([_TOOK], firm):
        took = row[_TOOK]
        return Cycle(took["value"], usual_a_month(ground.weeks.counts[_WON]), int(took["n"] or 0))
    return Cycle(None, None, 0)
