"""What lies behind figures: how counts are spread over days, sums over cases, and conversions over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from courtside.metrics.expression import names as names_in
from courtside.metrics.metric import Measure, Metric
from courtside.records.period import Grain
from courtside.warehouse.asked import DAYS, PERIODS, Asked
from courtside.warehouse.cells import VALUE, Group, Rows, Source, conditions_of, key, quantile, rows_of
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.expressions import PERIOD, ROW, demanded, needs_of
from courtside.warehouse.figures import Figures
from courtside.warehouse.sql import all_of, as_double, column, day, literal, named, template, total

Array = npt.NDArray[np.float64]
Keys = tuple[Any, ...]
"""A figure's keys: one for each dimension it is cut by."""
_CASES = "case_rows"
_SHARE_CONVERTED = 0.95


@dataclass(frozen=True, slots=True)
class Daily:
    """Counts by key and day, added up from the first day on: any stretch of days is one subtraction."""

    keys: Mapping[Keys, int]
    first: date
    running: Mapping[str, Array]
    """Metric -> (keys, days + 1)."""

    def place(self, on: date) -> int:
        """Where a day begins in the running sums; days outside are drawn to its ends."""
        width = next((sums.shape[1] for sums in self.running.values()), 1)
        return min(max((on - self.first).days, 0), width - 1)

    def between(self, name: str, starts_on: date, ends_on: date) -> Array:
        """What each key counts from one day until another."""
        sums = self.running[name]
        return np.asarray(sums[:, self.place(ends_on)] - sums[:, self.place(starts_on)])


@dataclass(frozen=True, slots=True)
class CaseSums:
    """The cases behind one figure: (cases, components) where these are few, and in any case sums and products."""

    n: int
    values: Array | None
    sums: Array
    products: Array


def daily(figures: Figures, names: Sequence[str], asked: Asked, first: date, last: date) -> Daily:
    """Counts of some additive measures for each key and day from `first` to `last`, both included.

    Days after the clock count nothing. `asked` gives cut, scopes and clock; its periods are not looked at.
    """
    days = figures.calendar.between(first, last, Grain.DAY)
    width = len(asked.by)
    index: dict[Keys, int] = {}
    found: list[tuple[str, list[int], list[int], Array]] = []
    for group, query in figures.passes(names, replace(asked, periods=days)):
        columns = _columns(figures, query)
        keys = list(zip(*(columns[key(n)] for n in range(width)), strict=True)) if width else None
        at = [index.setdefault(k, len(index)) for k in keys or [()] * len(columns["period"])]
        on = [int(number) + 1 for number in columns["period"]]
        found += [(m.name, at, on, _numbers(columns[f"{VALUE}{m.name}"])) for m in group.metrics]
    running = {name: np.zeros((len(index), len(days) + 1)) for name in names}
    for name, at, on, counts in found:
        if name in running:
            np.add.at(running[name], (at, on), counts)
    return Daily(index, first, {name: np.cumsum(counts, axis=1) for name, counts in running.items()})


def _columns(figures: Figures, query: exp.Select) -> dict[str, list[Any]]:
    """The columns of a query by name."""
    if isinstance(figures.engine, DuckEngine):
        arrays = figures.engine.con.execute(figures.engine.text(query)).fetchnumpy()
        return {name: values.tolist() for name, values in arrays.items()}
    listed = [select.alias_or_name for select in query.selects]
    rows = figures.engine.run(query)
    return {name: [row[n] for row in rows] for n, name in enumerate(listed)}


def _numbers(values: Sequence[float | None]) -> Array:
    return np.array([0.0 if value is None else value for value in values], dtype=np.float64)


def cases(
    figures: Figures, leaves: Sequence[Metric], asked: Asked, most: int
) -> Iterator[tuple[Mapping[tuple[int, Keys], CaseSums], tuple[str, ...]]]:
    """The cases behind some measures, pass by pass: (number of the period, keys) -> cases, and the measures.

    A case is a row, or one of the things a distinct count counts with all its rows. Each measure gives two
    components: what the case adds up to, and whether it is one. Above `most` cases only their sums are told.
    """
    for group in _by_rows(leaves):
        query, width = _case_query(figures, group, asked), 1 + len(asked.by)
        figures.engine.keep(_CASES, query)
        yield _case_sums(figures, width, 2 * len(group.metrics), most), tuple(m.name for m in group.metrics)


def _by_rows(leaves: Sequence[Metric]) -> Iterator[Group]:
    """Measures of the same rows together, so that a case is dealt to all of them at once."""
    found: dict[tuple[str, str, str | None], list[Metric]] = {}
    for metric in leaves:
        body = _measure(metric)
        found.setdefault((body.table, body.date, body.owner), []).append(metric)
    return (Group(table, on, owner, tuple(metrics)) for (table, on, owner), metrics in found.items())


def _measure(metric: Metric) -> Measure:
    if not isinstance(metric.body, Measure):
        raise TypeError(metric.name)
    return metric.body


def _rows_of(figures: Figures, group: Group, asked: Asked, read: tuple[str, ...] = ()) -> tuple[Rows, exp.Expr]:
    """The rows of a group within the periods asked for, and the number of the period each is in."""
    bodies = [_measure(metric) for metric in group.metrics]
    nodes = [node for body in bodies for node in (body.where, body.take.of)]
    needs = needs_of(group.table, *nodes, columns=(group.date, group.owner, *read))
    on = day(column(group.date, ROW))
    source = Source(group.table, group.owner, on, group.date, demanded(*(body.where for body in bodies)))
    frame = figures.rows_in(asked)
    rows = rows_of(source, needs, asked, frame, figures.catalogue.pack.params)
    query = rows.query
    if asked.is_all:
        query = query.join(exp.to_table(PERIODS).as_(PERIOD), join_type="cross", copy=False)
        within = template(":moment IS NULL OR :moment <= :d", moment=on, d=asked.clock.as_of)
        query = query.where(exp.paren(within), copy=False)
    else:
        same_day = exp.EQ(this=column("day", "d"), expression=on.copy())
        query = query.join(exp.to_table(DAYS).as_("d"), on=same_day, copy=False)
        query = query.join(exp.to_table(PERIODS).as_(PERIOD), on="p.period = d.period", copy=False)
    if where := all_of(list(rows.conditions)):
        query = query.where(where, copy=False)
    return replace(rows, query=query), column("period", PERIOD)


def _case_query(figures: Figures, group: Group, asked: Asked) -> exp.Select:
    """One row a case: period, keys, then two columns a measure."""
    rows, number = _rows_of(figures, group, asked)
    keys = [named(tree.copy(), key(n)) for n, tree in enumerate(rows.cuts)]
    query = rows.query.select(named(number, "period"), *keys, copy=False)
    distinct: exp.Expr | None = None
    columns: list[tuple[exp.Expr, exp.Expr]] = []
    for metric in group.metrics:
        where, of = conditions_of(metric, rows.translator, group, asked)
        kept = where if where is not None else exp.true()
        if _measure(metric).take.how == "count_distinct" and of is not None:
            distinct, of = of, None
        counted = kept if of is None else exp.and_(kept, template("NOT :x IS NULL", x=of), copy=False)
        value = of if of is not None else literal(1)
        columns.append((_if(counted, value), _if(counted, literal(1))))
    counts = [exp.Max if _is_distinct(m) else exp.Sum for m in group.metrics]
    if distinct is not None:
        query = query.where(template("NOT :x IS NULL", x=distinct), copy=False)
        places = [literal(n + 1) for n in range(1 + len(keys))]
        query = query.group_by(*places, distinct, copy=False)
        columns = [(take(this=v), take(this=c)) for take, (v, c) in zip(counts, columns, strict=True)]
    flat = [part for pair in columns for part in pair]
    query = query.select(*(named(as_double(part), f"x{n}") for n, part in enumerate(flat)), copy=False)
    counted_in = [template(":x > 0", x=column(f"x{n}", "c")) for n in range(1, len(flat), 2)]
    whole = exp.alias_(exp.Subquery(this=query), "c", table=True, copy=False)
    return exp.select("c.*").from_(whole, copy=False).where(exp.or_(*counted_in, copy=False), copy=False)


def _is_distinct(metric: Metric) -> bool:
    return _measure(metric).take.how == "count_distinct"


def _if(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case().when(condition.copy(), as_double(value.copy())).else_(as_double(literal(0)))


def _case_sums(figures: Figures, width: int, parts: int, most: int) -> Mapping[tuple[int, Keys], CaseSums]:
    """The cases kept, group by group: their moments, and where they are few the cases in a fixed order."""
    values = [column(f"x{n}") for n in range(parts)]
    pairs = [(i, j) for i in range(parts) for j in range(i, parts)]
    moments = exp.select("period", *(column(key(n)) for n in range(width - 1)), exp.Count(this=exp.Star()))
    moments = moments.select(*(total(x.copy()) for x in values), copy=False)
    moments = moments.select(
        *(total(exp.Mul(this=values[i].copy(), expression=values[j].copy()), is_product=True) for i, j in pairs),
        copy=False,
    )
    moments = moments.from_(_CASES, copy=False).group_by(*(literal(n + 1) for n in range(width)), copy=False)
    few = _few_cases(figures, width, most)
    found = {}
    for row in figures.engine.run(moments):
        at, n = (int(row[0]), tuple(row[1:width])), int(row[width])
        products = np.zeros((parts, parts))
        for (i, j), product in zip(pairs, row[width + 1 + parts :], strict=True):
            products[i, j] = products[j, i] = product
        sums = np.array(row[width + 1 : width + 1 + parts], dtype=np.float64)
        found[at] = CaseSums(n, few.get(at), sums, products)
    return found


def _few_cases(figures: Figures, width: int, most: int) -> Mapping[tuple[int, Keys], Array]:
    """The cases of every group that has few, sorted by their values: the same however they were stored."""
    keys = [column("period"), *(column(key(n)) for n in range(width - 1))]
    size = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[k.copy() for k in keys])
    inner = exp.select("*", named(size, "size")).from_(_CASES, copy=False)
    whole = exp.alias_(exp.Subquery(this=inner), "c", table=True, copy=False)
    query = exp.select("*").from_(whole, copy=False).where(template("size <= :n", n=most), copy=False)
    found: dict[tuple[int, Keys], list[Sequence[float]]] = {}
    for row in figures.engine.run(query):
        found.setdefault((int(row[0]), tuple(row[1:width])), []).append(row[width:-1])
    return {at: np.array(sorted(map(tuple, rows)), dtype=np.float64) for at, rows in found.items()}


def ranked(
    figures: Figures, metric: Metric, asked: Asked, ranks: Callable[[int], tuple[int, int] | None]
) -> Mapping[tuple[int, Keys], tuple[float, float]]:
    """The values at two ranks (from 1) among the cases of each figure; `ranks` says which, by their number."""
    figures.engine.keep(_CASES, _case_query(figures, Group(*_identity(metric), (metric,)), asked))
    width = 1 + len(asked.by)
    keys = ", ".join(["period", *(key(n) for n in range(width - 1))])
    sizes = template(f"SELECT {keys}, COUNT(*) FROM {_CASES} GROUP BY {keys}")
    wanted = {(int(r[0]), tuple(r[1:width])): found for r in _run(figures, sizes) if (found := ranks(int(r[width])))}
    if not wanted:
        return {}
    order = f"SELECT {keys}, x0, ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY x0) AS rank FROM {_CASES}"
    listed = sorted({rank for pair in wanted.values() for rank in pair})
    places = exp.In(this=column("rank"), expressions=[literal(rank) for rank in listed])
    query = exp.select("*").from_(exp.alias_(exp.Subquery(this=template(order)), "o", table=True, copy=False))
    at: dict[tuple[int, Keys], dict[int, float]] = {}
    for row in figures.engine.run(query.where(places)):
        at.setdefault((int(row[0]), tuple(row[1:width])), {})[int(row[-1])] = float(row[width])
    return {where: (at[where][low], at[where][high]) for where, (low, high) in wanted.items()}


def _identity(metric: Metric) -> tuple[str, str, str | None]:
    body = _measure(metric)
    return body.table, body.date, body.owner


def _run(figures: Figures, tree: exp.Expr) -> list[tuple[Any, ...]]:
    if not isinstance(tree, exp.Query):
        raise TypeError(type(tree).__name__)
    return figures.engine.run(tree)


_CONVERTED_AT: Mapping[tuple[str, str], str] = {
    ("leads", "first_qualified_at"): "first_qualified_at",
    ("leads", "qualified_at"): "qualified_at",
    ("leads", "won_at"): "won_at",
    ("opportunities", "status"): "closed_at",
    ("opportunities", "is_cancelled"): "cancelled_at",
    ("opportunities", "cancelled_at"): "cancelled_at",
    ("job_orders", "status"): "closed_at",
}
"""Table, and what a filter asks of its rows -> when that came true."""


def conversion_days(figures: Figures, metric: Metric, asked: Asked) -> float | None:
    """The days within which 95 in 100 of a cohort's conversions known by the clock had come.

    Over the whole firm and all its past, by linear interpolation. None for a metric that follows no
    cohort, or where nothing has converted yet.
    """
    if metric.cohort is None:
        return None
    everything = replace(asked, by=(), periods=(), scopes=(), people=None)
    longest: list[float] = []
    for part in figures.catalogue.closure(metric.name):
        converted_at = _conversion_of(part)
        if converted_at is not None:
            longest += _longest(figures, part, everything, converted_at)
    return max(longest, default=None)


def _conversion_of(part: Metric) -> str | None:
    """The column that says when a case of a cohort converted."""
    body = part.body
    if part.cohort is None or not isinstance(body, Measure) or body.where is None:
        return None
    read = (str(name) for name in names_in(body.where))
    at = (_CONVERTED_AT.get((body.table, name)) for name in read)
    return next((name for name in at if name is not None and name != body.date), None)


def _longest(figures: Figures, part: Metric, asked: Asked, converted_at: str) -> list[float]:
    group = Group(*_identity(part), (part,))
    rows, _ = _rows_of(figures, group, asked, (converted_at,))
    where, _of = conditions_of(part, rows.translator, group, asked)
    taken = exp.Sub(this=day(column(converted_at, ROW)), expression=day(column(group.date, ROW)))
    query = rows.query.select(quantile(exp.paren(taken), _SHARE_CONVERTED), copy=False)
    if where is not None:
        query = query.where(where, copy=False)
    return [float(row[0]) for row in figures.engine.run(query) if row[0] is not None]


def matures_on(last_on: date, days: float | None) -> date | None:
    """The day by which a cohort that ends on `last_on` has had its time."""
    return None if days is None else last_on + timedelta(days=int(np.ceil(days)))
