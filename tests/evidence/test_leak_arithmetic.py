"""Cases read once say what stays read by a cut say; months of entry, stalled cases and products of rates are exact."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from tests.evidence.test_leakage import AS_OF, ORDERS, _drawn, _frame

from courtside.analysis.leaks.cases import Cases, all_cases, is_stalled, stalled_after
from courtside.analysis.leaks.cohorts import by_month
from courtside.analysis.leaks.stays import CUTS, read_stays
from courtside.analysis.leaks.what_if import Rate, present, supposed, through
from courtside.analysis.statistics.competing import ADVANCED, LOST, OPEN

GATES = ("cuts of cases equal to stays read", "products of rates drawn")


def _cases(stage: list[int], entered: list[int], days: list[int], end: list[int], stages: int = 1) -> Cases:
    n = len(stage)
    zeros = np.zeros(n, dtype=np.int32)
    arrays = (np.array(one, dtype=np.int32) for one in (stage, entered, days, end))
    return Cases(
        "sales", tuple(f"S{k}" for k in range(stages)), *arrays, np.full(n, 100.0), np.arange(n, dtype=np.int32),
        tuple(f"O{k}" for k in range(n)), dict.fromkeys(CUTS, zeros), dict.fromkeys(CUTS, ("P1",)),
    )  # fmt: skip


def test_every_cut_of_the_cases_is_what_is_read_by_it(counted: Callable[[str, int], None]) -> None:
    frame = _frame(_drawn(random.Random(8)))
    cases = all_cases(frame, ORDERS)
    for by in (None, *CUTS):
        for one, read in zip(cases, read_stays(frame, ORDERS, by), strict=True):
            cut = one.cut_by(by)
            assert (cut.name, cut.stages) == (read.name, read.stages)
            assert by is None or cut.groups == read.groups
            fields = ("stage", "group", "entered", "days", "end")
            assert sorted(zip(*(getattr(cut, name) for name in fields), strict=True)) == sorted(
                zip(*(getattr(read, name) for name in fields), strict=True)
            )
            assert np.nan_to_num(cut.lost, nan=-1.0) == pytest.approx(np.nan_to_num(read.lost, nan=-1.0))
            counted("cuts of cases equal to stays read", 1)


def test_part_of_the_cases_keeps_their_ids_and_people() -> None:
    (_, sales) = all_cases(_frame(_drawn(random.Random(9))), ORDERS)
    own = sales.only(sales.falls_to("person", "P3"))
    assert own.people == {"P3"}
    assert {own.ids[case] for case in own.case} <= set(sales.ids)
    assert not len(sales.only(sales.falls_to("person", "NOBODY")).stage)
    assert sum(len(sales.only(sales.falls_to("source", part)).stage) for part in sales.people_of("source")) == len(
        sales.stage
    )


# Stalled --------------------------------------------------------------------------------------------------------------


def test_open_longer_than_nine_in_ten_took_is_stalled_and_nobody_is_beside_a_few() -> None:
    taken = list(range(1, 22))
    days, ends = [*taken, 19, 20, 300], [ADVANCED] * 21 + [OPEN, OPEN, LOST]
    many = _cases([0] * 24, [1] * 24, days, ends)
    assert stalled_after(many) == (19.0,)
    assert is_stalled(many, stalled_after(many)).tolist() == [False] * 22 + [True, False]
    few = many.only(many.days != 5)
    few = few.only(few.days != 6)
    assert stalled_after(few) == (None,)
    assert not is_stalled(few, stalled_after(few)).any()


# Month by month -------------------------------------------------------------------------------------------------------


def test_a_month_is_ready_when_its_last_day_lies_the_horizon_back() -> None:
    on = [date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 20)]
    cases = _cases([0] * 4, [one.toordinal() for one in on], [10, 31, 3, 2], [ADVANCED, ADVANCED, ADVANCED, ADVANCED])
    april, may, june = by_month(cases, 0, 30, AS_OF)
    assert (april.month.name, april.entered, april.advanced, april.rate) == ("2026-04", 2, 1, 0.5)
    assert (april.is_ready, may.is_ready, june.is_ready) == (True, True, False)
    assert may.ready_on == AS_OF == date(2026, 5, 31) + timedelta(days=30)
    assert june.advanced == 1
    assert np.isnan(june.rate)
    day_before = by_month(cases, 0, 30, AS_OF - timedelta(days=1))
    assert [one.is_ready for one in day_before] == [True, False, False]
    assert by_month(cases.only(cases.days > 99), 0, 30, AS_OF) == ()


def test_no_more_than_a_year_of_months_and_one_without_entries_has_no_rate() -> None:
    on = [date(2020, 1, 1), date(2025, 12, 3)]
    months = by_month(_cases([0, 0], [one.toordinal() for one in on], [1, 1], [LOST, LOST]), 0, 30, AS_OF)
    assert [one.month.name for one in (months[0], months[-1])] == ["2025-06", "2026-06"]
    told = [one for one in months if one.entered]
    assert [(one.month.name, one.rate) for one in told] == [("2025-12", 0.0)]
    assert np.isnan(months[0].rate)


# What if --------------------------------------------------------------------------------------------------------------


def test_the_range_of_a_product_holds_the_true_one_in_95_of_100(counted: Callable[[str, int], None]) -> None:
    draw, held, runs = np.random.default_rng(), 0, 2_000
    true, n = (0.8, 0.6, 0.4), 80
    for hits in draw.binomial(n, true, (runs, 3)):
        way = through([supposed(float(x) / n, n) for x in hits])
        held += way.low <= np.prod(true) <= way.high
    assert abs(held / runs - 0.95) < 0.02, held
    counted("products of rates drawn", runs)


def test_a_product_by_hand_and_at_its_ends() -> None:
    half = Rate(0.5, 0.4, 0.6)
    way = through([half, half])
    assert (way.share, round(way.low, 3), round(way.high, 3)) == (0.25, 0.182, 0.324)
    assert through([half]).low == pytest.approx(0.4)
    assert through([half, Rate(0.0, 0.0, 0.1)]) == Rate(0.0, 0.0, 0.0)
    assert through([half, Rate(0.3, 0.0, 0.6)]).low == 0.0
    assert through([Rate(1.0, 0.9, 1.0)] * 2).high == 1.0


def test_the_present_multiplies_to_what_went_all_the_way_where_all_is_over() -> None:
    """100 enter, 60 get past the first, 30 of these past the second: 30 came through, each worth 100."""
    stage, ends = [0] * 100 + [1] * 60, [ADVANCED] * 60 + [LOST] * 40 + [ADVANCED] * 30 + [LOST] * 30
    now = present(_cases(stage, [1] * 160, [5] * 160, ends, 2), 30)
    rates = [rate for rate in now.rates if rate]
    assert [rate.share for rate in rates] == pytest.approx([0.6, 0.5])
    assert now.entered * through(rates).share == pytest.approx(30)
    assert (now.each, now.worth) == (100.0, pytest.approx((100, 60)))
    same = supposed(0.6, now.worth[0])
    assert (same.low, same.high) == pytest.approx((rates[0].low, rates[0].high))
    nobody = present(_cases([0], [1], [5], [LOST], 2), 30)
    assert nobody.rates[1] is None
    assert nobody.each is None
