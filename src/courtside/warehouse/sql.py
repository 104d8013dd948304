"""Building blocks of query trees: templates of our own, names and values that can never become SQL text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp


@lru_cache(maxsize=512)
def _parsed(text: str) -> exp.Expr:
    return sqlglot.parse_one(text)


def template(text: str, **parts: exp.Expr | date | str | float | None) -> exp.Expr:
    """The tree of a template of ours, with `:name` replaced by the tree or the literal given."""
    tree = _parsed(text).copy()
    replacements = {name: literal(part) if not isinstance(part, exp.Expr) else part for name, part in parts.items()}

    def fill(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder) and node.name in replacements:
            return replacements[node.name].copy()
        return node

    return tree.transform(fill, copy=False)


def literal(value: Any) -> exp.Expr:
    """A value as a literal of the tree. Text is data here, whatever it says."""
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int):
        return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))
    if isinstance(value, float):
        return as_double(exp.Literal.number(repr(value)))
    if isinstance(value, date):
        return exp.Cast(this=exp.Literal.string(value.isoformat()), to=_DATE.copy())
    return exp.Literal.string(str(value))


_DOUBLE, _DATE = exp.DataType.build("double"), exp.DataType.build("date")
_EXACT, _EXACT_PRODUCT = exp.DataType.build("decimal(38, 12)"), exp.DataType.build("decimal(38, 8)")


def as_double(tree: exp.Expr) -> exp.Expr:
    """A number as a double, on every engine."""
    return exp.Cast(this=tree, to=_DOUBLE.copy())


def total(tree: exp.Expr, *, is_product: bool = False) -> exp.Expr:
    """The sum of some numbers as a double: the same bits in whatever order an engine adds them up.

    Doubles are added as decimals of twelve places, their sum below 10^26; products of two, which only ever make
    an interval, of eight places, their sum below 10^30. Whole numbers and stored amounts are exact as they are, and
    need no more than `SUM`.
    """
    kind = _EXACT_PRODUCT if is_product else _EXACT
    return as_double(exp.Sum(this=exp.Cast(this=tree, to=kind.copy())))


def column(name: str, table: str | None = None) -> exp.Column:
    """A quoted column."""
    of = exp.Identifier(this=table, quoted=False) if table else None
    return exp.Column(this=exp.Identifier(this=name, quoted=True), table=of)


def named(tree: exp.Expr, name: str) -> exp.Alias:
    """A tree under a quoted name."""
    return exp.Alias(this=tree, alias=exp.Identifier(this=name, quoted=True))


def day(tree: exp.Expr) -> exp.Expr:
    """The day of an instant."""
    return exp.Cast(this=tree, to=_DATE.copy())


def divided(numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
    """A quotient that is null, not an error, over 0; never a whole-number division on any engine."""
    return exp.Div(
        this=as_double(exp.Paren(this=numerator)),
        expression=exp.Nullif(this=as_double(exp.Paren(this=denominator)), expression=literal(0)),
    )


def all_of(conditions: list[exp.Expr]) -> exp.Expr | None:
    """All conditions together; None where there are none."""
    return exp.and_(*conditions, copy=False) if conditions else None


def bucket(value: exp.Expr, bounds: Mapping[str, int], last: str) -> exp.Expr:
    """The name of the first bucket whose upper bound (excluded) is above a number; `last` above all."""
    case = exp.Case()
    for name, bound in bounds.items():
        case = case.when(exp.LT(this=value.copy(), expression=literal(bound)), literal(name))
    return case.when(exp.Is(this=exp.paren(value.copy()), expression=exp.Null()).not_(), literal(last))
