"""Every connector found replays its example: the input it captured gives the records it promises, three times over."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest

from courtside.connectors.adapter import Adapter
from courtside.connectors.mapped import Mapped
from courtside.connectors.mapping import read_mapping
from taking_in import Workspace

GATES = ("connector examples replayed", "records of examples compared")
POINTS = {point.name: point for point in entry_points(group="courtside.connectors")}


def example_of(point: EntryPoint, project_root: Path) -> Path:
    return project_root / "src" / Path(*point.module.split(".")) / "example"


def paths_of(example: Path) -> list[Path]:
    return sorted((example / "input").iterdir())


def adapter_for(name: str, example: Path) -> Adapter:
    """The connector; one that reads by a mapping has it beside its example."""
    mapping = example / "mapping.yaml"
    if mapping.exists():
        return Mapped(read_mapping(mapping.read_text(encoding="utf-8"), mapping.name))
    adapter: Adapter = POINTS[name].load()
    return adapter


def told(workspace: Workspace, adapter: Adapter, example: Path) -> dict[str, Any]:
    """What an import of an example makes: living records, and the quality notes."""
    outcome = workspace.take_in(paths_of(example), adapter=adapter)
    assert not outcome.refusals
    notes = [[note.code, note.table, note.count, list(note.examples)] for note in outcome.quality]
    return {"records": workspace.living(), "quality": notes}


@pytest.mark.parametrize("name", POINTS)
def test_an_example_gives_the_records_it_promises(
    name: str, tmp_path: Path, project_root: Path, counted: Callable[[str, int], None]
) -> None:
    example = example_of(POINTS[name], project_root)
    adapter = adapter_for(name, example)
    expected = json.loads((example / "expected.json").read_text(encoding="utf-8"))

    found = told(Workspace(tmp_path), adapter, example)

    assert found == expected
    assert adapter.name == name
    counted("connector examples replayed", 1)
    counted("records of examples compared", sum(map(len, expected["records"].values())))


@pytest.mark.parametrize("name", POINTS)
def test_the_same_example_again_changes_nothing(name: str, tmp_path: Path, project_root: Path) -> None:
    example = example_of(POINTS[name], project_root)
    adapter, paths = adapter_for(name, example), paths_of(example)
    workspace = Workspace(tmp_path)
    workspace.take_in(paths, adapter=adapter)
    once = workspace.living()

    for _ in range(2):
        again = workspace.take_in(paths, adapter=adapter)

        assert (again.created, again.updated) == (0, 0)
        assert workspace.living() == once


def test_each_export_is_recognised_by_its_own_connector_and_no_other(project_root: Path) -> None:
    from courtside.services.sources import headers_of, recognised

    for name, point in POINTS.items():
        example = example_of(point, project_root)
        headers = headers_of(paths_of(example))

        if name == "mapped":
            assert adapter_for(name, example).recognises(headers)
            assert recognised(headers) is None, "nobody else knows what the mapping is for"
        else:
            found = recognised(headers)
            assert found is not None
            assert found.name == name
        others = [other for other in POINTS if other not in (name, "native")]
        assert [other for other in others if POINTS[other].load().recognises(headers)] == []
