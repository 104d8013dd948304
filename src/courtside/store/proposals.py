"""Proposals and what people decided, as frozen values: rows stay on this floor. Who may see one, the services ask."""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet

from courtside.store import models
from courtside.store.models.proposals import (
    COACH,
    DECIDED,
    DECLINE,
    DEFER,
    DEFERRED,
    ENOUGH_DAYS,
    FOR_A_PLAN,
    OPEN,
    PROCEED,
    WAITING,
    WITHDRAWN,
)
from courtside.store.tables import is_kept

__all__ = [
    "COACH", "DECIDED", "DECLINE", "DEFER", "DEFERRED", "ENOUGH_DAYS", "FOR_A_PLAN", "OPEN", "PROCEED", "WAITING",
    "WITHDRAWN",
]  # fmt: skip
WATCH, COACHING, IMPROVEMENT = "watch", "coaching_plan", "improvement_plan"
_ASKED_ABOVE = "the service that asks says who may see a proposal"
_ERASED = "erased"


@dataclass(frozen=True, slots=True)
class NewProposal:
    """What a proposal is made of: nothing of it ever changes."""

    kind: str
    person_id: str
    metric: str
    rule: str
    rule_version: int
    evaluation: int
    evaluation_sha256: str
    as_of: date
    known_at: datetime
    evidence: str
    evidence_sha256: str
    rows: str
    made_at: datetime
    due_on: date


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands. `evaluation` is the number of the evaluation it was made from."""

    id: str
    reading_id: str
    kind: str
    person_id: str
    metric: str
    rule: str
    rule_version: int
    evaluation: int
    evaluation_sha256: str
    as_of: date
    known_at: datetime
    evidence: str
    evidence_sha256: str
    made_at: datetime
    offered_at: datetime
    opened_at: datetime | None
    state: str
    outcome: str
    asked_at: datetime
    due_on: date
    deferred_until: date | None
    weakened_on: date | None
    weakened_sha256: str
    seen_until: date
    plan_id: str
    ended_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided for good."""
        return self.state in WAITING

    @property
    def is_watch(self) -> bool:
        """Whether it is a note that nobody decides on."""
        return self.kind == WATCH


@dataclass(frozen=True, slots=True)
class Decision:
    """What one named human decided, and what they had seen before."""

    proposal_id: str
    person_id: str
    outcome: str
    opens: str
    reason: str
    decided_by: str
    decider_id: str
    at: datetime
    looked_at: datetime
    seconds: int
    offered_at: datetime
    opened_at: datetime | None
    days_passed: int
    fairness: str
    fairness_holds: bool
    deferred_until: date | None = None
    weakened_on: date | None = None
    method: str = ""
    age_s: int | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """A later look by the same rule at the same person: whether it holds, its day and its hash."""

    on: date
    holds: bool
    sha256: str


_PLAIN = tuple(one.name for one in fields(Proposal) if one.name not in ("id", "reading_id", "evaluation"))
_DECISION = tuple(one.name for one in fields(Decision) if one.name != "proposal_id")


def new_id() -> str:
    """Twelve characters that say nothing and cannot be guessed."""
    return b32encode(secrets.token_bytes(8)).decode("ascii")[:12]


def are_kept() -> bool:
    """Whether the database has proposals."""
    return is_kept(models.Proposal)


# making, reading ------------------------------------------------------------------------------------------


def add(made: NewProposal) -> Proposal | None:
    """A new open proposal, offered at once, in the open transaction; None if one of that rule waits for the person."""
    values = {one.name: getattr(made, one.name) for one in fields(made) if one.name != "evaluation"}
    now = {"offered_at": made.made_at, "asked_at": made.made_at, "seen_until": made.as_of}
    try:
        with transaction.atomic():
            row = models.Proposal.objects.create(
                opaque=new_id(), reading=new_id(), evaluation_id=made.evaluation, **values, **now
            )
    except IntegrityError:
        if not _rows().filter(person_id=made.person_id, rule=made.rule, state__in=WAITING).exists():
            raise
        return None
    return proposal(row.opaque)


def proposal(opaque: str) -> Proposal | None:
    """A proposal by its id."""
    return next(iter(_read(_rows().filter(opaque=opaque))), None)


def by_reading(reading: str) -> Proposal | None:
    """The proposal whose evidence a person reads under a name."""
    return next(iter(_read(_rows().filter(reading=reading))), None)


def of_plan(plan_id: str) -> Proposal | None:
    """The proposal a plan came from."""
    return next(iter(_read(_rows().filter(plan_id=plan_id))), None) if plan_id else None


def waiting() -> tuple[Proposal, ...]:
    """Everything nobody has decided for good, the first due first."""
    return _read(_rows().filter(state__in=WAITING).order_by("due_on", "id"))


def followed(since: datetime) -> tuple[Proposal, ...]:
    """What waits, and what was decided for a plan since an instant: later looks of the rule are set beside these."""
    return _read(_rows().filter(Q(state__in=WAITING) | (~Q(plan_id="") & Q(ended_at__gte=since))))


def about(people: Collection[str]) -> tuple[Proposal, ...]:
    """The proposals about some people, the oldest first."""
    return _read(_rows().filter(person_id__in=list(people)))


def every() -> tuple[Proposal, ...]:
    """All proposals, the oldest first."""
    return _read(_rows())


def ended(most: int) -> tuple[Proposal, ...]:
    """What is decided or withdrawn, the newest first."""
    return _read(_rows().exclude(state__in=WAITING).order_by("-ended_at")[:most])


def rows_of(opaque: str) -> str:
    """The rows behind a proposal as they were kept: canonical JSON."""
    return str(_rows().values_list("rows", flat=True).get(opaque=opaque))


def last_of(person_id: str, rule: str) -> Proposal | None:
    """The newest proposal of a rule about somebody."""
    return next(iter(_read(_rows().filter(person_id=person_id, rule=rule).order_by("-id")[:1])), None)


def notes_since(person_id: str, since: datetime) -> int:
    """How many notes somebody was given since an instant."""
    return _rows().filter(person_id=person_id, kind=WATCH, offered_at__gt=since).count()


def kinds_since(since: datetime) -> tuple[tuple[str, str], ...]:
    """Whom anything was proposed about since an instant, and what kind it was."""
    return tuple(_rows().filter(made_at__gte=since).values_list("person_id", "kind"))


# how far it has come --------------------------------------------------------------------------------------


def note_opened(opaque: str, at: datetime) -> bool:
    """The person has opened the evidence; False if they had before."""
    return bool(_rows().filter(opaque=opaque, opened_at=None).update(opened_at=at))


def note_look(opaque: str, username: str, at: datetime) -> bool:
    """Somebody who may decide has opened the evidence; False if they had before."""
    try:
        with transaction.atomic():
            models.ProposalLook.objects.create(proposal_id=_number(opaque), username=username, at=at)
    except IntegrityError:
        return False
    return True


def look_of(opaque: str, username: str) -> datetime | None:
    """When somebody who may decide first opened the evidence."""
    rows = models.ProposalLook.objects.unscoped(_ASKED_ABOVE).filter(proposal__opaque=opaque, username=username)
    return rows.values_list("at", flat=True).first()


def decide(made: Decision, plan_id: str = "") -> bool:
    """Keep a decision, in the open transaction; False if somebody else decided first.

    The database refuses one about oneself, without a reason, for a plan before the person had the evidence, and for
    an improvement plan without a second factor.
    """
    if made.outcome == DEFER:
        now: dict[str, Any] = {"state": DEFERRED, "deferred_until": made.deferred_until}
    else:
        now = {"state": DECIDED, "outcome": made.outcome, "ended_at": made.at, "plan_id": plan_id}
        now["deferred_until"] = None
    if not _rows().filter(opaque=made.proposal_id, state__in=WAITING).update(**now):
        return False
    values = {name: getattr(made, name) for name in _DECISION}
    models.ProposalDecision.objects.create(proposal_id=_number(made.proposal_id), **values)
    return True


def come_back(opaque: str, at: datetime, due_on: date) -> bool:
    """A proposal that was put off waits for a decision again; False if it is put off no more."""
    found = _rows().filter(opaque=opaque, state=DEFERRED)
    return bool(found.update(state=OPEN, deferred_until=None, asked_at=at, due_on=due_on))


def withdraw(opaque: str, at: datetime) -> bool:
    """Take a proposal back; False if it does not wait any more."""
    found = _rows().filter(opaque=opaque, state__in=WAITING)
    return bool(found.update(state=WITHDRAWN, ended_at=at, deferred_until=None))


def later_of(proposals: Iterable[Proposal]) -> Mapping[str, Later]:
    """Proposal's id -> the newest look by the same rule since the last one that was seen."""
    known = {(one.person_id, one.rule): one for one in proposals}
    if not known:
        return {}
    rows = models.RuleEvaluation.objects.unscoped("whether what was proposed still holds").filter(
        person_id__in={person for person, _ in known}, on__gt=min(one.seen_until for one in known.values())
    )
    found: dict[str, Later] = {}
    for row in rows.order_by("on", "id").values("person_id", "version__rule", "on", "holds", "sha256"):
        about_it = known.get((row["person_id"], row["version__rule"]))
        if about_it is not None and row["on"] > about_it.seen_until:
            found[about_it.id] = Later(row["on"], row["holds"], row["sha256"])
    return found


def note_later(opaque: str, later: Later) -> bool:
    """Keep that a later look holds, or does not: then the evidence is weakened since that day. False if known."""
    weakened = {"weakened_on": None, "weakened_sha256": ""} if later.holds else (
        {"weakened_on": later.on, "weakened_sha256": later.sha256}
    )  # fmt: skip
    return bool(_rows().filter(opaque=opaque, seen_until__lt=later.on).update(seen_until=later.on, **weakened))


# decisions ------------------------------------------------------------------------------------------------


def decisions_of(opaque: str) -> tuple[Decision, ...]:
    """What was decided of a proposal, the oldest first: put off, perhaps more than once, then for good."""
    return _decided(_decisions().filter(proposal__opaque=opaque))


def decisions_by(username: str) -> tuple[Decision, ...]:
    """What somebody decided, the oldest first."""
    return _decided(_decisions().filter(decided_by=username))


def deciders() -> tuple[str, ...]:
    """Everybody who decided anything, by user name."""
    return tuple(sorted(set(_decisions().values_list("decided_by", flat=True))))


# erasing --------------------------------------------------------------------------------------------------


def forget_person(person_id: str, token: str) -> None:
    """Put a token in the place of somebody who is erased, and blank what was kept of them; in the open transaction.

    What still waits about them is withdrawn: nobody is left to decide about.
    """
    rows = models.Proposal.objects.unscoped("the erasure of a person").filter(person_id=person_id)
    newest = rows.aggregate(newest=Max("asked_at"))["newest"]
    rows.filter(state__in=WAITING).update(state=WITHDRAWN, ended_at=newest, deferred_until=None)
    rows.update(person_id=token, evidence="", rows="")
    decisions = models.ProposalDecision.objects.unscoped("the erasure of a person")
    decisions.filter(person_id=person_id).update(person_id=token, reason=_ERASED)
    decisions.filter(decider_id=person_id).update(decider_id=token, decided_by=token)


def erase_declined(before: datetime, kept: Collection[str] = ()) -> tuple[str, ...]:
    """Erase declined and withdrawn proposals that ended before an instant, but for those of `kept` people; their ids.

    No shadow file is kept of what came to nothing. Source: TRUST 2.9.
    """
    rows = models.Proposal.objects.unscoped("proposals that came to nothing").filter(
        Q(outcome=DECLINE) | Q(state=WITHDRAWN), ended_at__lt=before
    )
    gone = rows.exclude(person_id__in=list(kept))
    ids = tuple(gone.values_list("opaque", flat=True))
    gone.delete()
    return ids


def _rows() -> QuerySet[Any]:
    return models.Proposal.objects.unscoped(_ASKED_ABOVE)


def _number(opaque: str) -> int:
    return int(_rows().values_list("pk", flat=True).get(opaque=opaque))


def _read(found: QuerySet[Any]) -> tuple[Proposal, ...]:
    named = found.values("opaque", "reading", "evaluation_id", *_PLAIN)
    return tuple(
        Proposal(
            id=row["opaque"], reading_id=row["reading"], evaluation=row["evaluation_id"],
            **{name: row[name] for name in _PLAIN},
        )
        for row in named
    )  # fmt: skip


def _decisions() -> QuerySet[Any]:
    return models.ProposalDecision.objects.unscoped(_ASKED_ABOVE)


def _decided(found: QuerySet[Any]) -> tuple[Decision, ...]:
    named = found.values("proposal__opaque", *_DECISION)
    return tuple(Decision(row["proposal__opaque"], **{name: row[name] for name in _DECISION}) for row in named)
