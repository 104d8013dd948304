"""What is said of a review year that calls for more than a look: a part of the one place that judges in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from courtside.analysis.wording import day, noun, rounded, whole
from courtside.metrics.metric import Direction


@dataclass(frozen=True, slots=True)
class YearSoFar:
    """What a review year that calls for more than a look comes to, over its months that are over and ripe.

    `due` successes or events at the target, for the days present and what was handed to them; `of` the
    cases of a rate.
    """

    since: date
    until: date
    hits: float
    of: float | None
    due: float
    evidence: float
    is_eligible: bool = False
    """Whether all eight conditions of the guard hold."""
    lacks_cause: bool = False
    """Whether all hold but that of a cause in the person's own hands."""
    cause: str = ""
    """The label of the cause that is below its own limit."""


def year_sentences(year: YearSoFar, direction: Direction) -> list[str]:
    """What the year comes to, how rarely chance makes the like, and what to do: talk, or let a person weigh it."""
    told = [f"From {day(year.since)} to {day(year.until)}: {_against_due(year)}."]
    if year.is_eligible:
        return [
            *told,
            "All eight conditions for a formal step hold; at the target, chance alone brings that about in fewer than "
            "1 of 100 years.",
            *([f"Below its own limit as well: {noun(year.cause)}."] if year.cause else []),
            "This decides nothing: a named person weighs it, hears them first and writes down why.",
        ]
    if year.of is not None:
        told.append("At the target, chance alone looks like this in at most 5 of 100 years.")
    else:
        many = "so many" if direction is Direction.DOWN else "so few"
        told.append(f"At the target, chance alone makes them {many} in fewer than 1 of 100 such stretches.")
    if year.lacks_cause:
        told.append("Nothing else that is in their own hands is short: look into what has changed.")
    return [*told, "Time to talk it through together; not enough for a plan."]


def _against_due(year: YearSoFar) -> str:
    """14 of 210, where 42 are due at the target for what was handed to them."""
    due = f"{rounded(year.due)} {'is' if year.due == 1 else 'are'} due at the target"
    if year.of is None:
        return f"{whole(year.hits)}, where {due}"
    return f"{whole(year.hits)} of {whole(year.of)}, where {due} for what was handed to them"
