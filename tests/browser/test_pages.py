"""Every page in a real browser: nothing axe objects to, nothing asked of another host, everything works by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.browser.conftest import LOOKS, Look, Site
from tests.trust.test_matrix import reviewed

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

GATES = (
    "pages seen by axe", "rules axe tried", "pages that work without JavaScript", "requests that stayed on the host",
    "keys pressed", "pages axe must object to", "kinds of pages seen",
)  # fmt: skip

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A page, who looks at it, and a word it must hold."""

    name: str
    identity: str | None
    path: str
    holds: str


def pages(site: Site) -> Iterator[Seen]:
    """Every kind of page, each as somebody for whom it is made."""
    people, team = site.firm.people, site.firm.team
    yield Seen("sign in", None, "/account/sign-in/", "Sign in")
    yield Seen("not found", "rae", "/no-such-page/", "nothing here")
    yield Seen("help", "rae", "/help/", "range")
    yield Seen("own box score", "rae", f"/people/{people['rae']}/", "Likely range")
    yield Seen("opened number", "rae", f"/people/{people['rae']}/dials/", "Rows")
    yield Seen("managers view of a box score", "maya", f"/people/{people['tom']}/", "Likely range")
    yield Seen("team with names", "maya", f"/teams/{team}/", "team")
    yield Seen("team as a member sees it", "rae", f"/teams/{team}/", "team")
    yield Seen("team total", "eve", f"/teams/{team}/", "team")
    yield Seen("teams", "hana", "/teams/", team)
    yield Seen("ladder", "maya", "/ladder/", "Ladder")
    yield Seen("a rung", "maya", "/ladder/revenue/", "weeks")
    yield Seen("leaks", "maya", "/leaks/", "stay behind")
    yield Seen("leaks by source", "maya", "/leaks/?by=source", "by lead source")
    stage = "pipeline=sales&stage=qualified"
    yield Seen("a stage month by month", "maya", f"/leaks/months/?scope=company&{stage}", "month by month")
    yield Seen(
        "cases of a cell", "maya", f"/leaks/records/?scope=team:{team}&{stage}&kind=entered", "Days in the stage"
    )
    yield Seen("what if", "maya", "/leaks/what-if/?scope=company&pipeline=sales", "not a promise")
    yield Seen("a gap taken apart", "maya", f"/people/{people['tom']}/why/revenue/", "where it sits")
    yield Seen("a team's gap taken apart", "maya", f"/teams/{team}/why/lead_cost/", "where it sits")
    yield Seen("like with like", "maya", "/benchmark/people/", "top third")
    yield Seen("the map", "rae", "/benchmark/map/", "rungs")
    yield Seen("metrics on trial", "rae", "/review/", "on trial")
    yield Seen("disputes", "ola", "/disputes/", "isputes")
    yield Seen("a row to dispute", "rae", site.cases["claim"], "wrong")
    yield Seen("a dispute", "ola", f"/disputes/{site.cases['dispute']}/", "leave that day")
    yield Seen("deciding a dispute", "ola", f"/disputes/{site.cases['dispute']}/decide/", "leave that day")
    yield Seen("taking a dispute back", "rae", f"/disputes/{site.cases['dispute']}/withdraw/", "back")
    yield from pages_of_cases(site)
    yield from pages_of_keeping(site)
    yield Seen("metrics", "otto", "/metrics/", "Dials")
    yield Seen("a definition", "otto", "/metrics/dials/", "version")
    yield Seen("data", "ola", "/data/", "import")
    yield Seen("sending files", "ola", "/data/upload/", "files")
    yield Seen("files to be imported", "ola", f"/data/upload/{site.cases['upload']}/", "import")
    yield Seen("undoing an import", "ola", "/data/imports/1/undo/", "undo")
    yield Seen("a receipt", "ola", "/data/imports/1/", "created")
    yield Seen("people settings", "ada", "/settings/people/", "rae")
    yield Seen("a user", "ada", f"/settings/people/{site.cases['user']}/", "duties")
    yield Seen("own account", "rae", "/account/", "password")
    yield Seen("another password", "rae", "/account/password/", "password")
    yield Seen("confirm before turning on codes", "rae", "/account/second-factor/activate/", "Confirm")
    yield Seen("used invitation", None, "/account/welcome/no-such-token/", "link")


def pages_of_cases(site: Site) -> Iterator[Seen]:
    """Plans and documents, as each of those they concern sees them."""
    people, cases = site.firm.people, site.cases
    plan, coaching, document = cases["plan"], cases["coaching"], cases["document"]
    yield Seen("own plans", "rae", "/plans/", "plan")
    yield Seen("plans of a team", "maya", "/plans/team/", "plan")
    yield Seen("what plans came to", "hana", "/plans/worked/", "plans")
    yield Seen("own improvement plan", "rae", f"/plans/{plan}/", "goals")
    yield Seen("a plan as its manager sees it", "maya", f"/plans/{plan}/", "owe")
    yield Seen("a plan as HR sees it", "hana", f"/plans/{plan}/", "goals")
    yield Seen("a coaching plan", "tom", f"/plans/{coaching}/", "goals")
    yield Seen("a step of a plan", "maya", f"/plans/{coaching}/cancel/", "give the plan up")
    yield Seen("a plan to print", "rae", f"/plans/{plan}/print/", "goals")
    yield Seen("a plan by hand", "maya", f"/plans/new/{people['rae']}/", "coaching")
    yield Seen("documents waiting", "rae", "/documents/", "document")
    yield Seen("a document to sign", "rae", f"/documents/{document}/", "open the document")
    yield Seen("an opened document", "tom", f"/documents/{cases['opened']}/", "acknowledge")
    yield Seen("signing", "tom", f"/documents/{cases['opened']}/sign/", "sign")
    yield Seen("a step that needs a code", "tom", f"/documents/{cases['opened']}/decline/", "second factor")
    yield Seen("a statement beside a document", "tom", f"/documents/{cases['opened']}/statement/", "own words")
    yield Seen("own file", "rae", "/my-file/", "file")
    yield Seen("a persons file", "hana", f"/file/{people['rae']}/", "file")


def pages_of_keeping(site: Site) -> Iterator[Seen]:
    """Rules, proposals, and what HR and auditors keep them with."""
    people, cases = site.firm.people, site.cases
    yield Seen("rules", "maya", "/rules/", "rules")
    yield Seen("a new rule", "hana", "/rules/new/", "rule")
    yield Seen("a rule", "hana", f"/rules/{cases['rule']}/1/", "live")
    yield Seen("a rule being written", "hana", f"/rules/{cases['rule']}/1/edit/", "rule")
    yield Seen("proposals", "hana", "/proposals/", "proposal")
    yield Seen("who may decide", "hana", "/proposals/deciders/", "decide")
    yield Seen("a proposal", "hana", f"/proposals/{cases['proposal']}/", "evidence")
    yield Seen("the rows of a proposal", "hana", f"/proposals/{cases['proposal']}/rows/", "row")
    yield Seen("deciding about a proposal", "hana", f"/proposals/{cases['proposal']}/decide/", "decide")
    yield Seen("evidence to read", "rae", f"/to-read/{cases['reading']}/", "submittals")
    yield Seen("the queue of HR", "hana", "/hr/", "due")
    yield Seen("dates of HR", "hana", "/hr/calendar/", "week")
    yield Seen("templates", "hana", "/hr/templates/", "template")
    yield Seen("equity", "hana", "/hr/equity/", "plans")
    yield Seen("what is kept how long", "hana", "/hr/retention/", "year")
    yield Seen("an erasure that waits", "hana", f"/hr/erasures/{cases['erasure']}/", "erasure")
    yield Seen("holds", "hana", "/hr/holds/", "hold")
    yield Seen("a case", "hana", f"/hr/cases/{cases['plan']}/", "auditor")
    yield Seen("all there is for a person", "hana", f"/hr/people/{people['rae']}/", "Olsen")
    yield Seen("who saw a record", "hana", f"/records/{people['rae']}/looks/", "record")
    yield Seen("standing in", "hana", "/settings/standing-in/", "stand")
    yield Seen("break-glass", "ada", "/glass/", "break-glass")
    yield Seen("a look asked for", "hana", f"/glass/{cases['glass']}/", "Olsen")
    yield Seen("duties", "hana", "/duties/", "duties")
    yield Seen("the log", "ari", "/log/", "log")
    yield Seen("who saw my record", "rae", "/my-record/looks/", "record")
    yield Seen("what is kept about me", "rae", "/my-data/", "data")
    yield Seen("tasks", "rae", "/tasks/", "task")
    yield Seen("which mails come", "rae", "/tasks/quiet/", "mail")
    yield Seen("channels", "ada", "/settings/channels/", "channel")
    yield Seen("calendar", "rae", "/account/calendar/", "calendar")


NOT_SEEN = {
    "leads on to another page": {
        "home", "look_around", "task", "benchmark", "mfa_index", "account_logout", "account_signup",
        "account_set_password", "account_inactive",
    },
    "asks for a code, or is there for a moment alone": {
        "account_reauthenticate", "mfa_reauthenticate", "mfa_authenticate", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "document_paper", "document_witness",
    },
    "is a file, or for programs": {
        "box_score_rows", "calendar_feed", "data_refused", "data_upload_refused", "document_pdf", "document_scan",
        "hr_template_sample", "log_rows", "mfa_download_recovery_codes", "api_root", "api_nothing",
    },
}  # fmt: skip
"""What a browser may ask for that is no page of its own."""


def test_no_kind_of_page_is_left_unseen(site: Site, counted: Callable[[str, int], None]) -> None:
    """Every address that answers GET at all, by the reviewed table of who gets in."""
    from django.urls import resolve

    asked: dict[str, set[str]] = {}
    for (name, method, _), answers in reviewed().items():
        if method == "get":
            asked.setdefault(name, set()).update(answers[:-1])
    opened = {name for name, answers in asked.items() if "405" not in answers and ":" not in name}
    seen = {resolve(urlsplit(one.path).path).url_name for one in pages(site) if one.name != "not found"}
    assert opened - seen == set().union(*NOT_SEEN.values())
    counted("kinds of pages seen", len(opened & seen))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_no_page_has_anything_axe_objects_to(site: Site, look: Look, counted: Callable[[str, int], None]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, found, tried = Axe(), [], 0
    for seen in pages(site):
        context = site.context(seen.identity, look)
        page = context.new_page()
        errors = errors_of(page, site.address + seen.path)
        page.goto(seen.path)
        site.keep(page, f"{seen.name}-{look.name}")
        if seen.holds.lower() not in page.inner_text("body").lower():
            found.append(f"{seen.name}: {seen.path} does not say {seen.holds!r}")
        results = axe.run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
        tried += len(results["passes"])
        found += [
            f"{seen.name}: {one['id']}: {node['target']} {node['failureSummary']}"
            for one in results["violations"] for node in one["nodes"]
        ]  # fmt: skip
        found += [f"{seen.name}: {error}" for error in errors]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{seen.name}: the page is {wide} px wider than the {look.name} window")
        counted("pages seen by axe", 1)
        context.close()
    assert not found, "\n".join(found)
    counted("rules axe tried", tried)


def errors_of(page: Page, address: str) -> list[str]:
    """What the console complains of from now on, but for the page's own status where that is meant to be no success."""
    found: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and message.location.get("url") != address:
            found.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_axe_objects_to_a_page_that_deserves_it(site: Site, counted: Callable[[str, int], None]) -> None:
    """The broken twin: our own page with its labels and contrast taken away."""
    from axe_playwright_python.sync_playwright import Axe

    context = site.context(None)
    page = context.new_page()
    page.goto("/account/sign-in/")
    page.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    broken = {one["id"] for one in Axe().run(page).response["violations"]}
    context.close()
    assert {"label", "html-has-lang"} <= broken
    counted("pages axe must object to", 1)


def test_every_page_works_without_javascript(site: Site, counted: Callable[[str, int], None]) -> None:
    for seen in pages(site):
        context = site.context(seen.identity, java_script_enabled=False)
        page = context.new_page()
        page.goto(seen.path)
        assert seen.holds.lower() in page.locator("body").inner_text().lower(), seen
        context.close()
        counted("pages that work without JavaScript", 1)


def test_no_request_leaves_the_host(site: Site, counted: Callable[[str, int], None]) -> None:
    own = urlsplit(site.address).netloc
    context = site.context("maya")
    page = context.new_page()
    for seen in pages(site):
        page.goto(seen.path)
    page.goto(f"/people/{site.firm.people['tom']}/")
    page.wait_for_load_state("networkidle")
    context.close()
    asked = [url for url in site.asked if urlsplit(url).scheme not in ("data", "blob")]
    assert [url for url in asked if urlsplit(url).netloc != own] == []
    counted("requests that stayed on the host", len(asked))


def test_a_manager_walks_from_the_team_to_a_row_by_keyboard_alone(
    site: Site, counted: Callable[[str, int], None]
) -> None:
    context = site.context("maya")
    page = context.new_page()
    page.goto("/help/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for key in ("g", "t"):
        page.keyboard.press(key)
    page.wait_for_url("**/teams/**")
    pressed = _until(page, lambda: f"/people/{site.firm.people['tom']}/" in _focused(page))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/people/{site.firm.people['tom']}/**")
    pressed += _until(page, lambda: "/dials/" in _focused(page))
    page.keyboard.press("Enter")
    page.get_by_text("How do we know").first.wait_for()
    counted("keys pressed", pressed + 5)
    context.close()


def _focused(page: object) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('href') || ''"))  # type: ignore[attr-defined]


def _until(page: object, is_there: Callable[[], bool], most: int = 200) -> int:
    """Press Tab until the focus is where it should be; how often that took."""
    for pressed in range(1, most):
        page.keyboard.press("Tab")  # type: ignore[attr-defined]
        if is_there():
            return pressed
    raise AssertionError("the keyboard never got there")
