"""Targets are prorated, rolled up and in force by date as DATA.md section 4 says, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.metrics.sharing import Sharing
from courtside.metrics.target import Firm, Resolved, Target, Targets
from courtside.metrics.target_rows import ALWAYS
from courtside.records.people import Absence, Assignment, Employment, Holiday
from courtside.records.period import Calendar, Grain, Period

CALENDAR = Calendar()
LATER = date(2018, 6, 30)
KINDS = {
    "win_rate": Sharing.STANDARD,
    "pipeline_value": Sharing.LEVEL,
    "prospects_approached": Sharing.DISTINCT,
}
"""How metrics are shared out; all others are totals."""
JANUARY = date(2017, 1, 1)


def period(name: str) -> Period:
    return ALWAYS if name == "all" else CALENDAR.parse(name)


def ask(
    targets: Iterable[Target], firm: Firm, scope: str, name: str, as_of: date = LATER, metric: str = "dials"
) -> Resolved:
    return Targets(targets, firm).of(metric, scope, period(name), as_of, KINDS.get(metric, Sharing.TOTAL))


def in_team(person_id: str, team: str, since: date = JANUARY, until: date | None = None) -> Assignment:
    return Assignment(person_id, since, until, team=team)


# Additive metrics prorate by working days.


def test_a_whole_period_present_owes_the_whole_target() -> None:
    found = ask([Target("dials", "person:P1", "2017-11", 220)], Firm(), "person:P1", "2017-11")
    assert found == Resolved(220, own=220, pace=220, origin="person:P1")


def test_a_week_takes_its_share_of_the_month_by_working_days() -> None:
    targets = [Target("dials", "person:P1", "2017-11", 220)]
    assert ask(targets, Firm(), "person:P1", "2017-W47").value == 50
    assert ask(targets, Firm(holidays=(Holiday(date(2017, 11, 23)),)), "person:P1", "2017-W47").value == pytest.approx(
        220 * 4 / 21
    )


def test_absence_lowers_the_target_by_the_working_days_away() -> None:
    firm = Firm(absences=(Absence("P1", date(2017, 11, 20), date(2017, 11, 26)),))
    targets = [Target("dials", "person:P1", "2017-11", 220)]
    assert ask(targets, firm, "person:P1", "2017-11").value == pytest.approx(170)
    assert ask(targets, firm, "person:P1", "2017-W47").value == 0


def test_a_late_start_and_an_early_leave_owe_only_the_days_employed() -> None:
    targets = [Target("dials", "person:P1", "2017-11", 220)]
    late = Firm(people=(Employment("P1", date(2017, 11, 20)),))
    early = Firm(people=(Employment("P1", None, date(2017, 11, 17)),))
    assert ask(targets, late, "person:P1", "2017-11").value == pytest.approx(90)
    assert ask(targets, early, "person:P1", "2017-11").value == pytest.approx(130)


def test_ramp_multiplies_day_by_day() -> None:
    firm = Firm(people=(Employment("P1", date(2017, 10, 16), role="seller"),), ramp={"seller": (0.2, 0.6)})
    found = ask([Target("dials", "person:P1", "2017-11", 220)], firm, "person:P1", "2017-11")
    assert found.value == pytest.approx(10 * (11 * 0.2 + 11 * 0.6))


def test_holidays_are_those_of_the_region_the_person_is_in() -> None:
    firm = Firm(
        assignments=(Assignment("P1", JANUARY, region="US"), Assignment("P2", JANUARY, region="DE")),
        holidays=(Holiday(date(2017, 11, 23), "US"),),
    )
    targets = [Target("dials", f"person:{p}", "2017-11", 210) for p in ("P1", "P2")]
    assert ask(targets, firm, "person:P1", "2017-W47").value == pytest.approx(210 * 4 / 21)
    assert ask(targets, firm, "person:P2", "2017-W47").value == pytest.approx(210 * 5 / 22)


def test_rates_are_never_prorated() -> None:
    firm = Firm(
        people=(Employment("P1", date(2017, 11, 20)),),
        absences=(Absence("P1", date(2017, 11, 20), date(2017, 11, 24)),),
        ramp={"default": (0.1,)},
    )
    found = ask([Target("win_rate", "person:P1", "2017", 0.25)], firm, "person:P1", "2017-W47", metric="win_rate")
    assert found == Resolved(0.25, own=0.25, pace=0.25, origin="person:P1")


def test_the_target_of_a_weekend_fair_counts_by_its_days() -> None:
    targets = [Target("new_leads", "person:P1", "2017-11-25/2017-11-26", 30)]
    assert ask(targets, Firm(), "person:P1", "2017-11-25", metric="new_leads").value == 15


# Pace is the part due by as-of.


@pytest.mark.parametrize(
    ("as_of", "pace"), [("2017-11-19", 0), ("2017-11-21", 20), ("2017-11-25", 50), ("2018-01-01", 50)]
)
def test_pace_is_what_is_due_by_the_end_of_the_day(as_of: str, pace: float) -> None:
    targets = [Target("dials", "person:P1", "2017-W47", 50), Target("dials", "team:North", "2017-W47", 50)]
    day = date.fromisoformat(as_of)
    assert ask(targets, Firm(), "person:P1", "2017-W47", day).pace == pace
    assert ask(targets, Firm(), "team:North", "2017-W47", day).pace == pace


def test_pace_leaves_out_days_away() -> None:
    firm = Firm(absences=(Absence("P1", date(2017, 11, 20), date(2017, 11, 20)),))
    found = ask([Target("dials", "person:P1", "2017-W47", 50)], firm, "person:P1", "2017-W47", date(2017, 11, 21))
    assert (found.value, found.pace) == (40, 10)


# A sub-period takes its share; a longer one sums its parts and is null if one is missing.


def test_a_longer_period_sums_its_parts() -> None:
    targets = [
        Target("dials", "person:P1", f"2017-{month}", value) for month, value in ((10, 100), (11, 200), (12, 300))
    ]
    assert ask(targets, Firm(), "person:P1", "2017-Q4").value == pytest.approx(600)


def test_a_longer_period_with_a_part_missing_has_no_target_and_says_which_days() -> None:
    targets = [Target("dials", "person:P1", "2017-10", 100), Target("dials", "person:P1", "2017-12", 300)]
    found = ask(targets, Firm(), "person:P1", "2017-Q4")
    assert found == Resolved(note="No target covers 2017-11-01 to 2017-11-30.")


def test_a_part_before_the_person_was_hired_is_not_missing() -> None:
    targets = [Target("dials", "person:P1", "2017-11", 220), Target("dials", "person:P1", "2017-12", 210)]
    firm = Firm(people=(Employment("P1", date(2017, 11, 20)),))
    assert ask(targets, firm, "person:P1", "2017-Q4").value == pytest.approx(90 + 210)


def test_a_week_across_two_months_takes_its_days_from_both() -> None:
    targets = [Target("dials", "person:P1", "2017-10", 220), Target("dials", "person:P1", "2017-11", 440)]
    assert ask(targets, Firm(), "person:P1", "2017-W44").value == pytest.approx(2 * 10 + 3 * 20)


def test_a_longer_period_sums_the_figures_its_parts_show() -> None:
    targets = [
        Target("dials", "person:P1", "2017-Q3", 300),
        Target("dials", "person:P1", "2017-Q4", 600),
        Target("dials", "person:P1", "2017-11", 500),
    ]
    assert ask(targets, Firm(), "person:P1", "2017-H2").value == pytest.approx(900)
    assert ask(targets, Firm(), "person:P1", "2017-Q4").value == 600
    assert ask(targets, Firm(), "person:P1", "2017-11").value == 500


def test_a_rate_over_parts_that_differ_has_no_target_and_over_parts_that_agree_has_theirs() -> None:
    agreed = [Target("win_rate", "person:P1", f"2017-{month}", 0.2) for month in (10, 11, 12)]
    differing = [*agreed[:2], Target("win_rate", "person:P1", "2017-12", 0.3)]
    assert ask(agreed, Firm(), "person:P1", "2017-Q4", metric="win_rate").value == 0.2
    found = ask(differing, Firm(), "person:P1", "2017-Q4", metric="win_rate")
    assert found == Resolved(note="The targets of person:P1 differ within 2017-Q4 and cannot be added up.")


def test_a_fiscal_target_and_one_between_two_days_count_by_their_days() -> None:
    firm = Firm(calendar=Calendar(7))
    assert ask([Target("dials", "person:P1", "FY2018-P05", 220)], firm, "person:P1", "2017-W47").value == 50
    targets = [Target("dials", "person:P1", "2017-11-20/2017-12-01", 100)]
    assert ask(targets, firm, "person:P1", "2017-W47").value == 50


# Which target: person > team > segment or region > company; narrowest period; version in force.


FIRM = Firm(
    people=(Employment("P1"), Employment("P2")),
    assignments=(
        Assignment("P1", JANUARY, team="North", segment="SMB", region="DE"),
        Assignment("P2", JANUARY, team="South", segment="SMB", region="US"),
    ),
)
STANDARDS = [
    Target("win_rate", "company", "2017", 0.10),
    Target("win_rate", "segment:SMB", "2017", 0.20),
    Target("win_rate", "region:DE", "2017-Q4", 0.21),
    Target("win_rate", "team:North", "2017", 0.30),
    Target("win_rate", "person:P1", "2017", 0.40),
]


@pytest.mark.parametrize(
    ("leave", "value", "origin"),
    [
        (5, 0.40, "person:P1"),
        (4, 0.30, "team:North"),
        (3, 0.21, "region:DE"),
        (2, 0.20, "segment:SMB"),
        (1, 0.10, "company"),
    ],
)
def test_the_nearest_standard_holds_for_a_person(leave: int, value: float, origin: str) -> None:
    found = ask(STANDARDS[:leave], FIRM, "person:P1", "2017-11", metric="win_rate")
    assert (found.value, found.origin) == (value, origin)
    assert (found.own is None) == (origin != "person:P1")


def test_a_team_without_a_standard_has_that_of_the_segment_its_members_share() -> None:
    assert ask(STANDARDS[:2], FIRM, "team:North", "2017-11", metric="win_rate").origin == "segment:SMB"
    assert ask(STANDARDS[:1], FIRM, "team:North", "2017-11", metric="win_rate").origin == "company"
    assert ask(STANDARDS, FIRM, "segment:Enterprise", "2017-11", metric="win_rate").origin == "company"
    assert ask(STANDARDS[1:], FIRM, "company", "2017-11", metric="win_rate") == Resolved()


def test_a_standard_follows_the_team_of_the_day_and_the_last_team_of_a_leaver() -> None:
    firm = Firm(
        people=(Employment("P1"), Employment("P2", None, date(2017, 11, 10))),
        assignments=(
            in_team("P1", "North"),
            in_team("P1", "South", date(2017, 11, 20)),
            in_team("P2", "North", JANUARY, date(2017, 11, 10)),
        ),
    )
    targets = [Target("win_rate", "team:North", "2017", 0.3), Target("win_rate", "team:South", "2017", 0.2)]

    def origin(scope: str, name: str, as_of: date = LATER) -> str | None:
        return ask(targets, firm, scope, name, as_of, "win_rate").origin

    assert origin("person:P1", "2017-10") == "team:North"
    assert origin("person:P1", "2017-11", date(2017, 11, 19)) == "team:North"
    assert origin("person:P1", "2017-11", date(2017, 11, 20)) == "team:South"
    assert origin("person:P1", "2017-11") == "team:South"
    assert origin("person:P2", "2017-11") == "team:North"
    assert origin("person:P2", "2017-12") is None


def test_the_person_comes_before_the_period_and_the_narrowest_covering_period_before_wider_ones() -> None:
    targets = [
        Target("win_rate", "team:North", "2017-11", 0.9),
        Target("win_rate", "person:P1", "2017", 0.1),
        Target("win_rate", "person:P1", "2017-Q4", 0.2),
        Target("win_rate", "person:P1", "2017-10", 0.3),
    ]
    assert ask(targets, FIRM, "person:P1", "2017-11", metric="win_rate").value == 0.2
    assert ask(targets, FIRM, "person:P1", "2017-10", metric="win_rate").value == 0.3
    assert ask(targets, FIRM, "person:P1", "2017-H2", metric="win_rate").value == 0.1


def test_the_version_in_force_on_the_day_counts_and_history_keeps_its_own() -> None:
    targets = [
        Target("dials", "person:P1", "2017", 2600),
        Target("dials", "person:P1", "2017", 5200, version="2", in_force_from=date(2017, 11, 15)),
    ]
    assert ask(targets, Firm(), "person:P1", "2017-W47", date(2017, 11, 20)).value == 100
    assert ask(targets, Firm(), "person:P1", "2017-W46", date(2017, 11, 14)).value == 50
    assert ask(targets, Firm(), "person:P1", "2017-W46", date(2017, 11, 15)).value == 100
    assert ask(targets, Firm(), "person:P1", "2017-W45", LATER).value == 50
    assert ask(targets, Firm(), "person:P1", "2017", date(2017, 11, 14)).value == 2600
    assert ask(targets, Firm(), "person:P1", "2017", date(2017, 11, 15)).value == 5200


def test_a_target_not_yet_in_force_leaves_the_wider_one_in_place_until_its_own_day() -> None:
    targets = [
        Target("win_rate", "company", "all", 0.1),
        Target("win_rate", "company", "2018-Q1", 0.2, in_force_from=date(2018, 1, 1)),
        Target("win_rate", "company", "2018-Q2", 0.3, in_force_from=date(2018, 5, 1)),
    ]
    assert ask(targets, Firm(), "company", "2017-Q4", date(2017, 12, 31), "win_rate").value == 0.1
    assert ask(targets, Firm(), "company", "2018-Q1", date(2017, 12, 31), "win_rate").value == 0.2
    assert ask(targets, Firm(), "company", "2018-Q2", date(2018, 4, 30), "win_rate").value == 0.1
    assert ask(targets, Firm(), "company", "2018-Q2", date(2018, 5, 1), "win_rate").value == 0.3


def test_a_total_of_a_group_is_not_handed_to_one_person() -> None:
    found = ask([Target("dials", "company", "2017", 100_000)], FIRM, "person:P1", "2017-11")
    assert found.value is None
    assert found.note == "No target of their own; that of company is a total for all of them and is not divided."


# A team without its own target has the sum over its members for the days they were members.


def test_a_team_has_the_sum_over_its_members_for_the_days_they_were_members() -> None:
    firm = Firm(
        people=(Employment("P1"), Employment("P2")),
        assignments=(in_team("P1", "North"), in_team("P2", "North"), in_team("P2", "South", date(2017, 11, 20))),
    )
    targets = [Target("dials", f"person:{p}", "2017-11", 220) for p in ("P1", "P2")]
    assert ask(targets, firm, "team:North", "2017-11").value == pytest.approx(220 + 130)
    assert ask(targets, firm, "team:South", "2017-11").value == pytest.approx(90)
    assert ask(targets, firm, "company", "2017-11").value == pytest.approx(440)
    assert ask(targets, firm, "team:North", "2017-W47").from_members == 50


def test_a_teams_own_target_counts_and_both_are_told_when_they_differ_by_more_than_one_percent() -> None:
    firm = Firm(people=(Employment("P1"),), assignments=(in_team("P1", "North"),))
    members = Target("dials", "person:P1", "2017-11", 1000)
    apart = ask([members, Target("dials", "team:North", "2017-11", 1200)], firm, "team:North", "2017-11")
    assert (apart.value, apart.own, apart.from_members) == (1200, 1200, 1000)
    assert apart.note == "The target of team:North for 2017-11 is 1,200; the targets of its members add up to 1,000."
    close = ask([members, Target("dials", "team:North", "2017-11", 1010)], firm, "team:North", "2017-11")
    assert (close.value, close.own, close.from_members, close.note) == (1010, 1010, 1000, None)


def test_a_teams_own_target_is_shared_out_by_the_working_days_of_its_region() -> None:
    firm = Firm(
        assignments=(Assignment("P1", JANUARY, team="North", region="US"),),
        holidays=(Holiday(date(2017, 11, 23), "US"),),
    )
    targets = [Target("dials", "team:North", "2017-11", 210), Target("dials", "company", "2017-10", 22)]
    assert ask(targets, firm, "team:North", "2017-W47").value == 40
    assert ask(targets, firm, "company", "2017-10-31").value == 1


def test_members_without_a_target_are_left_out_and_counted() -> None:
    firm = Firm(
        people=(Employment("P1"), Employment("P2"), Employment("P3", None, date(2016, 12, 31))),
        assignments=tuple(in_team(p, "North") for p in ("P1", "P2", "P3")),
    )
    found = ask([Target("dials", "person:P1", "2017-11", 220)], firm, "team:North", "2017-11")
    assert found.value == 220
    assert found.note == "The sum leaves out 1 person without a target on all or some of the days."
    assert ask([], firm, "team:North", "2017-11") == Resolved()


def test_a_sum_over_members_is_null_when_for_some_days_nobody_has_a_target() -> None:
    firm = Firm(
        people=(Employment("P1"), Employment("P2")), assignments=(in_team("P1", "North"), in_team("P2", "North"))
    )
    targets = [
        Target("dials", "person:P1", "2017-10", 100),
        Target("dials", "person:P2", "2017-10", 100),
        Target("dials", "person:P1", "2017-12", 100),
    ]
    assert ask(targets, firm, "team:North", "2017-Q4") == Resolved(note="No target covers 2017-11-01 to 2017-11-30.")
    filled = ask([*targets, Target("dials", "person:P2", "2017-11", 100)], firm, "team:North", "2017-Q4")
    assert filled.value == pytest.approx(400)


def test_weekends_between_the_targets_of_working_weeks_are_not_missing() -> None:
    targets = [
        Target("dials", "person:P1", "2017-11-13/2017-11-17", 50),
        Target("dials", "person:P1", "2017-11-20/2017-11-24", 60),
        Target("dials", "team:South", "2017-11-13/2017-11-17", 70),
        Target("dials", "team:South", "2017-11-20/2017-11-24", 80),
    ]
    firm = Firm(people=(Employment("P1"),), assignments=(in_team("P1", "North"),))
    for scope, value in (("person:P1", 110), ("team:North", 110), ("team:South", 150)):
        assert ask(targets, firm, scope, "2017-11-13/2017-11-26").value == value
    # P1 is not covered on Friday the 17th, P2 is: what is left uncovered between them is a weekend.
    overlapping = [
        Target("dials", "person:P1", "2017-11-13/2017-11-16", 40),
        Target("dials", "person:P1", "2017-11-20/2017-11-24", 60),
        Target("dials", "person:P2", "2017-11-13/2017-11-17", 50),
        Target("dials", "person:P2", "2017-11-20/2017-11-24", 60),
    ]
    both = Firm(
        people=(Employment("P1"), Employment("P2")), assignments=(in_team("P1", "North"), in_team("P2", "North"))
    )
    assert ask(overlapping, both, "team:North", "2017-11-13/2017-11-26").value == 210


def test_sources_and_products_have_targets_of_their_own() -> None:
    targets = [Target("new_leads", "source:web", "2017-11", 220)]
    assert ask(targets, Firm(), "source:web", "2017-W47", metric="new_leads").value == 50
    assert ask(targets, Firm(), "product:GTX", "2017-W47", metric="new_leads") == Resolved()


def test_a_target_of_zero_is_a_target() -> None:
    assert ask([Target("dials", "person:P1", "2017-11", 0)], Firm(), "person:P1", "2017-11").value == 0


def test_rows_that_cannot_be_used_are_told_and_do_no_harm() -> None:
    targets = Targets(
        [
            Target("dials", "person:P1", "2017-Q5", 100),
            Target("dials", "person:P1", "2017-Q1", float("nan")),
            Target("dials", "person:P1", "1900-01-01/2900-01-01", 100),
            Target("dials", "person:P1", "2017-Q4", 650),
        ],
        Firm(),
    )
    assert len(targets.unusable) == 3
    start = "The target of dials for person:P1 is left out: "
    assert all(row.sentence.startswith(start) for row in targets.unusable)
    assert targets.of("dials", "person:P1", period("2017-W47"), LATER, Sharing.TOTAL).value == 50


# Which version: the day from which it is in force decides, then the order of recording, then its name.


def test_the_day_a_version_is_in_force_from_decides_whatever_it_is_called() -> None:
    targets = [
        Target("dials", "person:P1", "2017", 5200, version="3", in_force_from=date(2017, 6, 1)),
        Target("dials", "person:P1", "2017", 7800, version="2", in_force_from=date(2017, 11, 15)),
        Target("dials", "person:P1", "2017", 2600, version="9"),
    ]

    def value(as_of: date) -> float | None:
        return ask(targets, Firm(), "person:P1", "2017", as_of).value

    assert [value(date(2017, 5, 31)), value(date(2017, 6, 1)), value(date(2017, 11, 15))] == [2600, 5200, 7800]


def test_of_versions_in_force_from_the_same_day_the_one_recorded_later_counts() -> None:
    first = Target("dials", "person:P1", "2017-11", 100, version="7", recorded=3)
    later = Target("dials", "person:P1", "2017-11", 200, version="1", recorded=4)
    assert ask([later, first], Firm(), "person:P1", "2017-11").value == 200
    together = [Target("dials", "person:P1", "2017-11", value, version=name) for name, value in NAMED]
    assert ask(together, Firm(), "person:P1", "2017-11").value == 10


NAMED = (("v9", 9.0), ("v10", 10.0), ("v2", 2.0))


def test_two_names_of_one_period_are_one_target() -> None:
    quarter = Target("dials", "person:P1", "2017-Q4", 600, recorded=1)
    same = Target("dials", "person:P1", "2017-10-01/2017-12-31", 900, recorded=2)
    assert ask([quarter, same], Firm(), "person:P1", "2017-Q4").value == 900
    fiscal = Target("dials", "person:P1", "FY2018-Q2", 700, recorded=3)
    assert ask([quarter, same, fiscal], Firm(calendar=Calendar(7)), "person:P1", "2017-Q4").value == 700


def test_what_a_number_is_made_of_is_told() -> None:
    months = [Target("dials", "person:P1", f"2017-{month}", 220) for month in (10, 11, 12)]
    assert ask(months, Firm(), "person:P1", "2017-Q4").rows == tuple(months)
    assert ask(months, Firm(), "person:P1", "2017-W47").rows == (months[1],)
    standards = ask(STANDARDS[:4], FIRM, "person:P1", "2017-11", metric="win_rate")
    assert standards.rows == (STANDARDS[3],)


# Levels (open pipeline) add up over people and are compared at the period's end.


LEVELS = [
    Target("pipeline_value", "person:P1", "2017-Q4", 1000),
    Target("pipeline_value", "person:P2", "2017-Q4", 500),
    Target("pipeline_value", "team:North", "2017-10", 900),
]


def test_a_level_is_neither_prorated_nor_handed_down() -> None:
    away = Firm(absences=(Absence("P1", date(2017, 11, 1), date(2017, 11, 30)),))
    found = ask(LEVELS, away, "person:P1", "2017-11", metric="pipeline_value")
    assert (found.value, found.pace, found.origin) == (1000, 1000, "person:P1")
    none = ask(LEVELS[2:], FIRM, "person:P1", "2017-10", metric="pipeline_value")
    assert none.value is None
    assert none.note == "No target of their own; that of team:North is a total for all of them and is not divided."


def test_the_level_of_a_longer_period_is_that_of_its_end() -> None:
    quarters = [Target("pipeline_value", "person:P1", f"2017-Q{n}", 100 * n) for n in (1, 2, 3, 4)]
    assert ask(quarters, Firm(), "person:P1", "2017", metric="pipeline_value").value == 400
    assert ask(quarters[:3], Firm(), "person:P1", "2017", metric="pipeline_value") == Resolved()


def test_the_level_of_a_group_is_the_sum_over_those_who_are_members_at_the_end() -> None:
    firm = Firm(
        people=(Employment("P1"), Employment("P2"), Employment("P3", None, date(2017, 12, 1)), Employment("P4")),
        assignments=(
            in_team("P1", "North"),
            in_team("P2", "South"),
            in_team("P2", "North", date(2017, 12, 15)),
            in_team("P3", "North"),
            in_team("P4", "North"),
        ),
    )
    targets = [*LEVELS[:2], Target("pipeline_value", "person:P3", "2017-Q4", 70)]

    def at(as_of: date) -> Resolved:
        return ask(targets, firm, "team:North", "2017-Q4", as_of, "pipeline_value")

    assert [at(date(2017, 11, 30)).value, at(date(2017, 12, 10)).value, at(LATER).value] == [1070, 1000, 1500]
    assert at(LATER).note == "The sum leaves out 1 person without a target on all or some of the days."
    own = ask([*targets, Target("pipeline_value", "team:North", "2017-Q4", 2000)], firm, "team:North", "2017-Q4")
    assert own.value is None  # that is a target of another metric
    both = [*targets, Target("pipeline_value", "team:North", "2017-Q4", 2000)]
    apart = ask(both, firm, "team:North", "2017-Q4", metric="pipeline_value")
    assert (apart.value, apart.from_members, apart.is_apart) == (2000, 1500, True)


# Distinct counts are shared out by days and never added up.


def test_a_distinct_count_is_shared_out_by_days_and_adds_up_over_nothing() -> None:
    metric = "prospects_approached"
    months = [Target(metric, "person:P1", f"2017-{month}", 220) for month in (10, 11, 12)]
    firm = Firm(
        people=(Employment("P1"),),
        assignments=(in_team("P1", "North"),),
        absences=(Absence("P1", date(2017, 11, 20), date(2017, 11, 20)),),
    )
    assert ask(months, firm, "person:P1", "2017-W47", metric=metric).value == 40
    quarter = ask(months, firm, "person:P1", "2017-Q4", metric=metric)
    assert quarter == Resolved(note="Each is counted once in 2017-Q4, so targets for parts of it do not add up.")
    assert ask(months, firm, "team:North", "2017-11", metric=metric) == Resolved()
    team = [*months, Target(metric, "team:North", "2017-11", 110)]
    assert ask(team, firm, "team:North", "2017-W47", metric=metric).value == 25
    assert ask(team, firm, "person:P1", "2017-W47", metric=metric).value == 40


# Targets that hold until another does.


def test_a_standard_for_all_time_holds_where_nothing_narrower_does() -> None:
    targets = [
        Target("win_rate", "company", "all", 0.1),
        Target("win_rate", "company", "2017-11", 0.3),
        Target("dials", "company", "all", 100),
    ]
    assert ask(targets, FIRM, "company", "2017-10", metric="win_rate").value == 0.1
    assert ask(targets, FIRM, "company", "2017-11", metric="win_rate").value == 0.3
    assert ask(targets, FIRM, "company", "all", metric="win_rate").value == 0.1
    assert ask(targets[1:], FIRM, "company", "all", metric="win_rate") == Resolved()
    assert ask(targets, FIRM, "company", "2017-10") == Resolved()
    assert ask(targets, FIRM, "company", "all") == Resolved()


# The laws that hold for every firm.


WITHIN = st.integers(0, 364).map(lambda n: JANUARY + timedelta(days=n))
GRAINS = st.sampled_from([Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.HALF])


@st.composite
def firms(draw: st.DrawFn) -> Firm:
    names = ("P1", "P2", "P3")
    rows = st.builds(Assignment, st.sampled_from(names), WITHIN, st.none(), st.sampled_from(["North", "South"]))
    regions = draw(st.lists(st.sampled_from([None, "DE", "US"]), min_size=6, max_size=6))
    moves = draw(st.lists(rows, max_size=6, unique_by=lambda row: (row.person_id, row.valid_from)))
    return Firm(
        people=tuple(Employment(p, draw(st.none() | WITHIN), draw(st.none() | WITHIN)) for p in names),
        assignments=tuple(
            Assignment(row.person_id, row.valid_from, None, row.team, region=region)
            for row, region in zip(moves, regions, strict=False)
        ),
        absences=tuple(
            Absence(p, day, day + timedelta(days=length))
            for p, day, length in draw(
                st.lists(st.tuples(st.sampled_from(names), WITHIN, st.integers(0, 30)), max_size=4)
            )
        ),
        holidays=tuple(Holiday(day, draw(st.sampled_from([None, "DE"]))) for day in draw(st.lists(WITHIN, max_size=8))),
        ramp={"default": draw(st.lists(st.floats(0, 1), max_size=4))},
    )


@given(firms(), st.floats(0, 1e6), GRAINS, st.sampled_from(["person:P1", "team:North", "company"]), WITHIN)
def test_the_parts_of_a_year_add_up_to_the_year_in_value_and_in_pace(
    firm: Firm, value: float, grain: Grain, scope: str, as_of: date
) -> None:
    targets = Targets([Target("dials", scope, "2017", value)], firm)
    year = targets.of("dials", scope, period("2017"), as_of, Sharing.TOTAL)
    bounds = [max(p.starts_on, JANUARY) for p in CALENDAR.between(JANUARY, date(2017, 12, 31), grain)]
    parts = [
        targets.of("dials", scope, CALENDAR.span(first, end - timedelta(days=1)), as_of, Sharing.TOTAL)
        for first, end in zip(bounds, [*bounds[1:], date(2018, 1, 1)], strict=True)
    ]
    assert sum(part.value or 0 for part in parts) == pytest.approx(year.value, abs=1e-6)
    assert sum(part.pace or 0 for part in parts) == pytest.approx(year.pace, abs=1e-6)
    assert (year.pace or 0) <= (year.value or 0) + 1e-6


@given(firms(), st.floats(1, 1e6), GRAINS, WITHIN)
def test_teams_add_up_to_what_their_members_owe_on_their_days_in_a_team(
    firm: Firm, value: float, grain: Grain, day: date
) -> None:
    people = [person.person_id for person in firm.people]
    everybody = Firm(
        firm.people,
        (*(in_team(p, "North", date(2016, 1, 1)) for p in people), *firm.assignments),
        firm.absences,
        firm.holidays,
        firm.calendar,
        firm.ramp,
    )
    targets = Targets([Target("dials", f"person:{p}", "2017", value) for p in people], everybody)
    asked = CALENDAR.span(max(CALENDAR.period_of(day, grain).starts_on, JANUARY), day)
    persons = sum(targets.of("dials", f"person:{p}", asked, LATER, Sharing.TOTAL).value or 0 for p in people)
    teams = sum(targets.of("dials", f"team:{t}", asked, LATER, Sharing.TOTAL).value or 0 for t in ("North", "South"))
    assert teams == pytest.approx(persons, abs=1e-6)
    assert targets.of("dials", "company", asked, LATER, Sharing.TOTAL).value == pytest.approx(persons, abs=1e-6)
