"""What a file called .xlsx really is, and whether its parts are small enough to be unpacked at all."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from courtside.connectors.delimited import Unreadable, unreadable
from courtside.connectors.kinds import kind_of
from courtside.connectors.workbook import limits

_END = b"PK\x05\x06"
_END_SIZE = 22
_LARGE = b"PK\x06\x07"
"""What stands before the end of files too large for us, and of those that pretend to be."""
_LARGE_SIZE = 20
_LONGEST_COMMENT = 65_535
_AS_CSV = "save each sheet as CSV (UTF-8) and import those"


def too_large(shown_as: str, what: str) -> Unreadable:
    """The refusal of a workbook beyond a limit."""
    return unreadable(shown_as, None, "too_large", f"{what}; {_AS_CSV}")


def broken(shown_as: str, what: str = "it is damaged or only part of a file") -> Unreadable:
    """The refusal of a workbook that cannot be read."""
    return unreadable(
        shown_as, None, "unreadable", f"this is no workbook that can be read: {what}; save it again as .xlsx"
    )


def _directory_size(path: Path) -> int | None:
    """How many bytes the directory of a ZIP file takes; None if there is none."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE or tail[max(0, at - _LARGE_SIZE) : at].startswith(_LARGE):
        return None
    return int(struct.unpack_from("<L", tail, at + 12)[0])


def _excess(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    if len(entries) > limits.ENTRIES:
        yield f"it has {len(entries):,} parts, more than {limits.ENTRIES:,}"
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.UNPACKED_BYTES:
        yield f"unpacked it has {unpacked:,} bytes, more than {limits.UNPACKED_BYTES:,}"
    for entry in entries:
        if entry.file_size > max(limits.SMALL_PART_BYTES, limits.RATIO * entry.compress_size):
            yield f"a part of it unpacks to more than {limits.RATIO} times its size"
            return


def _entries(path: Path, shown_as: str) -> list[zipfile.ZipInfo]:
    """The directory of the file. Raises Unreadable."""
    size = _directory_size(path)
    if size is None:
        raise broken(shown_as)
    if size > limits.DIRECTORY_BYTES:
        raise too_large(shown_as, f"it has more than {limits.ENTRIES:,} parts")
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError):
        raise broken(shown_as) from None


def check(path: Path, shown_as: str) -> None:
    """Look at the first bytes and the directory of a file, some milliseconds' work. Raises Unreadable."""
    size = path.stat().st_size
    if not size:
        raise unreadable(shown_as, None, "empty_file", "the file holds nothing; export it again")
    kind = kind_of(path)
    if kind.code != "zip":
        raise unreadable(shown_as, None, "unreadable", f"{kind.said}; {kind.mend}")
    if size > limits.FILE_BYTES:
        raise too_large(shown_as, f"the file has {size:,} bytes, more than {limits.FILE_BYTES:,}")
    entries = _entries(path, shown_as)
    for excess in _excess(entries):
        raise too_large(shown_as, excess)
    if any(entry.flag_bits & 1 for entry in entries):
        raise broken(shown_as, "it is protected by a password")
    other = _other_kind({entry.filename for entry in entries})
    if other:
        raise broken(shown_as, other)


def _other_kind(names: set[str]) -> str | None:
    """What a ZIP file is if it is no workbook of this kind."""
    if any(name.endswith("xl/workbook.bin") for name in names):
        return "it is a binary workbook (.xlsb)"
    if "content.xml" in names and "mimetype" in names:
        return "it is an OpenDocument file (.ods)"
    if any(name.startswith("Index/") or name.endswith(".iwa") for name in names):
        return "it is a Numbers document"
    if "word/document.xml" in names:
        return "it is a Word document"
    if "[Content_Types].xml" not in names and "_rels/.rels" not in names:
        return "it is a ZIP file; unpack it and import what is inside"
    return None
