"""What box scores are made from: everybody's complete rows of a period and their series, worked out once and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from courtside.records.period import Grain, Period
from courtside.services.refused import Refused
from courtside.services.scoring import scorer_of
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.analysis.cards.scorecard import Scorer
    from courtside.records.people import Employment
    from courtside.records.working_days import Attendance
    from courtside.warehouse.session import Session

Row = Mapping[str, Any]

PERIODS_SHOWN = 12
"""So many finished periods a series shows."""
_LONGEST_IN_WEEKS = timedelta(days=93)
"""What is longer is drawn over months."""


@dataclass(frozen=True, slots=True)
class Member:
    """What is known of somebody in a period; `readiness` is `new`, `away` or `ready`."""

    role: str | None
    team: str | None
    segment: str | None
    seniority: str | None
    region: str | None
    tenure: str | None
    hired_on: date | None
    readiness: str
    days_there: float
    """Working days the person was there within the period, so far as it has come."""

    @property
    def alike(self) -> tuple[str | None, ...]:
        """What peers share."""
        return self.role, self.segment, self.tenure


@dataclass(frozen=True, slots=True)
class Everyone:
    """Everybody's figures of a period: metric -> person -> complete rows (several where a metric has stages)."""

    rows: Mapping[str, Mapping[str, tuple[Row, ...]]]
    members: Mapping[str, Member]
    refusals: Mapping[str, str]
    """Why a metric cannot be told by person."""

    def row(self, metric: str, person: str) -> Row | None:
        """The one row of a person; None if there is none or there are several."""
        found = self.rows.get(metric, {}).get(person, ())
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Series:
    """Everybody's values over finished periods: metric -> person -> one value a period, None where none is known."""

    periods: tuple[Period, ...]
    values: Mapping[str, Mapping[str, tuple[float | None, ...]]]

    def of(self, metric: str, person: str) -> tuple[float | None, ...]:
        """A person's values; empty if nothing is known."""
        return self.values.get(metric, {}).get(person, ())


def latest_period(visit: Visit, grain: Grain) -> Period:
    """The last period of a grain that is over and has records. Raises Refused without any."""

    def read() -> Period | None:
        from courtside.analysis.cards.scorecard import Scorer  # noqa: PLC0415  (numpy and scipy load now)

        with visit.session() as session:
            return Scorer(session).latest(grain, visit.today)

    found = visit.remembered(("latest period", grain), read)
    if found is None:
        raise Refused("nothing has been imported yet that a box score could be made of")
    return found


def everyone(visit: Visit, names: Sequence[str], period: Period) -> Everyone:
    """Everybody's complete rows of some metrics in a period."""

    def read() -> Everyone:
        with visit.session() as session:
            scorer = scorer_of(session, names)
            rows, refusals = _rows(scorer, names, period, visit.today)
            return Everyone(rows, _members(scorer, period, visit.today), refusals)

    return visit.remembered(("everyone", tuple(names), period.name), read)


def _rows(
    scorer: Scorer, names: Sequence[str], period: Period, today: date
) -> tuple[Mapping[str, Mapping[str, tuple[Row, ...]]], Mapping[str, str]]:
    from courtside.warehouse.question import CannotAnswer, Question  # noqa: PLC0415

    found: dict[str, Mapping[str, tuple[Row, ...]]] = {}
    refusals: dict[str, str] = {}
    for name in names:
        question = Question(name, ("person",), None, period.starts_on, period.last_on, today)
        try:
            found[name] = _by_person(scorer.ask(question).rows)
        except CannotAnswer as reason:
            refusals[name] = str(reason)
    return found, refusals


def _by_person(rows: Sequence[Row]) -> Mapping[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row["scope"]).removeprefix("person:")].append(row)
    return {person: tuple(own) for person, own in found.items()}


def _members(scorer: Scorer, period: Period, today: date) -> Mapping[str, Member]:
    """Everybody as they were on the period's last day that has come."""
    firm = scorer.people.firm
    on = max(period.starts_on, min(period.last_on, today))
    attendance = firm.presence
    team, segment, seniority, region = (firm.group_on(name, on) for name in ("team", "segment", "seniority", "region"))
    found = {}
    for person, employment in firm.people.items():
        *_, tenure = scorer.people.like(person, period.name, on)
        found[person] = Member(
            employment.role, team.get(person), segment.get(person), seniority.get(person), region.get(person),
            str(tenure) if tenure else None, employment.hired_on, scorer.people.readiness(person, period),
            _days_there(attendance, employment, period.starts_on, on),
        )  # fmt: skip
    return found


def _days_there(attendance: Attendance, person: Employment, first: date, last: date) -> float:
    since, until = max(first, person.hired_on or first), min(last, person.left_on or last)
    if since > until:
        return 0.0
    return float(attendance.present_days(person.person_id, since, until + timedelta(days=1)))


def series(visit: Visit, names: Sequence[str], period: Period) -> Series:
    """Everybody's last twelve weeks (months, for a half or a year) that are over by the end of a period."""

    def read() -> Series:
        with visit.session() as session:
            periods = finished(session, period, visit.today)
            if not periods:
                return Series((), {})
            return Series(periods, _values(session, names, periods, visit.today))

    return visit.remembered(("series", tuple(names), period.name), read)


def finished(
    session: Session, period: Period, today: date, number: int = PERIODS_SHOWN, grain: Grain | None = None
) -> tuple[Period, ...]:
    """So many weeks or months, the last one over by the end of the period asked for and by today."""
    grain = grain or series_grain(period)
    last = session.calendar.period_of(min(period.last_on, today), grain)
    if last.last_on > min(period.last_on, today):
        last = session.calendar.previous(last)
    found = [last]
    while len(found) < number:
        found.append(session.calendar.previous(found[-1]))
    return tuple(reversed(found))


def series_grain(period: Period) -> Grain:
    """Weeks for what is no longer than a quarter, else months."""
    return Grain.MONTH if period.ends_on - period.starts_on > _LONGEST_IN_WEEKS else Grain.WEEK


def _values(
    session: Session, names: Sequence[str], periods: Sequence[Period], today: date
) -> Mapping[str, Mapping[str, tuple[float | None, ...]]]:
    """Bare figures in one query; what is told stage by stage has no one value a period."""
    from courtside.metrics.metric import Conversion  # noqa: PLC0415  (keeps start-up short)
    from courtside.warehouse.question import Question  # noqa: PLC0415

    told = [name for name in names if not isinstance(session.catalogue[name].body, Conversion)]
    if not told:
        return {}
    first, last = periods[0].starts_on, periods[-1].last_on
    question = Question(told[0], ("person",), _grain_of(periods[0]), first, last, today)
    asked = session.asked_of(question, session.catalogue[told[0]])
    place = {name: periods.index(period) for name, period in zip(asked.names, asked.periods, strict=True)}
    found: dict[str, dict[str, list[float | None]]] = {name: {} for name in told}
    for number, (person, *_), values in session.figures(told, asked):
        at = place[asked.names[number]]
        for name, row in values.items():
            found[name].setdefault(str(person), [None] * len(periods))[at] = row["value"]
    return {name: {person: tuple(line) for person, line in own.items()} for name, own in found.items()}


def _grain_of(period: Period) -> Grain:
    return Grain.WEEK if period.ends_on - period.starts_on == timedelta(days=7) else Grain.MONTH
