"""A rule on the past: whom it would have named, when first, who came back unaided, and how much of it is chance.

Every look is one day of the past as it was known then. Pure: it takes what was found at each look and counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from courtside.analysis.statistics.shrinkage import SLACK
from courtside.rules.evaluation import Evaluation
from courtside.rules.rule import Level

LATER = timedelta(weeks=12)
"""When it is looked again whether somebody came back unaided."""
A_YEAR = 365.25
SPLITS = ("role", "tenure", "region", "team")
"""By what a replay is split."""
Aided = Callable[[str, date, date], bool]
"""Whether somebody had any plan between two days."""


@dataclass(frozen=True, slots=True)
class Firing:
    """The first look at which a rule holds for somebody, after one at which it did not."""

    on: date
    person: str
    verdict: str
    evidence: float | None
    recovered_unaided: bool | None
    """None while the look twelve weeks later is still to come, and where there was a plan meanwhile."""


@dataclass(frozen=True, slots=True)
class Split:
    """How many of those looked at in one group were ever named."""

    dimension: str
    group: str
    named: int
    people: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a rule would have found over a stretch of the past."""

    firings: tuple[Firing, ...]
    looks: int
    people: int
    person_years: float
    splits: tuple[Split, ...]

    @property
    def named(self) -> frozenset[str]:
        """Everybody named at least once."""
        return frozenset(one.person for one in self.firings)

    @property
    def flags_per_person_year(self) -> float | None:
        """Namings a person-year looked at; None where nobody was looked at."""
        return len(self.firings) / self.person_years if self.person_years else None

    @property
    def recovered(self) -> tuple[int, int]:
        """How many came back unaided within twelve weeks, of how many of whom that is known."""
        known = [one.recovered_unaided for one in self.firings if one.recovered_unaided is not None]
        return sum(known), len(known)


def no_plans(_person: str, _first: date, _last: date) -> bool:
    """Nobody had a plan."""
    return False


def replayed(looks: Mapping[date, Sequence[Evaluation]], until: date, aided: Aided = no_plans) -> Replayed:
    """What was found at each look, counted. Looks after `until` only tell who came back."""
    days = sorted(looks)
    within = [day for day in days if day <= until]
    by_person = _by_person(looks)
    firings = sorted(
        (_told(one, looks, days, aided) for own in by_person.values() for one in _first(own, until)),
        key=lambda one: (one.on, one.person),
    )  # fmt: skip
    looked = sum(_has_reference(one) for day in within for one in looks[day])
    between = (within[-1] - within[0]).days / (len(within) - 1) if len(within) > 1 else A_YEAR / 12
    seen = {one.subject: one for day in within for one in looks[day]}
    with_figures = sum(any(map(_has_reference, looks[day])) for day in within)
    return Replayed(
        tuple(firings), with_figures, len(seen), looked * between / A_YEAR,
        tuple(_splits(seen, {one.person for one in firings})),
    )  # fmt: skip


def _has_reference(one: Evaluation) -> bool:
    """Whether there is anything to judge somebody by: other looks are no time in which they could have been named."""
    return one.inputs["figure"]["reference"] is not None and one.inputs["figure"]["value"] is not None


def _by_person(looks: Mapping[date, Sequence[Evaluation]]) -> Mapping[str, Sequence[Evaluation]]:
    found: dict[str, list[Evaluation]] = defaultdict(list)
    for day in sorted(looks):
        for one in looks[day]:
            found[one.subject].append(one)
    return found


def _first(own: Sequence[Evaluation], until: date) -> Iterator[Evaluation]:
    """Where it begins to hold."""
    before = False
    for one in own:
        if one.holds and not before and one.on <= until:
            yield one
        before = one.holds


def _told(
    one: Evaluation, looks: Mapping[date, Sequence[Evaluation]], days: Sequence[date], aided: Aided
) -> Firing:  # fmt: skip
    later = next((day for day in days if day - one.on >= LATER), None)
    then = next((each for each in looks[later] if each.subject == one.subject), None) if later else None
    is_known = then is not None and later is not None and not aided(one.subject, one.on, later)
    return Firing(one.on, one.subject, one.verdict, one.evidence, _came_back(then) if is_known and then else None)


def _came_back(then: Evaluation) -> bool:
    """Whether the rule holds no more and the window's own figure is not short any more."""
    figure, is_down = then.inputs["figure"], then.inputs["rule"]["is_down"]
    value, reference = figure["value"], figure["reference"]
    if then.holds or value is None or reference is None:
        return False
    return bool(value <= reference / SLACK if is_down else value >= SLACK * reference)


def _splits(seen: Mapping[str, Evaluation], named: set[str]) -> Iterator[Split]:
    """By role, tenure, region and team as they were when last looked at; who has none is a group too."""
    for dimension in SPLITS:
        people: dict[str, set[str]] = defaultdict(set)
        for person, one in seen.items():
            people[str(one.inputs["like"].get(dimension) or "not stated")].add(person)
        for group in sorted(people):
            yield Split(dimension, group, len(people[group] & named), len(people[group]))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rules on the same past: whom only one of them names."""

    both: int
    only_new: int
    only_old: int


def compared(new: Replayed, old: Replayed) -> Comparison:
    """A rule beside the one in force."""
    return Comparison(len(new.named & old.named), len(new.named - old.named), len(old.named - new.named))


@dataclass(frozen=True, slots=True)
class Cell:
    """One window and level of the strip: how many would have been named, and how often by chance."""

    window: str
    level: Level
    is_rule: bool
    firings: int
    people: int
    by_chance: float | None


def expected_by_chance(false_alarm_rate: float | None, found: Replayed) -> float | None:
    """The share of the namings that chance would make, were everybody at target; at most 1. None without namings."""
    if not found.firings or false_alarm_rate is None:
        return None
    return min(false_alarm_rate * found.person_years / len(found.firings), 1.0)


def summary(found: Replayed, false_alarm_rate: float | None) -> dict[str, Any]:
    """The figures of a replay as plain data."""
    recovered, known = found.recovered
    return {
        "looks": found.looks, "people": found.people, "person_years": found.person_years,
        "flags": len(found.firings), "named": len(found.named),
        "flags_per_person_year": found.flags_per_person_year, "false_alarm_rate_by_chance": false_alarm_rate,
        "expected_by_chance": expected_by_chance(false_alarm_rate, found),
        "recovered_unaided": recovered, "recovery_known": known,
        "first_on": found.firings[0].on.isoformat() if found.firings else None,
    }  # fmt: skip
