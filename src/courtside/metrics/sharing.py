"""How the target of a metric is shared out: over the days of a period, and among the people of a group."""

from __future__ import annotations

from enum import Enum

from courtside.metrics.catalogue import Catalogue
from courtside.metrics.expression import Binary, Call, Literal, Name, Node, Unary
from courtside.metrics.metric import Derived, Measure, Metric, Observed, Stock


class Sharing(Enum):
    """What a group's target is to its people, and a long period's to a short one."""

    TOTAL = "total"
    """Adds up over days and people (dials, revenue): shared out by working days present."""
    DISTINCT = "distinct"
    """Shared out by days, but never added up (prospects approached): each is counted once."""
    LEVEL = "level"
    """Adds up over people, not over days (open pipeline): compared at the period's end."""
    STANDARD = "standard"
    """Holds unchanged for everybody inside its scope (win rate, days to close)."""


def sharing_of(metric: Metric, catalogue: Catalogue) -> Sharing:
    """How a metric's target is shared out. `dials` -> TOTAL, `pipeline_value` -> LEVEL, `win_rate` -> STANDARD.

    A formula is a total if it only adds, subtracts or scales totals: `dials + emails`.
    """
    match metric.body:
        case Measure(take=take) if take.how == "count_distinct":
            return Sharing.DISTINCT
        case Measure(take=take) | Stock(take=take) if take.is_additive:
            return Sharing.TOTAL if isinstance(metric.body, Measure) else Sharing.LEVEL
        case Observed(combine="sum"):
            return Sharing.TOTAL
        case Derived(formula=formula) if _adds_up(formula, catalogue):
            return Sharing.TOTAL
        case _:
            return Sharing.STANDARD


def _adds_up(node: Node, catalogue: Catalogue) -> bool:
    """Whether a formula of a whole is the sum of the same formula of its parts."""
    match node:
        case Name():
            return sharing_of(catalogue[str(node)], catalogue) is Sharing.TOTAL
        case Unary(operand=operand):
            return _adds_up(operand, catalogue)
        case Binary(op="+" | "-", left=left, right=right):
            return _adds_up(left, catalogue) and _adds_up(right, catalogue)
        case Binary(op="*", left=Literal(), right=scaled) | Binary(op="*" | "/", left=scaled, right=Literal()):
            return _adds_up(scaled, catalogue)
        case Call(name="coalesce", args=(first, *others)):
            return _adds_up(first, catalogue) and all(_adds_up(o, catalogue) or _is_zero(o) for o in others)
        case _:
            return False


def _is_zero(node: Node) -> bool:
    return isinstance(node, Literal) and node.value == 0
