"""Funnels: the surgical example, limits with real spread allowed for, and exact ones where few are due."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binom, poisson
from tests.simulated import seeds

from courtside.analysis.statistics import funnel

GATES = ("exact funnel limits equal to scipy", "funnels without the exact tail caught")

Counted = Callable[[str, int], None]

N = (47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360)
DEATHS = (0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24)
"""OpenBUGS "Surgical", as FunnelPlotR computes it."""
RATE = sum(DEATHS) / sum(N)


def test_dispersion_and_spread_of_the_surgical_example() -> None:
    found = funnel.rates(DEATHS, N)
    assert (found.phi, found.tau2) == pytest.approx((2.3797915, 0.0018095708), rel=1e-7)
    assert (found.z[0], found.z[7]) == pytest.approx((-3.7753, 3.3476), abs=5e-5)
    assert np.flatnonzero(np.abs(found.z_spread) > funnel.ALARM).tolist() == [0]
    assert not found.is_mix_wrong


def test_dispersion_and_spread_of_observed_over_expected() -> None:
    """FunnelPlotR, CQC method."""
    found = funnel.counts((100, 150, 180, 80, 120, 225), (108, 112, 165, 95, 100, 220))
    assert (found.phi, found.tau2) == pytest.approx((2.3271783, 0.0034397802), rel=1e-7)


def test_a_point_lies_on_its_limit_where_its_distance_is_the_reach() -> None:
    """The limits are the z turned round: sin^2(asin sqrt(p) -/+ reach sqrt(s^2 + tau^2))."""
    found = funnel.rates(DEATHS, N)
    for reach in (funnel.ALERT, funnel.ALARM):
        limits = funnel.rate_limits(N, RATE, found.tau2, reach)
        many = np.array(N) * RATE >= 5
        raw = np.array(DEATHS) / np.array(N)
        outside = (raw < limits.low) | (raw > limits.high)
        assert (outside == (np.abs(found.z_spread) > reach))[many].all()
    observed, expected = np.array([100, 150, 180, 80, 120, 225]), np.array([108, 112, 165, 95, 100, 220])
    ratios = funnel.counts(observed, expected)
    near = funnel.count_limits(expected, ratios.tau2, 1.0)
    assert (((observed / expected < near.low) | (observed / expected > near.high)) == (abs(ratios.z_spread) > 1)).all()


def test_where_few_are_due_the_limits_are_exact(counted: Counted) -> None:
    random = np.random.default_rng(seeds(1)[0])
    cases = random.integers(1, 60, 200)
    for centre in (0.02, 0.08, 0.97):
        few = cases[cases * min(centre, 1 - centre) < 5].astype(float)
        limits = funnel.rate_limits(few, centre)
        assert limits.low * few == pytest.approx(binom.ppf(0.0249979, few, centre), abs=1e-9)
        assert limits.high * few == pytest.approx(binom.ppf(1 - 0.0249979, few, centre), abs=1e-9)
        counted(GATES[0], len(few))
    due = random.uniform(0.1, 4.9, 200)
    limits = funnel.count_limits(due)
    assert limits.low * due == pytest.approx(poisson.ppf(0.0249979, due), abs=1e-9)
    assert limits.high * due == pytest.approx(poisson.ppf(1 - 0.0249979, due), abs=1e-9)
    counted(GATES[0], len(due))


def test_none_of_47_is_no_alarm(counted: Counted) -> None:
    """METHODS 1.3: the arcsine says z = -3.78, though the exact one-sided p is 0.027; and the twin that trusts it."""
    z = float(funnel.rates(DEATHS, N).z[0])
    assert z < -funnel.ALARM
    assert binom.cdf(0, 47, RATE) == pytest.approx(0.027, abs=5e-4)
    assert float(funnel.rates_apart(DEATHS, N)[0]) == 0
    assert float(funnel.rate_limits([47], RATE).low[0]) == 0
    counted(GATES[1], 1)


def test_people_at_one_true_rate_lie_outside_by_chance_alone() -> None:
    """Without real spread 1 in 20 beyond the alert, 1 in 500 beyond the alarm."""
    random = np.random.default_rng(seeds(1)[0])
    n = random.integers(40, 400, 400_000).astype(float)
    raw = random.binomial(n.astype(int), 0.2) / n
    for reach, share in ((funnel.ALERT, 0.05), (funnel.ALARM, 0.002)):
        limits = funnel.rate_limits(n, 0.2, 0.0, reach)
        assert float(((raw < limits.low) | (raw > limits.high)).mean()) == pytest.approx(share, rel=0.35)


def test_a_funnel_of_the_wrong_mix_says_so() -> None:
    n = np.full(20, 400.0)
    assert funnel.rates(np.where(np.arange(20) < 10, 40, 160), n).is_mix_wrong
