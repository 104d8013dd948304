"""Mails survive killed workers and lost acknowledgements: none is lost, and a copy comes only where nobody can know."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cases.outbox_sink import PEOPLE, Sink, message_id, queue, receiving, rows, worker, workspace_of

GATES = (
    "mails sent under kill -9 and lost acknowledgements",
    "workers killed amid mails",
    "mails sent by two workers at once",
    "losing workers caught",
)
MAILS = 90
KILLS = 8
_LOSING = """
import os, sys
from datetime import timedelta
from pathlib import Path
from courtside.services.caller import utc_now
from courtside.services.open_workspace import open_workspace
open_workspace(Path(sys.argv[1]))
from courtside.store import outbox_claims as claims
for number in claims.due(("mail",), utc_now(), 3):
    claims.claim(number, "losing", utc_now(), timedelta(seconds=2))
    claims.is_sent(number, utc_now())  # written down before it is done
os.kill(os.getpid(), 9)
"""


@pytest.fixture(autouse=True)
def no_connection_is_left() -> Iterator[None]:
    yield
    from courtside.store.connect import disconnect

    disconnect()


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def lost_of(sink: Sink) -> list[str]:
    """What the database says was sent or given up, and never arrived."""
    arrived = sink.copies()
    return [row.opaque for row in rows() if row.state in ("sent", "failed") and not arrived[message_id(row.opaque)]]


def test_no_mail_is_lost_when_workers_are_killed_and_acknowledgements_lost(
    tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    rng, killed, in_flight = random.Random(8), 0, set()
    sink = Sink(loses=9, refuses=9, delay_s=0.02, always=f"{PEOPLE[3].lower()}@firm.example")
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port)
        queue(MAILS)
        for _ in range(KILLS):
            one = worker(tmp_path / "w")
            seen = len(sink.arrived)
            until(lambda seen=seen: len(sink.arrived) > seen or not rows(state="waiting"))
            time.sleep(rng.uniform(0, 0.2))
            one.send_signal(signal.SIGKILL)
            killed += one.wait() == -signal.SIGKILL
            in_flight |= {message_id(row.opaque) for row in rows(state="sending")}
        last = worker(tmp_path / "w")
        until(lambda: not rows(state__in=("waiting", "sending")))
        ended(last)
    copies = sink.copies()
    assert lost_of(sink) == []
    assert set(copies) == {message_id(row.opaque) for row in rows()}
    assert {name for name, number in copies.items() if number > 1} <= sink.lost | in_flight
    assert max(copies.values()) == 3
    unanswered = {message_id(row.opaque) for row in rows(state="failed")}
    assert unanswered == {str(one["Message-ID"]) for one in sink.arrived if str(one["To"]) == sink.always}
    counted("mails sent under kill -9 and lost acknowledgements", len(copies))
    counted("workers killed amid mails", killed)


def test_two_workers_at_once_send_each_mail_once(tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    sink = Sink(delay_s=0.005)
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port)
        queue(MAILS)
        both = [worker(tmp_path / "w"), worker(tmp_path / "w")]
        until(lambda: not rows(state__in=("waiting", "sending")))
        for one in both:
            ended(one)
    assert set(sink.copies().values()) == {1}
    assert len(sink.arrived) == MAILS
    assert len({row.attempts for row in rows()}) == 1
    counted("mails sent by two workers at once", len(sink.arrived))


def test_a_worker_that_writes_down_first_and_sends_then_is_caught(
    tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    sink = Sink()
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port)
        queue(6)
        losing = worker(tmp_path / "w", _LOSING)
        assert losing.wait() == -signal.SIGKILL
        last = worker(tmp_path / "w")
        until(lambda: not rows(state__in=("waiting", "sending")))
        ended(last)
    assert len(lost_of(sink)) == 3
    counted("losing workers caught", 1)


def test_a_worker_asked_to_end_sees_its_message_through(tmp_path: Path) -> None:
    import sys

    sink = Sink(delay_s=0.1)
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port)
        queue(30)
        command = (sys.executable, "-m", "courtside.services.keep_working", str(tmp_path / "w"), str(os.getpid()))
        one = subprocess.Popen(command)
        until(lambda: len(sink.arrived) >= 3)
        one.terminate()
        assert one.wait(10) == 0
    assert rows(state="sending") == []
    assert set(sink.copies().values()) == {1}
    assert 3 <= len(sink.arrived) == len(rows(state="sent")) < 30


def test_the_command_sends_what_is_queued_and_says_so(tmp_path: Path) -> None:
    from tests.asking import Asking

    sink = Sink()
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port)
        queue(5)
        reply = Asking(tmp_path / "w").run("work", "--once", "--format", "json")
    assert reply.status == 0, reply.said
    assert len(sink.arrived) == 5
    assert '"sent"' in reply.out


def test_a_server_that_is_away_costs_nothing_but_time(tmp_path: Path) -> None:
    from datetime import timedelta

    from courtside.services.caller import Caller, utc_now
    from courtside.services.deliver import deliver
    from courtside.services.outbox_office import Office

    with receiving(Sink()) as port:
        pass
    workspace = workspace_of(tmp_path / "w", port)
    queue(5)
    now = utc_now()
    for hours in range(0, 24 * 4, 2):
        deliver(Office(workspace, Caller("worker", clock=lambda hours=hours: now + timedelta(hours=hours))))
    assert {(row.state, row.copies) for row in rows()} == {("waiting", 0)}
    sink = Sink()
    with receiving(sink) as again:
        settings = tmp_path / "w" / "courtside.yaml"
        settings.write_text(settings.read_text().replace(str(port), str(again)))
        from courtside.services.open_workspace import open_workspace

        later = Caller("worker", clock=lambda: now + timedelta(days=5))
        deliver(Office(open_workspace(tmp_path / "w"), later))
    assert len(sink.arrived) == 5


@pytest.mark.parametrize(("moment", "copies"), [("outbox-claimed", 1), ("outbox-handed-over", 2)])
def test_a_worker_that_ends_at_a_named_moment_loses_nothing(moment: str, copies: int, tmp_path: Path) -> None:
    sink = Sink()
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port)
        queue(4)
        assert worker(tmp_path / "w", environment={"CRASH_AT": moment}).wait() == 137
        (held,) = rows(state="sending")
        last = worker(tmp_path / "w")
        until(lambda: not rows(state__in=("waiting", "sending")))
        ended(last)
    expected = {message_id(row.opaque): copies if row.pk == held.pk else 1 for row in rows()}
    assert dict(sink.copies()) == expected
