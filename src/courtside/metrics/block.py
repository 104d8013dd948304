"""From the plain data of one metric block to a Metric, refusing whatever the block language does not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from courtside.metrics.errors import MetricError, Place, did_you_mean, nearest
from courtside.metrics.expression import Binary, Call, ExpressionError, Literal, Name, Node, names, parse
from courtside.metrics.metric import (
    Body,
    Cause,
    Conversion,
    Derived,
    Direction,
    Example,
    Measure,
    Metric,
    Observed,
    Ratio,
    Rung,
    Stock,
    Take,
    Unit,
)
from courtside.records.tables import COUNTED, TABLES

Path = tuple[str | int, ...]
E = TypeVar("E", bound=Enum)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KINDS = ("measure", "ratio", "derived", "conversion", "stock", "observed")
_ALLOWED = (
    "metric", "label", "rung", "question", "unit", "direction", *_KINDS, "n", "moved_by", "cohort", "identity",
    "internal", "review_on", "notes", "example", "variants",
)  # fmt: skip
_AGGREGATES = ("count", "count_distinct", "sum", "mean", "median", "percentile")


@dataclass(frozen=True, slots=True)
class Places:
    """Where the values of a block were written, by path; empty for blocks that come from the database."""

    at: Mapping[Path, Place]

    def of(self, path: Path) -> Place | None:
        """The place of a value, else of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.at:
                return self.at[path[:length]]
        return None


class _Block:
    """Typed access to a mapping inside a block; every refusal names the path and the place."""

    def __init__(self, data: Mapping[str, Any], places: Places, path: Path = ()) -> None:
        self.data, self.places, self.path = data, places, path

    def refuse(self, message: str, *keys: str | int, offset: int = 0) -> MetricError:
        path = (*self.path, *keys)
        place = self.places.of(path)
        if place and offset:
            place = Place(place.file, place.line, place.column + offset)
        return MetricError(message, ".".join(map(str, path)), place)

    def only(self, *allowed: str) -> None:
        for key in self.data:
            if key not in allowed:
                raise self.refuse(f"unknown key{did_you_mean(nearest(str(key), allowed))}", key)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str) or not value:
            raise self.refuse("a text is needed here", key)
        return value

    def optional(self, key: str) -> str | None:
        return self.text(key) if self.data.get(key) is not None else None

    def number(self, key: str, default: int) -> int:
        value = self.data.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.refuse("a whole number of 0 or more is needed here", key)
        return value

    def flag(self, key: str) -> bool:
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise self.refuse("true or false is needed here", key)
        return value

    def day(self, key: str) -> date | None:
        value = self.data.get(key)
        if value is None:
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.refuse(f"{value!r} is no day; write it as 2026-11-21", key) from None

    def one_of(self, key: str, kind: type[E], default: str | None = None) -> E:
        word = self.text(key, default)
        try:
            return kind(word)
        except ValueError:
            choices = [member.value for member in kind]
            raise self.refuse(f"{word!r} is none of {', '.join(choices)}", key) from None

    def inside(self, key: str) -> _Block:
        value = self.data.get(key)
        if not isinstance(value, Mapping):
            raise self.refuse("a mapping of keys to values is needed here", key)
        return _Block(value, self.places, (*self.path, key))

    def listed(self, key: str) -> list[Any]:
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.refuse("a list is needed here", key)
        return value

    def expression(self, key: str) -> Node:
        written = self.data.get(key)
        try:
            return parse(str(written) if isinstance(written, int | float) else self.text(key))
        except ExpressionError as error:
            raise self.refuse(f"{error} at character {error.at + 1}", key, offset=error.at) from None

    def table(self, key: str = "from") -> str:
        name = self.text(key)
        if name not in COUNTED:
            raise self.refuse(f"there is no record table {name!r}{did_you_mean(nearest(name, COUNTED))}", key)
        return name


def read_metric(data: Mapping[str, Any], places: Places, setting: str | None = None) -> Metric:
    """The metric a block declares. `setting` picks one of the block's variants.

    Raises MetricError at the first thing the language does not know.
    """
    block = _Block(data, places)
    block.only(*_ALLOWED)
    name = block.text("metric")
    if not _NAME.fullmatch(name):
        raise block.refuse("a name is small letters, digits and _, beginning with a letter", "metric")
    return Metric(
        name=name,
        label=block.text("label"),
        rung=block.one_of("rung", Rung),
        question=block.text("question"),
        unit=block.one_of("unit", Unit),
        direction=block.one_of("direction", Direction, "up"),
        body=_body(_variant(block, setting), block),
        moved_by=tuple(_causes(block)),
        example=_example(block.inside("example")),
        block=data,
        cohort=block.optional("cohort"),
        identity=tuple(_names(block, "identity")),
        internal=block.flag("internal"),
        review_on=block.day("review_on"),
        notes=block.optional("notes"),
    )


def _variant(block: _Block, setting: str | None) -> _Block:
    """The part of the block that says what is counted, under the workspace's setting."""
    variants = block.inside("variants") if "variants" in block.data else None
    if variants is None or setting is None or setting not in variants.data:
        return block
    return variants.inside(setting)


def _body(block: _Block, whole: _Block) -> Body:
    kinds = [kind for kind in _KINDS if kind in block.data]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        raise block.refuse(f"exactly one of {', '.join(_KINDS)} is needed; found {found}", *kinds[1:2])
    readers: dict[str, Callable[[], Body]] = {
        "measure": lambda: _measure(block.inside("measure")),
        "ratio": lambda: _ratio(block.inside("ratio")),
        "derived": lambda: _derived(block, whole),
        "conversion": lambda: _conversion(block.inside("conversion")),
        "stock": lambda: _stock(block.inside("stock")),
        "observed": lambda: _observed(block),
    }
    return readers[kinds[0]]()


def _measure(block: _Block) -> Measure:
    block.only("from", "take", "where", "date", "owner", "undated")
    undated = block.optional("undated")
    if undated not in (None, "in_all"):
        raise block.refuse(f"{undated!r} is none of in_all", "undated")
    table = block.table()
    return Measure(
        table=table,
        take=_take(block),
        where=block.expression("where") if "where" in block.data else None,
        date=block.text("date"),
        owner=block.optional("owner") or COUNTED[table].owner,
        counts_undated=undated is not None,
    )


def _take(block: _Block) -> Take:
    node = block.expression("take")
    if node == Name(("count",)):
        return Take("count")
    if not isinstance(node, Call) or node.name not in _AGGREGATES or node.name == "count":
        raise block.refuse(f"one of count, {', '.join(f'{a}(…)' for a in _AGGREGATES[1:])} is needed", "take")
    if node.name == "percentile":
        if len(node.args) != 2 or not isinstance(node.args[0], Literal) or not _is_share(node.args[0].value):
            raise block.refuse("percentile needs a number from 0 to 100 and a column: percentile(95, x)", "take")
        return Take("percentile", node.args[1], float(str(node.args[0].value)) / 100)
    if len(node.args) != 1:
        raise block.refuse(f"{node.name} needs exactly one column or expression", "take")
    return Take(node.name, node.args[0])


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def _ratio(block: _Block) -> Ratio:
    block.only("numerator", "denominator")
    return Ratio(block.text("numerator"), block.text("denominator"))


def _derived(block: _Block, whole: _Block) -> Derived:
    formula = block.expression("derived")
    mentioned = names(formula)
    if not mentioned:
        raise block.refuse("a formula names at least one metric", "derived")
    divisor = names(formula.right) if isinstance(formula, Binary) and formula.op == "/" else ()
    default = str((divisor or mentioned)[-1 if divisor else 0])
    return Derived(formula, whole.text("n", default))


def _conversion(block: _Block) -> Conversion:
    block.only("from", "pipeline", "horizon_days")
    if block.table() != "stage_changes":
        raise block.refuse("a conversion is counted from stage_changes", "from")
    return Conversion("stage_changes", block.text("pipeline", "sales"), block.number("horizon_days", 90))


def _stock(block: _Block) -> Stock:
    block.only("from", "take", "where")
    table = block.table()
    if table not in ("opportunities", "job_orders", "accounts"):
        raise block.refuse("a stock is counted from opportunities, job_orders or accounts", "from")
    return Stock(table, _take(block), block.expression("where") if "where" in block.data else None)


def _observed(block: _Block) -> Observed:
    combine = block.text("observed")
    if combine not in ("mean", "sum"):
        raise block.refuse(f"{combine!r} is none of mean, sum", "observed")
    return Observed(combine)


def _causes(block: _Block) -> Iterable[Cause]:
    for index, item in enumerate(block.listed("moved_by")):
        if not isinstance(item, Mapping):
            raise block.refuse("{metric: …, lag_weeks: …} is needed here", "moved_by", index)
        cause = _Block(item, block.places, (*block.path, "moved_by", index))
        cause.only("metric", "lag_weeks")
        yield Cause(cause.text("metric"), cause.number("lag_weeks", 0))


def _names(block: _Block, key: str) -> Iterable[str]:
    for index, item in enumerate(block.listed(key)):
        if not isinstance(item, str):
            raise block.refuse("the name of a metric is needed here", key, index)
        yield item


def _example(block: _Block) -> Example:
    block.only("given", "then", "as_of", "recorded_at", "params")
    given = block.inside("given")
    for table in given.data:
        if table not in TABLES:
            raise given.refuse(f"there is no record table of this name{did_you_mean(nearest(table, TABLES))}", table)
    return Example(
        given={table: tuple(_rows(given, table)) for table in given.data},
        then={scope: _answers(block.inside("then"), scope) for scope in block.inside("then").data},
        as_of=block.day("as_of"),
        recorded_at=block.day("recorded_at"),
        params=block.inside("params").data if "params" in block.data else None,
    )


def _rows(given: _Block, table: str) -> Iterable[Mapping[str, Any]]:
    for index, row in enumerate(given.listed(table)):
        if not isinstance(row, Mapping):
            raise given.refuse("a row is a mapping of columns to values", table, index)
        for column in row:
            if column not in TABLES[table].names:
                hint = did_you_mean(nearest(str(column), TABLES[table].names))
                raise given.refuse(f"{table} has no column {column!r}{hint}", table, index, column)
        yield row


def _answers(then: _Block, scope: str) -> Mapping[str, float | None]:
    answers = then.inside(scope)
    for period, value in answers.data.items():
        if value is not None and (not isinstance(value, int | float) or isinstance(value, bool)):
            raise answers.refuse("a number or null is needed here", period)
    if not answers.data:
        raise then.refuse("at least one period is needed here", scope)
    return answers.data
