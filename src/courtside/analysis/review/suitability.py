"""Which metrics suit this firm's selling: how long its cycle is, how soon each metric can tell, and a card of eight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np

from courtside.analysis.statistics.distributions import Array, Numbers, array
from courtside.analysis.statistics.time_frame import bursts, dispersion
from courtside.analysis.statistics.window import cases_needed, events_needed
from courtside.analysis.wording import noun, percent, plural, rounded, time
from courtside.metrics.pack import MOST_ON_A_CARD, CardLine

QUARTER_DAYS = 91.0
SALES_A_MONTH = 1.0
_WEEKS_A_MONTH = 365.25 / 84
_YEAR = 52
_SOON = 26.0
"""Weeks in which a drop must show for a cause to be watched by itself."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """The firm's own selling: days from opening to won (the middle sale), won sales a person and month, how many."""

    days: float | None
    a_month: float | None
    sales: int

    @property
    def is_complex(self) -> bool | None:
        """Whether half of the sales outlast a quarter, or a usual person wins less than one a month.

        What a person does in a quarter then shows in a later one. None without ten sales won.
        """
        if self.days is None or self.sales < 10:
            return None
        return self.days > QUARTER_DAYS or (self.a_month is not None and self.a_month < SALES_A_MONTH)

    @property
    def sentence(self) -> str:
        """What the cycle is, and what it means for a card."""
        if self.is_complex is None:
            return "Too few sales are won to say how long this firm's selling takes; the card is the pack's own."
        shown = f"Half of {plural(self.sales, 'sale', 'sales')} took {rounded(self.days or 0)} days or less"
        a_month = f", and a usual person wins {rounded(self.a_month, 2)} a month" if self.a_month is not None else ""
        if self.is_complex:
            return f"{shown}{a_month}: complex selling. Results come late and are few, so the card leans on causes."
        return f"{shown}{a_month}: short cycles. A quarter's work mostly shows in the quarter's own results."


def usual(volumes: Numbers) -> float:
    """The volume of a usual person: half of all there is comes from people who have as much or more.

    The median weighted by volume, so that the many who do a thing now and then do not count as its usual doers.
    8 people with 10 and 20 with 1 -> 10. 0 where nobody has any.
    """
    ordered = np.sort(array(volumes))[::-1]
    return float(ordered[np.searchsorted(np.cumsum(ordered), ordered.sum() / 2)]) if ordered.sum() > 0 else 0.0


def usual_a_month(counts: Numbers) -> float | None:
    """The volume of a usual person a month, from counts by person and week; None where nobody has any."""
    last = array(counts)[:, -_YEAR:]
    weeks = int(np.isfinite(last).all(axis=0).sum())
    found = usual(np.nansum(last, axis=1))
    return found / weeks * _WEEKS_A_MONTH if found and weeks else None


def weeks_to_tell(counts: Array, days: Array) -> float | None:
    """Weeks until a real 30 % drop of a count shows at a usual person's volume, bursts allowed for.

    64.5 expected events times the dispersion (METHODS 1.5: 80 dials a week -> 1 week). `counts` and `days` are
    (people, weeks); None where nobody has any.
    """
    last, there = counts[:, -_YEAR:], days[:, -_YEAR:]
    known = np.isfinite(last).all(axis=0)
    seen, of = last[:, known], there[:, known]
    volumes = seen.sum(axis=1)
    person = usual(volumes)
    if not person:
        return None
    phi = float(np.median(dispersion(*bursts(seen, of))[volumes >= person / 2]))
    return float(events_needed() * phi * seen.shape[1] / person)


def weeks_to_tell_rate(hits: Array, of: Array) -> float | None:
    """The same for a rate: cases needed at the firm's own rate, at a usual person's cases a week."""
    seen, cases = (np.nansum(part[:, -_YEAR:], axis=1) for part in (hits, of))
    person = usual(cases)
    if not person:
        return None
    needed = cases_needed(round(float(seen.sum() / cases.sum()), 3))
    weeks = needed * min(of.shape[1], _YEAR) / person
    return weeks if isfinite(weeks) else None


def proposed_card(
    rows: Sequence[Mapping[str, Any]], pack: Sequence[CardLine], weeks: Mapping[str, float | None]
) -> list[Mapping[str, Any]]:
    """At most eight metrics from causes to results, each with its reason.

    The pack's card for this kind of selling, less what the review found nothing for and what nobody has; filled up
    with the causes that were found to come before their result, those that can tell soonest first.
    """
    by_name = {row["metric"]: row for row in rows}
    kept = {line.metric: line.reason for line in pack if _is_fit(by_name.get(line.metric), line.metric, weeks)}
    for row in sorted(rows, key=lambda row: weeks.get(row["metric"]) or inf):
        if len(kept) < MOST_ON_A_CARD and row["metric"] not in kept and _is_cause(row, weeks):
            kept[row["metric"]] = _found_reason(row, by_name)
    order = {row["metric"]: place for place, row in enumerate(rows)}
    chosen = sorted(kept, key=lambda name: order.get(name, len(order)))
    return [_line(by_name.get(name), name, kept[name], weeks.get(name)) for name in chosen]


def _is_fit(row: Mapping[str, Any] | None, name: str, weeks: Mapping[str, float | None]) -> bool:
    """Whether a metric of the pack stays: it was not found wanting, and there is any of it where that is known."""
    if name in weeks and weeks[name] is None:
        return False
    return row is None or (row["people"] > 0 and row["verdict"] != "retire" and row["precedes"] != "contrary")


def _is_cause(row: Mapping[str, Any], weeks: Mapping[str, float | None]) -> bool:
    soon = weeks.get(row["metric"])
    return (
        row["rung"] in ("activity", "objective")
        and row["verdict"] == "keep"
        and row["precedes"] == "yes"
        and soon is not None
        and soon <= _SOON
    )


def _found_reason(row: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]) -> str:
    result = by_name[row["result"]]["label"] if row["result"] in by_name else row["result"]
    run = percent(1.1 ** row["effect"] - 1, 2)
    return (
        f"Here, 10 % more than a person's own normal goes with {run} more {noun(str(result))} "
        f"{plural(row['lag_weeks'], 'week', 'weeks')} later."
    )


def _line(row: Mapping[str, Any] | None, name: str, reason: str, weeks: float | None) -> Mapping[str, Any]:
    told = f" A real 30 % drop shows in about {time(weeks)} at a usual person's volume." if weeks is not None else ""
    return {
        "metric": name, "label": row["label"] if row else name, "rung": row["rung"] if row else None,
        "weeks_to_tell": weeks, "verdict": row["verdict"] if row else "cannot_tell", "reason": f"{reason}{told}",
    }  # fmt: skip


def replaced(proposed: Sequence[Mapping[str, Any]], present: Sequence[str]) -> Iterator[str]:
    """What the proposal changes about the card in use."""
    names = [str(line["metric"]) for line in proposed]
    left, added = [name for name in present if name not in names], [name for name in names if name not in present]
    if left:
        yield f"On the card now and not proposed: {', '.join(left)}."
    if added:
        yield f"Proposed and not on the card now: {', '.join(added)}."
