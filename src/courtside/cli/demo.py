"""`courtside demo`: a made-up company in a minute: simulated, imported, scored and served."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import click

from courtside.cli.session import Session

LOOK_AROUND = "COURTSIDE_LOOK_AROUND"
"""The variable by which the server learns the secret of the link."""
_WAIT_SECONDS = 60
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


@click.command("demo")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path("courtside-demo"))
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="If taken, the next free one."
)
@click.option("--seed", type=int, default=7, show_default=True, help="Equal seeds make equal companies.")
@click.option(
    "--serve/--no-serve",
    default=None,
    help="Go on serving. Default: yes at a terminal, else stop after the first page.",
)
@click.pass_obj
def command(session: Session, folder: Path, port: int, seed: int, *, serve: bool | None) -> None:
    """Look around in a made-up staffing firm of forty people, kept in DIR.

    The firm, its people and its figures are invented. DIR is used again the next time; delete it to begin anew.
    """
    from courtside.services.make_sample import is_sample_folder, make_sample, wanted_sample  # noqa: PLC0415

    started = time.monotonic()
    session.begin("demo", "table")
    if not is_sample_folder(folder):
        sample = make_sample(folder, wanted_sample(seed), session.caller)
        session.warn(f"{sample.rows:,} records of a made-up firm are in {folder}")
    port, secret = _free_port(port), secrets.token_urlsafe(24)
    address = f"http://127.0.0.1:{port}"
    words = (sys.executable, "-m", "courtside.cli", "--workspace", str(folder), "serve", "--port", str(port))
    goes_on = sys.stdin.isatty() if serve is None else serve
    environment, unseen = {**os.environ, LOOK_AROUND: secret}, subprocess.DEVNULL
    with subprocess.Popen(words, env=environment, stdout=unseen, stderr=unseen) as server:  # noqa: S603
        try:
            title = _first_page(port, f"/look-around/{secret}/", server)
            click.echo(f"{title}: the first page was there after {time.monotonic() - started:.0f} s")
            click.echo(f"Open  {address}/look-around/{secret}/")
            if goes_on:
                click.echo("Ctrl-C ends it.")
                server.wait()
            else:
                click.echo(f"Not at a terminal, so the server ends here; run: courtside demo {folder} --serve")
        except KeyboardInterrupt:
            click.echo()
        finally:
            server.terminate()


def _free_port(wanted: int) -> int:
    """The port asked for, else the next one nobody uses."""
    for port in range(wanted, min(wanted + 50, 65536)):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise click.ClickException(f"no free port from {wanted} on; name another with --port")


def _first_page(port: int, path: str, server: subprocess.Popen[bytes]) -> str:
    """Open the link as a browser would, and answer the heading of the page it leads to."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        if server.poll() is not None:
            raise click.ClickException("the server did not start; `courtside serve` says why")
        try:
            return _visited(port, path)
        except (OSError, HTTPException):
            if time.monotonic() > until:
                raise click.ClickException("the server does not answer") from None
            time.sleep(0.2)


def _visited(port: int, path: str) -> str:
    jar: dict[str, str] = {}
    page = _ask(port, "GET", path, jar)
    token = _CSRF.search(page)
    page = _ask(port, "POST", path, jar, {"csrfmiddlewaretoken": token.group(1) if token else ""})
    title = _TITLE.search(page)
    if title is None:
        raise click.ClickException("the first page is empty; `courtside doctor` says what is wrong")
    return re.sub(r"<[^>]+>|\s+", " ", title.group(1)).strip()


def _ask(port: int, method: str, path: str, jar: dict[str, str], form: dict[str, str] | None = None) -> str:
    """One request, following where it leads within the site."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_WAIT_SECONDS)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
    if form is not None:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{port}"}
    connection.request(method, path, urlencode(form) if form is not None else None, headers)
    answer = connection.getresponse()
    page = answer.read().decode("utf-8", "replace")
    for cookie in answer.headers.get_all("Set-Cookie") or ():
        name, _, value = cookie.split(";")[0].partition("=")
        jar[name] = value
    connection.close()
    to = answer.headers.get("Location", "")
    if answer.status in (301, 302, 303) and to.startswith("/"):
        return _ask(port, "GET", to, jar)
    if answer.status != 200:
        raise click.ClickException(f"{path} answers {answer.status}; `courtside doctor` says what is wrong")
    return page
