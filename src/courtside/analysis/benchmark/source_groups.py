"""Lead sources beside each other in the same hands: which are closed more often, and what a customer of each costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np

from courtside.analysis.benchmark.bands import Bands, bands_of
from courtside.analysis.benchmark.handed import mix_of
from courtside.analysis.benchmark.people_figures import Reader
from courtside.analysis.statistics.intervals import wilson
from courtside.analysis.wording import plural

HIDDEN = 5
"""A source that fewer people had cases of is not shown: its rate would be somebody's."""
_CLOSING, _COST = "closing_rate", "lead_cost"


def source_groups(reader: Reader, name: str, stratum: str = "source") -> tuple[list[dict[str, Any]], list[str]]:
    """A row for each source: its rate with Wilson's interval, and how it compares with all others in the same hands.

    People are the strata of the ratio, as of bands. Raises CannotAnswer for what is no rate, or cannot be cut so.
    """
    mix = mix_of(reader.session, reader.about(name), stratum)
    handed, named = mix.handed, [n for n, source in enumerate(mix.strata) if source is not None]
    hits, of = np.zeros((handed.units, len(mix.strata))), np.zeros((handed.units, len(mix.strata)))
    hits[handed.unit, handed.stratum], of[handed.unit, handed.stratum] = handed.hits, handed.of
    people = (of > 0).sum(axis=0)
    shown = [n for n in named if people[n] >= HIDDEN]
    bands = bands_of(stratum, [str(mix.strata[n]) for n in shown], hits[:, shown], of[:, shown])
    likely, spent = wilson(bands.hits, bands.of), _spent(reader, name, stratum)
    rows = [
        {
            "metric": name, "label": mix.metric.label, stratum: bands.names[n], "period": reader.period.name,
            "value": float(bands.hits[n] / bands.of[n]), "n": int(bands.of[n]), "people": int(people[shown[n]]),
            "interval": [float(likely.low[n]), float(likely.high[n])], **_beside(bands, n),
            "cost_per_acquisition": _cost(spent.get(bands.names[n]), float(bands.hits[n])),
            "currency": reader.session.currency,
        }
        for n in range(len(shown))
    ]  # fmt: skip
    hidden = len(named) - len(shown)
    if not hidden:
        return rows, []
    return rows, [f"{plural(hidden, 'source', 'sources')} left out: fewer than {HIDDEN} people had cases of each."]


def _beside(bands: Bands, n: int) -> Mapping[str, Any]:
    found = bands.ratios[n]
    if isnan(found.ratio):
        return {"ratio": None, "ratio_interval": None, "verdict": "too_few"}
    return {"ratio": found.ratio, "ratio_interval": [found.low, found.high], "verdict": bands.verdict(n)}


def _spent(reader: Reader, name: str, stratum: str) -> Mapping[str, float]:
    """What leads of each source cost; nothing where customers are not what the metric counts."""
    if (name, stratum) != (_CLOSING, "source") or _COST not in reader.session.catalogue:
        return {}
    rows = reader.session.ask(replace(reader.about(_COST), by=(stratum,))).rows
    return {str(row["scope"]).partition(":")[2]: float(row["value"] or 0.0) for row in rows}


def _cost(spent: float | None, customers: float) -> float | None:
    return spent / customers if spent and customers else None
