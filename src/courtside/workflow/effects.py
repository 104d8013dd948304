"""What follows from a step in a plan, as data: an act for the log, documents, things to tell, days for calendars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from courtside.workflow.actors import Part


class Task(StrEnum):
    """What somebody is told to do, in words that give nothing away."""

    REVIEW = "review_document"
    SIGN = "sign_document"
    APPROVE = "approve"
    PREPARE_MEETING = "prepare_meeting"
    HOLD_MEETING = "hold_meeting"
    DO = "do_task"
    DECIDE = "decide"
    KNOW = "know"


@dataclass(frozen=True, slots=True)
class Audit:
    """The act for the log; exactly one a step. In `detail` are ids, numbers, states and hashes alone."""

    verb: str
    detail: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class DocumentWanted:
    """The plan's document of a template is to be in a state now: `draft`, `approved` or `issued`."""

    template: str
    state: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Somebody is to know that something waits for them, by a day if it has one."""

    to: Part
    what: Task
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class VoidSignatures:
    """Signatures and documents bound to this content hold no longer."""

    content_hash: str


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A day for some people's calendars; the same key again moves it."""

    key: str
    to: tuple[Part, ...]
    on: date


@dataclass(frozen=True, slots=True)
class CalendarCancelled:
    """An entry that is not to be kept."""

    key: str


Effect = Audit | DocumentWanted | Tell | VoidSignatures | CalendarEntry | CalendarCancelled
