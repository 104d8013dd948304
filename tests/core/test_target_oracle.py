"""Targets against a slow reckoning that walks every day on its own, straight from the words of DATA.md section 4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counting import counted
from courtside.metrics.sharing import Sharing
from courtside.metrics.target import Firm, Target, Targets
from courtside.records.people import Absence, Assignment, Employment, Holiday, assignment_on
from courtside.records.period import Calendar, Period
from courtside.records.working_days import month_of_employment

GATES = ("targets reckoned day by day",)

CALENDAR = Calendar()
PEOPLE = ("P1", "P2", "P3")
PERIODS = ("2017", "2017-H1", "2017-Q1", "2017-Q2", *(f"2017-{month:02}" for month in range(1, 7)))
"""Each lies inside another or apart from it: then which target counts for a day leaves nothing to decide."""
DAY = timedelta(days=1)
JANUARY, JULY = date(2017, 1, 1), date(2017, 7, 1)
WITHIN = st.integers(0, 180).map(lambda n: JANUARY + n * DAY)


class Reckoning:
    """The slow way: one day, one person, one target at a time. What was found for a day is remembered."""

    def __init__(self, firm: Firm, targets: Sequence[Target], as_of: date) -> None:
        self.firm, self.targets, self.as_of = firm, targets, as_of
        self._works = cache(self._is_working_day)
        self._of_day = cache(self._target_of_day)
        self._whole = cache(self._working_days)

    def value(self, scope: str, asked: Period, until: date = date.max) -> float | None:
        """A total: the person's own, else the sum over members; None if a day that needs a target has none."""
        if scope.startswith("person:"):
            return self._sum([scope.removeprefix("person:")], asked, until, "company")
        return self._sum(PEOPLE, asked, until, scope)

    def _sum(self, people: Sequence[str], asked: Period, until: date, scope: str) -> float | None:
        with_targets = [p for p in people if any(self._of_day(p, asked, day) for day in asked.days)]
        members = [(person, day) for person in with_targets for day in asked.days if self._is_in(scope, person, day)]
        if not members:
            return None
        covered = {(person, day) for person, day in members if self._of_day(person, asked, day)}
        days_covered = {day for _, day in covered}
        if any(day not in days_covered and self._is_needed(person, day) for person, day in members):
            return None
        return sum(self._owed(person, asked, day) for person, day in covered if day <= until)

    def _owed(self, person: str, asked: Period, day: date) -> float:
        """What one day asks of a person: the target, over its working days, times the person's presence."""
        row = self._of_day(person, asked, day)
        assert row is not None
        return row.value / self._whole(person, row.period) * self._presence(person, day)

    def _working_days(self, person: str, period: str) -> int:
        return sum(self._works(person, day) for day in CALENDAR.parse(period).days)

    def _target_of_day(self, person: str, asked: Period, day: date) -> Target | None:
        """The target that counts for a day: the narrowest over the period asked, else the widest inside it.

        A week that reaches out of the quarter that has a target takes its days in it from there.
        """
        own = [t for t in self.targets if t.scope == f"person:{person}"]
        if found := self._narrowest_over(own, asked):
            return found
        inside = [p for p in self._periods(own) if asked.starts_on <= p.starts_on and p.ends_on <= asked.ends_on]
        for narrower in sorted((p for p in inside if p.contains(day)), key=_length, reverse=True):
            if found := self._in_force(own, narrower, narrower):
                return found
        return self._narrowest_over(own, CALENDAR.span(day, day))

    def _narrowest_over(self, own: Sequence[Target], asked: Period) -> Target | None:
        over = [p for p in self._periods(own) if p.starts_on <= asked.starts_on and asked.ends_on <= p.ends_on]
        found = (self._in_force(own, wider, asked) for wider in sorted(over, key=_length))
        return next((target for target in found if target is not None), None)

    def _periods(self, own: Sequence[Target]) -> list[Period]:
        return [CALENDAR.parse(name) for name in dict.fromkeys(t.period for t in own)]

    def _in_force(self, own: Sequence[Target], period: Period, asked: Period) -> Target | None:
        """The version in force on as-of, moved into the period where it lies outside."""
        day = min(max(self.as_of, asked.starts_on), asked.last_on)
        begun = [t for t in own if t.period == period.name and (t.in_force_from is None or t.in_force_from <= day)]
        return max(begun, key=lambda t: (t.in_force_from or date.min, t.recorded, int(t.version)), default=None)

    def _is_in(self, scope: str, person: str, day: date) -> bool:
        if scope == "company":
            return True
        row = assignment_on([a for a in self.firm.assignments if a.person_id == person], day)
        return row is not None and f"team:{row.team}" == scope

    def _is_needed(self, person: str, day: date) -> bool:
        return self._works(person, day) and self._is_employed(person, day)

    def _is_employed(self, person: str, day: date) -> bool:
        (own,) = (p for p in self.firm.people if p.person_id == person)
        return (own.hired_on is None or own.hired_on <= day) and (own.left_on is None or day <= own.left_on)

    def _is_working_day(self, person: str, day: date) -> bool:
        if day.weekday() > 4:
            return False
        own = sorted((a for a in self.firm.assignments if a.person_id == person), key=lambda a: a.valid_from)
        region = next((a.region for a in reversed(own) if a.valid_from <= day), own[0].region if own else None)
        return not any(h.on == day and h.region in (None, region) for h in self.firm.holidays)

    def _presence(self, person: str, day: date) -> float:
        if not self._works(person, day) or not self._is_employed(person, day):
            return 0.0
        if any(a.person_id == person and a.starts_on <= day <= a.ends_on for a in self.firm.absences):
            return 0.0
        (own,) = (p for p in self.firm.people if p.person_id == person)
        shares = self.firm.ramp.get(own.role or "default", ())
        month = month_of_employment(own.hired_on, day) if own.hired_on else 0
        return shares[month - 1] if 1 <= month <= len(shares) else 1.0


def _length(period: Period) -> timedelta:
    return period.ends_on - period.starts_on


@st.composite
def firms(draw: st.DrawFn) -> Firm:
    """Hires, leavers, moves between teams and regions, leave, holidays here and there, a ramp."""
    moves = draw(
        st.lists(
            st.tuples(
                st.sampled_from(PEOPLE), WITHIN, st.sampled_from(["North", "South"]), st.sampled_from([None, "DE"])
            ),
            max_size=6,
            unique_by=lambda move: move[:2],
        )
    )
    leave = draw(st.lists(st.tuples(st.sampled_from(PEOPLE), WITHIN, st.integers(0, 40)), max_size=4))
    return Firm(
        people=tuple(
            Employment(p, draw(st.none() | WITHIN), draw(st.none() | WITHIN), draw(st.sampled_from(["seller", None])))
            for p in PEOPLE
        ),
        assignments=(
            *(Assignment(p, date(2016, 1, 1), None, "North") for p in PEOPLE[:2]),
            *(Assignment(person, day, None, team, region=region) for person, day, team, region in moves),
        ),
        absences=tuple(Absence(person, day, day + length * DAY) for person, day, length in leave),
        holidays=tuple(
            Holiday(day, region)
            for day, region in draw(st.lists(st.tuples(WITHIN, st.sampled_from([None, "DE"])), max_size=8))
        ),
        ramp={"seller": draw(st.lists(st.floats(0, 1), max_size=4))},
    )


@st.composite
def targets(draw: st.DrawFn, since: st.SearchStrategy[date | None]) -> list[Target]:
    """Targets of persons for overlapping periods, some in several versions."""
    number = st.integers(0, 1000).map(float)
    return [
        Target(
            "dials", f"person:{draw(st.sampled_from(PEOPLE))}", draw(st.sampled_from(PERIODS)), value, str(n), day, n
        )
        for n, (value, day) in enumerate(draw(st.lists(st.tuples(number, since), min_size=1, max_size=10)))
    ]


def compared(firm: Firm, rows: Sequence[Target], as_of: date, asked: Period) -> Iterator[str]:
    """Where the product and the slow reckoning differ."""
    product, slow = Targets(rows, firm), Reckoning(firm, rows, as_of)
    counted("targets reckoned day by day", 6)
    for scope in (*(f"person:{p}" for p in PEOPLE), "team:North", "team:South", "company"):
        found = product.of("dials", scope, asked, as_of, Sharing.TOTAL)
        wanted = slow.value(scope, asked), slow.value(scope, asked, until=as_of)
        if (found.value, found.pace) != pytest.approx(wanted, abs=1e-6):
            yield f"{scope} {asked.name} as of {as_of}: {found} where the slow reckoning says {wanted}"


ASKED = st.sampled_from(PERIODS).map(CALENDAR.parse) | st.tuples(st.integers(1, 25)).map(
    lambda week: CALENDAR.parse(f"2017-W{week[0]:02}")
)


@settings(max_examples=60)
@given(firms(), targets(st.none() | WITHIN), st.sampled_from(PERIODS).map(CALENDAR.parse), st.integers(0, 200))
def test_whatever_version_is_in_force_the_total_is_that_of_walking_the_days(
    firm: Firm, rows: list[Target], asked: Period, later: int
) -> None:
    assert list(compared(firm, rows, asked.last_on + later * DAY, asked)) == []


@settings(max_examples=60)
@given(firms(), targets(st.none()), ASKED, st.integers(-20, 250).map(lambda n: JANUARY + n * DAY))
def test_total_and_pace_on_any_day_are_those_of_walking_the_days(
    firm: Firm, rows: list[Target], asked: Period, as_of: date
) -> None:
    within = CALENDAR.span(max(asked.starts_on, JANUARY), min(asked.last_on, JULY - DAY))
    assert list(compared(firm, rows, as_of, within)) == []


def test_a_reckoning_that_forgets_leave_is_caught() -> None:
    asked = CALENDAR.parse("2017-Q1")
    rows = [Target("dials", f"person:{p}", "2017-Q1", 650) for p in PEOPLE]
    assignments = tuple(Assignment(p, date(2016, 1, 1), None, "North") for p in PEOPLE)
    people = tuple(map(Employment, PEOPLE))
    firm = Firm(people, assignments, (Absence("P2", date(2017, 2, 6), date(2017, 2, 10)),))
    forgetful = Firm(people, assignments)
    assert list(compared(firm, rows, JULY, asked)) == []
    product, slow = Targets(rows, firm), Reckoning(forgetful, rows, JULY)
    caught = [s for s in ("person:P2", "team:North", "company") if product.of(
        "dials", s, asked, JULY, Sharing.TOTAL).value != pytest.approx(slow.value(s, asked))]  # fmt: skip
    assert caught == ["person:P2", "team:North", "company"]
