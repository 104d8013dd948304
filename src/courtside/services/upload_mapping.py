"""Settling by hand which column of an unknown export is which field: what a form offers, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.records.tables import TABLES, Column
from courtside.services.refused import Refused
from courtside.services.uploads import Upload

if TYPE_CHECKING:
    from courtside.connectors.guess.propose import Proposal
    from courtside.connectors.guess.score import Guess
    from courtside.connectors.mapping import ExportMapping, TableMapping

_WORDS = {"sure": "sure", "proposed": "a guess", "none": "none"}
_FEW_WORDS = 20


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text of the file stands for, among the words a field can hold."""

    name: str
    said: str
    choices: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of the record table and the column it comes from; `degree` is how sure that is, in a word."""

    name: str
    field: str
    is_required: bool
    column: str
    constant: str
    degree: str
    samples: tuple[str, ...]
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class EntryForm:
    """One file (or sheet) and the table its rows become."""

    file: str
    sheet: str | None
    table: str
    degree: str
    header: tuple[str, ...]
    fields: tuple[FieldLine, ...]
    """Required ones, and those a column was found for."""
    others: tuple[FieldLine, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappingForm:
    """Everything to be settled, and the same as text."""

    entries: tuple[EntryForm, ...]
    unknown: tuple[str, ...]
    """Files that seem to hold none of the record tables."""
    text: str
    is_settled: bool


def form_of(upload: Upload, scratch: Path) -> MappingForm:
    """The form for an upload: what was settled before, else what is proposed."""
    from courtside.connectors.guess.propose import propose  # noqa: PLC0415  (keeps start-up short)
    from courtside.connectors.mapping import write_mapping  # noqa: PLC0415

    proposal = propose(upload.files, scratch)
    mapping = _settled(upload) or proposal.mapping
    entries = [
        _entry_form(number, entry, guess)
        for number, entry in enumerate(mapping.files)
        if (guess := _guess_of(proposal, entry)) is not None and not _is_people_of_another(mapping, number)
    ]
    unknown = [guess.sheet.file for guess in proposal.guesses if not _is_mapped(guess, mapping)]
    return MappingForm(tuple(entries), tuple(unknown), write_mapping(mapping), upload.mapping is not None)


def mapping_from(upload: Upload, given: Mapping[str, str], scratch: Path) -> str:
    """The mapping, as YAML, that a filled-in form makes of what it offered. Raises Refused for a column not there."""
    from courtside.connectors.guess.propose import propose  # noqa: PLC0415
    from courtside.connectors.mapping import ExportMapping, write_mapping  # noqa: PLC0415

    proposal = propose(upload.files, scratch)
    mapping = _settled(upload) or proposal.mapping
    files = list(mapping.files)
    for number, entry in enumerate(mapping.files):
        guess = _guess_of(proposal, entry)
        if guess is not None and not _is_people_of_another(mapping, number):
            files[number] = _filled_in(number, entry, guess, given)
            files = _follow_owner(files, entry, files[number])
    return write_mapping(ExportMapping(tuple(files)))


def _settled(upload: Upload) -> ExportMapping | None:
    from courtside.services.mapped_imports import read_mapping_file  # noqa: PLC0415

    return read_mapping_file(upload.mapping) if upload.mapping is not None else None


def _guess_of(proposal: Proposal, entry: TableMapping) -> Guess | None:
    return next((one for one in proposal.guesses if entry.is_for(one.sheet.file, one.sheet.sheet)), None)


def _is_mapped(guess: Guess, mapping: ExportMapping) -> bool:
    return any(entry.is_for(guess.sheet.file, guess.sheet.sheet) for entry in mapping.files)


def _is_people_of_another(mapping: ExportMapping, number: int) -> bool:
    """Whether an entry only makes people of those another table names; it follows that table."""
    entry = mapping.files[number]
    rivals = [one for n, one in enumerate(mapping.files) if n < number and one.match == entry.match]
    return entry.table == "people" and bool(rivals) and len(set(entry.columns.values())) == 1


def _follow_owner(files: list[TableMapping], before: TableMapping, after: TableMapping) -> list[TableMapping]:
    """People named by a table come from the column that now names them."""
    found = []
    for entry in files:
        changed = entry
        for owner in ("person_id", "owner_id"):
            old, new = before.columns.get(owner), after.columns.get(owner)
            is_theirs = entry.table == "people" and entry.match == before.match and before.table != "people"
            if is_theirs and old and new and set(entry.columns.values()) == {old}:
                changed = replace(entry, columns=dict.fromkeys(entry.columns, new))
        found.append(changed)
    return found


def _entry_form(number: int, entry: TableMapping, guess: Guess) -> EntryForm:
    lines = [_line(number, column, entry, guess) for column in TABLES[entry.table].columns]
    own = [line for line in lines if line.is_required or line.column or line.constant]
    used = {*entry.columns.values(), *entry.ignore}
    return EntryForm(
        file=guess.sheet.file,
        sheet=guess.sheet.sheet,
        table=entry.table,
        degree=_WORDS[guess.degree.value],
        header=guess.sheet.header,
        fields=tuple(sorted(own, key=lambda line: not line.is_required)),
        others=tuple(line for line in lines if line not in own),
        unused=tuple(name for name in guess.sheet.header if name not in used),
        missing=tuple(line.field for line in own if line.is_required and not (line.column or line.constant)),
    )


def _line(number: int, column: Column, entry: TableMapping, guess: Guess) -> FieldLine:
    chosen = entry.columns.get(column.name, "")
    found = guess.fields.get(column.name)
    degree = "" if not chosen else "settled"
    if found is not None and found.column == chosen:
        degree = _WORDS[found.degree.value]
    elif chosen:
        degree = "a guess"
    name = f"{number}-{column.name}"
    return FieldLine(
        name=f"column-{name}",
        field=column.name,
        is_required=column.required and column.default is None,
        column=chosen,
        constant=entry.constants.get(column.name, ""),
        degree=degree,
        samples=tuple(list(dict.fromkeys(_cells(guess, chosen)))[:3]),
        meanings=tuple(_meanings(name, column, entry, guess)),
    )


def _cells(guess: Guess, column: str) -> Sequence[str]:
    if column not in guess.sheet.header:
        return ()
    return guess.sheet.columns[guess.sheet.header.index(column)].filled


def _texts(entry: TableMapping, guess: Guess, column: Column) -> list[str]:
    """The texts of a field that can hold only certain words, as far as a sample shows them."""
    chosen = entry.columns.get(column.name, "")
    if not chosen or not column.choices:
        return []
    known = entry.values.get(column.name, {})
    words = sorted({*known, *_cells(guess, chosen)} - set(column.choices))
    return words if len(words) <= _FEW_WORDS else []


def _meanings(name: str, column: Column, entry: TableMapping, guess: Guess) -> Iterable[Meaning]:
    known = entry.values.get(column.name, {})
    for place, said in enumerate(_texts(entry, guess, column)):
        choices = tuple((choice, known.get(said) == choice) for choice in column.choices)
        yield Meaning(f"value-{name}-{place}", said, choices)


def _filled_in(number: int, entry: TableMapping, guess: Guess, given: Mapping[str, str]) -> TableMapping:
    columns: dict[str, str] = {}
    values = dict(entry.values)
    for column in TABLES[entry.table].columns:
        name = f"{number}-{column.name}"
        chosen = given.get(f"column-{name}", entry.columns.get(column.name, ""))
        if chosen and chosen not in guess.sheet.header:
            raise Refused(f"{guess.sheet.file} has no column {chosen!r}")
        if chosen:
            columns[column.name] = chosen
        meant = {
            said: given[f"value-{name}-{place}"]
            for place, said in enumerate(_texts(entry, guess, column))
            if given.get(f"value-{name}-{place}")
        }
        if meant:
            values[column.name] = {**values.get(column.name, {}), **meant}
    columns |= {name: column for name, column in entry.columns.items() if name.startswith("extra.")}
    kept = {name: found for name, found in values.items() if name in columns}
    return replace(entry, columns=columns, values=kept)
