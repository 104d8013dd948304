"""Figures of metrics under a cut: the parts each is made of, put together in one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

from sqlglot import exp

from courtside.metrics.catalogue import Catalogue
from courtside.metrics.metric import Conversion, Metric, Observed, Stock, metric_argument
from courtside.metrics.vocabulary import METRIC_FUNCTIONS
from courtside.records.period import Calendar
from courtside.records.tables import DERIVED
from courtside.warehouse.asked import DAYS, DAYS_BEFORE, Asked, Stretches
from courtside.warehouse.cases import stage_probabilities
from courtside.warehouse.cells import CASES, VALUE, Group, cells, columns_of, grid, grouped, key, stock_cells
from courtside.warehouse.clock import Clock
from courtside.warehouse.compose import (
    ATTAINING,
    COVERING,
    FIELDS,
    HAPPENED,
    TARGET,
    TYPICAL,
    Composer,
    Composition,
    Coverage,
    Part,
    composed,
    merged,
    over_all,
)
from courtside.warehouse.dimensions import PERSONAL
from courtside.warehouse.engine import Engine
from courtside.warehouse.frame import Frame
from courtside.warehouse.prepared import PREPARED
from courtside.warehouse.rolled import (
    PRESENT,
    PRESENT_BEFORE,
    Rollup,
    grain_of,
    is_of_groups,
    person_days,
    rolled_cells,
)
from courtside.warehouse.special import Cell, FirmTables, Special, metrics_with_targets, rows_counted
from courtside.warehouse.sql import as_double, column, named, template

_SHARED = 32
"""So many answers are kept for questions that several others need."""
_FEW = 3
"""So many targets that cannot be used are named beside a figure."""

Figure = tuple[int, tuple[Any, ...], dict[str, dict[str, Any]]]
"""Number of the period, keys, metric -> value, n, numerator, denominator."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The text of a final query, and where each field of each metric is in its rows."""

    text: str
    places: tuple[tuple[int, ...], ...]
    days: Stretches | None
    """The days that are written into the text; None where a question about any days may use it."""

    def fits(self, asked: Asked) -> bool:
        """Whether the text is for the days of a question."""
        return self.days is None or self.days == asked.stretches_of_days


@dataclass(slots=True)
class Figures:
    """Makes figures over an engine as known at one instant, by the definitions in force. Notes gather what to tell."""

    engine: Engine
    catalogue: Catalogue
    calendar: Calendar
    currency: str
    rollup: Rollup | None = None
    notes: dict[str, None] = field(default_factory=dict)
    _firm: FirmTables | None = None
    _with_targets: frozenset[str] | None = None
    _coverage: dict[date, Coverage] = field(default_factory=dict)
    _answers: dict[tuple[str, Asked], Sequence[Sequence[Any]]] = field(default_factory=dict)
    """What was answered to a text over some periods: the same whatever definitions the text was made from."""
    _plans: dict[tuple[Any, ...], Plan] = field(default_factory=dict, init=False)
    """Found by names, so never those of other definitions: a copy with another catalogue begins without."""
    _periods_of: Asked | None = field(default=None, init=False)
    _twins: dict[str, Self] = field(default_factory=dict, init=False)

    def figures(self, names: Sequence[str], asked: Asked, *, is_shared: bool = False) -> Iterator[Figure]:
        """The figures of some metrics for every period and key, in one query.

        `is_shared` for a question that others will ask as well: its answer is kept for them.
        """
        width, plan = len(asked.by), self._plan(names, asked)
        for row in self._shared(names, plan.text, asked) if is_shared else self.engine.rows(plan.text):
            values = (*row[1 + width :], None)
            yield (
                row[0],
                tuple(row[1 : 1 + width]),
                {
                    name: dict(zip(FIELDS, (values[at] for at in places), strict=True))
                    for name, places in zip(names, plan.places, strict=True)
                },
            )

    def _shared(self, names: Sequence[str], text: str, asked: Asked) -> Sequence[Sequence[Any]]:
        """The rows of a text, kept with those of the last few others; not where cells beside the query decide."""
        if self._needs_special(names):
            return list(self.engine.rows(text))
        if (text, asked) not in self._answers:
            self._answers[text, asked] = list(self.engine.rows(text))
            while len(self._answers) > _SHARED:
                del self._answers[next(iter(self._answers))]
        return self._answers[text, asked]

    @contextmanager
    def twin(self, name: str, catalogue: Callable[[], Catalogue]) -> Iterator[Self]:
        """The same engine with definitions of its own, always those under this name, and without the rollup."""
        if name not in self._twins:
            self._twins[name] = replace(self, catalogue=catalogue(), rollup=None)
        twin = self._twins[name]
        twin.notes = self.notes
        twin.forget_periods()
        yield twin
        self.forget_periods()

    def _plan(self, names: Sequence[str], asked: Asked) -> Plan:
        """The final query, kept for the next question of its shape, which differs in periods alone."""
        shape = (tuple(names), asked.by, asked.scopes, asked.people, asked.is_all, asked.clock, grain_of(asked))
        kept = self._plans.get(shape)
        if kept is not None and kept.fits(asked):
            self._load(asked)
            return kept
        composition = self._composed(names, asked)
        days = asked.stretches_of_days if composition.has_days else None
        plan = Plan(self.engine.text(composition.query), composition.places, days)
        if not self._needs_special(names):
            self._plans[shape] = plan
        return plan

    def _load(self, asked: Asked) -> None:
        """Give the engine the periods of a question, unless it has them."""
        if asked != self._periods_of:
            asked.load(self.engine, self.coverage(asked.clock))
            if self.rollup is not None and is_of_groups(asked):
                self.engine.keep(PRESENT, person_days(asked, DAYS))
                self.engine.keep(PRESENT_BEFORE, person_days(asked, DAYS_BEFORE))
            self._periods_of = asked

    def forget_periods(self) -> None:
        """Give the engine the periods of the next question anew: somebody else who shares it has given it others."""
        self._periods_of = None

    def _needs_special(self, names: Iterable[str]) -> bool:
        """Whether cells have to be worked out outside the query."""
        closure = self._closure(names).values()
        return any(
            call.name in METRIC_FUNCTIONS and call.name != "year_before" for m in closure for call in m.functions
        ) or any(isinstance(m.body, Stock | Observed | Conversion) for m in closure)

    def query(self, names: Sequence[str], asked: Asked) -> exp.Select:
        """The final query of some metrics; what it joins is loaded into the engine."""
        return self._composed(names, asked).query

    def _composed(self, names: Sequence[str], asked: Asked) -> Composition:
        frame = self._frame(asked)
        parts = [*self._special_parts(names, asked, frame)]
        self._load(asked)
        parts += self._measure_parts(names, asked, frame)
        merged_cells = merged(parts, grid(asked), asked)
        composition = composed(names, merged_cells, asked, Composer(self.catalogue, self.coverage(asked.clock)))
        return replace(composition, has_days=any(part.has_days for part in parts))

    def _frame(self, asked: Asked) -> Frame:
        return Frame(self.engine, asked.clock, self.currency)

    def _closure(self, names: Iterable[str]) -> dict[str, Metric]:
        return {metric.name: metric for name in names for metric in self.catalogue.closure(name)}

    def _functions(self, names: Iterable[str], function: str) -> set[str]:
        closure = self._closure(names).values()
        return {metric_argument(call) for m in closure for call in m.functions if call.name == function}

    def _measure_parts(self, names: Sequence[str], asked: Asked, frame: Frame) -> Iterator[Part]:
        """One pass for each table, date and owner; another one a year earlier where a formula looks back."""
        params = self.catalogue.pack.params
        before = self._closure(self._functions(names, "year_before")).values()
        for group in (*grouped(self._closure(names).values()), *grouped(before, year_before=True)):
            if group.owner is None and set(PERSONAL) & {*asked.by, *(scope.dimension for scope in asked.scopes)}:
                self.notes[
                    f"rows of {group.table} name no person: they count for the company and by what they name"
                ] = None
                yield self._nothing(group, asked)
                continue
            for part, query, has_days in self._passes(group, asked, frame, params):
                yield Part(query, tuple(c for m in part.metrics for c in columns_of(m, part.suffix)), has_days)

    def _nothing(self, group: Group, asked: Asked) -> Part:
        """Cells for rows that nobody can be credited with."""
        names = tuple(c for m in group.metrics for c in columns_of(m, group.suffix))
        cells_ = [named(as_double(exp.Null()), name) for name in names]
        keys = [named(exp.cast(exp.Null(), "varchar"), key(n)) for n in range(len(asked.by))]
        query = exp.select(named(exp.cast(exp.Null(), "int"), "period"), *keys, *cells_).where(exp.false(), copy=False)
        return Part(query, names)

    def _passes(
        self, group: Group, asked: Asked, frame: Frame, params: Mapping[str, Any]
    ) -> Iterator[tuple[Group, exp.Select, bool]]:
        """A group from the rollup as far as it reaches, the rest from the rows; whether the query names days."""
        rest: Group | None = group
        if self.rollup is not None:
            ready, rest = self.rollup.split(group, asked)
            for part in ready:
                yield part, rolled_cells(part, asked), False
        if rest is not None:
            yield rest, cells(rest, asked, frame, params), True

    def passes(self, names: Sequence[str], asked: Asked) -> Iterator[tuple[Group, exp.Select]]:
        """Every pass that counts some measures, with the query for its cells; the periods asked for are loaded."""
        self._load(asked)
        for group in grouped(self._closure(names).values()):
            for part, query, _ in self._passes(group, asked, self._frame(asked), self.catalogue.pack.params):
                yield part, query

    def rows_in(self, asked: Asked) -> Frame:
        """Where the rows behind a question are found; the periods asked for are loaded."""
        self._load(asked)
        return self._frame(asked)

    def _special_parts(self, names: Sequence[str], asked: Asked, frame: Frame) -> Iterator[Part]:
        special = self.special_of(asked)
        closure = self._closure(names)
        found: dict[str, list[Cell]] = {}
        for suffix, function, give in (
            (TARGET, "target", special.target_cells),
            (ATTAINING, "share_attaining", special.attaining_cells),
            (TYPICAL, "typical", special.typical_cells),
        ):
            for name in sorted(self._functions(names, function)):
                found[f"{name}{suffix}"] = list(give(name))
        for metric in closure.values():
            if isinstance(metric.body, Observed):
                found[metric.name] = list(special.observed_cells(metric))
            elif isinstance(metric.body, Conversion):
                found[metric.name] = list(special.conversion_cells(metric))
        found |= self._stocks([m for m in closure.values() if isinstance(m.body, Stock)], asked, frame)
        for number, (name, rows) in enumerate(found.items()):
            yield self._loaded(f"cells_{number}_{len(asked.by)}", name, rows, asked)

    def _loaded(self, table: str, name: str, rows: Sequence[Cell], asked: Asked) -> Part:
        keys = {key(n): "VARCHAR" for n in range(len(asked.by))}
        columns = {"period": "INTEGER", **keys, f"{VALUE}{name}": "DOUBLE", f"{CASES}{name}": "DOUBLE"}
        self.engine.load(table, columns, [(number, *keys_, value, n) for number, keys_, value, n in rows])
        return Part(
            exp.select(*(column(c) for c in columns)).from_(table, copy=False), (f"{VALUE}{name}", f"{CASES}{name}")
        )

    def _stocks(self, stocks: Sequence[Metric], asked: Asked, frame: Frame) -> dict[str, list[Cell]]:
        """The cells of stocks, each period at its own moment; and what they found nothing to add up for."""
        found: dict[str, list[Cell]] = {metric.name: [] for metric in stocks}
        for table in dict.fromkeys(m.body.table for m in stocks if isinstance(m.body, Stock)):
            own = [m for m in stocks if isinstance(m.body, Stock) and m.body.table == table]
            summed = [m for m in own if isinstance(m.body, Stock) and m.body.take.how == "sum"]
            counted = [*own, *(rows_counted(m) for m in summed)]
            for number, _ in enumerate(asked.names):
                self._probabilities(own, asked.counted_to(number), frame)
                self._load(asked)
                rows = self.engine.run(stock_cells(counted, number, asked, frame, self.catalogue.pack.params))
                for row in rows:
                    self._add_stock(row, counted, asked, found)
        return found

    def _add_stock(
        self, row: Sequence[Any], counted: Sequence[Metric], asked: Asked, found: dict[str, list[Cell]]
    ) -> None:
        width = 1 + len(asked.by)
        values = {m.name: row[width + 2 * i : width + 2 * i + 2] for i, m in enumerate(counted)}
        for name, (value, n) in values.items():
            if name not in found:
                continue
            found[name].append((row[0], tuple(row[1:width]), value, n))
            rows = values.get(f"{name}__rows")
            if rows is not None and rows[0] > n:
                what = f"{name} {asked.names[row[0]]}" + (f" {'/'.join(map(str, row[1:width]))}" if width > 1 else "")
                self.notes[f"{what}: {int(rows[0] - n)} of {int(rows[0])} open cases have nothing to add up."] = None

    def _probabilities(self, stocks: Sequence[Metric], on: date, frame: Frame) -> None:
        if not any("stage_probability" in str(m.block.get("stock")) for m in stocks):
            return
        then = replace(frame, clock=Clock(on, frame.clock.is_open_ended and on >= frame.clock.as_of))
        rows, notes = stage_probabilities(then, self.catalogue.pack)
        self.engine.load("stage_probabilities", PREPARED["stage_probabilities"], rows)
        self.notes.update(dict.fromkeys(notes))

    def special_of(self, asked: Asked) -> Special:
        """What gives the special cells of a question, targets among them."""
        return Special(self._frame(asked), self.catalogue, asked, self.open_firm, self.figures, self._has_targets)

    def open_firm(self) -> FirmTables:
        """The firm's people and targets; what is wrong with a target is told."""
        if self._firm is None:
            self._firm = FirmTables(self.engine, self.calendar, self.catalogue.pack.ramp)
        unusable = self._firm.targets.unusable
        self.notes.update(dict.fromkeys(row.sentence for row in unusable[:_FEW]))
        if len(unusable) > _FEW:
            self.notes[f"{len(unusable) - _FEW} more targets are left out; `courtside targets show` names them."] = None
        return self._firm

    def _has_targets(self, metric: str) -> bool:
        if self._with_targets is None:
            self._with_targets = metrics_with_targets(self.engine)
        return metric in self._with_targets

    def coverage(self, clock: Clock) -> Coverage:
        """The first and last day of each table's rows by the clock's day."""
        if clock.as_of not in self._coverage:
            covered = {t: self._covered(t, names, clock) for t, names in COVERING.items() if t not in DERIVED}
            covered["working_days"] = over_all(covered)
            self._coverage[clock.as_of] = Coverage(covered)
        return self._coverage[clock.as_of]

    def _covered(self, table: str, names: Sequence[str], clock: Clock) -> tuple[date, date] | None:
        if self.rollup is not None and (ready := self.rollup.coverage(table)) is not None:
            first, last = ready
            return (first, min(last, clock.as_of)) if first <= clock.as_of else None
        spans = []
        for name in names:
            within = template("CAST(:x AS DATE) <= :d", x=column(name), d=clock.as_of)
            days = exp.cast(column(name), "date")
            query = (
                exp.select(exp.Min(this=days), exp.Max(this=days.copy()))
                .from_(exp.to_table(table), copy=False)
                .where(within, copy=False)
            )
            if table in HAPPENED:
                query = query.where(HAPPENED[table], copy=False)
            spans += [row for row in self.engine.run(query) if row[0] is not None]
        return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None
