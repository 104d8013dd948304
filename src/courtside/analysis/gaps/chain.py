"""How a won result comes about: the cases that came in, the share won, and what each brought, as measures to count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from courtside.metrics.catalogue import Catalogue
from courtside.metrics.expression import Binary, Literal, Name, Node, parse
from courtside.metrics.metric import Direction, Example, Measure, Metric, Rung, Take, Unit

LEADS, CLOSED_LEADS = "new_leads", "closed_leads"
"""The metrics of the cohort of leads: how many came, and how many of them have become customers since."""

TOTAL, SQUARES, AMOUNT, MIXED, AMOUNTS = "why_total", "why_squares", "why_amount", "why_mixed", "why_amounts"
WINS, FROM_LEADS, RECRUITED = "why_wins", "why_from_leads", "why_recruited"
ENTERED, WON_SINCE = "why_entered", "why_won_since"
BY_EVENT = (WINS, FROM_LEADS, RECRUITED, TOTAL, SQUARES, AMOUNT, MIXED, AMOUNTS)
"""Counted on the day a case closed."""
OF_COHORT = (ENTERED, WON_SINCE)
"""Counted on the day a case was opened: all that were, and those won since."""
DAYS = {
    (start, share): f"why_days_{start}_{round(100 * share)}" for start in ("lead", "opening") for share in (0.5, 0.95)
}
"""Since what, and the share of wins -> the measure of the days these took at most."""

_SINCE = {"lead": "days(lead.created_at, closed_at)", "opening": "days(opened_at, closed_at)"}


def is_won(metric: Metric) -> bool:
    """Whether a metric counts or adds up won opportunities by the day they closed: closed_sales, revenue."""
    body = metric.body
    if not isinstance(body, Measure) or (body.table, body.date) != ("opportunities", "closed_at"):
        return False
    return body.take.is_additive and any(_says_won(part) for part in _conjuncts(body.where))


def is_money(metric: Metric) -> bool:
    """Whether cases are added up by something they bring, and not just counted."""
    return isinstance(metric.body, Measure) and metric.body.take.how == "sum"


def adds_up(metric: Metric) -> str | None:
    """The one column a sum is of: revenue -> amount; None for a count or a formula."""
    of = metric.body.take.of if isinstance(metric.body, Measure) else None
    return str(of) if isinstance(of, Name) else None


def with_measures(catalogue: Catalogue, metric: Metric) -> Catalogue:
    """The catalogue with the measures a won result is taken apart by. Raises TypeError for any other metric."""
    return replace(catalogue, metrics={**catalogue.metrics, **_measures(metric)})


def _measures(metric: Metric) -> Mapping[str, Metric]:
    body = metric.body
    if not isinstance(body, Measure):
        raise TypeError(metric.name)
    count, of = Take("count"), body.take.of or Literal(1)
    amount: Node = Name(("amount",))
    wide = Binary("/", of, Literal(1))  # a quotient has room for squares where an amount has not
    wide_amount = Binary("/", amount, Literal(1))
    rest = _all_of([part for part in _conjuncts(body.where) if not _says_won(part)])
    found = {
        WINS: replace(body, take=count),
        FROM_LEADS: replace(body, take=count, where=_both(body.where, parse("lead_id is not null"))),
        RECRUITED: replace(body, take=count, where=_both(body.where, parse("pipeline = 'recruiting'"))),
        ENTERED: replace(body, take=count, where=rest, date="opened_at"),
        WON_SINCE: replace(body, take=count, date="opened_at"),
        TOTAL: replace(body, take=Take("sum", of)),
        SQUARES: replace(body, take=Take("sum", Binary("*", wide, wide))),
        AMOUNT: replace(body, take=Take("sum", amount)),
        MIXED: replace(body, take=Take("sum", Binary("*", wide, wide_amount))),
        AMOUNTS: replace(body, take=Take("sum", Binary("*", wide_amount, wide_amount))),
    }
    for (start, share), name in DAYS.items():
        found[name] = replace(body, take=Take("percentile", parse(_SINCE[start]), share))
    return {name: _metric(name, one) for name, one in found.items()}


def _metric(name: str, body: Measure) -> Metric:
    return Metric(
        name, name, Rung.RESULT, "", Unit.COUNT, Direction.NONE, body, (), Example({}, {}), {}, internal=True
    )  # fmt: skip


def _conjuncts(where: Node | None) -> Iterator[Node]:
    match where:
        case None:
            return
        case Binary(op="and", left=left, right=right):
            yield from _conjuncts(left)
            yield from _conjuncts(right)
        case _:
            yield where


def _says_won(node: Node) -> bool:
    match node:
        case Binary(op="=", left=Name(path=("status",)), right=Literal(value="won")):
            return True
        case _:
            return False


def _both(one: Node | None, other: Node) -> Node:
    return other if one is None else Binary("and", one, other)


def _all_of(parts: list[Node]) -> Node | None:
    found: Node | None = None
    for part in parts:
        found = _both(found, part)
    return found
