"""Erasing one person's identity: files are written anew with a random token; every figure still adds up."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.records.crash import crash_point
from courtside.services.account_rules import bring_tables_up_to_date
from courtside.services.caller import Caller
from courtside.services.erase_everywhere import forget_everywhere, forget_in_groups
from courtside.services.erase_rules import HELD, refuse_unless_erasable
from courtside.services.figures import bring_up_to_date, forget
from courtside.services.refused import Refused, unknown
from courtside.services.workspace import Workspace
from courtside.services.writing import sweep, writing

if TYPE_CHECKING:
    from courtside.warehouse.batches import Batch, BatchFile

_TOKEN_BYTES = 12


def erase_person(
    workspace: Workspace, caller: Caller, person_id: str, erasure: str = ""
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Erase a person; answers the files written anew with their old and new hashes, and notes.

    The random token that takes the id's place is told once and kept nowhere beside the records. `erasure`: what two
    people asked for and approved, which is done with it. Raises Refused for a person no batch has ever held, under a
    legal hold, and while what there is about them has to be kept.
    """
    from courtside.store import ledger  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.warehouse.intake import erase  # noqa: PLC0415

    bring_tables_up_to_date()
    _refuse_unless_known(workspace.root, ledger.batches(), person_id)
    refuse_unless_erasable(workspace, caller, person_id)
    with writing(workspace, caller):
        batches = ledger.batches()
        _refuse_unless_known(workspace.root, batches, person_id)
        token = f"erased-{secrets.token_hex(_TOKEN_BYTES)}"
        caller.progress("writing the files that name this person anew")
        pairs = erase(batches, [person_id], workspace.root, token)
        crash_point("erase-after-files")
        _remove_lists(workspace.root)
        forget_in_groups(workspace.root, person_id)
        _record(caller, _Going(person_id, token, erasure), pairs)
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


@dataclass(frozen=True, slots=True)
class _Going:
    """Who goes, what takes their place, and the erasure that two people approved (empty: the host's own)."""

    person_id: str
    token: str
    erasure: str


def _record(caller: Caller, going: _Going, pairs: Sequence[tuple[BatchFile, BatchFile]]) -> None:
    """The ledger names the new files, and the log keeps old hash -> new hash; it does not keep the id.

    Raises Refused where a hold was placed meanwhile, also on a case of somebody else in which they took part.
    """
    from django.db import IntegrityError  # noqa: PLC0415

    from courtside.store import audit, ledger, retention  # noqa: PLC0415  (Django stays out of start-up)

    files = [{"file": new.path, "old_sha256": old.sha256, "new_sha256": new.sha256} for old, new in pairs]
    person_id, token, at = going.person_id, going.token, caller.clock()
    try:
        with audit.together():
            if going.erasure and not retention.end(
                going.erasure, (retention.APPROVED,), retention.DONE, caller.who, at, token
            ):
                raise Refused("this erasure was done or withdrawn meanwhile")
            ledger.replace(pairs)
            ledger.rewrite_examples(person_id, token)
            forget_everywhere(caller, person_id, token)
            audit.write(audit.Act(at, caller.who, audit.ERASED, {"token": token, "files": files}))
    except IntegrityError as error:
        if retention.HELD in str(error):
            raise Refused(f"{HELD}, or on a case in which they took part") from error
        raise


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
