"""What an upload would become: how its files are read, what would change, what is refused, what is to be answered."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtside.services.caller import Caller
from courtside.services.import_records import Request, import_records
from courtside.services.mapped_imports import by_memory
from courtside.services.refused import Refused
from courtside.services.sources import headers_of, recognised
from courtside.services.upload_mapping import MappingForm, form_of
from courtside.services.uploads import Upload, done, importing, keep_refused
from courtside.services.viewing import Visit
from courtside.services.writing import SCRATCH, writing_if_free

SHOWN = 100
"""Refusals that stand on the page; the file holds all."""
BUSY = (
    "Somebody else is changing these records, or looking at files. Nothing was changed by you; try again in a minute. "
    "Reading goes on meanwhile."
)
_ASKED = re.compile(r":? *--answer (date_order|decimal)=[^;]*")
_IS_COUNT = re.compile(r"(\w+): (\d+) created, (\d+) updated, (\d+) unchanged")
_IS_ODD = re.compile(r"[a-z_]+ in [a-z_]+: ")
_LABELS = {"date_order": "Which comes first in dates?", "decimal": "Which mark stands before decimals?"}
_SAID = {
    "dmy": "the day: 31/12/2026", "mdy": "the month: 12/31/2026", "ymd": "the year: 2026/12/31",
    ".": "a point: 1,234.50", ",": "a comma: 1.234,50",
}  # fmt: skip
_REASONS = {"ambiguous_date": "date_order", "ambiguous_number": "decimal"}


@dataclass(frozen=True, slots=True)
class Told:
    """One refusal: where, the value, the reason and what mends it."""

    file: str
    sheet: str | None
    line: int | None
    column: str | None
    value: str | None
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """Something about the files that nobody can know but their owner."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first rows of a file as they would be read."""

    file: str
    sheet: str | None
    table: str
    fields: tuple[tuple[str, str], ...]
    """Field and the column it comes from, where the names differ."""
    constants: tuple[tuple[str, str], ...]
    extra: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sampled: int | None


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd in the data that is no reason to refuse it."""

    code: str
    table: str
    count: int
    sentence: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows would be, or were, made, changed, met again and refused."""

    created: int
    updated: int
    unchanged: int
    refused: int


@dataclass(frozen=True, slots=True)
class Preview:
    """An upload before it is imported. `counts` is None where it cannot be imported as it is."""

    known_by: str
    reason: str
    counts: Counts | None
    by_table: tuple[tuple[str, int, int, int], ...]
    sheets: tuple[Sheet, ...]
    quality: tuple[Note, ...]
    refusals: tuple[Told, ...]
    refused_count: int
    questions: tuple[Question, ...]
    notes: tuple[str, ...]
    mapping: MappingForm | None
    can_set_aside: bool
    is_set_aside: bool


def preview_upload(visit: Visit, upload: Upload) -> Preview:
    """Look at everything the files hold, and change nothing. Raises Refused if somebody else is writing."""
    check_free(visit)
    known_by, is_known = _known_by(upload)
    shown: list[Mapping[str, Any]] = []
    request = _request(upload, is_dry=True, show=shown)
    row: Mapping[str, Any] | None = None
    refused: Refused | None = None
    notes: tuple[str, ...] = ()
    try:
        row, notes = import_records(visit.standing.workspace, _quiet(visit), request)
    except Refused as found:
        refused = found
    if refused is not None or not upload.is_set_aside:
        keep_refused(upload, refused.file if refused else None)
    told = tuple(_told(one) for one in (refused.rows if refused else ()))
    is_usable = is_known or upload.mapping is not None
    return Preview(
        known_by=known_by,
        reason=_reason(refused, is_known=is_usable),
        counts=_counts(row) if row is not None and is_usable else None,
        by_table=tuple(_by_table(notes)),
        sheets=tuple(map(_sheet, shown)),
        quality=notes_of(row["quality"]) if row else (),
        refusals=told[:SHOWN] if is_usable else (),
        refused_count=_refused_count(refused) if is_usable else 0,
        questions=tuple(_questions(upload, told)),
        notes=tuple(_for_page(said) for said in notes if _is_for_page(said)),
        mapping=None if is_known else _mapping_form(upload),
        can_set_aside=bool(refused and refused.file and any(one.line is not None for one in told)),
        is_set_aside=upload.is_set_aside,
    )


def import_upload(visit: Visit, upload: Upload) -> Upload:
    """Import the files as one batch; asked again, the same batch is answered. Raises Refused: nothing has changed."""
    with importing(upload) as found:
        if found.is_done:
            return found
        check_free(visit)
        if not _known_by(found)[1] and found.mapping is None:
            raise Refused("nobody has said which column is which field; look at the preview and settle it first")
        try:
            row, notes = import_records(visit.standing.workspace, _quiet(visit), _request(found, is_dry=False, show=[]))
        except Refused as refused:
            keep_refused(found, refused.file)
            raise
        return done(found, row["batch"], [_for_page(said) for said in notes if _is_for_page(said)])


def notes_of(quality: Sequence[Mapping[str, Any]]) -> tuple[Note, ...]:
    """Quality notes as a page shows them."""
    return tuple(
        Note(note["code"], note["table"], note["count"], note["sentence"], tuple(map(str, note["examples"][:5])))
        for note in quality
    )


def check_free(visit: Visit) -> None:
    """Say at once that somebody else is writing, rather than keep the page waiting. Raises Refused."""
    with writing_if_free(visit.standing.workspace) as is_free:
        if not is_free:
            raise Refused(BUSY)


def _quiet(visit: Visit) -> Caller:
    return Caller(who=visit.caller.who, clock=visit.caller.clock)


def _request(upload: Upload, *, is_dry: bool, show: list[Mapping[str, Any]]) -> Request:
    return Request(
        upload.files,
        set_aside=upload.is_set_aside,
        dry_run=is_dry,
        answers=upload.answers,
        mapping=upload.mapping,
        show=show.extend,
    )


def _known_by(upload: Upload) -> tuple[str, bool]:
    """Who reads these files, in words, and whether that is known without a person saying so."""
    if upload.mapping is not None:
        return "Read by the columns settled below.", False
    headers = headers_of(upload.files)
    found = by_memory(headers)
    if found is not None:
        return f"Recognised: {found[1].partition(';')[0]}.", True
    adapter = recognised(headers)
    if adapter is None:
        return "No connector knows this export. Below is a proposal; nothing is imported by a guess.", False
    return f"Recognised by connector {adapter.name}.", True


def _mapping_form(upload: Upload) -> MappingForm:
    scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=upload.folder))
    try:
        return form_of(upload, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _reason(refused: Refused | None, *, is_known: bool) -> str:
    if refused is None:
        return ""
    if not is_known:
        return "Settle which column is which field, then look again."
    return refused.reason[:1].upper() + refused.reason[1:] + "."


def _refused_count(refused: Refused | None) -> int:
    if refused is None:
        return 0
    found = re.match(r"(\d+) refusal", refused.reason)
    return int(found[1]) if found else len(refused.rows)


def _counts(row: Mapping[str, Any]) -> Counts:
    return Counts(row["created"], row["updated"], row["unchanged"], row["refused"])


def _told(row: Mapping[str, Any]) -> Told:
    return Told(**{**row, "mend": _for_page(row["mend"]), "file": row["file"].rpartition("/")[2]})


def _for_page(text: str) -> str:
    """A sentence written for the command line, for people who have a page before them."""
    text = _ASKED.sub(": answer the question on this page", text)
    return text.replace("--mapping FILE or --connector NAME changes it", "the command line can read it another way")


def _is_for_page(note: str) -> bool:
    """Whether the page does not say it elsewhere: counts, odd things, and that looking changes nothing."""
    return not (_IS_COUNT.fullmatch(note) or _IS_ODD.match(note) or "a dry run" in note or "by one" in note)


def _by_table(notes: Sequence[str]) -> Iterator[tuple[str, int, int, int]]:
    """The rows created, updated and known already, table by table."""
    for found in filter(None, map(_IS_COUNT.fullmatch, notes)):
        yield found[1], int(found[2]), int(found[3]), int(found[4])


def _questions(upload: Upload, told: Sequence[Told]) -> list[Question]:
    asked = {_REASONS[one.reason] for one in told if one.reason in _REASONS} | set(upload.answers)
    return [
        Question(name, _LABELS[name], tuple(_choices(name, upload.answers.get(name))))
        for name in _LABELS
        if name in asked
    ]


def _choices(name: str, chosen: str | None) -> list[Choice]:
    from courtside.services.uploads import ANSWERS  # noqa: PLC0415

    return [Choice(value, _SAID[value], value == chosen) for value in ANSWERS[name]]


def _sheet(preview: Mapping[str, Any]) -> Sheet:
    columns = tuple(dict.fromkeys(name for row in preview["rows"] for name in row))
    return Sheet(
        file=preview["file"],
        sheet=preview["sheet"],
        table=preview["table"],
        fields=tuple((name, column) for name, column in preview["columns"].items() if name != column),
        constants=tuple(preview["constants"].items()),
        extra=tuple(preview["extra"]),
        columns=columns,
        rows=tuple(tuple(row.get(name, "") for name in columns) for row in preview["rows"]),
        sampled=preview["sampled"],
    )
