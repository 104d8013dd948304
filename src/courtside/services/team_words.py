"""A team's figures in words: values, ranges, the line they are compared with, and the sentence on top."""

from __future__ import annotations

from collections.abc import Sequence

from courtside.services.box_score_lines import cases
from courtside.services.team_compare import Comparison, Figure

MOST_NAMED = 3
"""More people than this on a side are counted, not named."""
STATES = {"above": "clearly above the team’s line", "below": "clearly below the team’s line"}


def on_scale(comparison: Comparison, value: float, currency: str) -> str:
    """A value of the shared scale: `24 %`, `31.5 per week there`."""
    from courtside.analysis.wording import amount, rounded  # noqa: PLC0415  (numpy and scipy load now)

    metric = comparison.metric
    if not comparison.is_by_week:
        return amount(value, metric.unit, currency)
    told = rounded(value) if metric.unit.value == "count" else amount(value, metric.unit, currency)
    return f"{told} per week there"


def value_words(comparison: Comparison, figure: Figure, currency: str, is_other: bool) -> str:
    """A figure as recorded; `is_other`: rates as counts, what adds up by week there."""
    from courtside.analysis.wording import amount, whole  # noqa: PLC0415

    row = figure.row
    if row is None or row["value"] is None:
        return "–"
    days = figure.mate.days_there
    if is_other and comparison.is_by_week and days > 0:
        return on_scale(comparison, float(row["value"]) / (days / 5), currency).removesuffix(" per week there")
    if is_other and row["denominator"] is not None and row["numerator"] is not None:
        return f"{whole(float(row['numerator']))} of {whole(float(row['denominator']))}"
    return amount(row["value"], comparison.metric.unit, currency)


def likely_words(comparison: Comparison, figure: Figure, currency: str, is_other: bool) -> str:
    """The likely range of a figure; where none is fitted what chance alone explains; empty without either."""
    from courtside.analysis.wording import between  # noqa: PLC0415

    row = figure.row
    span = None if row is None or row["value"] is None else row["likely"] or row["interval"]
    if span is None:
        return ""
    low, high = span
    if is_other and comparison.is_by_week and figure.low is not None and figure.high is not None:
        low, high = figure.low, figure.high
    return between(low, high, comparison.metric.unit, currency)


def cases_words(comparison: Comparison, figure: Figure) -> str:
    """How many cases are behind a figure; behind events that are the figure themselves, the days somebody was there."""
    from courtside.analysis.wording import plural, whole  # noqa: PLC0415

    row = figure.row
    if row is None or row["n"] is None:
        return ""
    if comparison.is_by_week and not cases(comparison.metric, row):
        return plural(round(figure.mate.days_there), "day", "days")
    return whole(float(row["n"]))


def state_of(comparison: Comparison, figure: Figure) -> tuple[str, str]:
    """The state a mark shows, and its words."""
    if figure.side in STATES:
        return figure.side, STATES[figure.side]
    if figure.why:
        return "early", figure.why
    if comparison.line is None:
        return "early", "not compared"
    return ("early", "too few cases to tell") if figure.low is None else ("even", "too close to call")


def sentence_of(comparison: Comparison) -> tuple[str, ...]:
    """What the table says in one or two sentences."""
    label = comparison.metric.label
    if comparison.is_empty:
        return (f"{label}: nothing is recorded of these people in this period, which is not the same as nothing done.",)
    if comparison.line is None:
        return (f"{label}: nobody is compared here.",)
    sides = [(side, comparison.on(side)) for side in ("above", "below")]
    told = [f"{_names(own)} clearly {side} the team’s line" for side, own in sides if own]
    rest = len(comparison.on("even"))
    if not told:
        return (f"{label}: nobody is clearly above or below the team’s line.", _rest_alone(rest))
    return (f"{label}: {', '.join(told)}.", *([_rest(rest)] if rest else []))


def note_of(comparison: Comparison) -> str:
    """The same in a few words, for a tab."""
    if comparison.line is None:
        return "values only"
    told = [f"{len(comparison.on(side))} {side}" for side in ("above", "below") if comparison.on(side)]
    return ", ".join(told) or "too close to call"


def _names(figures: Sequence[Figure]) -> str:
    names = [figure.mate.name for figure in figures]
    if len(names) > MOST_NAMED:
        return f"{len(names)} people"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _rest(number: int) -> str:
    return "The other one is too close to call." if number == 1 else f"The other {number} are too close to call."


def _rest_alone(number: int) -> str:
    return f"What the figures of these {number} differ by lies within what chance does."
