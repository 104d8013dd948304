"""Beside the pages a worker runs: started again when it is killed, ended with the server, however that ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.asking import new_workspace

from courtside.services import keep_working

GATES = ("ends of a server or its worker, seen through",)


def until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def workers_of(root: Path) -> set[int]:
    """The processes that work for a workspace."""
    found = set()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            command = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if b"courtside.services.keep_working" in command and str(root).encode() in command:
                found.add(int(entry.name))
    return found


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serving(root: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server of a workspace, until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = (sys.executable, "-m", "courtside.cli", "--workspace", str(root), "serve", "--port", str(port), *options)
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _answers(port))
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty workspace."""
    new_workspace(tmp_path / "w")
    return tmp_path / "w"


def test_a_worker_that_is_killed_is_started_again_and_ends_with_the_server(
    root: Path, counted: Callable[[str, int], None]
) -> None:
    with serving(root) as server:
        until(lambda: len(workers_of(root)) == 1)
        (first,) = workers_of(root)
        os.kill(first, signal.SIGKILL)
        until(lambda: bool(workers_of(root) - {first}))
        server.terminate()
        server.wait(30)
        until(lambda: not workers_of(root))
    counted("ends of a server or its worker, seen through", 2)


def test_a_server_that_is_killed_leaves_no_worker_behind(root: Path, counted: Callable[[str, int], None]) -> None:
    with serving(root) as server:
        until(lambda: len(workers_of(root)) == 1)
        server.kill()
        server.wait()
        until(lambda: not workers_of(root))
    counted("ends of a server or its worker, seen through", 1)


def test_no_process_parts_from_the_server_amid_the_start_of_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    """It would hold the pipe on which the start waits for its end, and no worker would ever be started again."""
    started: list[float] = []

    def slowly(*_: object, **__: object) -> subprocess.Popen[bytes]:
        under_way.set()
        time.sleep(1)
        started.append(time.monotonic())
        return subprocess_popen((sys.executable, "-c", "pass"))

    under_way, subprocess_popen = threading.Event(), subprocess.Popen
    monkeypatch.setattr(keep_working.subprocess, "Popen", slowly)
    with keep_working.working_beside(tmp_path):
        assert under_way.wait(10)
        parted = os.fork()
        if parted == 0:
            os._exit(0)
        at = time.monotonic()
        os.waitpid(parted, 0)
    assert started
    assert at >= started[0], "it parted amid the start"
    counted("ends of a server or its worker, seen through", 1)


def test_a_start_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    again = threading.Event()

    def failing(*_: object, **__: object) -> None:
        tries.append(1)
        if len(tries) > 1:
            again.set()
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(keep_working, "_PAUSE_S", 0.05)
    monkeypatch.setattr(keep_working.subprocess, "Popen", failing)
    with keep_working.working_beside(tmp_path):
        assert again.wait(10)


def test_a_server_told_so_has_no_worker(root: Path) -> None:
    with serving(root, "--no-work"):
        time.sleep(1)
        assert workers_of(root) == set()
