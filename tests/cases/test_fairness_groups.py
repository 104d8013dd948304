"""Small groups cannot be worked out from what is shown, and the file HR keeps is read whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from courtside.analysis.fairness.groups import UnreadableGroups, read_groups
from courtside.analysis.fairness.suppression import LEAST, OTHER, gives_away, publishable

GATES = (
    "pairs of published groups subtracted, nobody isolated",
    "firms whose naive cuts give people away, caught",
    "unreadable files of groups refused with their place",
)
Counted = Callable[[str, int], None]
Sets = list[frozenset[str]]


def _firm(rng: np.random.Generator, people: int) -> dict[str, dict[str, str]]:
    """Groupings that hang together as teams, managers and regions do: a region is mostly made of whole teams."""
    team = rng.integers(0, max(people // 8, 2), people)
    region = np.where(rng.random(people) < 0.04, rng.integers(0, 3, people), team % 3)
    manager = np.where(rng.random(people) < 0.03, rng.integers(0, 9, people), team)
    drawn = {"team": team, "region": region, "manager": manager, "tenure": rng.integers(0, 4, people)}
    return {name: {f"p{n}": f"{name}{value}" for n, value in enumerate(of)} for name, of in drawn.items()}


def _isolated(sets: Sets) -> list[frozenset[str]]:
    """Every set of fewer than 5 that one set leaves of another, or of two put together: the attacker's way."""
    found = []
    wholes = [*sets, *(a | b for a, b in combinations(sets, 2) if not a & b)]
    for whole in wholes:
        for part in wholes:
            if part < whole and len(whole - part) < LEAST:
                found.append(whole - part)
    return found


def test_no_two_published_groups_leave_fewer_than_five_people(counted: Counted) -> None:
    """TRUST row 12: subtraction of random pairs (and of pairs of unions) of all that is shown of 60 firms."""
    rng, pairs, naive = np.random.default_rng(12), 0, 0
    for _ in range(60):
        groups = _firm(rng, int(rng.integers(20, 90)))
        people = frozenset(groups["team"])
        shown = publishable(groups, people)
        sets = [people, *(members for cut in shown.cuts.values() for members in cut.values())]
        assert all(len(one) >= LEAST for one in sets)
        assert _isolated(sets) == []
        pairs += len(sets) * (len(sets) - 1)
        naive += bool(_isolated(_large_enough_alone(groups, people)))
    assert pairs >= 10_000
    counted("pairs of published groups subtracted, nobody isolated", pairs)
    counted("firms whose naive cuts give people away, caught", naive)
    assert naive > 30


def _large_enough_alone(groups: dict[str, dict[str, str]], people: frozenset[str]) -> Sets:
    """The broken twin: every group of 5 and more, whatever is left over beside it."""
    sets = [people]
    for of in groups.values():
        for label in set(of.values()):
            members = frozenset(person for person in people if of[person] == label)
            if len(members) >= LEAST:
                sets.append(members)
    return sets


def test_the_check_finds_what_takes_more_than_one_subtraction() -> None:
    """Everybody less three groups, by sums: somebody in none of them; and people whom only sums of four show."""
    people = [f"p{n}" for n in range(41)]
    thirds = [frozenset(people[0:14]), frozenset(people[14:27]), frozenset(people[27:40])]
    assert gives_away([frozenset(people), *thirds])
    assert not gives_away([frozenset(people), *thirds[:2]])
    crossing = [frozenset(people[:20]), frozenset(people[20:]), frozenset(people[:10] + people[20:33])]
    assert not gives_away(crossing)
    assert gives_away([*crossing, frozenset(people[:10] + people[20:31])])


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    of = {f"p{n}": "A" if n < 30 else "B" if n < 42 else "C" for n in range(45)}
    shown = publishable({"place": of}, of.keys())
    assert {label: len(members) for label, members in shown.cuts["place"].items()} == {"A": 30, OTHER: 15}
    assert [(one.grouping, one.groups, one.is_whole) for one in shown.withheld] == [("place", 2, False)]


def test_two_groups_one_of_them_small_are_not_shown_at_all() -> None:
    of = {f"p{n}": "A" if n < 30 else "B" for n in range(33)}
    shown = publishable({"place": of}, of.keys())
    assert shown.cuts == {}
    assert [(one.grouping, one.is_whole) for one in shown.withheld] == [("place", True)]


def test_those_who_are_in_no_group_cannot_be_worked_out_either() -> None:
    of = {f"p{n}": "A" if n < 20 else "B" for n in range(38)}
    people = {*of, "x1", "x2"}
    shown = publishable({"place": of}, people)
    assert _isolated([frozenset(people), *shown.cuts.get("place", {}).values()]) == []


def _written(folder: Path, text: str) -> Path:
    path = folder / "groups.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_groups_are_read_by_person(tmp_path: Path) -> None:
    path = _written(tmp_path, "person_id;location;hours\nann;North;part\nbob;;full\n")
    assert read_groups(path, {"ann", "bob"}) == {"location": {"ann": "North"}, "hours": {"ann": "part", "bob": "full"}}


FAULTS = {
    "nobody knows them": (
        "person_id,location\nan,North\n",
        "groups.csv:2:1: 'an' nobody in the records has this id; nearest: ann",
    ),
    "twice": ("person_id,location\nann,North\nann,South\n", "groups.csv:3:1: 'ann' this person is on line 2 already"),
    "no person": ("person_id,location\n,North\n", "groups.csv:2:1: '' nobody is named"),
    "no column of people": ("who,location\nann,North\n", "groups.csv:1:1: 'who' no column is called person_id"),
    "no grouping": ("person_id\nann\n", "groups.csv:1:1: there is no grouping"),
    "a name twice": ("person_id,hours,hours\nann,a,b\n", "groups.csv:1:3: 'hours' a column before has this name too"),
    "no name": ("person_id,\nann,a\n", "groups.csv:1:2: '' this column has no name"),
    "from the records": ("person_id,Team\nann,a\n", "groups.csv:1:2: 'Team' this is taken from the records"),
    "a row too short": (
        "person_id,hours,place\nann,a\n",
        "groups.csv:2:2: this row has 2 cells where the header has 3",
    ),
    "a row too long": ("person_id,hours\nann,a,b\n", "groups.csv:2:2: this row has 3 cells where the header has 2"),
    "too long a name": (f"person_id,hours\nann,{'x' * 81}\n", f"groups.csv:2:2: '{'x' * 80}' a group's name may have"),
    "unprintable": ("person_id,hours\nann,a\x07b\n", "groups.csv:2:2: 'a\\x07b' this holds characters"),
    "nobody": ("person_id,hours\n", "groups.csv:1:1: nobody is in this file"),
    "empty": ("", "groups.csv:1:1: the file holds nothing"),
    "an open quote": ('person_id,hours\nann,"a\n', "groups.csv:2:1: a quotation mark opens on this line"),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_file_with_a_fault_is_refused_with_its_place(name: str, tmp_path: Path, counted: Counted) -> None:
    text, said = FAULTS[name]
    with pytest.raises(UnreadableGroups) as refused:
        read_groups(_written(tmp_path, text), {"ann", "bob"})
    assert any(line.startswith(said) for line in refused.value.lines), refused.value.lines
    counted("unreadable files of groups refused with their place", 1)


def test_a_file_that_is_not_utf8_or_not_there_is_refused(tmp_path: Path, counted: Counted) -> None:
    path = tmp_path / "groups.csv"
    path.write_bytes("person_id,hours\nann,Teilzeit für\n".encode("latin-1"))
    with pytest.raises(UnreadableGroups, match=r"groups.csv:2:1: 'byte 0xfc' this is not UTF-8"):
        read_groups(path)
    with pytest.raises(UnreadableGroups, match=r"gone.csv:1:1: "):
        read_groups(tmp_path / "gone.csv")
    counted("unreadable files of groups refused with their place", 2)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = _written(tmp_path, "person_id,hours\n,a\nann,b\nann,c\nzed,d\n")
    with pytest.raises(UnreadableGroups) as refused:
        read_groups(path, {"ann"})
    assert [line.split(":")[1] for line in refused.value.lines] == ["2", "4", "5"]
