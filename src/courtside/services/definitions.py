"""The definitions of a workspace: those in force, those on disk, and which of these are drafts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.services.refused import Refused, unknown
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.metrics.load import Written
    from courtside.metrics.pack import Pack
    from courtside.store.definitions import Definition

_GROUP = "courtside.packs"


@dataclass(frozen=True, slots=True)
class Draft:
    """A block on disk that differs from the version in force; `version` is that version, None for a new metric."""

    name: str
    place: str
    version: int | None
    block: Mapping[str, Any]


def pack_folder(name: str) -> Path:
    """Where an installed pack lives. Raises Refused for an unknown one."""
    points = {point.name: point for point in entry_points(group=_GROUP)}
    if name not in points:
        raise unknown("pack", name, points)
    return Path(next(iter(points[name].load().__path__)))


@cache
def read_installed_pack(name: str) -> Pack:
    """An installed pack, read once a process. Raises Refused if it cannot be read."""
    from courtside.metrics.errors import MetricError  # noqa: PLC0415  (the metric floor stays out of start-up)
    from courtside.metrics.pack import read_pack  # noqa: PLC0415

    try:
        return read_pack(pack_folder(name))
    except MetricError as error:
        raise Refused(str(error)) from None


def files_on_disk(workspace: Workspace, pack: Pack) -> tuple[Path, ...]:
    """Every file of blocks: the pack's, then the firm's own, which win."""
    return (*pack.files, *sorted((workspace.root / "packs").glob("*.yaml")))


def stamps_on_disk(workspace: Workspace) -> tuple[tuple[str, int, int], ...]:
    """Every file of blocks with when it last changed and its size: other ones when a draft may be another."""
    pack = read_installed_pack(workspace.settings.pack)
    found = ((path, path.stat()) for path in files_on_disk(workspace, pack))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


def written_on_disk(files: Iterable[Path]) -> dict[str, Written]:
    """Every block on disk by metric name; the last one of a name counts. Raises Refused with every mistake."""
    return {
        str(written.block.get("metric")): written
        for path in files
        for written in _written_in(path, path.stat().st_mtime_ns, path.stat().st_size)
    }


@lru_cache(maxsize=256)
def _written_in(path: Path, changed_ns: int, size: int) -> tuple[Written, ...]:
    """The blocks of a file, read again only when it has changed."""
    from courtside.metrics.errors import DefinitionErrors  # noqa: PLC0415
    from courtside.metrics.load import read_blocks  # noqa: PLC0415

    del changed_ns, size
    try:
        return read_blocks((path,))
    except DefinitionErrors as errors:
        raise refused_definitions(errors.errors) from None


def refused_definitions(errors: Iterable[Any]) -> Refused:
    """The refusal of blocks with mistakes, each with its place."""
    lines = tuple(map(str, errors))
    return Refused(f"{len(lines)} mistake{'s' * (len(lines) != 1)} in the metric definitions", lines=lines)


def catalogue_in_force(workspace: Workspace) -> Catalogue:
    """The published definitions, which every figure uses."""
    from courtside.store.definitions import in_force  # noqa: PLC0415

    found = _built(tuple(in_force().values()), workspace.settings.pack, workspace.settings.revenue_from)
    return replace(found, pack=replace(found.pack, ramp={**found.pack.ramp, **workspace.settings.ramp}))


@lru_cache(maxsize=4)
def _built(definitions: tuple[Definition, ...], pack: str, revenue_from: str) -> Catalogue:
    from courtside.metrics.errors import DefinitionErrors  # noqa: PLC0415
    from courtside.metrics.load import build  # noqa: PLC0415

    try:
        return build((d.block for d in definitions), read_installed_pack(pack), revenue_from)
    except DefinitionErrors as errors:
        raise refused_definitions(errors.errors) from None


def drafts(workspace: Workspace) -> tuple[Draft, ...]:
    """The blocks on disk that are not what is in force."""
    from courtside.store.definitions import fingerprint, in_force  # noqa: PLC0415

    pack = read_installed_pack(workspace.settings.pack)
    published = in_force()
    found = []
    for name, written in sorted(written_on_disk(files_on_disk(workspace, pack)).items()):
        version = published.get(name)
        if version is None or version.sha256 != fingerprint(written.block):
            place = str(written.places.of(()) or "")
            found.append(Draft(name, place, version.version if version else None, written.block))
    return tuple(found)
