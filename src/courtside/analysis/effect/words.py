"""What is said of one plan (never that it worked) and of all of them together."""

from __future__ import annotations

from courtside.analysis.effect.outcome import Effect
from courtside.analysis.effect.pooling import LEAST, Pooled
from courtside.analysis.wording import noun, percent, plural, rounded, whole

NO_CREDIT = "So we cannot credit the plan yet."


def sentence_of_plan(effect: Effect, name: str, kind: str, label: str = "") -> str:
    """What came of one plan, what comes of such a start anyway, and that nothing follows from it.

    -> "Lee went from 10 % to 17 %. Reps with a start like that usually come back to about 17 % on their own. So we
    cannot credit the plan yet."
    """
    if effect.is_carried:
        return (
            f"{name} left before anything could be seen; counted as no gain, so that those who left are not forgotten."
        )
    usual = "usually come back to" if _is_back(effect) else "are usually at"
    return (
        f"{name} went from {_level(effect.before, kind)} to {_level(effect.actual, kind)}{_of(kind, label)}. "
        f"Reps with a start like that {usual} about {_level(effect.expected, kind)} on their own. {NO_CREDIT}"
    )


def sentence_of_pool(pooled: Pooled | None, plans: int, kind: str, label: str = "") -> str:
    """What the plans gained together beyond what would have come anyway.

    -> "Across 12 plans the gain beyond that is +0.4 points (-4 to +5). That is not told apart from none."
    """
    if pooled is None:
        return f"{plural(plans, 'plan', 'plans')} so far: fewer than {LEAST} are too few to say anything over them."
    gain, low, high = (_points(value, kind) for value in (pooled.gain, pooled.low, pooled.high))
    unit = "points" if kind == "rate" else f"{noun(label) or 'events'} a working day"
    told = [f"Across {whole(pooled.plans)} plans the gain beyond that is {gain} {unit} ({low} to {high})."]
    if pooled.carried:
        told.append(f"{plural(pooled.carried, 'of them left', 'of them left')} before anything could be seen.")
    told.append(_reading(pooled))
    told.append(
        f"Before and after alone would say {_points(pooled.simple_gain, kind)}: most who are chosen for being low come "
        "back without help."
    )
    return " ".join(told)


def sentence_of_power(plans: int | None, gain: float) -> str:
    """How many plans it would take."""
    if plans is None:
        return f"No number of plans would tell a gain of {_points(gain, 'rate')} points from none."
    return (
        f"A true gain of {_points(gain, 'rate')} points would show in 8 of 10 cases after about {whole(plans)} plans."
    )


def _reading(pooled: Pooled) -> str:
    if pooled.low > 0:
        return "That is more than would have come anyway."
    if pooled.high < 0:
        return "That is less than would have come anyway."
    return "That is not told apart from none."


def _is_back(effect: Effect) -> bool:
    better = effect.before - effect.expected if effect.is_down else effect.expected - effect.before
    return better > 0


def _level(value: float, kind: str) -> str:
    return percent(round(value, 2)) if kind == "rate" else rounded(value, 2)


def _of(kind: str, label: str) -> str:
    return f" {noun(label)} a working day" if kind == "count" and label else ""


def _points(value: float, kind: str) -> str:
    """A signed figure: points of a rate, else two digits. The minus is a hyphen, as everywhere in the product."""
    if kind != "rate":
        return f"{'+' if value >= 0 else '-'}{rounded(abs(value), 2)}"
    points = 100 * value
    shown = f"{abs(points):.0f}" if abs(points) >= 2 else f"{abs(points):.1f}"
    return f"{'-' if points < 0 and float(shown) else '+'}{shown}"
