"""Which sizes of company and title levels are won more often, the people who handled them counted out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from courtside.analysis.benchmark.handed import read_cells
from courtside.analysis.benchmark.people_figures import Reader
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics.distributions import Array
from courtside.analysis.statistics.standardise import CommonRatio, rate_ratio
from courtside.analysis.wording import noun, percent
from courtside.metrics.metric import Direction, Metric
from courtside.warehouse.question import CannotAnswer

BANDS = ("account_size", "level")
"""What cases are cut by: the size of the company and the title level of the contact."""
_ORDER = {
    "account_size": ("1-49", "50-249", "250-999", "1000+"),
    "level": ("staff", "manager", "director", "vp", "c-level"),
}  # fmt: skip
LEAST_CASES = 30
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of one dimension, each beside all others inside the same people, and which stand out.

    The intervals hold together for all bands of the dimension: each at 1 - 0.05 / bands (Bonferroni).
    """

    dimension: str
    names: Sequence[str]
    hits: Array
    of: Array
    ratios: Sequence[CommonRatio]

    def verdict(self, n: int) -> str:
        """`above`, `below`, `not_separable`, or `too_few` cases."""
        if self.of[n] < LEAST_CASES or isnan(self.ratios[n].ratio):
            return "too_few"
        return "above" if self.ratios[n].low > 1 else "below" if self.ratios[n].high < 1 else "not_separable"

    @property
    def focus(self) -> int | None:
        """The band to look for more of: surely above, and of those the one that is so by most; None if none is."""
        above = [n for n in range(len(self.names)) if self.verdict(n) == "above"]
        return max(above, key=lambda n: self.ratios[n].low, default=None)


def bands_of(dimension: str, names: Sequence[str], hits: Array, of: Array) -> Bands:
    """Every band beside all others inside the same people: hits and cases are (people, bands).

    People are the strata of a Mantel-Haenszel ratio, so that a band which good people happen to work is
    not named for that. Source: Greenland and Robins 1985; METHODS 7.
    """
    confidence = 1 - (1 - _CONFIDENCE) / max(len(names), 1)
    rest_hits, rest_of = hits.sum(axis=1, keepdims=True) - hits, of.sum(axis=1, keepdims=True) - of
    ratios = [
        rate_ratio(hits[:, n], of[:, n], rest_hits[:, n], rest_of[:, n], confidence) for n in range(len(names))
    ]  # fmt: skip
    return Bands(dimension, names, hits.sum(axis=0), of.sum(axis=0), ratios)


def read_bands(reader: Reader, metric: Metric, dimension: str) -> Bands:
    """The bands of a rate in one dimension. Raises CannotAnswer where cases cannot be cut so, or name no band."""
    session = reader.session
    asked = session.asked_of(reader.about(metric.name, ("person", dimension)), metric)
    rows = [row for row in read_cells(session, metric, asked) if row[1][0] is not None and row[1][1] is not None]
    present = {keys[1] for _, keys, *_ in rows}
    names = [name for name in _ORDER[dimension] if name in present]
    names += sorted(str(name) for name in present if name not in names)
    if len(names) < 2:  # noqa: PLR2004  (one band has nothing beside it)
        raise CannotAnswer(f"cases of {metric.name} name no two groups of {dimension}")
    people = {person: n for n, person in enumerate(sorted({keys[0] for _, keys, *_ in rows}))}
    hits, of = np.zeros((len(people), len(names))), np.zeros((len(people), len(names)))
    for _, keys, won, cases in rows:
        at = people[keys[0]], names.index(str(keys[1]))
        hits[at], of[at] = won, cases
    return bands_of(dimension, names, hits, of)


def focus_bands(reader: Reader, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of all bands, the proposed one marked `focus`, and what is proposed.

    Raises CannotAnswer for a metric that is no rate; a dimension its cases do not name is told and left out.
    """
    metric = reader.session.catalogue[name]
    if kind_of(metric, reader.session.catalogue) is not Kind.RATE:
        raise CannotAnswer(f"{metric.name} is no rate of cases that could be won more or less often")
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    for dimension in BANDS:
        try:
            bands = read_bands(reader, metric, dimension)
        except CannotAnswer as reason:
            notes.append(str(reason))
            continue
        rows += [_row(reader, metric, bands, n) for n in range(len(bands.names))]
        notes.append(_proposed(metric, bands))
    return rows, notes


def _row(reader: Reader, metric: Metric, bands: Bands, n: int) -> dict[str, Any]:
    found = bands.ratios[n]
    value = float(bands.hits[n] / bands.of[n])
    is_known = not isnan(found.ratio)
    return {
        "metric": metric.name, "dimension": bands.dimension, "band": f"{bands.dimension}:{bands.names[n]}",
        "period": reader.period.name, "value": value, "n": int(bands.of[n]),
        "typical": value / found.ratio if is_known and found.ratio > 0 else None,
        "ratio": found.ratio if is_known else None, "interval": [found.low, found.high] if is_known else None,
        "verdict": bands.verdict(n), "focus": bands.focus == n and _is_wanted(metric),
        "sentence": _sentence(bands, n),
    }  # fmt: skip


def _is_wanted(metric: Metric) -> bool:
    """Whether more of it is better: only then is the band above a band to look for."""
    return metric.direction is not Direction.DOWN


def _sentence(bands: Bands, n: int) -> str:
    value, found = float(bands.hits[n] / bands.of[n]), bands.ratios[n]
    seen = f"{bands.names[n]}: {percent(value)} of {int(bands.of[n]):,}"
    verdict = bands.verdict(n)
    if verdict == "too_few":
        return f"{seen}. Too few to tell."
    beside = f"the same people reach {percent(value / found.ratio)} elsewhere"
    times = f"{found.low:.2f} to {found.high:.2f} times"
    if verdict == "not_separable":
        return f"{seen}; {beside} ({times}). Chance alone could make that difference."
    return f"{seen}; {beside}: {times} as often."


def _proposed(metric: Metric, bands: Bands) -> str:
    named = "company size" if bands.dimension == "account_size" else "title level"
    if bands.focus is None or not _is_wanted(metric):
        return f"No band of {named} stands out in {noun(metric.label)}."
    name, found = bands.names[bands.focus], bands.ratios[bands.focus]
    return (
        f"Proposed focus by {named}: {name}, reached {found.low:.2f} to {found.high:.2f} times as often as elsewhere "
        "by the same people. It can be made a target."
    )
