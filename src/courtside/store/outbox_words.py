"""The closed lists of the outbox: what can be said of a task, by which kinds of message, and how those stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAIL, CALENDAR, WEBHOOK, CHAT = KINDS = ("mail", "calendar", "webhook", "chat")
WAITING, SENDING, SENT, FAILED, DROPPED = STATES = ("waiting", "sending", "sent", "failed", "dropped")
CHANNELS = (WEBHOOK, "slack", "teams")
MOST_COPIES = 3
"""A message whose acknowledgement is lost is handed over so often at most, always under one Message-ID."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a task, in every channel alike.

    `is_compulsory`: it cannot be muted. `may_be_shared`: others may know of it, so that channels are told too.
    """

    subject: str
    is_compulsory: bool = True
    may_be_shared: bool = False


TASKS: Mapping[str, Words] = {
    "document": Words("You have a document to review"),
    "date": Words("A date is near"),
    "overdue": Words("A date has passed"),
    "decision": Words("Something waits for your decision"),
    "evidence": Words("There is something new for you to read"),
    "answer": Words("There is an answer for you"),
    "task": Words("You have a task"),
    "log": Words("A check of the log needs a look"),
    "meeting": Words("Courtside: meeting"),
    "trial": Words("A trial of this channel"),
    "read": Words("Your 1:1 read opens", is_compulsory=False, may_be_shared=True),
    "figures": Words("New figures are ready", is_compulsory=False, may_be_shared=True),
    "records": Words("Records need a look", is_compulsory=False, may_be_shared=True),
}
"""The closed list of what can be said. Which document, date or decision it is stands behind the sign-in."""
