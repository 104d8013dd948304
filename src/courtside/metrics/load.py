"""Metric blocks from YAML files, with the place of every value, and from the plain data kept in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from courtside.metrics.block import Places, read_metric
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.check import check
from courtside.metrics.errors import DefinitionErrors, MetricError, Place
from courtside.metrics.metric import Metric
from courtside.metrics.pack import Pack

_NOWHERE = Places({})


@dataclass(frozen=True, slots=True)
class Written:
    """One block as plain data, and where each of its values stands."""

    block: Mapping[str, Any]
    places: Places


def _yaml(path: Path) -> Any:
    """The round-trip tree of a YAML file, which remembers lines and columns."""
    from ruamel.yaml import YAML  # noqa: PLC0415  (slow to import, and figures need no YAML)
    from ruamel.yaml.error import MarkedYAMLError  # noqa: PLC0415

    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path), 1, 1)
        raise DefinitionErrors([MetricError(str(error.problem), place=place)]) from None
    except UnicodeDecodeError as error:
        raise DefinitionErrors([MetricError(f"not UTF-8: {error.reason}", place=Place(str(path), 1, 1))]) from None


def _plain(node: Any) -> Any:
    """A YAML tree as JSON-able data: days and times as ISO text, keys as text."""
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(item) for item in node]
    if isinstance(node, datetime | date):
        return node.isoformat()
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, int):
        return int(node)
    return float(node) if isinstance(node, float) else str(node)


def _found(node: Any, file: str, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Place]]:
    """The place of every value below a node, by its path."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            line, column = node.lc.value(key) if path or key != "metric" else node.lc.key(key)  # type: ignore[attr-defined]
            yield (*path, str(key)), Place(file, line + 1, column + 1)
            yield from _found(value, file, (*path, str(key)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            line, column = node.lc.item(index)  # type: ignore[attr-defined]
            yield (*path, index), Place(file, line + 1, column + 1)
            yield from _found(value, file, (*path, index))


def read_blocks(paths: Iterable[Path]) -> tuple[Written, ...]:
    """Every block of some YAML files. Raises DefinitionErrors if a file is no list of blocks."""
    written: list[Written] = []
    for path in paths:
        tree = _yaml(path) or []
        if not isinstance(tree, list) or not all(isinstance(item, Mapping) for item in tree):
            raise DefinitionErrors([MetricError("a list of metric blocks is needed", place=Place(str(path), 1, 1))])
        for index, item in enumerate(tree):
            line, column = tree.lc.item(index)  # type: ignore[attr-defined]
            places = {(): Place(str(path), line + 1, column + 1), **dict(_found(item, str(path)))}
            written.append(Written(_plain(item), Places(places)))
    return tuple(written)


def build_written(written: Iterable[Written], pack: Pack, revenue_from: str = "opportunities") -> Catalogue:
    """The checked catalogue of some blocks; a later block of a name replaces an earlier one.

    Raises DefinitionErrors naming every mistake with file, line and column.
    """
    errors: list[MetricError] = []
    metrics: dict[str, tuple[Metric, Places]] = {}
    for item in written:
        try:
            metric = read_metric(item.block, item.places, revenue_from)
        except MetricError as error:
            errors.append(error)
        else:
            metrics[metric.name] = (metric, item.places)
    catalogue = Catalogue({name: metric for name, (metric, _) in metrics.items()}, pack)
    if not errors:
        for metric, places in metrics.values():
            errors.extend(check(metric, catalogue, places))
    if errors:
        raise DefinitionErrors(errors)
    return catalogue


def build(blocks: Iterable[Mapping[str, Any]], pack: Pack, revenue_from: str = "opportunities") -> Catalogue:
    """The catalogue of blocks kept as plain data (the versions in force)."""
    return build_written((Written(block, _NOWHERE) for block in blocks), pack, revenue_from)
