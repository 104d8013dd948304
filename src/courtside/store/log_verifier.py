"""Check an exported log of acts by itself: standard library only, so that it can be read and run by whoever doubts.

    python verify_log.py log.jsonl [anchors.txt ...]

Each line of the log is one entry: its number, instant (microseconds since 1970, UTC), verb, leaf and hash, with the
salt and the payload the leaf was made from, unless these were erased. An entry's hash is made from the one before,
so that altering, leaving out, adding or moving an entry breaks the chain at that place. Somebody who can write the
whole chain anew is found by anchors alone: numbers and hashes kept elsewhere, as every sealed document prints one.
Ends with 0 if everything holds, with 1 and the first bad number if not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

DOMAIN = b"courtside.audit.v1"
BEGINNING = "0" * 64
"""What stands for the hash before the first entry."""
ERASING = "erase_payloads"
"""The verb of acts that say which payloads were erased: `{"entries": [[first, last], ...]}`."""
ANCHOR = "courtside-anchor"

_FORM = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def leaf_of(salt: str, payload: Mapping[str, Any]) -> str:
    """The salted hash of what an entry says: SHA-256 of the salt (hexadecimal) and the payload as JSON in one form."""
    return sha256(bytes.fromhex(salt) + _FORM.encode(payload).encode("utf-8")).hexdigest()


def hash_of(before: str, number: int, at_us: int, verb: str, leaf: str) -> str:
    """The hash of an entry: its number, instant and verb, its leaf, and the hash of the entry before."""
    meta = f"|{before}|{number}|{at_us}|{verb}|{leaf}"
    return sha256(DOMAIN + meta.encode("utf-8")).hexdigest()


class Reading:
    """How far a chain has been read: `anchors` are numbers and hashes kept elsewhere."""

    def __init__(self, anchors: Mapping[int, str]) -> None:
        self.number, self.before = 0, BEGINNING
        self.unsaid = dict(anchors)
        self.gone: dict[int, None] = {}
        """Entries whose payloads are gone, until an act says so."""

    def faults_of(self, entry: Mapping[str, Any]) -> Iterator[str]:
        """What does not hold of the next entry."""
        self.number += 1
        if entry["hash"] != hash_of(self.before, self.number, entry["at_us"], entry["verb"], entry["leaf"]):
            yield "its hash does not follow from what it says and the entry before"
        if entry["salt"] is None:
            self.gone[self.number] = None
        elif leaf_of(entry["salt"], entry["payload"]) != entry["leaf"]:
            yield "what it says is not what was written"
        elif entry["verb"] == ERASING:
            self._account_for(entry["payload"]["detail"]["entries"])
        if self.unsaid.pop(self.number, entry["hash"]) != entry["hash"]:
            yield "an anchor kept elsewhere says another hash: the log was written anew"
        self.before = entry["hash"]

    def _account_for(self, runs: Iterable[tuple[int, int]]) -> None:
        for first, last in runs:
            for number in range(first, last + 1):
                self.gone.pop(number, None)

    def faults_at_the_end(self) -> Iterator[tuple[int, str]]:
        """What can be told only when everything was read."""
        for number in self.gone:
            yield number, "its payload is gone, and no act says that it was erased"
        for number in sorted(self.unsaid):
            yield number, f"an anchor kept elsewhere knows this entry, but the log ends at {self.number}"


def faults(entries: Iterable[Mapping[str, Any]], anchors: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Everything that does not hold, as number and reason, in the order it is met; nothing if all holds."""
    reading = Reading(anchors)
    for entry in entries:
        due = reading.number + 1
        if entry["seq"] != due:
            yield due, f"entry {due} is missing, or stands elsewhere: entry {entry['seq']} follows {due - 1}"
            return
        for reason in reading.faults_of(entry):
            yield due, reason
    yield from reading.faults_at_the_end()


def anchors_in(lines: Iterable[str]) -> dict[int, str]:
    """The anchors of a file: lines of `courtside-anchor NUMBER HASH INSTANT`; others are passed over."""
    found = (line.split() for line in lines if line.startswith(ANCHOR))
    return {int(number): digest for _, number, digest, *_ in found}


def main(arguments: list[str]) -> int:
    """Print what was counted and the first fault; 0 if there is none."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    anchors: dict[int, str] = {}
    for path in arguments[1:]:
        with open(path, encoding="utf-8") as file:
            anchors |= anchors_in(file)
    with open(arguments[0], encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    found = sorted(faults(entries, anchors))
    kept = sum(entry["salt"] is not None for entry in entries)
    print(f"{len(entries)} entries, {len(entries) - kept} payloads erased, {len(anchors)} anchors")  # noqa: T201  (a program of its own)
    for number, reason in found[:1]:
        print(f"first bad entry: {number}: {reason}")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
