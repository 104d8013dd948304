"""The worked figures of docs/methods.md: each is computed by the product's own code when the pages are written.

A figure stands in the page between `<!--figure NAME-->` and `<!--/figure-->`; `make docs` fills it in, and
`make check` fails where the page says something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from courtside.analysis.effect.power import error_of_plan, plans_needed
from courtside.analysis.effect.regression import return_to_mean
from courtside.analysis.fairness.fourfold import shortfall
from courtside.analysis.fairness.impact import Comparison, Count, compare_all
from courtside.analysis.statistics.alarms import threshold
from courtside.analysis.statistics.always_valid import rate as always_valid
from courtside.analysis.statistics.charts import least_cases, least_mean
from courtside.analysis.statistics.intervals import wilson
from courtside.analysis.statistics.mix import ratio_of_events
from courtside.analysis.statistics.sequential import rates
from courtside.analysis.statistics.shapley import das_gupta
from courtside.analysis.statistics.window import cases_needed, events_needed

_FIGURE = re.compile(r"<!--figure ([^>]*?)-->.*?<!--/figure-->", re.DOTALL)

_PLAN = (1000.0, 0.08, 0.25, 0.5, 0.25, 20_000.0, 0.95)
_ACTUAL = (900.0, 0.08, 0.15, 0.5, 0.25, 22_000.0, 0.90)
"""Dials, connected, agreed to meet, met, won, deal size, kept: planned and done (METHODS 2)."""


def _range(low: float, high: float) -> str:
    return f"{100 * float(low):.0f} % to {100 * float(high):.0f} %"


def _gap(factor: int | None = None) -> str:
    effects = das_gupta(np.array(_PLAN), np.array(_ACTUAL))
    return f"{float(effects.sum() if factor is None else effects[factor]):+,.0f}"


def _evidence(hits: int, of: int) -> str:
    return f"{float(rates([hits], [of], 0.2)[-1]):.2f}"


def _alarm(volume: int) -> str:
    return f"{threshold(volume, 0.2):.1f}"


def _wilson(hits: int, of: int) -> str:
    found = wilson(hits, of)
    return _range(float(found.low), float(found.high))


def _always(hits: int, of: int) -> str:
    found = always_valid(hits, of)
    return _range(float(found.low), float(found.high))


def _alaska() -> str:
    people = np.array([60.0, 130, 240, 80, 20])
    expected = float((people * np.array([284.0, 57, 198, 815, 4425]) / 100).sum())
    ratio = ratio_of_events(2116, expected)
    low, high = float(ratio.low), float(ratio.high)
    return f"{expected:,.0f} expected, 2,116 observed: {2116 / expected:.3f} ({low:.2f} to {high:.2f})"


def _plans(reached: int, total: int, others: int, of: int) -> Comparison:
    (found,) = compare_all("plan", "group", {"A": Count(others, of), "B": Count(reached, total)})
    return found


FIGURES: Mapping[str, Callable[[], str]] = {
    "wilson 3 of 20": lambda: _wilson(3, 20),
    "always valid 3 of 20": lambda: _always(3, 20),
    "evidence 3 of 20": lambda: _evidence(3, 20),
    "evidence 0 of 20": lambda: _evidence(0, 20),
    "evidence 6 of 60": lambda: _evidence(6, 60),
    "evidence 10 of 100": lambda: _evidence(10, 100),
    "alarm 5": lambda: _alarm(5),
    "alarm 10": lambda: _alarm(10),
    "alarm 20": lambda: _alarm(20),
    "alarm 40": lambda: _alarm(40),
    "cases for a drop of 30 %": lambda: f"{cases_needed(0.2):.0f}",
    "events for a drop of 30 %": lambda: f"{events_needed():.0f}",
    "p chart": lambda: str(least_cases(0.2)),
    "u chart": lambda: f"{least_mean():.0f}",
    "gap": lambda: _gap(),
    "gap dials": lambda: _gap(0),
    "gap meetings": lambda: _gap(2),
    "gap size": lambda: _gap(5),
    "gap kept": lambda: _gap(6),
    "alaska": _alaska,
    "flip favourable": lambda: f"{_plans(10, 100, 4, 200).impact_ratio:.3f}",
    "flip adverse": lambda: f"{_plans(10, 100, 4, 200).adverse_ratio:.1f}",
    "flip chance": lambda: f"{_plans(10, 100, 4, 200).chance:.4f}",
    "teal ratio": lambda: f"{_plans(22, 48, 53, 259).impact_ratio:.2f}",
    "teal chance": lambda: f"{_plans(22, 48, 53, 259).chance:.6f}",
    "castaneda": lambda: f"{-shortfall(339, 870, 0.791).apart:.0f}",
    "return one look": lambda: f"{return_to_mean(60, 15, 0.5, 40):.2f}",
    "return two looks": lambda: f"{return_to_mean(60, 15, 0.5, 40, 2):.2f}",
    "plans for 3 points": lambda: str(plans_needed(0.03, error_of_plan(0.2, 63, 30, 30))),
}
"""Name -> the figure as it is printed."""


def filled(page: str) -> str:
    """The page with every figure as it is now. Raises KeyError for a name nobody computes."""
    return _FIGURE.sub(lambda found: f"<!--figure {found[1]}-->{FIGURES[found[1]]()}<!--/figure-->", page)


def names_in(page: str) -> tuple[str, ...]:
    """The figures a page shows."""
    return tuple(_FIGURE.findall(page))
