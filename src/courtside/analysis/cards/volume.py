"""How much of a metric one person has in a week, and how long that takes to show a real drop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import isfinite
from typing import Any

import numpy as np

from courtside.analysis.cards.verdict import Waiting, waiting_sentence
from courtside.analysis.counted import Counted, DayBook, Stretch, counted
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics.time_frame import begins_on, bursts, dispersion, weeks_within
from courtside.analysis.statistics.window import DROP, cases_needed, events_needed, smallest_drop
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.metric import Metric
from courtside.warehouse.asked import Asked
from courtside.warehouse.compose import over_all
from courtside.warehouse.question import CannotAnswer, Question
from courtside.warehouse.session import Session

_ONE_DAY = timedelta(days=1)
_STEPS_DOWN = 3
"""How far down the ladder a quicker metric is looked for."""


@dataclass(frozen=True, slots=True)
class Volume:
    """What one person has of a metric a week, at which rate, how bursty, and what it takes."""

    metric: Metric
    kind: Kind
    per_week: float
    base: float | None
    phi: float
    needed: float
    weeks: float | None


def window_of(session: Session, question: Question) -> Mapping[str, Any]:
    """What `window` says of one person: volume a week, what is needed, the weeks it takes, and what is quicker.

    At the volume of the year before as-of; against a fixed target, one-sided 5 %, 80 % power (METHODS 1.5).
    Raises CannotAnswer where nothing is recorded of the person.
    """
    metric = session.catalogue[question.metric]
    asked = session.asked_of(question, metric)
    causes = _causes(metric, session.catalogue)
    book = DayBook(session, [metric.name, *(cause.name for cause in causes)])
    own = _volume(book, metric, asked)
    if own is None:
        raise CannotAnswer(f"nothing is recorded of {question.scopes[0]} by {question.as_of} that {metric.name} counts")
    quicker = _quicker(book, own, causes, asked)
    scope = str(asked.scopes[0])
    label = session.engine.person_names().get(asked.scopes[0].value, asked.scopes[0].value)
    seen = round(own.per_week * 52)
    shows = smallest_drop(seen, own.base) if own.base is not None and 0 < seen < 20_000 and 0 < own.base < 1 else None
    waiting = Waiting(
        own.metric.label, own.kind, own.per_week, own.base, own.needed, own.weeks, shows,
        quicker.metric.label if quicker else None, quicker.weeks if quicker else None,
    )  # fmt: skip
    return {
        "metric": metric.name, "scope": scope, "label": label, "per_week": own.per_week, "base": own.base,
        "dispersion": own.phi, "drop": DROP, "needed": own.needed if isfinite(own.needed) else None,
        "weeks": own.weeks,
        "instead": {"metric": quicker.metric.name, "weeks": quicker.weeks} if quicker else None,
        "sentence": waiting_sentence(waiting),
    }  # fmt: skip


def _volume(book: DayBook, metric: Metric, asked: Asked) -> Volume | None:
    """What a person has of one metric; None where nothing is recorded, or it cannot be counted by days."""
    session = book.session
    kind = kind_of(metric, session.catalogue)
    days = over_all(session.coverage(asked.clock).days)
    if days is None or kind not in (Kind.RATE, Kind.COUNT):
        return None
    until = min(days[1], asked.clock.as_of) + _ONE_DAY
    year: Stretch = max(begins_on(until, "year"), days[0]), until
    weeks = [(week.starts_on, week.ends_on) for week in weeks_within(*year, session.calendar)]
    counts = counted(book, metric, kind, replace(asked, periods=()), {(): 0}, [year, *weeks])
    return _taken(metric, kind, counts, year, weeks) if counts is not None else None


def _taken(metric: Metric, kind: Kind, counts: Counted, year: Stretch, weeks: list[Stretch]) -> Volume | None:
    hits, of, _ = (float(part[0]) for part in counts.at([year], np.array([0])))
    length = (year[1] - year[0]).days / 7
    total = of if kind is Kind.RATE else hits
    if total <= 0:
        return None
    if kind is Kind.RATE:
        needed, base, phi = cases_needed(round(hits / of, 3)), hits / of, 1.0
    else:
        rows = [counts.number[week] for week in weeks]
        phi = float(dispersion(*bursts(counts.hits[rows].T, counts.days[rows].T))[0]) if rows else 1.0
        needed, base = events_needed() * phi, None
    per_week = total / length
    return Volume(metric, kind, per_week, base, phi, needed, needed / per_week if isfinite(needed) else None)


def _quicker(book: DayBook, own: Volume, causes: Sequence[Metric], asked: Asked) -> Volume | None:
    """The cause that shows a drop soonest, if any of them is quicker."""
    found = [volume for metric in causes if (volume := _volume(book, metric, asked)) is not None]
    known = [(volume.weeks, volume.metric.name, volume) for volume in found if volume.weeks is not None]
    best = min(known, default=None)
    return best[2] if best is not None and (own.weeks is None or best[0] < own.weeks) else None


def _causes(metric: Metric, catalogue: Catalogue) -> list[Metric]:
    """What moves a metric, a few steps down the ladder."""
    seen, step, found = {metric.name}, [metric], []
    for _ in range(_STEPS_DOWN):
        names = dict.fromkeys(cause.metric for above in step for cause in above.moved_by)
        step = [catalogue[name] for name in names if name not in seen]
        seen.update(below.name for below in step)
        found += step
    return found
