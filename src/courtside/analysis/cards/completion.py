"""Complete rows: every field of DATA 4, with its verdict and sentence, from what was judged of each figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from courtside.analysis.cards.batch import Row
from courtside.analysis.cards.card import Card
from courtside.analysis.cards.dealing import Dealt
from courtside.analysis.cards.formal import Formal
from courtside.analysis.cards.judging import Judged
from courtside.analysis.cards.pools import in_common
from courtside.analysis.cards.verdict import Early, Evidence, Peers, sentence_of, verdict_of
from courtside.analysis.kinds import Kind
from courtside.analysis.statistics.distributions import Array
from courtside.analysis.statistics.window import cases_needed, events_needed
from courtside.metrics.metric import Conversion

FIELDS = (
    "metric", "scope", "label", "period", "value", "n", "numerator", "denominator", "target", "pace", "attainment",
    "attainment_to_date", "met", "previous", "interval", "likely", "shrunk", "p_below", "position", "time_frame",
    "verdict", "verdict_period", "complete", "matures_on", "sentence",
)  # fmt: skip
"""The fields of a figure, in order (DATA 4)."""

Named = tuple[str, Any, str]
"""Scope, stage and period of a row."""
Span = tuple[float, float]
_ASKED = "asked"
_OWN_PERIOD = (Early.EMPTY, Early.UNFINISHED, Early.UNRIPE)
"""Where no longer stretch is looked at."""


@dataclass(frozen=True, slots=True)
class Point:
    """What is known of one figure; None where nothing is."""

    hits: float
    of: float
    interval: Span | None
    shrunk: float | None
    likely: Span | None
    expected: float | None
    people: float
    level: int
    is_alike: bool
    misses: float | None
    below: float | None
    apart: float | None


def points(judged: Judged) -> list[Point]:
    """The columns of a judgement row by row."""
    nan = (_listed(getattr(judged, name)) for name in ("shrunk", "expected", "misses", "below", "apart"))
    shrunk, expected, misses, below, apart = nan
    rows = zip(
        judged.seen.hits.tolist(), judged.seen.of.tolist(), _spans(judged.low, judged.high), shrunk,
        _spans(judged.likely_low, judged.likely_high), expected, judged.people.tolist(), judged.level.tolist(),
        judged.is_alike.tolist(), misses, below, apart, strict=True,
    )  # fmt: skip
    return [Point(*row) for row in rows]


def _listed(values: Array) -> list[float | None]:
    """Numbers, None for nan."""
    return [
        value if known else None for value, known in zip(values.tolist(), np.isfinite(values).tolist(), strict=True)
    ]


def _spans(low: Array, high: Array) -> list[Span | None]:
    known = (np.isfinite(low) & np.isfinite(high)).tolist()
    return [(a, b) if is_known else None for a, b, is_known in zip(low.tolist(), high.tolist(), known, strict=True)]


@dataclass(frozen=True)
class Completion:
    """Writes the complete rows of a card. `previous` holds the values of the periods before."""

    card: Card
    previous: Mapping[Named, Any]
    disputed: frozenset[str] = frozenset()

    def rows(self) -> Iterator[dict[str, Any]]:
        """The complete rows wanted."""
        return (self._row(number) for number in np.flatnonzero(self.card.wanted).tolist())

    @cached_property
    def _formal(self) -> Formal:
        """What the review years of the card's people call for."""
        return Formal(self.card, self.disputed)

    @cached_property
    def _own(self) -> Sequence[Point]:
        return points(self.card.own) if self.card.is_counted else ()

    @cached_property
    def _final(self) -> Sequence[Point]:
        return points(self.card.final) if self.card.is_counted else ()

    @cached_property
    def _targets(self) -> tuple[Sequence[float | None], Sequence[float | None]]:
        """The targets as far as due over the period asked for, and over the stretch judged."""
        return _listed(self.card.target), _listed(self.card.final_target if self._final else self.card.target)

    @cached_property
    def _extras(self) -> Sequence[str]:
        """What rows carry beyond the fields: units, currencies, keys."""
        return [name for name in self.card.batch.rows[0] if name not in FIELDS]

    def _row(self, number: int) -> dict[str, Any]:
        card, row = self.card, self.card.batch.rows[number]
        at = int(card.batch.period_number[number])
        period, matures = card.batch.periods[at], card.matures[at]
        is_complete = bool(row["complete"]) and (matures is None or matures <= card.as_of)
        evidence = self._evidence(number, at)
        point = self._own[number] if card.is_counted and row["value"] is not None else None
        interval = self._interval(number, point)
        likely = point.likely if point else None
        fields = {name: row[name] for name in _AS_ASKED}
        fields |= {
            "previous": self.previous.get(named(row)),
            "interval": interval,
            "likely": likely,
            "shrunk": point.shrunk if point else None,
            "p_below": evidence.misses,
            "position": position(self._reference(number, point), likely or interval),
            "time_frame": self._time_frame(number),
            "verdict": verdict_of(evidence),
            "verdict_period": evidence.judged,
            "complete": is_complete,
            "matures_on": matures if matures is not None or is_complete else period.last_on,
            "sentence": sentence_of(evidence),
        }
        return fields | {name: row[name] for name in self._extras}

    def _time_frame(self, number: int) -> str | None:
        card = self.card
        frame = int(card.framed.frame[number]) if card.is_counted else -1
        return None if frame < 0 or card.batch.rows[number]["value"] is None else card.batch.frames[frame]

    def _interval(self, number: int, point: Point | None) -> Span | None:
        """The interval of the raw figure over the period asked for; none for a conversion still being watched."""
        if point is None:
            found = self.card.dealt.get(self.card.at(number))
            return found.interval if found else None
        is_watched = self.card.early[number] in (Early.UNFINISHED, Early.UNRIPE)
        return None if is_watched and isinstance(self.card.metric.body, Conversion) else point.interval

    def _reference(self, number: int, point: Point | None) -> float | None:
        """The target if there is one, fair for what was handed to them, else what the pool leads one to expect."""
        target = self._targets[0][number]
        if target is not None:
            return target * float(self.card.shares(_ASKED)[number])
        return None if point is None else point.expected

    def _evidence(self, number: int, at: int) -> Evidence:
        card, row, early = self.card, self.card.batch.rows[number], self.card.early[number]
        period = card.batch.periods[at]
        ready_on = period.last_on if early is Early.UNFINISHED else card.matures[at]
        if early is Early.EMPTY:
            return Evidence(card.about, row["period"], row["period"], early)
        if card.is_counted:
            return self._counted(number, at, early, ready_on)
        found, target = card.dealt.get(card.at(number), Dealt()), self._targets[0][number]
        return Evidence(
            card.about, row["period"], row["period"], early, ready_on, card.ripens_in_days, row["value"], row["n"],
            interval=found.interval, target=target, misses=found.misses, below=found.below,
            position=position(target, found.interval),
        )  # fmt: skip

    def _counted(self, number: int, at: int, early: Early | None, ready_on: Any) -> Evidence:
        """The evidence over the stretch a rate or a count is judged by."""
        card, row = self.card, self.card.batch.rows[number]
        frame = _ASKED if early in _OWN_PERIOD else card.judged_over[number]
        is_asked = frame == _ASKED
        point = self._own[number] if is_asked else self._final[number]
        target = self._targets[0 if is_asked else 1][number]
        is_rate = card.batch.kind is Kind.RATE
        value = row["value"]
        if not is_asked:
            value = (point.hits / point.of if point.of else None) if is_rate else point.hits
        peers = self._peers(number, point)
        share = float((card.shares(_ASKED) if is_asked else card.final_share)[number])
        reference = target * share if target is not None else (peers.expected if peers else None)
        year = self._formal.of(number)
        if early is Early.FEW and year is not None:
            early = None  # few beside the pool's, but over the year enough to ring the alarm
        takes = self._what_it_takes(number) if early is Early.FEW else {}
        apart = point.apart if point.of >= card.framed.size[number] else None  # fewer tell nobody apart
        return Evidence(
            card.about, row["period"], row["period"] if is_asked else card.batch.judged_over(at, frame).name, early,
            ready_on, card.ripens_in_days, value, point.of if is_rate else point.hits,
            point.hits if row["denominator"] is not None else None, point.interval, point.shrunk, point.likely, target,
            point.misses, point.below, apart, peers, float(card.share_watched[number]),
            position(reference, point.likely or point.interval), year=year, share=share, **takes,
        )  # fmt: skip

    def _peers(self, number: int, point: Point) -> Peers | None:
        if point.shrunk is None or point.expected is None:
            return None
        levels = self.card.levels
        same = in_common(levels.likes[number], point.level) if levels else ""
        return Peers(int(point.people), same, point.expected, point.is_alike)

    def _what_it_takes(self, number: int) -> dict[str, Any]:
        """What it would take to tell: the weeks until a real 30 % drop would show."""
        card, year = self.card, self._year[number]
        weeks = float(card.batch.weeks_recorded[number])
        if card.batch.kind is Kind.COUNT:
            needed = events_needed() * float(card.framed.phi[number])
            volume = year.expected if year.expected is not None else year.hits
            return {"weeks_needed": _weeks(needed, volume, weeks)}
        target, expected = self._targets[0][number], self._own[number].expected
        base = next(
            (known for known in (target, expected) if known is not None), year.hits / year.of if year.of else 0.0
        )
        return {"weeks_needed": _weeks(cases_needed(round(base, 2)), year.of, weeks)}

    @cached_property
    def _year(self) -> Sequence[Point]:
        return points(self.card.framed.year)


_AS_ASKED = FIELDS[: FIELDS.index("previous")]


def _weeks(needed: float, volume: float, weeks: float) -> float | None:
    return needed / (volume / weeks) if volume > 0 and weeks > 0 and needed < inf else None


def position(reference: float | None, span: Span | None) -> str:
    """Whether a range excludes a reference: 0.6 to 0.7 and 0.5 -> above."""
    if reference is None:
        return "no_reference"
    if span is None:
        return "not_separable"
    if span[0] > reference:
        return "above"
    return "below" if span[1] < reference else "not_separable"


def bare(row: Row) -> dict[str, Any]:
    """A row with every field, what was not looked at unknown."""
    return {name: row.get(name) for name in (*FIELDS, *(extra for extra in row if extra not in FIELDS))}


def named(row: Row) -> Named:
    """What a row is called."""
    return str(row["scope"]), row.get("stage"), str(row["period"])
