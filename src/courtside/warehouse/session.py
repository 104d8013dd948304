"""A place to ask questions from: what is asked is checked, answered, and written as DATA.md section 4 says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any

from sqlglot import exp

from courtside.metrics.attainment import attained
from courtside.metrics.errors import did_you_mean, nearest
from courtside.metrics.metric import Conversion, Measure, Metric, Stock, Unit
from courtside.metrics.target import Resolved
from courtside.records.period import Grain, Period
from courtside.records.tables import CASES as CASE_TABLES
from courtside.warehouse.asked import Asked, Scope
from courtside.warehouse.behind import rows_behind_measure
from courtside.warehouse.clock import Clock
from courtside.warehouse.dimensions import DIMENSIONS, GROUPS, NoSuchCut
from courtside.warehouse.figures import Figure, Figures
from courtside.warehouse.question import Answer, CannotAnswer, Question
from courtside.warehouse.special import Special
from courtside.warehouse.sql import column, literal, template

_TOLD = 5
"""Of so many scopes there is said beside the figures what is odd about their targets."""
_FEW = 500
"""More people than this are not listed one by one in a query."""
_STRETCHES = 40
"""More stretches of people than this cost more to compare with than they spare."""


@dataclass(slots=True)
class Session(Figures):
    """Figures, asked for in people's words."""

    _on_targets: dict[str, list[str]] = field(default_factory=dict)
    """What there is to say about the targets of an answer, by metric and scope."""

    def ask(self, question: Question) -> Answer:
        """The rows of an answer. Raises UnknownMetric, CannotAnswer."""
        self.notes, self._on_targets = {}, {}
        metric = self.catalogue[question.metric]
        asked = self.asked_of(question, metric)
        try:
            figures = list(self.figures([metric.name], asked))
        except NoSuchCut as error:
            raise CannotAnswer(f"{metric.name}: {error}") from None
        special = self.special_of(asked)
        rows = tuple(self.row_of(metric, asked, special, figure) for figure in figures if self._is_wanted(figure))
        self._note_metric(metric, asked)
        self.notes.update(dict.fromkeys(told(self._on_targets)))
        return Answer(rows, tuple(self.notes))

    def behind(self, question: Question) -> Answer:
        """The rows that make up an answer: table, id, day, person, value, and what each was counted as."""
        self.notes = {}
        metric = self.catalogue[question.metric]
        asked = replace(self.asked_of(question, metric), by=())
        frame = self._frame(asked)
        self._load(asked)
        try:
            rows = tuple(rows_behind_measure(metric, self.catalogue, asked, frame, self.special_of(asked)))
        except NoSuchCut as error:
            raise CannotAnswer(f"{metric.name}: {error}") from None
        return Answer(rows, tuple(self.notes))

    def asked_of(self, question: Question, metric: Metric) -> Asked:
        """What a question asks of a metric, in periods and scopes. Raises CannotAnswer."""
        by = question.by
        for name in by:
            if name not in DIMENSIONS:
                raise CannotAnswer(f"there is no dimension {name!r}{did_you_mean(nearest(name, DIMENSIONS))}")
        if isinstance(metric.body, Conversion) and "stage" not in by:
            by = (*by, "stage")
        if by != ("company",):
            by = tuple(name for name in by if name != "company")
        scopes = tuple(self._scope(text) for text in question.scopes)
        people = self.people_of(scopes)
        return Asked(
            by=() if by == ("company",) else by,
            periods=self._periods(question),
            clock=self._clock(question.as_of),
            calendar=self.calendar,
            scopes=tuple(scope for scope in scopes if scope.dimension != "company"),
            people=people,
            stretches=() if any(scope.dimension == "person" for scope in scopes) else self.stretches_of(people),
        )

    def people_of(self, scopes: Iterable[Scope]) -> tuple[str, ...] | None:
        """Everybody who ever belonged to the groups asked about; None if these are no groups or too many people."""
        persons = [scope.value for scope in scopes if scope.dimension == "person"]
        groups = [scope for scope in scopes if scope.dimension in GROUPS]
        if persons or not groups:
            return tuple(persons) or None
        query = exp.select("person_id").distinct().from_("spans")
        for name in {scope.dimension for scope in groups}:
            values = [literal(scope.value) for scope in groups if scope.dimension == name]
            query = query.where(exp.In(this=column(name), expressions=values), copy=False)
        found = sorted(str(row[0]) for row in self.engine.run(query))
        return tuple(found) if len(found) <= _FEW else None

    def stretches_of(self, people: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
        """First and last of each stretch of people who are neighbours among all; nothing where these are many."""
        if not people:
            return ()
        everybody = self.engine.run(exp.select("person_id").from_("people").order_by("person_id"))
        place = {str(row[0]): number for number, row in enumerate(everybody)}
        found: list[tuple[str, str]] = []
        for person in sorted(people):
            if found and place.get(person) == place.get(found[-1][1], -2) + 1:
                found[-1] = (found[-1][0], person)
            else:
                found.append((person, person))
        return tuple(found) if len(found) <= _STRETCHES else ()

    def _clock(self, as_of: date) -> Clock:
        """The clock of a day; open-ended if nothing recorded lies after it."""
        return Clock(as_of, self.rollup is not None and as_of >= self.rollup.settled_on)

    def _scope(self, text: str) -> Scope:
        scope = Scope.parse(text)
        if scope.dimension not in DIMENSIONS:
            raise CannotAnswer(f"{text!r} is no scope{did_you_mean(nearest(scope.dimension, DIMENSIONS))}")
        known_names = {"person": "SELECT person_id FROM people", "team": "SELECT DISTINCT team FROM spans"}
        if scope.dimension in known_names:
            query = known_names[scope.dimension]
            names = [str(row[0]) for row in self.engine.run(_query(template(query))) if row[0] is not None]
            if scope.value not in names:
                hint = did_you_mean(nearest(scope.value, names))
                raise CannotAnswer(f"there is no {scope.dimension} {scope.value!r}{hint}")
        return scope

    def _periods(self, question: Question) -> tuple[Period, ...]:
        first, last = question.first, question.last
        if question.grain is Grain.ALL or (first is None and last is None and question.grain is None):
            return ()
        days = self._days() if first is None or last is None else None
        first = first or (days[0] if days else question.as_of)
        last = last or min(days[1] if days else question.as_of, question.as_of)
        if last < first:
            raise CannotAnswer(f"the range ends on {last} before it begins on {first}")
        if question.grain is None:
            return (self.calendar.span(first, last),)
        return self.calendar.between(first, last, question.grain)

    def _days(self) -> tuple[date, date] | None:
        """The first and last day of anything that happened."""
        spans = [s for s in self.coverage(Clock(date.max)).days.values() if s is not None]
        if not spans:
            return None
        return min(s[0] for s in spans), max(s[1] for s in spans)

    def _is_wanted(self, figure: Figure) -> bool:
        """A key nobody has is shown only where something was counted for it."""
        _, keys, values = figure
        return None not in keys or any(v["value"] is not None and v["value"] != 0 for v in values.values())

    def row_of(self, metric: Metric, asked: Asked, special: Special, figure: Figure) -> dict[str, Any]:
        """A figure as DATA.md section 4 writes it, against its target."""
        number, keys, values = figure
        value = values[metric.name]
        scope = self._scope_of(keys, asked)
        period = asked.periods[number] if asked.periods else None
        row = {
            "metric": metric.name,
            "scope": scope,
            "label": self._label(keys, asked),
            "period": asked.names[number],
            **{name: tidy(part) for name, part in value.items()},
            **self._against(metric, special.target(metric.name, scope, number), scope, value["value"]),
            "unit": metric.unit.value,
            "complete": period is None or period.last_on <= asked.clock.as_of,
        }
        if metric.unit is Unit.MONEY:
            row["currency"] = self.currency
        for n, name in enumerate(asked.by):
            if len(asked.by) > 1 or name == "stage":
                row[name] = keys[n]
        return row

    def _against(self, metric: Metric, target: Resolved, scope: str, value: float | None) -> dict[str, Any]:
        if target.note:
            self._on_targets.setdefault(f"{metric.name} {scope}", []).append(target.note)
        reached = attained(value, target.value, target.pace, metric.direction)
        return {
            "target": tidy(target.value),
            "pace": tidy(target.pace),
            "attainment": reached.whole,
            "attainment_to_date": reached.to_date,
            "met": reached.is_met,
        }

    def _scope_of(self, keys: tuple[Any, ...], asked: Asked) -> str:
        parts = [f"{name}:{'' if k is None else k}" for name, k in zip(asked.by, keys, strict=True) if name != "stage"]
        if not parts:
            parts = [str(scope) for scope in asked.scopes if scope.dimension != "stage"]
        return " ".join(parts) or "company"

    def _label(self, keys: tuple[Any, ...], asked: Asked) -> str:
        named_keys = list(zip(asked.by, keys, strict=True)) or [(s.dimension, s.value) for s in asked.scopes]
        labels = [self._name(name, k) for name, k in named_keys]
        return ", ".join(labels) or "Company"

    def _name(self, dimension: str, value: Any) -> str:
        if value is None:
            return "unknown"
        if dimension in ("person", "manager"):
            return self.engine.person_names().get(str(value), str(value))
        return str(value)

    def _note_metric(self, metric: Metric, asked: Asked) -> None:
        if metric.notes:
            self.notes[metric.notes] = None
        tables = {m.body.table for m in self._closure([metric.name]).values() if isinstance(m.body, Measure | Stock)}
        if tables & CASE_TABLES.keys():
            first = self.engine.first_recorded_on()
            if first is not None and asked.clock.as_of < first:
                self.notes[
                    f"Batches reach back to {first}; as of an earlier day, what has no dated history of a case then "
                    "open is unknown."
                ] = None


def told(notes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What is to be said of some scopes in few sentences: the first of each, and how many more there are."""
    for scope, sentences in islice(notes.items(), _TOLD):
        others = len(dict.fromkeys(sentences)) - 1
        more = f" (And so in {others} more period{'s' * (others != 1)}.)" if others else ""
        yield f"{scope}: {sentences[0]}{more}"
    if len(notes) > _TOLD:
        yield f"So it is with targets of {len(notes) - _TOLD} more; `courtside targets show` says each."


def _query(tree: exp.Expr) -> exp.Query:
    if not isinstance(tree, exp.Query):
        raise TypeError(type(tree).__name__)
    return tree


def tidy(value: Any) -> Any:
    """A number as people write it: whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
