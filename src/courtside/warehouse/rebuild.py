"""Making a rollup file: a day table for every pass, marks for distinct counts, and what it is settled on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlglot import exp

from courtside.metrics.metric import Measure, Metric
from courtside.records.period import Grain
from courtside.records.tables import DERIVED, TABLES, Kind
from courtside.warehouse.batches import quoted
from courtside.warehouse.cells import CASES, VALUE, Group, aggregate, grouped, target_key
from courtside.warehouse.clock import EVERYTHING
from courtside.warehouse.compose import COVERING, over_all
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.expressions import ROW, Translator, demanded, linked_tables, needs_of
from courtside.warehouse.generation import Generation, Inputs, Progress
from courtside.warehouse.relations import WINDOWED, Frame, relation
from courtside.warehouse.rolled import OWNER, first_table_of, is_first_table, is_flagged, is_rolled, table_of
from courtside.warehouse.sql import column, day, literal, named, template
from courtside.warehouse.touched import Changed, Touch, changes, quarter_days

MEMORY = "1700MB"
_MANY = 3_000_000
"""Rows of a table above which its days are counted a quarter at a time, so that nothing spills."""
_QUARTERS = 80
"""More quarters than this mean that some date is a slip of the pen."""
_MOST = 0.6
"""The share of days above which a table is made anew rather than mended."""


def build(inputs: Inputs, earlier: Generation | None, path: Path, tell: Progress) -> None:
    """Write the rollup file of the batches that count. `earlier` is taken over where nothing changed."""
    engine = DuckEngine.over_batches(inputs.root, inputs.batches, None, inputs.zone, inputs.currency, str(path))
    try:
        engine.con.execute(f"SET memory_limit = '{MEMORY}'")
        builder = Builder(engine, inputs, tell)
        changed = None
        if earlier is not None and earlier.definitions == inputs.definitions and not engine.has_currencies:
            changed = changes(engine, inputs, earlier.holdings)
        if earlier is None or changed is None:
            builder.full()
        else:
            builder.taken_over(earlier, changed)
        engine.con.execute("CHECKPOINT")
    finally:
        engine.close()


Covered = Mapping[str, Mapping[str, tuple[date, date] | None]]
"""Table -> column -> its first and last day."""


def coverage_of(covered: Covered) -> dict[str, tuple[date, date] | None]:
    """The first and last day each table's rows cover, by the columns that say so."""
    found: dict[str, tuple[date, date] | None] = {}
    for table, columns in covered.items():
        spans = [span for name in COVERING[table] if (span := columns.get(name)) is not None]
        found[table] = (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None
    found["working_days"] = over_all(found)
    return found


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes the tables of one rollup file in an engine opened on it."""

    engine: DuckEngine
    inputs: Inputs
    tell: Progress

    @property
    def frame(self) -> Frame:
        """Rows as they stand after all that is recorded."""
        return Frame(self.engine, EVERYTHING, self.inputs.currency)

    def groups(self) -> Iterator[Group]:
        """The passes over tables that have rows."""
        return (g for g in grouped(self.inputs.catalogue) if not self.engine.is_empty(g.table))

    def full(self) -> None:
        """Every day table from all rows."""
        tables: list[str] = []
        for group in self.groups():
            for name, query in self._wanted(group):
                self.tell(f"counting {name}")
                self._create(name, group, query)
                tables.append(name)
        self._manifest(tables, self._covered())

    def taken_over(self, earlier: Generation, changed: Changed) -> None:
        """The tables of an earlier file, with the days that were touched counted again."""
        self.engine.con.execute(f"ATTACH {quoted(str(earlier.path))} AS earlier (READ_ONLY)")
        manifest = dict(self.engine.con.execute("SELECT key, value FROM earlier.manifest").fetchall())
        had = set(json.loads(manifest["tables"]))
        covered = self._covered()
        tables: list[str] = []
        for group in self.groups():
            days = Touch.of(group, changed)
            if group.table in DERIVED and self._worked_alike(manifest, covered, changed):
                days = frozenset()
            for name, query in self._wanted(group):
                self.tell(f"bringing {name} up to date")
                if name not in had or days is None:
                    self._create(name, group, query)
                else:
                    self._patch(name, group, days)
                tables.append(name)
        self._manifest(tables, covered)
        self.engine.con.execute("DETACH earlier")

    def _worked_alike(self, manifest: Mapping[str, str], covered: Covered, changed: Changed) -> bool:
        """Whether nothing changed that says when people were there to work."""
        before = json.loads(manifest["coverage"])["working_days"]
        now = json.loads(json.dumps(coverage_of(covered)["working_days"], default=str))
        return before == now and not changed.tables & {"people", "assignments", "absences", "holidays"}

    def _patch(self, name: str, group: Group, days: frozenset[date]) -> None:
        """One table: the days that were not touched as they were, the others from the rows.

        Where most days were touched, counting them all again is the quicker.
        """
        since = min(days, default=None)
        if is_first_table(name):
            days, since = quarter_days(days)
        known_days = self.engine.con.execute(f'SELECT count(DISTINCT day) FROM earlier."{name}"').fetchone()
        if len(days) > _MOST * (known_days[0] if known_days else 0):
            self._create(name, group, dict(self._wanted(group))[name])
            return
        self.engine.load("touched", {"day": "DATE"}, [(day,) for day in sorted(days)])
        kept = f'SELECT * FROM earlier."{name}" ANTI JOIN touched USING (day)'
        if not days or since is None:
            self.engine.con.execute(f'CREATE TABLE "{name}" AS {kept} ORDER BY {OWNER}, day')
            return
        fresh = self.engine.text(dict(self._wanted(group, Window(since, max(days))))[name])
        again = f"SELECT * FROM ({fresh}) SEMI JOIN touched USING (day)"
        self.engine.con.execute(f'CREATE TABLE "{name}" AS {kept} UNION ALL BY NAME {again} ORDER BY {OWNER}, day')

    def _wanted(self, group: Group, window: Window | None = None) -> Iterator[tuple[str, exp.Select]]:
        """The tables of a pass and the query for each."""
        params = self.inputs.catalogue.pack.params
        if ready := tuple(m for m in group.metrics if is_rolled(m)):
            part = replace(group, metrics=ready)
            yield table_of(part), day_query(part, self.frame, params, window)
        for metric in (m for m in group.metrics if is_flagged(m)):
            yield first_table_of(metric.name), first_query(metric, self.frame, params, window)

    def _create(self, name: str, group: Group, query: exp.Query) -> None:
        """A table from all rows; from a quarter's rows after the other's where there are many."""
        begun = False
        for first, last in self._stretches(group, name):
            look = min(first, first - first.weekday() * timedelta(days=1)) if is_first_table(name) else first
            fresh = self.engine.text(dict(self._wanted(group, Window(look, last)))[name])
            days = f"day >= DATE '{first}' AND day <= DATE '{last}'"
            into = f'INSERT INTO "{name}" BY NAME' if begun else f'CREATE TABLE "{name}" AS'
            self.engine.con.execute(f"{into} SELECT * FROM ({fresh}) WHERE {days} ORDER BY {OWNER}, day")
            begun = True
        if not begun:
            ordered = f"SELECT * FROM ({self.engine.text(query)}) ORDER BY {OWNER}, day"
            self.engine.con.execute(f'CREATE TABLE "{name}" AS {ordered}')

    def _stretches(self, group: Group, name: str) -> list[tuple[date, date]]:
        """The quarters of a pass over many rows; none where one query is as quick.

        A pass that looks back far, or counts by a computed date, is not divided.
        """
        stored = {column.name for column in TABLES[group.table].columns} if group.table in TABLES else set()
        if group.date not in stored or name.endswith(tuple(WINDOWED)) or self.engine.count(group.table) < _MANY:
            return []
        span = self.engine.days_of(group.table, (group.date,))
        quarters = self.inputs.calendar.between(*span, Grain.QUARTER) if span else ()
        return [(quarter.starts_on, quarter.last_on) for quarter in quarters] if len(quarters) <= _QUARTERS else []

    def _manifest(self, tables: Sequence[str], covered: Covered) -> None:
        """What the file says of itself. It is settled on the last day on which anything happened or was recorded."""
        ends = [span[1] for spans in covered.values() for span in spans.values() if span is not None]
        coverage = coverage_of(covered)
        said = {
            "tables": json.dumps(tables),
            "coverage": json.dumps(coverage, default=str),
            "settled_on": max(self.engine.last_recorded_on() or date.min, *ends, date.min).isoformat(),
        }
        self.engine.con.execute("CREATE TABLE manifest (key VARCHAR, value VARCHAR)")
        self.engine.con.executemany("INSERT INTO manifest VALUES (?, ?)", list(said.items()))

    def _covered(self) -> Covered:
        """The first and last day in every column of days of every table that has events."""
        found: dict[str, dict[str, tuple[date, date] | None]] = {}
        for table in COVERING:
            if table in TABLES:
                names = [c.name for c in TABLES[table].columns if c.kind in (Kind.TIME, Kind.DATE)]
                found[table] = self.engine.days_of_each(table, [n for n in names if n != "expected_close_on"])
        return found


@dataclass(frozen=True, slots=True)
class Window:
    """The first and last day whose rows are read."""

    first: date
    last: date

    def test(self, moment: exp.Expr) -> exp.Expr:
        """Whether an instant lies within."""
        return template(
            ":x >= CAST(:first AS TIMESTAMP) AND :x < CAST(:after AS TIMESTAMP)",
            x=moment, first=self.first, after=self.last + timedelta(days=1),
        )  # fmt: skip


def source_rows(
    group: Group, frame: Frame, params: Mapping[str, Any], window: Window | None
) -> tuple[exp.Select, Translator]:
    """The rows of a pass with their links, each as `r`, and the translator for its expressions."""
    filters = [_body(m).where for m in group.metrics]
    nodes = [*filters, *(_body(m).take.of for m in group.metrics)]
    needs = needs_of(group.table, *nodes, columns=(group.date, group.owner))
    source = relation(group.table, needs.computed, frame, demanded(*filters), window.first if window else None)
    query = exp.select().from_(exp.alias_(exp.Subquery(this=source), ROW, table=True, copy=False), copy=False)
    for link, own, target in linked_tables(group.table, needs.links):
        on = exp.EQ(this=column(target_key(target), link), expression=column(own, ROW))
        query = query.join(exp.to_table(target).as_(link), on=on, join_type="left", copy=False)
    dated = column(group.date, ROW)
    query = query.where(template("NOT :x IS NULL", x=dated), copy=False)
    if window is not None:
        query = query.where(window.test(dated), copy=False)
    return query, Translator(group.table, params, frame, group.date)


def day_query(group: Group, frame: Frame, params: Mapping[str, Any], window: Window | None = None) -> exp.Select:
    """Person, day, and two columns a measure: its sum and its cases (a count is its own number of cases)."""
    query, translator = source_rows(group, frame, params, window)
    query = query.select(
        named(column(str(group.owner), ROW), OWNER), named(day(column(group.date, ROW)), "day"), copy=False
    )
    for metric in group.metrics:
        body = _body(metric)
        where = translator.tree(body.where) if body.where is not None else None
        of = translator.tree(body.take.of, money=True) if body.take.of is not None else None
        value, cases = (part.this for part in aggregate(body.take, where, of))
        query = query.select(named(value, f"{VALUE}{metric.name}"), copy=False)
        if body.take.how != "count":
            query = query.select(named(cases, f"{CASES}{metric.name}"), copy=False)
    return query.group_by(literal(1), literal(2), copy=False)


def first_query(metric: Metric, frame: Frame, params: Mapping[str, Any], window: Window | None = None) -> exp.Select:
    """Person, day, and how many distinct things were met on that day first in its week, month and quarter.

    Rows are put in one order of person, thing and day; a row is first in its week if the row before it
    is of another person or thing, or of an earlier week. These marks add up over the days of a period.
    """
    body = _body(metric)
    query, translator = source_rows(Group(body.table, body.date, body.owner, (metric,)), frame, params, window)
    if body.take.of is None:
        raise TypeError(metric.name)
    thing = translator.tree(body.take.of)
    query = query.select(
        named(column(str(body.owner), ROW), OWNER),
        named(thing, "thing"),
        named(day(column(body.date, ROW)), "day"),
        copy=False,
    ).where(template("NOT :x IS NULL", x=thing), copy=False)
    if body.where is not None:
        query = query.where(translator.tree(body.where), copy=False)
    tree = template(_FIRSTS, found=exp.Subquery(this=query))
    if not isinstance(tree, exp.Select):
        raise TypeError(metric.name)
    return tree


_FIRSTS = """
SELECT person_id, day,
  SUM(CASE WHEN before IS NULL OR DATE_TRUNC('week', before) <> DATE_TRUNC('week', day) THEN 1 ELSE 0 END) AS week,
  SUM(CASE WHEN before IS NULL OR DATE_TRUNC('month', before) <> DATE_TRUNC('month', day) THEN 1 ELSE 0 END) AS month,
  SUM(CASE WHEN before IS NULL OR DATE_TRUNC('quarter', before) <> DATE_TRUNC('quarter', day) THEN 1 ELSE 0 END)
    AS quarter
FROM (
  SELECT person_id, day, LAG(day) OVER (PARTITION BY person_id, thing ORDER BY day) AS before FROM :found AS f
) AS m GROUP BY person_id, day
"""


def _body(metric: Metric) -> Measure:
    if not isinstance(metric.body, Measure):
        raise TypeError(metric.name)
    return metric.body
