"""Whether following up pays here: do more leads close in months of more follow-ups than somebody usually makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Any

import numpy as np

from courtside.analysis.benchmark.handed import Mix, mix_or_alike
from courtside.analysis.benchmark.people_figures import Reader
from courtside.analysis.statistics.distributions import Array, Indices, added
from courtside.analysis.statistics.panel import own_means, poisson
from courtside.analysis.statistics.time_frame import begins_on
from courtside.analysis.wording import noun
from courtside.metrics.metric import Metric
from courtside.records.period import Grain
from courtside.warehouse.question import Question

FOLLOW_UPS = "follow_ups_per_contact"
LEAST_PEOPLE, LEAST_MONTHS = 40, 480
"""40 people for 12 months: below that an effect of the usual size is found less than half of the time (METHODS 4)."""
MORE = 1.1
"""The effect is told for a tenth more than somebody's own usual."""
_FEWEST_EACH = 3
"""Somebody seen for fewer months has no usual of their own."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What goes with a tenth more follow-ups inside one person: the change in the result, and its interval."""

    people: int
    months: int
    change: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def verdict(self) -> str:
        """`pays`, `goes_with_less`, `not_separable`, or `cannot_tell` below the sample."""
        if self.low is None or self.high is None:
            return "cannot_tell"
        return "pays" if self.low > 0 else "goes_with_less" if self.high < 0 else "not_separable"


def effect_of(
    person: Indices, month: Indices, follow_ups: Array, hits: Array, expected: Array, cases: Array
) -> Effect:  # fmt: skip
    """Closings beside those typical of the very leads, by follow-ups beside the person's own usual.

    One entry for each person and month. ln E(hits) = ln expected + month + b ln(follow-ups), with the
    person's mean of it beside (Mundlak), and the number of cases as a control; errors clustered by person.
    Source: METHODS 4. True elasticity 0.3 -> a tenth more goes with 2.9 % more.
    """
    use = (expected > 0) & (follow_ups > 0)
    enough = added(person, use, int(person.max(initial=0)) + 1)[person] >= _FEWEST_EACH
    use &= enough
    people, months = len(np.unique(person[use])), int(use.sum())
    if people < LEAST_PEOPLE or months < LEAST_MONTHS:
        return Effect(people, months)
    _, who = np.unique(person[use], return_inverse=True)
    _, when = np.unique(month[use], return_inverse=True)
    moved = np.stack([np.log(follow_ups[use]), np.log(np.maximum(cases[use], 1.0))], axis=1)
    calendar = np.eye(int(when.max()) + 1)[when]
    try:
        fit = poisson(np.hstack([moved, own_means(moved, who), calendar]), hits[use], who, np.log(expected[use]))
    except ArithmeticError:
        return Effect(people, months)
    low, high = fit.intervals()
    change, least, most = (exp(b * log(MORE)) - 1 for b in (fit.coefficients[0], low[0], high[0]))
    return Effect(people, months, change, least, most)


def persistence(reader: Reader, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    """One row: whether follow-ups pay for this metric, over two years of months that are ripe."""
    metric = reader.session.catalogue[name]
    question = replace(reader.about(name), first=_two_years(reader), grain=Grain.MONTH)
    mix = mix_or_alike(reader.session, question)
    follow_ups = _monthly(reader, question)
    usual = np.array([follow_ups.get((f"person:{p}", mix.asked.names[n]), 0.0) for n, p in mix.units])
    numbers = {person: n for n, person in enumerate(sorted({person for _, person in mix.units}))}
    person = np.array([numbers[p] for _, p in mix.units], dtype=np.int64)
    found = mix.compared
    expected = np.nan_to_num(found.expected)
    effect = effect_of(person, mix.handed.pool, usual, found.observed, expected, found.of)
    return [_row(metric, mix, effect)], []


def _two_years(reader: Reader) -> Any:
    """Where the months begin: a year before the year asked about, or as asked."""
    if reader.question.first is not None:
        return reader.period.starts_on
    return begins_on(begins_on(reader.period.ends_on, "year"), "year")


def _monthly(reader: Reader, question: Question) -> Mapping[tuple[str, str], float]:
    """Follow-ups per contact of every person and month."""
    rows = reader.session.ask(replace(question, metric=FOLLOW_UPS, by=("person",))).rows
    return {(row["scope"], row["period"]): float(row["value"] or 0.0) for row in rows}


def _row(metric: Metric, mix: Mix, effect: Effect) -> dict[str, Any]:
    names: Sequence[str] = mix.asked.names
    return {
        "metric": metric.name, "moved_by": FOLLOW_UPS, "period": f"{names[0]} to {names[-1]}",
        "people": effect.people, "n": effect.months, "more": MORE - 1, "change": effect.change,
        "interval": None if effect.low is None else [effect.low, effect.high], "verdict": effect.verdict,
        "sentence": _sentence(metric, effect),
    }  # fmt: skip


def _sentence(metric: Metric, effect: Effect) -> str:
    if effect.change is None or effect.low is None or effect.high is None:
        return (
            f"Cannot tell whether following up pays here: {effect.people} people and {effect.months} months of theirs "
            f"are known, and it takes {LEAST_PEOPLE} people and {LEAST_MONTHS} months."
        )
    seen = (
        f"In months when somebody makes 10 % more follow-ups per contact than is usual for them, {noun(metric.label)} "
        f"of the same kinds of leads lies {_moved(effect.change)} ({_signed(effect.low)} to {_signed(effect.high)})"
    )
    how = {
        "pays": "Following up goes with more here.",
        "goes_with_less": "More follow-ups go with less here: look at whom they are spent on.",
        "not_separable": "Chance alone could make that difference.",
    }[effect.verdict]
    return f"{seen}. {how} An association inside the same person, over {effect.people} people; not a proof."


def _moved(change: float) -> str:
    return f"{abs(100 * change):.1f} % {'higher' if change >= 0 else 'lower'}"


def _signed(change: float) -> str:
    return f"{round(100 * change, 1) + 0.0:+.1f} %"
