"""The work that goes on beside the pages: what is due is done, what is queued is sent, each thing once."""

from __future__ import annotations

import logging
import pkgutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from time import monotonic

import courtside.services
from courtside.services.caller import Caller
from courtside.services.deliver import deliver
from courtside.services.outbox_office import Office
from courtside.services.workspace import Workspace

Due = Callable[[Workspace, Caller], int]
"""Does what is due now, by rows and the caller's clock, and says how many things that were. It may run twice at once,
and after any downtime: unique keys and conditional updates see that each thing happens once."""
_PREFIX = "due_"
PAUSE_S = 5.0
"""So often it is looked whether something is to be sent."""
DUE_EVERY_S = 60.0
"""So often it is looked whether something is due."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worked:
    """What was done: how many things each kind of due work did, and what became of messages."""

    due: Mapping[str, int] = field(default_factory=dict)
    sent: int = 0
    later: int = 0
    """Tried, and put off."""
    failed: int = 0
    dropped: int = 0
    """Need not be sent any more."""


def due_work() -> Iterator[tuple[str, Due]]:
    """Every kind of due work: each module `due_<name>` beside this one has a function `due`."""
    for module in sorted(pkgutil.iter_modules(courtside.services.__path__), key=lambda one: one.name):
        if module.name.startswith(_PREFIX):
            yield module.name.removeprefix(_PREFIX), import_module(f"{courtside.services.__name__}.{module.name}").due


def run_due(workspace: Workspace, caller: Caller) -> dict[str, int]:
    """Do all that is due; how many things of each kind. A kind that fails is logged and holds up no other."""
    done: dict[str, int] = {}
    for name, due in due_work():
        try:
            done[name] = due(workspace, caller)
        except Exception:  # noqa: BLE001  (the next pass tries again; what it did is all or nothing)
            _LOG.exception("due work: %s failed", name)
            caller.warn(f"due work {name!r} failed; the server's log says why, and it is tried again")
    return done


def work_once(workspace: Workspace, caller: Caller) -> Worked:
    """One pass over everything."""
    return _worked(run_due(workspace, caller), deliver(Office(workspace, caller)))


def work_until(office: Office, stop: threading.Event, *, pause_s: float = PAUSE_S, due_s: float = DUE_EVERY_S) -> None:
    """Pass after pass, until `stop` is set; the message that is on its way is seen through."""
    from django.db import close_old_connections  # noqa: PLC0415  (Django stays out of start-up)

    due_at = monotonic()
    while not stop.is_set():
        try:
            if monotonic() >= due_at:
                due_at = monotonic() + due_s
                run_due(office.workspace, office.caller)
            deliver(office, stop.is_set)
        except Exception:  # noqa: BLE001  (the database may be away for a while; nothing is lost by waiting)
            _LOG.exception("a pass of the work failed")
        finally:
            close_old_connections()
        stop.wait(pause_s)


def _worked(due: Mapping[str, int], counts: Mapping[str, int]) -> Worked:
    later = counts.get("later", 0) + counts.get("unclear", 0)
    return Worked(due, counts.get("sent", 0), later, counts.get("failed", 0), counts.get("dropped", 0))
