"""Which stretch a comparison may speak of: over, and so long ago that its cases have had their time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from courtside.analysis.statistics.time_frame import begins_on
from courtside.metrics.metric import Metric
from courtside.records.period import Grain, Period
from courtside.warehouse.compose import over_all
from courtside.warehouse.question import CannotAnswer, Question
from courtside.warehouse.session import Session
from courtside.warehouse.spread import conversion_days, matures_on


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days a comparison speaks of, and when they are ripe."""

    period: Period
    ripe_on: date | None

    def is_ripe(self, as_of: date) -> bool:
        """Whether the stretch is over and its cohort has had its time."""
        return self.period.last_on <= as_of and (self.ripe_on is None or self.ripe_on <= as_of)


def stretch_of(session: Session, question: Question) -> Stretch:
    """The days asked about, or all there are (grain ALL).

    Without either the last year, or what there is of one, that ends with a ripe quarter. Raises CannotAnswer
    where nothing is recorded, or no quarter of it is ripe yet.
    """
    metric = session.catalogue[question.metric]
    needs = _days_to_ripen(session, metric, question)
    if question.first is not None and question.last is not None:
        period = session.calendar.span(question.first, question.last)
        return Stretch(period, matures_on(period.last_on, needs))
    asked = session.asked_of(replace(question, by=(), scopes=(), grain=None), metric)
    days = over_all(session.coverage(asked.clock).days)
    if days is None:
        raise CannotAnswer("nothing has been imported that could be compared")
    quarter: Period = session.calendar.period_of(min(days[1], question.as_of), Grain.QUARTER)
    if question.grain is Grain.ALL:
        last = min(days[1], question.as_of)
        return Stretch(session.calendar.span(days[0], last), matures_on(last, needs))
    while quarter.last_on >= days[0]:
        ripe_on = matures_on(quarter.last_on, needs)
        if quarter.last_on <= min(question.as_of, days[1]) and (ripe_on is None or ripe_on <= question.as_of):
            first = max(begins_on(quarter.ends_on, "year"), days[0])
            return Stretch(session.calendar.span(first, quarter.last_on), ripe_on)
        quarter = session.calendar.period_of(quarter.starts_on - timedelta(days=1), Grain.QUARTER)
    if metric.cohort is None and days[1] <= question.as_of:
        return Stretch(session.calendar.span(*days), None)
    raise CannotAnswer(f"no quarter of {metric.name} is over and ripe by {question.as_of}; ask with a later --as-of")


def _days_to_ripen(session: Session, metric: Metric, question: Question) -> float | None:
    asked = session.asked_of(replace(question, by=(), scopes=(), grain=None), metric)
    return conversion_days(session, metric, asked)


def end_of_next_half(as_of: date) -> date:
    """When an expectation is looked at again: 2026-11-22 -> 2027-06-30."""
    is_first_half = as_of.month <= 6  # noqa: PLR2004  (June)
    return date(as_of.year, 12, 31) if is_first_half else date(as_of.year + 1, 6, 30)
