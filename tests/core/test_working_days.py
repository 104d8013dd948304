"""Days present are the working days of a person's region on which they were employed and not absent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.records.people import Absence, Assignment, Employment, Firm, Holiday, assignment_on
from courtside.records.period import Calendar
from courtside.records.working_days import Attendance, days_off, is_working_day, month_of_employment

MONDAY = date(2017, 11, 20)
NOVEMBER = (date(2017, 11, 1), date(2017, 12, 1))
DAYS = st.integers(0, 800).map(lambda n: date(2016, 10, 1) + timedelta(days=n))
REGIONS = st.sampled_from(["DE", "US", None])


def stays(person_id: str) -> st.SearchStrategy[Absence]:
    return st.builds(
        lambda day, length: Absence(person_id, day, day + timedelta(days=length)), DAYS, st.integers(0, 40)
    )


@st.composite
def firms(draw: st.DrawFn) -> Firm:
    return Firm(
        people=(Employment("P1", draw(st.none() | DAYS), draw(st.none() | DAYS), "seller"),),
        assignments=tuple(
            draw(
                st.lists(
                    st.builds(lambda day, region: Assignment("P1", day, None, region=region), DAYS, REGIONS),
                    max_size=3,
                    unique_by=lambda row: row.valid_from,
                )
            )
        ),
        absences=tuple(draw(st.lists(stays("P1"), max_size=3))),
        holidays=tuple(draw(st.lists(st.builds(Holiday, DAYS, REGIONS), max_size=30))),
        ramp={"seller": draw(st.lists(st.floats(0, 1), max_size=6))},
    )


def each_day(first: date, end: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((end - first).days)]


def counted_by_hand(firm: Firm, first: date, end: date) -> tuple[int, float]:
    """Working days and days present, one day after another, straight from the words of DATA.md."""
    person = firm.people[0]
    working, present = 0, 0.0
    for day in each_day(first, end):
        ordered = sorted(firm.assignments, key=lambda row: row.valid_from)
        row = assignment_on(ordered, day) or (ordered[0] if ordered else None)
        if not is_working_day(day, days_off(firm.holidays, row.region if row else None)):
            continue
        working += 1
        if person.hired_on is not None and day < person.hired_on:
            continue
        if person.left_on is not None and day > person.left_on:
            continue
        if not any(absence.starts_on <= day <= absence.ends_on for absence in firm.absences):
            month = month_of_employment(person.hired_on, day) if person.hired_on else 0
            shares = firm.ramp["seller"]
            present += shares[month - 1] if 1 <= month <= len(shares) else 1.0
    return working, present


@given(firms(), DAYS, st.integers(0, 500))
def test_the_counts_are_those_of_walking_the_days_one_by_one(firm: Firm, first: date, length: int) -> None:
    end = first + timedelta(days=length)
    attendance = Attendance(firm)
    working, present = counted_by_hand(firm, first, end)
    assert attendance.working_days("P1", first, end) == working
    assert attendance.present_days("P1", first, end) == pytest.approx(present, abs=1e-9)


@given(firms(), DAYS, st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_the_shares_of_the_parts_of_a_period_add_up_to_the_share_of_the_whole(
    firm: Firm, first: date, lengths: list[int]
) -> None:
    attendance = Attendance(firm)
    cuts = [first + timedelta(days=sum(lengths[:n])) for n in range(len(lengths) + 1)]
    whole = (cuts[0], cuts[-1] + timedelta(days=1))
    cuts[-1] = whole[1]
    parts = [attendance.share("P1", whole, since, until) for since, until in zip(cuts, cuts[1:], strict=False)]
    assert sum(parts) == pytest.approx(attendance.share("P1", whole, *whole), abs=1e-9)
    regions = {None, "DE"}
    parts = [attendance.share_of_group(regions, whole, a, b) for a, b in zip(cuts, cuts[1:], strict=False)]
    assert sum(parts) == pytest.approx(1.0)


@given(firms(), DAYS, st.integers(1, 100))
def test_a_share_lies_between_nothing_and_the_whole(firm: Firm, first: date, length: int) -> None:
    whole = (first, first + timedelta(days=length))
    assert -1e-9 <= Attendance(firm).share("P1", whole, *whole) <= 1 + 1e-9


def test_a_holiday_counts_in_its_own_region_and_one_without_a_region_everywhere() -> None:
    holidays = (Holiday(MONDAY, "US"), Holiday(MONDAY + timedelta(days=1)))
    attendance = Attendance(
        Firm(
            assignments=(
                Assignment("P1", date(2017, 1, 1), region="US"),
                Assignment("P2", date(2017, 1, 1), region="DE"),
            ),
            holidays=holidays,
        )
    )
    week = (MONDAY, MONDAY + timedelta(days=7))
    assert attendance.working_days("P1", *week) == 3
    assert attendance.working_days("P2", *week) == 4
    assert attendance.working_days("somebody else", *week) == 4
    assert attendance.working_days_of_group({"US", "DE"}, *week) == 4
    assert attendance.working_days_of_group({"US"}, *week) == 3


def test_somebody_who_moves_has_the_holidays_of_the_region_they_were_in_on_the_day() -> None:
    attendance = Attendance(
        Firm(
            assignments=(
                Assignment("P1", date(2017, 11, 1), region="US"),
                Assignment("P1", date(2017, 11, 15), region="DE"),
            ),
            holidays=(Holiday(date(2017, 11, 23), "US"), Holiday(date(2017, 11, 10), "US")),
        )
    )
    assert attendance.working_days("P1", *NOVEMBER) == 21


def test_hired_and_last_day_are_worked_and_both_ends_of_an_absence_are_not() -> None:
    attendance = Attendance(
        Firm(
            people=(Employment("P1", date(2017, 11, 2), date(2017, 11, 24)),),
            absences=(Absence("P1", date(2017, 11, 6), date(2017, 11, 7)),),
        )
    )
    assert attendance.working_days("P1", *NOVEMBER) == 22
    assert attendance.present_days("P1", *NOVEMBER) == 17 - 2


def test_ramp_counts_each_day_with_the_share_of_its_month_of_employment() -> None:
    seller = Employment("P1", date(2017, 10, 16), role="seller")
    attendance = Attendance(Firm(people=(seller,), ramp={"seller": (0.25, 0.5)}))
    # 1 to 15 November is the first month (11 working days), 16 to 30 the second (11).
    assert attendance.present_days("P1", *NOVEMBER) == 11 * 0.25 + 11 * 0.5
    assert attendance.present_days("P1", date(2017, 12, 18), date(2017, 12, 23)) == 5


def test_a_ramp_is_that_of_the_role_else_the_default_one() -> None:
    people = [Employment(role, date(2017, 11, 1), role=role) for role in ("seller", "recruiter")]
    people.append(Employment("nobody", date(2017, 11, 1)))
    ramps = {"seller": (0.5,), "default": (0.25,)}
    attendance = Attendance(Firm(people=people, ramp=ramps))
    assert [attendance.present_days(p.person_id, *NOVEMBER) for p in people] == [22 * 0.5, 22 * 0.25, 22 * 0.25]
    without = Attendance(Firm(people=people, ramp={"seller": (0.5,)}))
    assert [without.present_days(p.person_id, *NOVEMBER) for p in people] == [22 * 0.5, 22, 22]


@pytest.mark.parametrize(
    ("hired_on", "day", "month"),
    [
        ("2017-01-31", "2017-01-31", 1),
        ("2017-01-31", "2017-02-27", 1),
        ("2017-01-31", "2017-02-28", 2),
        ("2017-01-31", "2017-03-30", 2),
        ("2017-01-31", "2017-03-31", 3),
        ("2016-12-15", "2017-12-14", 12),
        ("2016-12-15", "2017-12-15", 13),
        ("2016-12-15", "2016-12-14", 0),
    ],
)
def test_a_month_of_employment_begins_on_the_day_of_hiring(hired_on: str, day: str, month: int) -> None:
    assert month_of_employment(date.fromisoformat(hired_on), date.fromisoformat(day)) == month


def test_a_period_without_working_days_is_shared_out_by_all_its_days() -> None:
    fair = (date(2017, 11, 25), date(2017, 11, 27))
    attendance = Attendance(Firm(absences=(Absence("P1", date(2017, 11, 26), date(2017, 11, 26)),)))
    assert attendance.share("P1", fair, *fair) == 0.5
    assert attendance.share("P2", fair, *fair) == 1
    assert attendance.share_of_group((), fair, date(2017, 11, 25), date(2017, 11, 26)) == 0.5


def test_a_quarter_of_2017_has_the_working_days_a_calendar_shows() -> None:
    quarter = Calendar().parse("2017-Q4")
    assert Attendance(Firm()).working_days("anybody", quarter.starts_on, quarter.ends_on) == 65
