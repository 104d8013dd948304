"""A mail server that answers late, refuses, or loses its own acknowledgement; and a workspace that sends to it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from tests.asking import new_workspace

from courtside.services.workspace import Workspace

SENDER = "Courtside <courtside@firm.example>"
PEOPLE = tuple(f"P{number:03}" for number in range(12))
_WORKER = """
import sys, threading
from datetime import timedelta
from pathlib import Path
from courtside.services.caller import Caller
from courtside.services.open_workspace import open_workspace
from courtside.services.outbox_office import Office, Pace
from courtside.services.work import work_until
pace = Pace(timedelta(seconds=2), timedelta(seconds=0.2), timedelta(seconds=0.4))
office = Office(open_workspace(Path(sys.argv[1])), Caller("worker"), pace)
work_until(office, threading.Event(), pause_s=0.05, due_s=3600)
"""


@dataclass
class Sink:
    """What arrived, by Message-ID. Every `loses`-th mail loses its first acknowledgement; `always` loses all."""

    loses: int = 0
    refuses: int = 0
    delay_s: float = 0.0
    always: str = ""
    arrived: list[Message] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        """Take a mail, or not."""
        import asyncio

        await asyncio.sleep(self.delay_s)
        message = message_from_bytes(envelope.content)
        name = str(message["Message-ID"])
        with self._lock:
            number = sum(map(ord, name))
            if self.refuses and number % self.refuses == 1 and name not in self.refused:
                self.refused.add(name)
                return "451 not now"
            self.arrived.append(message)
            if (
                self.always
                and str(message["To"]) == self.always
                or self.loses
                and number % self.loses == 0
                and name not in self.lost
            ):
                self.lost.add(name)
            else:
                return "250 taken"
        server.transport.abort()
        return "250 lost"

    def copies(self) -> Counter[str]:
        """How often each mail arrived."""
        return Counter(str(one["Message-ID"]) for one in list(self.arrived))


@contextmanager
def receiving(sink: Sink) -> Iterator[int]:
    """The port at which a sink takes mails."""
    from aiosmtpd.controller import Controller

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def workspace_of(folder: Path, port: int = 0, name: str = "") -> Workspace:
    """A new workspace with an account for each of `PEOPLE`; it sends mails to a port of this host, if one is named."""
    from tests.serving import NOW

    from courtside.services.open_workspace import open_workspace
    from courtside.store import accounts

    new_workspace(folder)
    if port:
        settings = folder / "courtside.yaml"
        mail = f'mail: {{host: 127.0.0.1, port: {port}, tls: none, from: "{SENDER}"}}\n'
        settings.write_text(settings.read_text(encoding="utf-8") + mail, encoding="utf-8")
    workspace = open_workspace(folder)
    for person in PEOPLE:
        accounts.add(person.lower(), name or f"Name of {person}", f"{person.lower()}@firm.example", person, NOW)
    return workspace


def queue(count: int, prefix: str = "act") -> None:
    """So many tasks, for all in turn, queued in one transaction each."""
    from django.db import transaction

    from courtside.services.caller import utc_now
    from courtside.store import outbox

    for number in range(count):
        person = PEOPLE[number % len(PEOPLE)]
        with transaction.atomic():
            assert outbox.enqueue(outbox.Task("task", f"{prefix}:{number}", "/x/y/", person_id=person), utc_now())


def worker(root: Path, script: str = _WORKER, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    import os

    told = {**os.environ, **(environment or {})}
    return subprocess.Popen((sys.executable, "-c", script, str(root)), env=told)


def rows(**wanted: Any) -> list[Any]:
    """Rows of the outbox."""
    from courtside.store.models import OutboxRow

    return list(OutboxRow.objects.unscoped("a test").filter(**wanted))


def message_id(opaque: str) -> str:
    """The Message-ID of a row."""
    return f"<{opaque.lower()}.courtside@firm.example>"
