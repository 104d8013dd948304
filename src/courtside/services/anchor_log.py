"""Keeping the head of the log in files, best where whoever could write the log anew does not reach."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

ANCHORS_FILE = "anchors.txt"
"""In the workspace; the setting `anchors` names a second one, best on another host or a disk that only grows."""


def anchor_log(workspace: Workspace, caller: Caller) -> str:
    """Add the log's head to the files of anchors; the line. Raises Refused for a log without an act."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    head = audit.head()
    if head is None:
        raise Refused("nothing has been done in this workspace yet, so there is nothing to anchor")
    line = head.anchor(caller.clock())
    for path in files_of_anchors(workspace):
        _append(path, line)
    return line


def anchor_once_a_day(workspace: Workspace, caller: Caller) -> int:
    """Anchor unless the workspace's file has a line of today already: 1 if it was done, else 0. For the worker."""
    path, today = workspace.root / ANCHORS_FILE, caller.clock().astimezone(UTC).date().isoformat()
    lines = _lines(path)
    if lines and lines[-1].rpartition(" ")[2].startswith(today):
        return 0
    anchor_log(workspace, caller)
    return 1


def files_of_anchors(workspace: Workspace) -> tuple[Path, ...]:
    """The workspace's own file, and the one its settings name."""
    own, elsewhere = workspace.root / ANCHORS_FILE, workspace.settings.anchors
    return (own, Path(elsewhere)) if elsewhere else (own,)


def known_anchors(paths: Iterable[Path]) -> dict[int, str]:
    """Entry -> hash, from files of anchors. Raises Refused for one that cannot be read or that contradicts another."""
    from courtside.store.log_verifier import anchors_in  # noqa: PLC0415

    known: dict[int, str] = {}
    for path in paths:
        try:
            found = anchors_in(_lines(path))
        except (OSError, ValueError) as error:
            raise Refused(f"{path}: this file of anchors cannot be read: {error}") from None
        for number, digest in found.items():
            if known.setdefault(number, digest) != digest:
                raise Refused(f"{path}: entry {number} has another hash here than in a file read before")
    return known


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())
