"""Random questions put to the product and to the oracle: every answer must be the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bench.oracle import DEFINITIONS, DIMENSIONS, Answers, Cut, metrics_of, missing_is

METRICS_A_CUT = 5
GRAINS = ("day", "week", "month", "quarter", "half", "year", "range")
CLOSE = 1e-9
"""Answers are equal if they differ by less than this share of them: sums of doubles depend on their order."""

FEW = ("company", "segment", "region", "seniority", "role", "product")
"""Dimensions with so few values that their days can be asked for."""

SHOWN = 5


class NothingCompared(RuntimeError):
    """A comparison that compared nothing proves nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many answers were compared, and those that differ, as sentences."""

    what: str
    compared: int
    differences: tuple[str, ...]


def cuts(seed: str, number: int, first: date, last: date) -> Sequence[Cut]:
    """Random questions about the days from `first` to `last`; each has a distinct count, a rate and a sum in reach.

    A person's days would be a million answers: persons are asked by week or longer.
    """
    dice = random.Random(seed)  # noqa: S311  (a choice of questions, no secret)
    found = []
    for _ in range(number):
        by = dice.choice(list(DIMENSIONS))
        metrics = dice.sample(metrics_of(DIMENSIONS[by]), METRICS_A_CUT)
        grain = dice.choice(GRAINS if by in FEW else GRAINS[1:])
        days = (last - first).days
        begin = first + timedelta(days=dice.randrange(days - 60))
        end = min(last, begin + timedelta(days=dice.randrange(30, 200)))
        found.append(Cut(tuple(metrics), by, grain, *whole(grain, begin, end)))
    return found


def whole(grain: str, first: date, last: date) -> tuple[date, date]:
    """The days of all periods of a grain that touch the days from `first` to `last`.

    >>> whole("quarter", date(2024, 2, 5), date(2024, 4, 1))
    (datetime.date(2024, 1, 1), datetime.date(2024, 6, 30))
    """
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(grain)
    if grain == "week":
        return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    if months is None:
        return first, last
    begin = date(first.year, (first.month - 1) // months * months + 1, 1)
    final = (last.month - 1) // months * months + months
    end = date(last.year + final // 12, final % 12 + 1, 1) - timedelta(days=1)
    return begin, end


def compare(what: str, asked: Sequence[Cut], product: Callable[[Cut], Answers], truth: Callable[[Cut], Answers]) -> (
    Comparison
):  # fmt: skip
    """Put the same questions to both. Raises NothingCompared if there was nothing to compare."""
    compared = 0
    differences: list[str] = []
    for cut in asked:
        number, found = _differences(cut, product(cut), truth(cut))
        compared += number
        differences.extend(found)
    if not compared:
        raise NothingCompared(f"{what}: nothing was compared")
    return Comparison(what, compared, tuple(differences))


def _differences(cut: Cut, said: Answers, true: Answers) -> tuple[int, list[str]]:
    """What a group without rows is worth is known without asking, so a missing answer may stand for it."""
    keys = sorted({*said, *true})
    found = []
    for metric, scope, period in keys:
        expected = true.get((metric, scope, period), missing_is(metric))
        answer = said.get((metric, scope, period), missing_is(metric))
        if not _equal(answer, expected):
            found.append(f"{metric} of {scope} in {period} (by {cut.by}, {cut.grain}): {answer}, not {expected}")
    return len(keys), found


def _equal(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= CLOSE * max(1.0, abs(one), abs(other))


def sentence(comparison: Comparison) -> str:
    """What a comparison came to, in a line or, if something differs, in a few."""
    if not comparison.differences:
        return f"{comparison.what}: {comparison.compared:,} answers compared, all equal"
    head = f"{comparison.what}: {len(comparison.differences):,} of {comparison.compared:,} answers differ"
    return "\n  ".join([head, *comparison.differences[:SHOWN]])


def known_metrics() -> frozenset[str]:
    """Every metric a cut may ask for."""
    return frozenset(DEFINITIONS)
