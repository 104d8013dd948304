"""`python -m bench.pages WORKSPACE`: the pages of a served firm under fifty users, each asking again after a pause."""

from __future__ import annotations

import json
import random
import re
import statistics
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from bench.timing import served

USERS = 50
SECONDS = 60
WARM = 15
"""Seconds at the start that do not count: every page has been asked for once by then."""
PAUSES = (3.0, 8.0)
PASSWORD = "a bench is for sitting down"  # noqa: S105
SEED = 1
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Browser:
    """One user's browser: a connection kept open and its cookies."""

    port: int
    jar: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, where it leads and the page."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.jar[name] = value
        connection.close()
        return answer.status, answer.headers.get("Location", ""), page

    def sign_in(self, username: str) -> None:
        """Through the door, as anybody. Raises RuntimeError if it stays shut."""
        _, _, page = self.ask("GET", "/account/sign-in/")
        token = _CSRF.search(page)
        form = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token.group(1) if token else ""}
        status, to, _ = self.ask("POST", "/account/sign-in/", form)
        if status != 302 or to.startswith("/account/sign-in"):
            raise RuntimeError(f"{username} was not let in: {status} {to}")


@dataclass
class Load:
    """What every request took, in seconds, after the first ones."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, seconds: float, status: int, *, counts: bool) -> None:
        """One request."""
        with self.lock:
            if status != 200:
                self.failed.append(f"{kind}: {status}")
            elif counts:
                self.taken.setdefault(kind, []).append(seconds)


def visit(port: int, username: str, paths: Sequence[tuple[str, str]], load: Load, until: float) -> None:
    """One user: sign in, then open one page after the other with pauses to read."""
    chance = random.Random(f"{SEED} {username}")
    browser = Browser(port)
    browser.sign_in(username)
    began = until - SECONDS
    while (now := time.monotonic()) < until:
        kind, path = chance.choice(paths)
        asked = time.perf_counter()
        status, _, _ = browser.ask("GET", path)
        load.note(kind, time.perf_counter() - asked, status, counts=now > began + WARM)
        time.sleep(chance.uniform(*PAUSES))


def main(arguments: Sequence[str]) -> None:
    """95th percentile of all pages and of each kind, in milliseconds, as JSON."""
    root = Path(arguments[0])
    visitors: dict[str, list[tuple[str, str]]] = json.loads((root / "visitors.json").read_text(encoding="utf-8"))
    names = sorted(visitors)[:USERS]
    load = Load()
    with served(root) as port:
        for name in names:
            for _, path in visitors[name]:
                warm = Browser(port)
                warm.sign_in(name)
                warm.ask("GET", path)
            break
        until = time.monotonic() + SECONDS
        threads = [threading.Thread(target=visit, args=(port, name, visitors[name], load, until)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    everything = [taken for kind in load.taken.values() for taken in kind]
    kinds = {kind: _p95(taken) for kind, taken in sorted(load.taken.items())}
    told = {"p95": _p95(everything), "median": 1_000 * statistics.median(everything), "asked": len(everything)}
    print(json.dumps({**told, "kinds": kinds, "failed": load.failed[:5], "users": len(names)}))


def _p95(taken: Sequence[float]) -> float:
    return 1_000 * statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    main(sys.argv[1:])
