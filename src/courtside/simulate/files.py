"""The folder of files: one for each record table, written part by part, put in place when all of it is there."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from courtside.records.tables import TABLES
from courtside.simulate.cells import Bytes, lines

TRUTH_FILE = "truth.json"
_UNFINISHED = ".unfinished"


class Files:
    """Writes record tables as CSV; a file is begun with the first rows of its table."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self._folder, self._opened = folder, opened
        self._files: dict[str, BinaryIO] = {}
        self.rows: Counter[str] = Counter()
        """How many rows each table has."""

    def write(self, table: str, columns: Mapping[str, Bytes]) -> None:
        """Add rows to a table. Raises KeyError for a column it does not have."""
        if table not in self._files:
            for name in columns:
                TABLES[table].column(name)
            self._files[table] = self._opened.enter_context((self._folder / f"{table}.csv").open("wb"))
            self._files[table].write((",".join(columns) + "\n").encode())
        cells = list(columns.values())
        if len(cells[0]):
            self._files[table].write(lines(cells))
        self.rows[table] += len(cells[0])

    def write_truth(self, truth: Mapping[str, Any]) -> None:
        """Write what is true beside the tables, in a form no import reads."""
        text = json.dumps(truth, ensure_ascii=False, indent=1)
        (self._folder / TRUTH_FILE).write_text(text + "\n", encoding="utf-8")


@contextmanager
def new_folder(folder: Path) -> Iterator[Files]:
    """Files for a new or empty folder. It gets them when all are written; if something fails, it stays as it was.

    Raises FileExistsError for a folder in use, NotADirectoryError for a file.
    """
    refuse_if_in_use(folder)
    unfinished = folder.with_name(folder.name + _UNFINISHED)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        with ExitStack() as opened:
            yield Files(unfinished, opened)
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def refuse_if_in_use(folder: Path) -> None:
    """Raise FileExistsError for a folder that holds anything, NotADirectoryError for a file."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; name a folder")
    found = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    if found:
        raise FileExistsError(f"{folder} is not empty (it holds {', '.join(found[:3])}); name a new or empty folder")
