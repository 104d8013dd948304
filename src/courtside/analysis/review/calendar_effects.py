"""What the calendar does to figures: months of a quarter that differ for everybody, whoever works in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics.distributions import Array, Numbers, array, f_above
from courtside.analysis.wording import amount, noun, plural
from courtside.metrics.metric import Metric, Rung, Unit
from courtside.records.period import Grain, Period
from courtside.warehouse.asked import Asked
from courtside.warehouse.compose import over_all
from courtside.warehouse.session import Session

ALPHA = 0.01
LEAST_QUARTERS = 3
MOST_QUARTERS = 12
LEAST_APART = 0.1
"""Months that differ by less than a tenth of their mean mislead nobody."""
_PLACES = ("first", "second", "third")


@dataclass(frozen=True, slots=True)
class MonthsApart:
    """A figure in the first, second and third months of quarters, and how often chance sets them as far apart."""

    metric: str
    label: str
    unit: Unit
    means: tuple[float, float, float]
    quarters: int
    chance: float

    @property
    def sentence(self) -> str:
        """What it means for a score card."""
        low, high = int(np.argmin(self.means)), int(np.argmax(self.means))
        most, least = (amount(self.means[at], self.unit) for at in (high, low))
        a_day = " a working day" if self.unit is Unit.COUNT else ""
        return (
            f"Calendar: {noun(self.label)} is {most}{a_day} in the {_PLACES[high]} month of a quarter and {least} in "
            f"the {_PLACES[low]}, over {plural(self.quarters, 'quarter', 'quarters')}. That is the calendar and "
            "nobody's doing: compare whole quarters, not months."
        )


def months_apart(values: Numbers) -> tuple[tuple[float, float, float], float] | None:
    """Mean of each month of the quarter, and the chance of their lying as far apart; None under three quarters.

    `values` is (quarters, 3), all known. Two-way analysis of variance, quarters as blocks: F on 2 and 2 (q - 1)
    degrees of freedom, so that months which merely scatter are no effect. Source: Fisher 1935 (randomised blocks).
    """
    table = array(values)
    quarters = len(table)
    if quarters < LEAST_QUARTERS:
        return None
    means = table.mean(axis=0)
    rest = table - means - table.mean(axis=1)[:, None] + table.mean()
    inside = float((rest**2).sum()) / (2 * (quarters - 1))
    between = quarters * float(((means - table.mean()) ** 2).sum()) / 2
    if inside <= 0:
        return None
    return (float(means[0]), float(means[1]), float(means[2])), f_above(between / inside, 2, 2 * (quarters - 1))


def calendar_effects(session: Session, asked: Asked, metrics: Sequence[Metric]) -> list[MonthsApart]:
    """The results whose months of a quarter differ for the whole firm by more than chance, the plainest first."""
    catalogue = session.catalogue
    wanted = [
        metric
        for metric in metrics
        if metric.rung is Rung.RESULT
        and metric.cohort is None
        and kind_of(metric, catalogue) in (Kind.RATE, Kind.COUNT)
        and all(catalogue[part].cohort is None for part in metric.parts)
    ]
    months = _months(session, asked)
    if not wanted or not months:
        return []
    return sorted(_found(session, asked, wanted, months), key=lambda effect: effect.chance)


def _months(session: Session, asked: Asked) -> Sequence[Period]:
    """The months of the last whole quarters in which anything is recorded."""
    days = over_all(session.coverage(asked.clock).days)
    if days is None:
        return ()
    last = min(days[1], asked.clock.as_of)
    quarters = [
        quarter
        for quarter in session.calendar.between(days[0], last, Grain.QUARTER)
        if quarter.starts_on >= days[0] and quarter.last_on <= last
    ][-MOST_QUARTERS:]
    return [
        month
        for quarter in quarters
        for month in session.calendar.between(quarter.starts_on, quarter.last_on, Grain.MONTH)
    ]


def _found(
    session: Session, asked: Asked, metrics: Sequence[Metric], months: Sequence[Period]
) -> Iterator[MonthsApart]:
    names = [metric.name for metric in metrics]
    tables = {name: np.full(len(months), np.nan) for name in names}
    firm = replace(asked, by=(), scopes=(), people=None, stretches=(), periods=tuple(months))
    for number, _, row in session.figures(names, firm):
        for name in names:
            tables[name][number] = np.nan if row[name]["value"] is None else row[name]["value"]
    weekdays = np.array([np.busday_count(month.starts_on, month.ends_on) for month in months], dtype=np.float64)
    for metric in metrics:
        is_count = kind_of(metric, session.catalogue) is Kind.COUNT
        effect = _apart(metric, tables[metric.name] / weekdays if is_count else tables[metric.name])
        if effect is not None:
            yield effect


def _apart(metric: Metric, values: Array) -> MonthsApart | None:
    table = values.reshape(-1, 3)
    known = table[np.isfinite(table).all(axis=1) & (table > 0).any(axis=1)]
    found = months_apart(known)
    if found is None or found[1] >= ALPHA:
        return None
    means = found[0]
    if max(means) - min(means) < LEAST_APART * sum(means) / 3:
        return None
    return MonthsApart(metric.name, metric.label, metric.unit, means, len(known), found[1])
