"""Check a file that was taken out, by itself: standard library only, so that it can be read and run by whoever doubts.

    python verify_file.py FILE.zip [anchors.txt ...]

Every part is compared with the manifest, the manifest with the sealed index (index.pdf, whose seal is checked by
`courtside documents verify`, or any reader of signed PDFs), the entries of the log with their hashes, and these with
the anchors. The ZIP itself has one form: whatever else is in it is found. Ends with 0 if everything holds, with 1 and
what does not if not.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

MANIFEST, INDEX, ENTRIES, ANCHORS = "manifest.json", "index.pdf", "log/entries.jsonl", "log/anchors.txt"
ANCHOR = "courtside-anchor"
DOMAIN = b"courtside.audit.v1"
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_FORM = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a ZIP, in its one form: by name, uncompressed, at no time of day."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name in sorted(parts):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            file.writestr(entry, parts[name])
    return out.getvalue()


def manifest_of(parts: Mapping[str, bytes]) -> bytes:
    """The hash and length of every part, as JSON in one form."""
    rows = {name: {"bytes": len(held), "sha256": sha256(held).hexdigest()} for name, held in parts.items()}
    return _FORM.encode({"files": rows, "format": 1}).encode("utf-8")


def faults(content: bytes, anchors: Mapping[int, str] | None = None) -> Iterator[str]:
    """Everything that does not hold of a ZIP; nothing if all does. Whatever cannot be read does not hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = {one.filename: file.read(one) for one in file.infolist()}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        yield f"the ZIP cannot be read ({type(error).__name__})"
        return
    if packed(parts) != content:
        yield "the ZIP is not in its one form: something was changed beside its parts"
    yield from part_faults(parts)
    try:
        yield from log_faults(parts, anchors or {})
    except (KeyError, ValueError, TypeError) as error:
        yield f"the entries of the log cannot be read ({type(error).__name__})"


def part_faults(parts: Mapping[str, bytes]) -> Iterator[str]:
    """What of the parts is not as the manifest and the sealed index say."""
    for name in (MANIFEST, INDEX):
        if name not in parts:
            yield f"{name} is missing"
            return
    rest = {name: held for name, held in parts.items() if name not in (MANIFEST, INDEX)}
    if manifest_of(rest) != parts[MANIFEST]:
        yield from _named(parts[MANIFEST], rest)
    if parts[MANIFEST] not in set(_streams(parts[INDEX])):
        yield "the sealed index is not of this manifest"


def _streams(pdf: bytes) -> Iterator[bytes]:
    """What is attached to a PDF or printed in it, unpacked."""
    for found in _STREAM.finditer(pdf):
        yield found.group(1)
        try:
            yield zlib.decompressobj().decompress(found.group(1))
        except zlib.error:
            continue


def _named(manifest: bytes, rest: Mapping[str, bytes]) -> Iterator[str]:
    try:
        listed = {name: row["sha256"] for name, row in json.loads(manifest)["files"].items()}
    except (KeyError, ValueError, TypeError, AttributeError):
        yield "the manifest cannot be read"
        return
    yield "the parts are not those of the manifest"
    for name in sorted(set(listed) | set(rest)):
        seen = sha256(rest[name]).hexdigest() if name in rest else "missing"
        if listed.get(name, "not listed") != seen:
            yield f"{name}: the manifest says {listed.get(name, 'nothing')}, here it is {seen}"


def log_faults(parts: Mapping[str, bytes], more: Mapping[int, str]) -> Iterator[str]:
    """What does not hold of the entries of the log, each by itself, beside its neighbours and the anchors."""
    known = {**anchors_in(parts.get(ANCHORS, b"").decode("utf-8").splitlines()), **more}
    last: dict[str, Any] = {}
    for line in parts.get(ENTRIES, b"").decode("utf-8").splitlines():
        entry = json.loads(line)
        number = entry["seq"]
        meta = f"|{entry['before']}|{number}|{entry['at_us']}|{entry['verb']}|{entry['leaf']}".encode()
        if sha256(DOMAIN + meta).hexdigest() != entry["hash"]:
            yield f"entry {number}: its hash does not follow from what it says and the entry before"
        if entry["salt"] is not None and _leaf(entry) != entry["leaf"]:
            yield f"entry {number}: what it says is not what was written"
        if last and number == last["seq"] + 1 and entry["before"] != last["hash"]:
            yield f"entry {number}: it does not follow the entry before"
        if known.get(number, entry["hash"]) != entry["hash"]:
            yield f"entry {number}: an anchor says another hash"
        last = entry


def _leaf(entry: Mapping[str, Any]) -> str:
    return sha256(bytes.fromhex(entry["salt"]) + _FORM.encode(entry["payload"]).encode("utf-8")).hexdigest()


def anchors_in(lines: Iterable[str]) -> dict[int, str]:
    """The anchors of a file; other lines are passed over."""
    found = (line.split() for line in lines if line.startswith(ANCHOR))
    return {int(number): digest for _, number, digest, *_ in found}


def main(arguments: list[str]) -> int:
    """Print what does not hold; 0 if everything does."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    known: dict[int, str] = {}
    for path in arguments[1:]:
        with open(path, encoding="utf-8") as lines:
            known |= anchors_in(lines)
    with open(arguments[0], "rb") as file:
        found = list(faults(file.read(), known))
    print("\n".join(found) or "every part is as it was taken out")  # noqa: T201  (a program of its own)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
