"""Putting changed metric definitions in force, each as a new version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from courtside.services.caller import Caller
from courtside.services.definitions import (
    Draft,
    catalogue_in_force,
    drafts,
    files_on_disk,
    read_installed_pack,
    refused_definitions,
    written_on_disk,
)
from courtside.services.refused import Refused, unknown
from courtside.services.workspace import Workspace
from courtside.services.writing import writing

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue


def publish_metrics(workspace: Workspace, caller: Caller, names: Iterable[str] = ()) -> tuple[dict[str, Any], ...]:
    """Publish the drafts of those names, or all. Raises Refused naming every mistake with its place."""

    from courtside.store import audit, definitions  # noqa: PLC0415

    with writing(workspace, caller):
        chosen = _chosen(workspace, tuple(names))
        _check(workspace, chosen)
        now = caller.clock()
        with audit.together():
            made = definitions.publish({draft.name: draft.block for draft in chosen}, now)
            detail = {"metrics": [{"metric": d.name, "version": d.version, "sha256": d.sha256} for d in made]}
            audit.write(audit.Act(now, caller.who, "publish_metrics", detail))
    return tuple(
        {"metric": d.name, "version": d.version, "published_at": d.published_at, "sha256": d.sha256} for d in made
    )


def _chosen(workspace: Workspace, names: tuple[str, ...]) -> tuple[Draft, ...]:
    found = {draft.name: draft for draft in drafts(workspace)}
    for name in names:
        if name not in found:
            raise unknown("draft of a metric", name, found)
    return tuple(found[name] for name in names or found)


def _check(workspace: Workspace, chosen: Iterable[Draft]) -> None:
    """Refuse unless the catalogue as it would be is free of mistakes."""
    from courtside.metrics.block import Places  # noqa: PLC0415
    from courtside.metrics.errors import DefinitionErrors  # noqa: PLC0415
    from courtside.metrics.load import Written, build_written  # noqa: PLC0415

    pack = read_installed_pack(workspace.settings.pack)
    on_disk = written_on_disk(files_on_disk(workspace, pack))
    blocks = {metric.name: Written(metric.block, Places({})) for metric in catalogue_in_force(workspace)}
    blocks |= {draft.name: on_disk[draft.name] for draft in chosen}
    try:
        catalogue = build_written(blocks.values(), pack, workspace.settings.revenue_from)
    except DefinitionErrors as errors:
        raise refused_definitions(errors.errors) from None
    _run_examples(catalogue, chosen)


def _run_examples(catalogue: Catalogue, chosen: Iterable[Draft]) -> None:
    """Refuse a block whose own example comes out otherwise than it says."""
    from courtside.warehouse.examples import run  # noqa: PLC0415  (DuckDB loads now)

    wrong = [f"{draft.place}: {difference}" for draft in chosen for difference in run(catalogue[draft.name], catalogue)]
    if wrong:
        raise Refused("an example comes out otherwise than its block says; nothing was published", lines=wrong)
