"""The time frame of a metric: the shortest stretch of time in which a person's own figures may speak."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from courtside.analysis.statistics.distributions import Array
from courtside.records.period import Calendar, Grain, Period

RATE_FRAMES = ("month", "quarter", "half", "year")
COUNT_FRAMES = ("week", *RATE_FRAMES)
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_LEAST_FREEDOM = 8
"""Fewer weeks than this (beyond one a person) say nothing of how bursty a count is."""


def begins_on(ends_on: date, frame: str) -> date:
    """The first day of the frame that ends before a day: quarter before 2018-01-01 -> 2017-10-01."""
    if frame == "week":
        return ends_on - timedelta(days=7)
    index = ends_on.year * 12 + ends_on.month - 1 - _MONTHS[frame]
    year, month = divmod(index, 12)
    last = _days_in(year, month + 1)
    return date(year, month + 1, min(ends_on.day, last))


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def ending_with(period: Period, frame: str, calendar: Calendar) -> Period:
    """The frame that ends with a period, under its calendar name if it has one; the period where that is longer.

    month 2017-11 and frame quarter -> 2017-09-01/2017-11-30.
    """
    since = begins_on(period.ends_on, frame)
    return period if since >= period.starts_on else calendar.span(since, period.last_on)


def weeks_within(first: date, ends_on: date, calendar: Calendar) -> tuple[Period, ...]:
    """The whole ISO weeks between two days, the second not included."""
    found = calendar.between(first, ends_on - timedelta(days=1), Grain.WEEK)
    return tuple(week for week in found if week.starts_on >= first and week.ends_on <= ends_on)


def smallest(
    enough: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.bool_]]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """For each person the number of the first frame that is enough; -1 where none is. One array a frame."""
    stacked = np.stack([*enough, np.ones_like(enough[0])])
    first = stacked.argmax(axis=0)
    return np.where(first == len(enough), -1, first).astype(np.int64)


def bursts(counts: Array, days: Array) -> tuple[Array, Array]:
    """How far each person's weeks scatter around their own rate: Pearson's chi-square and its degrees of freedom.

    `counts` and `days` present are (people, weeks); weeks without days do not count. A person with 10 and
    20 events in two full weeks -> (10-15)^2/15 + (20-15)^2/15 = 3.33 with 1 degree.
    """
    there = days > 0
    total, present = (counts * there).sum(axis=1), days.sum(axis=1)
    rate = np.divide(total, present, out=np.zeros_like(total), where=present > 0)
    expected = rate[:, None] * days
    squares = np.divide((counts - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0)
    freedom = np.where(total > 0, np.maximum(there.sum(axis=1) - 1, 0), 0)
    return squares.sum(axis=1), freedom.astype(np.float64)


def dispersion(squares: Array, freedom: Array) -> Array:
    """phi: chi-square over its degrees of freedom, never below 1; 1 where there are too few weeks to say."""
    phi = np.divide(squares, freedom, out=np.ones_like(squares), where=freedom >= _LEAST_FREEDOM)
    return np.maximum(phi, 1.0)
