"""Closing effectiveness of each person per lead source, and what their customers cost to win."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from courtside.analysis.benchmark.handed import Mix, mix_of
from courtside.analysis.benchmark.people_figures import Reader
from courtside.analysis.statistics.acquisition import Acquisition, costs
from courtside.analysis.statistics.intervals import wilson
from courtside.analysis.statistics.mix import LEAST_OTHERS, ratio_of_cases, typical
from courtside.analysis.wording import amount, percent
from courtside.metrics.metric import Unit

_CLOSING = "closing_rate"
_COST = "lead_cost"


def source_rows(reader: Reader, name: str, stratum: str, person: str | None) -> list[dict[str, Any]]:
    """A row for each person and source: the rate, what others reach there, and whether the two differ.

    Raises CannotAnswer for what is no rate, or cannot be cut so.
    """
    mix = mix_of(reader.session, reader.about(name), stratum)
    handed = mix.handed
    p, spread = typical(handed), wilson(handed.hits, handed.of)
    expected = handed.of * p
    limits = ratio_of_cases(handed.hits, handed.of, expected)
    _, cell_of, cell = handed.cells()
    others = cell_of[cell] - handed.of
    rows = []
    for n in np.lexsort((handed.stratum, handed.unit)):
        number, who = mix.units[int(handed.unit[n])]
        if person is not None and who != person:
            continue
        is_known = others[n] >= LEAST_OTHERS
        position = (
            "not_comparable" if not is_known
            else "above" if limits.low[n] > 1 else "below" if limits.high[n] < 1 else "not_separable"
        )  # fmt: skip
        source = mix.strata[int(handed.stratum[n])]
        row = {
            "metric": mix.metric.name, "scope": f"person:{who}", "label": _name(mix, who), stratum: source,
            "period": mix.asked.names[number], "value": float(handed.hits[n] / handed.of[n]), "n": int(handed.of[n]),
            "interval": [float(spread.low[n]), float(spread.high[n])],
            "typical": float(p[n]) if is_known else None, "position": position,
        }  # fmt: skip
        rows.append({**row, "sentence": _sentence(row, source)})
    return rows


def cost_rows(reader: Reader, mix: Mix) -> Mapping[str, Mapping[str, Any]]:
    """For each scope of a mix of closings what its customers cost, and what the mix leads to expect.

    Empty where the metric is not the closing rate, or no lead has a cost.
    """
    if mix.metric.name != _CLOSING or mix.stratum != "source" or _COST not in reader.session.catalogue:
        return {}
    answer = reader.session.ask(replace(reader.about(_COST), by=("source",)))
    spent = {row["scope"].partition(":")[2] or None: float(row["value"] or 0.0) for row in answer.rows}
    if not any(spent.values()):
        return {}
    found = mix.compared
    cost = costs(
        [spent.get(source, 0.0) for source in mix.strata], mix.handed.of, mix.handed.unit, mix.handed.stratum,
        found.observed, found.expected,
    )  # fmt: skip
    currency = reader.session.currency
    return {f"person:{who}": _cost(cost, n, currency) for n, (_, who) in enumerate(mix.units)}


def _cost(cost: Acquisition, n: int, currency: str) -> Mapping[str, Any]:
    weighted, expected = float(cost.weighted[n]), float(cost.expected[n])
    return {
        "cost_per_acquisition": weighted if np.isfinite(weighted) else None,
        "expected_cost_per_acquisition": expected if np.isfinite(expected) else None,
        "cost_ratio": weighted / expected if np.isfinite(weighted) and np.isfinite(expected) else None,
        "currency": currency,
    }  # fmt: skip


def cost_sentence(row: Mapping[str, Any]) -> str:
    """What a customer cost beside what these leads lead to expect; empty where nothing is known."""
    own, due = row.get("cost_per_acquisition"), row.get("expected_cost_per_acquisition")
    if own is None or due is None:
        return ""
    cost, typical_cost = (amount(value, Unit.MONEY, row["currency"]) for value in (own, due))
    return f" A customer cost {cost} in leads; with typical handling of these leads it would have been {typical_cost}."


def _name(mix: Mix, person: str) -> str:
    return mix.session.engine.person_names().get(person, person)


def _sentence(row: Mapping[str, Any], source: str | None) -> str:
    seen = f"{source or 'No source named'}: {percent(row['value'])} of {row['n']:,}"
    if row["typical"] is None:
        return f"{seen}. Others have too few of these: not comparable."
    beside = f"others reach {percent(row['typical'])} there"
    told = {"above": "More than chance explains.", "below": "Fewer than chance explains."}
    return f"{seen}; {beside}. {told.get(row['position'], 'Chance alone could make that difference.')}"
