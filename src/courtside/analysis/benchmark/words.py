"""What is said of the top third beside the others: that they differ, by how much, and never why."""

from __future__ import annotations

from dataclasses import dataclass

from courtside.analysis.kinds import Kind
from courtside.analysis.wording import amount, noun, plural, rounded
from courtside.metrics.metric import Unit


@dataclass(frozen=True, slots=True)
class Apart:
    """One metric of two groups. `alike` and `few` are the people of whom no top can be named."""

    label: str
    kind: Kind
    unit: Unit
    currency: str
    verdict: str
    is_own: bool
    """Whether this is the metric people were ranked by."""
    top: float | None
    rest: float | None
    interval: tuple[float, float] | None
    top_people: int
    rest_people: int
    alike: int = 0
    few: int = 0
    scatter: tuple[float, int] | None = None
    """Chi-square of the people around their pools, and its degrees of freedom."""


def unit_of(told: Apart) -> str:
    """In what the figures are: counts are shown so many a week."""
    return "a week" if told.kind is Kind.COUNT else told.unit.value


def apart_sentence(told: Apart) -> str:
    """Both groups, the difference and how sure it is. METHODS 4: "they differ", not "this causes"."""
    if told.top is None or told.rest is None or told.interval is None:
        return _none(told)
    top, rest = (_figure(told, value) for value in (told.top, told.rest))
    if told.is_own:
        seen = (
            f"{told.label}: the top third ({told.top_people} people) reach {top}, the other "
            f"{told.rest_people} {rest}, like with like"
        )
        return f"{seen}. Best estimates: {_by(told)}. {_left_out(told)}".strip()
    seen = f"{told.label}: {top} beside {rest}"
    if told.verdict == "they_differ":
        return f"{seen}. They differ: {_by(told)}. That does not say why."
    if told.interval[0] > 0 or told.interval[1] < 0:
        return f"{seen} ({_between(told)}). Of so many comparisons chance alone makes some like that."
    return f"{seen}. Chance alone could make that difference ({_between(told)})."


def _none(told: Apart) -> str:
    """Why no top third is named."""
    if told.alike:
        square, freedom = told.scatter or (0.0, 0)
        figures = (
            f" (chi-square {square:.1f} with {plural(freedom, 'degree', 'degrees')} of freedom)" if freedom else ""
        )
        return (
            f"{plural(told.alike, 'person', 'people')} of like roles differ in {noun(told.label)} no more than chance "
            f"makes them{figures}: there is no top third to learn from."
        )
    return f"Too few people of like roles have cases of {noun(told.label)} to name a top third: five on either side."


def _left_out(told: Apart) -> str:
    return (
        f"{plural(told.alike, 'more is', 'more are')} in pools that differ no more than chance makes them."
        if told.alike else ""
    )  # fmt: skip


def _figure(told: Apart, value: float) -> str:
    if told.kind is Kind.COUNT:
        return f"{rounded(value)} a week"
    return amount(value, told.unit, told.currency)


def _by(told: Apart) -> str:
    """How far the top third lies above or below the others, where the interval says which."""
    if told.interval is None:
        return ""
    low, high = told.interval
    if low < 0 < high:
        return _between(told)
    side = "higher" if low >= 0 else "lower"
    least, most = sorted((abs(low), abs(high)))
    return f"{side} by {_amounts(told, rounded(_in_points(told, least), 2), rounded(_in_points(told, most), 2))}"


def _between(told: Apart) -> str:
    """The difference's interval with both signs."""
    if told.interval is None:
        return ""
    low, high = (_signed(_in_points(told, end)) for end in told.interval)
    return _amounts(told, low, high)


def _in_points(told: Apart, value: float) -> float:
    return 100 * value if told.unit is Unit.PERCENT else value


def _amounts(told: Apart, low: str, high: str) -> str:
    """Both ends with the unit said once; of rates in points, of counts a week."""
    if told.unit is Unit.MONEY:
        return f"{told.currency} {low} to {high}".strip()
    if told.kind is Kind.COUNT:
        return f"{low} to {high} a week"
    unit = {Unit.PERCENT: " points", Unit.DAYS: " days"}.get(told.unit, "")
    return f"{low} to {high}{unit}"


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'}{rounded(abs(value), 2)}"
