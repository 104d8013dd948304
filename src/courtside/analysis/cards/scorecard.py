"""Rows of a question completed as DATA 4 asks: interval, likely range, position, time frame, verdict and sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from courtside.analysis.cards.batch import Batch, Row
from courtside.analysis.cards.card import Card
from courtside.analysis.cards.completion import FIELDS as FIELDS
from courtside.analysis.cards.completion import Completion, Named, bare, named
from courtside.analysis.cards.people import People
from courtside.analysis.counted import DayBook
from courtside.analysis.wording import day
from courtside.records.period import Grain, Period
from courtside.warehouse.asked import Asked
from courtside.warehouse.clock import Clock
from courtside.warehouse.compose import over_all
from courtside.warehouse.question import Answer, Question
from courtside.warehouse.session import Session

MOST_ROWS = 30_000
"""More rows than this are figures for another program: they come without intervals, verdicts and sentences."""


@dataclass(frozen=True)
class Scorer:
    """Answers questions with all there is to say about how sure the answers are.

    `together` names the metrics that will be asked about, so that their days are read at once; `disputed` persons
    have an open dispute about a row behind their figures.
    """

    session: Session
    together: Sequence[str] = ()
    most_rows: int = MOST_ROWS
    disputed: frozenset[str] = frozenset()

    @cached_property
    def book(self) -> DayBook:
        """What was counted day by day, kept for the next metric."""
        return DayBook(self.session, self.together)

    @cached_property
    def people(self) -> People:
        """The people of the firm, read once."""
        return People(self.session.open_firm())

    def ask(self, question: Question, wanted: frozenset[str] | None = None) -> Answer:
        """The complete rows of an answer, of the scopes wanted. Raises UnknownMetric, CannotAnswer.

        A person's figure is judged beside those of everybody, so everybody's are looked at even where only
        one person is asked about. Figures narrowed to a group's credit are judged each on its own, unless
        they are the person's whole figure.
        """
        asked = self.session.asked_of(question, self.session.catalogue[question.metric])
        persons = [scope for scope in asked.scopes if scope.dimension == "person"]
        if asked.by == () and len(asked.scopes) == len(persons) == 1:
            found = self._complete(replace(question, by=("person",), scopes=()), frozenset(map(str, persons)))
            return found if found.rows else self._complete(question, wanted)
        if asked.by == ("person",) and asked.scopes:
            return self._narrowed(question, wanted)
        return self._complete(question, wanted)

    def _narrowed(self, question: Question, wanted: frozenset[str] | None) -> Answer:
        own = self._complete(question, wanted)
        scopes = frozenset(str(row["scope"]) for row in own.rows)
        whole = self._complete(replace(question, scopes=()), scopes)
        by_name = {(row["scope"], row["period"]): row for row in whole.rows}
        rows = []
        for row in own.rows:
            same = by_name.get((row["scope"], row["period"]))
            is_same = same is not None and (same["value"], same["n"]) == (row["value"], row["n"])
            rows.append(same if same is not None and is_same else row)
        return Answer(tuple(rows), own.notes)

    def latest(self, grain: Grain, as_of: date) -> Period | None:
        """The last period of a grain that is over by a day and in which anything was recorded; None without records."""
        days = over_all(self.session.coverage(Clock(as_of)).days)
        if days is None:
            return None
        last = self.session.calendar.period_of(min(days[1], as_of), grain)
        return last if last.last_on <= as_of else self.session.calendar.previous(last)

    def _complete(self, question: Question, wanted: frozenset[str] | None) -> Answer:
        answer = self.session.ask(question)
        if len(answer.rows) > self.most_rows:
            too_many = f"More than {self.most_rows:,} figures come without intervals and verdicts; ask for fewer."
            return Answer(tuple(bare(row) for row in answer.rows), (*answer.notes, too_many))
        metric = self.session.catalogue[question.metric]
        asked = self.session.asked_of(question, metric)
        batch = Batch(self.book, metric, asked, answer.rows)
        if not answer.rows or not batch.mask(wanted).any():
            return Answer((), answer.notes)
        card = Card(batch, self.people, batch.mask(wanted))
        previous = self._previous(question, asked, answer.rows)
        return Answer(tuple(Completion(card, previous, self.disputed).rows()), (*answer.notes, *_begun(batch)))

    def _previous(self, question: Question, asked: Asked, rows: Sequence[Row]) -> Mapping[Named, Any]:
        """The value of the period before, by scope, stage and period."""
        values = {named(row): row["value"] for row in rows}
        before = {period.name: self.session.calendar.previous(period) for period in asked.periods}
        for period in before.values():
            if period.name not in asked.names:
                earlier = replace(question, first=period.starts_on, last=period.last_on, grain=None)
                values |= {named(row): row["value"] for row in self.session.ask(earlier).rows}
        places = [(named(row), before[row["period"]].name) for row in rows if row["period"] in before]
        return {place: values.get((*place[:2], earlier)) for place, earlier in places}


def _begun(batch: Batch) -> Iterator[str]:
    """That the records of a count begin within the periods asked for."""
    first = batch.recorded_from
    if first is not None and not all(batch.is_recorded((one.starts_on, one.ends_on)) for one in batch.periods):
        yield (
            f"{batch.metric.label} are recorded from {day(first)} on; in a period that begins earlier nobody is judged "
            "by the target."
        )
