"""Who of a card calls for more than a look: `coach` by the alarm of the review year, `eligible` by the whole guard.

Only people, and only figures with a target. Most are seen to be far from it at a glance; for the few who are
not the year is read month by month, and only for those whom the evidence would name is everybody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from courtside.analysis.cards.card import Card
from courtside.analysis.cards.circumstances import Circumstances
from courtside.analysis.cards.judging import Seen, judged
from courtside.analysis.cards.review_year import ReviewYears
from courtside.analysis.cards.verdict import APART, WATCH, Early
from courtside.analysis.cards.year_words import YearSoFar
from courtside.analysis.counted import DayBook, counted
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics import alarms, sequential
from courtside.analysis.statistics.distributions import Array, Flags, Indices
from courtside.analysis.statistics.guard import EXPECTED, Beside, Guarded, Outcome, Years, guarded
from courtside.analysis.statistics.sequential import FORMAL
from courtside.metrics.metric import Direction, Metric, Rung
from courtside.records.period import Period
from courtside.warehouse.dimensions import NoSuchCut
from courtside.warehouse.question import CannotAnswer

_NEAR_EVIDENCE, _NEAR_CHANCE = 2.0, 0.1
"""Who is further from the alarm than this by the target of the period asked for is not looked at month by month."""
_STEPS_DOWN = 3
"""How far down the ladder causes in a person's own hands are looked for."""


@dataclass(frozen=True)
class Formal:
    """What the review years of a card's people say. `disputed` persons have an open dispute about a row behind it."""

    card: Card
    disputed: frozenset[str] = frozenset()

    def of(self, number: int) -> YearSoFar | None:
        """What one row's review year calls for; None where it calls for nothing."""
        return self._found.get(number)

    def outcomes(self, number: int) -> tuple[Outcome, ...]:
        """The guard's conditions for one row, each with its number; none where the alarm alone says no."""
        return self._outcomes.get(number, ())

    def everybody(self) -> Iterator[tuple[Indices, Years, Sequence[Period]]]:
        """For each period the rows of all who have a target, their review years, and the months of these."""
        if not self._is_looked_at:
            return
        for period in self._years.periods:
            rows = self._rows(period, np.ones(len(self.card.wanted), dtype=np.bool_))
            if len(rows):
                yield rows, self._years.years(rows, period)[0], self._years.by_period[period]

    @cached_property
    def _is_looked_at(self) -> bool:
        card = self.card
        has_sides = card.metric.direction is not Direction.NONE and card.metric.rung is not Rung.INPUT
        is_known = card.batch.is_by_person and card.is_counted and bool(card.batch.frames)
        return has_sides and is_known and bool(np.isfinite(card.target[card.wanted]).any())

    @cached_property
    def _years(self) -> ReviewYears:
        card = self.card
        months = [card.review_months(number) for number in range(len(card.batch.periods))]
        return ReviewYears(card.batch, card.people, months, card.handing, card.framed.phi)

    @cached_property
    def _outcomes(self) -> dict[int, tuple[Outcome, ...]]:
        return {}

    @cached_property
    def _found(self) -> Mapping[int, YearSoFar]:
        if not self._is_looked_at:
            return {}
        found: dict[int, YearSoFar] = {}
        for period in self._years.periods:
            found |= self._of_period(period)
        return found

    def _of_period(self, period: int) -> dict[int, YearSoFar]:
        rows = self._near(self._rows(period, self.card.wanted & self._ready), period)
        if not len(rows):
            return {}
        years, _ = self._years.years(rows, period)
        rings, evidence = years.alarm(), years.evidence()[:, -1]
        found = {
            int(row): self._so_far(period, years, at, float(evidence[at]))
            for at, row in enumerate(rows) if rings[at]
        }  # fmt: skip
        named = rows[rings & (evidence >= FORMAL)]
        return found | self._guarded(period, named, found) if len(named) else found

    @cached_property
    def _ready(self) -> Flags:
        """Who may be judged. Too few cases to tell people apart by are no reason against: the alarm counts them."""
        return np.array([early in (None, Early.FEW) for early in self.card.early], dtype=np.bool_)

    def _rows(self, period: int, among: Flags) -> Indices:
        """The rows of a period that are a person's and have a target."""
        batch = self.card.batch
        is_person = np.array([key[0] is not None for key in batch.keys], dtype=np.bool_)
        return np.flatnonzero(among & is_person & (batch.period_number == period) & np.isfinite(self.card.target))

    def _near(self, rows: Indices, period: int) -> Indices:
        """Those who may be near the alarm, by the target of the period asked for."""
        if not len(rows):
            return rows
        card, is_down = self.card, self.card.metric.direction is Direction.DOWN
        hits, of, days = self._years.so_far(rows, period)
        target = card.target[rows]
        if card.batch.kind is Kind.RATE:
            fair = np.clip(target * self._years.handed(rows, period), 0.0, 0.99)
            evidence = sequential.rates(hits[:, None], of[:, None], fair[:, None], is_down)[:, 0]
            return rows[(evidence >= _NEAR_EVIDENCE) & self._is_due(rows, of * fair)]
        asked = card.batch.seen.days[rows]
        due = np.divide(target * days, asked, out=np.zeros(len(rows)), where=asked > 0)
        is_near = alarms.count_tail(hits, due, card.framed.phi[rows], is_down) < _NEAR_CHANCE
        return rows[is_near & self._is_due(rows, due)]

    def _is_due(self, rows: Indices, due: Array) -> Flags:
        """Where a row has few cases beside the pool's, whether enough were due for an alarm to mean something."""
        is_few = np.array([self.card.early[row] is Early.FEW for row in rows], dtype=np.bool_)
        return ~is_few | (due >= EXPECTED)

    def _so_far(self, period: int, years: Years, at: int, evidence: float) -> YearSoFar:
        months = self._years.by_period[period]
        of = float(years.of[at].sum()) if years.is_rate else None
        return YearSoFar(
            months[0].starts_on,
            months[-1].last_on,
            float(years.hits[at].sum()),
            of,
            float(years.due[at].sum()),
            evidence,
        )

    # the guard -----------------------------------------------------------------------------------------

    def _guarded(self, period: int, named: Indices, found: Mapping[int, YearSoFar]) -> dict[int, YearSoFar]:
        """The rows named by evidence, with what the whole guard says of them."""
        rows = self._rows(period, np.ones(len(self.card.wanted), dtype=np.bool_))
        place = {int(row): at for at, row in enumerate(rows)}
        years, days = self._years.years(rows, period)
        months = self._years.by_period[period]
        misses, apart = self._beside(period, rows, years, days)
        persons = {place[int(row)]: str(self.card.batch.keys[row][0]) for row in named}
        around = Circumstances(
            self.card.batch, self.card.people, months, tuple(sorted(persons.values())), self.disputed
        )
        hindered = {at: reasons for at, person in persons.items() if (reasons := around.of(person))}
        share, everybody = self.card.share_watched[rows], np.ones(len(rows), dtype=np.bool_)
        found_so_far = guarded(years, Beside(misses, apart, share, hindered, everybody)).is_eligible
        # records and causes have to be read, which is done for those alone for whom all else holds
        left = {at: person for at, person in persons.items() if found_so_far[at]}
        hindered |= {at: reasons for at, person in left.items() if (reasons := around.thin(person))}
        causes = self._causes_below(period, rows, {at: left[at] for at in left if at not in hindered})
        below = np.array([at in causes for at in range(len(rows))], dtype=np.bool_)
        whole = guarded(years, Beside(misses, apart, share, hindered, below))
        return {int(row): self._told(found[int(row)], int(row), place[int(row)], whole, causes) for row in named}

    def _told(self, year: YearSoFar, row: int, at: int, whole: Guarded, causes: Mapping[int, str]) -> YearSoFar:
        self._outcomes[row] = whole.outcomes(at)
        return YearSoFar(
            year.since, year.until, year.hits, year.of, year.due, year.evidence,
            is_eligible=bool(whole.is_eligible[at]), lacks_cause=bool(whole.is_all_but_cause[at]),
            cause=causes.get(at, ""),
        )  # fmt: skip

    def _beside(self, period: int, rows: Indices, years: Years, days: Array) -> tuple[Array, Array]:
        """P(true < 0.85 target) at the last two checks, and the distance from like people at the last."""
        card, size, misses = self.card, len(self.card.wanted), np.zeros((len(rows), 2))
        apart = np.full(len(rows), np.nan)
        share = self._years.handed(rows, period)
        there = np.zeros(size, dtype=np.bool_)
        there[rows] = True
        for column, checks in ((0, 1), (1, 0)):
            months = years.hits.shape[1] - checks
            if months < 1:
                continue
            hits, of, due, there_on = (part[:, :months].sum(axis=1) for part in (years.hits, years.of, years.due, days))
            seen = Seen(*self._full(rows, hits, of, there_on))
            fair, target = np.ones(size), np.full(size, np.nan)
            fair[rows] = share
            usual = np.divide(due, of * share, out=np.full(len(rows), np.nan), where=of > 0)
            target[rows] = usual if years.is_rate else due
            found = judged(card.batch.kind, years.is_down, seen, card.levels, target, there, fair)
            misses[:, column], apart = found.misses[rows], found.apart[rows]
        return misses, apart

    def _full(self, rows: Indices, *columns: Array) -> list[Array]:
        """Columns of some rows as columns of the whole batch, in which pools are told apart."""
        found = [np.zeros(len(self.card.wanted)) for _ in columns]
        for whole, part in zip(found, columns, strict=True):
            whole[rows] = part
        return found

    # causes --------------------------------------------------------------------------------------------

    def _causes_below(self, period: int, rows: Indices, persons: Mapping[int, str]) -> dict[int, str]:
        """For each person (by place among the rows) the label of a cause in their own hands that is short; if any."""
        found: dict[int, str] = {}
        causes = list(self._causes()) if persons else []
        book = DayBook(self.card.batch.session, [metric.name for metric in causes])
        for metric in causes:
            left = {at: person for at, person in persons.items() if at not in found}
            if not left:
                break
            found |= dict.fromkeys(self._short_of(metric, book, period, rows, left), metric.label)
        return found

    def _causes(self) -> Iterator[Metric]:
        """What moves the metric and is done, not reached: activities and objectives, nearest first."""
        catalogue = self.card.batch.session.catalogue
        seen, step = {self.card.metric.name}, [self.card.metric]
        for _ in range(_STEPS_DOWN):
            names = dict.fromkeys(cause.metric for above in step for cause in above.moved_by)
            step = [catalogue[name] for name in names if name not in seen]
            seen.update(metric.name for metric in step)
            yield from (
                metric for metric in step
                if metric.rung in (Rung.ACTIVITY, Rung.OBJECTIVE) and metric.direction is not Direction.NONE
            )  # fmt: skip

    def _short_of(
        self, metric: Metric, book: DayBook, period: int, rows: Indices, persons: Mapping[int, str]
    ) -> Iterator[int]:
        """Who would be watched for a cause over the review year so far: a likely shortfall, or far from like people."""
        batch, months = self.card.batch, self._years.by_period[period]
        stretch = (months[0].starts_on, months[-1].ends_on)
        kind, is_down = kind_of(metric, batch.session.catalogue), metric.direction is Direction.DOWN
        try:
            counts = counted(book, metric, kind, batch.asked, self._years.index, [stretch])
        except (CannotAnswer, NoSuchCut):
            return
        if counts is None:
            return
        seen = Seen(*self._full(rows, *counts.at([stretch] * len(rows), self._years.keys[rows])))
        target, there = np.full(len(self.card.wanted), np.nan), np.zeros(len(self.card.wanted), dtype=np.bool_)
        there[rows] = True
        targets, sharing = batch.session.open_firm().targets, batch.session.special_of(batch.asked).sharing(metric.name)
        whole = batch.session.calendar.span(months[0].starts_on, months[-1].last_on)
        for at, person in persons.items():
            resolved = targets.of(metric.name, f"person:{person}", whole, self.card.as_of, sharing)
            target[rows[at]] = np.nan if resolved.value is None else resolved.value
        found = judged(kind, is_down, seen, self.card.levels, target, there)
        apart = -found.apart if is_down else found.apart
        yield from (at for at in persons if found.misses[rows[at]] > WATCH or apart[rows[at]] < APART)
