"""Metrics on trial as a page: what each is worth keeping for, the card that would suit, and what the calendar does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from courtside.services.box_score import RUNGS
from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.show_review import ShowReview, review_with_card
from courtside.services.viewing import Visit

Row = Mapping[str, Any]
VERDICTS = {
    "keep": ("Keep", "They vary, are stable, or come before the result."),
    "watch": ("Watch", "Something speaks against them; look again at the date named."),
    "retire": ("Retire", "They have told nothing: nobody should be measured by them."),
    "cannot_tell": ("Cannot tell yet", "There are not enough people or weeks."),
}
"""The verdicts in the order of the page: what they are called, and what that means."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One metric on trial."""

    metric: str
    label: str
    rung: str
    sentence: str
    review_on: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """The metrics with one verdict."""

    label: str
    hint: str
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A line of the card that would suit."""

    metric: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """All metrics on trial; `why_not` says why there is nothing to show."""

    sentences: tuple[Sentence, ...] = ()
    calendar: tuple[str, ...] = ()
    card: tuple[Proposed, ...] = ()
    cycle: tuple[str, ...] = ()
    why_not: str = ""


def review_page(visit: Visit) -> ReviewPage:
    """The page, the same for everybody: it speaks of metrics and names nobody."""
    try:
        return visit.remembered("metrics on trial", lambda: _read(visit))
    except Refused as refused:
        return ReviewPage(why_not=refused.reason)


def _read(visit: Visit) -> ReviewPage:
    workspace, show = visit.standing.workspace, ShowReview()
    caller = Caller(who=visit.caller.who, clock=visit.caller.clock)
    reviewed, card = review_with_card(workspace, caller, show)
    catalogue = visit.catalogue()
    found: dict[str, list[Tried]] = {verdict: [] for verdict in VERDICTS}
    for row in sorted(reviewed.rows, key=lambda row: catalogue[row["metric"]].label):
        metric = catalogue[row["metric"]]
        rung = RUNGS[metric.rung.value][0]
        tried = Tried(metric.name, metric.label, rung, str(row["sentence"]), _day(row["review_on"]))
        found[str(row["verdict"])].append(tried)
    return ReviewPage(
        tuple(Sentence(*VERDICTS[verdict], tuple(tried)) for verdict, tried in found.items() if tried),
        reviewed.notes,
        tuple(Proposed(row["metric"], catalogue[row["metric"]].label, str(row["reason"])) for row in card.rows),
        card.notes,
    )


def _day(on: Any) -> str:
    from courtside.analysis.wording import day  # noqa: PLC0415  (keeps start-up short)

    return day(on if isinstance(on, date) else date.fromisoformat(str(on)))
