"""The evidence of review years month by month, of everybody with a target: what is kept for looking back.

E starts at 1 with the review year and is what it is after each month; nothing starts it anew (METHODS 1.5, 1.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from courtside.analysis.cards.batch import Batch
from courtside.analysis.cards.card import Card
from courtside.analysis.cards.formal import Formal
from courtside.analysis.cards.scorecard import Scorer
from courtside.analysis.statistics.distributions import Array, Flags
from courtside.analysis.statistics.guard import Years
from courtside.records.period import Period
from courtside.warehouse.question import Question


@dataclass(frozen=True, slots=True)
class YearThrough:
    """A person's review year up to the end of one of its months: counts so far, what was due, E and the alarm."""

    metric: str
    person_id: str
    since: date
    until: date
    hits: float
    of: float | None
    """Cases, of a rate; None of a count."""
    due: float
    evidence: float
    rings: bool


def year_history(scorer: Scorer, metric: str, month: Period, as_of: date) -> Iterator[YearThrough]:
    """Every ripe month of the review year that holds a month, of everybody with a target in it.

    Raises UnknownMetric, CannotAnswer.
    """
    session = scorer.session
    question = Question(metric, ("person",), None, month.starts_on, month.last_on, as_of)
    rows = session.ask(question).rows
    if not rows:
        return
    batch = Batch(scorer.book, session.catalogue[metric], session.asked_of(question, session.catalogue[metric]), rows)
    formal = Formal(Card(batch, scorer.people, batch.mask(None)), scorer.disputed)
    for numbers, years, months in formal.everybody():
        evidence, rings = years.evidence(), _rings(years)
        hits, of, due = (np.cumsum(part, axis=1) for part in (years.hits, years.of, years.due))
        for at, number in enumerate(numbers.tolist()):
            for place, each in enumerate(months):
                if due[at, place] > 0:
                    yield YearThrough(
                        metric, str(batch.keys[number][0]), months[0].starts_on, each.last_on, float(hits[at, place]),
                        float(of[at, place]) if years.is_rate else None, float(due[at, place]),
                        float(evidence[at, place]), bool(rings[at, place]),
                    )  # fmt: skip


def _rings(years: Years) -> Flags:
    """Whether the alarm rings after each month: (people, months)."""
    found = [_until(years, month + 1).alarm() for month in range(years.hits.shape[1])]
    return np.stack(found, axis=1)


def _until(years: Years, months: int) -> Years:
    """The same years as they stood after some months."""

    def cut(part: Array) -> Array:
        return part[:, :months]

    return Years(cut(years.hits), cut(years.of), cut(years.due), years.phi, years.is_rate, years.is_down)
