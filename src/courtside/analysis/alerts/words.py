"""Alerts in plain, neutral sentences: the window, what it rests on, and how often chance alone would say so."""

from __future__ import annotations

from collections.abc import Sequence

from courtside.analysis.alerts.signals import How, Signal
from courtside.analysis.kinds import Kind
from courtside.analysis.statistics.charts import RUN
from courtside.analysis.wording import amount, between, day, percent, rounded, whole
from courtside.metrics.metric import Metric
from courtside.records.period import Period

_SHARED = ("role", "segment", "time with the firm")


def trend_sentence(metric: Metric, signal: Signal, week: Period) -> str:
    """A change against one's own weeks, for five days there."""
    usual = f"{_weekly(signal.usual)} in the {signal.n} weeks before"
    if signal.how is How.RUN:
        seen = f"{metric.label}: {RUN} weeks in a row {_side(signal)} the {usual}, {_weekly(signal.seen)} on average."
    else:
        seen = (
            f"{metric.label}: {_weekly(signal.seen)} in the week to {day(week.last_on)}; {usual}, and single weeks "
            f"came and went between {_weekly(signal.low)} and {_weekly(signal.high)}."
        )
    return (
        f"{seen} All for five days there. "
        f"Something changed; by chance alone about 1 week in {_one_in(signal.chance)} looks so."
    )


def peer_sentence(
    metric: Metric, kind: Kind, signal: Signal, exposure: float, window: Period, like: Sequence[object]
) -> str:
    """A distance from like people over the last weeks."""
    weeks = (window.ends_on - window.starts_on).days // 7
    shared = [name for name, value in zip(_SHARED, like, strict=False) if value is not None]
    listed = [", ".join(shared[:-1]), shared[-1]] if len(shared) > 1 else shared
    same = " of the same " + " and ".join(listed) if shared else ""
    if kind is Kind.RATE:
        seen = f"{whole(signal.seen)} of {whole(exposure)} is {percent(signal.seen / exposure)}"
        usual = percent(signal.usual / exposure)
    else:
        seen, usual = whole(signal.seen), f"{whole(round(signal.usual))} for the same days"
    return (
        f"{metric.label}, {weeks} weeks to {day(window.last_on)}: {seen}; {signal.n} people{same} together: {usual}. "
        f"Further {_side(signal)} than real differences between them explain. By chance alone up to 1 person in "
        f"{round(1 / signal.chance)} lies so far out, on one side or the other."
    )


def goal_sentence(metric: Metric, signal: Signal, period: Period, currency: str) -> str:
    """A period that ended clearly on the wrong side of its target."""
    cases = f" from {whole(signal.n)} cases" if signal.n and signal.n != signal.seen else ""
    return (
        f"{metric.label} in {period.name}: {amount(signal.seen, metric.unit, currency)}{cases}, likely "
        f"{between(signal.low, signal.high, metric.unit, currency)}; the target was "
        f"{amount(signal.usual, metric.unit, currency)}. Clearly {_side(signal)} it. Somebody exactly at the target "
        f"would read this at most 1 time in {round(1 / signal.chance)}."
    )


def _side(signal: Signal) -> str:
    return "above" if signal.side > 0 else "below"


def _weekly(value: float) -> str:
    return rounded(round(value, 0 if value >= 20 else 1))


def _one_in(chance: float) -> str:
    """0.011 -> 90; 0.07 -> 14."""
    number = 1 / chance
    return whole(round(number, -1) if number >= 20 else round(number))
