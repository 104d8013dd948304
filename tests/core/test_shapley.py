"""Das Gupta's decomposition against every published example of METHODS 2, a second method, and its own laws."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.analysis.statistics.distributions import Array, array
from courtside.analysis.statistics.shapley import MOST_FACTORS, das_gupta, observed

GATES = ("published gap effects compared", "drawn gaps that add up", "order-dependent splits caught")

DAS_GUPTA = {
    "2 factors": ((10930, 0.717892), (16591, 0.825974), (4369.913, 1487.262), 1e-3),
    "3 factors": (
        (51.78746, 0.45919, 0.52638), (84.90502, 0.75756, 0.51065), (10.4340333, 10.5608476, -0.6670084), 1e-6,
    ),
    "4 factors": (
        (25.3, 0.214, 0.279, 0.949), (32.7, 0.290, 0.473, 0.986), (0.6889411, 0.8125381, 1.3829055, 0.1047547), 1e-6,
    ),
    "5 factors": (
        (0.58, 0.76, 0.84, 0.66, 16.573), (0.72, 0.97, 0.97, 0.56, 16.158),
        (1.0909785, 1.2298438, 0.7278399, -0.8398707, -0.1290187), 1e-6,
    ),
}  # fmt: skip
"""Das Gupta 1993, P23-186, as the DasGuptR README prints them: plan, actual, effects, last digit."""

PLAN = (1000, 0.08, 0.25, 0.5, 0.25, 20000, 0.95)
ACTUAL = (900, 0.08, 0.15, 0.5, 0.25, 22000, 0.90)
DEMO = {0: -3877, 2: -18439, 5: 3540, 6: -1994}
"""METHODS 2, the demo: dials, meeting rate, deal size, keep; the others are as planned."""


@pytest.mark.parametrize("name", DAS_GUPTA)
def test_das_gupta_1993(name: str, counted: Callable[[str, int], None]) -> None:
    plan, actual, effects, digit = DAS_GUPTA[name]
    assert das_gupta(plan, actual) == pytest.approx(effects, abs=digit)
    counted("published gap effects compared", len(effects))


def test_the_demo_of_methods_2(counted: Callable[[str, int], None]) -> None:
    effects = das_gupta(PLAN, ACTUAL)
    assert {k: round(float(effects[k])) for k in DEMO} == DEMO
    assert effects.sum() == pytest.approx(26_730 - 47_500)
    assert effects[[1, 3, 4]] == pytest.approx(0, abs=1e-9)
    counted("published gap effects compared", len(DEMO))


def test_vector_factors_das_gupta_1993(shared_data: Path, counted: Callable[[str, int], None]) -> None:
    """Sum over seven age groups of three vectors, example 4.3."""
    given_ = json.loads((shared_data / "oracles.json").read_text())["das_gupta_4_3_vector_factors"]
    names = ("bm", "mw", "wp")
    plan, actual = ([given_[f"{name}{year}"] for name in names] for year in (60, 70))
    expected = [given_["expected_effects"][name] for name in names]
    assert das_gupta(plan, actual, over_segments=True) == pytest.approx(expected, abs=1e-6)
    counted("published gap effects compared", len(expected))


def _lmdi(plan: Array, actual: Array) -> Array:
    """Logarithmic mean Divisia: another exact split, where nothing is 0."""
    before, after = plan.prod(), actual.prod()
    mean = before if before == after else (after - before) / log(after / before)
    return array(mean * np.log(actual / plan))


def test_lmdi_differs_little() -> None:
    """METHODS 2: -3,806, -18,454, +3,443, -1,953."""
    effects = _lmdi(array(PLAN), array(ACTUAL))
    assert [round(float(effects[k])) for k in DEMO] == [-3806, -18454, 3443, -1953]
    assert effects.sum() == pytest.approx(-20_770)


factor = st.one_of(st.just(0.0), st.floats(-1e4, 1e4, allow_subnormal=False), st.floats(0, 1, allow_subnormal=False))
gaps = st.integers(1, 6).flatmap(lambda k: st.tuples(*2 * [st.lists(factor, min_size=k, max_size=k)]))
drawn = {"gaps": 0}


@settings(max_examples=200)
@given(gaps)
def _laws(gap: tuple[list[float], list[float]]) -> None:
    plan, actual = array(gap[0]), array(gap[1])
    effects = das_gupta(plan, actual)
    scale = max(1.0, float(np.maximum(abs(plan), abs(actual)).prod()))
    assert effects.sum() == pytest.approx(actual.prod() - plan.prod(), abs=1e-9 * scale)
    assert das_gupta(actual, plan) == pytest.approx(-effects, abs=1e-9 * scale)
    assert effects[plan == actual] == pytest.approx(0, abs=1e-9 * scale)
    order = np.arange(len(plan))[::-1]
    assert das_gupta(plan[order], actual[order]) == pytest.approx(effects[order], abs=1e-9 * scale)
    drawn["gaps"] += 1


def test_effects_add_up_flip_with_the_sides_and_know_no_order(counted: Callable[[str, int], None]) -> None:
    _laws()
    counted("drawn gaps that add up", drawn["gaps"])


def _waterfall(plan: Array, actual: Array, order: tuple[int, ...]) -> Array:
    """The broken twin: one factor after the other, which depends on who comes first."""
    effects, now = np.zeros(len(plan)), plan.copy()
    for k in order:
        then = now.copy()
        then[k] = actual[k]
        effects[k] = then.prod() - now.prod()
        now = then
    return effects


def test_a_waterfall_depends_on_its_order_and_the_mean_of_all_orders_is_the_effect(
    counted: Callable[[str, int], None],
) -> None:
    """METHODS 2: the meeting rate is -17,100 forwards among dials, rates, size; -19,800 backwards; -18,439 in truth."""
    plan, actual = array(PLAN), array(ACTUAL)
    forwards, backwards = (_waterfall(plan, actual, tuple(range(7)[::step])) for step in (1, -1))
    assert abs(forwards[2] - backwards[2]) > 1000
    few = [0, 2, 5, 6]
    orders = [_waterfall(plan, actual, order) for order in permutations(few)]
    assert np.mean(orders, axis=0)[few] == pytest.approx(das_gupta(plan, actual)[few])
    counted("order-dependent splits caught", 1)


def test_many_people_at_once_and_draws_against_one_plan() -> None:
    rng = np.random.default_rng()
    plan, actual = rng.uniform(0, 2, (5, 3)), rng.uniform(0, 2, (5, 3))
    together = das_gupta(plan, actual)
    for one in range(3):
        assert together[:, one] == pytest.approx(das_gupta(plan[:, one], actual[:, one]))
    assert das_gupta(plan[:, :1], actual).shape == (5, 3)


def test_what_cannot_be_observed_takes_the_plan_and_adds_nothing() -> None:
    """No deals: their size is undefined (METHODS 2, zero rule)."""
    plan, actual = array([10, 0.2, 500]), array([10, 0.0, np.nan])
    effects = das_gupta(plan, observed(plan, actual))
    assert effects == pytest.approx([0, -1000, 0])


def test_more_than_eight_factors_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 8"):
        das_gupta(np.ones(MOST_FACTORS + 1), np.ones(MOST_FACTORS + 1))
