"""Golden headlines: at most two sentences, at most one thing to work on; and where a figure lies among peers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from courtside.analysis.cards.headline import Told, headline
from courtside.analysis.cards.place import normal_range, place_among
from courtside.metrics.metric import Direction, Unit

GATES = ("golden headlines compared",)

DIALS = Told("Dials", Unit.COUNT, Direction.UP, "as_expected", "not_separable", 212, 200)
FOLLOW = Told("Follow-ups per contact", Unit.RATIO, Direction.UP, "watch", "below", 2.1, 3)
MEETINGS = Told("Meetings held", Unit.COUNT, Direction.UP, "as_expected", "above", 19, None)
WINS = Told("Win %", Unit.PERCENT, Direction.UP, "too_early", "not_separable", 0.28, 0.25)
CANCELLED = Told("Cancellation %", Unit.PERCENT, Direction.DOWN, "as_expected", "above", 0.31, 0.1)
LEADS = Told("New leads", Unit.COUNT, Direction.UP, "as_expected", "below", 4, None, is_input=True)
REVENUE = Told("Revenue", Unit.MONEY, Direction.UP, "watch", "not_separable", 71_250, 100_000, currency="USD")

GOLDEN = {
    "one thing to work on beside one that goes well": (
        (DIALS, FOLLOW, MEETINGS),
        "Meetings held: 19, clearly above peers. Look at follow-ups per contact first: 2.1, clearly below the target "
        "of 3.",
    ),
    "the cause is named before the result": (
        (DIALS, FOLLOW, REVENUE),
        "Look at follow-ups per contact first: 2.1, clearly below the target of 3.",
    ),
    "likely short, though the range still holds the target": (
        (DIALS, REVENUE),
        "Look at revenue first: USD 71,200, likely below the target of USD 100,000.",
    ),
    "a verdict of a longer period says which": (
        (replace(FOLLOW, judged_over="2026-H1", position="not_separable"),),
        "Look at follow-ups per contact first: over 2026-H1 likely below the target of 3.",
    ),
    "high is not good where low is better": (
        (DIALS, CANCELLED),
        "Look at cancellation % first: 31 %, clearly above the target of 10 %.",
    ),
    "what is handed to somebody is nothing to work on": (
        (LEADS, DIALS),
        "Nothing here is clearly different from what is asked for or from peers. "
        "Too close to call is a finding too: what differs lies within what chance does.",
    ),
    "nothing differs and some is early": (
        (DIALS, WINS),
        "Nothing here is clearly different from what is asked for or from peers. "
        "For 1 of the 2 figures it is too early to tell.",
    ),
    "all is well": (
        (DIALS, MEETINGS),
        "Meetings held: 19, clearly above peers. Nothing here calls for a closer look.",
    ),
    "all is early": (
        (WINS,),
        "It is too early to tell anything from this period. A longer period, or more cases, will say more.",
    ),
    "nothing is recorded": (
        (replace(DIALS, value=None, verdict="too_early"),),
        "Nothing is recorded for this period, which is not the same as nothing done.",
    ),
    "no lines at all": ((), "Nothing is recorded for this period, which is not the same as nothing done."),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_same_lines_always_give_the_same_headline(name: str, counted) -> None:
    lines, expected = GOLDEN[name]
    told = headline(lines)
    assert " ".join(told) == expected
    assert len(told) <= 2
    assert sum(sentence.startswith("Look at") for sentence in told) <= 1
    counted("golden headlines compared", 1)


def test_a_place_among_peers_counts_who_lies_below_and_how_far_that_could_be_off() -> None:
    peers = [float(number) for number in range(10, 20)]
    found = place_among(14.5, (12.5, 17.5), peers)
    assert found is not None
    assert (round(found.at), round(found.low), round(found.high), found.peers) == (50, 27, 82, 10)


def test_the_lowest_of_all_is_not_said_to_be_below_everybody_for_sure() -> None:
    found = place_among(1.0, (0.5, 1.5), [float(number) for number in range(2, 10)])
    assert found is not None
    assert (round(found.at), round(found.low), round(found.high)) == (6, 0, 11)


def test_with_seven_peers_there_is_no_place_and_with_eight_there_is() -> None:
    assert place_among(1.0, None, [1.0] * 7) is None
    assert place_among(1.0, None, [1.0] * 8) is not None


def test_without_a_likely_range_a_place_could_be_anywhere() -> None:
    found = place_among(1.0, None, [0.0] * 8)
    assert found is not None
    assert (found.low, found.high) == (0.0, 100.0)


def test_the_normal_range_is_that_of_the_published_example() -> None:
    """NIST/SEMATECH e-Handbook, section 6.3, flow rates."""
    found = normal_range([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert found == pytest.approx((45.8159, 55.8041), abs=0.001)


def test_a_normal_range_needs_six_periods_and_passes_over_gaps() -> None:
    assert normal_range([1.0, 2.0, 1.0, 2.0, 1.0]) is None
    assert normal_range([1.0, None, 2.0, 1.0, None, 2.0, 1.0, 2.0]) == normal_range([1.0, 2.0, 1.0, 2.0, 1.0, 2.0])


def test_a_count_never_has_a_normal_range_below_nothing() -> None:
    found = normal_range([0.0, 9.0, 0.0, 9.0, 0.0, 9.0])
    assert found is not None
    assert found[0] == 0.0
    signed = normal_range([0.0, 9.0, 0.0, 9.0, 0.0, 9.0], is_signed=True)
    assert signed is not None
    assert signed[0] < 0
