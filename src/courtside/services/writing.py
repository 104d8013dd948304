"""One writer at a time: the lock of a workspace, and sweeping what a killed writer left behind."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

LOCK_FILE = "lock"
SCRATCH = ".scratch-"
WAIT_S = 60.0
_PAUSE_S = 0.1


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(handle: int, caller: Caller) -> None:
    if _take(handle):
        return
    caller.warn(f"another command is changing this workspace; waiting up to {WAIT_S:.0f} seconds for it")
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if _take(handle):
            return
        time.sleep(_PAUSE_S)
    raise Refused(f"another command has been changing this workspace for {WAIT_S:.0f} seconds; try again later")


@contextmanager
def _opened(root: Path) -> Iterator[int]:
    handle = os.open(root / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def writing(workspace: Workspace, caller: Caller) -> Iterator[None]:
    """Hold the lock of the workspace; first sweep what a killed writer left behind.

    Raises Refused if another writer holds the lock for a minute.
    """
    with _opened(workspace.root) as handle:
        _wait(handle, caller)
        sweep(workspace)
        yield


@contextmanager
def writing_if_free(workspace: Workspace) -> Iterator[bool]:
    """Hold the lock if nobody else does; says whether it does."""
    with _opened(workspace.root) as handle:
        yield _take(handle)


def leftovers(workspace: Workspace) -> tuple[Path, ...]:
    """Files and folders no batch of the ledger knows: what a killed writer left behind."""
    from courtside.store.ledger import batches  # noqa: PLC0415  (Django stays out of start-up)

    root = workspace.root
    known = {root / file.path for batch in batches() for file in batch.files}
    folders = {path.parent for path in known}
    found = list(root.glob(f"{SCRATCH}*"))
    for folder in sorted((root / "batches").glob("*")):
        if folder not in folders:
            found.append(folder)
        else:
            found.extend(path for path in sorted(folder.iterdir()) if path not in known)
    return tuple(found)


def sweep(workspace: Workspace) -> None:
    """Remove leftovers. Call it with the lock held."""
    for path in leftovers(workspace):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
