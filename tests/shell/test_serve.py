"""Serving: refused unless everything holds, and then real processes give out real pages."""

from __future__ import annotations

import http.cookiejar
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.asking import Asking
from tests.shell.test_users import as_made_before_there_were_users

GATES = ("reasons not to serve", "pages given out by real processes")
PASSWORD = "nine lives of a quiet cat"  # noqa: S105


def test_a_workspace_that_can_be_served_says_what_holds(empty: Asking) -> None:
    rows = empty.rows("serve", "--check")
    assert {row["check"] for row in rows} == {"workspace", "key", "database", "tables", "settings"}
    assert {row["state"] for row in rows} == {"fine"}
    assert "synchronous 2" in next(row["found"] for row in rows if row["check"] == "database")
    assert empty.rows("users", "list") == [], "looking changed something"


def test_the_key_is_made_once_for_its_owner_alone(empty: Asking) -> None:
    empty.run("serve", "--check")
    secret = empty.workspace / "secret"
    key = secret.read_text()
    assert secret.stat().st_mode & 0o777 == 0o600
    assert len(key) >= 64
    empty.run("serve", "--check")
    assert secret.read_text() == key


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_others_can_read_is_refused(empty: Asking, mode: int, counted: Callable[[str, int], None]) -> None:
    empty.run("serve", "--check")
    (empty.workspace / "secret").chmod(mode)
    reply = empty.run("serve", "--check")
    assert reply.status == 1
    assert "chmod 600" in reply.said
    counted("reasons not to serve", 1)


@pytest.mark.parametrize("key", ["", "short", "a" * 80])
def test_a_weak_key_is_refused(empty: Asking, key: str, counted: Callable[[str, int], None]) -> None:
    (empty.workspace / "secret").write_text(key)
    (empty.workspace / "secret").chmod(0o600)
    reply = empty.run("serve", "--check")
    assert reply.status == 1
    assert "50 characters" in reply.said
    counted("reasons not to serve", 1)


@pytest.mark.parametrize("found", [("delete", 2), ("wal", 1), ("wal", 0)])
def test_a_database_that_could_lose_a_commit_is_refused(
    empty: Asking, found: tuple[str, int], monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    from courtside.store import durability

    monkeypatch.setattr(durability, "pragmas", lambda _: found)
    reply = empty.run("serve", "--check")
    assert reply.status == 1
    assert f"journal_mode is {found[0]} and synchronous is {found[1]}" in reply.said
    counted("reasons not to serve", 1)


def test_a_page_that_does_not_say_who_may_open_it_is_refused(
    empty: Asking, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    from courtside.web import urls

    def careless(_: HttpRequest) -> HttpResponse:
        return HttpResponse("everything about everybody")

    monkeypatch.setattr(urls, "urlpatterns", urls.urlpatterns)
    urls.urlpatterns.append(path("careless/", careless))
    try:
        reply = empty.run("serve", "--check")
    finally:
        urls.urlpatterns.pop()
    assert reply.status == 1
    assert "courtside.E001" in reply.said
    assert "careless" in reply.said
    counted("reasons not to serve", 1)


def test_debug_is_refused(empty: Asking, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "DEBUG", True)
    reply = empty.run("serve", "--check")
    assert reply.status == 1
    assert "DEBUG" in reply.said
    counted("reasons not to serve", 1)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "firm.example"])  # noqa: S104
def test_passwords_do_not_travel_readable_unless_somebody_says_so(
    empty: Asking, host: str, counted: Callable[[str, int], None]
) -> None:
    reply = empty.run("serve", "--check", "--host", host)
    assert reply.status == 1
    assert "--allow-plain-http" in reply.said
    assert empty.run("serve", "--check", "--host", host, "--allow-plain-http").status == 0
    counted("reasons not to serve", 1)


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    reply = Asking(tmp_path).run("serve", "--check")
    assert reply.status == 1
    assert "holds no workspace" in reply.said
    assert not (tmp_path / "secret").exists()


class Browser:
    """Just enough of one."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        return self._asked(urllib.request.Request(self.origin + path, headers=headers))  # noqa: S310

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Send the form that is on the page of this address."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path)[1])
        assert token, path
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        return self._asked(urllib.request.Request(self.origin + path, data))  # noqa: S310

    def _asked(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@contextmanager
def serving(workspace: Path, said: Path, *words: str) -> Iterator[str]:
    """A server in processes of its own until the block ends: where it is."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "courtside.cli",
        "--workspace",
        str(workspace),
        "serve",
        "--port",
        str(port),
        *words,
    ]
    with said.open("w") as output, subprocess.Popen([*command, *words], stdout=output, stderr=output) as process:
        try:
            _await(port, process, said)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _await(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, said.read_text()
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(said.read_text())


def test_real_processes_serve_a_workspace_made_before_there_were_users(
    empty: Asking, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    as_made_before_there_were_users(empty.workspace)
    said = tmp_path / "said"
    with serving(empty.workspace, said, "--workers", "2", "--threads", "2") as origin:
        browser = Browser(origin)
        told = said.read_text()
        assert "bringing the tables" in told
        link = re.search(rf"{origin}(/account/welcome/\S+)", told)
        assert link, told
        assert browser.get("/")[1].count("Sign in")
        assert browser.post(link[1], password=PASSWORD, again=PASSWORD)[0] == 200
        assert "Administrator" in browser.get("/account/")[1]
        style = re.search(r'href="(/static/[^"]+\.css)"', browser.get("/account/")[1])
        assert style
        assert browser.get(style[1])[0] == 200
        assert browser.get("/account/", Host="evil.example")[0] == 400
        guesses = [Browser(origin).post("/account/sign-in/", login="admin", password=f"guess {n}") for n in range(7)]
        assert "Too many" in guesses[-1][1], "each process counts for itself"
        counted("pages given out by real processes", 12)
    with serving(empty.workspace, said) as origin:
        browser.origin = origin
        assert "welcome" not in said.read_text()
        assert "Administrator" in browser.get("/account/")[1], "a restart signed everybody out"
        assert "Too many" in Browser(origin).post("/account/sign-in/", login="admin", password=PASSWORD)[1]
        counted("pages given out by real processes", 2)
    assert PASSWORD not in said.read_text()
    assert (empty.workspace / "app.sqlite3").stat().st_mode & 0o077 == 0


def test_the_site_of_a_process_that_holds_no_key_does_not_start(tmp_path: Path) -> None:
    from courtside.services.refused import Refused
    from courtside.web.wsgi import application_for

    with pytest.raises(Refused, match="holds no workspace"):
        application_for(tmp_path)
