"""Filters and expressions of the metric language as query trees: names become columns, values become literals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlglot import exp

from courtside.metrics.expression import Binary, Call, In, IsNull, Literal, Name, Node, Param, Unary, names
from courtside.metrics.vocabulary import COMPUTED, MOMENTS, Sort, Word, linked, words
from courtside.records.tables import LINKS
from courtside.warehouse.frame import Frame
from courtside.warehouse.relations import in_firm_currency
from courtside.warehouse.sql import column, day, divided, literal
from courtside.warehouse.touches import WINDOWED

ROW = "r"
"""The alias of the rows being counted."""
PERIOD = "p"
"""The alias of the periods asked for."""
MOMENT_COLUMNS = {
    "period_start": "starts_on",
    "period_end": "counted_to",
    "period_last": "last_on",
    "year_before_start": "year_before_on",
}

_OPERATORS: Mapping[str, type[exp.Expr]] = {
    "=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE, "+": exp.Add, "-": exp.Sub,
    "*": exp.Mul,
}  # fmt: skip


@dataclass(slots=True)
class Needs:
    """What expressions on a table turned out to use: computed columns, links, moments."""

    computed: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    moments: bool = False

    def add(self, table: str, name: str) -> None:
        """Note a column or `link.column`."""
        head, _, rest = name.partition(".")
        if rest:
            self.links.add(head)
        elif name in MOMENTS:
            self.moments = True
        elif any(word.name == name for word in COMPUTED.get(table, ())):
            self.computed.add(name)


def needs_of(table: str, *nodes: Node | None, columns: tuple[str | None, ...] = ()) -> Needs:
    """What some expressions and columns need of a table's relation."""
    needs = Needs()
    for node in nodes:
        for name in names(node) if node is not None else ():
            needs.add(table, str(name))
    for name_ in columns:
        if name_ is not None:
            needs.add(table, name_)
    return needs


def demanded(*nodes: Node | None) -> str | None:
    """A computed column that every one of some filters demands to be true, if there is one."""
    found = [set(_conjuncts(node)) for node in nodes if node is not None]
    shared = set.intersection(*found) if found and len(found) == len(nodes) else set()
    return min(shared, default=None)


def _conjuncts(node: Node) -> Iterator[str]:
    if isinstance(node, Binary) and node.op == "and":
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    elif isinstance(node, Name) and str(node) in WINDOWED:
        yield str(node)


@dataclass(frozen=True, slots=True)
class Translator:
    """Turns expressions on one table into trees; `params` are the pack's."""

    table: str
    params: Mapping[str, Any]
    frame: Frame
    date: str | None = None

    def tree(self, node: Node, *, money: bool = False) -> exp.Expr:
        """The tree of an expression. `money`: its amounts are wanted in the firm's currency."""
        match node:
            case Literal(value=value):
                return literal(value)
            case Param(name=name):
                return literal(self.params[name])
            case Name():
                return self._name(node, money=money)
            case Call():
                return self._call(node, money=money)
            case Unary(op="not", operand=operand):
                return exp.Not(this=exp.paren(self.tree(operand)))
            case Unary(operand=operand):
                return exp.Neg(this=exp.paren(self.tree(operand, money=money)))
            case In():
                return self._in(node)
            case IsNull(operand=operand, negated=negated):
                test = exp.Is(this=exp.paren(self.tree(operand)), expression=exp.Null())
                return exp.Not(this=test) if negated else test
            case Binary():
                return self._binary(node, money=money)

    def _word(self, name: Name) -> Word | None:
        found = linked(self.table, name.path[0]) if len(name.path) > 1 else words(self.table, moment=True)
        return (found or {}).get(name.path[-1])

    def _name(self, name: Name, *, money: bool) -> exp.Expr:
        if len(name.path) > 1:
            return column(name.path[1], name.path[0])
        if name.path[0] in MOMENTS:
            return column(MOMENT_COLUMNS[name.path[0]], PERIOD)
        own = column(name.path[0], ROW)
        word = self._word(name)
        if not (money and word and word.is_money) or name.path[0] == "allocated_cost":
            return own
        return self._converted(own)

    def _converted(self, amount: exp.Expr) -> exp.Expr:
        """An amount of the row, at the rate of the day it is counted on."""
        on = day(column(self.date, ROW)) if self.date else literal(self.frame.clock.as_of)
        if self.table == "accounts":
            return amount
        return in_firm_currency(amount, column("currency", ROW), on, self.frame)

    def _call(self, call: Call, *, money: bool) -> exp.Expr:
        if call.name == "days":
            first, last = (day(self.tree(arg)) for arg in call.args)
            return exp.paren(exp.Sub(this=last, expression=first))
        args = [self.tree(arg, money=money) for arg in call.args]
        return exp.Coalesce(this=args[0], expressions=args[1:])

    def _in(self, node: In) -> exp.Expr:
        values: list[exp.Expr] = []
        for item in node.items:
            value = self.params[item.name] if isinstance(item, Param) else None
            listed = value if isinstance(value, list | tuple) else None
            values.extend(map(literal, listed) if listed is not None else [self.tree(item)])
        test = exp.In(this=exp.paren(self.tree(node.operand)), expressions=values)
        return exp.Not(this=test) if node.negated else test

    def _binary(self, node: Binary, *, money: bool) -> exp.Expr:
        if node.op in ("and", "or"):
            join = exp.and_ if node.op == "and" else exp.or_
            return exp.paren(join(self.tree(node.left), self.tree(node.right)))
        left, right = self.tree(node.left, money=money), self.tree(node.right, money=money)
        if node.op == "/":
            return divided(left, right)
        if node.op in ("=", "!=", "<", "<=", ">", ">=") and self._compares_days(node):
            left, right = self._day(node.left, left), self._day(node.right, right)
        return exp.paren(_OPERATORS[node.op](this=left, expression=right))

    def _compares_days(self, node: Binary) -> bool:
        """Whether a time is compared with a written day or a moment: then days are compared."""
        sides = (node.left, node.right)
        dated = any(isinstance(s, Name) and (w := self._word(s)) and w.sort is Sort.TIME for s in sides)
        return dated and any(isinstance(s, Literal) or (isinstance(s, Name) and str(s) in MOMENTS) for s in sides)

    def _day(self, node: Node, tree: exp.Expr) -> exp.Expr:
        if isinstance(node, Literal):
            return literal(date.fromisoformat(str(node.value)[:10]))
        return day(tree)


def linked_tables(table: str, links: set[str]) -> list[tuple[str, str, str]]:
    """(link, column, table) of the links to follow, in a fixed order."""
    return [(link, *LINKS[table][link]) for link in sorted(links)]
