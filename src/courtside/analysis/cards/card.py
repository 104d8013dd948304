"""One metric's figures and all that can be judged of them: beside their pools, over their time frames, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from courtside.analysis.cards.batch import Batch
from courtside.analysis.cards.dealing import At, Dealt, Figure, by_rank, dealt
from courtside.analysis.cards.handing import Handing
from courtside.analysis.cards.judging import Framed, Judged, framed, judged
from courtside.analysis.cards.people import People
from courtside.analysis.cards.pools import Levels, shares
from courtside.analysis.cards.verdict import APART, WATCH, About, Early
from courtside.analysis.counted import Stretch
from courtside.analysis.kinds import Kind
from courtside.analysis.statistics import bootstrap
from courtside.analysis.statistics.distributions import Array, Flags, Indices
from courtside.metrics.metric import Conversion, Direction, Metric, Rung
from courtside.records.period import Grain, Period
from courtside.warehouse.asked import Asked
from courtside.warehouse.spread import conversion_days, matures_on

_ASKED = "asked"


@dataclass(frozen=True)
class Card:
    """The rows of one metric and what can be judged of each."""

    batch: Batch
    people: People
    wanted: Flags

    @property
    def metric(self) -> Metric:
        """The metric."""
        return self.batch.metric

    @property
    def as_of(self) -> date:
        """The last day that counts."""
        return self.batch.asked.clock.as_of

    @cached_property
    def about(self) -> About:
        """What the sentences need to know of the metric."""
        metric, session = self.metric, self.batch.session
        is_input = metric.rung is Rung.INPUT
        return About(metric.label, self.batch.kind, metric.unit, metric.direction, is_input, session.currency)

    @property
    def _is_down(self) -> bool:
        return self.metric.direction is Direction.DOWN

    @property
    def is_counted(self) -> bool:
        return self.batch.kind in (Kind.RATE, Kind.COUNT)

    # judgement -----------------------------------------------------------------------------------------

    @cached_property
    def target(self) -> Array:
        """The target as far as it is due: in full for what is over, the pace before; none before records begin."""
        target, pace = self.batch.column("target"), self.batch.column("pace")
        due = np.where(self.is_over, target, np.where(np.isfinite(pace), pace, target))
        return np.where(self._is_recorded(_ASKED)[self.batch.period_number], due, np.nan)

    def _is_recorded(self, frame: str) -> Flags:
        """For each period whether what is counted is recorded over the frame that ends with it."""
        numbers = range(len(self.batch.periods))
        return np.array([self.batch.is_recorded(self.batch.stretch(n, frame)) for n in numbers], dtype=np.bool_)

    @cached_property
    def is_over(self) -> Flags:
        over = np.array([period.last_on <= self.as_of for period in self.batch.periods], dtype=np.bool_)
        return np.asarray(over[self.batch.period_number])

    @cached_property
    def levels(self) -> Levels | None:
        """Who is compared with whom: people with like people, groups with nobody."""
        if not self.batch.is_by_person:
            return None
        likes = []
        for (person_id,), number in zip(self.batch.keys, self.batch.period_number, strict=True):
            period = self.batch.periods[number]
            on = max(period.starts_on, min(period.last_on, self.as_of))
            likes.append(self.people.like(str(person_id), period.name, on))
        return Levels.of(likes)

    @cached_property
    def own(self) -> Judged:
        """Each figure over the period asked for."""
        everyone, share = np.ones(len(self.batch.rows), dtype=np.bool_), self.shares(_ASKED)
        return judged(self.batch.kind, self._is_down, self.batch.seen, self.levels, self.target, everyone, share)

    def shares(self, frame: str) -> Array:
        """What a fair target of each figure over a frame is of the one set, for the cases that were handed to them."""
        if self.handing is None:
            return np.ones(len(self.batch.rows))
        if frame not in self._shares:
            found = [self.handing.ratio(self.batch.stretch(n, frame)) for n in range(len(self.batch.periods))]
            at = [self.handing.keys[key] for key in self.batch.keys]
            self._shares[frame] = np.stack(found)[self.batch.period_number, at]
        return self._shares[frame]

    @cached_property
    def _shares(self) -> dict[str, Array]:
        return {}

    @cached_property
    def handing(self) -> Handing | None:
        """What was handed to whom; only of rates of cases, and only where whole persons are compared."""
        batch = self.batch
        if batch.kind is not Kind.RATE or not batch.is_by_person or not batch.frames or batch.counts is None:
            return None
        keys = {key: number for number, key in enumerate(dict.fromkeys(batch.keys))}
        numbers, frames = range(len(batch.periods)), ("asked", *batch.frames)
        stretches = [batch.stretch(number, frame) for number in numbers for frame in frames]
        return Handing(batch.session, batch.metric, batch.asked, keys, [*stretches, *self.review_years])

    @cached_property
    def review_years(self) -> Sequence[Stretch]:
        """From each period's review year's start until the last of its months that is over and ripe."""
        found = (self.review_months(number) for number in range(len(self.batch.periods)))
        return [(months[0].starts_on, months[-1].ends_on) for months in found if months]

    def review_months(self, number: int) -> Sequence[Period]:
        """The months of one period's review year up to its end that are over and ripe by as-of.

        The review year is the fiscal year that holds the last day of the period; the calendar year, where the
        firm has no other.
        """
        calendar, period = self.batch.session.calendar, self.batch.periods[number]
        last = min(period.last_on, self.as_of)
        since = calendar.period_of(period.last_on, Grain.FISCAL_YEAR).starts_on
        months = calendar.between(since, last, Grain.MONTH) if since <= last else ()
        matures = [matures_on(month.last_on, self.ripens_in_days) for month in months]
        return [
            month for month, ripe_on in zip(months, matures, strict=True)
            if month.last_on <= last and (ripe_on is None or ripe_on <= self.as_of)
            and self.batch.is_recorded((month.starts_on, month.ends_on))
        ]  # fmt: skip

    @cached_property
    def framed(self) -> Framed:
        """Each figure's time frame."""
        over = [self.batch.over(frame) for frame in self.batch.frames] or [self.batch.seen]
        share = self.shares("year") if self.batch.frames else None
        found = framed(self.batch.kind, self.own, over, self.levels, self.target, self.batch.scatter, share)
        return found if self.batch.frames else replace(found, frame=np.full(len(self.batch.rows), -1))

    @cached_property
    def judged_over(self) -> Sequence[str]:
        """The name of the frame each figure is judged over; `asked` where the period asked for is no shorter."""
        names = [*self.batch.frames, _ASKED]
        found = []
        for number, frame in zip(self.batch.period_number, self.framed.frame, strict=True):
            name = names[frame]
            period = self.batch.periods[number]
            is_longer = name != _ASKED and self.batch.stretch(number, name)[0] < period.starts_on
            found.append(name if is_longer else _ASKED)
        return found

    @cached_property
    def final(self) -> Judged:
        """Each figure over the stretch it is judged by."""
        final = self.own.copied()
        chosen = np.array(self.judged_over)
        for frame in self.batch.frames:
            rows = np.flatnonzero(chosen == frame)
            if len(rows):
                target = self._targets_over(frame, rows)
                seen, here = self.batch.over(frame), chosen == frame
                share = self.shares(frame)
                final.put(judged(self.batch.kind, self._is_down, seen, self.levels, target, here, share), rows)
                self.final_target[rows], self.final_share[rows] = target[rows], share[rows]
        final.apart[final.seen.of < self.framed.size] = np.nan
        return final

    @cached_property
    def final_target(self) -> Array:
        """The target over the stretch each figure is judged by; filled in by `final`."""
        return np.array(self.target)

    @cached_property
    def final_share(self) -> Array:
        """The shares over the stretch each figure is judged by; filled in by `final`."""
        return np.array(self.shares(_ASKED))

    def _targets_over(self, frame: str, rows: Indices) -> Array:
        """The targets of figures over their frame, where they have one over the period asked for."""
        found = np.full(len(self.batch.rows), np.nan)
        is_recorded = self._is_recorded(frame)[self.batch.period_number]
        with_target = [int(row) for row in rows if np.isfinite(self.target[row]) and is_recorded[row]]
        if with_target:
            targets = self.batch.session.open_firm().targets
            sharing = self.batch.session.special_of(self.batch.asked).sharing(self.metric.name)
            for row in with_target:
                period = self.batch.judged_over(int(self.batch.period_number[row]), frame)
                resolved = targets.of(self.metric.name, self.batch.rows[row]["scope"], period, self.as_of, sharing)
                found[row] = np.nan if resolved.value is None else resolved.value
        return found

    @cached_property
    def dealt(self) -> Mapping[At, Dealt]:
        """Intervals of sums, means, ratios and medians, for the rows wanted."""
        if self.batch.kind is Kind.RANKED:
            return by_rank(self.batch.session, self.metric, self._asked_of_wanted)
        if self.batch.kind is not Kind.DEALT:
            return {}
        figures = []
        for number in map(int, np.flatnonzero(self.wanted)):
            row, target = self.batch.rows[number], float(self.target[number])
            if row["value"] is not None and row["n"] is not None:
                name = (row["metric"], f"{row['scope']} {row.get('stage', '')}".strip(), row["period"])
                seed = bootstrap.seed_of(*name)
                figures.append(Figure(self.at(number), seed, row["n"], target if np.isfinite(target) else None))
        return dealt(self.batch.session, self.metric, self._asked_of_wanted, figures)

    @property
    def _asked_of_wanted(self) -> Asked:
        """The question put for the people wanted alone: nobody else's cases are looked at."""
        asked = self.batch.asked
        if not self.batch.is_by_person or self.wanted.all():
            return asked
        people = {str(key[0]) for key, is_wanted in zip(self.batch.keys, self.wanted, strict=True) if is_wanted}
        return replace(asked, people=tuple(sorted(people)))

    def at(self, number: int) -> At:
        """The period and keys of a row."""
        return int(self.batch.period_number[number]), self.batch.keys[number]

    # when it may be judged -----------------------------------------------------------------------------

    @cached_property
    def ripens_in_days(self) -> float | None:
        """The days a cohort needs until 95 in 100 of its conversions have come."""
        if isinstance(self.metric.body, Conversion):
            return float(self.metric.body.horizon_days)
        return conversion_days(self.batch.session, self.metric, self.batch.asked)

    @cached_property
    def matures(self) -> Sequence[date | None]:
        """For each period the day by which its cohort has had its time."""
        return [matures_on(period.last_on, self.ripens_in_days) for period in self.batch.periods]

    @cached_property
    def early(self) -> Sequence[Early | None]:
        """Why each figure cannot be judged yet, if so."""
        return [self._why_early(number) for number in range(len(self.batch.rows))]

    def _why_early(self, number: int) -> Early | None:
        row, at = self.batch.rows[number], self.batch.period_number[number]
        period, matures = self.batch.periods[at], self.matures[at]
        if row["value"] is None:
            return Early.EMPTY
        if not self.is_over[number]:
            return Early.UNFINISHED
        if matures is not None and matures > self.as_of:
            return Early.UNRIPE
        if self.batch.is_by_person:
            if self.batch.is_idle[number]:
                return Early.IDLE
            readiness = self.people.readiness(str(self.batch.keys[number][0]), period)
            if readiness != "ready":
                return Early.RAMP if readiness == "new" else Early.LEAVE
        return None if self._is_enough(number) else Early.FEW

    @cached_property
    def _enough(self) -> Sequence[bool]:
        return [bool(is_enough) for is_enough in (self.framed.frame >= 0) | self.framed.enough_asked]

    def _is_enough(self, number: int) -> bool:
        """Whether there are cases enough to judge by, over the frame or the period asked for."""
        if self.is_counted:
            return self._enough[number]
        if self.batch.kind is Kind.BARE or not self.wanted[number]:
            return True
        found = self.dealt.get(self.at(number))
        return found is not None and found.interval is not None

    @cached_property
    def share_watched(self) -> Array:
        """The share of each figure's pool that would be watched: of those who can be judged; of all who have had
        their time, where one's own cases are too few to be judged by."""
        fit, final = self.own.fit, self.final
        if fit is None:
            return np.zeros(len(self.batch.rows))
        apart = -final.apart if self._is_down else final.apart
        looks_bad = (np.nan_to_num(final.misses) > WATCH) | (np.nan_to_num(apart) < APART)
        is_few = np.array([early is Early.FEW for early in self.early], dtype=np.bool_)
        ready = np.array([early is None for early in self.early], dtype=np.bool_)
        among_all = shares(looks_bad & (ready | is_few), ready | is_few, fit)
        return np.where(is_few, among_all, shares(looks_bad & ready, ready, fit))
