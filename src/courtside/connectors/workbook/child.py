"""The process that reads a workbook: it may use little memory and time, and only its answer is believed."""

from __future__ import annotations

import contextlib
import gc
import json
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from courtside.connectors.workbook import limits
from courtside.connectors.workbook.cells import Meaning, SheetReader
from courtside.connectors.workbook.parts import Archive, Broken, SheetPart, TooLarge, shapes, shared_texts
from courtside.connectors.workbook.table import Enough, Table, Tally

_BLOCK = 1 << 20


def confine() -> None:
    """Give up all but a little memory and processor time, for good."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_S, limits.CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def _two_files(scratch: Path, number: int) -> Iterator[tuple[IO[str], IO[str]]]:
    lines, faults = (scratch / f"{number}.{kind}" for kind in ("lines", "faults"))
    with lines.open("w", _BLOCK, encoding="utf-8") as out, faults.open("w", encoding="utf-8") as beside:
        yield out, beside


class _Reader:
    """Reads the sheets of one workbook into files of `scratch`, numbered as the sheets are."""

    def __init__(self, archive: Archive, scratch: Path, *, headers_only: bool) -> None:
        self._archive = archive
        self._scratch = scratch
        self._headers_only = headers_only
        self._tally = Tally()
        book = archive.book()
        self._sheets = book.sheets
        texts = shared_texts(archive, book)
        self._meaning = Meaning(texts, shapes(archive, book), book.is_1904, book.is_uncalculated)

    def read(self) -> Iterator[dict[str, Any]]:
        """What every sheet holds. Raises Broken, TooLarge."""
        for number, sheet in enumerate(self._sheets):
            if sheet.is_hidden:
                yield {"name": sheet.name, "hidden": True}
            else:
                yield {"name": sheet.name, "hidden": False, **self._table(number, sheet)}

    def _table(self, number: int, sheet: SheetPart) -> dict[str, Any]:
        with _two_files(self._scratch, number) as (lines, faults), self._archive.open(sheet.part) as stream:
            table = Table(lines, faults, self._tally, header_only=self._headers_only)
            reader = SheetReader(self._meaning, table.add)
            with contextlib.suppress(Enough):
                reader.read(stream)
                table.finish(reader.merged)
        return {
            "number": number,
            "header": table.header,
            "header_line": table.header_line,
            "rows": table.rows,
            "passed_over": table.passed_over,
            "hidden_rows": table.hidden,
        }


def read(path: Path, scratch: Path, *, headers_only: bool) -> dict[str, Any]:
    """What the workbook holds: {"sheets": […]}; why it cannot be read: {"broken": …} or {"too_large": …}; or what the
    machine refused: {"failed": [number, words]}."""
    try:
        with zipfile.ZipFile(path) as file:
            return {"sheets": list(_Reader(Archive(file), scratch, headers_only=headers_only).read())}
    except Broken as error:
        return {"broken": str(error)}
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError):
        return {"broken": "it is damaged or only part of a file"}
    except TooLarge as error:
        return {"too_large": str(error)}
    except OSError as failure:
        return {"failed": [failure.errno, failure.strerror]}
    except MemoryError:
        return {"too_large": f"reading it takes more than {limits.MEMORY_BYTES >> 20} MB of memory"}


def main() -> None:
    """Read the workbook named first into the folder named second; the answer goes to standard output."""
    confine()
    gc.disable()  # what is made here dies by itself, and looking for more takes a third of the time
    path, scratch, extent = sys.argv[1:4]
    answer = read(Path(path), Path(scratch), headers_only=extent == "headers")
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
