"""Erasing one person's identity: files are written anew with a random token; every figure still adds up."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.records.crash import crash_point
from courtside.services.caller import Caller
from courtside.services.figures import bring_up_to_date, forget
from courtside.services.refused import unknown
from courtside.services.workspace import Workspace
from courtside.services.writing import sweep, writing

if TYPE_CHECKING:
    from courtside.warehouse.batches import Batch, BatchFile

_TOKEN_BYTES = 12


def erase_person(
    workspace: Workspace, caller: Caller, person_id: str
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Erase a person; answers the files written anew with their old and new hashes, and notes.

    The random token that takes the id's place is told once and kept nowhere beside the records.
    Raises Refused for a person no batch has ever held.
    """
    from courtside.store import ledger  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.warehouse.intake import erase  # noqa: PLC0415

    with writing(workspace, caller):
        batches = ledger.batches()
        _refuse_unless_known(workspace.root, batches, person_id)
        token = f"erased-{secrets.token_hex(_TOKEN_BYTES)}"
        caller.progress("writing the files that name this person anew")
        pairs = erase(batches, [person_id], workspace.root, token)
        crash_point("erase-after-files")
        _remove_lists(workspace.root)
        _record(caller, person_id, token, pairs)
        crash_point("erase-after-ledger")
        _remove_what_was_replaced(workspace)
        crash_point("erase-after-removal")
        notes = bring_up_to_date(workspace, caller)
    rows = tuple({"file": new.path, "old_sha256": old.sha256, "new_sha256": new.sha256} for old, new in pairs)
    return rows, (f"their records now belong to {token}", "lists of refused rows and uploads were removed", *notes)


def _refuse_unless_known(root: Path, batches: Iterable[Batch], person_id: str) -> None:
    known = _person_ids(root, batches)
    if person_id not in known:
        raise unknown("person", person_id, known)


def _person_ids(root: Path, batches: Iterable[Batch]) -> set[str]:
    """Every person any batch has held, the undone ones included: erasing reaches them too."""
    import duckdb  # noqa: PLC0415  (slow to import)

    from courtside.warehouse.batches import Holding  # noqa: PLC0415

    paths = [
        str(root / file.path)
        for batch in batches
        for file in batch.holding("people", Holding.ROWS, Holding.CARRIED, Holding.REPLACED)
    ]
    if not paths:
        return set()
    with duckdb.connect() as engine:
        return {row[0] for row in engine.execute("SELECT person_id FROM read_parquet(?)", [paths]).fetchall()}


def _record(caller: Caller, person_id: str, token: str, pairs: Sequence[tuple[BatchFile, BatchFile]]) -> None:
    """The ledger names the new files, and the log keeps old hash -> new hash; it does not keep the id."""
    from django.db import transaction  # noqa: PLC0415  (Django stays out of start-up)

    from courtside.store import accounts, audit, disputes, evidence, ledger  # noqa: PLC0415

    files = [{"file": new.path, "old_sha256": old.sha256, "new_sha256": new.sha256} for old, new in pairs]
    with transaction.atomic():
        ledger.replace(pairs)
        ledger.rewrite_examples(person_id, token)
        accounts.forget_person(person_id, token)
        disputes.forget_person(person_id, token, caller.clock())
        evidence.forget_person(person_id, token)
        audit.write(audit.Act(caller.clock(), caller.who, audit.ERASED, {"token": token, "files": files}))


def _remove_lists(root: Path) -> None:
    """Lists of refused rows repeat cells of the sources, and uploads are sources: they go before the erasure counts."""
    from courtside.services.uploads import forget_all  # noqa: PLC0415  (keeps start-up short)

    forget_all(root)
    for path in (root / "refused").glob("*.csv"):
        path.unlink()


def _remove_what_was_replaced(workspace: Workspace) -> None:
    """The old files, the figures made from them, and what the database has of old examples beside its pages."""
    from courtside.store.connect import forget_old_pages  # noqa: PLC0415

    sweep(workspace)
    forget(workspace)
    forget_old_pages()
