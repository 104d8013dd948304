"""From YAML blocks to rules: whatever the language does not know is refused with file, line, column and the mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from courtside.analysis.kinds import Kind, kind_of
from courtside.metrics.block import Path as Keys
from courtside.metrics.block import Places
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.errors import DefinitionErrors, MetricError, Place, did_you_mean, nearest
from courtside.metrics.load import Written, read_blocks
from courtside.metrics.metric import Conversion, Direction, Rung
from courtside.rules.keys import (
    DEFAULT_SUBJECT,
    EXAMPLE,
    HISTORY,
    KEYS,
    LEAST_TARGET,
    LONGEST_LABEL,
    MOST_MONTHS,
    MOST_TARGET,
)
from courtside.rules.managers import FIGURES
from courtside.rules.rule import DIMENSIONS, MONTHS, MOST, WEEKS, Exclusion, Level, Proposes, Rule, Subject, Window

E = TypeVar("E", bound=StrEnum)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class _Block:
    """Typed access to a block; every refusal names the path and the place."""

    data: Mapping[str, Any]
    places: Places
    path: Keys = ()

    def refuse(self, message: str, *keys: str | int) -> MetricError:
        path = (*self.path, *keys)
        return MetricError(message, ".".join(map(str, path)), self.places.of(path))

    def only(self, allowed: Sequence[str]) -> None:
        for key in self.data:
            if key not in allowed:
                hint = did_you_mean(nearest(str(key), allowed)) or f"; the keys are {', '.join(allowed)}"
                raise self.refuse(f"unknown key {str(key)!r}{hint}", key)

    def text(self, key: str) -> str:
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.refuse(f"{_shown(value)} is no text; write some words on one line", key)
        return value.strip()

    def one_of(self, key: str, kind: type[E], default: E | None = None) -> E:
        if key not in self.data and default is not None:
            return default
        return self.choice(self.text(key), kind, key)

    def choice(self, word: str, kind: type[E], *keys: str | int) -> E:
        choices = [one.value for one in kind]
        if word not in choices:
            hint = did_you_mean(nearest(word, choices)) or f"; choose one of {', '.join(choices)}"
            raise self.refuse(f"{word!r} is none of {', '.join(choices)}{hint}", *keys)
        return kind(word)

    def number(self, key: str, least: float, most: float) -> float:
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self.refuse(f"{_shown(value)} is no number from {least:g} to {most:g}", key)
        return float(value)

    def listed(self, key: str) -> Sequence[Any]:
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.refuse(f"{_shown(value)} is no list; write [a, b]", key)
        return value

    def inside(self, *keys: str | int) -> _Block:
        value: Any = self.data
        for key in keys:
            value = value[key] if isinstance(key, int) else value.get(key)
        if not isinstance(value, Mapping):
            raise self.refuse(f"{_shown(value)} is no mapping; write key: value", *keys)
        return _Block(value, self.places, (*self.path, *keys))


def read_rules(paths: Iterable[Path], catalogue: Catalogue) -> tuple[tuple[Rule, Places], ...]:
    """The rules of some YAML files; a later block of a name replaces an earlier one.

    Raises DefinitionErrors naming every mistake with file, line and column.
    """
    return read_written([item for path in paths for item in _blocks(path)], catalogue)


def _blocks(path: Path) -> tuple[Written, ...]:
    """The blocks of one file. Raises DefinitionErrors."""
    try:
        return read_blocks((path,))
    except DefinitionErrors as errors:
        raise DefinitionErrors([_of_rules(error) for error in errors.errors]) from None
    except TypeError:  # a value with a tag has no place in the tree
        said = "a value has a tag (!…), which rules do not know; write it plainly"
        raise DefinitionErrors([MetricError(said, place=Place(str(path), 1, 1))]) from None


def read_written(written: Iterable[Written], catalogue: Catalogue) -> tuple[tuple[Rule, Places], ...]:
    """The rules of some blocks. Raises DefinitionErrors."""
    errors: list[MetricError] = []
    found: dict[str, tuple[Rule, Places]] = {}
    for item in written:
        try:
            rule = read_rule(item.block, item.places, catalogue)
        except MetricError as error:
            errors.append(error)
        else:
            found[rule.name] = (rule, item.places)
    if errors:
        raise DefinitionErrors(errors)
    return tuple(found.values())


def read_rule(data: Mapping[str, Any], places: Places, catalogue: Catalogue) -> Rule:
    """The rule a block declares. Raises MetricError at the first thing the language does not know."""
    block = _Block(data, places)
    block.only(tuple(KEYS))
    name = block.text("rule")
    if not _NAME.fullmatch(name):
        raise block.refuse(f"{name!r} is no name; use small letters, digits and _, beginning with a letter", "rule")
    label = block.text("label")
    if len(label) > LONGEST_LABEL:
        raise block.refuse(f"a label has up to {LONGEST_LABEL} characters; this has {len(label)}", "label")
    subject = block.one_of("subject", Subject, DEFAULT_SUBJECT)
    rule = Rule(
        name=name, label=label, metric=_metric(block, subject, catalogue), window=_window(block),
        level=block.one_of("level", Level), proposes=block.one_of("proposes", Proposes), subject=subject,
        among=_among(block), exclude=_exclude(block), block=data,
    )  # fmt: skip
    if subject is Subject.MANAGER:
        rule = replace(rule, target=block.number("target", LEAST_TARGET, MOST_TARGET))
    elif "target" in data:
        raise block.refuse("people's targets are the firm's; only a manager's figure takes one: leave it out", "target")
    return replace(rule, history=_history(block, subject))


def _metric(block: _Block, subject: Subject, catalogue: Catalogue) -> str:
    name = block.text("metric")
    known = tuple(FIGURES) if subject is Subject.MANAGER else tuple(one.name for one in catalogue if not one.internal)
    if name not in known:
        what = "figure of managers" if subject is Subject.MANAGER else "metric"
        hint = did_you_mean(nearest(name, known)) or "; see: courtside metrics"
        raise block.refuse(f"there is no {what} {name!r}{hint}", "metric")
    if subject is Subject.MANAGER:
        return name
    metric = catalogue[name]
    why = {
        metric.direction is Direction.NONE: "has no better and worse",
        metric.rung is Rung.INPUT: "is handed to people, who cannot be judged by it",
        isinstance(metric.body, Conversion): "is told stage by stage",
        kind_of(metric, catalogue) is Kind.BARE: "has no range of chance",
    }
    if True in why:
        raise block.refuse(f"{name} {why[True]}; choose an activity, an objective or a result", "metric")
    return name


def _window(block: _Block) -> Window:
    inside = block.inside("window")
    inside.only((WEEKS, MONTHS))
    if len(inside.data) != 1:
        raise inside.refuse("one of weeks or months is needed: {weeks: 8}")
    ((unit, count),) = inside.data.items()
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST[unit]:
        raise inside.refuse(f"{_shown(count)} is no whole number from 1 to {MOST[unit]}", unit)
    return Window(count, unit)


def _among(block: _Block) -> Mapping[str, tuple[str, ...]]:
    if "subjects" not in block.data:
        return {}
    inside = block.inside("subjects")
    inside.only(DIMENSIONS)
    found = {}
    for dimension in inside.data:
        values = inside.listed(dimension)
        for number, value in enumerate(values):
            if not isinstance(value, str) or not value.strip():
                raise inside.refuse(f"{_shown(value)} is no name of a {dimension}", dimension, number)
        if not values:
            raise inside.refuse("an empty list would be nobody; name some or leave the key out", dimension)
        found[dimension] = tuple(values)
    return found


def _exclude(block: _Block) -> frozenset[Exclusion]:
    words = block.listed("exclude")
    return frozenset(block.choice(str(word), Exclusion, "exclude", number) for number, word in enumerate(words))


def _history(block: _Block, subject: Subject) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The examples, at least one that fires and one that does not. Raises MetricError."""
    inside = block.inside("history")
    inside.only(HISTORY)
    for key in HISTORY:
        if not inside.listed(key):
            raise inside.refuse(f"at least one example that {'fires' if key == 'fires' else 'does not'} is needed", key)
        for number in range(len(inside.listed(key))):
            _check_example(inside.inside(key, number), subject)
    return {key: tuple(inside.listed(key)) for key in HISTORY}


def _check_example(example: _Block, subject: Subject) -> None:
    example.only(tuple(EXAMPLE))
    if subject is Subject.MANAGER:
        kept, owed = example.number("kept", 0, 10_000), example.number("owed", 0, 10_000)
        if kept > owed:
            raise example.refuse(f"{kept:g} kept of {owed:g} owed cannot be", "kept")
        return
    example.number("target", 0, 1e9)
    for key in ("hits", "of", "peers"):
        for number, value in enumerate(example.listed(key)):
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise example.refuse(f"{_shown(value)} is no number of 0 or more", key, number)
    months = len(example.listed("hits"))
    if not 1 <= months <= MOST_MONTHS:
        raise example.refuse(f"{months} months; give 1 to {MOST_MONTHS}", "hits")
    if example.data.get("of") is not None and len(example.listed("of")) != months:
        raise example.refuse(f"{len(example.listed('of'))} months of cases beside {months} of hits", "of")


def _of_rules(error: MetricError) -> MetricError:
    return MetricError(error.message.replace("metric blocks", "rule blocks"), error.path, error.place)


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value)[:80]
