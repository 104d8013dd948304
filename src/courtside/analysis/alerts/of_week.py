"""Everybody's alerts of one complete week, from the warehouse's answers: read for all people at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from courtside.analysis.alerts.signals import Alert, Signal, Sort, apart, beside_peers, short_of_goal, trend
from courtside.analysis.alerts.words import goal_sentence, peer_sentence, trend_sentence
from courtside.analysis.cards.people import People
from courtside.analysis.counted import Counted, DayBook, Stretch, counted
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics.distributions import Array, Flags
from courtside.metrics.metric import Measure, Metric, Ratio, Rung
from courtside.records.period import Period
from courtside.records.working_days import is_working_day
from courtside.warehouse.asked import Asked
from courtside.warehouse.clock import Clock
from courtside.warehouse.question import CannotAnswer, Question
from courtside.warehouse.session import Session

WEEKS = 52
"""So many weeks back one's own past is looked at."""
WEEKS_OF_PEERS = 13
_LEAST_DAYS = 3
"""A week with fewer days there says nothing of how much somebody does in a week."""
_DAYS_A_WEEK = 5.0
_ONE_DAY, _ONE_WEEK = timedelta(days=1), timedelta(days=7)
Found = Mapping[str, tuple[Alert, ...]]
"""Alerts by person."""


def trends_and_peers(session: Session, names: Sequence[str], week: Period) -> tuple[Found, Found]:
    """Every trend and peer alert of a week that is over, by person, and of the week before: both in one reading.

    What is handed to people is left out, and so are cohorts still filling and figures whose records do not reach
    to the week's last working day.
    """
    reader = _Reader(session, tuple(names), week)
    found: tuple[dict[str, list[Alert]], ...] = (defaultdict(list), defaultdict(list))
    for name in names:
        metric = session.catalogue[name]
        kind = kind_of(metric, session.catalogue)
        if metric.rung is not Rung.INPUT and kind in (Kind.COUNT, Kind.RATE) and not _has_cohort(session, metric):
            for place, person, alert in reader.alerts(metric, kind):
                found[place][person].append(alert)
    now, before = ({person: tuple(alerts) for person, alerts in each.items()} for each in found)
    return now, before


def goals(rows: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]], session: Session, period: Period) -> Found:
    """Every goal alert of a period that is over: complete rows by metric and person, as score cards have them."""
    found = defaultdict(list)
    for name, by_person in rows.items():
        metric = session.catalogue[name]
        if metric.rung is Rung.INPUT:
            continue
        for person, own in by_person.items():
            if len(own) != 1 or not own[0]["complete"] or own[0]["verdict"] == "too_early":
                continue
            row = own[0]
            span = row["likely"] or row["interval"]
            signal = short_of_goal(metric.direction, row["value"], row["n"], span, row["target"])
            if signal is not None:
                sentence = goal_sentence(metric, signal, period, session.currency)
                found[person].append(
                    Alert(Sort.GOAL, name, metric.label, sentence, period.starts_on, period.last_on, signal)
                )
    return {person: tuple(alerts) for person, alerts in found.items()}


def _has_cohort(session: Session, metric: Metric) -> bool:
    return any(part.cohort is not None for part in session.catalogue.closure(metric.name))


@dataclass(frozen=True)
class _Reader:
    """What everybody did in the weeks up to one, and who is like whom in it and in the one before."""

    session: Session
    names: tuple[str, ...]
    week: Period

    @cached_property
    def _book(self) -> DayBook:
        return DayBook(self.session, self.names)

    @cached_property
    def _clock(self) -> Clock:
        return Clock(self.week.last_on)

    @cached_property
    def _spans(self) -> Mapping[str, tuple[date, date] | None]:
        return self.session.coverage(self._clock).days

    @cached_property
    def _people(self) -> tuple[str, ...]:
        """Everybody employed on the week's last day."""
        on = self.week.last_on
        return tuple(p for p, one in self.session.open_firm().people.items() if (one.left_on or on) >= on)

    @cached_property
    def _told(self) -> tuple[_Week, _Week]:
        """The week and the one before."""
        people = People(self.session.open_firm())
        before = self.session.calendar.previous(self.week)
        return _week_of(people, self._people, self.week), _week_of(people, self._people, before)

    def alerts(self, metric: Metric, kind: Kind) -> Iterator[tuple[int, str, Alert]]:
        """The alerts of one metric: 0 for the week or 1 for the one before, whom they are about, and what they say."""
        reach = self._reach(metric)
        if reach is None or reach[1] < _last_working_day(self.week):
            return
        try:
            found = self._counted(metric, kind)
        except CannotAnswer:
            return
        if found is None:
            return
        for place, told in enumerate(self._told):
            numbered: list[tuple[int, Alert]] = []
            if kind is Kind.COUNT:
                numbered += _trends(metric, found, told, reach[0])
            if reach[0] <= told.of_peers.starts_on:
                numbered += _beside(metric, kind, found, told)
            yield from ((place, self._people[number], alert) for number, alert in numbered)

    def _reach(self, metric: Metric) -> tuple[date, date] | None:
        """The days that the records of every part of a metric reach over."""
        parts = [part.body for part in self.session.catalogue.closure(metric.name) if not isinstance(part.body, Ratio)]
        spans = [self._spans.get(body.table) if isinstance(body, Measure) else None for body in parts]
        known = [span for span in spans if span is not None]
        if not known or len(known) < len(spans):
            return None
        return max(span[0] for span in known), min(span[1] for span in known)

    def _counted(self, metric: Metric, kind: Kind) -> Counted | None:
        question = Question(metric.name, ("person",), None, self.week.starts_on, self.week.last_on, self._clock.as_of)
        asked: Asked = self.session.asked_of(question, metric)
        keys = {(person,): number for number, person in enumerate(self._people)}
        stretches = {(told.of_peers.starts_on, told.of_peers.ends_on) for told in self._told}
        if kind is Kind.COUNT:
            stretches |= {week for told in self._told for week in told.weeks}
        return counted(self._book, metric, kind, asked, keys, stretches)


@dataclass(frozen=True, slots=True)
class _Week:
    """A week, the weeks of one's own past that end with it (the oldest first), and who can be compared with whom."""

    week: Period
    weeks: tuple[Stretch, ...]
    of_peers: Period
    likes: Sequence[tuple[Any, ...]]
    """Role, segment and tenure of everybody on its last day."""
    is_ready: Flags


def _week_of(people: People, everybody: Sequence[str], week: Period) -> _Week:
    first, ends_on = week.starts_on, week.ends_on
    weeks = tuple((first - n * _ONE_WEEK, first - (n - 1) * _ONE_WEEK) for n in range(WEEKS - 1, -1, -1))
    of_peers = Period("peers", ends_on - WEEKS_OF_PEERS * _ONE_WEEK, ends_on)
    likes = [tuple(people.like(person, "", week.last_on))[1:] for person in everybody]
    ready = [people.readiness(person, of_peers) == "ready" for person in everybody]
    return _Week(week, weeks, of_peers, likes, np.array(ready, dtype=np.bool_))


def _trends(metric: Metric, found: Counted, told: _Week, since: date) -> Iterator[tuple[int, Alert]]:
    """Everybody's week beside their own weeks before, for five days there; nothing from before the records begin."""
    weeks = [week for week in told.weeks if week[0] >= since]
    if not weeks:
        return
    rows = [found.number[week] for week in weeks]
    hits, days = found.hits[rows].T, found.days[rows].T
    there = days >= _LEAST_DAYS
    points = np.where(there, np.divide(hits * _DAYS_A_WEEK, days, out=np.zeros_like(hits), where=there), np.nan)
    for number in np.flatnonzero(np.isfinite(points[:, -1]) & (np.nansum(points, axis=1) > 0)).tolist():
        signal = trend(points[number])
        if signal is not None:
            sentence = trend_sentence(metric, signal, told.week)
            yield number, Alert(
                Sort.TREND, metric.name, metric.label, sentence, weeks[0][0], told.week.last_on, signal
            )  # fmt: skip


def _beside(metric: Metric, kind: Kind, found: Counted, told: _Week) -> Iterator[tuple[int, Alert]]:
    """Everybody's last weeks beside those of like people; who did none of it has other work."""
    window = told.of_peers
    row = found.number[window.starts_on, window.ends_on]
    hits = found.hits[row]
    exposure: Array = found.of[row] if kind is Kind.RATE else found.days[row]
    is_judged = told.is_ready if kind is Kind.RATE else told.is_ready & (hits > 0)
    beside = beside_peers(kind, hits, exposure, told.likes, np.asarray(is_judged))
    for number in np.flatnonzero(np.isfinite(beside.z)).tolist():
        seen, usual = float(hits[number]), float(beside.pool[number] * exposure[number])
        signal: Signal | None = apart(float(beside.z[number]), seen, usual, int(beside.people[number]))
        if signal is not None:
            sentence = peer_sentence(metric, kind, signal, float(exposure[number]), window, told.likes[number])
            yield number, Alert(
                Sort.PEER, metric.name, metric.label, sentence, window.starts_on, window.last_on, signal
            )  # fmt: skip


def _last_working_day(week: Period) -> date:
    """The last of Monday to Friday."""
    day = week.last_on
    while not is_working_day(day):
        day -= _ONE_DAY
    return day
