"""Telling people which rows were refused: in words, as rows, and all of them in a file."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.services.refused import Refused
from courtside.services.spreadsheet import harmless
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.connectors.adapter import Refusal

_SHOWN = 1_000


def _place(refusal: Refusal) -> str:
    place = [refusal.file]
    if refusal.sheet:
        place.append(f"sheet {refusal.sheet}")
    if refusal.line is not None:
        place.append(f"line {refusal.line}")
    if refusal.column:
        place.append(f"column {refusal.column}")
    return ", ".join(place)


def in_words(refusal: Refusal) -> str:
    """One refusal as a line: where, what, why, and how to mend it."""
    value = "" if refusal.value is None else f" {refusal.value!r}"
    return f"{_place(refusal)}:{value} {refusal.reason}: {refusal.mend}"


def write_refusals(folder: Path, at: datetime, refusals: Sequence[Refusal]) -> Path:
    """Every refusal in a CSV file of its own, named after the moment; complete or not there."""
    from courtside.connectors.adapter import Refusal as Row  # noqa: PLC0415  (keeps start-up short)

    names = [field.name for field in fields(Row)]
    folder.mkdir(exist_ok=True)
    path = folder / f"{at:%Y%m%dT%H%M%S%f}Z.csv"
    unfinished = folder / f".tmp-{path.name}"
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([harmless(getattr(refusal, name)) for name in names] for refusal in refusals)
    os.replace(unfinished, path)
    return path


def refuse_rows(workspace: Workspace, at: datetime, refusals: Sequence[Refusal]) -> Refused:
    """The refusal of an import, with its rows."""
    path = write_refusals(workspace.root / "refused", at, refusals)
    count = len(refusals)
    return Refused(
        f"{count} refusal{'s' * (count != 1)}, so nothing was imported and nothing has changed",
        lines=map(in_words, refusals[:_SHOWN]),
        rows=map(asdict, refusals[:_SHOWN]),
        notes=(f"all {count} are in {path}", "mend the file, or import the rest with --set-aside"),
        file=path,
    )
