"""What people do, before anybody records it: batches of calls, e-mails and meetings on a person's own axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from courtside.simulate.cells import NONE, Flags, Floats, Ints

KINDS = ("call", "email", "voicemail", "inmail", "meeting", "demo", "call_plan", "intake", "interview")
CALL, EMAIL, VOICEMAIL, INMAIL, MEETING, DEMO, CALL_PLAN, INTAKE, INTERVIEW = range(9)
STATUSES = ("done", "planned", "cancelled", "no_show")
DONE, PLANNED, CANCELLED, NO_SHOW = range(4)
DIRECTIONS = ("outbound", "inbound")
OUTBOUND, INBOUND = range(2)
PLACES = ("in_person", "video", "phone")
OUTCOMES = ("connected", "no_answer", "voicemail")
CONNECTED, NO_ANSWER, LEFT_VOICEMAIL = range(3)
NO = -1
"""No code: the cell stays empty."""

_CALLS_AND_MAILS = np.isin(np.arange(len(KINDS)), (CALL, EMAIL, VOICEMAIL, INMAIL))
_LEFT = 0.35
"""Voicemails left where nobody answers."""
_SECONDS = {CONNECTED: (190.0, 0.8), NO_ANSWER: (16.0, 0.3), LEFT_VOICEMAIL: (34.0, 0.3)}
"""Median and spread of a call's length by its outcome."""
_MINUTES = {
    MEETING: (45.0, 0.3),
    DEMO: (50.0, 0.25),
    CALL_PLAN: (9.0, 0.4),
    INTAKE: (28.0, 0.35),
    INTERVIEW: (32.0, 0.3),
}
_PLACE_SHARES = (0.3, 0.5, 0.2)


@dataclass(frozen=True, slots=True)
class Activities:
    """Activities of one person. Places in time are on the person's axis, references are numbers or NONE."""

    x: Floats
    kind: Ints
    status: Ints
    planned_x: Floats
    """When it was planned; NaN for what was not."""
    direction: Ints
    place: Ints
    contact: Ints
    account: Ints
    opportunity: Ints
    lead: Ints
    duration: Ints
    outcome: Ints

    def __len__(self) -> int:
        return len(self.x)

    def where(self, chosen: Flags | Ints) -> Activities:
        """Some of them, or all in another order."""
        return Activities(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class With:
    """Whom activities are with: arrays as long as they are many, or one number for all."""

    contact: Ints | int = NONE
    account: Ints | int = NONE
    opportunity: Ints | int = NONE
    lead: Ints | int = NONE

    def of(self, places: Ints) -> With:
        """The same for some of the activities, or each several times."""
        chosen = (
            value[places] if isinstance(value, np.ndarray) else value
            for value in (self.contact, self.account, self.opportunity, self.lead)
        )
        return With(*chosen)


def joined(batches: Sequence[Activities]) -> Activities:
    """All activities in the order of time."""
    every = Activities(*(np.concatenate([getattr(b, field.name) for b in batches]) for field in fields(Activities)))
    return every.where(np.argsort(every.x, kind="stable"))


def is_call_or_mail(kinds: Ints) -> Flags:
    """Which kinds are calls, e-mails, voicemails and InMails: what has a direction, and is soonest left unrecorded."""
    found: Flags = _CALLS_AND_MAILS[kinds]
    return found


def _full(value: Ints | int, count: int) -> Ints:
    return value if isinstance(value, np.ndarray) else np.full(count, value, np.int64)


def made(x: Floats, kind: Ints | int, whom: With, *, direction: int = OUTBOUND) -> Activities:
    """Done activities of one or several kinds, without length or outcome yet."""
    count = len(x)
    kinds = _full(kind, count)
    nothing = np.full(count, NO, np.int64)
    return Activities(
        x=x, kind=kinds, status=np.full(count, DONE, np.int64), planned_x=np.full(count, np.nan),
        direction=np.where(is_call_or_mail(kinds), direction, NO), place=nothing,
        contact=_full(whom.contact, count), account=_full(whom.account, count),
        opportunity=_full(whom.opportunity, count), lead=_full(whom.lead, count),
        duration=nothing, outcome=nothing,
    )  # fmt: skip


def calls(
    x: Floats, is_connected: Flags, whom: With, rng: np.random.Generator, *, direction: int = OUTBOUND
) -> Activities:
    """Calls that reached somebody or not; of those that did not, some end in a voicemail."""
    left = np.where(rng.random(len(x)) < _LEFT, LEFT_VOICEMAIL, NO_ANSWER)
    outcome = np.where(is_connected, CONNECTED, left)
    batch = made(x, CALL, whom, direction=direction)
    spread = rng.standard_normal(len(x))
    medians, sds = (np.array([_SECONDS[code][part] for code in range(3)])[outcome] for part in (0, 1))
    seconds = np.minimum(medians * np.exp(sds * spread), 3600).astype(np.int64)
    return _with(batch, outcome=outcome, duration=np.maximum(seconds, 4))


def held(x: Floats, kind: int, whom: With, rng: np.random.Generator) -> Activities:
    """Meetings and the like, with their length and, but for call plans, their place."""
    median, sd = _MINUTES[kind]
    minutes = np.clip(median * np.exp(sd * rng.standard_normal(len(x))), 3, 180)
    place = rng.choice(len(PLACES), len(x), p=_PLACE_SHARES)
    batch = made(x, kind, whom)
    return _with(batch, duration=(minutes * 60).astype(np.int64), place=batch.place if kind == CALL_PLAN else place)


def planned(batch: Activities, planned_x: Floats, status: Ints | None = None) -> Activities:
    """The same activities, planned beforehand; what was not done has neither length nor outcome."""
    if status is None:
        return _with(batch, planned_x=planned_x)
    done = status == DONE
    return _with(
        batch,
        planned_x=planned_x,
        status=status,
        duration=np.where(done, batch.duration, NO),
        outcome=np.where(done, batch.outcome, NO),
    )


def _with(batch: Activities, **changed: Ints | Floats) -> Activities:
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}
    return Activities(**{**values, **changed})
