"""What sort of figure a metric is, which decides how sure one can be of it; and its formula over new deals."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import numpy as np

from courtside.analysis.statistics.distributions import Array
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.expression import Binary, Call, Literal, Name, Node, Unary
from courtside.metrics.metric import Conversion, Derived, Measure, Metric, Observed, Ratio, Stock, Unit

_COUNTING = ("count", "count_distinct")
_BY_RANK = ("median", "percentile")


class Kind(Enum):
    """How the interval of a figure is found."""

    RATE = "rate"
    """So many of so many: Wilson."""
    COUNT = "count"
    """Events: exact Poisson."""
    DEALT = "dealt"
    """Sums, means, ratios of sums: the bootstrap over cases."""
    RANKED = "ranked"
    """Medians and percentiles: the order of the cases."""
    BARE = "bare"
    """Stocks, growth, and what others wrote down: no interval."""


def kind_of(metric: Metric, catalogue: Catalogue) -> Kind:
    """The kind of a metric: win_rate -> RATE, dials -> COUNT, revenue -> DEALT, open_opportunities -> BARE."""
    match metric.body:
        case Measure(take=take) if take.how in _BY_RANK:
            return Kind.RANKED
        case Measure(take=take) if take.how in _COUNTING:
            return Kind.COUNT if metric.unit is Unit.COUNT else Kind.BARE
        case Ratio() if _is_share(metric.body, metric, catalogue):
            return Kind.RATE
        case Derived() if [call.name for call in metric.functions] == ["share_attaining"]:
            return Kind.RATE
        case Conversion():
            return Kind.RATE
        case Observed() if metric.unit is Unit.PERCENT and metric.body.combine == "mean":
            return Kind.RATE
        case Measure() | Ratio() | Derived():
            return Kind.DEALT if leaves(metric, catalogue) else Kind.BARE
        case _:
            return Kind.BARE


def _is_share(body: Ratio, metric: Metric, catalogue: Catalogue) -> bool:
    """Whether a ratio says how many of so many."""
    parts = [catalogue[name].body for name in (body.numerator, body.denominator)]
    counts = all(isinstance(part, Measure | Stock) and part.take.how in _COUNTING for part in parts)
    return counts and metric.unit is Unit.PERCENT


def leaves(metric: Metric, catalogue: Catalogue) -> tuple[Metric, ...]:
    """The measures whose cases make up a figure; none if a part of it has no cases to be dealt anew."""
    found = tuple(part for part in catalogue.closure(metric.name) if not isinstance(part.body, Ratio | Derived))
    calls = [call.name for part in catalogue.closure(metric.name) for call in part.functions]
    dealt = all(isinstance(part.body, Measure) and part.body.take.how not in _BY_RANK for part in found)
    return found if dealt and set(calls) <= {"coalesce", "positive"} else ()


def figure(metric: Metric, catalogue: Catalogue, sums: Mapping[str, tuple[Array, Array]]) -> Array:
    """A metric's figure in every deal, from the sums and numbers of cases of its leaves; nan over 0."""
    body = metric.body
    with np.errstate(divide="ignore", invalid="ignore"):
        match body:
            case Measure(take=take):
                total, cases = sums[metric.name]
                return total / cases if take.how == "mean" else (total if take.how == "sum" else cases)
            case Ratio(numerator=above, denominator=below):
                return figure(catalogue[above], catalogue, sums) / figure(catalogue[below], catalogue, sums)
            case Derived(formula=formula):
                return _formula(formula, catalogue, sums)
    raise TypeError(metric.name)


def _formula(node: Node, catalogue: Catalogue, sums: Mapping[str, tuple[Array, Array]]) -> Array:
    match node:
        case Name():
            return figure(catalogue[str(node)], catalogue, sums)
        case Literal(value=value):
            return np.asarray(float(str(value)))
        case Unary(operand=operand):
            return -_formula(operand, catalogue, sums)
        case Binary(op=op, left=left, right=right):
            return _calculated(op, _formula(left, catalogue, sums), _formula(right, catalogue, sums))
        case Call(name="positive", args=(inner,)):
            over = _formula(inner, catalogue, sums)
            return np.where(over > 0, over, np.nan)
        case Call(name="coalesce", args=args):
            values = [_formula(arg, catalogue, sums) for arg in args]
            return np.asarray(next(iter(values)) if len(values) == 1 else _first_known(values))
    raise TypeError(type(node).__name__)


def _first_known(values: list[Array]) -> Array:
    found = values[0]
    for value in values[1:]:
        found = np.where(np.isnan(found), value, found)
    return found


def _calculated(op: str, left: Array, right: Array) -> Array:
    if op == "/":
        return left / np.where(right == 0, np.nan, right)
    return {"+": np.add, "-": np.subtract, "*": np.multiply}[op](left, right)
