"""Figures from the daily rollup: which measures it can give for a cut, and the query that reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Set
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
from courtside.warehouse.cells import Group, columns_of, key, one_of, scope_condition
from courtside.warehouse.dimensions import GROUPS, PERSONAL, cut
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.expressions import ROW, demanded
from courtside.warehouse.generation import Inputs, current
from courtside.warehouse.relations import TIMELESS
from courtside.warehouse.sql import all_of, as_double, column, literal, named, template, total

SCHEMA = "roll"
"""The name under which the rollup file is attached."""
OWNER = "person_id"
PRESENT, PRESENT_BEFORE = "asked_person_days", "asked_person_days_before"
"""Who belonged to the groups asked about on which day, with the period the day is in."""
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
    if not isinstance(body, Measure) or body.owner is None or uses_moments(metric):
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
        body = metric.body
        if isinstance(body, Measure) and body.counts_undated and asked.is_all:
            return False
        settled = asked.clock.is_open_ended or (isinstance(body, Measure) and is_timeless(body))
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
    scoped = {scope.dimension for scope in asked.scopes}
    query = exp.select().from_(exp.to_table(f"{SCHEMA}.{source}").as_(ROW), copy=False)
    if asked.is_all:
        query = query.where(
            template(":moment <= :d", moment=on, d=asked.clock.as_of) if not group.year_before else exp.false(),
            copy=False,
        )
        query = query.select(named(literal(0), "period"), copy=False)
    else:
        query = query.join(_days_of(group, asked), on=_same_day(asked), copy=False)
        query = query.select(column("period", "d"), copy=False)
    dimensions = set() if is_of_groups(asked) else {*asked.by, *scoped}
    query = _with_groups(query, dimensions)
    query = query.select(*(named(c.tree.copy(), key(n)) for n, c in enumerate(cuts)), copy=False)
    for metric in group.metrics:
        columns = columns_of(metric, group.suffix)
        grain = grain_of(asked) if is_flagged(metric) else None
        kept = (grain.value,) if grain else columns_of(metric)
        add = _sum_of(metric)
        query = query.select(*(named(add(column(k, ROW)), c) for k, c in zip(kept, columns, strict=True)), copy=False)
    conditions = [] if is_of_groups(asked) else scope_conditions(asked, on)
    conditions += _of_people(asked)
    if where := all_of(conditions):
        query = query.where(where, copy=False)
    return query.group_by(*(literal(n + 1) for n in range(1 + len(cuts))), copy=False)


def _sum_of(metric: Metric) -> Callable[[exp.Expr], exp.Expr]:
    """How the days of a metric are added up: counts are whole numbers, which doubles hold exactly."""
    body = metric.body
    is_whole = isinstance(body, Measure) and body.take.how.startswith("count")
    return (lambda days: as_double(exp.Sum(this=days))) if is_whole else total


def _of_people(asked: Asked) -> Iterator[exp.Expr]:
    """That a row is of somebody the scopes can speak of.

    Where who belonged when is joined anyway, stretches of neighbours in the order of the rows are enough: the
    engine reads other columns for these rows alone.
    """
    if asked.stretches and is_of_groups(asked):
        owner = column(OWNER, ROW)
        yield exp.paren(
            exp.or_(*(template(":o BETWEEN :a AND :b", o=owner, a=a, b=b) for a, b in asked.stretches), copy=False)
        )
    elif asked.people is not None:
        yield one_of(column(OWNER, ROW), asked.people)


def _days_of(group: Group, asked: Asked) -> exp.Expr:
    """The days asked about as `d`: everybody's, or those on which each person belonged to the groups."""
    if is_of_groups(asked):
        return exp.to_table(PRESENT_BEFORE if group.year_before else PRESENT).as_("d")
    return exp.to_table(DAYS_BEFORE if group.year_before else DAYS).as_("d")


def _same_day(asked: Asked) -> exp.Expr:
    return template("d.person_id = r.person_id AND d.day = r.day" if is_of_groups(asked) else "d.day = r.day")


def _with_groups(query: exp.Select, dimensions: Set[str]) -> exp.Select:
    """The person as `who` and where they belonged on the day as `s`, as far as some dimensions need them."""
    if dimensions & {"role", "tenure"}:
        on_person = template("who.person_id = r.person_id")
        query = query.join(exp.to_table("people").as_("who"), on=on_person, join_type="left", copy=False)
    if dimensions & {*GROUPS, "manager"}:
        belonged = template("s.person_id = r.person_id AND r.day >= s.starts_on AND r.day < s.ends_on")
        query = query.join(exp.to_table("spans").as_("s"), on=belonged, join_type="left", copy=False)
    return query


def scope_conditions(asked: Asked, on: exp.Expr) -> list[exp.Expr]:
    """That the person of a row belongs to the groups asked about: those of one dimension widen each other."""
    dimensions = dict.fromkeys(scope.dimension for scope in asked.scopes)
    return [
        scope_condition(tuple(s for s in asked.scopes if s.dimension == name), cut(name, "", OWNER, on))
        for name in dimensions
    ]


def is_of_groups(asked: Asked) -> bool:
    """Whether who belonged on which day is worked out once, for every pass: one figure a period for few people."""
    return (
        not asked.by
        and not asked.is_all
        and bool(asked.people)
        and bool({scope.dimension for scope in asked.scopes} & {*GROUPS, "manager"})
    )


def person_days(asked: Asked, days: str) -> exp.Select:
    """Person, day and period for every day on which a person belonged to the groups asked about.

    Somebody who was there twice on one day counts twice, as everywhere.
    """
    query = exp.select("r.person_id", "r.day", "r.period").from_(
        exp.alias_(exp.Subquery(this=_everybody(asked, days)), ROW, table=True, copy=False), copy=False
    )
    query = _with_groups(query, {scope.dimension for scope in asked.scopes})
    return query.where(all_of(scope_conditions(asked, column("day", ROW))), copy=False)


def _everybody(asked: Asked, days: str) -> exp.Select:
    """The people who may be meant, on every day asked about."""
    people = exp.Values(expressions=[exp.Tuple(expressions=[literal(person)]) for person in asked.people or ()])
    listed = exp.alias_(people, "v", table=[OWNER])
    query = exp.select(column(OWNER, "v"), "x.day", "x.period").from_(listed, copy=False)
    return query.join(exp.to_table(days).as_("x"), join_type="cross", copy=False)
