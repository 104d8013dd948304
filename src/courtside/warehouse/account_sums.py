"""What one measure of opportunities comes to for each account, in a period and in the same one a year before."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from courtside.metrics.metric import Measure, Metric
from courtside.warehouse.asked import PERIODS, Asked
from courtside.warehouse.cells import Group, Source, conditions_of, in_periods, rows_of
from courtside.warehouse.expressions import PERIOD, ROW, demanded, needs_of
from courtside.warehouse.figures import Figures
from courtside.warehouse.spread import Keys
from courtside.warehouse.sql import all_of, column, day, named, total

Sums = Mapping[tuple[Keys, str], tuple[float, float]]
"""Keys and account -> what it came to in the period, and a year before."""


def account_sums(figures: Figures, metric: Metric, asked: Asked) -> Sums:
    """The sums of an additive measure by account, one period asked about, cut as `asked` says.

    Rows that name no account are left out; accounts without a row in either period are not listed. Asked of the
    year before, the measure's own conditions speak of the period in question, as `year_before` has it in metrics.
    """
    now, before = (_sums(figures, metric, asked, year_before=is_before) for is_before in (False, True))
    return {at: (now.get(at, 0.0), before.get(at, 0.0)) for at in sorted(now.keys() | before.keys(), key=str)}


def _sums(figures: Figures, metric: Metric, asked: Asked, *, year_before: bool) -> dict[tuple[Keys, str], float]:
    body = metric.body
    if not isinstance(body, Measure):
        raise TypeError(metric.name)
    group = Group(body.table, body.date, body.owner, (metric,), year_before)
    needs = needs_of(body.table, body.where, body.take.of, columns=(body.date, body.owner, "account_id"))
    on = day(column(body.date, ROW))
    source = Source(body.table, body.owner, on, body.date, demanded(body.where))
    rows = rows_of(source, needs, asked, figures.rows_in(asked), figures.catalogue.pack.params)
    where, of = conditions_of(metric, rows.translator, group, asked)
    query = in_periods(rows.query, on, group, asked)
    query = query.join(exp.to_table(PERIODS).as_(PERIOD), on="p.period = d.period", copy=False)
    account = column("account_id", ROW)
    query = query.select(*(tree.copy() for tree in rows.cuts), account, copy=False)
    query = query.select(named(total(of or exp.Null()), "whole"), copy=False)
    query = query.where(exp.Not(this=exp.Is(this=account.copy(), expression=exp.Null())), copy=False)
    if condition := all_of([one for one in (where, *rows.conditions) if one is not None]):
        query = query.where(condition, copy=False)
    width = len(rows.cuts)
    places = [exp.Literal.number(n + 1) for n in range(width + 1)]
    found = figures.engine.run(query.group_by(*places, copy=False))
    return {(tuple(row[:width]), str(row[width])): float(row[-1] or 0.0) for row in found}
