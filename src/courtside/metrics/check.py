"""Whether a metric's names exist and its comparisons make sense, before any row is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from courtside.metrics.block import Places
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.errors import MetricError, Place, UnknownMetric, did_you_mean, nearest
from courtside.metrics.expression import (
    Binary,
    Call,
    In,
    IsNull,
    Literal,
    Name,
    Node,
    Param,
    Unary,
)
from courtside.metrics.metric import Derived, Measure, Metric, Ratio, Stock
from courtside.metrics.vocabulary import (
    FORMULA_FUNCTIONS,
    FUNCTIONS,
    METRIC_FUNCTIONS,
    MOMENTS,
    STOCK_ONLY,
    Sort,
    Word,
    linked,
    words,
)

_ARITHMETIC = ("+", "-", "*", "/")
_ORDERED = ("<", "<=", ">", ">=")


class _Mistake(Exception):
    """A mistake at an offset of the expression under check."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Sorter:
    """Finds what sort of value an expression gives, for one table's vocabulary."""

    table: str
    words: Mapping[str, Word]
    params: Mapping[str, object]

    def sort(self, node: Node) -> Sort | None:
        """The sort of an expression; None for `null`, which compares with nothing. Raises _Mistake."""
        match node:
            case Literal(value=value):
                return _sort_of(value)
            case Param(name=name, at=at):
                return self._param(name, at)
            case Name():
                return self.word(node).sort
            case Call():
                return self._call(node)
            case Unary(op=op, operand=operand):
                return self._need(operand, Sort.FLAG if op == "not" else Sort.NUMBER)
            case IsNull(operand=operand):
                self.sort(operand)
            case In(operand=operand, items=items):
                for item in items:
                    self._compare(operand, item, "=", node.at)
            case Binary():
                return self._binary(node)
        return Sort.FLAG

    def word(self, name: Name) -> Word:
        """What a name stands for. Raises _Mistake naming the nearest words."""
        if len(name.path) == 1:
            found: Mapping[str, Word] | None = self.words
        else:
            found = linked(self.table, name.path[0])
        if found is None:
            raise _Mistake(f"{self.table} has no link {name.path[0]!r}", name.at)
        if name.path[-1] not in found:
            hint = did_you_mean(nearest(name.path[-1], found))
            raise _Mistake(f"{self.table} has no column {str(name)!r}{hint}", name.at)
        return found[name.path[-1]]

    def _param(self, name: str, at: int) -> Sort | None:
        if name not in self.params:
            raise _Mistake(f"the pack has no parameter ${name}{did_you_mean(nearest(name, self.params))}", at)
        value = self.params[name]
        return _sort_of(value[0] if isinstance(value, list | tuple) and value else value)

    def _call(self, call: Call) -> Sort | None:
        if call.name == "coalesce" and call.args:
            sorts = {sort for arg in call.args if (sort := self.sort(arg)) is not None}
            if len(sorts) > 1:
                raise _Mistake("coalesce needs values of one sort", call.at)
            return next(iter(sorts), None)
        if call.name not in FUNCTIONS:
            hint = did_you_mean(nearest(call.name, [*FUNCTIONS, "coalesce"]))
            raise _Mistake(f"there is no function {call.name!r}{hint}", call.at)
        takes, gives = FUNCTIONS[call.name]
        if len(call.args) != len(takes):
            raise _Mistake(f"{call.name} takes {len(takes)} values", call.at)
        for arg, sort in zip(call.args, takes, strict=True):
            self._need(arg, sort)
        return gives

    def _need(self, node: Node, sort: Sort) -> Sort:
        found = self.sort(node)
        if found not in (sort, None):
            raise _Mistake(f"a {sort.value} is needed here, not a {found.value if found else 'null'}", node.at)
        return sort

    def _binary(self, node: Binary) -> Sort:
        if node.op in ("and", "or"):
            self._need(node.left, Sort.FLAG)
            self._need(node.right, Sort.FLAG)
        elif node.op in _ARITHMETIC:
            self._need(node.left, Sort.NUMBER)
            self._need(node.right, Sort.NUMBER)
            return Sort.NUMBER
        else:
            self._compare(node.left, node.right, node.op, node.at)
        return Sort.FLAG

    def _compare(self, left: Node, right: Node, op: str, at: int) -> None:
        one, other = self.sort(left), self.sort(right)
        dated = {one, other} == {Sort.TIME, Sort.TEXT} and any(isinstance(side, Literal) for side in (left, right))
        if one != other and None not in (one, other) and not dated:
            raise _Mistake(f"compares a {one.value if one else ''} with a {other.value if other else ''}", at)
        if op in _ORDERED and Sort.FLAG in (one, other):
            raise _Mistake("true and false have no order", at)
        for name, literal in ((left, right), (right, left)):
            if isinstance(name, Name) and isinstance(literal, Literal):
                self._choice(name, literal)

    def _choice(self, name: Name, literal: Literal) -> None:
        choices = self.word(name).choices
        if choices and isinstance(literal.value, str) and literal.value not in choices:
            hint = did_you_mean(nearest(literal.value, choices)) or f"; it is one of {', '.join(choices)}"
            raise _Mistake(f"{name} is never {literal.value!r}{hint}", literal.at)


def _sort_of(value: object) -> Sort | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return Sort.FLAG
    return Sort.NUMBER if isinstance(value, int | float) else Sort.TEXT


def check(metric: Metric, catalogue: Catalogue, places: Places) -> Iterable[MetricError]:
    """Every mistake in one metric that needs the other metrics or the record tables to be seen."""
    checker = _Checker(metric, catalogue, places)
    yield from checker.references()
    yield from checker.cycle()
    match metric.body:
        case Measure():
            yield from checker.measure(metric.body)
        case Stock():
            yield from checker.stock(metric.body)
        case Derived():
            yield from checker.formula(metric.body.formula)
        case _:
            return


@dataclass(frozen=True, slots=True)
class _Checker:
    metric: Metric
    catalogue: Catalogue
    places: Places

    def error(self, message: str, *path: str | int, offset: int = 0) -> MetricError:
        place = self.places.of(path)
        if place and offset:
            place = Place(place.file, place.line, place.column + offset)
        return MetricError(message, ".".join(map(str, (self.metric.name, *path))), place)

    def references(self) -> Iterator[MetricError]:
        """Metrics named as causes, parts of ratios and factors of identities exist."""
        for index, cause in enumerate(self.metric.moved_by):
            yield from self._exists(cause.metric, "moved_by", index, "metric")
        for index, name in enumerate(self.metric.identity):
            yield from self._exists(name, "identity", index)
        if isinstance(self.metric.body, Ratio):
            yield from self._exists(self.metric.body.numerator, "ratio", "numerator")
            yield from self._exists(self.metric.body.denominator, "ratio", "denominator")
        if isinstance(self.metric.body, Derived):
            yield from self._exists(self.metric.body.n_of, "n")

    def _exists(self, name: str, *path: str | int) -> Iterator[MetricError]:
        if name not in self.catalogue:
            yield self.error(f"there is no metric {name!r}{did_you_mean(nearest(name, self.catalogue.metrics))}", *path)

    def cycle(self) -> Iterator[MetricError]:
        """A metric is not calculated from itself, nor moved by itself."""
        for words_, step in (("is calculated from", self._parts), ("is moved by", self._causes)):
            seen: set[str] = set()
            todo = list(step(self.metric.name))
            while todo:
                current = todo.pop()
                if current == self.metric.name:
                    yield self.error(f"{current} {words_} itself")
                    break
                if current not in seen:
                    seen.add(current)
                    todo.extend(step(current))

    def _parts(self, name: str) -> tuple[str, ...]:
        return self.catalogue[name].parts if name in self.catalogue else ()

    def _causes(self, name: str) -> tuple[str, ...]:
        return tuple(c.metric for c in self.catalogue[name].moved_by) if name in self.catalogue else ()

    def measure(self, body: Measure) -> Iterator[MetricError]:
        sorter = self._sorter(body.table, stock=False)
        for key, wanted, name in (("date", Sort.TIME, body.date), ("owner", Sort.TEXT, body.owner)):
            if name is None:
                continue
            word = sorter.words.get(name)
            if word is None or word.sort is not wanted:
                choices = [w.name for w in sorter.words.values() if w.sort is wanted and w.name not in MOMENTS]
                yield self.error(f"{name!r} is none of {', '.join(choices)}", "measure", key)
        yield from self._expressions(body, sorter, "measure")

    def stock(self, body: Stock) -> Iterator[MetricError]:
        yield from self._expressions(body, self._sorter(body.table, stock=True), "stock")

    def _sorter(self, table: str, *, stock: bool) -> Sorter:
        vocabulary = dict(words(table, moment=True))
        for name in () if stock else STOCK_ONLY:
            vocabulary.pop(name, None)
        return Sorter(table, vocabulary, self.catalogue.pack.params)

    def _expressions(self, body: Measure | Stock, sorter: Sorter, key: str) -> Iterator[MetricError]:
        numeric = body.take.how in ("sum", "mean", "median", "percentile")
        for part, node, wanted in (
            ("where", body.where, Sort.FLAG),
            ("take", body.take.of, Sort.NUMBER if numeric else None),
        ):
            if node is None:
                continue
            try:
                found = sorter.sort(node)
            except _Mistake as mistake:
                yield self.error(str(mistake), key, part, offset=mistake.at)
                continue
            if wanted is not None and found not in (wanted, None):
                yield self.error(f"a {wanted.value} is needed here, not a {found.value if found else ''}", key, part)

    def formula(self, node: Node) -> Iterator[MetricError]:
        """A formula is arithmetic on metrics that exist, with the functions of formulas."""
        match node:
            case Name():
                yield from self._metric(node)
            case Literal(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
                return
            case Binary(op=op, left=left, right=right) if op in _ARITHMETIC:
                yield from self.formula(left)
                yield from self.formula(right)
            case Unary(op="-", operand=operand):
                yield from self.formula(operand)
            case Call():
                yield from self._formula_call(node)
            case _:
                yield self.error("a formula is arithmetic on metrics", "derived", offset=node.at)

    def _metric(self, name: Name) -> Iterator[MetricError]:
        try:
            self.catalogue[str(name)]
        except UnknownMetric as error:
            yield self.error(str(error), "derived", offset=name.at)

    def _formula_call(self, call: Call) -> Iterator[MetricError]:
        if call.name not in FORMULA_FUNCTIONS:
            hint = did_you_mean(nearest(call.name, FORMULA_FUNCTIONS))
            yield self.error(f"there is no function {call.name!r}{hint}", "derived", offset=call.at)
            return
        if call.name in METRIC_FUNCTIONS and not (len(call.args) == 1 and isinstance(call.args[0], Name)):
            yield self.error(f"{call.name} takes the name of one metric", "derived", offset=call.at)
            return
        for arg in call.args:
            yield from self.formula(arg)
