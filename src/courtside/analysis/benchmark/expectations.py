"""What people of each role and seniority really reach: the middle half, and what the next level does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

import numpy as np

from courtside.analysis.benchmark.people_figures import WEEK, PeopleFigures, Reader
from courtside.analysis.benchmark.ripe import end_of_next_half
from courtside.analysis.kinds import Kind
from courtside.analysis.statistics.distributions import Indices, beta_quantile, gamma_quantile, student_quantile
from courtside.analysis.wording import amount, between, plural, rounded
from courtside.metrics.metric import Metric, Unit
from courtside.records.working_days import month_of_employment

HIDDEN = 5
"""Fewer people than this are not shown: their figures would be somebody's."""
LEAST_PEOPLE = 10
"""Fewer people say too little of how far they spread (METHODS 1.2)."""
_MIDDLE = (0.25, 0.75)


@dataclass(frozen=True, slots=True)
class Level:
    """One role and seniority: its people, their mean with its interval, and the middle half of what they reach."""

    role: str | None
    seniority: str | None
    people: int
    mean: float | None = None
    interval: tuple[float, float] | None = None
    middle: tuple[float, float] | None = None
    is_alike: bool = False
    """Whether they differ no more than chance makes them: the middle half is then one figure."""


def middle_half(figures: PeopleFigures, group: Indices, groups: int) -> Sequence[tuple[float, float, bool]]:
    """The quartiles of each group's true figures: of the fitted Beta or Gamma, so that chance does not widen them.

    Of other metrics the quartiles of the figures themselves, by linear interpolation. Source: METHODS 1.2.
    """
    if figures.is_counted:
        pools = figures.fit(group, groups)
        scale = WEEK if figures.kind is Kind.COUNT else 1.0
        found = []
        for n in range(groups):
            mean, size = float(pools.mean[n]), float(pools.size[n])
            if np.isinf(size) or mean <= 0:
                found.append((mean * scale, mean * scale, True))
            elif figures.kind is Kind.RATE:
                low, high = (float(beta_quantile(q, mean * size, (1 - mean) * size)) for q in _MIDDLE)
                found.append((low, high, False))
            else:
                low, high = (float(gamma_quantile(q, size, size / mean)) * scale for q in _MIDDLE)
                found.append((low, high, False))
        return found
    ends = [np.quantile(figures.raw[(group == n) & np.isfinite(figures.raw)], _MIDDLE) for n in range(groups)]
    return [(float(low), float(high), False) for low, high in ends]


def mean_of(figures: PeopleFigures, members: Indices) -> tuple[float, tuple[float, float]]:
    """The mean of a group and its 95 % interval over people: hits over cases, or the plain mean.

    The variance of a ratio by linearisation, sum (x - m n)^2 / (sum n)^2 k / (k - 1). Source: Cochran 1977, 6.4.
    """
    scale = WEEK if figures.kind is Kind.COUNT else 1.0
    if figures.is_counted:
        x, n = figures.hits[members], figures.exposure[members]
    else:
        x, n = figures.raw[members], np.ones(len(members))
    count = len(x)
    mean = float(x.sum() / n.sum())
    variance = float(((x - mean * n) ** 2).sum() / n.sum() ** 2 * count / max(count - 1, 1))
    reach = student_quantile(0.975, count - 1) * sqrt(variance)
    low = mean - reach if figures.metric.unit is Unit.MONEY or not figures.is_counted else max(mean - reach, 0.0)
    return mean * scale, (low * scale, (mean + reach) * scale)


def levels(reader: Reader, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    """A row for each role and seniority with five people or more, roles apart, from the newest level to the oldest."""
    figures = reader.figures(name)
    ready = reader.is_ready(figures.persons) & (figures.exposure > 0) & np.isfinite(figures.raw)
    chosen = figures.only([p for p, is_there in zip(figures.persons, ready, strict=True) if is_there])
    on = min(reader.period.last_on, reader.question.as_of)
    firm = reader.session.open_firm()
    seniority = firm.group_on("seniority", on)
    keys = [(firm.roles.get(p), seniority.get(p)) for p in chosen.persons]
    order = _by_tenure(keys, [_months(reader, p, on) for p in chosen.persons])
    found = list(_levels(chosen, keys, order))
    shown = [level for level in found if level.people >= HIDDEN]
    review_on = end_of_next_half(reader.question.as_of)
    currency = reader.session.currency
    rows = [
        _row(reader, chosen, level, _next(shown, n), review_on, currency) for n, level in enumerate(shown)
    ]  # fmt: skip
    hidden = len(found) - len(shown)
    notes = [f"{plural(hidden, 'level', 'levels')} with fewer than {HIDDEN} people left out."] if hidden else []
    return rows, notes


def _levels(figures: PeopleFigures, keys: Sequence[Any], order: Sequence[Any]) -> Iterator[Level]:
    number = {key: n for n, key in enumerate(order)}
    group = np.array([number[key] for key in keys], dtype=np.int64)
    middles = middle_half(figures, group, len(order)) if len(order) else []
    for n, (role, seniority) in enumerate(order):
        members = np.flatnonzero(group == n).astype(np.int64)
        if len(members) < HIDDEN:
            yield Level(role, seniority, len(members))
            continue
        mean, interval = mean_of(figures, members)
        low, high, is_alike = middles[n]
        middle = (low, high) if len(members) >= LEAST_PEOPLE else None
        yield Level(role, seniority, len(members), mean, interval, middle, is_alike)


def _by_tenure(keys: Sequence[Any], months: Sequence[float]) -> list[Any]:
    """Roles by name, and in each the seniorities by the median months their people have been there."""
    tenure: dict[Any, list[float]] = {}
    for key, month in zip(keys, months, strict=True):
        tenure.setdefault(key, []).append(month)
    return sorted(tenure, key=lambda key: (key[0] or "", float(np.median(tenure[key])), key[1] or ""))


def _months(reader: Reader, person: str, on: date) -> float:
    known = reader.session.open_firm().people.get(person)
    return float(month_of_employment(known.hired_on, on)) if known is not None and known.hired_on else 0.0


def _next(levels_: Sequence[Level], n: int) -> Level | None:
    """The next level of the same role."""
    following = levels_[n + 1] if n + 1 < len(levels_) else None
    return following if following is not None and following.role == levels_[n].role else None


def _row(  # noqa: PLR0913  (what a row says)
    reader: Reader, figures: PeopleFigures, level: Level, above: Level | None, review_on: date, currency: str
) -> dict[str, Any]:
    metric = figures.metric
    return {
        "metric": metric.name, "label": metric.label, "role": level.role, "seniority": level.seniority,
        "period": reader.period.name, "unit": "a week" if figures.kind is Kind.COUNT else metric.unit.value,
        "value": level.mean, "n": level.people, "interval": list(level.interval) if level.interval else None,
        "middle_half": list(level.middle) if level.middle else None,
        "next_level": above.seniority if above else None, "next_value": above.mean if above else None,
        "next_middle_half": list(above.middle) if above and above.middle else None, "review_on": review_on,
        "sentence": _sentence(metric, figures.kind, level, above, currency),
    }  # fmt: skip


def _sentence(metric: Metric, kind: Kind, level: Level, above: Level | None, currency: str) -> str:
    who = " ".join(filter(None, [level.seniority, level.role])) or "of no level or role"
    mean = _figure(metric, kind, level.mean, currency)
    told = [f"{metric.label}, {who} ({level.people} people): {mean} on average."]
    told.append(_middle(metric, kind, level, currency))
    if above is not None and above.mean is not None:
        told.append(f"The next level, {above.seniority}, reaches {_figure(metric, kind, above.mean, currency)}.")
        if level.interval and above.interval and max(level.interval[0], above.interval[0]) <= min(
            level.interval[1], above.interval[1]
        ):  # fmt: skip
            told.append("The two are not told apart by that.")
    return " ".join(told)


def _middle(metric: Metric, kind: Kind, level: Level, currency: str) -> str:
    if level.middle is None:
        return f"Fewer than {LEAST_PEOPLE} people: too few to say what the middle half reaches."
    if level.is_alike:
        return "They differ no more than chance makes them."
    if kind is Kind.COUNT:
        low, high = (rounded(end) for end in level.middle)
        return f"The middle half reaches {low} to {high} a week."
    return f"The middle half reaches {between(*level.middle, metric.unit, currency)}."


def _figure(metric: Metric, kind: Kind, value: float | None, currency: str) -> str:
    if value is None:
        return "nothing"
    return f"{rounded(value)} a week" if kind is Kind.COUNT else amount(value, metric.unit, currency)
