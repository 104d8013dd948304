"""Alerts: what fires, how often chance alone fires it, what is told, to whom and from which day."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.analysis.alerts.signals import (
    MOST_A_WEEK,
    Alert,
    How,
    Signal,
    Sort,
    apart,
    beside_peers,
    chance_of_limits,
    chance_of_run,
    short_of_goal,
    shown_from,
    to_tell,
    trend,
)
from courtside.analysis.alerts.words import goal_sentence, peer_sentence, trend_sentence
from courtside.analysis.kinds import Kind
from courtside.metrics.load import build_written, read_blocks
from courtside.metrics.metric import Direction
from courtside.records.period import Calendar
from courtside.services.definitions import read_installed_pack

GATES = ("weeks without a change looked at", "planted changes found", "days of showing compared", "alerts read")
STEADY = [50.0, 54, 47, 52, 49, 55, 46, 51, 53, 48, 50, 52, 47, 54, 49, 51, 50, 53]
FORBIDDEN = ("underperform", "caused", "proves", " fail", " bad", " poor", " weak", "AI ")


def seeded(what: str) -> np.random.Generator:
    seed = secrets.randbits(32)
    sys.stdout.write(f"{what}: seed {seed}\n")
    return np.random.default_rng(seed)


def test_limits_come_from_the_weeks_before_the_last_eight() -> None:
    """NIST handbook, individuals charts (METHODS 1.4): ten points, 50.81, 45.8159 and 55.8041; two more make twelve."""
    nist = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    found = trend([*nist, 50.81, 50.81, *[50.0, 51] * 3, 50.81, 70.0])
    assert found is not None
    ranges = np.abs(np.diff([*nist, 50.81, 50.81]))
    reach = 3 * ranges.mean() / 1.128
    assert (found.how, found.side, found.n) == (How.LIMITS, 1, 12)
    assert found.usual == pytest.approx(50.81)
    assert (found.low, found.high) == pytest.approx((50.81 - reach, 50.81 + reach))


def test_a_week_far_out_and_eight_on_one_side_are_told_apart() -> None:
    after = [50.0, 52, 49, 51, 48, 53, 50]
    up, down = trend([*STEADY, *after, 90.0]), trend([*STEADY, *after, 8.0])
    assert up is not None
    assert down is not None
    assert (up.how, up.side, down.how, down.side) == (How.LIMITS, 1, How.LIMITS, -1)
    run = trend([*STEADY, *[47.0, 48, 46, 49, 48, 47, 49, 48]])
    assert run is not None
    assert (run.how, run.side, run.n) == (How.RUN, -1, len(STEADY))
    assert trend([*STEADY, *after, 51.0]) is None


@pytest.mark.parametrize("points", [
    [],
    [50.0] * 40,
    [*STEADY[:11], *[50.0] * 7, 90.0],
    [*STEADY, *[50.0, 52] * 4, float("nan")],
    [x / 20 for x in [*STEADY, *[50.0, 52] * 4, 190.0]],
])  # fmt: skip
def test_nothing_is_said_without_twelve_weeks_a_last_week_and_enough_a_week(points: list[float]) -> None:
    assert trend(points) is None


def test_weeks_hardly_there_are_left_out() -> None:
    away = [*STEADY[:9], float("nan"), float("nan"), *STEADY[9:], *[50.0, 52, 49, 51, 48, 53, 50], 90.0]
    whole = [x for x in away if np.isfinite(x)]
    assert trend(away) == trend(whole)


def test_the_chance_that_is_stated_is_the_chance_there_is(counted: Callable[[str, int], None]) -> None:
    """Simulated weeks in which nothing changed: what fires, beside what the alert says of itself."""
    draw, weeks = seeded("weeks without a change"), 6_000
    for baseline in (12, 18, 44):
        found = [trend(row) for row in 100 + 10 * draw.standard_normal((weeks, baseline + 8))]
        for how, stated in ((How.LIMITS, chance_of_limits(baseline)), (How.RUN, chance_of_run(baseline))):
            fired = sum(1 for one in found if one is not None and one.how is how) / weeks
            # a run that ends beyond the limits is told as that
            assert fired == pytest.approx(stated, abs=4 * np.sqrt(stated / weeks) + 0.15 * stated), (how, baseline)
        counted("weeks without a change looked at", weeks)
    assert chance_of_run(10**9) == pytest.approx(2 / 2**8, rel=1e-3)
    assert chance_of_limits(10**9) == pytest.approx(0.0027, rel=1e-3)


def test_counts_of_events_ring_no_more_often_than_stated(counted: Callable[[str, int], None]) -> None:
    draw, weeks, baseline = seeded("counted weeks"), 4_000, 44
    for mean in (6, 20, 80):
        found = [trend(row) for row in draw.poisson(mean, (weeks, baseline + 8)).astype(float)]
        fired = sum(1 for one in found if one is not None) / weeks
        stated = chance_of_limits(baseline) + chance_of_run(baseline)
        assert fired <= stated + 4 * np.sqrt(stated / weeks) + 0.2 * stated, mean
        counted("weeks without a change looked at", weeks)


def test_a_planted_change_is_found_and_without_it_is_not_told(counted: Callable[[str, int], None]) -> None:
    draw, people = seeded("planted changes"), 400
    calm = draw.poisson(60, (people, 52)).astype(float)
    halved = calm.copy()
    halved[:, -1] = draw.poisson(25, people)
    found = [one for one in map(trend, halved) if one is not None and one.side < 0 and one.how is How.LIMITS]
    assert len(found) >= 0.95 * people
    counted("planted changes found", len(found))
    assert sum(1 for one in map(trend, calm) if one is not None) <= 0.06 * people


def test_people_are_set_beside_like_people_and_never_in_groups_of_nine() -> None:
    """The twelve surgical units (Spiegelhalter 2005, METHODS 1.3) -> phi 2.38, z of the first -3.78 raw."""
    n = [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360]
    deaths = [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24]
    likes = [("seller",)] * 12 + [("manager",)] * 9
    found = beside_peers(Kind.RATE, [*deaths, *[9] * 9], [*n, *[100] * 9], likes, np.ones(21, dtype=np.bool_))
    tau2, pool = 0.0018095708, sum(deaths) / sum(n)
    eighth = (np.arcsin(np.sqrt(31 / 215)) - np.arcsin(np.sqrt(pool))) / np.sqrt(1 / (4 * 215) + tau2)
    assert found.z[7] == pytest.approx(eighth, rel=1e-6)
    assert np.isfinite(found.z[:12]).all()
    assert np.isnan(found.z[12:]).all()
    assert (found.people[0], found.pool[0]) == (12, pytest.approx(pool))


@pytest.mark.parametrize("spread", [None, 100.0, 20.0])
def test_no_more_people_lie_apart_by_chance_than_stated(
    spread: float | None, counted: Callable[[str, int], None]
) -> None:
    """Pools in which all are alike, differ somewhat, or differ much: nobody is a special case in any of them."""
    draw, people, pools = seeded(f"peers of spread {spread}"), 60, 60
    fired, stated = 0, 0.0
    for _ in range(pools):
        of = draw.integers(40, 200, people)
        rates = np.full(people, 0.3) if spread is None else draw.beta(0.3 * spread, 0.7 * spread, people)
        found = beside_peers(Kind.RATE, draw.binomial(of, rates), of, [0] * people, np.ones(people, dtype=np.bool_))
        told = [one for z in found.z if (one := apart(float(z), 0.0, 1.0, people)) is not None]
        fired, stated = fired + len(told), max([stated, *(one.chance for one in told)])
    assert stated == pytest.approx(0.106, abs=0.001)
    assert fired / (people * pools) <= stated + 3 * np.sqrt(stated / (people * pools))
    counted("weeks without a change looked at", people * pools)


def test_a_distance_within_chance_is_none() -> None:
    assert apart(1.95, 1, 2, 12) is None
    assert apart(float("nan"), 1, 2, 12) is None
    found = apart(-2.5, 1, 2, 12)
    assert found is not None
    assert found.side == -1
    assert (found.chance, found.strength) == pytest.approx((0.1064, 0.0394), abs=1e-4)


@pytest.mark.parametrize(("direction", "likely", "target", "side"), [
    (Direction.UP, (0.1, 0.2), 0.3, -1),
    (Direction.UP, (0.1, 0.3), 0.3, None),
    (Direction.UP, (0.4, 0.5), 0.3, None),
    (Direction.DOWN, (0.4, 0.5), 0.3, 1),
    (Direction.DOWN, (0.1, 0.2), 0.3, None),
    (Direction.NONE, (0.1, 0.2), 0.3, None),
    (Direction.UP, None, 0.3, None),
    (Direction.UP, (0.1, 0.2), None, None),
])  # fmt: skip
def test_a_goal_is_short_only_where_the_range_excludes_it_on_the_wrong_side(
    direction: Direction, likely: tuple[float, float] | None, target: float | None, side: int | None
) -> None:
    found = short_of_goal(direction, 0.15, 40, likely, target)
    assert (found.side if found else None) == side


# What is told ----------------------------------------------------------------------------------------------


def alert(metric: str, strength: float, sort: Sort = Sort.TREND, side: int = 1) -> Alert:
    signal = Signal(How.LIMITS, side, 1, 1, 1, 1, 12, 0.01, strength)
    return Alert(sort, metric, metric, "", date(2026, 1, 5), date(2026, 1, 11), signal)


alerts = st.lists(st.builds(
    alert, st.sampled_from("abcd"), st.floats(0, 1), st.sampled_from(list(Sort)), st.sampled_from((-1, 1))
), max_size=12)  # fmt: skip


@given(alerts, alerts)
def test_at_most_two_are_told_the_strongest_and_none_twice(found: list[Alert], before: list[Alert]) -> None:
    told = to_tell(found, before)
    new = [one for one in found if one.news not in {each.news for each in before}]
    assert len(told) == min(MOST_A_WEEK, len({one.metric for one in new}))
    assert len({one.metric for one in told}) == len(told)
    if told:
        assert told[0].signal.strength == min(one.signal.strength for one in new)


WRONG_ORDER = [alert("a", 0.03), alert("b", 0.001), alert("c", 0.02)]


def test_a_list_cut_before_it_is_ordered_would_be_caught() -> None:
    """The broken twin: the first two in the order found."""
    assert [one.metric for one in to_tell(WRONG_ORDER, ())] == ["b", "c"] != [one.metric for one in WRONG_ORDER[:2]]


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(days, st.sets(days, max_size=30))
def test_the_person_is_shown_a_week_a_working_day_before_others(week: date, off: set[date]) -> None:
    ends_on = week - timedelta(days=week.weekday())
    own, others = (shown_from(ends_on, off, is_self=is_self) for is_self in (True, False))
    assert ends_on <= own < others
    for day in (own, others):
        assert day.weekday() < 5
        assert day not in off
    between = [own + timedelta(days=n) for n in range(1, (others - own).days)]
    assert all(day.weekday() >= 5 or day in off for day in between)


def test_days_of_showing(counted: Callable[[str, int], None]) -> None:
    christmas = {date(2026, 12, 25), date(2026, 12, 28)}
    cases = [
        (date(2026, 11, 2), set(), date(2026, 11, 2), date(2026, 11, 3)),
        (date(2026, 12, 28), christmas, date(2026, 12, 29), date(2026, 12, 30)),
        (date(2026, 11, 2), {date(2026, 11, 3)}, date(2026, 11, 2), date(2026, 11, 4)),
    ]
    for ends_on, off, own, others in cases:
        assert shown_from(ends_on, off, is_self=True) == own
        assert shown_from(ends_on, off, is_self=False) == others
    counted("days of showing compared", 2 * len(cases))


# In words --------------------------------------------------------------------------------------------------


def test_every_sentence_says_window_n_and_chance_in_neutral_words(counted: Callable[[str, int], None]) -> None:
    pack = read_installed_pack("sales")
    catalogue = build_written(read_blocks(pack.files), pack)
    dials, rate = catalogue["dials"], catalogue["closing_rate"]
    calendar = Calendar(1)
    week, month = calendar.parse("2026-W44"), calendar.parse("2026-10")
    limits, run = trend([*STEADY, *[50.0, 52] * 3, 50, 90]), trend([*STEADY, *[46.0, 47] * 4])
    far, short = apart(-2.4, 8, 16.5, 23), short_of_goal(Direction.UP, 0.14, 57, (0.08, 0.2), 0.25)
    assert limits is not None
    assert run is not None
    assert far is not None
    assert short is not None
    said = [
        trend_sentence(dials, limits, week), trend_sentence(dials, run, week),
        peer_sentence(rate, Kind.RATE, far, 60, week, ("seller", None, "24+")),
        peer_sentence(dials, Kind.COUNT, far, 60, week, ("seller", "Mid", "24+")),
        goal_sentence(rate, short, month, "USD"),
    ]  # fmt: skip
    for sentence in said:
        assert "1 week in" in sentence or "1 person in" in sentence or "1 time in" in sentence, sentence
        assert any(n in sentence for n in ("18 weeks before", "23 people", "57 cases")), sentence
        assert "2026" in sentence or "weeks in a row" in sentence, sentence
        assert not [word for word in FORBIDDEN if word in sentence], sentence
    counted("alerts read", len(said))
