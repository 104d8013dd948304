"""Control charts and cumulative sums: the handbook's examples, and what the charts cannot say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.simulated import seeds

from courtside.analysis.statistics import charts, cusum
from courtside.analysis.statistics.charts import ShortBaseline

GATES = ("published charts reproduced", "charts on too short a baseline refused")

Counted = Callable[[str, int], None]

XMR = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
"""NIST handbook 6.3.2, part 2."""
CHIPS = (
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6,
)  # fmt: skip
"""NIST handbook 6.3.3, part 2: defective chips in samples of 50."""
WAFERS = (16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13)
"""NIST handbook 6.3.3, part 1: defects on each wafer."""
EWMA = (
    52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6,
    52.1,
)  # fmt: skip
AVERAGED = (
    50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38, 49.92,
    50.73, 51.23, 51.94, 51.99,
)  # fmt: skip
"""NIST handbook 6.3.2, part 4."""
CUSUM = (
    324.925, 324.675, 324.725, 324.35, 325.35, 325.225, 324.125, 324.525, 325.225, 324.6, 324.625, 325.15, 328.325,
    327.25, 327.825, 328.5, 326.675, 327.775, 326.875, 328.35,
)  # fmt: skip
"""NIST handbook 6.3.2, part 3."""
CONCENTRATIONS = (
    102.0, 94.8, 98.3, 98.4, 102.0, 98.5, 99.0, 97.7, 100.0, 98.1, 101.3, 98.7, 101.1, 98.4, 97.0, 96.7, 100.3, 101.4,
    97.2, 101.0,
)  # fmt: skip
S_HIGH = (2, 0, 0, 0, 2, 0.5, 0, 0, 0, 0, 1.3, 0, 1.1, 0, 0, 0, 0.3, 1.7, 0, 1.0)
S_LOW = (0, 3.2, 2.9, 2.5, 0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 1.0, 2.3, 0, 0, 0.8, 0)
"""Montgomery and Runger, example 16-6."""


def test_individuals_of_the_handbook(counted: Counted) -> None:
    found = charts.individuals(XMR, least=10)
    assert (found.centre, found.low[0], found.high[0]) == pytest.approx((50.81, 45.8159, 55.8041), abs=5e-5)
    counted(GATES[0], 1)


def test_proportions_of_the_handbook(counted: Counted) -> None:
    found = charts.proportions(CHIPS, 50)
    assert (found.centre, found.low[0], found.high[0]) == pytest.approx((0.2313, 0.0524, 0.4102), abs=5e-5)
    assert np.flatnonzero(found.beyond).tolist() == [14, 22]
    counted(GATES[0], 1)


def test_counts_of_the_handbook(counted: Counted) -> None:
    found = charts.rates_of_events(WAFERS, 1)
    assert (found.centre, found.low[0], found.high[0]) == (16, 4, 28)
    assert np.flatnonzero(found.beyond).tolist() == [23]
    counted(GATES[0], 1)


def test_events_by_exposure_of_qcc(counted: Counted) -> None:
    """R's qcc, data `dyedcloth`: the centre is 1.40367."""
    found = charts.rates_of_events(
        (14, 12, 20, 11, 7, 10, 21, 16, 19, 23), (10, 8, 13, 10, 10, 10, 12, 11, 12, 13), least=10
    )
    assert found.centre == pytest.approx(1.40367, abs=5e-6)
    counted(GATES[0], 1)


def test_averages_of_the_handbook(counted: Counted) -> None:
    found = charts.weighted_averages(EWMA, 50, 2.0539, 0.3)
    assert found.values == pytest.approx(AVERAGED, abs=0.00501)
    assert (found.low[-1], found.high[-1]) == pytest.approx((47.4116, 52.5884), abs=1e-4)
    assert not found.beyond.any()
    counted(GATES[0], 1)


def test_sums_of_the_handbook(counted: Counted) -> None:
    high, low = cusum.tabular(CUSUM, 325, 0.3175)
    assert int(np.flatnonzero((high > 4.1959) | (low > 4.1959))[0]) + 1 == 14
    assert high[12:16] == pytest.approx((3.01, 4.94, 7.45, 10.63), abs=0.00501)
    assert high[-1] == pytest.approx(19.04, abs=0.00501)
    counted(GATES[0], 1)


def test_sums_of_montgomery_and_runger(counted: Counted) -> None:
    high, low = cusum.tabular(CONCENTRATIONS, 99, 1)
    assert high == pytest.approx(S_HIGH, abs=1e-9)
    assert low == pytest.approx(S_LOW, abs=1e-9)
    counted(GATES[0], 1)


def test_risk_adjusted_weights(counted: Counted) -> None:
    """Rigdon and Fricker, page 225 (via vlad): logit p = -3.67 + 0.077 * 19, no success. Steiner 2000 for the risks."""
    p = 1 / (1 + np.exp(3.67 - 0.077 * 19))
    assert float(cusum.risk_adjusted([0], [p], 2.0)[0]) == 0
    assert float(cusum.risk_adjusted([0], [p], 0.5)[0]) == pytest.approx(0.05083, abs=5e-6)
    risks = 1 / (1 + np.exp(3.68 - 0.077 * np.array([0, 71])))
    assert risks == pytest.approx([0.025, 0.86], abs=0.005)
    counted(GATES[0], 1)


def test_the_sum_starts_again_whenever_it_would_fall_below_nothing() -> None:
    random = np.random.default_rng(seeds(1)[0])
    weights = random.normal(0, 1, 200)
    last, slow = 0.0, []
    for weight in weights.tolist():
        last = max(0.0, last + weight)
        slow.append(last)
    assert cusum.reset_at_zero(weights) == pytest.approx(slow, abs=1e-9)


@pytest.mark.parametrize(("alpha", "limit"), [(0.05, 2.944), (0.01, 4.595), (0.001, 6.907)])
def test_limits_of_walds_test(alpha: float, limit: float) -> None:
    """Wald 1945; Spiegelhalter 2003."""
    assert cusum.wald_limit(alpha, alpha) == pytest.approx(limit, abs=5e-4)


def test_too_short_a_baseline_is_refused(counted: Counted) -> None:
    """6 points give a false signal within the next 12 in 26 of 100 runs (METHODS 1.4)."""
    draws: tuple[Callable[[], charts.Chart], ...] = (
        lambda: charts.individuals(XMR[:6]),
        lambda: charts.individuals((*XMR, *XMR), baseline=6),
        lambda: charts.proportions((1, 2, 3, 0, 2, 1), 50),
        lambda: charts.rates_of_events((1, 2, 3, 0, 2, 1), 5),
    )
    for draw in draws:
        with pytest.raises(ShortBaseline, match="6 points are too few"):
            draw()
        counted(GATES[1], 1)


def test_what_a_chart_could_never_say() -> None:
    """METHODS 1.4: a count chart signals low only with a mean above 9, a p chart from n > 9 (1 - p) / p on."""
    assert charts.least_mean() == 9
    assert (charts.least_cases(0.2), charts.least_cases(0.1)) == (37, 82)
    for p in (0.1, 0.2):
        n = charts.least_cases(p)
        assert charts.proportions([n * p], [n], centre=p).can_signal_low.all()
        assert not charts.proportions([(n - 1) * p], [n - 1], centre=p).can_signal_low.any()
    assert not charts.rates_of_events([8], [1], centre=8).can_signal_low.any()
    assert charts.rates_of_events([10], [1], centre=10).can_signal_low.all()
    assert not charts.proportions([0], [30], centre=0.2).beyond.any()


def test_eight_on_one_side_are_a_signal_seven_are_none() -> None:
    points = np.array([2.0, 0.0] * 10 + [1.1] * 7 + [0.5] + [1.2] * 9)
    found = charts.Chart(points, 1.0, np.full(len(points), -5.0), np.full(len(points), 5.0))
    assert np.flatnonzero(found.signals).tolist() == [35, 36]


def test_false_signals_of_a_year_are_as_rare_as_the_design_says() -> None:
    """METHODS 1.4: 52 weeks in control, known limits: three sigma 12.9 %, with the run of eight 27.7 %."""
    points = np.random.default_rng(seeds(1)[0]).normal(0, 1, (4_000, 52))
    found = [charts.Chart(row, 0.0, np.full(52, -3.0), np.full(52, 3.0)) for row in points]
    beyond, either = (np.mean([flags.any() for flags in each]) for each in (
        [chart.beyond for chart in found], [chart.signals for chart in found]))  # fmt: skip
    assert 100 * float(beyond) == pytest.approx(12.9, abs=1.8)
    assert 100 * float(either) == pytest.approx(27.7, abs=2.4)
