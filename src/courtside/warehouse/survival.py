"""How many who enter a stage get past it, with open cases censored and losses competing (METHODS.md 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlglot import exp

from courtside.metrics.metric import Conversion
from courtside.warehouse.asked import Asked
from courtside.warehouse.cells import Source, rows_of
from courtside.warehouse.expressions import ROW, Needs
from courtside.warehouse.frame import Frame
from courtside.warehouse.sql import column, day, named, template

OPEN, ADVANCED, LOST = 0, 1, 2
"""How a stay in a stage ended by the as-of day."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One opportunity's first stay in a stage: whole days until it ended in some way, or until as-of."""

    keys: tuple[Any, ...]
    stage: str
    opportunity_id: str
    entered_on: date
    days: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A first entry into a stage, with how its opportunity stands by the as-of day."""

    keys: tuple[Any, ...]
    opportunity_id: str
    stage: str
    entered_on: date
    won_on: date | None
    lost_on: date | None


def aalen_johansen(days: Sequence[int], ends: Sequence[int], horizon: int, cause: int = ADVANCED) -> float | None:
    """The chance that a stay ends by `cause` within `horizon` days, other ends competing, ties exact.

    F(t) = sum over event times u <= t of S(u-) * d_cause(u) / n(u); S falls at every end of any cause
    (Aalen & Johansen 1978). `ends` are OPEN for a stay still open, censored after its last day.
    None without stays.

    >>> aalen_johansen([1, 2, 3, 4], [1, 2, 0, 1], 30)
    0.75
    """
    if not days:
        return None
    lengths, causes = np.asarray(days), np.asarray(ends)
    survival, reached = 1.0, 0.0
    for moment in np.unique(lengths[(causes != OPEN) & (lengths <= horizon)]):
        at_risk = int((lengths >= moment).sum())
        ended = (lengths == moment) & (causes != OPEN)
        reached += survival * int((ended & (causes == cause)).sum()) / at_risk
        survival *= 1 - int(ended.sum()) / at_risk
    return reached


def entries_query(asked: Asked, frame: Frame, params: Mapping[str, Any], conversion: Conversion) -> exp.Select:
    """First entries into stages by the as-of day: keys, opportunity, stage, day entered, status, day closed."""
    inner = replace(asked, by=tuple(name for name in asked.by if name != "stage"))
    needs = Needs(computed={"is_first_entry", "pipeline", "credited_person"})
    on = day(column("at", ROW))
    rows = rows_of(Source("stage_changes", "credited_person", on, "at"), needs, inner, frame, params)
    query = rows.query.select(
        *(named(tree.copy(), f"k{n}") for n, tree in enumerate(rows.cuts)),
        column("opportunity_id", ROW), column("stage", ROW), named(on, "entered_on"), column("status", "oc"),
        named(template('CAST(oc."closed_at" AS DATE)'), "closed_on"), copy=False,
    )  # fmt: skip
    query = query.join("opportunities AS oc", on="oc.opportunity_id = r.opportunity_id", copy=False)
    query = query.where(template("r.is_first_entry AND r.pipeline = :p", p=conversion.pipeline), copy=False)
    query = query.where(template(":moment <= :d", moment=on, d=asked.clock.as_of), copy=False)
    for condition in rows.conditions:
        query = query.where(condition, copy=False)
    return query


def entries(rows: Iterable[Sequence[Any]], width: int, as_of: date) -> Iterator[Entry]:
    """The rows of `entries_query`, with `width` leading keys, as they stood at the end of a day."""
    for row in rows:
        opportunity, stage, entered_on, status, closed_on = row[width : width + 5]
        ended_on = closed_on if closed_on is not None and closed_on <= as_of else None
        won_on, lost_on = (ended_on, None) if status == "won" else (None, ended_on if status == "lost" else None)
        yield Entry(tuple(row[:width]), opportunity, stage, entered_on, won_on, lost_on)


def stays(found: Iterable[Entry], order: Sequence[str], as_of: date) -> Iterator[Stay]:
    """Every first stay in a stage of the pipeline's order. A stage jumped over is passed on that very day."""
    place = {stage: number for number, stage in enumerate(order)}
    cases: dict[str, dict[int, Entry]] = defaultdict(dict)
    for entry in found:
        if entry.stage in place:
            cases[entry.opportunity_id][place[entry.stage]] = entry
    for entered in cases.values():
        yield from _stays_of(entered, order, as_of)


def _stays_of(entered: Mapping[int, Entry], order: Sequence[str], as_of: date) -> Iterator[Stay]:
    latest = entered[min(entered)]
    for number in range(min(entered), len(order)):
        latest = entered.get(number, latest)
        later = [entry.entered_on for at, entry in entered.items() if at > number]
        passed_on = min([*later, *([latest.won_on] if latest.won_on else [])], default=None)
        if number in entered:
            yield _stay(latest, order[number], latest.entered_on, passed_on, as_of)
        elif later and passed_on is not None:
            yield _stay(latest, order[number], passed_on, passed_on, as_of)


def _stay(entry: Entry, stage: str, entered_on: date, passed_on: date | None, as_of: date) -> Stay:
    ended_on, end = as_of, OPEN
    if passed_on is not None:
        ended_on, end = passed_on, ADVANCED
    elif entry.lost_on is not None:
        ended_on, end = entry.lost_on, LOST
    return Stay(entry.keys, stage, entry.opportunity_id, entered_on, max((ended_on - entered_on).days, 0), end)
