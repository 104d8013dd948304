"""The run chart of an opened number: its finished periods with control limits, and what changed, in words.

The limits come from all periods but the last eight, as those of the alerts do. They say that something changed, never
that it is bad.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from courtside.records.period import Grain, Period
from courtside.services.box_score_figures import finished, series_grain
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.analysis.kinds import Kind
    from courtside.analysis.statistics.charts import Chart
    from courtside.analysis.statistics.distributions import Array
    from courtside.metrics.metric import Metric
    from courtside.warehouse.session import Session

CHARTED = 26
"""So many finished periods are charted."""
LEAST_CASES = 5
"""Periods that rest on fewer cases are too lumpy for limits made of them."""
_THERE = 0.6
"""A period of which somebody was there for a smaller part says nothing of how much they do."""
_NAMED = 3
"""So many signals are named, the latest."""

_OVER_DISPERSED = 2.0
"""Where shares scatter so many times as far as their cases explain, the limits come from the periods themselves."""

Counted = tuple[float, float, float, float]
"""Value, hits, of how many, and cases of one period."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The usual level and, for every period, between which values chance lets it lie; None where nothing is known."""

    centre: float
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    signals: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The chart. `words` has one entry a period; `says` what it tells, or why it has no limits."""

    periods: tuple[Period, ...]
    span: str
    """Over what: `26 weeks`."""
    points: tuple[float | None, ...]
    words: tuple[str, ...]
    limits: Limits | None
    marked: tuple[str, ...]
    """What each period is marked with, in words; empty for most."""
    says: tuple[str, ...]
    least: str
    """The least and the most of the axis in words."""
    most: str


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """Everybody's periods: metric -> person -> what was counted in each, None where nothing is known."""

    periods: tuple[Period, ...]
    counted: Mapping[str, Mapping[str, tuple[Counted | None, ...]]]


def chart_of(visit: Visit, person: str, metric: Metric, names: Sequence[str], period: Period) -> Drawn | None:
    """The run chart of one person's number; None where nothing is known of any period.

    Weeks that have no limits give way to months that do.
    """
    grain = series_grain(period)
    found = _drawn(visit, person, metric, chart_series(visit, names, period, grain))
    if found is None or found.limits is not None or grain is Grain.MONTH:
        return found
    by_month = _drawn(visit, person, metric, chart_series(visit, names, period, Grain.MONTH))
    return by_month if by_month is not None and by_month.limits is not None else found


def charts_ahead(visit: Visit, names: Sequence[str], period: Period) -> None:
    """Read everybody's weeks and months before anybody opens a number."""
    for grain in {series_grain(period), Grain.MONTH}:
        chart_series(visit, names, period, grain)


def _drawn(visit: Visit, person: str, metric: Metric, found: ChartSeries) -> Drawn | None:
    own = found.counted.get(metric.name, {}).get(person, ())
    if not any(own):
        return None
    points = tuple(one[0] if one else None for one in own)
    limits, marked, says = _told(visit, person, metric, found.periods, own)
    edges = (*(limits.low if limits else ()), *(limits.high if limits else ()))
    known = [end for end in (*points, *edges, 0.0) if end is not None]
    return Drawn(
        found.periods, f"{len(own)} {_unit(found.periods)}s", points,
        tuple("not recorded" if point is None else _amount(visit, metric, point) for point in points),
        limits, marked, says, _amount(visit, metric, min(known)), _amount(visit, metric, max(known)),
    )  # fmt: skip


def chart_series(visit: Visit, names: Sequence[str], period: Period, grain: Grain) -> ChartSeries:
    """Everybody's last finished weeks or months of some metrics, read in one go for whoever looks next."""

    def read() -> ChartSeries:
        with visit.session() as session:
            periods = finished(session, period, visit.today, CHARTED, grain)
            return ChartSeries(periods, _counted(session, names, periods, visit))

    return visit.remembered(("charts", tuple(names), period.name, grain), read, is_bulky=True)


def _counted(
    session: Session, names: Sequence[str], periods: Sequence[Period], visit: Visit
) -> Mapping[str, Mapping[str, tuple[Counted | None, ...]]]:
    from courtside.metrics.metric import Conversion  # noqa: PLC0415  (keeps start-up short)
    from courtside.warehouse.question import Question  # noqa: PLC0415  (DuckDB loads now)

    told = [name for name in names if not isinstance(session.catalogue[name].body, Conversion)]
    if not told:
        return {}
    question = Question(told[0], ("person",), None, periods[0].starts_on, periods[-1].last_on, visit.today)
    asked = replace(session.asked_of(question, session.catalogue[told[0]]), periods=tuple(periods))
    found: dict[str, dict[str, list[Counted | None]]] = {name: {} for name in told}
    for number, (person, *_), values in session.figures(told, asked):
        for name, row in values.items():
            if row["value"] is not None and isfinite(row["value"]):
                line = found[name].setdefault(str(person), [None] * len(periods))
                hits, of, n = (float(row[field] or 0) for field in ("numerator", "denominator", "n"))
                line[number] = (float(row["value"]), hits, of, n)
    return {name: {person: tuple(line) for person, line in own.items()} for name, own in found.items()}


# Limits ----------------------------------------------------------------------------------------------------


def _told(
    visit: Visit, person: str, metric: Metric, periods: Sequence[Period], own: Sequence[Counted | None]
) -> tuple[Limits | None, tuple[str, ...], tuple[str, ...]]:
    """Limits, what each period is marked with, and what to say; no limits, and why."""
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.statistics.charts import ShortBaseline  # noqa: PLC0415

    kind, unit, none = kind_of(metric, visit.catalogue()), _unit(periods), ("",) * len(periods)
    if any(part.cohort is not None for part in visit.catalogue().closure(metric.name)):
        return None, none, (f"No limits: its cases go on filling the latest {unit}s.",)
    if kind is Kind.BARE:
        return None, none, (f"No limits: a level that carries over from {unit} to {unit} would ring falsely.",)
    is_share = kind is Kind.RATE and all(one is None or (one[2] > 0 and one[1] <= one[2]) for one in own)
    is_there = [True] * len(own) if is_share else _was_there(visit, person, periods)
    at = [number for number, one in enumerate(own) if one is not None and is_there[number]]
    known = [one for number in at if (one := own[number]) is not None]
    if _is_lumpy(kind, known):
        return None, none, (f"No limits: below {LEAST_CASES} cases a {unit} chance alone makes it leap about.",)
    try:
        chart = _chart(visit, metric, known)
    except ShortBaseline as short:
        return None, none, (f"No limits yet: {short}, before the last eight {unit}s.",)
    place = {period: number for number, period in enumerate(at)}

    def spread(values: Array) -> tuple[float | None, ...]:
        return tuple(float(values[place[one]]) if one in place else None for one in range(len(own)))

    signals = tuple(one in place and bool(chart.signals[place[one]]) for one in range(len(own)))
    marked = tuple(_mark(chart, place[one]) if one in place else "" for one in range(len(own)))
    limits = Limits(chart.centre, spread(chart.low), spread(chart.high), signals)
    return limits, marked, _sentences(visit, metric, periods, chart, at, own)


def _mark(chart: Chart, number: int) -> str:
    """What a point is marked with."""
    if chart.beyond[number]:
        return "outside the limits"
    return "eighth or more in a row" if chart.runs[number] else ""


def _is_lumpy(kind: Kind, known: Sequence[Counted]) -> bool:
    """Whether periods rest on too few cases for limits made of them; a count is its own cases."""
    cases = [one[0] if kind.value == "count" else (one[3] or one[2]) for one in known]
    return bool(cases) and sum(cases) / len(cases) < LEAST_CASES


def _chart(visit: Visit, metric: Metric, known: Sequence[Counted]) -> Chart:
    """p of shares and u of events a case, where these explain them; XmR of all else. Raises ShortBaseline."""
    from courtside.analysis.statistics import charts  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    baseline = max(len(known) - charts.RUN, 0)
    values, hits, of = ([one[place] for one in known] for place in range(3))
    by_itself = charts.individuals(values, baseline)
    if _is_of_events(visit, metric) and all(n > 0 for n in of):
        is_share = metric.unit is Unit.PERCENT
        usual = sum(hits[:baseline]) / sum(of[:baseline])
        chart = (charts.proportions if is_share else charts.rates_of_events)(hits, of, usual)
        spread = charts.sigma_of_ranges(values[:baseline]) ** 2
        due = sum((usual * (1 - usual) if is_share else usual) / n for n in of[:baseline]) / baseline
        if spread <= _OVER_DISPERSED * due:
            return chart
    is_signed = metric.unit in (Unit.MONEY, Unit.SCORE) and min(values) < 0
    most = 1.0 if metric.unit is Unit.PERCENT and max(values) <= 1 else float("inf")
    low, high = by_itself.low.clip(0.0), by_itself.high.clip(0.0, most)
    return by_itself if is_signed else replace(by_itself, low=low, high=high)


def _is_of_events(visit: Visit, metric: Metric) -> bool:
    """Whether a figure is so many events of so many cases, both counted."""
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415
    from courtside.metrics.metric import Ratio  # noqa: PLC0415

    catalogue = visit.catalogue()
    parts = metric.parts if isinstance(metric.body, Ratio) else ()
    return bool(parts) and all(kind_of(catalogue[part], catalogue) is Kind.COUNT for part in parts)


def _was_there(visit: Visit, person: str, periods: Sequence[Period]) -> Sequence[bool]:
    """In which periods a person was there for most of the working days."""

    def read() -> Sequence[bool]:
        from courtside.records.working_days import Attendance  # noqa: PLC0415

        with visit.session() as session:
            firm = session.open_firm().firm
        attendance, bare = Attendance(replace(firm, ramp={})), Attendance(replace(firm, ramp={}, absences=()))
        return tuple(
            attendance.present_days(person, one.starts_on, one.ends_on)
            >= _THERE * max(bare.working_days(person, one.starts_on, one.ends_on), 1)
            for one in periods
        )

    return visit.remembered(("there", person, periods[0].name, periods[-1].name), read)


# Words -----------------------------------------------------------------------------------------------------


def _sentences(
    visit: Visit,
    metric: Metric,
    periods: Sequence[Period],
    chart: Chart,
    at: Sequence[int],
    own: Sequence[Counted | None],
) -> tuple[str, ...]:
    from courtside.analysis.statistics.charts import RUN  # noqa: PLC0415

    unit, baseline = _unit(periods), len(at) - RUN
    beyond = [
        f"{periods[place].name} ({_amount(visit, metric, float(chart.points[number]))})"
        for number, place in enumerate(at) if chart.beyond[number]
    ]  # fmt: skip
    runs = [periods[place].name for number, place in enumerate(at) if chart.runs[number]]
    said = []
    if beyond:
        said.append(f"Something changed: outside the limits in {', '.join(beyond[-_NAMED:])}.")
    if runs:
        said.append(
            f"Something changed: eight or more {unit}s in a row on one side of the usual level, up to {runs[-1]}."
        )
    if not said:
        said.append(f"No {unit} lies outside the limits, nor do eight in a row lie on one side: chance explains them.")
    said.append(
        f"Shaded: three standard deviations either way. Dashed: the usual level, "
        f"{_amount(visit, metric, chart.centre)}. Both are those of the {baseline} {unit}s before the last eight."
    )
    if len(at) < sum(one is not None for one in own):
        said.append(f"Not shaded: {unit}s of which the person was there for less than {100 * _THERE:.0f} %.")
    if not chart.can_signal_low.any():
        said.append("The lower limit is 0, so only a run can tell of a fall.")
    return tuple(said)


def _unit(periods: Sequence[Period]) -> str:
    return "week" if (periods[0].ends_on - periods[0].starts_on).days == 7 else "month"


def _amount(visit: Visit, metric: Metric, value: float) -> str:
    from courtside.analysis.wording import amount  # noqa: PLC0415

    return amount(value, metric.unit, visit.standing.workspace.settings.currency)
