"""What a rule looks at, read from score cards for everybody at once: the inputs of every subject's evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np

from courtside.analysis.cards.batch import Batch
from courtside.analysis.cards.card import Card
from courtside.analysis.cards.circumstances import Circumstances
from courtside.analysis.cards.completion import Completion
from courtside.analysis.cards.formal import Formal
from courtside.analysis.cards.people import People
from courtside.analysis.cards.scorecard import Scorer
from courtside.analysis.statistics.guard import Years
from courtside.metrics.metric import Direction
from courtside.records.period import Period
from courtside.rules.decide import conditions, thresholds
from courtside.rules.evaluation import Evaluation, made
from courtside.rules.rule import Rule, Window
from courtside.warehouse.question import Question
from courtside.warehouse.spread import conversion_days, matures_on

_BAD = ("watch", "coach", "eligible")


@dataclass(frozen=True, slots=True)
class Look:
    """One look: as of the end of which day, and what was recorded by when (None: now)."""

    on: date
    known_at: datetime | None = None
    definitions: Mapping[str, int] | None = None
    """Metric -> version of the definition in force."""


@dataclass(frozen=True)
class Sheet:
    """Everybody's card of one metric over one window: what every rule on both needs, read once."""

    scorer: Scorer
    metric: str
    window: Window
    look: Look

    @cached_property
    def period(self) -> Period | None:
        """The complete weeks or months, the last of them over and ripe; None before the first records."""
        session, calendar, on = self.scorer.session, self.scorer.session.calendar, self.look.on
        last = calendar.period_of(on, self.window.grain)
        metric = session.catalogue[self.metric]
        asked = session.asked_of(self._question(last, last), metric)
        ripens = conversion_days(session, metric, asked)
        while last.last_on > on or (matures_on(last.last_on, ripens) or on) > on:
            last = calendar.previous(last)
        first = last
        for _ in range(self.window.count - 1):
            first = calendar.previous(first)
        return calendar.span(first.starts_on, last.last_on)

    def _question(self, first: Period, last: Period) -> Question:
        return Question(
            self.metric, ("person",), None, first.starts_on, last.last_on, self.look.on, self.look.known_at
        )  # fmt: skip

    @cached_property
    def card(self) -> Card | None:
        """Everybody's figures; None where nobody has any."""
        session, period = self.scorer.session, self.period
        if period is None:
            return None
        metric, question = session.catalogue[self.metric], self._question(period, period)
        rows = session.ask(question).rows
        if not rows:
            return None
        batch = Batch(self.scorer.book, metric, session.asked_of(question, metric), rows)
        return Card(batch, self.scorer.people, batch.mask(None))

    @cached_property
    def people(self) -> Mapping[str, Mapping[str, Any]]:
        """Person -> plain inputs about their figure, whichever rule asks; in the order of their ids."""
        card = self.card
        if card is None:
            return {}
        rows = list(self._completion.rows())
        around = self._around([str(card.batch.keys[n][0]) for n, row in enumerate(rows) if row["verdict"] in _BAD])
        found = {
            str(key[0]): {
                "figure": self._figure(card, number, rows[number]),
                "year": self._year.get(number),
                "guard": conditions(self.formal.outcomes(number)) if rows[number]["verdict"] != "too_early" else [],
                "circumstances": around.get(str(key[0])),
            }
            for number, key in enumerate(card.batch.keys) if key[0] is not None and self._is_there(str(key[0]))
        }  # fmt: skip
        return dict(sorted(found.items()))

    @cached_property
    def _completion(self) -> Completion:
        if self.card is None:
            raise LookupError(self.metric)
        return Completion(self.card, {}, self.scorer.disputed)

    @cached_property
    def formal(self) -> Formal:
        """What the review years say, as the complete rows have it: causes are looked for once. Raises LookupError."""
        formal = self._completion._formal
        formal.of(0)
        return formal

    @cached_property
    def years(self) -> tuple[Sequence[str], Years, Sequence[Period]] | None:
        """Who has a target, their review years, and the months of these; None without any."""
        if self.card is None:
            return None
        for rows, years, months in self.formal.everybody():
            return [str(self.card.batch.keys[row][0]) for row in rows.tolist()], years, months
        return None

    @cached_property
    def _year(self) -> Mapping[int, Mapping[str, Any]]:
        found: dict[int, Mapping[str, Any]] = {}
        for rows, years, months in self.formal.everybody():
            for at, row in enumerate(rows.tolist()):
                found[row] = {
                    "since": months[0].starts_on.isoformat(), "until": months[-1].last_on.isoformat(),
                    "hits": years.hits[at].tolist(), "of": years.of[at].tolist(), "due": years.due[at].tolist(),
                    "phi": float(years.phi[at]), "is_rate": years.is_rate,
                }  # fmt: skip
        return found

    def _is_there(self, person: str) -> bool:
        """Whether somebody is still employed on the day."""
        employed = self.scorer.people.firm.people.get(person)
        return employed is not None and (employed.left_on is None or employed.left_on > self.look.on)

    def _figure(self, card: Card, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
        """The window's own figure, and what the card judged of it over the stretch it takes."""
        is_counted = card.is_counted
        target = _known(card.target[number])
        fair = None if target is None else target * float(card.shares("asked")[number])
        expected = _known(card.own.expected[number]) if is_counted else None
        early = card.early[number]
        return {
            "value": row["value"], "n": row["n"], "numerator": row["numerator"], "denominator": row["denominator"],
            "target": target, "fair_target": fair, "reference": fair if fair is not None else expected,
            "interval": _pair(row["interval"]), "likely": _pair(row["likely"]), "shrunk": row["shrunk"],
            "p_below": row["p_below"], "position": row["position"], "time_frame": row["time_frame"],
            "apart": _known(card.final.apart[number]) if is_counted else None,
            "share_watched": float(card.share_watched[number]) if is_counted else 0.0,
            "early": None if early is None else early.value,
            "verdict": row["verdict"], "verdict_period": row["verdict_period"], "sentence": row["sentence"],
        }  # fmt: skip

    def _around(self, persons: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """The circumstances of those whose figure calls for anything."""
        card = self.card
        if card is None or not persons or self.period is None:
            return {}
        months = card.review_months(0) or (self.period,)
        around = Circumstances(card.batch, card.people, months, tuple(sorted(persons)), self.scorer.disputed)
        return {person: self._circumstances(around, person) for person in persons}

    def _circumstances(self, around: Circumstances, person: str) -> dict[str, Any]:
        people, months = around.people, around.months
        spans = (Period("year so far", months[0].starts_on, months[-1].ends_on), months[-1])
        window = () if self.period is None else (self.period,)
        moved = around.moved_on(person, self.look.on)
        return {
            "ramp": people.is_new(person, months[-1].last_on),
            "leave": any(people.was_away(person, span) for span in (*spans, *window)),
            "moved_on": None if moved is None else moved.isoformat(),
            "open_dispute": person in self.scorer.disputed,
            "recorded": around.recorded(person),
        }


def likes(people: People, on: date) -> Mapping[str, Mapping[str, Any]]:
    """Person -> role, team, segment, region, seniority and tenure on a day."""
    groups = {name: people.firm.group_on(name, on) for name in ("team", "segment", "region", "seniority")}
    found = {}
    for person, employed in people.firm.people.items():
        *_, tenure = people.like(person, "on the day", on)
        named = {name: group.get(person) for name, group in groups.items()}
        found[person] = {"role": employed.role, **named, "tenure": None if tenure is None else str(tenure)}
    return found


def evaluate(rule: Rule, version: int, sheet: Sheet) -> Iterator[Evaluation]:
    """An evaluation of every subject of a rule, holding or not. The sheet is of the rule's metric and window."""
    if sheet.period is None:
        return
    of, about = likes(sheet.scorer.people, sheet.look.on), _about(rule, sheet)
    for person, inputs in sheet.people.items():
        like = of.get(person, {})
        if rule.is_about(like):
            yield made(version, person, sheet.look.on, {**about, "like": like, **inputs})


def _about(rule: Rule, sheet: Sheet) -> dict[str, Any]:
    """What is the same for every subject: the rule, the definitions, the days and the limits."""
    metric, look, period = sheet.scorer.session.catalogue[rule.metric], sheet.look, sheet.period
    if period is None:
        raise LookupError(rule.metric)
    return {
        "rule": rule_inputs(rule, is_down=metric.direction is Direction.DOWN),
        "definitions": dict(look.definitions or {}),
        "check": {
            "on": look.on.isoformat(), "first": period.starts_on.isoformat(), "last": period.last_on.isoformat(),
            "known_at": None if look.known_at is None else look.known_at.isoformat(),
        },
        "thresholds": dict(thresholds()),
    }  # fmt: skip


def rule_inputs(rule: Rule, *, is_down: bool) -> dict[str, Any]:
    """What decides of a rule, and the hash of its whole block."""
    return {
        "name": rule.name, "sha256": rule.sha256, "metric": rule.metric, "level": rule.level.value,
        "proposes": rule.proposes.value, "subject": rule.subject.value, "window": str(rule.window),
        "exclude": sorted(one.value for one in rule.exclude), "is_down": is_down,
    }  # fmt: skip


def _known(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _pair(span: Any) -> list[float] | None:
    return None if span is None else [float(span[0]), float(span[1])]
