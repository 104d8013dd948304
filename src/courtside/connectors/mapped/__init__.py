"""Any export at all, read by a mapping that says which column is which field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from courtside.connectors.adapter import Adapter, Reading, Refusal
from courtside.connectors.delimited import Unreadable
from courtside.connectors.mapped.translate import Translation
from courtside.connectors.mapping import ExportMapping, TableMapping
from courtside.connectors.rows import Rows, rows_of


@dataclass(frozen=True, slots=True)
class Mapped:
    """Reads files as its mapping says. Without one it reads nothing and says how to make one."""

    mapping: ExportMapping | None = None
    name: str = "mapped"
    label: str = "Any export, by a mapping"

    def recognises(self, headers: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether the mapping is for every one of these files and all columns it names are there."""
        mapping = self.mapping
        return mapping is not None and bool(headers) and all(_fits(mapping, *one) for one in headers.items())

    def read(self, paths: Sequence[Path], scratch: Path, answers: Mapping[str, str]) -> Reading:
        """The records the mapping makes of the files. `answers` settle what it leaves open: date_order, decimal."""
        if self.mapping is None:
            return Reading((), refusals=(_no_mapping(),))
        wrong = _wrong_decimal(answers)
        if wrong is not None:
            return Reading((), refusals=(wrong,))
        translation = Translation(self.mapping.answered(answers), scratch)
        notes: list[str] = []
        for path in paths:
            try:
                for rows in rows_of(path, scratch):
                    notes.extend((*rows.notes, *_translated(translation, rows)))
            except Unreadable as fault:
                translation.refusals.append(fault.refusal)
        if not translation.sources and not translation.refusals:
            translation.refusals.append(_matches_nothing(translation.mapping, paths))
        return translation.reading(tuple(notes))


def _translated(translation: Translation, rows: Rows) -> Iterator[str]:
    """Translate a sheet, or say that it is passed over."""
    entries = [entry for entry in translation.mapping.files if entry.is_for(rows.shown_as, rows.sheet)]
    if not entries:
        what = rows.shown_as if rows.sheet is None else f"sheet {rows.sheet} of {rows.shown_as}"
        yield f"{what}: no entry of {translation.mapping.shown_as} matches it, so it was passed over"
    for number, entry in enumerate(entries):
        translation.translate(rows, entry, entries if number == 0 else None)


def _fits(mapping: ExportMapping, name: str, header: tuple[str, ...]) -> bool:
    file, _, sheet = name.partition("/")
    entries: list[TableMapping] = [entry for entry in mapping.files if entry.is_for(file, sheet or None)]
    return bool(entries) and all(set(entry.columns.values()) <= set(header) for entry in entries)


def _no_mapping() -> Refusal:
    mend = (
        "say which column is which field: --mapping FILE; `--dry-run --save-mapping FILE` proposes one for these files"
    )
    return Refusal("--mapping", None, None, None, None, "missing_mapping", mend)


def _wrong_decimal(answers: Mapping[str, str]) -> Refusal | None:
    said = answers.get("decimal")
    if said is None or said in (".", ","):
        return None
    mend = f"--answer decimal={said}: write a point or a comma"
    return Refusal("--answer", None, None, "decimal", said, "not_one_of", mend)


def _matches_nothing(mapping: ExportMapping, paths: Sequence[Path]) -> Refusal:
    patterns = ", ".join(sorted({entry.match for entry in mapping.files}))
    names = ", ".join(path.name for path in paths[:5])
    mend = f"its entries match {patterns}, the files are called {names}; change `match`"
    return mapping.refusal(mapping.files[0], "match", patterns, "no_file_matches", mend)


ADAPTER: Adapter = Mapped()
