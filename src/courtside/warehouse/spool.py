"""Refusals, however many: the first of them in memory, the rest on the disk until they have been told."""

from __future__ import annotations

import json
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import IO, overload

from courtside.connectors.adapter import Refusal

_IN_MEMORY = 100_000
_FIELDS = attrgetter(*(field.name for field in fields(Refusal)))


class Spool(Sequence[Refusal]):
    """A sequence of refusals that takes little memory. Its file has no name and vanishes with it."""

    def __init__(self, folder: Path, in_memory: int = _IN_MEMORY) -> None:
        self._folder = folder
        self._most = in_memory
        self._first: list[Refusal] = []
        self._rest: IO[str] | None = None
        self._count = 0

    def append(self, refusal: Refusal) -> None:
        """Add one."""
        self._count += 1
        if len(self._first) < self._most:
            self._first.append(refusal)
            return
        if self._rest is None:
            self._rest = tempfile.TemporaryFile("w+", encoding="utf-8", dir=self._folder)  # noqa: SIM115
            weakref.finalize(self, self._rest.close)
        self._rest.write(json.dumps(_FIELDS(refusal)) + "\n")

    def extend(self, refusals: Iterable[Refusal]) -> None:
        """Add several."""
        for refusal in refusals:
            self.append(refusal)

    def in_order(self, files: Sequence[str]) -> Sequence[Refusal]:
        """The refusals by file and line, as a tuple; those that did not fit into memory stay in the order they came."""
        if self._rest is not None:
            self._rest.flush()
            return self
        rank = {name: number for number, name in reversed(list(enumerate(files)))}
        return tuple(sorted(self._first, key=lambda r: (rank.get(r.file, -1), r.file, r.sheet or "", r.line or 0)))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Refusal]:
        yield from self._first
        if self._rest is not None:
            self._rest.seek(0)
            for line in self._rest:
                yield Refusal(*json.loads(line))

    @overload
    def __getitem__(self, index: int) -> Refusal: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Refusal]: ...

    def __getitem__(self, index: int | slice) -> Refusal | Sequence[Refusal]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._count)
            return tuple(islice(self, start, stop, step)) if step > 0 else tuple(self)[index]
        place = index + self._count if index < 0 else index
        if not 0 <= place < self._count:
            raise IndexError(index)
        return next(islice(self, place, None))
