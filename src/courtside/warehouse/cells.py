"""One pass over a table: every measure that counts by the same date for the same owner, cut as asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from courtside.metrics.expression import Node
from courtside.metrics.metric import Measure, Metric, Stock, Take
from courtside.metrics.vocabulary import STOCK_ONLY
from courtside.records.tables import TABLES, Kind
from courtside.warehouse.asked import BEFORE, DAYS, DAYS_BEFORE, PERIODS, Asked, Scope
from courtside.warehouse.clock import Clock
from courtside.warehouse.dimensions import PERSONAL, Cut, cut
from courtside.warehouse.expressions import PERIOD, ROW, Needs, Translator, demanded, linked_tables, needs_of
from courtside.warehouse.frame import Frame
from courtside.warehouse.relations import relation, standing
from courtside.warehouse.sql import all_of, as_double, column, day, literal, named, template, total

_KINDS = {kind: {c.name for t in TABLES.values() for c in t.columns if c.kind is kind} for kind in Kind}
_EXACT = (_KINDS[Kind.MONEY] | _KINDS[Kind.INTEGER]) - _KINDS[Kind.NUMBER]
"""Columns kept as whole numbers or decimals: in whatever order they are added up, the sum is the same."""
VALUE, CASES = "m_", "c_"
"""Prefixes of a cell's columns: the aggregate, and how many cases stand behind it."""


def columns_of(metric: Metric, suffix: str = "") -> tuple[str, ...]:
    """The columns of a measure's cell: a count is its own number of cases."""
    counts = isinstance(metric.body, Measure) and metric.body.take.how in ("count", "count_distinct")
    return tuple(f"{prefix}{metric.name}{suffix}" for prefix in ((VALUE,) if counts else (VALUE, CASES)))


def key(number: int) -> str:
    """The column of the n-th dimension."""
    return f"k{number}"


@dataclass(frozen=True, slots=True)
class Group:
    """Measures that share a table, a date and an owner, and so one pass over the rows."""

    table: str
    date: str
    owner: str | None
    metrics: tuple[Metric, ...]
    year_before: bool = False

    @property
    def suffix(self) -> str:
        """What the names of its cells end with."""
        return BEFORE if self.year_before else ""


def grouped(metrics: Iterable[Metric], *, year_before: bool = False) -> tuple[Group, ...]:
    """Measures sorted into passes."""
    groups: dict[tuple[str, str, str | None, str | None], list[Metric]] = {}
    for metric in metrics:
        if isinstance(metric.body, Measure):
            body = metric.body
            groups.setdefault((body.table, body.date, body.owner, demanded(body.where)), []).append(metric)
    return tuple(Group(table, on, owner, tuple(found), year_before) for (table, on, owner, _), found in groups.items())


def _body(metric: Metric) -> Measure:
    if not isinstance(metric.body, Measure):
        raise TypeError(metric.name)
    return metric.body


def aggregate(take: Take, where: exp.Expr | None, of: exp.Expr | None) -> tuple[exp.Expr, exp.Expr]:
    """The aggregate of the rows a condition keeps, and the number of cases behind it, both as doubles.

    The aggregate of a mean is its sum: it is divided by the cases when everything is added up.
    """
    kept = where if where is not None else exp.true()
    if take.how == "count" or of is None:
        n = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=kept.copy()))
        return as_double(n), as_double(n.copy())
    value = exp.Case().when(kept.copy(), of.copy())
    cases = as_double(exp.Count(this=value))
    match take.how:
        case "count_distinct":
            distinct = as_double(exp.Count(this=exp.Distinct(expressions=[value.copy()])))
            return distinct, distinct.copy()
        case "median" | "percentile":
            share = 0.5 if take.share is None else take.share
            return as_double(quantile(value.copy(), share)), cases
        case _:
            is_exact = isinstance(of, exp.Column) and of.name in _EXACT
            return as_double(exp.Sum(this=value.copy())) if is_exact else total(value.copy()), cases


def quantile(value: exp.Expr, share: float) -> exp.Expr:
    """The linearly interpolated quantile; a share is between 0 and 1."""
    return exp.WithinGroup(
        this=exp.PercentileCont(this=exp.Literal.number(repr(share))),
        expression=exp.Order(expressions=[exp.Ordered(this=as_double(value))]),
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table ready to be counted: joined with what is asked, and what each condition reads."""

    query: exp.Select
    cuts: tuple[exp.Expr, ...]
    conditions: tuple[exp.Expr, ...]
    translator: Translator


@dataclass(frozen=True, slots=True)
class Source:
    """Which rows to look at: a table, whose credit they are, and the day each happened.

    `date` is the column amounts are converted by, `only` a computed column that must be true.
    """

    table: str
    owner: str | None
    on: exp.Expr
    date: str | None = None
    only: str | None = None


def rows_of(source: Source, needs: Needs, asked: Asked, frame: Frame, params: Mapping[str, Any]) -> Rows:
    """The rows of a table with their links, people and spans joined as far as the cut needs them."""
    table, owner, on = source.table, source.owner, source.on
    cuts = [cut(dimension, table, owner, on) for dimension in asked.by]
    scoped = [(scope, cut(scope.dimension, table, owner, on)) for scope in asked.scopes if scope.dimension != "company"]
    for read in (read for c in (*cuts, *(c for _, c in scoped)) for read in c.reads):
        needs.add(table, read)
    found = relation(table, needs.computed, frame, source.only)
    query = exp.select().from_(exp.alias_(exp.Subquery(this=found), ROW, table=True, copy=False), copy=False)
    for link, link_column, target in linked_tables(table, needs.links):
        query = query.join(
            exp.alias_(exp.Subquery(this=standing(target, frame)), link, table=True, copy=False),
            on=exp.EQ(this=column(f"{target_key(target)}", link), expression=column(link_column, ROW)),
            join_type="left",
            copy=False,
        )
    personal = [c for c in (*cuts, *(c for _, c in scoped)) if c.personal]
    if personal and owner is not None:
        query = _with_person(query, owner, on)
    conditions = [scope_condition(scope, at) for scope, at in _merged(scoped)]
    if asked.people is not None and owner is not None:
        conditions.append(one_of(column(owner, ROW), asked.people))
    return Rows(query, tuple(c.tree for c in cuts), tuple(conditions), Translator(table, params, frame, source.date))


def _merged(scoped: Sequence[tuple[Scope, Cut]]) -> Iterable[tuple[tuple[Scope, ...], Cut]]:
    """Scopes of one dimension together: they widen each other; different dimensions narrow."""
    found: dict[str, tuple[tuple[Scope, ...], Cut]] = {}
    for scope, at in scoped:
        earlier = found.get(scope.dimension, ((), at))[0]
        found[scope.dimension] = ((*earlier, scope), at)
    return found.values()


def scope_condition(scopes: tuple[Scope, ...], at: Cut) -> exp.Expr:
    """That a row belongs to one of some scopes of a dimension."""
    return exp.In(this=exp.paren(at.tree.copy()), expressions=[literal(scope.value) for scope in scopes])


def one_of(tree: exp.Expr, values: Iterable[str]) -> exp.Expr:
    """Whether a value is among some texts; never, where there are none."""
    listed = [literal(value) for value in values]
    return exp.In(this=tree, expressions=listed) if listed else exp.false()


def target_key(table: str) -> str:
    """The one column that identifies rows of a table that links lead to."""
    return TABLES[table].key[0]


def _with_person(query: exp.Select, owner: str, on: exp.Expr) -> exp.Select:
    """The person with the credit, and where they belonged on the day."""
    owned = column(owner, ROW)
    query = query.join("people AS who", on=template("who.person_id = :o", o=owned), join_type="left", copy=False)
    belonged = template("s.person_id = :o AND :d >= s.starts_on AND :d < s.ends_on", o=owned, d=on)
    return query.join("spans AS s", on=belonged, join_type="left", copy=False)


def _group_needs(group: Group) -> Needs:
    nodes = [node for m in group.metrics for node in (_body(m).where, _body(m).take.of)]
    return needs_of(group.table, *nodes, columns=(group.date, group.owner))


def cells(group: Group, asked: Asked, frame: Frame, params: Mapping[str, Any]) -> exp.Select:
    """The query for a group's cells: period, one column a dimension, two columns a metric."""
    needs = _group_needs(group)
    on = day(column(group.date, ROW))
    only = demanded(*(_body(m).where for m in group.metrics))
    rows = rows_of(Source(group.table, group.owner, on, group.date, only), needs, asked, frame, params)
    query = in_periods(rows.query, on, group, asked)
    if needs.moments and not asked.is_all:
        query = query.join(exp.to_table(PERIODS).as_(PERIOD), on="p.period = d.period", copy=False)
    elif needs.moments:
        query = query.join(exp.to_table(PERIODS).as_(PERIOD), join_type="cross", copy=False)
    number = literal(0) if asked.is_all else column("period", "d")
    query = query.select(
        named(number, "period"), *(named(tree.copy(), key(n)) for n, tree in enumerate(rows.cuts)), copy=False
    )
    for metric in group.metrics:
        value, n = aggregate(_body(metric).take, *conditions_of(metric, rows.translator, group, asked))
        columns = columns_of(metric, group.suffix)
        query = query.select(*(named(c, at) for c, at in zip((value, n), columns, strict=False)), copy=False)
    if where := all_of(list(rows.conditions)):
        query = query.where(where, copy=False)
    return query.group_by(*(literal(n + 1) for n in range(1 + len(rows.cuts))), copy=False)


def conditions_of(
    metric: Metric, translator: Translator, group: Group, asked: Asked
) -> tuple[exp.Expr | None, exp.Expr | None]:
    """A measure's condition and what it takes, as trees."""
    body = _body(metric)
    where = translator.tree(body.where) if body.where is not None else None
    if asked.is_all and not body.counts_undated:
        dated = template("NOT :x IS NULL", x=column(group.date, ROW))
        where = dated if where is None else exp.and_(dated, where, copy=False)
    return where, translator.tree(body.take.of, money=True) if body.take.of is not None else None


def in_periods(query: exp.Select, on: exp.Expr, group: Group, asked: Asked) -> exp.Select:
    """Rows of the days asked for, joined by equality on the day.

    The stretch from the first to the last of these days is said of the stored column too: an engine then leaves
    whole parts of a file unread.
    """
    if asked.is_all:
        within = template(":moment IS NULL OR :moment <= :d", moment=on, d=asked.clock.as_of)
        return query.where(exp.paren(within) if not group.year_before else exp.false(), copy=False)
    days = DAYS_BEFORE if group.year_before else DAYS
    query = query.join(
        exp.to_table(days).as_("d"), on=exp.EQ(this=column("day", "d"), expression=on.copy()), copy=False
    )
    stretch = asked.stretch(year_before=group.year_before)
    if stretch is None:
        return query.where(exp.false(), copy=False)
    first, end = stretch
    return query.where(
        template(":at >= :first AND :at < :end", at=column(group.date, ROW), first=first, end=end), copy=False
    )


def standing_rows(
    table: str, nodes: Sequence[Node | None], number: int, asked: Asked, frame: Frame, params: Mapping[str, Any]
) -> Rows:
    """The rows of a table standing at the end of one period, with what expressions on them need."""
    at = asked.counted_to(number)
    clock = Clock(at, frame.clock.is_open_ended and at >= frame.clock.as_of)
    then = Frame(frame.engine, clock, frame.currency)
    needs = needs_of(table, *nodes)
    added = needs.computed & set(STOCK_ONLY)
    needs.computed -= added
    owner = "owner_id" if table == "accounts" else "person_id"
    rows = rows_of(Source(table, owner, literal(at)), needs, asked, then, params)
    query = rows.query.join(exp.to_table(PERIODS).as_(PERIOD), on=template("p.period = :n", n=number), copy=False)
    if added:
        query = _standing_columns(query, added, at, then)
    if table != "accounts":
        query = query.where(template("r.status = 'open'"), copy=False)
    return replace(rows, query=query)


def stock_cells(
    metrics: Sequence[Metric], number: int, asked: Asked, frame: Frame, params: Mapping[str, Any]
) -> exp.Select:
    """The cells of stocks of one table at the end of one period: rows as they stood then."""
    bodies = [_stock(metric) for metric in metrics]
    nodes = [node for body in bodies for node in (body.where, body.take.of)]
    rows = standing_rows(bodies[0].table, nodes, number, asked, frame, params)
    query = rows.query.select(
        named(literal(number), "period"), *(named(t.copy(), key(n)) for n, t in enumerate(rows.cuts)), copy=False
    )
    for metric, body in zip(metrics, bodies, strict=True):
        where = rows.translator.tree(body.where) if body.where is not None else None
        of = rows.translator.tree(body.take.of, money=True) if body.take.of is not None else None
        value, n = aggregate(body.take, where, of)
        query = query.select(named(value, f"{VALUE}{metric.name}"), named(n, f"{CASES}{metric.name}"), copy=False)
    if where := all_of(list(rows.conditions)):
        query = query.where(where, copy=False)
    keys = [literal(n + 1) for n in range(1 + len(rows.cuts))]
    return query.group_by(*keys, copy=False).order_by(*keys, copy=False)


def _stock(metric: Metric) -> Stock:
    if not isinstance(metric.body, Stock):
        raise TypeError(metric.name)
    return metric.body


def _standing_columns(query: exp.Select, wanted: set[str], at: Any, frame: Frame) -> exp.Select:
    """What is only known of cases standing at a moment, added to the rows themselves."""
    source = query.args["from_"].this
    inner = exp.select("q.*").from_(exp.alias_(exp.Subquery(this=source.this), "q", table=True, copy=False), copy=False)
    if "age_days" in wanted:
        inner = inner.select(named(template(":d - CAST(q.opened_at AS DATE)", d=at), "age_days"), copy=False)
    if "stale_after_days" in wanted:
        closed = template(_CLOSED_AGES, d=at, cases=exp.Subquery(this=standing("opportunities", frame)))
        inner = inner.join(
            exp.alias_(exp.Subquery(this=closed), "a", table=True, copy=False),
            on="a.pipeline = q.pipeline",
            join_type="left",
            copy=False,
        )
        inner = inner.select(column("stale_after_days", "a"), copy=False)
    if "stage_probability" in wanted:
        inner = inner.join(
            "stage_probabilities AS sp",
            on="sp.pipeline = q.pipeline AND sp.stage = q.stage",
            join_type="left",
            copy=False,
        )
        inner = inner.select(named(column("probability", "sp"), "stage_probability"), copy=False)
    source.set("this", inner)
    return query


_CLOSED_AGES = """
SELECT o.pipeline, PERCENTILE_CONT(0.95) WITHIN GROUP (
    ORDER BY CAST(CAST(o.closed_at AS DATE) - CAST(o.opened_at AS DATE) AS DOUBLE)) AS stale_after_days
FROM :cases AS o
WHERE o.status <> 'open' AND o.opened_at IS NOT NULL AND CAST(o.closed_at AS DATE) <= :d
  AND CAST(o.closed_at AS DATE) > :d - INTERVAL '24' MONTH
GROUP BY o.pipeline
"""


def grid(asked: Asked) -> exp.Select | None:
    """The keys that must be answered even where nothing was counted: people employed, teams that existed.

    None where the rows themselves say which keys there are.
    """
    if not asked.by:
        return exp.select(named(column("period", PERIOD), "period")).from_(
            exp.to_table(PERIODS).as_(PERIOD), copy=False
        )
    if asked.by != ("company",) and (len(asked.by) > 1 or asked.by[0] not in PERSONAL or asked.by[0] == "tenure"):
        return None
    (dimension,) = asked.by
    if dimension == "company":
        return exp.select("p.period", named(literal("company"), "k0")).from_(
            exp.to_table(PERIODS).as_(PERIOD), copy=False
        )
    query = exp.select("p.period").distinct().from_("people AS who", copy=False)
    employed = (
        "(who.hired_on IS NULL OR who.hired_on <= p.counted_to) AND (who.left_on IS NULL OR who.left_on >= p.starts_on)"
    )
    query = query.join(exp.to_table(PERIODS).as_(PERIOD), on=employed, copy=False)
    belonged = "s.person_id = who.person_id AND s.starts_on <= p.last_on AND s.ends_on > p.starts_on"
    query = query.join("spans AS s", on=belonged, join_type="left", copy=False)
    trees = {d: {"person": column("person_id", "who"), "role": column("role", "who")}.get(d) for d in PERSONAL}
    for name, source in (("team", "team"), ("manager", "manager_id"), ("segment", "segment"), ("region", "region"),
                         ("seniority", "seniority")):  # fmt: skip
        trees[name] = column(source, "s")
    tree = trees[dimension]
    if tree is None:
        return None
    query = query.select(named(tree.copy(), "k0"), copy=False)
    if dimension != "person":
        query = query.where(template("NOT :x IS NULL", x=tree), copy=False)
    for name in {scope.dimension for scope in asked.scopes}:
        if (found := trees.get(name)) is not None:
            values = [literal(scope.value) for scope in asked.scopes if scope.dimension == name]
            query = query.where(exp.In(this=found.copy(), expressions=values), copy=False)
    return query
