"""The figures kept ready: one small rollup file a generation, published by moving a pointer."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from courtside.metrics.catalogue import Catalogue
from courtside.records.period import Calendar
from courtside.warehouse.batches import Batch, known
from courtside.warehouse.engine import EMBEDDED

FORMAT = 5
"""The layout of rollup files; another number makes them anew."""
_POINTER = "CURRENT"

Progress = Callable[[str], None]
"""Told what is being done, in a few words."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that figures are made from. `batches` are every batch, undone ones too."""

    root: Path
    batches: tuple[Batch, ...]
    catalogue: Catalogue
    zone: str
    currency: str
    calendar: Calendar
    today: date
    warehouse: str = EMBEDDED
    """Where figures are counted: the embedded engine, or the address of a database."""

    @property
    def holdings(self) -> list[str]:
        """What counts now, file by file."""
        return [
            f"{batch.number} {file.path} {file.sha256}" for batch in known(self.batches, None) for file in batch.files
        ]

    @property
    def definitions(self) -> str:
        """A fingerprint of everything but the batches that a rollup depends on."""
        blocks = [[m.name, repr(m.body)] for m in self.catalogue]
        params = {name: value for name, value in self.catalogue.pack.params.items()}
        said = [FORMAT, duckdb.__version__, self.zone, self.currency, blocks, params]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Generation:
    """A published rollup file and what it was made from."""

    path: Path
    number: int
    holdings: tuple[str, ...]
    definitions: str

    def is_for(self, inputs: Inputs) -> bool:
        """Whether it was made from exactly these batches and definitions."""
        return list(self.holdings) == inputs.holdings and self.definitions == inputs.definitions


def cache(root: Path) -> Path:
    """The folder of everything that can be made again."""
    return root / "cache"


def current(root: Path) -> Generation | None:
    """The generation the pointer names; None if there is none or it cannot be read."""
    try:
        said = json.loads((cache(root) / _POINTER).read_text(encoding="utf-8"))
        path = cache(root) / said["file"]
        generation = Generation(path, int(said["number"]), tuple(said["holdings"]), str(said["definitions"]))
    except (OSError, ValueError, KeyError):
        return None
    return generation if path.is_file() else None


def publish(generation: Generation, folder: Path) -> None:
    """Move the pointer: from now on readers open this generation."""
    said = {
        "file": generation.path.name,
        "number": generation.number,
        "holdings": list(generation.holdings),
        "definitions": generation.definitions,
    }
    pointer = folder / f"{_POINTER}.tmp"
    pointer.write_text(json.dumps(said), encoding="utf-8")
    sync(pointer)
    pointer.replace(folder / _POINTER)
    sync(folder)


def sweep(root: Path) -> None:
    """Take away what a killed writer left half made."""
    for left in (
        *cache(root).glob("rollup-*.tmp*"),
        *cache(root).glob("rollup-*.wal"),
        *cache(root).glob("CURRENT.tmp"),
    ):
        left.unlink(missing_ok=True)


def numbers(folder: Path) -> Iterator[int]:
    for path in folder.glob("rollup-*.duckdb"):
        if (number := path.stem.removeprefix("rollup-")).isdigit():
            yield int(number)


def sync(path: Path) -> None:
    """Force a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
