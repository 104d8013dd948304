"""Shrunken figures against the worked examples of their authors, a slow optimiser, and simulated people."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import betabinom, nbinom

from courtside.analysis.cards.pools import Levels, fitted, in_common, shares
from courtside.analysis.statistics import funnel
from courtside.analysis.statistics.shrinkage import (
    FLOOR,
    Pools,
    counts_missing,
    fit_counts,
    fit_rates,
    james_stein,
    moments_of_rates,
    rates_missing,
    shrink_counts,
    shrink_rates,
)

GATES = ("published shrinkage and funnel figures reproduced", "fits that a slow optimiser could not better")

SURGICAL_N = np.array([47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360.0])
SURGICAL_DEATHS = np.array([0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24.0])
"""OpenBUGS, Examples volume 1, "Surgical: institutional ranking"."""


@pytest.fixture(scope="module")
def oracles(shared_data: Path) -> dict[str, Any]:
    """The longer inputs of the published examples."""
    found: dict[str, Any] = json.loads((shared_data / "oracles.json").read_text(encoding="utf-8"))
    return found


def _one(size: int) -> np.ndarray:
    return np.zeros(size, dtype=np.int64)


def _rates(x, n) -> Pools:
    return fit_rates(x, n, _one(len(x)), 1)


def test_the_rat_tumour_groups_give_the_published_beta(oracles: dict[str, Any], counted) -> None:
    """BayesGOF vignette: maximum likelihood alpha 2.304768, beta 14.079707, as far as its optimiser went."""
    tumours, rats = np.array(oracles["rat_tumour_70_groups"]["data"], dtype=float).T
    fit = _rates(tumours, rats)
    a, b = float(fit.mean[0] * fit.size[0]), float((1 - fit.mean[0]) * fit.size[0])
    assert a == pytest.approx(2.304768, abs=5e-5)
    assert b == pytest.approx(14.079707, abs=2e-4)
    at_published = -betabinom.logpmf(tumours, rats, 2.304768, 14.079707).sum()
    assert -betabinom.logpmf(tumours, rats, a, b).sum() <= at_published
    counted(GATES[0], 2)


def test_the_moments_of_the_rat_tumour_groups_are_those_of_the_book(oracles: dict[str, Any], counted) -> None:
    """Gelman et al., BDA3, 5.1: mean .136, sd .103, Beta(1.4, 8.6); 4 of 14 -> mean .223, sd .083."""
    tumours, rats = np.array(oracles["rat_tumour_70_groups"]["data"], dtype=float).T
    mean, spread, a, b = moments_of_rates(tumours, rats)
    assert (round(mean, 3), round(spread, 3)) == (0.136, 0.103)
    assert (round(a, 1), round(b, 1)) == (1.4, 8.6)
    a, b = a + 4, b + 10
    assert round(a / (a + b), 3) == 0.223
    assert round(float(np.sqrt(a * b / (a + b) ** 2 / (a + b + 1))), 3) == 0.083
    counted(GATES[0], 6)


def test_the_surgical_units_give_the_published_beta_and_rates(oracles: dict[str, Any], counted) -> None:
    """METHODS 1.2: plain EB alpha 8.25, beta 99.64 -> .0533 .1026 … .1216; hierarchical rates of OpenBUGS."""
    assert oracles["spiegelhalter_surgical_12"]["deaths"] == SURGICAL_DEATHS.tolist()
    fit = _rates(SURGICAL_DEATHS, SURGICAL_N)
    found = shrink_rates(SURGICAL_DEATHS, SURGICAL_N, fit, _one(12)).mean
    assert (round(float(fit.mean[0] * fit.size[0]), 2), round(float((1 - fit.mean[0]) * fit.size[0]), 2)) == (
        8.25,
        99.64,
    )
    assert (found[0].round(4), found[1].round(4), found[7].round(4)) == (0.0533, 0.1026, 0.1216)
    bugs = [0.0528, 0.103, 0.0707, 0.0593, 0.0515, 0.0692, 0.0668, 0.1237, 0.0697, 0.0785, 0.1022, 0.0687]
    assert found == pytest.approx(bugs, abs=0.0035)
    counted(GATES[0], 17)


def test_the_hitters_of_1970_are_drawn_in_as_efron_and_morris_printed(counted) -> None:
    """Efron and Morris 1977: 18 hitters after 45 at bats, y .265, c .212, Clemente .294."""
    hits = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
    average = hits / 45
    found = james_stein(average, 0.265 * 0.735 / 45)
    assert round(float(average.mean()), 3) == 0.265
    assert round(float((found[0] - average.mean()) / (average[0] - average.mean())), 3) == 0.212
    assert round(float(found[0]), 3) == 0.294
    counted(GATES[0], 3)


def test_the_worked_case_of_three_in_twenty(counted) -> None:
    """METHODS 1.2: mean 20 %, sd 5 points -> s 63; 3 of 20 -> 18.8 %; 24 of 160 -> 16.4 %, 92 % below, 61 % far."""
    pool = Pools(np.array([0.2]), np.array([63.0]), np.array([0.0]), np.array([0.0]), np.array([40.0]))
    x, n = np.array([3.0, 24.0]), np.array([20.0, 160.0])
    found = shrink_rates(x, n, pool, _one(2))
    assert found.mean.round(3).tolist() == [0.188, 0.164]
    assert rates_missing(np.full(2, 0.2), found, is_down=False)[1] == pytest.approx(0.61, abs=0.01)
    assert rates_missing(np.full(2, 0.2 / 0.85), found, is_down=False)[1] == pytest.approx(0.92, abs=0.01)
    counted(GATES[0], 4)


def test_the_funnel_is_as_the_reference_program_draws_it(oracles: dict[str, Any], counted) -> None:
    """FunnelPlotR: surgical units phi 2.3797915, tau2 .0018095708, z1 -3.7753, z8 3.3476; the O/E example beside it."""
    units = funnel.rates(SURGICAL_DEATHS, SURGICAL_N)
    assert units.phi == pytest.approx(oracles["spiegelhalter_surgical_12"]["phi"], abs=5e-8)
    assert units.tau2 == pytest.approx(oracles["spiegelhalter_surgical_12"]["tau2"], abs=5e-11)
    assert (units.z[0].round(4), units.z[7].round(4)) == (-3.7753, 3.3476)
    assert np.flatnonzero(np.abs(units.z_spread) > 3.09).tolist() == [0]
    ratio = funnel.counts([100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220])
    assert ratio.phi == pytest.approx(2.3271783, abs=5e-8)
    assert ratio.tau2 == pytest.approx(0.0034397802, abs=5e-11)
    counted(GATES[0], 7)


def test_an_empty_unit_is_only_apart_where_the_exact_tail_says_so() -> None:
    """METHODS 1.3: 0 of 47 gets z -3.78 although its exact one-sided p is .027: not below .025, so not apart."""
    assert funnel.rates_apart(SURGICAL_DEATHS, SURGICAL_N)[0] == 0


# against a slow optimiser ------------------------------------------------------------------------------


def test_no_pool_is_fitted_worse_than_a_search_on_the_logarithms_would(counted) -> None:
    seed = random.randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    rng = np.random.default_rng(seed)
    pools, people = 25, 30
    pool = np.repeat(np.arange(pools), people)
    n = rng.poisson(40, pools * people) + 1.0
    x = rng.binomial(n.astype(int), rng.beta(12.6, 50.4, pools * people)).astype(float)
    fit = fit_rates(x, n, pool, pools)
    for number in range(pools):
        own = pool == number

        def height(logs, own=own) -> float:
            # beyond sizes of some 100,000 the logarithms cancel, and the search would follow the rounding
            return float(-betabinom.logpmf(x[own], n[own], *np.exp(logs)).sum()) if max(logs) < 11 else np.inf

        size = min(fit.size[number], 4e4)
        ours = fit.mean[number] * size, (1 - fit.mean[number]) * size
        start = np.log([8.0, 32.0])
        best = minimize(height, start, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-9, "maxiter": 4000})
        assert height(np.log(ours)) <= best.fun + 1e-2 * np.isinf(fit.size[number]) + 1e-6, number
    counted(GATES[1], pools)


def test_no_pool_of_counts_is_fitted_worse_either(counted) -> None:
    seed = random.randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    rng = np.random.default_rng(seed)
    pools, people = 25, 30
    pool = np.repeat(np.arange(pools), people)
    days = rng.integers(5, 20, pools * people).astype(float)
    x = rng.poisson(rng.gamma(6, 0.5, pools * people) * days).astype(float)
    fit = fit_counts(x, days, pool, pools)
    for number in range(pools):
        own = pool == number

        def height(logs, own=own) -> float:
            shape, rate = np.exp(logs)
            return float(-nbinom.logpmf(x[own], shape, rate / (rate + days[own])).sum())

        best = minimize(
            height, [1.0, 0.5], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-9, "maxiter": 4000}
        )
        ours = np.log([fit.size[number], fit.size[number] / fit.mean[number]])
        assert height(ours) <= best.fun + 1e-5, number
    counted(GATES[1], pools)


def test_people_without_real_differences_all_get_the_pools_rate() -> None:
    n = np.full(20, 50.0)
    x = np.array([9, 10, 11, 10] * 5, dtype=float)
    fit = _rates(x, n)
    assert fit.is_alike.tolist() == [True]
    found = shrink_rates(x, n, fit, _one(20))
    assert found.mean == pytest.approx(np.full(20, x.sum() / n.sum()))
    assert np.all(found.low < found.mean)
    assert np.ptp(found.low) == 0


def test_a_pool_never_gets_a_size_below_the_floor_where_rates_are_judged() -> None:
    x, n = np.array([1, 19, 2, 18, 1, 19, 0, 20, 3, 17.0]), np.full(10, 20.0)
    fit = _rates(x, n)
    assert fit.size[0] < 2
    assert fit.floored().size[0] == FLOOR == 30


def test_likely_ranges_hold_nine_true_rates_in_ten() -> None:
    """The promise of `likely`, on simulated people of METHODS 1.2 (mean 20 %, sd 5 points, 120 deals)."""
    seed = random.randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    rng = np.random.default_rng(seed)
    pools, people = 60, 40
    pool = np.repeat(np.arange(pools), people)
    truth = rng.beta(12.6, 50.4, pools * people)
    n = np.full(pools * people, 120.0)
    x = rng.binomial(120, truth).astype(float)
    found = shrink_rates(x, n, fit_rates(x, n, pool, pools), pool)
    held = np.mean((found.low <= truth) & (truth <= found.high))
    # the fitted size is taken as known, which costs a few points in pools of forty
    assert 0.84 <= held <= 0.93
    assert np.mean((found.mean - truth) ** 2) < 0.75 * np.mean((x / n - truth) ** 2)


def test_somebody_exactly_at_target_is_seldom_above_the_line_of_watching() -> None:
    """METHODS 1.6: P(p < .85 target) > .8 instead of P(p < target) > .8, which would watch 12-19 % of them."""
    seed = random.randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    rng = np.random.default_rng(seed)
    pool = Pools(np.array([0.2]), np.array([63.0]), np.array([0.0]), np.array([0.0]), np.array([40.0]))
    n = np.full(20_000, 120.0)
    found = shrink_rates(rng.binomial(120, 0.2, 20_000).astype(float), n, pool, _one(20_000))
    assert np.mean(rates_missing(np.full(20_000, 0.2), found, is_down=False) > 0.8) < 0.03


def test_days_away_do_not_look_like_idleness() -> None:
    """The same rate over half the days: the shrunken count is about half, and not further below a halved target."""
    days = np.array([20.0] * 11 + [10.0])
    x = np.array([98, 105, 88, 120, 101, 95, 110, 84, 99, 125, 76, 50.0])
    fit = fit_counts(x, days, _one(12), 1)
    found = shrink_counts(x, days, fit, _one(12))
    assert found.mean[-1] == pytest.approx(found.mean[0] / 2, rel=0.06)
    assert counts_missing(days * 5, found, is_down=False)[-1] < 0.2


# pools -------------------------------------------------------------------------------------------------


def _people(*groups: tuple[int, str, str, str]) -> list[tuple[object, ...]]:
    return [("2026-Q1", *like) for count, *like in groups for _ in range(count)]


def test_a_pool_under_ten_lets_go_of_tenure_then_segment_then_role() -> None:
    likes = _people(
        (12, "seller", "inside", "24+"),
        (6, "seller", "inside", "0-6"),
        (4, "seller", "field", "24+"),
        (3, "recruiter", "x", "24+"),
    )
    levels = Levels.of(likes)
    found = levels.narrowest(np.ones(len(likes), dtype=bool))
    assert found.tolist() == [0] * 12 + [1] * 6 + [2] * 4 + [3] * 3
    words = [in_common(likes[at], int(found[at])) for at in (0, 12, 18, 22)]
    assert words == ["role, segment and tenure", "role and segment", "role", ""]


def test_people_without_cases_do_not_fill_a_pool() -> None:
    likes = _people((12, "seller", "inside", "24+"))
    there = np.array([True] * 9 + [False] * 3)
    assert Levels.of(likes).narrowest(there).tolist() == [3] * 12


def test_what_nobody_knows_of_people_is_not_said_to_be_the_same() -> None:
    assert in_common(("2026-Q1", "seller", None, None), 0) == "role"
    assert in_common(("2026-Q1", None, None, None), 0) == ""
    assert in_common(("2026-Q1", "seller", None, "24+"), 0) == "role and tenure"


def test_a_widened_pool_is_fitted_on_everybody_in_it() -> None:
    """Six new people are compared with all eighteen of their role and segment, not with the six."""
    likes = _people((12, "seller", "inside", "24+"), (6, "seller", "inside", "0-6"))
    x, n = np.arange(18.0) + 5, np.full(18, 40.0)
    wanted = np.array([False] * 12 + [True] * 6)
    fit = fitted(fit_rates, x, n, Levels.of(likes), wanted)
    assert fit.pools.people.tolist() == [18]
    assert fit.pools.total.tolist() == [x.sum()]
    assert shares(x > 10, np.ones(18, dtype=bool), fit)[-1] == pytest.approx(np.mean(x > 10))


def test_fewer_than_three_people_are_no_pool() -> None:
    likes = _people((2, "seller", "inside", "24+"))
    fit = fitted(fit_rates, np.array([1.0, 2.0]), np.array([9.0, 9.0]), Levels.of(likes), np.ones(2, dtype=bool))
    assert not fit.is_known.any()
