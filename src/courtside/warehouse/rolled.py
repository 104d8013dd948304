"""Figures from the daily rollup: which measures it can give for a cut, and the query that reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlglot import exp

from courtside.metrics.expression import Name, names
from courtside.metrics.metric import Measure, Metric
from courtside.metrics.vocabulary import COMPUTED, MOMENTS
from courtside.records.period import Calendar, Grain
from courtside.records.tables import CASES as CASE_TABLES
from courtside.warehouse.asked import DAYS, DAYS_BEFORE, Asked
from courtside.warehouse.cells import CASES, VALUE, Group, key, one_of, scope_condition
from courtside.warehouse.dimensions import GROUPS, PERSONAL, cut
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.expressions import ROW, demanded
from courtside.warehouse.generation import Inputs, current
from courtside.warehouse.relations import TIMELESS
from courtside.warehouse.sql import all_of, as_double, column, literal, named, template

SCHEMA = "roll"
"""The name under which the rollup file is attached."""
OWNER = "person_id"
FLAGGED = (Grain.WEEK, Grain.MONTH, Grain.QUARTER)
"""Grains for which the first day of each distinct thing in a period is marked."""


def table_of(group: Group) -> str:
    """The day table of a pass."""
    only = demanded(*(m.body.where for m in group.metrics if isinstance(m.body, Measure)))
    return "__".join(str(part) for part in ("day", group.table, group.date, group.owner, only) if part)


def first_table_of(metric: str) -> str:
    """The table of first-in-period marks of a distinct count."""
    return f"first__{metric}"


def is_first_table(name: str) -> bool:
    """Whether a table of a rollup holds first-in-period marks."""
    return name.startswith("first__")


def is_rolled(metric: Metric) -> bool:
    """Whether a day table holds the metric: it adds up over days, or is a mean of such sums."""
    body = metric.body
    if not isinstance(body, Measure) or body.owner is None or body.counts_undated or uses_moments(metric):
        return False
    return body.take.how in ("count", "sum", "mean")


def is_flagged(metric: Metric) -> bool:
    """Whether first-in-period marks are kept for the metric: a distinct count of a person's rows."""
    body = metric.body
    if not isinstance(body, Measure) or body.owner is None or body.counts_undated or uses_moments(metric):
        return False
    return body.take.how == "count_distinct"


def mentioned(body: Measure) -> tuple[Name, ...]:
    """Every name in a measure's filter and in what it takes."""
    return tuple(name for node in (body.where, body.take.of) if node is not None for name in names(node))


def uses_moments(metric: Metric) -> bool:
    """Whether the figure of a day depends on the period it is asked for."""
    return isinstance(metric.body, Measure) and any(str(name) in MOMENTS for name in mentioned(metric.body))


def is_timeless(body: Measure) -> bool:
    """Whether a day's figure is the same on every later day: nothing it reads changes after the event."""
    if body.table in CASE_TABLES and body.date != "closed_at":
        return False
    computed = {word.name for word in COMPUTED.get(body.table, ())} - TIMELESS.get(body.table, frozenset())
    moving = computed | {"qualified_at", "disqualified_at", "cancelled_at", "opportunity_id"}
    read = {str(name) for name in mentioned(body)} | {body.date, str(body.owner)}
    if body.table == "activities":
        moving.discard("opportunity_id")
    return not read & moving and not any(name.startswith(("opportunity.", "lead.", "job_order.")) for name in read)


@dataclass(frozen=True, slots=True)
class Rollup:
    """An attached generation: its tables, the days each record table covers, and what it is settled on.

    Nothing recorded lies after `settled_on`: for that day and later ones every figure in it holds.
    """

    tables: frozenset[str]
    settled_on: date
    days: Mapping[str, tuple[date, date] | None]

    @classmethod
    def attached(cls, engine: DuckEngine, inputs: Inputs) -> Rollup | None:
        """The current generation attached to an engine, if it is for these inputs."""
        generation = current(inputs.root)
        if generation is None or not generation.is_for(inputs):
            return None
        return cls.read(engine.attach(generation.path, SCHEMA))

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> Rollup:
        """A rollup from what its file says of itself."""
        days = {
            table: (date.fromisoformat(span[0]), date.fromisoformat(span[1])) if span else None
            for table, span in json.loads(manifest["coverage"]).items()
        }
        return cls(frozenset(json.loads(manifest["tables"])), date.fromisoformat(manifest["settled_on"]), days)

    def coverage(self, table: str) -> tuple[date, date] | None:
        """The first and last day of a table's rows."""
        return self.days.get(table)

    def split(self, group: Group, asked: Asked) -> tuple[tuple[Group, ...], Group | None]:
        """The parts of a pass the rollup can give, and the part that needs the rows."""
        if not self._serves(asked):
            return (), group
        ready = [m for m in group.metrics if self._has(group, m, asked)]
        flagged = [m for m in group.metrics if is_flagged(m) and self._has_flags(m, asked)]
        rest = [m for m in group.metrics if m not in ready and m not in flagged]
        parts = [replace(group, metrics=tuple(ready))] if ready else []
        parts += [replace(group, metrics=(metric,)) for metric in flagged]
        return tuple(parts), replace(group, metrics=tuple(rest)) if rest else None

    def _serves(self, asked: Asked) -> bool:
        cuts = {*asked.by, *(scope.dimension for scope in asked.scopes)}
        return cuts <= {*PERSONAL, "company"}

    def _has(self, group: Group, metric: Metric, asked: Asked) -> bool:
        settled = asked.clock.is_open_ended or (isinstance(metric.body, Measure) and is_timeless(metric.body))
        return settled and is_rolled(metric) and table_of(group) in self.tables

    def _has_flags(self, metric: Metric, asked: Asked) -> bool:
        """Marks add up for one person over whole calendar weeks, months or quarters."""
        settled = asked.clock.is_open_ended or (isinstance(metric.body, Measure) and is_timeless(metric.body))
        alone = asked.by == ("person",) or (not asked.by and [s.dimension for s in asked.scopes] == ["person"])
        return settled and alone and grain_of(asked) is not None and first_table_of(metric.name) in self.tables


def grain_of(asked: Asked) -> Grain | None:
    """The marked grain all periods asked for are of; None if they are not whole periods of one."""
    calendar: Calendar = asked.calendar
    for grain in FLAGGED:
        if asked.periods and all(calendar.period_of(p.starts_on, grain) == p for p in asked.periods):
            return grain
    return None


def rolled_cells(group: Group, asked: Asked) -> exp.Select:
    """The cells of a pass, added up from days."""
    on = column("day", ROW)
    (first, *_) = group.metrics
    source = first_table_of(first.name) if is_flagged(first) else table_of(group)
    cuts = [cut(dimension, group.table, OWNER, on) for dimension in asked.by]
    scoped = {s.dimension: cut(s.dimension, group.table, OWNER, on) for s in asked.scopes}
    query = exp.select().from_(exp.to_table(f"{SCHEMA}.{source}").as_(ROW), copy=False)
    if asked.is_all:
        query = query.where(
            template(":moment <= :d", moment=on, d=asked.clock.as_of) if not group.year_before else exp.false(),
            copy=False,
        )
        query = query.select(named(literal(0), "period"), copy=False)
    else:
        days = DAYS_BEFORE if group.year_before else DAYS
        query = query.join(exp.to_table(days).as_("d"), on=template("d.day = r.day"), copy=False).select(
            column("period", "d"), copy=False
        )
    dimensions = {*asked.by, *scoped}
    if dimensions & {"role", "tenure"}:
        on_person = template("who.person_id = r.person_id")
        query = query.join(exp.to_table("people").as_("who"), on=on_person, join_type="left", copy=False)
    if dimensions & {*GROUPS, "manager"}:
        belonged = template("s.person_id = r.person_id AND r.day >= s.starts_on AND r.day < s.ends_on")
        query = query.join(exp.to_table("spans").as_("s"), on=belonged, join_type="left", copy=False)
    query = query.select(*(named(c.tree.copy(), key(n)) for n, c in enumerate(cuts)), copy=False)
    for metric in group.metrics:
        value, cases = f"{VALUE}{metric.name}", f"{CASES}{metric.name}"
        if isinstance(metric.body, Measure) and metric.body.take.how == "count":
            cases = value
        if is_flagged(metric):
            grain = grain_of(asked)
            value = cases = grain.value if grain else ""
        query = query.select(
            named(as_double(exp.Sum(this=column(value, ROW))), f"{VALUE}{metric.name}{group.suffix}"),
            named(as_double(exp.Sum(this=column(cases, ROW))), f"{CASES}{metric.name}{group.suffix}"),
            copy=False,
        )
    conditions = [
        scope_condition(tuple(s for s in asked.scopes if s.dimension == name), at) for name, at in scoped.items()
    ]
    if asked.people is not None:
        conditions.append(one_of(column(OWNER, ROW), asked.people))
    if where := all_of(conditions):
        query = query.where(where, copy=False)
    return query.group_by(*(literal(n + 1) for n in range(1 + len(cuts))), copy=False)
