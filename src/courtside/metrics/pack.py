"""A vocabulary pack: its parameters, the stages of its pipelines and the cards it proposes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from courtside.metrics.errors import MetricError, Place
from courtside.records.ramp import Ramp, read_ramp


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a pipeline and the chance of winning from it, as a fraction."""

    name: str
    probability: float | None


MOST_ON_A_CARD = 8
"""A card of more metrics is not read."""


@dataclass(frozen=True, slots=True)
class CardLine:
    """A metric proposed for a score card, and why."""

    metric: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack says besides its metrics. `folders` hold the blocks, included packs first."""

    name: str
    label: str
    params: Mapping[str, Any] = field(default_factory=dict)
    stages: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)
    cards: Mapping[str, tuple[CardLine, ...]] = field(default_factory=dict)
    ramp: Ramp = field(default_factory=dict)
    """What share of a full target people of a role owe in their first months."""
    folders: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of metric blocks, in a fixed order."""
        return tuple(path for folder in self.folders for path in sorted((folder / "metrics").glob("*.yaml")))


def _mapping(value: Any, key: str, path: Path) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise MetricError(f"{key} needs keys and values", key, Place(str(path), 1, 1))
    return value


def _stages(about: Mapping[str, Any], path: Path) -> Iterator[tuple[str, tuple[Stage, ...]]]:
    for pipeline, rows in _mapping(about.get("stages") or {}, "stages", path).items():
        yield str(pipeline), tuple(Stage(str(row["stage"]), row.get("probability")) for row in rows)


def _cards(about: Mapping[str, Any], path: Path) -> Iterator[tuple[str, tuple[CardLine, ...]]]:
    for model, rows in _mapping(about.get("cards") or {}, "cards", path).items():
        lines = tuple(CardLine(str(row["metric"]), str(row["reason"])) for row in rows)
        if not 0 < len(lines) <= MOST_ON_A_CARD or len({line.metric for line in lines}) < len(lines):
            message = f"a card has 1 to {MOST_ON_A_CARD} different metrics; {model} has {len(lines)}"
            raise MetricError(message, f"cards.{model}", Place(str(path), 1, 1))
        yield str(model), lines


def _ramp(about: Mapping[str, Any], path: Path) -> Ramp:
    try:
        return read_ramp(about.get("ramp"))
    except ValueError as error:
        raise MetricError(str(error), "ramp", Place(str(path), 1, 1)) from None


def read_pack(folder: Path) -> Pack:
    """The pack in a folder with `about.yaml`, together with the packs beside it that it includes.

    Raises MetricError if the file is missing or not of this shape.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415  (slow to import)

    path = folder / "about.yaml"
    if not path.is_file():
        raise MetricError("a pack needs about.yaml", place=Place(str(path), 1, 1))
    about = _mapping(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")), "about", path)
    included = [read_pack(folder.parent / str(name)) for name in about.get("includes") or []]
    params: dict[str, Any] = {}
    stages: dict[str, tuple[Stage, ...]] = {}
    ramp: dict[str, Sequence[float]] = {}
    for pack in included:
        params |= pack.params
        stages |= pack.stages
        ramp |= pack.ramp
    try:
        return Pack(
            name=str(about["name"]),
            label=str(about["label"]),
            params=params | dict(_mapping(about.get("params") or {}, "params", path)),
            stages=stages | dict(_stages(about, path)),
            cards=dict(_cards(about, path)),
            ramp=ramp | dict(_ramp(about, path)),
            folders=(*(f for pack in included for f in pack.folders), folder),
        )
    except (KeyError, TypeError) as error:
        raise MetricError(f"missing {error}", place=Place(str(path), 1, 1)) from None
