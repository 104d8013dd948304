"""Evidence that may be looked at every month: published values, and chance held to what is promised."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, nbinom, poisson
from tests.simulated import seeds

from courtside.analysis.statistics import alarms, always_valid, sequential
from courtside.analysis.statistics.sequential import FORMAL

GATES = ("simulated years in which evidence kept its promise", "wrong evidence caught by chance alone")

YEARS = 20_000
MONTHS = 12
Counted = Callable[[str, int], None]


def _above(share: float, of: int = YEARS) -> float:
    """What a share may look like by chance: three standard errors more."""
    return share + 3 * float(np.sqrt(share * (1 - share) / of))


def _ever(e: np.ndarray, at: float = FORMAL) -> float:
    return float((e >= at).any(axis=1).mean())


@pytest.mark.parametrize(("hits", "of", "expected"), [(3, 20, 0.982), (0, 20, 8.758), (6, 60, 6.413), (10, 100, 23.41)])
def test_the_evidence_of_the_table(hits: int, of: int, expected: float) -> None:
    """METHODS 1.6, "own e-process": benchmark 20 %."""
    assert float(sequential.rates([hits], [of], 0.2)[0]) == pytest.approx(expected, rel=5e-4)


def test_month_by_month_and_case_by_case_are_the_same_with_one_benchmark() -> None:
    cases = np.array([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], dtype=float)
    single = sequential.rates(cases, np.ones(12), 0.25)[[3, 7, 11]]
    monthly = sequential.rates(cases.reshape(3, 4).sum(axis=1), np.full(3, 4.0), 0.25)
    assert monthly == pytest.approx(single, rel=1e-12)


@given(st.lists(st.tuples(st.floats(0.01, 0.95), st.booleans()), min_size=1, max_size=40), st.booleans())
def test_a_mean_benchmark_never_makes_the_evidence_greater(cases: list[tuple[float, bool]], is_down: bool) -> None:
    """So that a month's mix may be taken together: 1 - (1 - R) p is greatest in the mean (arithmetic and geometric)."""
    chances, won = np.array([p for p, _ in cases]), np.array([float(y) for _, y in cases])
    apart = sequential.rates(won, np.ones(len(cases)), chances, is_down)[-1]
    together = sequential.rates([won.sum()], [len(cases)], chances.mean(), is_down)[0]
    assert together <= apart * (1 + 1e-9)


@given(st.integers(0, 60), st.floats(0.5, 40), st.sampled_from([1.0, 1.5, 4.0]), st.booleans())
def test_counts_equal_the_likelihood_ratios_of_scipy(y: int, due: float, phi: float, is_down: bool) -> None:
    shares = [1 / r for r in sequential.ODDS] if is_down else sequential.ODDS

    def chance(mean: float) -> float:
        return float(poisson.pmf(y, mean) if phi == 1 else nbinom.pmf(y, mean / (phi - 1), 1 / phi))

    slow = np.mean([chance(share * due) / chance(due) for share in shares])
    assert float(sequential.counts([y], [due], phi, is_down)[0]) == pytest.approx(slow, rel=1e-6)


def test_nothing_due_and_no_cases_are_no_evidence() -> None:
    assert sequential.rates([0, 0], [0, 0], [0.2, np.nan]) == pytest.approx([1, 1])
    assert sequential.counts([0, 0], [0, 0], 2.0) == pytest.approx([1, 1])


def _null_rates(random: np.random.Generator, is_down: bool) -> np.ndarray:
    """Years at the benchmark with volumes and mixes that change every month."""
    of = random.poisson(15, (YEARS, MONTHS))
    cold = random.binomial(of, random.uniform(0, 1, (YEARS, 1)))
    won = random.binomial(cold, 0.1) + random.binomial(of - cold, 0.3)
    due = 0.1 * cold + 0.3 * (of - cold)
    benchmark = np.divide(due, of, out=np.zeros(of.shape), where=of > 0)
    return np.asarray(sequential.rates(won, of, benchmark, is_down))


def _null_counts(random: np.random.Generator, phi: float, is_down: bool, told: float | None = None) -> np.ndarray:
    due = random.uniform(2, 30, (YEARS, MONTHS))
    y = random.poisson(due) if phi == 1 else random.negative_binomial(due / (phi - 1), 1 / phi)
    return np.asarray(sequential.counts(y, due, phi if told is None else told, is_down))


def test_chance_reaches_twenty_in_at_most_five_years_of_a_hundred(counted: Counted) -> None:
    """Ville's bound by Monte Carlo: rates with a changing mix, counts with and without dispersion, both directions."""
    (seed,) = seeds(1)
    random = np.random.default_rng(seed)
    found = {f"rates {down}": _ever(_null_rates(random, down)) for down in (False, True)}
    for phi in (1.0, 2.5):
        found |= {f"counts {phi} {down}": _ever(_null_counts(random, phi, down)) for down in (False, True)}
    assert all(share <= _above(0.05) for share in found.values()), found
    counted(GATES[0], YEARS * len(found))


def test_bursts_told_as_chance_are_caught(counted: Counted) -> None:
    """Broken on purpose: a dispersion of 4 left out rings far more often than promised."""
    (seed,) = seeds(1)
    random = np.random.default_rng(seed)
    assert _ever(_null_counts(random, 4.0, is_down=False, told=1.0)) > 0.1
    counted(GATES[1], 1)


def test_evidence_started_anew_by_hand_is_caught(counted: Counted) -> None:
    """Broken on purpose: whoever starts E anew by hand whenever it looks well rings too often."""
    (seed,) = seeds(1)
    random = np.random.default_rng(seed)
    won = random.binomial(10, 0.2, (YEARS, 36))
    steps = won * np.log(0.3) - 10 * np.log(1 - 0.7 * 0.2)
    restarted = np.stack([steps[:, n : n + 12].cumsum(axis=1).max(axis=1) for n in range(24)], axis=1).max(axis=1)
    assert float((restarted >= np.log(FORMAL)).mean()) > 0.05
    counted(GATES[1], 1)


@pytest.mark.parametrize(("volume", "expected"), [(5, 7.2), (10, 8.8), (20, 8.8), (40, 7.2)])
def test_the_alarm_thresholds_of_the_table(volume: int, expected: float) -> None:
    """METHODS 1.5: benchmark 20 %, 5 % a year; printed to one decimal."""
    threshold = alarms.threshold(volume, 0.2)
    assert threshold == pytest.approx(expected, abs=0.05)
    assert alarms.crossing(volume, 0.2, threshold) <= 0.05 < alarms.crossing(volume, 0.2, threshold * 0.93)


@pytest.mark.parametrize(("volume", "expected"), [(5, 0.9), (10, 1.6), (20, 1.8), (40, 1.9)])
def test_how_often_chance_reaches_twenty(volume: int, expected: float) -> None:
    """METHODS 1.5, row "E >= 20", simulated there; exact here."""
    assert 100 * alarms.crossing(volume, 0.2, FORMAL) == pytest.approx(expected, abs=0.15)


def test_the_alarm_keeps_its_promise_where_volumes_come_and_go(counted: Counted) -> None:
    (seed,) = seeds(1)
    random = np.random.default_rng(seed)
    mean = random.choice([3.0, 8.0, 20.0, 45.0], (YEARS, 1))
    of = random.poisson(mean, (YEARS, MONTHS))
    benchmark = np.broadcast_to(random.choice([0.1, 0.2, 0.35], (YEARS, 1)), of.shape)
    won = random.binomial(of, benchmark)
    e = sequential.rates(won, of, benchmark)
    rings, thresholds = alarms.rings(e, of.astype(float), benchmark)
    share = float(rings.any(axis=1).mean())
    assert share <= _above(0.05)
    assert share > 0.02, "an alarm that never rings finds nobody"
    assert np.nanmin(thresholds) >= 4
    counted(GATES[0], YEARS)


def test_an_activity_count_rarer_than_one_in_a_hundred_rings_in_at_most_five_years_of_a_hundred(
    counted: Counted,
) -> None:
    """Looked at after each of 12 months, year to date, p < 0.01; bursts with their dispersion."""
    (seed,) = seeds(1)
    random = np.random.default_rng(seed)
    for phi in (1.0, 3.0):
        due = random.uniform(5, 200, (YEARS, 1)) * np.ones(MONTHS)
        y = random.poisson(due) if phi == 1 else random.negative_binomial(due / (phi - 1), 1 / phi)
        tails = alarms.count_tail(y.cumsum(axis=1), due.cumsum(axis=1), phi)
        assert float((tails < alarms.RARE).any(axis=1).mean()) <= _above(0.05)
        counted(GATES[0], YEARS)


@pytest.mark.parametrize("is_down", [False, True])
def test_tails_of_counts_equal_scipy(is_down: bool) -> None:
    for y, due, phi in ((40, 64, 1.0), (40, 64, 2.0), (0, 3, 1.5), (90, 64, 2.0)):
        law = poisson(due) if phi == 1 else nbinom(due / (phi - 1), 1 / phi)
        slow = law.sf(y - 1) if is_down else law.cdf(y)
        assert float(alarms.count_tail(y, due, phi, is_down)) == pytest.approx(float(slow), abs=1e-12)
    assert np.isnan(alarms.count_tail(0, 0))


@pytest.mark.parametrize(
    ("x", "n", "tuned_at", "low", "high"),
    [
        (700, 1000, 100, 0.651629, 0.745949), (15, 50, 50, 0.129556, 0.511896), (5, 50, 50, 0.013021, 0.269264),
        (1, 50, 50, 0.0, 0.13489), (100, 200, 1, 0.328923, 0.671076),
    ],
)  # fmt: skip
def test_confidence_sequences_of_confseq(x: int, n: int, tuned_at: float, low: float, high: float) -> None:
    """Unit tests of confseq (Howard et al. 2021), METHODS 1.6."""
    found = always_valid.rate(x, n, tuned_at)
    assert (float(found.low), float(found.high)) == pytest.approx((low, high), abs=2e-6)


def test_the_mixture_of_confseq() -> None:
    """Its unit tests: log m(10, 100), tuned at variance 100, steps within -0.2 and 0.8; rho 12.60056."""
    rho = always_valid.best_rho(100)
    one_sided = always_valid.best_rho(100, is_one_sided=True)
    assert rho == pytest.approx(12.60056, abs=5e-6)
    assert float(always_valid.log_mixture(10, 100, rho, 0.2, 0.8)) == pytest.approx(-0.6941012, abs=5e-7)
    assert float(always_valid.log_mixture(10, 100, one_sided, 0.2, 0.8, 0.8)) == pytest.approx(-0.07134019, abs=5e-8)


def test_an_always_valid_interval_holds_at_every_look(counted: Counted) -> None:
    """12 monthly looks at 10 cases and 20 %: METHODS 1.1 has 0.7 % misses, a Wilson interval 18.7 %."""
    (seed,) = seeds(1)
    x = np.random.default_rng(seed).binomial(10, 0.2, (5_000, MONTHS)).cumsum(axis=1)
    n = 10.0 * np.arange(1, MONTHS + 1) * np.ones(x.shape)
    looks = np.unique(np.stack([x, n], axis=-1).reshape(-1, 2), axis=0)
    found = always_valid.rate(looks[:, 0], looks[:, 1])
    out = {(a, b) for (a, b), low, high in zip(looks.tolist(), found.low, found.high, strict=True)
           if not low <= 0.2 <= high}  # fmt: skip
    missed = np.array([[pair in out for pair in zip(*row, strict=True)] for row in zip(x.tolist(), n.tolist(),
                                                                                      strict=True)])  # fmt: skip
    assert float(missed.any(axis=1).mean()) <= 0.05
    counted(GATES[0], len(x))


def test_the_least_drop_that_can_be_seen_shrinks_with_the_cases() -> None:
    drops = [always_valid.least_drop(n, 0.2) for n in (60, 120, 240, 480)]
    assert all(later < before for before, later in pairwise([drop for drop in drops if drop is not None]))
    assert None not in drops
    assert always_valid.least_drop(5, 0.2) is None
    n = 240
    seen = round((1 - (always_valid.least_drop(n, 0.2) or 0)) * n * 0.2)
    assert float(always_valid.rate(seen, n, n).high) < 0.2 <= float(always_valid.rate(seen + 1, n, n).high)


def test_no_cases_say_nothing() -> None:
    found = always_valid.rate([0, 0], [0, 10])
    assert np.isnan(found.low[0])
    assert np.isnan(found.high[0])
    assert found.low[1] == 0
    assert 0.2 < found.high[1] < 0.6


def test_exact_crossing_equals_slow_arithmetic() -> None:
    """Three months of two cases, by all the paths there are."""
    at = 1.5
    chances = binom.pmf(np.arange(3), 2, 0.5)
    slow = 0.0
    for path in np.ndindex(*(3,) * 6):
        e = sequential.rates(np.array(path, dtype=float), np.full(6, 2.0), 0.5)
        slow += float(np.prod(chances[list(path)])) * bool((e >= at).any())
    assert alarms.crossing(2, 0.5, at, months=6) == pytest.approx(slow, abs=1e-12)
