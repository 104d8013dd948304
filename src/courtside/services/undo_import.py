"""Undoing an import: its batch counts no longer; what later batches confirmed stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from courtside.records.crash import crash_point
from courtside.services.caller import Caller
from courtside.services.figures import bring_up_to_date
from courtside.services.list_imports import import_row
from courtside.services.refused import Refused, unknown
from courtside.services.workspace import Workspace
from courtside.services.writing import writing


def undo_import(workspace: Workspace, caller: Caller, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Undo a batch; answers its row and notes. Raises Refused for an unknown or already undone batch."""

    from courtside.store import audit, ledger  # noqa: PLC0415
    from courtside.warehouse.batches import known  # noqa: PLC0415
    from courtside.warehouse.intake import carried_files  # noqa: PLC0415

    with writing(workspace, caller):
        entries = {entry.number: entry for entry in ledger.entries()}
        if number not in entries:
            raise unknown("batch", str(number), map(str, entries))
        entry = entries[number]
        if entry.undone_at is not None:
            raise Refused(f"batch {number} was already undone at {entry.undone_at.isoformat()}")
        batches = known(ledger.batches(), None)
        (undone,) = (batch for batch in batches if batch.number == number)
        caller.progress(f"undoing batch {number}")
        carried = carried_files(batches, undone, workspace.root)
        crash_point("undo-after-files")
        now = ledger.not_before(caller.clock())
        with audit.together():
            ledger.undo(number, now, carried)
            detail = {"batch": number, "carried": {file.path: file.sha256 for _, file in carried}}
            audit.write(audit.Act(now, caller.who, "undo_import", detail))
        crash_point("undo-after-ledger")
        notes = bring_up_to_date(workspace, caller)
        crash_point("undo-after-publish")
    kept = sum(file.rows for _, file in carried if file.table)
    said = (f"{kept} of its rows stay, because later imports brought them again",) if kept else ()
    return import_row(replace(entry, undone_at=now)), (*said, *notes)
