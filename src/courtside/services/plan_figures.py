"""What a goal is made from: everybody's recent figures of a metric beside one person's, by the code of score cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.analysis.cards.card import Card
    from courtside.metrics.metric import Metric
    from courtside.records.working_days import Attendance
    from courtside.warehouse.session import Session

RECENT = timedelta(weeks=26)
"""So far back is looked for what somebody and their peers do: long enough for both."""
LEAST_PEERS = 5
"""Fewer peers than this say nothing of how many reach something."""
LEAST_DAYS = 20.0
"""A peer counts who was there on so many working days."""
LEAST_CASES = 10.0
"""And for a share of cases, had so many."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recent:
    """One person's recent figure of a metric, and what stands around it. `hits` of `of` cases, over working `days`.

    `rate` is per working day (a count) or per case (a rate); `usual` that of the pool of like people, and
    `expectation` what is to be expected of the person next (METHODS 10 b), as JSON; None where nobody can tell.
    `peers` are the rates of like people, without them; `phi` how far events come in bursts.
    """

    metric: str
    is_rate: bool
    hits: float
    of: float
    days: float
    low: float
    high: float
    phi: float
    usual: float | None
    expectation: Mapping[str, Any] | None
    peers: tuple[float, ...]

    @property
    def n(self) -> float:
        """The cases of a rate; the events of a count."""
        return self.of if self.is_rate else self.hits

    @property
    def value(self) -> float:
        """The figure as a score card shows it: a share of cases, or events."""
        return (self.hits / self.of if self.of else 0.0) if self.is_rate else self.hits

    @property
    def expected(self) -> float | None:
        """The mean of what is to be expected next, by case or working day."""
        return None if self.expectation is None else float(self.expectation["mean"])

    def share_reached(self, rate: float, *, is_down: bool) -> float | None:
        """The share of like people who sustained a rate; None where they are too few to say."""
        if len(self.peers) < LEAST_PEERS:
            return None
        reached = sum(one <= rate if is_down else one >= rate for one in self.peers)
        return reached / len(self.peers)


@dataclass(frozen=True, slots=True)
class Over:
    """A person's figure over some days: `hits` of `of` cases."""

    hits: float
    of: float


@dataclass(frozen=True, slots=True)
class Days:
    """Working days of a stretch where somebody is, and those on which they are there."""

    working: float
    present: float


def recent(visit: Visit, metric: str, person_id: str) -> Recent | None:
    """The last half year of a person beside their peers; None for what is no count or rate, or without records."""

    def read() -> Recent | None:
        with visit.session() as session:
            return _recent(session, session.catalogue[metric], person_id, visit.today)

    return visit.remembered(("plan recent", metric, person_id), read)


def _recent(session: Session, metric: Metric, person_id: str, today: date) -> Recent | None:
    from courtside.records.period import Grain  # noqa: PLC0415

    last = session.calendar.period_of(today, Grain.WEEK)
    last = last if last.last_on <= today else session.calendar.previous(last)
    card = _card(session, metric, last.ends_on - RECENT, last.last_on, today)
    if card is None:
        return None
    people = [str(key[0]) for key in card.batch.keys]
    if person_id not in people:
        return None
    return _of_person(card, people.index(person_id), today)


def _card(session: Session, metric: Metric, first: date, last: date, today: date) -> Card | None:
    """Everybody's figures over some days; None where they are neither counts nor rates, or there are none."""
    from courtside.analysis.cards.batch import Batch  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.cards.card import Card  # noqa: PLC0415
    from courtside.analysis.kinds import Kind  # noqa: PLC0415
    from courtside.services.scoring import scorer_of  # noqa: PLC0415
    from courtside.warehouse.question import CannotAnswer, Question  # noqa: PLC0415

    scorer, question = scorer_of(session), Question(metric.name, ("person",), None, first, last, today)
    try:
        rows = session.ask(question).rows
    except CannotAnswer:
        return None
    batch = Batch(scorer.book, metric, session.asked_of(question, metric), rows)
    if not rows or batch.kind not in (Kind.RATE, Kind.COUNT) or batch.counts is None:
        return None
    return Card(batch, scorer.people, batch.mask(None))


def _of_person(card: Card, at: int, today: date) -> Recent:
    from courtside.analysis.kinds import Kind  # noqa: PLC0415
    from courtside.workflow.goals import CONFIDENCE, count_range  # noqa: PLC0415

    seen, is_rate = card.batch.seen, card.batch.kind is Kind.RATE
    hits, of, days = float(seen.hits[at]), float(seen.of[at]), float(seen.days[at])
    phi = 1.0 if is_rate else float(card.framed.phi[at])
    low, high = (0.0, 1.0) if is_rate else count_range(hits, phi)
    if is_rate and of:
        from courtside.analysis.statistics.intervals import wilson  # noqa: PLC0415

        span = wilson(hits, of, CONFIDENCE)
        low, high = float(span.low), float(span.high)
    usual, expectation = _expected(card, at, today)
    return Recent(
        card.metric.name, is_rate, hits, of, days, low, high, phi, usual, expectation, _peers(card, at)
    )  # fmt: skip


def _expected(card: Card, at: int, today: date) -> tuple[float | None, Mapping[str, Any] | None]:
    """What the pool does, and what is to be expected of the person next."""
    from courtside.analysis.effect.expectation import expect_count, expect_rate  # noqa: PLC0415
    from courtside.analysis.kinds import Kind  # noqa: PLC0415

    fit, seen = card.own.fit, card.batch.seen
    if fit is None or not bool(fit.is_known[at]):
        return None, None
    pool, is_rate = int(fit.pool[at]), card.batch.kind is Kind.RATE
    hits, of = float(seen.hits[at]), float((seen.of if is_rate else seen.days)[at])
    usual = float(fit.pools.mean[pool])
    if not is_rate and of <= 0:
        return usual, None
    made = (expect_rate if is_rate else expect_count)(card.metric.name, today, hits, of, fit.pools, pool)
    return usual, made.to_json()


def _peers(card: Card, at: int) -> tuple[float, ...]:
    """The rates of those in the same pool who were there, or had cases, long enough."""
    from courtside.analysis.kinds import Kind  # noqa: PLC0415

    fit, seen = card.own.fit, card.batch.seen
    if fit is None:
        return ()
    exposure, least = (seen.of, LEAST_CASES) if card.batch.kind is Kind.RATE else (seen.days, LEAST_DAYS)
    members = fit.members[fit.member_of == fit.pool[at]]
    return tuple(
        float(seen.hits[one] / exposure[one]) for one in members if int(one) != at and exposure[one] >= least
    )  # fmt: skip


def over(visit: Visit, metric: str, person_id: str, first: date, last: date) -> Over | None:
    """A person's figure from one day to another, both included, as far as it has come; None where it cannot be told."""

    def read() -> Over | None:
        with visit.session() as session:
            card = _card(session, session.catalogue[metric], first, last, visit.today)
            people = [str(key[0]) for key in card.batch.keys] if card else []
            if card is None or person_id not in people:
                return None
            at, seen = people.index(person_id), card.batch.seen
            return Over(float(seen.hits[at]), float(seen.of[at]))

    return None if first > last else visit.remembered(("plan over", metric, person_id, first, last), read)


def days_of(visit: Visit, person_id: str, starts_on: date, ends_on: date) -> Days:
    """The working days of a person from one day until another, which is excluded, and those on which they are there."""
    attendance = attendance_of(visit)
    if starts_on >= ends_on:
        return Days(0.0, 0.0)
    return Days(
        float(attendance.working_days(person_id, starts_on, ends_on)),
        float(attendance.present_days(person_id, starts_on, ends_on)),
    )


def attendance_of(visit: Visit) -> Attendance:
    """Who is there on which day, somebody new counted in full."""

    def read() -> Attendance:
        from courtside.records.working_days import Attendance  # noqa: PLC0415

        with visit.session() as session:
            return Attendance(replace(session.open_firm().firm, ramp={}))

    return visit.remembered("plan attendance", read)


def days_off_of(visit: Visit, person_id: str) -> tuple[date, ...]:
    """The holidays of the region a person is in today."""

    def read() -> tuple[date, ...]:
        from courtside.records.working_days import days_off  # noqa: PLC0415

        with visit.session() as session:
            firm = session.open_firm()
            return tuple(sorted(days_off(firm.firm.holidays, firm.group_on("region", visit.today).get(person_id))))

    return visit.remembered(("plan days off", person_id), read)


def has_left(visit: Visit, person_id: str) -> bool:
    """Whether somebody works here no more."""

    def read() -> bool:
        with visit.session() as session:
            employed = session.open_firm().people.get(person_id)
            return employed is None or (employed.left_on is not None and employed.left_on < visit.today)

    return visit.remembered(("plan has left", person_id), read)
