"""The door to people's figures: one question and one set for every rule, and they never disagree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.records.hierarchy import Belonging, Hierarchy, Relation
from courtside.store import access
from courtside.store.access import Action, Decision, Role, Viewer, may, whom

GATES = ("random worlds in which the door agrees with itself", "leaking doors caught")

START = date(2026, 1, 1)
PEOPLE = tuple(f"P{n}" for n in range(8))
TEAMS = ("North", "South", "East")

spans = st.builds(
    lambda person, start, length, team, manager: Belonging(
        person, START + timedelta(days=start), None if length is None else START + timedelta(days=start + length),
        team, manager,
    ),
    st.sampled_from(PEOPLE), st.integers(0, 60), st.none() | st.integers(1, 60),
    st.none() | st.sampled_from(TEAMS), st.none() | st.sampled_from(PEOPLE),
)  # fmt: skip
worlds = st.lists(spans, max_size=16).map(lambda found: Hierarchy({person: person for person in PEOPLE}, found))
viewers = st.builds(
    lambda person, roles: Viewer(1, "somebody", "Somebody", person, frozenset(roles)),
    st.none() | st.sampled_from(PEOPLE), st.sets(st.sampled_from(list(Role))),
)  # fmt: skip
days = st.integers(0, 120).map(lambda n: START + timedelta(days=n))

Ask = Callable[[Viewer, Action, str, Hierarchy, date], Decision]


def disagreements(viewer: Viewer, world: Hierarchy, on: date, ask: Ask) -> list[tuple[Action, str]]:
    """Where the question about one subject and the set of all of them differ."""
    found = []
    for action in Action:
        allowed = whom(viewer, action, world, on)
        subjects = PEOPLE if action is Action.SEE_CARD else TEAMS
        found += [
            (action, one) for one in subjects if ask(viewer, action, one, world, on).is_allowed != (one in allowed)
        ]
    return found


def test_whom_one_may_see_is_everybody_one_may_see_on_random_worlds(counted: Callable[[str, int], None]) -> None:
    seen = []

    @settings(max_examples=400, database=None)
    @given(viewer=viewers, world=worlds, on=days)
    def hold(viewer: Viewer, world: Hierarchy, on: date) -> None:
        seen.append(1)
        assert disagreements(viewer, world, on, may) == []

    hold()
    counted("random worlds in which the door agrees with itself", len(seen))


def _peers_too(*asked: Any) -> Decision:
    viewer, action, subject, world, on = asked
    if action is Action.SEE_CARD and world.relation(viewer.person_id, subject, on) is Relation.PEER:
        return access.ALLOWED
    return may(*asked)


def _former_too(*asked: Any) -> Decision:
    viewer, action, subject, world, on = asked
    if action is Action.SEE_CARD and world.relation(viewer.person_id, subject, on) is Relation.FORMER:
        return access.ALLOWED
    return may(*asked)


def _small_teams_too(*asked: Any) -> Decision:
    viewer, action, subject, world, on = asked
    if action is Action.SEE_TEAM_TOTAL and Role.EXECUTIVE in viewer.roles and subject in world.teams(on):
        return access.ALLOWED
    return may(*asked)


def _team() -> Hierarchy:
    rows = [Belonging(person, START, None, "North", "P7") for person in PEOPLE[:3]]
    rows.append(Belonging("P3", START, START + timedelta(days=10), "North", "P6"))
    return Hierarchy({person: person for person in PEOPLE}, rows)


@pytest.mark.parametrize("leaking", [_peers_too, _former_too, _small_teams_too])
def test_a_door_that_leaks_is_caught(leaking: Ask, counted: Callable[[str, int], None]) -> None:
    caught = 0
    for person in (*PEOPLE, None):
        viewer = Viewer(1, "x", "X", person, frozenset({Role.EXECUTIVE}))
        for on in (START, START + timedelta(days=30)):
            caught += len(disagreements(viewer, _team(), on, leaking))
    assert caught
    counted("leaking doors caught", 1)


def test_a_move_between_teams_ends_what_the_former_manager_sees_from_that_day_on() -> None:
    moved = START + timedelta(days=20)
    world = Hierarchy(
        {"Rae": "Rae"},
        [Belonging("Rae", START, moved, "North", "Maya"), Belonging("Rae", moved, None, "South", "Gus")],
    )
    maya, gus = (Viewer(1, name, name, name, frozenset()) for name in ("Maya", "Gus"))
    before = moved - timedelta(days=1)
    assert may(maya, Action.SEE_CARD, "Rae", world, before).is_allowed
    assert not may(maya, Action.SEE_CARD, "Rae", world, moved).is_allowed
    assert not may(gus, Action.SEE_CARD, "Rae", world, before).is_allowed
    assert may(gus, Action.SEE_CARD, "Rae", world, moved).is_allowed


def test_looks_of_those_further_up_go_into_the_log_and_the_direct_managers_do_not() -> None:
    world = Hierarchy(
        {"Rae": "Rae"},
        [Belonging("Rae", START, None, "North", "Maya"), Belonging("Maya", START, None, "North", "Gwen")],
    )
    decisions = {
        name: may(Viewer(1, name, name, name, frozenset()), Action.SEE_CARD, "Rae", world, START)
        for name in ("Rae", "Maya", "Gwen")
    }
    assert [decisions[name].is_logged for name in ("Rae", "Maya", "Gwen")] == [False, False, True]


def test_no_duty_alone_opens_a_persons_figures() -> None:
    everything = Viewer(1, "x", "X", None, frozenset(Role))
    assert whom(everything, Action.SEE_CARD, _team(), START) == frozenset()


def test_a_circle_of_managers_ends() -> None:
    circle = Hierarchy({}, [Belonging("A", START, None, "N", "B"), Belonging("B", START, None, "N", "A")])
    assert circle.above("A", START) == {"B"}
    assert circle.led_by("A", START) == {"B"}


def test_no_total_is_left_over_for_a_small_team_when_the_others_are_taken_from_the_firms() -> None:
    sizes = {"Small": 3, "Middle": 6, "Large": 9}
    rows = [Belonging(f"{team}{n}", START, None, team, None) for team, size in sizes.items() for n in range(size)]
    names = {row.person_id: row.person_id for row in rows}
    boss = Viewer(1, "boss", "Boss", None, frozenset({Role.EXECUTIVE}))
    assert whom(boss, Action.SEE_TEAM_TOTAL, Hierarchy(names, rows), START) == {"Large"}
    without = Hierarchy(names, [row for row in rows if row.team != "Small"])
    assert whom(boss, Action.SEE_TEAM_TOTAL, without, START) == {"Middle", "Large"}
    two = [*rows, *(Belonging(f"Tiny{n}", START, None, "Tiny", None) for n in range(2))]
    assert whom(boss, Action.SEE_TEAM_TOTAL, Hierarchy(names, two), START) == {"Middle", "Large"}, "five together"
    one = [row for row in two if row.person_id != "Tiny1"]
    assert whom(boss, Action.SEE_TEAM_TOTAL, Hierarchy(names, one), START) == {"Large"}, "four together"
