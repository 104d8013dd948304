"""Period names mean the days DATA.md says, and a firm's periods tile its calendar."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.records.period import Calendar, Grain, PeriodError

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
CALENDARS = st.builds(Calendar, st.integers(1, 12))
BOUNDED = tuple(grain for grain in Grain if grain is not Grain.ALL)
GRAINS = st.sampled_from(BOUNDED)
JULY = Calendar(7)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2017", "2017-01-01", "2017-12-31"),
        ("2017-H1", "2017-01-01", "2017-06-30"),
        ("2017-H2", "2017-07-01", "2017-12-31"),
        ("2017-Q4", "2017-10-01", "2017-12-31"),
        ("2017-11", "2017-11-01", "2017-11-30"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2017-W47", "2017-11-20", "2017-11-26"),
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("2018-W01", "2018-01-01", "2018-01-07"),
        ("2017-11-05", "2017-11-05", "2017-11-05"),
        ("2011-05-31/2011-08-30", "2011-05-31", "2011-08-30"),
        ("FY2018", "2017-07-01", "2018-06-30"),
        ("FY2018-H1", "2017-07-01", "2017-12-31"),
        ("FY2018-Q2", "2017-10-01", "2017-12-31"),
        ("FY2018-P05", "2017-11-01", "2017-11-30"),
        ("FY2018-P12", "2018-06-01", "2018-06-30"),
    ],
)
def test_a_name_means_its_days_with_the_fiscal_year_starting_in_july(name: str, first: str, last: str) -> None:
    period = JULY.parse(name)
    assert (period.name, period.starts_on.isoformat(), period.last_on.isoformat()) == (name, first, last)
    assert period.ends_on == period.last_on + timedelta(days=1)
    assert list(period.days)[0] == period.starts_on
    assert list(period.days)[-1] == period.last_on
    assert period.contains(period.starts_on)
    assert not period.contains(period.ends_on)


@pytest.mark.parametrize("month", range(1, 13))
def test_a_fiscal_year_is_named_for_the_year_in_which_it_ends_whatever_month_it_starts(month: int) -> None:
    calendar = Calendar(month)
    year = calendar.parse("FY2018")
    assert year.last_on.year == 2018
    assert (year.starts_on.month, year.starts_on.day) == (month, 1)
    for grain, names in (
        (Grain.FISCAL_PERIOD, [f"FY2018-P{n:02}" for n in range(1, 13)]),
        (Grain.FISCAL_QUARTER, [f"FY2018-Q{n}" for n in range(1, 5)]),
        (Grain.FISCAL_HALF, ["FY2018-H1", "FY2018-H2"]),
        (Grain.FISCAL_YEAR, ["FY2018"]),
    ):
        periods = calendar.between(year.starts_on, year.last_on, grain)
        assert [period.name for period in periods] == names
        assert (periods[0].starts_on, periods[-1].ends_on) == (year.starts_on, year.ends_on)


def test_a_fiscal_year_starting_in_january_is_the_calendar_year_and_keeps_the_calendar_name_in_a_span() -> None:
    fiscal = Calendar(1).parse("FY2017")
    assert (fiscal.starts_on, fiscal.last_on) == (date(2017, 1, 1), date(2017, 12, 31))
    assert Calendar(1).span(fiscal.starts_on, fiscal.last_on).name == "2017"


@given(CALENDARS, DAYS, GRAINS)
def test_reading_the_name_of_a_period_gives_the_period_again(calendar: Calendar, day: date, grain: Grain) -> None:
    period = calendar.period_of(day, grain)
    assert period.contains(day)
    assert calendar.parse(period.name) == period


@given(CALENDARS, DAYS, DAYS)
def test_two_days_read_back_as_the_days_they_are(calendar: Calendar, one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert calendar.parse(f"{first}/{last}").starts_on == first
    assert calendar.parse(f"{first}/{last}").last_on == last
    span = calendar.span(first, last)
    assert (span.starts_on, span.last_on) == (first, last)
    assert calendar.parse(span.name) == span


@given(CALENDARS, DAYS, st.integers(0, 800), GRAINS)
def test_the_periods_between_two_days_follow_each_other_without_gap_or_overlap(
    calendar: Calendar, first: date, length: int, grain: Grain
) -> None:
    last = first + timedelta(days=length)
    periods = calendar.between(first, last, grain)
    assert periods[0].contains(first)
    assert periods[-1].contains(last)
    assert all(before.ends_on == after.starts_on for before, after in pairwise(periods))
    assert len({period.name for period in periods}) == len(periods)


@given(CALENDARS, DAYS, GRAINS)
def test_the_previous_period_ends_where_this_one_begins_and_is_of_the_same_grain(
    calendar: Calendar, day: date, grain: Grain
) -> None:
    period = calendar.period_of(day, grain)
    previous = calendar.previous(period)
    assert previous.ends_on == period.starts_on
    assert calendar.period_of(previous.starts_on, grain) == previous


@given(CALENDARS, DAYS, st.sampled_from([grain for grain in BOUNDED if grain not in (Grain.WEEK, Grain.DAY)]))
def test_the_period_a_year_before_has_the_same_name_but_for_the_year(
    calendar: Calendar, day: date, grain: Grain
) -> None:
    period = calendar.period_of(day, grain)
    before = calendar.year_before(period)
    assert before is not None
    year = int(period.name.removeprefix("FY")[:4])
    assert before.name == period.name.replace(str(year), str(year - 1))
    assert before.starts_on == period.starts_on.replace(year=period.starts_on.year - 1)


@given(DAYS)
def test_a_week_has_the_same_number_a_year_before_unless_that_year_lacks_it(day: date) -> None:
    week = Calendar().period_of(day, Grain.WEEK)
    before = Calendar().year_before(week)
    if before is None:
        assert week.name.endswith("W53")
    else:
        assert before.name == f"{int(week.name[:4]) - 1}{week.name[4:]}"


@pytest.mark.parametrize("year", range(1990, 2030))
def test_a_year_has_the_52_or_53_weeks_of_its_iso_calendar(year: int) -> None:
    weeks = [w for w in Calendar().between(date(year, 1, 4), date(year, 12, 28), Grain.WEEK)]
    assert [week.name for week in weeks] == [f"{year}-W{n:02}" for n in range(1, len(weeks) + 1)]
    assert len(weeks) == date(year, 12, 28).isocalendar().week
    assert len(weeks) == 52 + (date(year, 1, 1).weekday() == 3 or date(year, 12, 31).weekday() == 3)


@pytest.mark.parametrize(
    ("name", "before", "previous"),
    [
        ("2017-11", "2016-11", "2017-10"),
        ("2017-01", "2016-01", "2016-12"),
        ("FY2018-P01", "FY2017-P01", "FY2017-P12"),
        ("2021-W01", "2020-W01", "2020-W53"),
        ("2016-02-29", "2015-02-28", "2016-02-28"),
        ("2016-02-29/2016-02-29", "2015-02-28/2015-02-28", "2016-02-28/2016-02-28"),
        ("2011-05-31/2011-08-30", "2010-05-31/2010-08-30", "2011-02-28/2011-05-30"),
    ],
)
def test_what_came_before_is_found_by_name_and_by_length(name: str, before: str, previous: str) -> None:
    period = JULY.parse(name)
    year_before = JULY.year_before(period)
    assert year_before is not None
    assert year_before.name == before
    assert JULY.previous(period).name == previous


def test_week_53_has_no_week_a_year_before() -> None:
    assert Calendar().year_before(Calendar().parse("2020-W53")) is None


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("2017-01-01", "2017-12-31", "2017"),
        ("2017-07-01", "2017-12-31", "2017-H2"),
        ("2017-10-01", "2017-12-31", "2017-Q4"),
        ("2017-11-01", "2017-11-30", "2017-11"),
        ("2017-11-20", "2017-11-26", "2017-W47"),
        ("2021-02-01", "2021-02-28", "2021-02"),
        ("2017-11-05", "2017-11-05", "2017-11-05"),
        ("2017-07-01", "2018-06-30", "FY2018"),
        ("2017-11-05", "2017-12-24", "2017-11-05/2017-12-24"),
    ],
)
def test_a_span_takes_the_name_its_days_have_and_a_calendar_name_before_a_fiscal_one(
    first: str, last: str, name: str
) -> None:
    assert JULY.span(date.fromisoformat(first), date.fromisoformat(last)).name == name


def test_all_is_one_period_between_two_days_and_has_nothing_before_it() -> None:
    (everything,) = Calendar().between(date(2016, 5, 1), date(2017, 12, 31), Grain.ALL)
    assert (everything.name, everything.starts_on, everything.last_on) == ("all", date(2016, 5, 1), date(2017, 12, 31))
    assert Calendar().year_before(everything) is None
    with pytest.raises(PeriodError, match="no period before it"):
        Calendar().previous(everything)
    with pytest.raises(PeriodError, match="not the period of one day"):
        Calendar().period_of(date(2017, 1, 1), Grain.ALL)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "all",
        "17",
        "2017-",
        "2017-q4",
        "2017-Q5",
        "2017-Q0",
        "2017-H3",
        "2017-13",
        "2017-00",
        "2017-W00",
        "2017-W53",
        "2017-W5",
        "2017-P05",
        "FY2018-W03",
        "FY2018-11",
        "FY2018-P13",
        "FY2018-P5",
        "fy2018",
        "2017-02-30",
        "2017-05-05/2017-01-01",
        "2017-05-05/",
        "/2017-05-05",
        "2017/2018",
        "2017-05-05/2017-05-06/2017-05-07",
        "0000",
        "9999",
        "9999-12-31",
        "２０１７",
        "2017\n",
    ],
)
def test_a_text_that_names_no_period_is_refused_with_the_forms_that_do(name: str) -> None:
    with pytest.raises(PeriodError) as refusal:
        JULY.parse(name)
    assert repr(name) in str(refusal.value)
    assert "2017-W47" in str(refusal.value)


@given(st.text(max_size=25))
def test_any_text_is_a_period_or_a_refusal(text: str) -> None:
    try:
        period = JULY.parse(text)
    except PeriodError:
        return
    assert period.starts_on < period.ends_on
    assert period.name == text


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(PeriodError, match="last day comes before its first"):
        Calendar().between(date(2017, 2, 1), date(2017, 1, 1), Grain.MONTH)
    with pytest.raises(PeriodError, match="last day comes before its first"):
        Calendar().span(date(2017, 2, 1), date(2017, 1, 1))


@pytest.mark.parametrize(
    ("day", "grain"),
    [(date.min, Grain.FISCAL_YEAR), (date.max, Grain.DAY), (date.max, Grain.WEEK), (date.max, Grain.YEAR)],
)
def test_periods_beyond_the_calendar_are_refused(day: date, grain: Grain) -> None:
    with pytest.raises(PeriodError, match="within the calendar"):
        JULY.period_of(day, grain)


def test_the_first_period_of_the_calendar_has_none_before_it() -> None:
    first = Calendar().parse("0001-01-01/0001-01-31")
    assert Calendar().year_before(first) is None
    with pytest.raises(PeriodError, match="the calendar begins"):
        Calendar().previous(first)


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_fiscal_year_starts_with_a_month(month: int) -> None:
    with pytest.raises(PeriodError, match="1 to 12"):
        Calendar(month)
