"""Plans per 100 people, group by group, with exact intervals; and whether a manager stands apart from all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from courtside.analysis.fairness.impact import Count
from courtside.analysis.fairness.suppression import NOT_STATED, OTHER
from courtside.analysis.statistics.distributions import Flags, array, normals_below
from courtside.analysis.statistics.funnel import LEAST_UNITS, rates_apart
from courtside.analysis.statistics.intervals import clopper_pearson
from courtside.analysis.statistics.multiplicity import benjamini_hochberg
from courtside.analysis.wording import between, plural, rounded, whole
from courtside.metrics.metric import Unit

MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Row:
    """A group: plans, people, plans per 100 people and between what the true figure may lie (95 %, exact)."""

    group: str
    plans: int
    people: int
    per_100: float
    low: float
    high: float
    is_outlier: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Plans by one grouping, and what there is to note."""

    grouping: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def panel(grouping: str, counts: Mapping[str, Count]) -> Panel:
    """The figures of one grouping, by name and never by size. Counts of published groups only.

    Intervals: Clopper and Pearson 1934. For managers, who stands apart in the funnel (real differences allowed
    for) after allowing for how many are looked at. Source: METHODS 8 and 1.3, UX 8.12. 10 of 100 -> 10 (4.9 to 17.6).
    """
    named = {group: count for group, count in counts.items() if count.total}
    if not named:
        return Panel(grouping, (), ())
    plans, people = ([getattr(one, name) for one in named.values()] for name in ("reached", "total"))
    exact = clopper_pearson(plans, people)
    apart = _apart(grouping, named)
    rows = [
        Row(group, one.reached, one.total, 100 * one.rate, 100 * float(low), 100 * float(high), bool(is_outlier))
        for (group, one), low, high, is_outlier in zip(named.items(), exact.low, exact.high, apart, strict=True)
    ]
    return Panel(grouping, tuple(rows), _notes(grouping, rows))


def _apart(grouping: str, named: Mapping[str, Count]) -> Flags:
    """Which managers lie further from the rest than chance and the spread between managers explain."""
    is_one = np.array([group not in (OTHER, NOT_STATED) for group in named])
    found = np.zeros(len(named), dtype=bool)
    if grouping != MANAGER or is_one.sum() < LEAST_UNITS:
        return found
    chosen = [one for one, is_named in zip(named.values(), is_one, strict=True) if is_named]
    plans, people = array([one.reached for one in chosen]), array([one.total for one in chosen])
    if not 0 < plans.sum() < people.sum():
        return found
    z = rates_apart(plans, people)
    found[is_one] = benjamini_hochberg(2 * normals_below(-np.abs(z)))
    return found


def _notes(grouping: str, rows: list[Row]) -> tuple[str, ...]:
    if grouping != MANAGER:
        return ()
    named = [row for row in rows if row.group not in (OTHER, NOT_STATED)]
    if len(named) < LEAST_UNITS:
        managers = plural(len(named), "manager", "managers")
        return (f"{managers} with 5 people or more: too few to say how far managers differ.",)
    mean = 100 * sum(row.plans for row in named) / sum(row.people for row in named)
    return tuple(_note(row, mean) for row in named if row.is_outlier)


def _note(row: Row, mean: float) -> str:
    span = between(row.low, row.high, Unit.SCORE)
    side = "more" if row.per_100 > mean else "fewer"
    return (
        f"{row.group}: {plural(row.plans, 'plan', 'plans')} for {whole(row.people)} people, "
        f"{rounded(row.per_100)} per 100 ({span}), {side} than the {rounded(mean)} per 100 of all managers by more "
        "than chance and their real differences explain. A reason to look at how plans are opened there, and no "
        "finding."
    )
