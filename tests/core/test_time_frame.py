"""How long a metric needs: the window table of METHODS 1.5 cell by cell, and the frames people are judged over."""

from __future__ import annotations

from datetime import date
from math import ceil, floor

import numpy as np
import pytest

from courtside.analysis.statistics.time_frame import bursts, dispersion, ending_with, smallest, weeks_within
from courtside.analysis.statistics.window import (
    cases_needed,
    events_needed,
    power_of_cases,
    smallest_drop,
    zero_means_something,
)
from courtside.records.period import Calendar

GATES = ("cells of the window table reproduced", "wrong tests caught by the window table")

TABLE = {
    0.05: (1193, 1899, 386, 631, (239, 120, 60, 30, 12), (59, 90)),
    0.10: (593, 932, 203, 312, (119, 60, 30, 15, 6), (29, 44)),
    0.15: (379, 595, 126, 206, (76, 38, 19, 10, 4), (19, 29)),
    0.20: (271, 427, 94, 147, (55, 28, 14, 7, 3), (14, 21)),
    0.25: (207, 326, 70, 111, (42, 21, 11, 6, 3), (11, 17)),
    0.30: (164, 254, 57, 87, (33, 17, 9, 5, 2), (9, 13)),
    0.40: (107, 171, 39, 61, (22, 11, 6, 3, 2), (6, 10)),
    0.50: (76, 119, 28, 42, (16, 8, 4, 2, 1), (5, 7)),
}
"""METHODS 1.5: base rate -> cases for a 30 % drop (.05, .01), a 50 % drop (.05, .01), months at 5-100 each, zeros."""

EVENTS = {0.05: (22, 35, 64, 149, 608), 0.01: (34, 55, 102, 238, 979)}
"""METHODS 1.5: expected events for a 50, 40, 30, 20, 10 % drop."""

MONTHS = {1: "65", 2: "32", 3: "22", 5: "13", 10: "6.5", 20: "3.2", 40: "1.6", 200: "0.3"}
"""METHODS 1.5: months until a 30 % drop of a count shows, by its mean a month."""


@pytest.mark.parametrize("base", TABLE)
def test_a_row_of_the_window_table_is_reproduced(base: float, counted) -> None:
    *sizes, months, zeros = TABLE[base]
    found = [cases_needed(base, drop, alpha) for drop in (0.3, 0.5) for alpha in (0.05, 0.01)]
    assert found == sizes
    assert tuple(ceil(found[0] / volume) for volume in (5, 10, 20, 40, 100)) == months
    assert (zero_means_something(base), zero_means_something(base, 0.01)) == zeros
    counted(GATES[0], len(sizes) + len(months) + len(zeros))


@pytest.mark.parametrize("alpha", EVENTS)
def test_the_expected_events_of_the_window_table_are_reproduced(alpha: float, counted) -> None:
    """Printed whole; ours are to a tenth of an event."""
    for drop, printed in zip((0.5, 0.4, 0.3, 0.2, 0.1), EVENTS[alpha], strict=True):
        assert abs(events_needed(drop, alpha) - printed) <= 0.6
        counted(GATES[0], 1)


@pytest.mark.parametrize("mean", MONTHS)
def test_the_months_of_a_count_are_reproduced(mean: int, counted) -> None:
    months = events_needed() / mean
    assert abs(months - float(MONTHS[mean])) <= (0.5 if mean < 10 else 0.05)
    counted(GATES[0], 1)


def test_what_a_number_of_deals_can_show_is_reproduced(counted) -> None:
    """METHODS 1.5 at 20 %: 30 deals 75 %, 60 63 %, 120 45 %, 240 33 %, its true rates in steps of half a point."""
    for deals, printed in ((30, 0.75), (60, 0.63), (120, 0.45), (240, 0.33)):
        drop = smallest_drop(deals, 0.2)
        assert drop is not None
        true_rate = floor((0.2 * (1 - drop) + 1e-9) / 0.005) * 0.005
        assert abs(1 - true_rate / 0.2 - printed) <= 0.0051
        counted(GATES[0], 1)
    assert smallest_drop(5, 0.2) is None


def test_the_one_stage_design_of_a_hern_is_reproduced(counted) -> None:
    """A'Hern, in PMC3504941: .1 against .2 at .05 and 80 %: n 78, power .8082; a rise of hits is a fall of misses."""
    powers = power_of_cases(np.arange(1.0, 79.0), 0.9, 1 / 9)
    assert powers[-1] == pytest.approx(0.8082, abs=5e-5)
    assert np.all(powers[:-1] < 0.8)
    counted(GATES[0], 2)


def test_the_normal_approximation_would_not_pass_for_the_table(counted) -> None:
    def approximate(base: float, drop: float) -> float:
        low = base * (1 - drop)
        spread = 1.6449 * np.sqrt(base * (1 - base)) + 0.8416 * np.sqrt(low * (1 - low))
        return ceil((spread / (base - low)) ** 2)

    caught = sum(approximate(base, 0.3) != row[0] for base, row in TABLE.items())
    assert caught == len(TABLE)
    counted(GATES[1], caught)


def test_a_rate_of_nothing_or_everything_never_shows_a_drop() -> None:
    assert cases_needed(0.0) == cases_needed(1.0) == float("inf")


def test_a_frame_ends_with_the_period_asked_for() -> None:
    calendar = Calendar()
    month, week = calendar.parse("2017-11"), calendar.parse("2017-W47")
    assert ending_with(month, "quarter", calendar).name == "2017-09-01/2017-11-30"
    assert ending_with(calendar.parse("2017-12"), "quarter", calendar).name == "2017-Q4"
    assert ending_with(calendar.parse("2017-Q4"), "half", calendar).name == "2017-H2"
    assert ending_with(week, "month", calendar).name == "2017-10-27/2017-11-26"
    assert ending_with(calendar.parse("2016-02"), "quarter", calendar).name == "2015-12-01/2016-02-29"
    assert ending_with(calendar.parse("2017"), "quarter", calendar).name == "2017"


def test_only_whole_weeks_say_how_bursty_a_count_is() -> None:
    weeks = weeks_within(date(2017, 11, 1), date(2017, 12, 1), Calendar())
    assert [week.name for week in weeks] == ["2017-W45", "2017-W46", "2017-W47"]


def test_the_smallest_frame_with_enough_is_taken() -> None:
    enough = [np.array([False, True, False]), np.array([True, True, False])]
    assert smallest(enough).tolist() == [1, 0, -1]


def test_bursts_are_measured_against_ones_own_rate_and_days() -> None:
    counts = np.array([[10.0, 20.0, 0.0], [10.0, 5.0, 10.0]])
    days = np.array([[5.0, 5.0, 0.0], [5.0, 2.5, 5.0]])
    squares, freedom = bursts(counts, days)
    assert squares.tolist() == pytest.approx([10 / 3, 0.0])
    assert freedom.tolist() == [1, 2]


def test_dispersion_is_never_below_one_and_needs_weeks_enough() -> None:
    found = dispersion(np.array([40.0, 3.0, 90.0]), np.array([20.0, 20.0, 3.0]))
    assert found.tolist() == [2.0, 1.0, 1.0]
