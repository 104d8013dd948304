"""Dependencies are pinned with hashes, without addresses, and every declared entry point exists."""

from __future__ import annotations

import importlib
import re
import tomllib
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

GATES = ("pinned releases with hashes", "entry points resolved")


@pytest.fixture(scope="module")
def project(project_root: Path) -> dict[str, Any]:
    """What pyproject.toml declares."""
    return tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins(project_root: Path) -> str:
    """The text of constraints.txt."""
    return (project_root / "constraints.txt").read_text(encoding="utf-8")


def plain(name: str) -> str:
    """A distribution's name as every index compares it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[]", name, maxsplit=1)[0]).lower()


def test_every_pin_has_a_hash_and_no_address(pins: str, counted: Callable[[str, int], None]) -> None:
    releases = [block for block in re.split(r"\n(?=\S)", pins.strip()) if not block.startswith("#")]

    assert all(re.match(r"[\w.-]+==\S+", block) for block in releases)
    assert all("--hash=sha256:" in block for block in releases)
    assert "://" not in pins
    assert "index-url" not in pins
    counted("pinned releases with hashes", len(releases))


def test_everything_declared_is_pinned(project: dict[str, Any], pins: str) -> None:
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    wanted += project["build-system"]["requires"]
    pinned = {plain(line) for line in pins.splitlines() if re.match(r"\w", line)}

    assert {plain(name) for name in wanted} <= pinned


def test_every_entry_point_leads_somewhere(project: dict[str, Any], counted: Callable[[str, int], None]) -> None:
    declared = project["project"]["entry-points"]
    resolved = 0
    for group, names in declared.items():
        installed = {point.name: point for point in entry_points(group=group)}
        assert set(names) <= set(installed), f"install the project anew: {group} lacks an entry"
        for name, target in names.items():
            assert installed[name].value == target
            module, _, attribute = target.partition(":")
            loaded = importlib.import_module(module)
            assert not attribute or getattr(loaded, attribute)
            resolved += 1
    counted("entry points resolved", resolved)
