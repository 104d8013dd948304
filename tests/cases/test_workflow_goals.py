"""Goals: which of them could decide anything, and what is found of them at the end."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from courtside.analysis.statistics.intervals import exact_poisson
from courtside.metrics.metric import Direction, Rung, Unit
from courtside.workflow.events import Met
from courtside.workflow.goals import (
    ENOUGH,
    Proposed,
    check_goal,
    count_range,
    judge_count,
    judge_rate,
)

GATES = ("goals checked against worked numbers", "simulated ends of plans")


def thought_of(due: float, days: int = 60, share: float | None = 0.64, phi: float = 1.0) -> Proposed:
    """A goal on meetings held."""
    return Proposed(
        "meetings_held", "Meetings held", Rung.ACTIVITY, Unit.COUNT, Direction.UP, due, due, phi, share, days
    )  # fmt: skip


def test_goals_as_the_methods_work_them(counted: Callable[[str, int], None]) -> None:
    meetings = check_goal(thought_of(60 * 8 / 7))
    assert meetings.is_fine
    assert meetings.warnings == ()
    placements = check_goal(thought_of(4))
    assert placements.needed == 64
    assert placements.days_needed == 960
    assert placements.refusals == (
        "60 days bring about 4 events (meetings held); below 64 the end would be a toss of a coin. "
        "960 days would be enough.",
    )
    assert check_goal(thought_of(64.0)).is_fine
    assert not check_goal(thought_of(63.9)).is_fine
    assert not check_goal(thought_of(127.9, phi=2.0)).is_fine
    assert check_goal(thought_of(128.0, phi=2.0)).is_fine
    counted("goals checked against worked numbers", 6)


def test_a_goal_is_in_the_persons_hands_and_within_reach(counted: Callable[[str, int], None]) -> None:
    fine = thought_of(100)
    for rung in (Rung.RESULT, Rung.INPUT):
        assert "in the person's own hands" in check_goal(_with(fine, rung=rung)).refusals[0]
    assert "counted in money" in check_goal(_with(fine, unit=Unit.MONEY)).refusals[0]
    assert "None of the peers" in check_goal(_with(fine, share_of_peers=0.0)).refusals[0]
    few = check_goal(_with(fine, share_of_peers=0.12))
    assert few.is_fine
    assert few.warnings == ("Only 12 % of the peers sustained this.",)
    assert check_goal(_with(fine, share_of_peers=None)).warnings == ("It is not known how many peers sustained this.",)
    every = check_goal(_with(fine, unit=Unit.PERCENT, target=1.0))
    assert every.refusals == ("No number of cases tells a shortfall from 100 % of them from chance.",)
    # a rate is told from chance as well as 64 events are: 271 cases at 20 % (METHODS 1.5)
    rate = _with(fine, unit=Unit.PERCENT, target=0.2, due_events=270.0)
    assert not check_goal(rate).is_fine
    assert check_goal(_with(rate, due_events=271.0)).is_fine
    counted("goals checked against worked numbers", 8)


def _with(goal: Proposed, **changes: object) -> Proposed:
    from dataclasses import replace

    return replace(goal, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [(69, Met.MET), (68, Met.CANNOT_TELL), (62, Met.CANNOT_TELL), (50, Met.NOT_MET), (0, Met.NOT_MET)],
)
def test_a_count_at_the_end(seen: int, verdict: Met, counted: Callable[[str, int], None]) -> None:
    found = judge_count("Meetings held", seen, 68.57, 1.0, Direction.UP)
    assert found.verdict is verdict
    assert found.low <= seen <= found.high
    assert (found.value, found.n, found.target) == (seen, seen, 68.57)
    counted("goals checked against worked numbers", 1)


def test_sentences_say_value_number_range_and_target() -> None:
    assert judge_count("Meetings held", 62, 69, 1.0, Direction.UP).sentence == (
        "Meetings held: 62, with 69 due; chance alone could have made it 50 to 77. "
        "It cannot be told whether the goal is met."
    )
    assert judge_count("Meetings held", 50, 69, 1.0, Direction.UP).sentence == (
        "Meetings held: 50, with 69 due; chance alone could have made it 39 to 63, which does not reach it. "
        "The goal is not met."
    )
    assert judge_count("Meetings held", 70, 69, 1.0, Direction.UP).sentence == (
        "Meetings held: 70, with 69 due. The goal is met."
    )
    assert judge_rate("Follow-ups kept", 160, 200, 0.85, Direction.UP).sentence == (
        "Follow-ups kept: 160 of 200 is 80 %, with 85 % as the target; chance alone could have made it 75 % to 84 %, "
        "which does not reach it. The goal is not met."
    )


def test_the_same_the_other_way_round_where_lower_is_better() -> None:
    assert judge_count("Complaints", 60, 69, 1.0, Direction.DOWN).verdict is Met.MET
    assert judge_count("Complaints", 75, 69, 1.0, Direction.DOWN).verdict is Met.CANNOT_TELL
    assert judge_count("Complaints", 95, 69, 1.0, Direction.DOWN).verdict is Met.NOT_MET
    assert judge_rate("No-shows", 60, 200, 0.2, Direction.DOWN).verdict is Met.NOT_MET
    assert judge_rate("No-shows", 44, 200, 0.2, Direction.DOWN).verdict is Met.CANNOT_TELL
    assert judge_rate("No-shows", 40, 200, 0.2, Direction.DOWN).verdict is Met.MET


def test_too_little_to_judge_by_is_held_against_nobody() -> None:
    assert judge_count("Placements", 0, 4, 1.0, Direction.UP).verdict is Met.CANNOT_TELL
    assert judge_count("Meetings held", 0, 0, 1.0, Direction.UP).verdict is Met.CANNOT_TELL
    assert judge_count("Meetings held", 4, 30, 2.0, Direction.UP).verdict is Met.CANNOT_TELL
    assert judge_rate("Follow-ups", 0, 20, 0.85, Direction.UP).verdict is Met.CANNOT_TELL
    assert judge_rate("Follow-ups", 0, 0, 0.85, Direction.UP).verdict is Met.CANNOT_TELL
    # but what reaches the target, reaches it
    assert judge_count("Placements", 4, 4, 1.0, Direction.UP).verdict is Met.MET


def test_ranges_are_the_published_ones_and_wider_for_counts_in_bursts() -> None:
    low, high = count_range(10)
    assert (round(low, 6), round(high, 6)) == (5.425406, 16.962219)
    for seen in (0, 1, 7, 64, 300):
        exact = exact_poisson(seen, 0.9)
        assert count_range(seen) == (float(exact.low), float(exact.high))
        almost = count_range(seen, 1.0001)
        assert almost == pytest.approx((float(exact.low), float(exact.high)), rel=2e-3, abs=2e-3)
        wide = count_range(seen, 2.5)
        assert wide[1] > almost[1]
        assert seen == 1 or wide[0] <= almost[0]


def test_a_plan_large_enough_is_no_toss_of_a_coin(counted: Callable[[str, int], None]) -> None:
    """At 64 events due: somebody at target is rarely wronged, and somebody 30 % below is mostly found."""
    draw = random.Random(64)
    rounds = 4_000
    at_target = [_end(draw, ENOUGH) for _ in range(rounds)]
    below = [_end(draw, 0.7 * ENOUGH) for _ in range(rounds)]
    assert at_target.count(Met.NOT_MET) / rounds <= 0.05
    assert below.count(Met.NOT_MET) / rounds >= 0.75
    assert below.count(Met.MET) / rounds <= 0.01
    counted("simulated ends of plans", 2 * rounds)


_KNOWN: dict[int, Met] = {}


def _end(draw: random.Random, mean: float) -> Met:
    """What would be found of somebody whose events come at random with that mean."""
    seen, left = -1, mean
    while left > 0:
        left -= draw.expovariate(1.0)
        seen += 1
    if seen not in _KNOWN:
        _KNOWN[seen] = judge_count("Meetings held", seen, ENOUGH, 1.0, Direction.UP).verdict
    return _KNOWN[seen]
