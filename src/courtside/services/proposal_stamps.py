"""Whether deciding has become a rubber stamp: how often each decider goes along, and how long they take to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING

from courtside.services.proposal_deciders import with_duty
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Role, Viewer

if TYPE_CHECKING:
    from courtside.store.proposals import Decision

MORE_THAN = 20
"""Decisions, before all of them accepted says anything. Source: TRUST 2.4."""
FEWEST_READ = 5
"""Decisions, before a middle time says anything."""
LEAST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a decider's record looks like; what was put off is no decision yet."""

    username: str
    decisions: int
    accepted: int
    seconds: float | None
    """The middle time between opening the evidence and deciding."""

    @property
    def share(self) -> float | None:
        """The share of proposals that were gone along with."""
        return self.accepted / self.decisions if self.decisions else None

    @property
    def why(self) -> str:
        """Why somebody should look at it; empty if nobody has to."""
        if self.decisions > MORE_THAN and self.accepted == self.decisions:
            return f"all of {self.decisions} proposals were gone along with"
        if self.decisions >= FEWEST_READ and self.seconds is not None and self.seconds < LEAST_SECONDS:
            return f"half of {self.decisions} decisions took less than {LEAST_SECONDS} seconds"
        return ""


def stamp(username: str, decided: Sequence[Decision]) -> Stamp:
    """The record of one decider."""
    final = [one for one in decided if one.outcome != "defer"]
    taken = median(one.seconds for one in final) if final else None
    return Stamp(username, len(final), sum(one.outcome == "proceed" for one in final), taken)


def note_stamps(viewer: Viewer, at: datetime) -> int:
    """Tell HR and auditors of a decider whose record calls for a look, once a month, in the open transaction."""
    from courtside.store import audit, outbox, proposals  # noqa: PLC0415  (Django stays out of start-up)

    found = stamp(viewer.username, proposals.decisions_by(viewer.username))
    if not found.why:
        return 0
    told = 0
    for one in with_duty((Role.HR, Role.AUDITOR)):
        if one.user_id != viewer.user_id:
            key = f"stamp:{viewer.user_id}:{at:%Y-%m}:{one.user_id}"
            told += outbox.enqueue(outbox.Task("log", key, "/proposals/deciders/", user_id=one.user_id), at)
    if told:
        detail = {"decider": viewer.user_id, "decisions": found.decisions, "accepted": found.accepted,
                  "median_s": found.seconds}  # fmt: skip
        audit.write(audit.Act(at, viewer.username, "alert_rubber_stamp", detail))
    return told


def deciders_page(visit: Visit) -> tuple[Stamp, ...]:
    """The record of everybody who decides, those to look at first. Raises NotFound for all but HR and auditors."""
    from courtside.store import audit, proposals  # noqa: PLC0415

    if not visit.viewer.roles & {Role.HR, Role.AUDITOR}:
        raise NotFound
    found = [stamp(name, proposals.decisions_by(name)) for name in proposals.deciders()]
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "see_deciders", {"deciders": len(found)}))
    return tuple(sorted(found, key=lambda one: (not one.why, one.username)))
