"""Making a workspace: its folder, settings, database and the first version of every metric."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from courtside.services.caller import Caller
from courtside.services.definitions import files_on_disk, read_installed_pack, refused_definitions, written_on_disk
from courtside.services.engines import shown
from courtside.services.failures import expected_failures
from courtside.services.open_workspace import as_the_environment_says
from courtside.services.refused import Refused, unknown
from courtside.services.workspace import DATABASE_FILE, SETTINGS_FILE, Settings, Workspace, checked, write_settings

_FOLDERS = ("batches", "refused", "packs", "cache")
_OURS = {*_FOLDERS, DATABASE_FILE, f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm", f"{SETTINGS_FILE}.new", "lock"}


def initialise(root: Path, settings: Settings, caller: Caller) -> tuple[Workspace, tuple[dict[str, Any], ...]]:
    """Make a workspace in a new or empty folder; answers it and the score card its model proposes.

    The settings file is put in place last: a folder without it is no workspace, and can be tried again.
    Raises Refused, with nothing made, for a folder in use or settings that cannot be used.
    """
    root = root.absolute()
    workspace = Workspace(root, as_the_environment_says(checked(settings)))
    pack = read_installed_pack(settings.pack)
    cards = pack.cards.get(settings.model)
    if cards is None:
        raise Refused(f"pack {pack.name} proposes no card for model {settings.model}; choose: {', '.join(pack.cards)}")
    blocks = _first_versions(workspace)
    _refuse_unknown_on_card(settings.model, (line.metric for line in cards), blocks)
    _refuse_if_in_use(root)
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    _make_database(workspace, blocks, caller)
    _put_settings(root, settings)
    return workspace, tuple({"metric": line.metric, "reason": line.reason} for line in cards)


def _refuse_unknown_on_card(model: str, names: Iterable[str], blocks: dict[str, Any]) -> None:
    """Every metric of a card is one the workspace has."""
    for name in names:
        if name not in blocks:
            raise Refused(f"the card of model {model}: {unknown('metric', name, blocks).reason}")


def _first_versions(workspace: Workspace) -> dict[str, Any]:
    """The blocks of the pack, once the whole catalogue has been checked."""
    from courtside.metrics.errors import DefinitionErrors  # noqa: PLC0415  (the metric floor stays out of start-up)
    from courtside.metrics.load import build_written  # noqa: PLC0415

    pack = read_installed_pack(workspace.settings.pack)
    written = written_on_disk(files_on_disk(workspace, pack))
    try:
        build_written(written.values(), pack, workspace.settings.revenue_from)
    except DefinitionErrors as errors:
        raise refused_definitions(errors.errors) from None
    return {name: item.block for name, item in written.items()}


def _refuse_if_in_use(root: Path) -> None:
    """A folder may hold what an interrupted `init` left, and nothing else."""
    if not root.exists():
        return
    if not root.is_dir():
        raise Refused(f"{root} is a file; name a folder")
    if (root / SETTINGS_FILE).exists():
        raise Refused(f"{root} already holds a workspace; name another folder")
    foreign = sorted(path.name for path in root.iterdir() if path.name not in _OURS)
    foreign += sorted(f"{name}/…" for name in _FOLDERS if (root / name).is_dir() and any((root / name).iterdir()))
    if foreign:
        raise Refused(f"{root} is not empty (it holds {', '.join(foreign[:3])}); name a new or empty folder")
    for name in _OURS - set(_FOLDERS):
        (root / name).unlink(missing_ok=True)


def _make_database(workspace: Workspace, blocks: dict[str, Any], caller: Caller) -> None:
    from courtside.store.connect import create  # noqa: PLC0415

    try:
        create(workspace.database)
    except FileExistsError:
        address = shown(str(workspace.database))
        raise Refused(
            f"{address} holds tables already; name a schema of its own with ?schema=NAME, or drop it"
        ) from None
    except expected_failures() as failure:
        raise Refused(f"the database cannot be made: {failure}") from None

    from courtside.store import audit, definitions  # noqa: PLC0415

    now = caller.clock()
    with audit.together():
        definitions.publish(blocks, now)
        detail = {"pack": workspace.settings.pack, "model": workspace.settings.model, "metrics": len(blocks)}
        audit.write(audit.Act(now, caller.who, "initialise", detail))


def _put_settings(root: Path, settings: Settings) -> None:
    """Write the settings beside their place, sync, and move them there."""
    write_settings(root / f"{SETTINGS_FILE}.new", settings)
    os.replace(root / f"{SETTINGS_FILE}.new", root / SETTINGS_FILE)
    folder = os.open(root, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
