"""Rows set aside: kept in the batch with the reason, out of every figure, counted until they are mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

from courtside.connectors.adapter import RefusedRow
from courtside.warehouse.batches import Holding, quoted
from courtside.warehouse.incoming import room_for
from courtside.warehouse.writing import Draft

COLUMNS = ("table_name", "id", "file", "sheet", "line", "column_name", "value", "reason", "mend", "cells")
"""The columns of the file; `cells` is JSON: column of the source -> text."""


class Asides:
    """The refused rows of an import, gathered in a file of its own until the batch is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._count = 0
        self._longest = 0

    def __enter__(self) -> Asides:
        self._file = self._path.open("w", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, row: RefusedRow) -> None:
        """Keep a refused row."""
        refusal = row.refusal
        cells = json.dumps(dict(row.cells), ensure_ascii=False)
        values = (
            row.table, row.id, refusal.file, refusal.sheet, refusal.line, refusal.column, refusal.value,
            refusal.reason, refusal.mend, cells,
        )  # fmt: skip
        if self._file is not None:
            line = json.dumps(dict(zip(COLUMNS, values, strict=True)))
            self._file.write(line + "\n")
            self._longest = max(self._longest, len(line))
            self._count += 1

    def write(self, draft: Draft) -> None:
        """Write them into a batch."""
        if not self._count:
            return
        columns = ", ".join(f"{name}: '{'BIGINT' if name == 'line' else 'VARCHAR'}'" for name in COLUMNS)
        draft.write(
            "",
            Holding.ASIDE,
            f"SELECT * FROM read_json({quoted(str(self._path))}, format = 'newline_delimited', auto_detect = false, "
            f"columns = {{{columns}}}, maximum_object_size = {room_for(self._longest)})",
        )
