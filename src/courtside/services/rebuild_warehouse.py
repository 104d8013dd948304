"""Making all figures again from the batches, once every file has been checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.services.caller import Caller
from courtside.services.figures import rebuild
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace
from courtside.services.writing import writing

if TYPE_CHECKING:
    from courtside.warehouse.batches import Batch, BatchFile

_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def first_bad_file(root: Path, batches: Iterable[Batch]) -> tuple[BatchFile, str] | None:
    """The first file that is not what was recorded, and what is wrong with it. Undone batches are checked too."""
    for batch in batches:
        for file in batch.files:
            path = root / file.path
            if not path.is_file():
                return file, "is missing"
            if sha256_of(path) != file.sha256:
                return file, "is not what was recorded: its SHA-256 differs"
    return None


def rebuild_warehouse(workspace: Workspace, caller: Caller) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Check every file, then make every figure again. Raises Refused naming the first bad file."""
    from courtside.store import ledger  # noqa: PLC0415  (Django stays out of start-up)

    with writing(workspace, caller):
        batches = ledger.batches()
        caller.progress("checking the files of every batch")
        if bad := first_bad_file(workspace.root, batches):
            file, wrong = bad
            raise Refused(f"{workspace.root / file.path} {wrong}; put it back from a backup, then rebuild again")
        rebuild(workspace, caller)
    files = [file for batch in batches for file in batch.files]
    row = {"batches": len(batches), "files": len(files), "rows": sum(file.rows for file in files)}
    return row, ("every file is as recorded; all figures were made again",)
