"""The people: teams and roles, when they came, left and were away, where they belonged, and what they are like."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from courtside.simulate.horizon import REGIONS, Horizon
from courtside.simulate.presence import Axis, axis
from courtside.simulate.setting import Setting
from courtside.simulate.stories import Cast, Layout, Traits, cast, changed, leaking
from courtside.simulate.streams import stream

SEGMENTS = ("commercial", "professional")
_TEAM_SIZE = 8
_SELLERS_SHARE = 4 / 7
_JOINERS, _LEAVERS = 0.08, 0.05
_YEAR, _WORKING_DAYS = 365, 4
_SENIORITY = ((2, "junior"), (6, "senior"), (math.inf, "principal"))


@dataclass(frozen=True, slots=True)
class Belonging:
    """A team from a day on; until a day (included) if there is a next one."""

    first: int
    last: int | None
    team: int


@dataclass(frozen=True, slots=True)
class Absence:
    """Days away, both included."""

    first: int
    last: int
    kind: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the firm."""

    number: int
    role: str
    hired: int
    left: int | None
    belongings: tuple[Belonging, ...]
    absences: tuple[Absence, ...]
    traits: Traits

    @property
    def team(self) -> int:
        """The team they began in."""
        return self.belongings[0].team

    def works_at(self, first: int, last: int) -> bool:
        """Whether they are employed on all those days."""
        return self.hired <= first and (self.left is None or last <= self.left)


class Roster:
    """Everybody, drawn from the seed: each person from streams of their own."""

    def __init__(self, setting: Setting, horizon: Horizon) -> None:
        self._setting, self._horizon = setting, horizon
        self.starts = _team_starts(setting.people)
        """The number of the first person of each team, who manages it, and one past the last person."""

    @cached_property
    def cast(self) -> Cast:
        """Who plays which story."""
        teams = range(self.teams)
        sellers = [self._numbers(team, "seller") for team in teams]
        return cast(self._setting, self._horizon, Layout(sellers, [self._numbers(team, "recruiter") for team in teams]))

    @property
    def teams(self) -> int:
        """How many teams there are."""
        return len(self.starts) - 1

    def manager(self, team: int) -> int:
        """The number of a team's manager."""
        return self.starts[team]

    def segment(self, team: int) -> str:
        """The segment a team serves."""
        return SEGMENTS[team % len(SEGMENTS)]

    def region(self, team: int) -> str:
        """The region a team is in."""
        return REGIONS[team % len(REGIONS)]

    def team(self, team: int) -> tuple[Person, ...]:
        """The people of a team, its manager first."""
        return tuple(self._person(number, team) for number in range(self.starts[team], self.starts[team + 1]))

    def axis(self, person: Person) -> Axis:
        """The days a person was there to work, by the holidays of where they were."""
        works = np.zeros(len(self._horizon.calendar), np.bool_)
        for belonging in person.belongings:
            first = max(belonging.first, 0)
            end = len(works) if belonging.last is None else belonging.last + 1
            works[first:end] = self._horizon.is_working(self.region(belonging.team))[first:end]
        return axis(self._horizon, works, [(a.first, a.last) for a in person.absences], person.left)

    def seniority(self, person: Person) -> str:
        """By years of employment at the end."""
        years = (self._horizon.days - person.hired) / _YEAR
        return next(name for limit, name in _SENIORITY if years < limit)

    def _role(self, number: int, team: int) -> str:
        place, size = number - self.starts[team], self.starts[team + 1] - self.starts[team]
        if place == 0:
            return "manager"
        return "seller" if place <= round((size - 1) * _SELLERS_SHARE) else "recruiter"

    def _numbers(self, team: int, role: str) -> list[int]:
        return [n for n in range(self.starts[team], self.starts[team + 1]) if self._role(n, team) == role]

    def _person(self, number: int, team: int) -> Person:
        role, story = self._role(number, team), self.cast.of(number)
        player = self.cast.players.get(number)
        hired, left = self._employment(number, may_change=player is None and role != "manager")
        absences = self._absences(number)
        if story and story.name == "ramping":
            hired = story.first
        if story and story.name == "leave":
            absences = (*absences, Absence(story.first, story.last, "leave"))
        belongings: tuple[Belonging, ...] = (Belonging(hired, None, team),)
        if story and story.to_team is not None:
            belongings = (Belonging(hired, story.first - 1, team), Belonging(story.first, None, story.to_team))
        own = self._traits(number) if player is None else Traits(has_customers=player != "ramping")
        traits = leaking(changed(own, story), self.cast.told("leak"), team)
        there = tuple(a for a in absences if hired <= a.first and (left is None or a.last <= left))
        return Person(number, role, hired, left, belongings, there, traits)

    def _employment(self, number: int, *, may_change: bool) -> tuple[int, int | None]:
        """When somebody came and left: most were there before the first day and stay."""
        rng, horizon = stream(self._setting.seed, "employment", number), self._horizon
        years = min(1 + 2.5 * math.exp(0.8 * rng.standard_normal()), 25.0)
        joins, leaves, share = rng.random(3)
        if may_change and joins < _JOINERS:
            return horizon.monday(horizon.at_share(0.02 + 0.38 * share)), None
        left = (
            horizon.monday(horizon.at_share(0.5 + 0.45 * share)) + _WORKING_DAYS
            if may_change and leaves < _LEAVERS
            else None
        )
        return -round(years * _YEAR), left

    def _traits(self, number: int) -> Traits:
        """What an ordinary person is like; the mean of everything is the benchmark."""
        rng = stream(self._setting.seed, "traits", number)
        skill, persistence, effort, next_step, care, service, diligence = rng.standard_normal(7)
        return Traits(
            skill=float(np.clip(1 + 0.15 * skill, 0.75, 1.3)),
            persistence=float(np.clip(0.8 + 0.03 * persistence, 0.7, 0.9)),
            effort=float(np.exp(0.12 * effort - 0.0072)),
            next_step=float(np.clip(0.4 + 0.07 * next_step, 0.2, 0.65)),
            care=float(np.exp(0.25 * care - 0.031)),
            service=float(0.4 * service),
            diligence=float(np.clip(0.6 + 0.15 * diligence, 0.2, 0.95)),
        )

    def _absences(self, number: int) -> tuple[Absence, ...]:
        """Holidays of a week or two, some days of illness and training; none overlap."""
        rng, days = stream(self._setting.seed, "absences", number), self._horizon.days
        found: list[Absence] = []
        years = days / _YEAR
        wanted = [("vacation", 7, 3), ("vacation", 14, 1), ("sick", 2, 2.5), ("training", 2, 0.8)]
        for kind, length, a_year in wanted:
            for start in rng.integers(0, days, rng.poisson(a_year * years)):
                first = self._horizon.monday(int(start)) + (0 if kind == "vacation" else int(start) % _WORKING_DAYS)
                new = Absence(first, first + length - 1 - 2 * (kind == "vacation"), kind)
                if all(new.last < old.first or old.last < new.first for old in found):
                    found.append(new)
        return tuple(sorted(found, key=lambda absence: absence.first))


def _team_starts(people: int) -> list[int]:
    """Where each team begins, counting people from 1; the last entry is one past the last person."""
    teams = people // _TEAM_SIZE
    return [1 + people * team // teams for team in range(teams + 1)]
