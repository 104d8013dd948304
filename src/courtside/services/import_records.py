"""Importing files as one batch: all of it counts at once, or nothing has changed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.records.crash import crash_point
from courtside.services.caller import Caller
from courtside.services.figures import bring_up_to_date
from courtside.services.list_imports import import_row
from courtside.services.refusals import refuse_rows
from courtside.services.sources import choose_connector, find_files
from courtside.services.workspace import Workspace
from courtside.services.writing import SCRATCH, writing

if TYPE_CHECKING:
    from courtside.store.ledger import Entry
    from courtside.warehouse.intake import Outcome


@dataclass(frozen=True, slots=True)
class Request:
    """What to import, and how."""

    paths: tuple[Path, ...]
    connector: str | None = None
    set_aside: bool = False
    dry_run: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)


def import_records(workspace: Workspace, caller: Caller, request: Request) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Import files; answers the row `imports` shows, and notes. The batch counts once this returns.

    Raises Refused, with every refused row, if one is refused and none may be set aside.
    """
    from courtside.store import ledger, mappings  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.warehouse.batches import known  # noqa: PLC0415
    from courtside.warehouse.intake import Ground, take_in  # noqa: PLC0415

    files = find_files(request.paths)
    adapter = choose_connector(request.connector, files)
    with writing(workspace, caller):
        caller.progress(f"reading {len(files)} file{'s' * (len(files) != 1)} with connector {adapter.name}")
        remembered = mappings.remembered(adapter.name)
        answers = {**remembered, **request.answers}
        settings = workspace.settings
        ground = Ground(workspace.root, known(ledger.batches(), None), settings.zone, settings.currency)
        number = ledger.next_number()
        with _scratch(workspace.root) as scratch:
            reading = adapter.read(files, scratch, answers)
            outcome = take_in(
                reading, ground, number, set_aside=request.set_aside, dry_run=request.dry_run, answers=answers
            )
        if outcome.refusals and not (request.set_aside and outcome.by_table):
            raise refuse_rows(workspace, caller.clock(), outcome.refusals)
        entry = _entry(number, adapter.name, files, reading.fixed, outcome, ledger.not_before(caller.clock()))
        if request.dry_run or not outcome.files:
            why = "a dry run" if request.dry_run else "there was no row to import"
            row = {**import_row(entry), "batch": None, "at": None}
            return row, (*_counts(outcome), f"{why}: nothing was changed")
        crash_point("after-files")
        _record(entry, outcome, answers, caller)
        crash_point("after-ledger")
        notes = bring_up_to_date(workspace, caller)
        crash_point("after-publish")
    return import_row(entry), (*_recalled(remembered, request.answers), *_counts(outcome), *notes)


@contextmanager
def _scratch(root: Path) -> Iterator[Path]:
    """A folder for a connector's work, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _entry(  # noqa: PLR0913  (what a ledger entry is made of)
    number: int,
    connector: str,
    files: tuple[Path, ...],
    fixed: Mapping[str, tuple[str, ...]],
    outcome: Outcome,
    at: datetime,
) -> Entry:
    from courtside.store.ledger import Entry  # noqa: PLC0415

    return Entry(
        number=number,
        recorded_at=at,
        connector=connector,
        sources=tuple(path.name for path in files),
        created=outcome.created,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        refused=outcome.refused,
        by_table=outcome.by_table,
        quality=tuple({**asdict(note), "examples": list(note.examples)} for note in outcome.quality),
        fixed=fixed,
    )


def _record(entry: Entry, outcome: Outcome, answers: Mapping[str, str], caller: Caller) -> None:
    """The moment from which the batch counts."""
    from django.db import transaction  # noqa: PLC0415  (Django stays out of start-up)

    from courtside.store import audit, ledger, mappings  # noqa: PLC0415

    detail = {
        "batch": entry.number,
        "connector": entry.connector,
        "files": list(entry.sources),
        "sha256": {file.path: file.sha256 for file in outcome.files},
    }
    with transaction.atomic():
        ledger.record(entry, outcome.files)
        mappings.remember(entry.connector, answers, entry.recorded_at)
        audit.write(audit.Act(entry.recorded_at, caller.who, "import_records", detail))


def _recalled(remembered: Mapping[str, str], given: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(remembered.keys() - given.keys()):
        yield f"{key}={remembered[key]}, as answered before; --answer {key}=… changes it"


def _counts(outcome: Outcome) -> Iterator[str]:
    for table, (created, updated, unchanged) in outcome.by_table.items():
        yield f"{table}: {created} created, {updated} updated, {unchanged} unchanged"
    for note in outcome.quality:
        yield f"{note.code} in {note.table}: {note.sentence}"
