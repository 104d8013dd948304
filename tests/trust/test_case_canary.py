"""Every text of a case holds a secret: nobody comes by one that is not theirs, nor by that there is one."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cases.stepping_up import stepped_up
from tests.serving import CAST, NOW, FrozenTime, Served
from tests.trust.case_states import MAKERS, WITNESSES, Case, Record, word
from tests.trust.test_canary import Canaries, Crawl, leaks, may_be_named, read
from tests.trust.test_canary import canaries as canaries

if TYPE_CHECKING:
    from django.test import Client

GATES = (
    "pages of cases crawled", "names and rows looked for on pages of cases", "files searched for secrets",
    "secrets looked for", "mails, tasks, acts and lines of logs searched", "pages the same with a plan and without",
    "planted secrets found",
)  # fmt: skip
ALL_OF_A_PERSON = (
    "/file/{rae}/", "/hr/people/{rae}/", "/records/{rae}/looks/", "/plans/new/{rae}/",
)  # fmt: skip
TAKEN_OUT = ("/my-data/data.zip", "/hr/people/{rae}/data.zip", "/file/{rae}/take/")
NEUTRAL = re.compile(r"improve|coach|determin|proposal|rule|Rae|Rivers|P\d{5}", re.IGNORECASE)
"""What no mail, task or calendar says."""


@dataclass(frozen=True)
class Cased:
    """The firm with everything of Rae's in it, and what there is."""

    served: Served
    record: Record
    cases: Sequence[Case]

    def addresses(self) -> Sequence[str]:
        """The pages and files of every case, of Rae's file, and of what HR and auditors have of her."""
        found = [at for one in self.cases for at in _pages_of(one)]
        of_rae = (at.format(rae=self.record.rae) for at in ALL_OF_A_PERSON)
        return (*found, *of_rae, "/my-file/", "/log/rows.csv", "/hr/calendar/", "/plans/worked/")

    def taken_out(self, client: Client) -> Mapping[str, bytes]:
        """What is opened and taken out by sending for it: documents as they are opened, and every ZIP there is."""
        opened = (f"/documents/{one.id}/open/" for one in self.cases if one.what == "document")
        asked = (*opened, *(at.format(rae=self.record.rae) for at in TAKEN_OUT))
        return {f"sent {at}": read(client.post(at)) for at in asked}


def _pages_of(case: Case) -> tuple[str, ...]:
    scan = f"/documents/{case.id}/scans/{case.scan or 1}/"
    return {
        "plan": (f"/plans/{case.id}/", f"/plans/{case.id}/print/", f"/hr/cases/{case.id}/"),
        "document": (f"/documents/{case.id}/", f"/documents/{case.id}/pdf/", scan),
        "proposal": (f"/proposals/{case.id}/", f"/proposals/{case.id}/rows/", f"/hr/cases/{case.id}/"),
        "reading": (f"/to-read/{case.id}/",),
    }[case.what]


@pytest.fixture(scope="module")
def made(untouched_firm: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cased]:
    """Every case in its last state, and the tasks and mails of it queued."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("courtside.services.caller.datetime", FrozenTime)
        untouched_firm.point()
        served = untouched_firm.copied(tmp_path_factory.mktemp("secrets") / "firm")
        record = Record(served)
        cases = {case.id: case for moment in record.moments() for case in moment.cases}
        assert FrozenTime.at == NOW
        yield Cased(served, record, tuple(cases.values()))
    FrozenTime.at = NOW


@pytest.fixture
def cased(made: Cased, served: Served) -> Cased:
    """The same, served in this test."""
    del served
    made.served.point()
    return made


def told_of(pages: Mapping[str, bytes], secrets: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Every page that holds a secret which is not for its reader."""
    found = []
    for at, page in pages.items():
        text = page.decode("utf-8", "replace") if b"Zq" in page else ""
        keys = sorted(key for word, key in secrets.items() if word in text)
        if keys:
            found.append((at, keys))
    return found


@pytest.mark.parametrize("identity", [*CAST])
def test_nobody_comes_by_what_is_somebody_elses(
    cased: Cased, canaries: Canaries, identity: str, counted: Callable[[str, int], None],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Neither names and rows of others nor a secret of a case, on any page, in any file, feed or line of the log."""
    caplog.set_level(logging.INFO)  # at DEBUG, which nothing here turns on, Django prints what a page is made of
    client, kept = stepped_up(cased.served.client(identity), identity), cased.record.secrets.kept_from(identity)
    taken = cased.taken_out(client)
    seen = {**taken, **Crawl(client, most=1).walk("/", (*cased.addresses(), _feed(client))).seen}
    assert told_of(seen, kept) == []
    own = {key for key, readers in cased.record.secrets.readers.items() if identity in readers}
    if identity in ("hana", "rae"):
        assert told_of(taken, _words(own)), "nothing was there to be found in what is taken out"
    if identity in (*MAKERS, "rae"):
        assert [at for at, _ in told_of(seen, _words(own)) if at.endswith("/pdf/")], "no PDF holds what it is to say"
    assert leaks(_unless_their_duty(identity, seen), canaries, may_be_named(cased.served, identity)) == []
    assert told_of({"the log of the server": caplog.text.encode()}, _words(cased.record.secrets.readers)) == []
    assert not [one for one in CAST.values() if one in caplog.text]
    counted("pages of cases crawled", len(seen))
    counted("names and rows looked for on pages of cases", len(canaries.names) * 2 + len(canaries.rows))
    counted("files searched for secrets", sum(not is_page(at) for at in seen))
    counted("secrets looked for", len(kept))


def is_page(at: str) -> bool:
    """Whether something is read in a browser; else it is a file, a feed or an answer of the interface."""
    return at.endswith("/") and not at.endswith(("/pdf/", "/take/")) and "/scans/" not in at


def _words(keys: Sequence[str] | Mapping[str, object] | set[str]) -> dict[str, str]:
    return {word(key): key for key in keys}


def _feed(client: Client) -> str:
    """The secret address of one's own calendar."""
    page = client.post("/account/calendar/make/").content.decode()
    found = re.search(r"/calendar/[^\s\"'<]+\.ics", page)
    assert found is not None, page[-800:]
    return found.group()


def _unless_their_duty(identity: str, pages: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The pages without those on which a duty of the identity names people: the auditor reads proposals and looks."""
    names = ("/proposals/", "/records/") if identity == "ari" else ()
    return {at: page for at, page in pages.items() if not (names and at.startswith(names))}


def test_no_mail_task_act_or_log_tells_more_than_that_there_is_something(
    cased: Cased, counted: Callable[[str, int], None], caplog: pytest.LogCaptureFixture
) -> None:
    from tests.cases.outbox_sink import SENDER, Sink, receiving, rows

    from courtside.services.open_workspace import open_workspace
    from courtside.services.work import work_once
    from courtside.store import audit

    caplog.set_level(logging.INFO)  # at DEBUG, which nothing here turns on, Django prints what a page is made of
    sink, settings = Sink(), cased.served.root / "courtside.yaml"
    before = settings.read_text(encoding="utf-8")
    with receiving(sink) as port:
        mail = f'mail: {{host: 127.0.0.1, port: {port}, tls: none, from: "{SENDER}"}}\n'
        settings.write_text(before + mail, encoding="utf-8")
        worked = work_once(open_workspace(cased.served.root), cased.served.caller)
    settings.write_text(before, encoding="utf-8")
    assert worked.sent >= len(WITNESSES)
    assert "failed" not in caplog.text
    mails = {str(n): _text_of_mail(one).encode() for n, one in enumerate(sink.arrived)}
    acts = {f"act {n}": repr(one.detail).encode() for n, one in enumerate(audit.acts())}
    queued = {f"row {n}": repr(sorted(vars(one).items(), key=str)).encode() for n, one in enumerate(rows())}
    words = _words(cased.record.secrets.readers)
    log = {"log": caplog.text.encode()}
    assert told_of({**mails, **acts, **queued, **log}, words) == []
    assert [(at, said.group()) for at, text in mails.items() if (said := NEUTRAL.search(text.decode()))] == []
    assert not [one for one in CAST.values() if one in caplog.text]
    named = [at for at, text in acts.items() if any(name in text.decode() for name in CAST.values())]
    assert named == [], "the log of acts holds ids, not names"
    counted("mails, tasks, acts and lines of logs searched", len(mails) + len(acts) + len(queued) + len(caplog.records))


def _text_of_mail(message: object) -> str:
    """Subject and every part of a mail; to whom it goes is not part of what it tells."""
    from email.message import Message

    assert isinstance(message, Message)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    text = "\n".join((str(message["Subject"]), *(part.decode() for part in parts if isinstance(part, bytes))))
    to = str(message["To"])
    assert "@" in to
    return text.replace("\r\n ", "").replace(to, "")


def test_whether_there_is_an_improvement_plan_shows_on_no_page_of_others(
    own_copy: Served, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    from tests.cases import planned

    cased = own_copy.copied(tmp_path / "with")
    planned.at(planned.SPRING.date())
    plan = planned.active(planned.improvement(cased))
    FrozenTime.at = NOW
    assert planned.now(plan).is_open
    rae = own_copy.people["rae"]
    of_rae = (f"/people/{rae}/", f"/file/{rae}/", f"/records/{rae}/looks/", f"/plans/{plan.id}/", "/plans/", "/tasks/")
    with_it = {one: _as_others_see(cased, one, of_rae) for one in OTHERS}
    own_copy.point()
    for one in OTHERS:
        without = _as_others_see(own_copy, one, of_rae)
        assert sorted(with_it[one]) == sorted(without), one
        assert [at for at in without if with_it[one][at] != without[at]] == [], one
        counted("pages the same with a plan and without", len(without))


OTHERS = ("tom", "gwen", "eve", "ada", "ola", "otto")
"""To whom an improvement plan of Rae's does not exist."""
_CLOCK = re.compile(rb"\b\d{1,2} [A-Z][a-z]{2} \d{4},? \d{2}:\d{2}(?::\d{2})?")
"""An instant: somebody's last sign-in is of the real clock."""
_MAILS = re.compile(rb"(<dt>(?:Waiting|Not needed any more|Sent|Failed|Given up)</dt><dd>)[^<]*")
"""How many mails of any kind wait for the server: whoever keeps it running sees that, and nothing of whose they are."""


def _as_others_see(served: Served, identity: str, besides: Sequence[str]) -> Mapping[str, bytes]:
    """Every kind of page somebody is led to, without instants and the length of the queue of mails."""
    seen = Crawl(served.client(identity), most=1).walk("/", besides).seen
    return {at: _MAILS.sub(rb"\1", _CLOCK.sub(b"", page)) for at, page in seen.items()}


def test_a_page_that_tells_a_secret_is_found(cased: Cased, counted: Callable[[str, int], None]) -> None:
    """The broken twin: a sheet of a plan that forgets whom it is for."""
    from django.test import override_settings

    plan = next(one for one in cased.cases if (one.what, one.kind, one.state) == ("plan", "improvement", "closed"))
    with override_settings(ROOT_URLCONF="tests.trust.leaking"):
        crawl = Crawl(cased.served.client("tom"), most=1).walk("/no-such-page/", (f"/open/{plan.id}/",))
    found = told_of(crawl.seen, cased.record.secrets.kept_from("tom"))
    assert [at for at, _ in found] == [f"/open/{plan.id}/"]
    counted("planted secrets found", 1)
