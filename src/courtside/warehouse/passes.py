"""What a rollup holds: the query for the day table of a pass, and for the first-in-period marks of a distinct count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlglot import exp

from courtside.metrics.metric import Measure, Metric
from courtside.warehouse.cells import CASES, VALUE, Group, aggregate, target_key
from courtside.warehouse.expressions import ROW, Translator, demanded, linked_tables, needs_of
from courtside.warehouse.frame import Frame
from courtside.warehouse.relations import relation
from courtside.warehouse.rolled import OWNER
from courtside.warehouse.sql import column, day, literal, named, template
from courtside.warehouse.touches import prospect_keys


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

    Of each week of a month only the first day counts, so these are found first. They are put in one order of
    person, thing and day; one is first in its week if the one before it is of another person or thing, or of an
    earlier week. These marks add up over the days of a period.
    """
    body = _body(metric)
    query, translator = source_rows(Group(body.table, body.date, body.owner, (metric,)), frame, params, window)
    if body.take.of is None:
        raise TypeError(metric.name)
    thing = translator.tree(body.take.of)
    things = list(prospect_keys(ROW)) if str(body.take.of) == "prospect" else [thing]
    keys = [f"thing_{number}" for number in range(len(things))]
    query = query.select(
        named(column(str(body.owner), ROW), OWNER),
        *(named(tree, key) for tree, key in zip(things, keys, strict=True)),
        named(day(column(body.date, ROW)), "day"),
        copy=False,
    ).where(template("NOT :x IS NULL", x=things[0]), copy=False)
    if body.where is not None:
        query = query.where(translator.tree(body.where), copy=False)
    tree = template(_FIRSTS.format(things=", ".join(keys)), found=exp.Subquery(this=query))
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
  SELECT person_id, day, LAG(day) OVER (PARTITION BY person_id, {things} ORDER BY day) AS before FROM (
    SELECT person_id, {things}, MIN(day) AS day FROM :found AS f
    GROUP BY person_id, {things}, DATE_TRUNC('week', day), DATE_TRUNC('month', day)
  ) AS firsts
) AS m GROUP BY person_id, day
"""


def _body(metric: Metric) -> Measure:
    if not isinstance(metric.body, Measure):
        raise TypeError(metric.name)
    return metric.body
