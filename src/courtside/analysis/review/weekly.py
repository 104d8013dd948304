"""What every person did in every week: people x weeks, with the working days they were there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from sqlglot import exp

from courtside.analysis.counted import PRESENT, DayBook
from courtside.analysis.statistics.distributions import Array, Flags, Indices
from courtside.analysis.statistics.time_frame import weeks_within
from courtside.metrics.metric import Measure, Metric
from courtside.records.period import Period
from courtside.warehouse.asked import Asked
from courtside.warehouse.compose import over_all
from courtside.warehouse.session import Session
from courtside.warehouse.spread import Daily

YEARS = 2
"""Older weeks say little of how people sell today."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weeks:
    """People x whole weeks of the years before as-of; nan where a count's records do not reach."""

    people: tuple[str, ...]
    role: Indices
    """A number for each person's role: only people of one role are compared."""
    weeks: tuple[Period, ...]
    days: Array
    """Working days present; five each where no working days are recorded."""
    counts: Mapping[str, Array]

    def doing(self, name: str, least: float = 0.0) -> Flags:
        """Who has any of a metric in these weeks: it is no work of the others."""
        return np.asarray(np.nansum(np.abs(self.counts[name]), axis=1) > least)


def is_weekly(metric: Metric) -> bool:
    """Whether a metric can be counted for a person's week and stays as it is: no cohort still filling."""
    return metric.cohort is None and is_counted(metric)


def is_counted(metric: Metric) -> bool:
    """Whether a metric counts or adds up a person's rows."""
    body = metric.body
    return isinstance(body, Measure) and body.owner is not None and (metric.is_additive or _is_distinct(metric))


def _is_distinct(metric: Metric) -> bool:
    return isinstance(metric.body, Measure) and metric.body.take.how == "count_distinct"


def weekly(session: Session, asked: Asked, names: Iterable[str]) -> Weeks | None:
    """The weeks of everybody for some counts and sums (`is_counted`); None where nothing is recorded.

    `asked` is cut by person. Weeks not yet over by its clock never enter. Source: METHODS 4 (rep-week panel).
    """
    catalogue, spans = session.catalogue, session.coverage(asked.clock).days
    wanted = [catalogue[name] for name in dict.fromkeys(names)]
    adding = [metric.name for metric in wanted if metric.is_additive]
    days = over_all(spans)
    weeks = _whole_weeks(session, asked, days) if days is not None else ()
    if not weeks:
        return None
    present = [PRESENT] if PRESENT in catalogue else []
    found = DayBook(session).daily([*adding, *present], asked, [(weeks[0].starts_on, weeks[-1].ends_on)])
    if found is None:
        return None
    keys = sorted(str(key[0]) for key in found.keys if key[0] is not None)
    tables = {name: _by_week(found, name, keys, weeks) for name in (*adding, *present)}
    tables |= _counted_anew(session, asked, [m.name for m in wanted if not m.is_additive], keys, weeks)
    counts = {metric.name: _known(tables[metric.name], _span(metric, spans), weeks) for metric in wanted}
    return Weeks(tuple(keys), _roles(session, keys), tuple(weeks), _days(tables, len(keys), len(weeks)), counts)


def _whole_weeks(session: Session, asked: Asked, days: tuple[date, date]) -> Sequence[Period]:
    """The whole weeks of the years before as-of in which anything may be recorded."""
    until = min(days[1], asked.clock.as_of) + _ONE_DAY
    since = max(days[0], until - timedelta(weeks=52 * YEARS + 1))
    return weeks_within(since, until, session.calendar) if since < until else ()


def _by_week(found: Daily, name: str, keys: Sequence[str], weeks: Sequence[Period]) -> Array:
    rows = np.array([found.keys[key,] for key in keys], dtype=np.int64)
    places = np.array([found.place(day) for week in weeks for day in (week.starts_on, week.ends_on)])
    sums = found.running[name][rows][:, places]
    return np.asarray(sums[:, 1::2] - sums[:, ::2])


def _counted_anew(
    session: Session, asked: Asked, names: Sequence[str], keys: Sequence[str], weeks: Sequence[Period]
) -> dict[str, Array]:
    """What is counted once however often it comes, week by week: it does not add up over days."""
    tables = {name: np.zeros((len(keys), len(weeks))) for name in names}
    place = {key: number for number, key in enumerate(keys)}
    if names:
        for number, key, row in session.figures(names, replace(asked, periods=tuple(weeks))):
            for name in names if key[0] in place else ():
                tables[name][place[key[0]], number] = row[name]["value"] or 0.0
    return tables


def _days(tables: Mapping[str, Array], people: int, weeks: int) -> Array:
    present = tables.get(PRESENT, np.zeros((people, weeks)))
    return present if present.any() else np.full((people, weeks), 5.0)


def _roles(session: Session, keys: Sequence[str]) -> Indices:
    query = exp.select("person_id", "role").from_("people")
    roles = {str(person): str(role or "") for person, role in session.engine.run(query)}
    return np.unique([roles.get(key, "") for key in keys], return_inverse=True)[1].astype(np.int64)


def _span(metric: Metric, spans: Mapping[str, tuple[date, date] | None]) -> tuple[date, date] | None:
    return spans.get(metric.body.table) if isinstance(metric.body, Measure) else None


def _known(table: Array, span: tuple[date, date] | None, weeks: Sequence[Period]) -> Array:
    """The counts of the weeks that lie wholly within the days their records reach; nan elsewhere."""
    if span is None:
        return np.full(table.shape, np.nan)
    reached = [week.starts_on >= span[0] and week.last_on <= span[1] for week in weeks]
    return np.where(np.array(reached), table, np.nan)
