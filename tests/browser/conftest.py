"""The firm of the cast served by the real server, and Debian's Chromium to look at it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.at_hand import at_hand
from tests.serving import PASSWORD, Served
from tests.serving import one_django as one_django
from tests.web.conftest import untouched_firm as untouched_firm

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser")) if path), None)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass(frozen=True, slots=True)
class Look:
    """One way of looking at a page."""

    name: str
    viewport: dict[str, int]
    color_scheme: str


LOOKS = (Look("light", DESK, "light"), Look("dark", DESK, "dark"), Look("phone", PHONE, "light"))


@dataclass
class Site:
    """The served firm: where it is, and who is signed in where."""

    address: str
    firm: Served
    browser: Browser
    shots: Path | None
    cases: Mapping[str, str] = field(default_factory=dict)
    """What there is to look at besides figures: a plan, its document, a rule."""
    asked: list[str] = field(default_factory=list)
    _states: dict[str, Any] = field(default_factory=dict)

    def context(self, identity: str | None, look: Look = LOOKS[0], **more: Any) -> BrowserContext:
        """A browser window of its own, signed in as one of the cast. Every request it makes is noted."""
        state = self._signed_in(identity) if identity else None
        context = self._context(look, storage_state=state, **more)
        context.on("request", lambda request: self.asked.append(request.url))
        return context

    def _context(self, look: Look, **more: Any) -> BrowserContext:
        scheme: Any = look.color_scheme
        size: Any = look.viewport
        return self.browser.new_context(
            base_url=self.address, viewport=size, color_scheme=scheme, reduced_motion="reduce", **more
        )

    def _signed_in(self, identity: str) -> Any:
        if identity not in self._states:
            context = self._context(LOOKS[0])
            page = context.new_page()
            page.goto("/account/sign-in/")
            page.fill("input[name=login]", identity)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/account/sign-in" not in url)
            self._states[identity] = context.storage_state()
            context.close()
        return self._states[identity]

    def keep(self, page: Page, name: str) -> None:
        """Keep a picture, where somebody wants to look at it: COURTSIDE_SHOTS names a folder."""
        if self.shots is not None:
            page.screenshot(path=self.shots / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.png", full_page=True)


@pytest.fixture(scope="session")
def site(untouched_firm: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    firm = untouched_firm.copied(tmp_path_factory.mktemp("browsed") / "firm")
    cases = at_hand(firm)
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("log") / "server.log"
    command = (sys.executable, "-m", "courtside.cli", "--workspace", str(firm.root), "serve", "--port", str(port))
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as server:
        try:
            _wait(address, server, log)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
                shots = Path(os.environ["COURTSIDE_SHOTS"]) if os.environ.get("COURTSIDE_SHOTS") else None
                if shots is not None:
                    shots.mkdir(parents=True, exist_ok=True)
                yield Site(address, firm, browser, shots, cases)
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(address: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/account/sign-in/", timeout=5):  # noqa: S310  (an address of ours)
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"the server did not answer:\n{log.read_text()}")


@pytest.fixture
def page_of(site: Site) -> Iterator[Callable[..., Page]]:
    """`page_of("maya")`: a page signed in as one of the cast, closed after the test."""
    open_: list[BrowserContext] = []

    def make(identity: str | None, look: Look = LOOKS[0], **more: Any) -> Page:
        context = site.context(identity, look, **more)
        open_.append(context)
        return context.new_page()

    yield make
    for context in open_:
        context.close()
