"""Listing what was imported, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.store.ledger import Entry


def import_row(entry: Entry) -> dict[str, Any]:
    """One import as commands show it."""
    return {
        "batch": entry.number,
        "at": entry.recorded_at,
        "connector": entry.connector,
        "files": list(entry.sources),
        "created": entry.created,
        "updated": entry.updated,
        "unchanged": entry.unchanged,
        "refused": entry.refused,
        "quality": [dict(note) for note in entry.quality],
        "undone_at": entry.undone_at,
    }


def list_imports(workspace: Workspace) -> tuple[dict[str, Any], ...]:
    """Every batch, oldest first, the undone ones included."""
    from courtside.store.ledger import entries  # noqa: PLC0415  (Django stays out of start-up)

    del workspace
    return tuple(map(import_row, entries()))
