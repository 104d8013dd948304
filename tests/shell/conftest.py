"""Workspaces for the tests of commands: one kept untouched for the session, and copies to change."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.asking import Asking, new_workspace
from tests.postgres import postgres as postgres
from tests.postgres import schema as schema
from tests.serving import one_django as one_django
from tests.shell.firm import write_firm


@pytest.fixture(scope="session")
def untouched_empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace that no test changes."""
    folder = tmp_path_factory.mktemp("untouched") / "empty"
    new_workspace(folder)
    return folder


@pytest.fixture(scope="session")
def untouched_full(untouched_empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that holds the firm and that no test changes."""
    base = tmp_path_factory.mktemp("untouched")
    asking = _copy(untouched_empty, base / "full")
    reply = asking.run("import", write_firm(base / "firm"))
    assert reply.status == 0, reply.said
    return asking.workspace


def _copy(source: Path, target: Path) -> Asking:
    """A copy of a workspace nobody has open."""
    from courtside.store.connect import disconnect

    disconnect()
    shutil.copytree(source, target)
    return Asking(target)


@pytest.fixture
def empty(untouched_empty: Path, tmp_path: Path) -> Asking:
    """A new workspace."""
    return _copy(untouched_empty, tmp_path / "empty")


@pytest.fixture
def full(untouched_full: Path, tmp_path: Path) -> Asking:
    """A workspace holding the firm as batch 1."""
    return _copy(untouched_full, tmp_path / "full")


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """The firm's files."""
    return write_firm(tmp_path / "firm")


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Asking], Asking]:
    """Makes independent copies of a workspace."""
    made = 0

    def copy(asking: Asking) -> Asking:
        nonlocal made
        made += 1
        return _copy(asking.workspace, tmp_path / f"copy-{made}")

    return copy
