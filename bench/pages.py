"""`python -m bench.pages WORKSPACE`: the pages of a served firm under fifty users, each asking again after a pause."""

from __future__ import annotations

import json
import random
import statistics
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TypedDict

from bench.timing import processor_time, served, stolen_between

USERS = 50
SECONDS = 60
WARM = 15
"""Seconds at the start that do not count: the first pages of everybody."""
READY, QUICK = 120, 0.2
"""So many seconds are waited at most until the usual pages come this quickly."""
PAUSES = (3.0, 8.0)
SEED = 1


class Visitor(TypedDict):
    """Somebody signed in, and the pages they open: what kind each is, and where."""

    cookie: str
    pages: list[tuple[str, str]]


def ask(port: int, cookie: str, path: str) -> tuple[int, float]:
    """Status of a page asked for by somebody signed in, and seconds until all of it had come."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    asked = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    seconds = time.perf_counter() - asked
    connection.close()
    return answer.status, seconds


@dataclass
class Load:
    """What every request took, in seconds, after the first ones."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, why: str) -> None:
        """Something that should not have happened."""
        with self.lock:
            self.failed.append(why)

    def note(self, kind: str, seconds: float, status: int, *, counts: bool) -> None:
        """One request."""
        with self.lock:
            if status != 200:
                self.failed.append(f"{kind}: {status}")
            elif counts:
                self.taken.setdefault(kind, []).append(seconds)


def visit(port: int, visitor: Visitor, load: Load, until: float) -> None:
    """One user: one page after the other, with pauses to read."""
    chance = random.Random(f"{SEED} {visitor['cookie']}")
    began = until - SECONDS
    time.sleep(chance.uniform(0, PAUSES[0]))
    while (now := time.monotonic()) < until:
        kind, path = chance.choice(visitor["pages"])
        try:
            status, seconds = ask(port, visitor["cookie"], path)
        except (OSError, HTTPException) as problem:
            load.fail(f"{kind}: {problem!r}")
            return
        load.note(kind, seconds, status, counts=now > began + WARM)
        time.sleep(chance.uniform(*PAUSES))


def main(arguments: Sequence[str]) -> None:
    """95th percentile of all pages and of each kind, in milliseconds, as JSON."""
    root = Path(arguments[0])
    visitors: list[Visitor] = json.loads((root / "visitors.json").read_text(encoding="utf-8"))[:USERS]
    load = Load()
    with served(root) as port:
        ready = _ready_after(port, visitors[0])
        before, until = processor_time(), time.monotonic() + SECONDS
        threads = [threading.Thread(target=visit, args=(port, visitor, load, until)) for visitor in visitors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stolen = stolen_between(before, processor_time())
    if load.failed:
        print(json.dumps({"failed": load.failed[:5]}))
        return
    everything = [taken for kind in load.taken.values() for taken in kind]
    kinds = {kind: _p95(taken) for kind, taken in sorted(load.taken.items())}
    told = {"p95": _p95(everything), "median": 1_000 * statistics.median(everything), "asked": len(everything)}
    print(json.dumps({**told, "ready": ready, "stolen": stolen, "kinds": kinds, "failed": [], "users": len(visitors)}))


def _ready_after(port: int, visitor: Visitor) -> float:
    """Seconds from the server's first answer until it has made the usual pages ready, as after every import."""
    began = time.monotonic()
    while time.monotonic() < began + READY:
        if max(ask(port, visitor["cookie"], path)[1] for _, path in visitor["pages"]) < QUICK:
            break
        time.sleep(1)
    return time.monotonic() - began


def _p95(taken: Sequence[float]) -> float:
    return 1_000 * statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    main(sys.argv[1:])
