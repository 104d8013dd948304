"""From the cells of many passes to one answer: cells put side by side, zeros filled in, formulas applied last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from courtside.metrics.catalogue import Catalogue
from courtside.metrics.expression import Binary, Call, Literal, Name, Node, Unary
from courtside.metrics.metric import Body, Derived, Measure, Ratio, Stock, metric_argument
from courtside.warehouse.asked import BEFORE, PERIODS, Asked
from courtside.warehouse.cells import CASES, VALUE, key
from courtside.warehouse.sql import as_double, column, divided, literal, named, template

_ARITHMETIC: Mapping[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}
TARGET, ATTAINING, TYPICAL = "__target", "__attaining", "__typical"
"""Suffixes of cells that do not come from rows of the metric itself."""


COVERING: Mapping[str, tuple[str, ...]] = {
    "accounts": ("customer_since",),
    "leads": ("created_at",),
    "activities": ("at",),
    "job_orders": ("opened_at", "closed_at"),
    "opportunities": ("opened_at", "closed_at"),
    "stage_changes": ("at",),
    "transactions": ("at",),
    "surveys": ("at",),
    "spend": ("month",),
    "calls": ("at",),
    "working_days": ("day",),
}
"""The dates that say which days a table's rows cover."""
HAPPENED: Mapping[str, str] = {"activities": "status IN ('done', 'no_show')"}
"""What a row must be to say that its day is recorded: what is planned or called off says nothing of its day."""


WORKED = ("activities", "leads", "opportunities", "job_orders")
"""The tables between whose first and last day people were at work."""


def over_all(covered: Mapping[str, tuple[date, date] | None]) -> tuple[date, date] | None:
    """The first and last day of all that people worked on."""
    spans = [span for table in WORKED if (span := covered.get(table)) is not None]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


FIELDS = ("value", "n", "numerator", "denominator")
"""What is told of a figure."""
NOWHERE = -1
"""The place of a field that a metric does not have."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The first and last day of each table's rows, up to the clock: where nothing found means none."""

    days: Mapping[str, tuple[date, date] | None]

    def covers(self, table: str, first: date | None, last: date | None) -> bool:
        """Whether a table's rows reach into a stretch of days, both ends included."""
        span = self.days.get(table)
        return span is not None and first is not None and last is not None and last >= span[0] and first <= span[1]


@dataclass(slots=True)
class Composer:
    """Builds the value, cases, numerator and denominator of each metric from the columns of `w`.

    `leaves` fills with what those columns are: the figures of metrics that are counted, not calculated.
    """

    catalogue: Catalogue
    coverage: Coverage
    leaves: dict[str, exp.Expr] = field(default_factory=dict)

    def value(self, name: str, suffix: str = "") -> exp.Expr:
        """The figure of a metric; `suffix` picks its cells a year before."""
        body = self.catalogue[name].body
        match body:
            case Ratio(numerator=numerator, denominator=denominator):
                return divided(self.value(numerator, suffix), self.value(denominator, suffix))
            case Derived(formula=formula):
                return self.formula(formula, suffix)
            case _:
                return self._leaf(VALUE, name, suffix, self._counted(name, body, suffix))

    def cases(self, name: str, suffix: str = "") -> exp.Expr:
        """How many cases stand behind a figure: events, denominators, or cases of a mean or sum."""
        body = self.catalogue[name].body
        match body:
            case Measure(take=take) if take.how in ("count", "count_distinct"):
                return self.value(name, suffix)
            case Ratio(denominator=denominator):
                return self.value(denominator, suffix)
            case Derived(n_of=n_of):
                return self.cases(n_of, suffix)
            case _:
                return self._cell(CASES, name, suffix)

    def _leaf(self, prefix: str, name: str, suffix: str, tree: exp.Expr) -> exp.Expr:
        self.leaves[f"{prefix}{name}{suffix}"] = tree
        return column(f"{prefix}{name}{suffix}", "w")

    def _cell(self, prefix: str, name: str, suffix: str) -> exp.Expr:
        return self._leaf(prefix, name, suffix, column(f"{prefix}{name}{suffix}", "u"))

    def _counted(self, name: str, body: Body, suffix: str) -> exp.Expr:
        """The figure of a metric from its own cells: means divided, zeros filled in where rows cover the period.

        Elsewhere rows of what is only planned make no zero.
        """
        cell = column(f"{VALUE}{name}{suffix}", "u")
        filled = exp.Coalesce(this=cell.copy(), expressions=[literal(0)])
        if isinstance(body, Stock) and body.take.is_additive:
            return filled if self.coverage.days.get(body.table) else cell
        if not isinstance(body, Measure):
            return cell
        if body.take.how == "mean":
            return divided(cell, column(f"{CASES}{name}{suffix}", "u"))
        if body.take.how not in ("count", "count_distinct", "sum"):
            return cell
        covered = column(f"covers_{body.table}{suffix}", "p")
        elsewhere = exp.Nullif(this=cell, expression=literal(0)) if body.table in HAPPENED else cell
        return exp.Case().when(covered, filled, copy=False).else_(elsewhere, copy=False)

    def halves(self, name: str) -> tuple[exp.Expr, exp.Expr]:
        """The numerator and denominator of a metric that is a quotient, else two nulls."""
        body = self.catalogue[name].body
        if isinstance(body, Ratio):
            return self.value(body.numerator), self.value(body.denominator)
        if isinstance(body, Derived) and isinstance(body.formula, Binary) and body.formula.op == "/":
            return self.formula(body.formula.left), self.formula(body.formula.right)
        if (
            isinstance(body, Derived)
            and isinstance(body.formula, Call)
            and body.formula.name in ("share_attaining", "typical")
        ):
            suffix = ATTAINING if body.formula.name == "share_attaining" else TYPICAL
            argument = metric_argument(body.formula)
            return self._cell(VALUE, argument, suffix), self._cell(CASES, argument, suffix)
        return exp.Null(), exp.Null()

    def formula(self, node: Node, suffix: str = "") -> exp.Expr:
        """A formula on figures."""
        match node:
            case Name():
                return exp.paren(self.value(str(node), suffix))
            case Literal(value=value):
                return literal(value)
            case Unary(operand=operand):
                return exp.Neg(this=exp.paren(self.formula(operand, suffix)))
            case Binary(op="/", left=left, right=right):
                return divided(self.formula(left, suffix), self.formula(right, suffix))
            case Binary(op=op, left=left, right=right):
                return exp.paren(
                    _ARITHMETIC[op](this=self.formula(left, suffix), expression=self.formula(right, suffix))
                )
            case Call():
                return self._call(node, suffix)
        raise TypeError(f"{type(node).__name__} in a formula")

    def _call(self, call: Call, suffix: str) -> exp.Expr:
        match call.name:
            case "coalesce":
                args = [self.formula(arg, suffix) for arg in call.args]
                return exp.Coalesce(this=args[0], expressions=args[1:])
            case "positive":
                inner = self.formula(call.args[0], suffix)
                return exp.Case().when(exp.GT(this=inner, expression=literal(0)), inner.copy())
            case "year_before":
                return exp.paren(self.value(metric_argument(call), BEFORE))
            case "so_far":
                return exp.paren(self.value(metric_argument(call), suffix))
            case "target":
                return self._cell(VALUE, metric_argument(call), TARGET)
            case "share_attaining":
                name = metric_argument(call)
                return divided(self._cell(VALUE, name, ATTAINING), self._cell(CASES, name, ATTAINING))
            case _:
                name = metric_argument(call)
                return divided(self._cell(VALUE, name, TYPICAL), self._cell(CASES, name, TYPICAL))


@dataclass(frozen=True, slots=True)
class Part:
    """A query giving cells, and the columns they are in."""

    query: exp.Select
    cells: tuple[str, ...]
    has_days: bool = False
    """Whether the days asked about are in the query itself, not only in the tables it joins."""


def merged(parts: Sequence[Part], grid: exp.Select | None, asked: Asked) -> exp.Select:
    """All cells side by side under period and keys, with the keys that must be answered filled in."""
    if not asked.by:
        return _side_by_side(parts)
    keys = [key(n) for n in range(len(asked.by))]
    columns = [name for part in parts for name in part.cells]
    aligned = [_aligned(part.query, keys, columns, set(part.cells)) for part in parts]
    if grid is not None:
        aligned.append(_aligned(grid, keys, columns, set()))
    together: exp.Query = aligned[0]
    for other in aligned[1:]:
        together = exp.union(together, other, distinct=False, copy=False)
    everything = exp.alias_(exp.Subquery(this=together), "g", table=True, copy=False)
    query = exp.select("period", *(column(k) for k in keys)).from_(everything, copy=False)
    query = query.select(*(named(exp.Max(this=column(name)), name) for name in columns), copy=False)
    query = query.group_by(*(literal(n + 1) for n in range(1 + len(keys))), copy=False)
    return query if grid is not None else _every_period(query, keys, columns)


def _side_by_side(parts: Sequence[Part]) -> exp.Select:
    """Cells without keys: one row a period, each part joined to it."""
    query = exp.select(column("period", "q")).from_(exp.to_table(PERIODS).as_("q"), copy=False)
    for number, part in enumerate(parts):
        alias = f"part{number}"
        source = exp.alias_(exp.Subquery(this=part.query), alias, table=True, copy=False)
        query = query.join(
            source,
            on=exp.EQ(this=column("period", alias), expression=column("period", "q")),
            join_type="left",
            copy=False,
        )
        query = query.select(*(column(name, alias) for name in part.cells), copy=False)
    return query


def _aligned(query: exp.Select, keys: list[str], columns: list[str], has: set[str]) -> exp.Select:
    """A part's query with the columns of all parts, null where it has none."""
    inner = exp.alias_(exp.Subquery(this=query), "part", table=True, copy=False)
    nothing = as_double(exp.Null())
    cells = [
        named(column(name, "part") if name in has else nothing.copy(), name) for name in columns
    ]  # fmt: skip
    return exp.select(column("period", "part"), *(column(k, "part") for k in keys), *cells).from_(inner, copy=False)


def _every_period(query: exp.Select, keys: list[str], columns: list[str]) -> exp.Select:
    """Every key that occurs in any period, in every period."""
    found = exp.alias_(exp.Subquery(this=query), "f", table=True, copy=False)
    seen = exp.select(*(column(k) for k in keys)).distinct().from_(found, copy=False)
    blank = exp.select(column("period", "p"), *(column(k, "s") for k in keys))
    blank = blank.select(*(named(as_double(exp.Null()), name) for name in columns), copy=False)
    blank = blank.from_(exp.to_table(PERIODS).as_("p"), copy=False).join(
        exp.alias_(exp.Subquery(this=seen), "s", table=True, copy=False), join_type="cross", copy=False
    )
    both = exp.alias_(
        exp.Subquery(this=exp.union(query, blank, distinct=False, copy=False)), "e", table=True, copy=False
    )
    query = exp.select("period", *(column(k) for k in keys)).from_(both, copy=False)
    query = query.select(*(named(exp.Max(this=column(name)), name) for name in columns), copy=False)
    return query.group_by(*(literal(n + 1) for n in range(1 + len(keys))), copy=False)


@dataclass(frozen=True, slots=True)
class Composition:
    """The final query, and for every metric where its fields are among the columns after the keys."""

    query: exp.Select
    places: tuple[tuple[int, ...], ...]
    has_days: bool = False
    """Whether the days asked about are in the query itself."""


def composed(metrics: Sequence[str], cells: exp.Select, asked: Asked, composer: Composer) -> Composition:
    """The final query: period, keys, then what the fields of the metrics asked for are, each thing once."""
    keys = [key(n) for n in range(len(asked.by))]
    found: dict[exp.Expr, tuple[int, str]] = {}
    places = []
    for name in metrics:
        fields = (composer.value(name), composer.cases(name), *composer.halves(name))
        for tree, what in zip(fields, FIELDS, strict=True):
            if not isinstance(tree, exp.Null):
                found.setdefault(tree, (len(found), f"{name}.{what}"))
        places.append(tuple(NOWHERE if isinstance(tree, exp.Null) else found[tree][0] for tree in fields))
    figures = [named(tree, name) for tree, (_, name) in found.items()]
    leaves = exp.select(column("period", "u"), *(column(k, "u") for k in keys))
    leaves.select(*(named(tree, name) for name, tree in composer.leaves.items()), copy=False)
    leaves.from_(exp.alias_(exp.Subquery(this=cells), "u", table=True, copy=False), copy=False)
    leaves.join(exp.to_table(PERIODS).as_("p"), on=template("p.period = u.period"), copy=False)
    query = exp.select(column("period", "w"), *(column(k, "w") for k in keys)).select(*figures, copy=False)
    query = query.from_(exp.alias_(exp.Subquery(this=leaves), "w", table=True, copy=False), copy=False)
    return Composition(query.order_by(*(literal(n + 1) for n in range(1 + len(keys))), copy=False), tuple(places))
