"""One's own tasks: the list, opening one, and which mails one wants; the pages deliver where no mail is set."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.services.outbox_retry import failed_messages
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.outbox_words import TASKS

if TYPE_CHECKING:
    from courtside.store.outbox import Shown

MOST = 100


@dataclass(frozen=True, slots=True)
class Quiet:
    """Words one may want no mail of."""

    words: str
    subject: str
    is_muted: bool


@dataclass(frozen=True, slots=True)
class TasksPage:
    """One's tasks, the mails one can turn off, and how many messages failed for those who may send them again."""

    tasks: tuple[Shown, ...]
    quiet: tuple[Quiet, ...]
    failed: int | None


def tasks_page(visit: Visit) -> TasksPage:
    """The viewer's own."""
    from courtside.store import outbox  # noqa: PLC0415  (Django stays out of start-up)

    viewer, muted = visit.viewer, outbox.muted(visit.viewer.user_id)
    quiet = tuple(Quiet(key, one.subject, key in muted) for key, one in TASKS.items() if not one.is_compulsory)
    return TasksPage(outbox.tasks_of(viewer.user_id, viewer.person_id, MOST), quiet, failed_messages(visit))


def open_task(visit: Visit, opaque: str) -> str:
    """Where a task of the viewer's waits; it counts as opened by them. Raises NotFound for everybody else's."""
    from courtside.store import outbox  # noqa: PLC0415

    viewer = visit.viewer
    if viewer.is_read_only:
        raise NotFound
    path = outbox.open_task(opaque, viewer.user_id, viewer.person_id, visit.caller.clock())
    if path is None:
        raise NotFound
    return path


def mute_tasks(visit: Visit, words: Collection[str]) -> None:
    """Send the viewer no mails of these words, and of all others. Raises Refused for what is compulsory."""

    from courtside.store import audit, outbox  # noqa: PLC0415

    if visit.viewer.is_read_only:
        raise NotFound
    at = visit.caller.clock()
    with audit.together():
        try:
            outbox.mute(visit.viewer.user_id, words)
        except ValueError as error:
            raise Refused(str(error)) from None
        audit.write(audit.Act(at, visit.caller.who, "mute_tasks", {"words": sorted(words)}))
