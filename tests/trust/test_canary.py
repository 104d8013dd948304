"""Everybody follows every link they are given: no page ever holds somebody else's name, id or row."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from tests.serving import CAST, Served
from tests.visits import bare, served_on

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

GATES = ("pages crawled", "tokens looked for", "planted leaks found by the crawl")

_LINK = re.compile(r"""(?:href|action|hx-get)=["']([^"'#]+)""")
_ROW = re.compile(r"\b[A-Z]{1,3}\d{4,}(?:-\d+)?\b")
MOST_PAGES = 400
"""Of one identity; a crawl that reaches it fails, for it may have missed something."""
A_FEW, SOME, MANY = 5, 12, 60
"""So many pages of one kind are looked at: those that differ in what is chosen on them, those about nobody, others."""
ABOUT_NOBODY = frozenset({"metrics", "ladder"})
ABOUT_CASES = frozenset({"plans", "documents", "proposals", "to-read", "tasks", "hr", "file", "my-file", "my-data"})
"""Where cases are met."""
NAMED_TO_ALL = ("/data/", "/settings/people/", "/settings/standing-in/", "/log/", "/glass/", "/duties/")
"""Where duties bring names with them: operations sees the rows it imports, the administrator whom it lets in and of
whom it may ask, HR who may stand in for whom and who is to have which duty, and auditors the log."""


@dataclass
class Crawl:
    """What one identity came by."""

    client: Client
    seen: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    most: int = MANY
    """So many pages of a kind that is not about cases are enough."""

    def walk(self, start: str = "/", besides: Sequence[str] = ()) -> Crawl:
        """Follow every link within the site; `besides` are looked at whether a link leads there or not."""
        api = ("/api/v1/openapi.json", "/api/v1/me", "/api/v1/people", "/api/v1/teams", "/api/v1/ladder")
        open_, known, surely = deque([start, *api, "/no-such-page/", *besides]), set[str](), frozenset(besides)
        while open_:
            asked = open_.popleft()
            if asked in known or not (asked in surely or self._is_worth(asked)):
                continue
            known.add(asked)
            answer = self.client.get(asked, follow=True)
            at = answer.redirect_chain[-1][0] if answer.redirect_chain else asked
            self.seen[at] = read(answer)
            assert len(self.seen) < MOST_PAGES + len(surely), "too many pages for one crawl"
            kind = answer.get("Content-Type", "")
            if "html" in kind:
                open_ += list(self._links(at, self.seen[at].decode("utf-8", "replace")))
        return self

    def _links(self, base: str, page: str) -> Iterator[str]:
        for found in _LINK.findall(page):
            to = urldefrag(urljoin(base, unescape(found))).url
            parts = urlsplit(to)
            if not parts.netloc and not parts.scheme and not parts.path.startswith("/static/"):
                yield to

    def _is_worth(self, at: str) -> bool:
        """Whether a page is of a kind that was not looked at often enough."""
        if "/account/" in at:
            return False
        parts = urlsplit(at)
        first, *others = parts.path.strip("/").split("/")
        kind = f"{first}{'/*' * len(others)}?{','.join(sorted(p.partition('=')[0] for p in parts.query.split('&')))}"
        most = A_FEW if parts.query else SOME if first in ABOUT_NOBODY else MANY
        most = min(most, SOME if first in ABOUT_CASES else self.most)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return self.kinds[kind] <= most


def read(answer: HttpResponse) -> bytes:
    """What somebody can read in an answer: the words of a PDF, the files of an archive, else the page."""
    content = bare(answer)
    if content.startswith(b"%PDF"):
        return _words_of(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [archive.read(name) for name in archive.namelist()]
            return b"\n".join((*(name.encode() for name in archive.namelist()), *map(_words_of, files)))
    return content


def _words_of(content: bytes) -> bytes:
    if not content.startswith(b"%PDF"):
        return content
    told = subprocess.run(("pdftotext", "-", "-"), input=content, capture_output=True, check=False)
    return re.sub(rb"-\n", b"", told.stdout)


def rows_of(served: Served) -> Mapping[str, str]:
    """Every id of an activity, lead or opportunity, and whose it is."""
    from courtside.services.standing import stand

    found: dict[str, str] = {}
    with stand(served.workspace).session(served.caller) as session:
        for table, key in (("activities", "activity_id"), ("leads", "lead_id"), ("opportunities", "opportunity_id")):
            found |= dict(session.engine.con.execute(f"SELECT {key}, person_id FROM {table}").fetchall())
    return found


@dataclass(frozen=True)
class Canaries:
    """What betrays a person: name, id, and the ids of their rows."""

    names: Mapping[str, str]
    rows: Mapping[str, str]

    def in_page(self, page: bytes) -> set[str]:
        """Everybody a page betrays."""
        text = unescape(page.decode("utf-8", "replace"))
        found = {person for person, name in self.names.items() if name in text or re.search(rf"\b{person}\b", text)}
        return found | {self.rows[token] for token in _ROW.findall(text) if self.rows.get(token)}


@pytest.fixture(scope="module")
def canaries(untouched_firm: Served) -> Canaries:
    untouched_firm.point()
    return Canaries(dict(untouched_firm.hierarchy.names), rows_of(untouched_firm))


def may_be_named(served: Served, identity: str) -> frozenset[str]:
    """Whose names may appear before somebody: their own, those they lead, the colleagues HR may see, their managers."""
    from tests.visits import user_ids

    from courtside.services.viewing import visit_of
    from courtside.store.access import Action

    visit = visit_of(user_ids()[identity])
    assert visit is not None
    on = served_on(served)
    named = set(visit.people())
    for team in visit.teams(Action.SEE_TEAM_NAMES):
        named |= served.hierarchy.members(team, on.replace(year=on.year - 2), on)
    if visit.viewer.person_id:
        named |= served.hierarchy.above(visit.viewer.person_id, on)
    return frozenset(named)


def leaks(pages: Mapping[str, bytes], canaries: Canaries, allowed: frozenset[str]) -> list[tuple[str, list[str]]]:
    """Every page that names somebody it may not."""
    found = []
    for at, page in pages.items():
        if at.startswith(NAMED_TO_ALL):
            continue
        foreign = canaries.in_page(page) - allowed
        if foreign:
            found.append((at, sorted(foreign)[:5]))
    return found


@pytest.mark.parametrize("identity", [*CAST])
def test_nobody_comes_by_what_is_somebody_elses(
    served: Served, canaries: Canaries, identity: str, counted: Callable[[str, int], None]
) -> None:
    crawl = Crawl(served.client(identity)).walk()
    assert leaks(crawl.seen, canaries, may_be_named(served, identity)) == []
    counted("pages crawled", len(crawl.seen))
    counted("tokens looked for", len(canaries.names) * 2 + len(canaries.rows))


def test_a_visitor_who_is_not_signed_in_sees_the_door_alone(served: Served, canaries: Canaries) -> None:
    crawl = Crawl(served.client(None)).walk()
    assert leaks(crawl.seen, canaries, frozenset()) == []


def test_a_page_that_leaks_is_found(served: Served, canaries: Canaries, counted: Callable[[str, int], None]) -> None:
    """The broken twin: one link on the site leads to a page that names a stranger."""
    from django.test import override_settings

    with override_settings(ROOT_URLCONF="tests.trust.leaking"):
        stranger = sorted(set(served.hierarchy.names) - may_be_named(served, "rae"))[0]
        crawl = Crawl(served.client("rae")).walk(f"/leaking/{stranger}/")
    found = leaks(crawl.seen, canaries, may_be_named(served, "rae"))
    assert [at for at, _ in found] == [f"/leaking/{stranger}/"]
    counted("planted leaks found by the crawl", 1)
