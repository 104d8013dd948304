"""Mappings that people write, that are remembered, and that are proposed for an export nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.services.refusals import in_words
from courtside.services.refused import Refused

if TYPE_CHECKING:
    from courtside.connectors.guess.propose import Proposal
    from courtside.connectors.mapping import ExportMapping


def read_mapping_file(path: Path) -> ExportMapping:
    """The mapping in a file. Raises Refused with every fault, each with its line and column."""
    from courtside.connectors.mapping import LARGEST, BadMapping, read_mapping  # noqa: PLC0415  (keeps start-up short)

    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1).decode("utf-8-sig")
    except OSError as failure:
        raise Refused(f"{path}: the mapping cannot be opened: {failure.strerror}") from None
    except UnicodeDecodeError as error:
        raise Refused(f"{path}: the mapping is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    try:
        return read_mapping(text, path.name)
    except BadMapping as bad:
        count = len(bad.refusals)
        raise Refused(
            f"{count} fault{'s' * (count != 1)} in the mapping {path}, so nothing was imported and nothing has changed",
            lines=map(in_words, bad.refusals),
            rows=map(asdict, bad.refusals),
        ) from None


def write_mapping_file(path: Path, mapping: ExportMapping, comments: Mapping[int, str] | None = None) -> str:
    """Write a mapping to a new file; answers a note. Raises Refused if there is a file already."""
    from courtside.connectors.mapping import write_mapping  # noqa: PLC0415

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(write_mapping(mapping, comments))
    except FileExistsError:
        raise Refused(f"{path} is there already and is not overwritten; name a new file for the mapping") from None
    except OSError as failure:
        raise Refused(f"{path}: the mapping cannot be written: {failure.strerror}") from None
    return f"the mapping is in {path}: correct it, then import with --mapping {path}"


def by_memory(headers: Mapping[str, tuple[str, ...]]) -> tuple[ExportMapping, str] | None:
    """The newest remembered mapping that fits files of these headers, and a note; None if none does."""
    from courtside.store.mappings import mappings  # noqa: PLC0415  (Django stays out of start-up)

    documents = mappings()
    if not documents:
        return None
    from courtside.connectors.mapped import Mapped  # noqa: PLC0415
    from courtside.connectors.mapping import read_mapping  # noqa: PLC0415

    for document, at in documents:
        mapping = read_mapping(document, "the remembered mapping")
        if Mapped(mapping).recognises(headers):
            return mapping, f"read by the mapping used on {at:%Y-%m-%d}; --mapping FILE or --connector NAME changes it"
    return None


def refuse_unmapped(names: Sequence[str], proposal: Proposal, known: Sequence[str]) -> Refused:
    """The refusal of an export nobody has mapped, with what it seems to hold and how to go on."""
    lines = [
        f"{one.sheet.file}{f', sheet {one.sheet.sheet}' if one.sheet.sheet else ''}: {_said(one.table, one.missing)}"
        for one in proposal.guesses
    ]
    mend = (
        "look at the proposed mapping with --dry-run, write it to a file with --dry-run --save-mapping FILE, correct "
        "it, and import with --mapping FILE"
    )
    if not proposal.mapping.files:
        mend = (
            f"name a connector with --connector ({', '.join(known)}), write a mapping and name it with --mapping FILE, "
            "or name the files after the record tables (people.csv, leads.csv …)"
        )
    row = {"file": ", ".join(names), "sheet": None, "line": None, "column": None, "value": None, "reason": "no_mapping"}
    return Refused(
        f"no connector recognises {', '.join(names)}, and nothing is imported by a guess",
        lines=(*lines, *map(in_words, proposal.refusals)),
        rows=({**row, "mend": mend}, *map(asdict, proposal.refusals)),
        notes=(mend,),
    )


def _said(table: str | None, missing: tuple[str, ...]) -> str:
    if table is None:
        return "holds none of the record tables, as far as its columns say"
    return f"seems to hold {table}" + (f"; no column was found for {', '.join(missing)}" if missing else "")
