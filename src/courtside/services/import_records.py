"""Importing files as one batch: all of it counts at once, or nothing has changed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from courtside.services.refused import Refused
from courtside.services.sources import connector, connector_names, find_files, headers_of, recognised
from courtside.services.workspace import Workspace
from courtside.services.writing import SCRATCH, writing

if TYPE_CHECKING:
    from courtside.connectors.adapter import Adapter
    from courtside.connectors.mapping import ExportMapping
    from courtside.store.ledger import Entry
    from courtside.warehouse.intake import Outcome


@dataclass(frozen=True, slots=True)
class Request:
    """What to import, and how. `mapping` is a file of a mapping; `save_mapping` one to write it to, in a dry run.

    A dry run hands the first rows of every file, as they would be read, to `show`.
    """

    paths: tuple[Path, ...]
    connector: str | None = None
    set_aside: bool = False
    dry_run: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    mapping: Path | None = None
    save_mapping: Path | None = None
    show: Callable[[Sequence[Mapping[str, Any]]], None] = lambda previews: None  # noqa: ARG005


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Who reads the files, with which answers, and what is to be told of that."""

    adapter: Adapter
    answers: Mapping[str, str]
    mapping: ExportMapping | None = None
    comments: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unusable: Refused | None = None
    """Why what was proposed for an unknown export cannot even be tried."""


def import_records(workspace: Workspace, caller: Caller, request: Request) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Import files; answers the row `imports` shows, and notes. The batch counts once this returns.

    Raises Refused, with every refused row, if one is refused and none may be set aside.
    """
    files = find_files(request.paths)
    with writing(workspace, caller), _scratch(workspace.root) as scratch:
        chosen = _choose(files, request, scratch)
        notes = list(chosen.notes)
        if request.dry_run:
            notes += _previewed(workspace, caller, request, chosen, (files, scratch))
        row, told = _imported(workspace, caller, request, chosen, (files, scratch))
        return row, (*notes, *told)


def _choose(files: Sequence[Path], request: Request, scratch: Path) -> _Chosen:
    """The mapping named, the connector named, a mapping used before, else who recognises the headers."""
    from courtside.services import mapped_imports  # noqa: PLC0415  (keeps start-up short)
    from courtside.store import mappings  # noqa: PLC0415

    if request.mapping is not None:
        return _by(mapped_imports.read_mapping_file(request.mapping), request=request)
    headers = headers_of(files)
    if request.connector in (None, "mapped"):
        found = mapped_imports.by_memory(headers)
        if found is not None:
            return _by(*found, request=request)
    adapter = recognised(headers) if request.connector is None else connector(request.connector)
    if adapter is None:
        return _proposed(files, request, scratch)
    remembered = mappings.remembered(adapter.name)
    notes = tuple(_recalled(remembered, request.answers))
    return _Chosen(adapter, {**remembered, **request.answers}, notes=notes)


def _by(mapping: ExportMapping, note: str | None = None, *, request: Request) -> _Chosen:
    """Read by a mapping; what was answered is remembered in it, and nowhere else."""
    from courtside.connectors.mapped import Mapped  # noqa: PLC0415

    answered = mapping.answered(request.answers)
    return _Chosen(Mapped(answered), request.answers, answered, notes=(note,) if note else ())


def _proposed(files: Sequence[Path], request: Request, scratch: Path) -> _Chosen:
    """What a dry run shows of an export nobody knows. Raises Refused where something was to be imported."""
    from courtside.connectors.guess.propose import propose  # noqa: PLC0415
    from courtside.connectors.mapped import Mapped  # noqa: PLC0415
    from courtside.services.mapped_imports import refuse_unmapped  # noqa: PLC0415

    proposal = propose(files, scratch)
    refused = refuse_unmapped([path.name for path in files], proposal, connector_names())
    if not request.dry_run or not proposal.mapping.files:
        raise refused
    mapping = proposal.mapping.answered(request.answers)
    usable = proposal.is_complete and not proposal.refusals
    note = "nobody knows this export: this is a proposal, and nothing is imported by one"
    return _Chosen(Mapped(mapping), request.answers, mapping, proposal.comments, (note,), None if usable else refused)


def _previewed(
    workspace: Workspace, caller: Caller, request: Request, chosen: _Chosen, place: tuple[Sequence[Path], Path]
) -> list[str]:
    """Show the first rows, and write the mapping if that was asked for; answers notes. Raises Refused."""
    from courtside.services.mapped_imports import write_mapping_file  # noqa: PLC0415
    from courtside.services.preview_import import preview_import  # noqa: PLC0415

    files, scratch = place
    caller.progress("looking at the first rows")
    request.show(preview_import(chosen.adapter, files, workspace.settings.zone, chosen.answers, scratch))
    notes = []
    if request.save_mapping is not None:
        if chosen.mapping is None:
            raise Refused(f"connector {chosen.adapter.name} reads these files; there is no mapping to save")
        notes.append(write_mapping_file(request.save_mapping, chosen.mapping, chosen.comments))
    if chosen.unusable is not None:
        raise Refused(
            chosen.unusable.reason, chosen.unusable.lines, chosen.unusable.rows, (*notes, *chosen.unusable.notes)
        )
    return notes


def _imported(
    workspace: Workspace, caller: Caller, request: Request, chosen: _Chosen, place: tuple[tuple[Path, ...], Path]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Take the files in, or say what would happen. Raises Refused."""
    from courtside.store import ledger  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.warehouse.batches import known  # noqa: PLC0415
    from courtside.warehouse.intake import Ground, take_in  # noqa: PLC0415

    files, scratch = place
    adapter = chosen.adapter
    caller.progress(f"reading {len(files)} file{'s' * (len(files) != 1)} with connector {adapter.name}")
    settings = workspace.settings
    ground = Ground(workspace.root, known(ledger.batches(), None), settings.zone, settings.currency)
    number = ledger.next_number()
    reading = adapter.read(files, scratch, chosen.answers)
    outcome = take_in(
        reading, ground, number, set_aside=request.set_aside, dry_run=request.dry_run, answers=chosen.answers
    )
    if outcome.refusals and not (request.set_aside and outcome.by_table):
        raise refuse_rows(workspace, caller.clock(), outcome.refusals)
    entry = _entry(number, adapter.name, files, reading.fixed, outcome, ledger.not_before(caller.clock()))
    if request.dry_run or not outcome.files:
        why = "a dry run" if request.dry_run else "there was no row to import"
        row = {**import_row(entry), "batch": None, "at": None}
        return row, (*reading.notes, *_counts(outcome), f"{why}: nothing was changed")
    crash_point("after-files")
    _record(entry, outcome, chosen, caller)
    crash_point("after-ledger")
    notes = bring_up_to_date(workspace, caller)
    crash_point("after-publish")
    return import_row(entry), (*reading.notes, *_counts(outcome), *notes)


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


def _record(entry: Entry, outcome: Outcome, chosen: _Chosen, caller: Caller) -> None:
    """The moment from which the batch counts."""

    from courtside.connectors.mapping import write_mapping  # noqa: PLC0415
    from courtside.store import audit, ledger, mappings  # noqa: PLC0415

    detail = {
        "batch": entry.number,
        "connector": entry.connector,
        "files": list(entry.sources),
        "sha256": {file.path: file.sha256 for file in outcome.files},
    }
    with audit.together():
        ledger.record(entry, outcome.files)
        if chosen.mapping is not None:
            mappings.remember_mapping(write_mapping(chosen.mapping), entry.recorded_at)
        else:
            mappings.remember(entry.connector, chosen.answers, entry.recorded_at)
        audit.write(audit.Act(entry.recorded_at, caller.who, "import_records", detail))


def _recalled(remembered: Mapping[str, str], given: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(remembered.keys() - given.keys()):
        yield f"{key}={remembered[key]}, as answered before; --answer {key}=… changes it"


def _counts(outcome: Outcome) -> Iterator[str]:
    for table, (created, updated, unchanged) in outcome.by_table.items():
        yield f"{table}: {created} created, {updated} updated, {unchanged} unchanged"
    for note in outcome.quality:
        yield f"{note.code} in {note.table}: {note.sentence}"
