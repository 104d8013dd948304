"""What is due is queued once whatever the downtime; what is sent says nothing; and nothing set means no connection."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests.cases.outbox_sink import PEOPLE, Sink, queue, receiving, rows, workspace_of
from tests.serving import NOW

from courtside.store.outbox_words import TASKS

GATES = (
    "due actions done once after downtime",
    "mails searched for what they must not say",
    "connections tried where nothing is set, all counted as zero",
    "hostile names and addresses that stayed text",
    "broken twins of the outbox caught",
)
FIRST = NOW.date()
DUE = tuple((number, FIRST + timedelta(days=(number * 7) % 31)) for number in range(40))
"""Things that fall due, each on its day."""
CANARIES = ("Rivers", "P000", "improvement", "plan", "determination", "ZX-PLAN-77", "zx-path", "Hidden Person")
_NO_NETWORK = """
import json, sys
from pathlib import Path
tried = []
sys.addaudithook(lambda name, args: tried.append(name) if name in ("socket.connect", "socket.getaddrinfo") else None)
from courtside.services.caller import Caller
from courtside.services.open_workspace import open_workspace
from courtside.services.work import work_once
worked = work_once(open_workspace(Path(sys.argv[1])), Caller("worker"))
print(json.dumps({"tried": len(tried), "sent": worked.sent}))
"""


@pytest.fixture(autouse=True)
def no_connection_is_left() -> Iterator[None]:
    yield
    from courtside.store.connect import disconnect

    disconnect()


def remind(today: date, key_of: Callable[[int, date], str]) -> None:
    """Due work as others write it: what is due by rows and the day, each with its key."""
    from django.db import transaction

    from courtside.store import outbox

    for number, on in DUE:
        if on <= today:
            with transaction.atomic():
                person = PEOPLE[number % len(PEOPLE)]
                outbox.enqueue(outbox.Task("date", key_of(number, on), "/x/", person_id=person, due_on=on), NOW)


def done_after(days_down: int, key_of: Callable[[int, date], str]) -> Counter[date]:
    """What was queued by a worker that ran on the first day, was down, and ran twice when it was back."""
    from courtside.store.models import OutboxRow

    OutboxRow.objects.unscoped("a test begins anew").delete()
    for today in (FIRST, FIRST + timedelta(days=days_down), FIRST + timedelta(days=days_down)):
        remind(today, key_of)
    return Counter(row.due_on for row in rows())


def expected(days_down: int) -> Counter[date]:
    return Counter(on for _, on in DUE if on <= FIRST + timedelta(days=days_down))


def test_after_any_downtime_each_due_action_happens_once(tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    workspace_of(tmp_path / "w")
    total = 0
    for days in range(31):
        found = done_after(days, lambda number, on: f"thing:{number}:reminder:{on}")
        assert found == expected(days), days
        total += found.total()
    counted("due actions done once after downtime", total)


def test_due_work_without_keys_of_its_own_is_caught(tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    workspace_of(tmp_path / "w")
    runs: list[int] = []

    def careless(number: int, on: date) -> str:
        runs.append(number)
        return f"thing:{number}:{len(runs)}"

    assert done_after(9, careless) != expected(9)
    counted("broken twins of the outbox caught", 1)


def test_a_row_that_fails_with_its_act_is_gone_with_it(tmp_path: Path) -> None:
    from django.db import transaction

    from courtside.store import outbox

    workspace_of(tmp_path / "w")
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012  (the act fails after the enqueuing)
        outbox.enqueue(outbox.Task("task", "k", "/x/", person_id="P001"), NOW)
        raise ZeroDivisionError
    assert rows() == []


def test_without_a_mail_server_and_channels_nothing_is_connected_to(
    tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    workspace_of(tmp_path / "w")
    queue(20)
    assert _worked(tmp_path / "w") == {"tried": 0, "sent": 0}
    assert {row.state for row in rows()} == {"waiting"}
    counted("connections tried where nothing is set, all counted as zero", 20)


def test_the_watch_on_connections_sees_them_where_mail_is_set(
    tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    with receiving(Sink()) as port:
        workspace_of(tmp_path / "w", port)
        queue(1)
        told = _worked(tmp_path / "w")
    assert told["tried"] > 0
    assert told["sent"] == 1
    counted("broken twins of the outbox caught", 1)


def _worked(root: Path) -> dict[str, int]:
    ended = subprocess.run((sys.executable, "-c", _NO_NETWORK, str(root)), capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(ended.stdout)
    return found


def sent(root: Path, at: datetime = NOW, origin: str = "https://courtside.firm.example") -> Counter[str]:
    """One delivery in this process."""
    import os

    from courtside.services.caller import Caller
    from courtside.services.deliver import deliver
    from courtside.services.open_workspace import open_workspace
    from courtside.services.outbox_office import ORIGIN_VARIABLE, Office

    os.environ[ORIGIN_VARIABLE] = origin
    try:
        return deliver(Office(open_workspace(root), Caller("worker", clock=lambda: at)))
    finally:
        del os.environ[ORIGIN_VARIABLE]


def spoken(sink: Sink) -> Sequence[str]:
    """Everything each mail says: its headers and every part, decoded; the address of whose mail it is aside."""
    texts = []
    for message in sink.arrived:
        heads = [f"{name}: {value}" for name, value in message.items() if name != "To"]
        parts = [bytes(part.get_payload(decode=True) or b"").decode() for part in message.walk()]
        texts.append("\n".join([*heads, *parts]).replace(str(message["To"]), ""))
    return texts


def test_mails_say_nothing_but_that_something_waits(tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    from django.db import transaction

    from courtside.store import meetings, outbox

    sink = Sink()
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port, name="Hidden Person Rivers")
        with transaction.atomic():
            for words in TASKS:
                key = f"plan:ZX-PLAN-77:determination:{words}"
                outbox.enqueue(
                    outbox.Task(words, key, "/zx-path/ZX-PLAN-77/", person_id="P000", due_on=FIRST), NOW
                )  # fmt: skip
            meeting = meetings.Meeting("improvement:ZX-PLAN-77", "/zx-path/", NOW, person_ids=("P000", "P001"))
            meetings.invite(meeting, NOW)
        assert sent(tmp_path / "w")["sent"] == len(TASKS) + 2
    for text in spoken(sink):
        assert not [canary for canary in CANARIES if canary.lower() in text.lower()], text
        assert "https://courtside.firm.example/tasks/" in text
    counted("mails searched for what they must not say", len(sink.arrived))
    texts = [[p.get_content_type() for p in one.walk()] for one in sink.arrived]
    assert sum("text/calendar" in kinds for kinds in texts) == 2
    muteable = [text for text in spoken(sink) if "/tasks/quiet/" in text]
    assert len(muteable) == sum(not one.is_compulsory for one in TASKS.values())


def test_a_mail_that_tells_its_key_is_caught(counted: Callable[[str, int], None]) -> None:
    from courtside.services.deliver_words import Site, said

    twin = said("task", None, "", Site("", "Firm")).text + "plan:ZX-PLAN-77"
    assert [canary for canary in CANARIES if canary.lower() in twin.lower()]
    counted("broken twins of the outbox caught", 1)


@pytest.mark.parametrize(
    "name", ["A\r\nBcc: spy@evil.example", "{0.__class__}", "{{ settings }}", "<script>x</script>", "%s%n", "‮eslaf"]
)
def test_hostile_names_stay_text(name: str, tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    from dataclasses import replace

    from courtside.services.caller import Caller
    from courtside.services.deliver import deliver
    from courtside.services.outbox_office import Office

    sink = Sink()
    with receiving(sink) as port:
        workspace = workspace_of(tmp_path / "w", port, name=name)
        queue(2)
        hostile = replace(workspace, settings=replace(workspace.settings, name=name))
        deliver(Office(hostile, Caller("worker")))
    assert [set(one.keys()) & {"Bcc", "Cc"} for one in sink.arrived] == [set(), set()]
    for message in sink.arrived:
        html = [
            bytes(p.get_payload(decode=True)).decode() for p in message.walk() if p.get_content_type() == "text/html"
        ]
        assert "<script>" not in html[0]
    counted("hostile names and addresses that stayed text", len(sink.arrived))


@pytest.mark.parametrize(
    "address", ["a@firm.example\nBcc: spy@evil.example", "a@firm.example\r\n\r\nbody", "a@b\x00.x"]
)
def test_an_address_that_would_be_a_header_is_refused(
    address: str, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    from courtside.services.caller import utc_now
    from courtside.store.models import User

    sink = Sink()
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port)
        User.objects.filter(username="p000").update(email=address)
        queue(2)
        counts = sent(tmp_path / "w", at=utc_now())
    assert counts == {"failed": 1, "sent": 1}
    assert [str(one["To"]) for one in sink.arrived] == ["p001@firm.example"]
    assert not [one for one in sink.arrived if "spy" in one.as_string()]
    assert [row.state for row in rows(person_id="P000")] == ["failed"]
    counted("hostile names and addresses that stayed text", 1)


def test_what_is_settled_muted_opened_or_too_old_is_not_sent(tmp_path: Path) -> None:
    from courtside.store import outbox
    from courtside.store.accounts import viewer_named

    sink = Sink()
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port)
        viewer = viewer_named("p001")
        assert viewer is not None
        outbox.mute(viewer.user_id, ["figures"])
        for words, key, at in (
            ("task", "doc:A:1", NOW), ("figures", "f:1", NOW), ("task", "open:1", NOW),
            ("task", "old:1", NOW - timedelta(days=40)), ("task", "sent:1", NOW),
        ):  # fmt: skip
            assert outbox.enqueue(outbox.Task(words, key, "/x/", person_id="P001"), at)
        assert outbox.settle("doc:A:", NOW) == 1
        (opened,) = rows(key="open:1")
        assert outbox.open_task(opened.opaque, viewer.user_id, "P001", NOW) == "/x/"
        assert outbox.open_task(opened.opaque, viewer.user_id + 1, "P002", NOW) is None
        assert outbox.opened_at("open:1") == NOW
        assert sent(tmp_path / "w") == Counter(sent=1, dropped=3)
    assert [row.key for row in rows(state="sent")] == ["sent:1"]
    with pytest.raises(ValueError, match="cannot be muted"):
        outbox.mute(viewer.user_id, ["document"])


def test_an_erased_person_is_nowhere_in_the_outbox(tmp_path: Path) -> None:
    from courtside.store import meetings, outbox

    workspace_of(tmp_path / "w")
    outbox.enqueue(outbox.Task("task", "rule:R:P001:2026", "/x/", person_id="P002"), NOW)
    outbox.enqueue(outbox.Task("task", "mine:1", "/x/", person_id="P001"), NOW)
    meetings.invite(meetings.Meeting("1:1|P001", "/x/", NOW, person_ids=("P001", "P002")), NOW)
    outbox.forget_person("P001", "T-token", NOW)
    from courtside.store.models import MeetingEntry

    entries = list(MeetingEntry.objects.unscoped("a test").all())
    told = [str(vars(row)) for row in [*rows(), *entries]]
    assert not [text for text in told if "P001" in text]
    assert [row.state for row in rows(key="mine:1")] == ["dropped"]


@pytest.mark.parametrize(
    ("words", "key", "path"),
    [
        ("pip", "k", "/x/"), ("task", "", "/x/"), ("task", "k" * 201, "/x/"), ("task", "k\n", "/x/"),
        ("task", "k", "https://evil.example/"), ("task", "k", "//evil.example/"), ("task", "k", "/x/?name=Rae"),
        ("task", "k", "/Rae Rivers/"), ("task", "k", "/x"), ("task", "k", "/../x/"),
    ],
)  # fmt: skip
def test_a_task_that_is_not_neutral_is_refused(words: str, key: str, path: str, tmp_path: Path) -> None:
    from courtside.store import outbox

    with pytest.raises(ValueError, match=r"words|key|path"):
        outbox.Task(words, key, path, person_id="P001")
