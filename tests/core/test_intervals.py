"""Intervals against the figures their authors printed, and against what they promise: how often they hold the truth."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import numpy as np
import pytest

from courtside.analysis.statistics import bootstrap
from courtside.analysis.statistics.bootstrap import Cases
from courtside.analysis.statistics.distributions import normal_quantile
from courtside.analysis.statistics.intervals import (
    Interval,
    clopper_pearson,
    exact_poisson,
    jeffreys,
    median,
    median_ranks,
    newcombe,
    wilson,
    wilson_corrected,
)

GATES = ("published intervals reproduced", "wrong intervals caught by the published ones")

NEWCOMBE = {(81, 263): 4, (15, 148): 4, (0, 20): 4, (1, 29): 4}
"""Newcombe 1998, Statistics in Medicine 17, table I: x, n -> printed places."""
PRINTED = {
    wilson: ((0.2553, 0.3662), (0.0624, 0.1605), (0, 0.1611), (0.0061, 0.1718)),
    clopper_pearson: ((0.2527, 0.3676), (0.0578, 0.1617), (0, 0.1684), (0.0009, 0.1776)),
    wilson_corrected: ((0.2535, 0.3682), (0.0598, 0.1644), (0, 0.2005), (0.0018, 0.1963)),
}

SEED_OF_REVENUE = 4_190_254_191_747_044_025
"""BLAKE2b, 8 bytes, of the three names on a line each."""

Found = Callable[..., Interval]


def _wrong(method: Found, printed: tuple[tuple[float, float], ...]) -> int:
    """How many printed ends a method misses, asked for all four at once."""
    x, n = zip(*NEWCOMBE, strict=True)
    found = method(x, n)
    ends = zip(found.low, found.high, printed, strict=True)
    return sum(abs(low - p[0]) > 5e-5 or abs(high - p[1]) > 5e-5 for low, high, p in ends)


@pytest.mark.parametrize("method", PRINTED, ids=lambda method: method.__name__)
def test_an_interval_of_a_proportion_is_as_newcombe_printed_it(method: Found, counted) -> None:
    assert _wrong(method, PRINTED[method]) == 0
    counted("published intervals reproduced", len(NEWCOMBE))


def test_the_simple_interval_of_textbooks_is_not_what_newcombe_printed(counted) -> None:
    def wald(x, n) -> Interval:
        p, of = np.array(x) / np.array(n), np.array(n)
        half = 1.959964 * np.sqrt(p * (1 - p) / of)
        return Interval(p - half, p + half)

    caught = _wrong(wald, PRINTED[wilson])
    assert caught == 4
    counted("wrong intervals caught by the published ones", caught)


def test_the_difference_of_two_proportions_is_as_newcombe_printed_it(counted) -> None:
    """Newcombe 1998b, method 10: 56/70 - 48/80."""
    found = newcombe(56, 70, 48, 80)
    assert (round(float(found.low), 4), round(float(found.high), 4)) == (0.0524, 0.3339)
    counted("published intervals reproduced", 1)


def test_the_exact_interval_of_a_count_is_that_of_epitools(counted) -> None:
    """R, epitools pois.exact(10)."""
    found = exact_poisson(10)
    assert float(found.low) == pytest.approx(4.795389, abs=5e-7)
    assert float(found.high) == pytest.approx(18.39036, abs=5e-6)
    assert float(exact_poisson(0).low) == 0
    counted("published intervals reproduced", 1)


def test_jeffreys_interval_ends_at_0_and_1_where_all_failed_or_all_succeeded() -> None:
    """Brown, Cai and DasGupta 2001: the modified ends; the middle is that of Beta(x + 1/2, n - x + 1/2)."""
    from scipy.stats import beta

    found = jeffreys([0, 20, 7], [20, 20, 20])
    assert (found.low[0], found.high[1]) == (0, 1)
    assert found.high[0] == pytest.approx(beta.ppf(0.975, 0.5, 20.5))
    assert (found.low[2], found.high[2]) == pytest.approx(beta.ppf([0.025, 0.975], 7.5, 13.5))


def test_figures_of_nothing_have_no_interval() -> None:
    assert np.isnan(wilson([0, 3], [0, 20]).low[0])
    assert np.isnan(wilson([0, 3], [0, 20]).high).tolist() == [True, False]


def test_the_median_lies_between_two_of_the_cases() -> None:
    """Conover, Practical Nonparametric Statistics, 3.2: ranks 2 and 9 of 10, 6 and 15 of 20; none of 5."""
    assert median_ranks(10) == (2, 9)
    assert median_ranks(20) == (6, 15)
    assert median_ranks(5) is None
    assert median([30, 10, 20, 60, 50, 40]) == (10, 60)


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_the_interval_of_a_quantile_holds_it_as_often_as_it_says(share: float) -> None:
    seed = random.randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    rng = np.random.default_rng(seed)
    held = []
    for _ in range(1_000):
        low, high = median(rng.exponential(size=200), share) or (np.inf, -np.inf)
        held.append(low <= -np.log(1 - share) <= high)
    assert np.mean(held) >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 1_000)


def test_wilson_holds_the_truth_about_as_often_as_it_says() -> None:
    from scipy.stats import binom

    for n in (20, 60, 200):
        x = np.arange(n + 1)
        found = wilson(x, n)
        held = [binom.pmf(x, n, p)[(found.low <= p) & (p <= found.high)].sum() for p in np.linspace(0.05, 0.95, 91)]
        assert np.mean(held) == pytest.approx(0.95, abs=0.01)


# the bootstrap ------------------------------------------------------------------------------------------


def _sum_interval(values: np.ndarray, seed: int = 7) -> tuple[float, float]:
    found = bootstrap.interval(bootstrap.draws(Cases.of(values.reshape(-1, 1)), seed)[0])
    assert found is not None
    return found


def test_a_sum_wanders_as_a_compound_poisson_sum_does() -> None:
    """Its variance is the sum of squares: both the number of cases and their sizes are dealt anew."""
    values = np.linspace(10, 500, 400)
    half = normal_quantile(0.975) * np.sqrt((values**2).sum())
    low, high = _sum_interval(values)
    assert low == pytest.approx(values.sum() - half, rel=0.02)
    assert high == pytest.approx(values.sum() + half, rel=0.02)


def test_many_cases_are_summed_up_by_their_moments_to_the_same_interval() -> None:
    values = np.random.default_rng(3).lognormal(8, 0.7, size=(900, 1))
    few, many = Cases.of(values), Cases.of(values)
    by_cases = bootstrap.interval(bootstrap.draws(few, 11)[0])
    by_moments = bootstrap.interval(bootstrap.draws(Cases(900, None, many.sums, many.products), 11)[0])
    assert by_moments == pytest.approx(by_cases, rel=0.02)


def test_a_ratio_of_sums_that_move_together_wanders_less_than_its_parts() -> None:
    """Cost and revenue of one sale are dealt together: a constant ratio has no spread at all."""
    revenue = np.random.default_rng(5).uniform(1, 9, 50)
    above, below = bootstrap.draws(Cases.of(np.column_stack([0.3 * revenue, revenue])), 1)
    assert bootstrap.interval(above / below) == pytest.approx((0.3, 0.3))


def test_a_mean_is_held_as_often_as_the_bootstrap_says() -> None:
    seed = random.randrange(1 << 30)
    sys.stdout.write(f"seed {seed}\n")
    rng = np.random.default_rng(seed)
    held = 0
    for number in range(600):
        total, cases = bootstrap.draws(Cases.of(np.column_stack([rng.normal(50, 10, 80), np.ones(80)])), number)
        low, high = bootstrap.interval(total / cases) or (np.inf, -np.inf)
        held += low <= 50 <= high
    # 80 cases: the percentile bootstrap falls about a point short of its promise
    assert held / 600 >= 0.94 - 4 * np.sqrt(0.94 * 0.06 / 600)


def test_the_same_figure_gets_the_same_draws_and_another_figure_others() -> None:
    values = np.arange(1.0, 41.0)
    seeds = [
        bootstrap.seed_of("revenue", "person:P1", "2026-W47"),
        bootstrap.seed_of("revenue", "person:P2", "2026-W47"),
    ]
    assert _sum_interval(values, seeds[0]) == _sum_interval(values, seeds[0])
    assert _sum_interval(values, seeds[0]) != _sum_interval(values, seeds[1])


def test_seeds_are_the_same_on_every_machine() -> None:
    assert bootstrap.seed_of("revenue", "person:P1", "2026-W47") == SEED_OF_REVENUE
    assert bootstrap.seed_of("revenue", "person:P1\n2026", "W47") != SEED_OF_REVENUE


def test_deals_without_a_figure_are_left_out_unless_there_are_many() -> None:
    drawn = np.concatenate([np.full(50, np.nan), np.arange(1_950.0)])
    assert bootstrap.interval(drawn) is not None
    assert bootstrap.interval(np.concatenate([np.full(200, np.nan), np.arange(1_800.0)])) is None
