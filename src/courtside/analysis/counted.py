"""Counts of every person or group over many stretches of days: what time frames and their fits are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from courtside.analysis.kinds import Kind
from courtside.analysis.statistics.distributions import Array, Indices
from courtside.metrics.metric import Measure, Metric, Ratio
from courtside.records.period import Period
from courtside.warehouse.asked import Asked
from courtside.warehouse.compose import over_all
from courtside.warehouse.dimensions import PERSONAL
from courtside.warehouse.rolled import uses_moments
from courtside.warehouse.session import Session
from courtside.warehouse.spread import Daily, Keys, daily

PRESENT = "days_present"
_ONE_DAY = timedelta(days=1)
Stretch = tuple[date, date]
"""First day, and the day after the last."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Events or successes `hits`, cases `of` (of a rate) and working `days` present: (stretches, keys)."""

    number: Mapping[Stretch, int]
    hits: Array
    of: Array
    days: Array

    def at(self, stretches: Sequence[Stretch], keys: Indices) -> tuple[Array, Array, Array]:
        """Hits, cases and days of each figure over its own stretch."""
        rows = np.array([self.number[stretch] for stretch in stretches], dtype=np.int64)
        return self.hits[rows, keys], self.of[rows, keys], self.days[rows, keys]


@dataclass(slots=True)
class DayBook:
    """Counts by day, read once for all metrics that will be asked about (`together`)."""

    session: Session
    together: Sequence[str] = ()
    _read: dict[tuple[object, ...], Daily] = field(default_factory=dict)

    def daily(self, names: Sequence[str], asked: Asked, stretches: Sequence[Stretch]) -> Daily | None:
        """The days of the stretches on which anything was recorded."""
        days = over_all(self.session.coverage(asked.clock).days)
        if days is None:
            return None
        first = max(days[0], min(since for since, _ in stretches))
        last = min(days[1], asked.clock.as_of, max(until for _, until in stretches) - _ONE_DAY)
        if first > last:
            return None
        key = (asked.by, asked.scopes, asked.people, asked.clock, first, last)
        found = self._read.get(key)
        if found is None or not set(names) <= found.running.keys():
            wanted = dict.fromkeys([*names, *self._shared(asked), *(found.running if found is not None else ())])
            found = self._read[key] = daily(self.session, list(wanted), asked, first, last)
        return found

    def _shared(self, asked: Asked) -> Iterator[str]:
        """What the other metrics are counted by, as far as it adds up over days and can be cut so."""
        for name in self.together:
            parts = _parts(self.session.catalogue[name]) or ()
            if parts and all(_adds_up(self.session, part) and _is_cut(self.session, part, asked) for part in parts):
                yield from parts


def _is_cut(session: Session, name: str, asked: Asked) -> bool:
    body = session.catalogue[name].body
    return isinstance(body, Measure) and body.owner is not None and _is_personal(asked)


def counted(
    book: DayBook, metric: Metric, kind: Kind, asked: Asked, keys: Mapping[Keys, int], stretches: Iterable[Stretch]
) -> Counted | None:
    """The counts of a rate or a count metric over some stretches; None where it cannot be cut so.

    What adds up over days is read once, day by day; distinct counts and rates of stocks are asked anew.
    """
    session, listed = book.session, sorted(set(stretches))
    if len(asked.by) > 1 or not listed or kind not in (Kind.RATE, Kind.COUNT):
        return None
    parts = _parts(metric)
    if parts is None:
        return None
    by_day = [name for name in parts if _adds_up(session, name)]
    names = by_day if len(by_day) == len(parts) else []
    present = [PRESENT] if PRESENT in session.catalogue and _is_personal(asked) else []
    found = book.daily([*names, *present], asked, listed) if names or present else None
    number = {stretch: n for n, stretch in enumerate(listed)}
    days = _over(found, PRESENT, listed, keys) if present else _weekdays(listed, len(keys))
    if names:
        hits, of = (_over(found, name, listed, keys) for name in (parts[0], parts[-1]))
    else:
        hits, of = _asked_anew(session, metric, asked, keys, listed)
    return Counted(number, hits, of, days)


def _parts(metric: Metric) -> tuple[str, ...] | None:
    """The counts a figure is made of: numerator and denominator, or itself."""
    if isinstance(metric.body, Ratio):
        return metric.body.numerator, metric.body.denominator
    return (metric.name,) if isinstance(metric.body, Measure) else None


def _adds_up(session: Session, name: str) -> bool:
    metric = session.catalogue[name]
    return isinstance(metric.body, Measure) and metric.body.take.how == "count" and not uses_moments(metric)


def _is_personal(asked: Asked) -> bool:
    return {*asked.by, *(scope.dimension for scope in asked.scopes)} <= {*PERSONAL, "company"}


def _over(found: Daily | None, name: str, stretches: Sequence[Stretch], keys: Mapping[Keys, int]) -> Array:
    """One count over every stretch for every key: (stretches, keys)."""
    table = np.zeros((len(stretches), len(keys)))
    if found is None or not found.keys:
        return table
    pairs = [(own, keys[key]) for key, own in found.keys.items() if key in keys]
    own, at = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True)) if pairs else (None, None)
    for row, (since, until) in enumerate(stretches):
        if own is not None and at is not None:
            table[row, at] = found.between(name, since, until)[own]
    return table


def _weekdays(stretches: Sequence[Stretch], width: int) -> Array:
    """Mondays to Fridays, for groups nobody's presence can be counted for."""
    days = [np.busday_count(np.datetime64(since), np.datetime64(until)) for since, until in stretches]
    return np.repeat(np.array(days, dtype=np.float64)[:, None], width, axis=1)


def _asked_anew(
    session: Session, metric: Metric, asked: Asked, keys: Mapping[Keys, int], stretches: Sequence[Stretch]
) -> tuple[Array, Array]:
    """Hits and cases of what has to be counted again for every stretch."""
    periods = tuple(Period(f"{since}/{until - _ONE_DAY}", since, until) for since, until in stretches)
    hits, of = np.zeros((len(stretches), len(keys))), np.zeros((len(stretches), len(keys)))
    for number, key, row in session.figures([metric.name], replace(asked, periods=periods)):
        if key in keys:
            figure = row[metric.name]
            above = figure["numerator"] if figure["denominator"] is not None else figure["value"]
            hits[number, keys[key]] = above or 0
            of[number, keys[key]] = figure["denominator"] or 0
    return hits, of
