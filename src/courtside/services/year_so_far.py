"""What the review year so far leaves possible of a rate: a range that holds at every look, however often one looks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from courtside.records.period import Grain, Period
from courtside.services.counted_rates import counted_rates, is_plain_rate
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric


def year_so_far(visit: Visit, person: str, metric: Metric, period: Period) -> tuple[str, ...]:
    """The always-valid range of a person's rate in the review year to the period's end, in words; else nothing.

    Rates of cohorts, whose cases go on filling, have none. Source: METHODS 1.5.
    """
    if not is_plain_rate(visit, metric):
        return ()
    first, last = review_year(visit, period)
    found = counted_rates(visit, first, last).get(metric.name, {}).get(person)
    if found is None:
        return ()
    from courtside.analysis.statistics.always_valid import rate  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.wording import between, day, whole  # noqa: PLC0415

    hits, of = found
    span = rate([hits], [of])
    return (
        f"In the review year so far, {day(first)} to {day(last)}, it is {whole(hits)} of {whole(of)}, which leaves "
        f"{between(float(span.low[0]), float(span.high[0]), metric.unit)} possible. This range is wide enough to be "
        "looked at every month: in 95 of 100 years it never leaves out the truth.",
    )


def review_year(visit: Visit, period: Period) -> tuple[date, date]:
    """The first and last day of the review year that holds the period's last day, as far as it and today have come."""
    last = min(period.last_on, visit.today)
    return visit.standing.workspace.calendar.period_of(last, Grain.YEAR).starts_on, last


def rates_ahead(visit: Visit, period: Period) -> None:
    """Read the rates of the period and of its review year before anybody opens a number or a team."""
    counted_rates(visit, period.starts_on, period.last_on)
    counted_rates(visit, *review_year(visit, period))
