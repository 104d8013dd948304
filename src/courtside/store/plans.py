"""Plans as frozen values: a step is taken in one transaction, and every plan can be replayed from its steps."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from courtside.records.canonical import canonical
from courtside.store import models
from courtside.store.forgetting import Forgetting
from courtside.store.models.plans import UNDECIDED
from courtside.workflow.actors import Illegal, Person
from courtside.workflow.effects import Effect
from courtside.workflow.events import Draft, Event, read_event, write_event
from courtside.workflow.plan import ENDED_STATES, Plan, transition
from courtside.workflow.written import Unreadable, read, written

_ASKED_ABOVE = "a plan is found by its id or person; the service that asks says who may see it"
_ID_BYTES = 8
_OVERLAPS = "40001"
"""What PostgreSQL says of a transaction that overlaps with one that won."""


class Missing(LookupError):
    """There is no plan of that id."""


class Overtaken(RuntimeError):
    """Somebody else changed the plan first."""

    def __init__(self) -> None:
        super().__init__("the plan has changed since you opened it; look at it again")


@dataclass(frozen=True, slots=True)
class Applied:
    """A step that was taken: the plan after it, what follows, its number, and the hash it is kept under."""

    plan: Plan
    effects: tuple[Effect, ...]
    seq: int
    leaf: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A step as it is kept: `on` is the firm's day when it was taken."""

    seq: int
    verb: str
    event: Event
    on: date
    at: datetime
    leaf: str
    is_erased: bool


def new_id() -> str:
    """An opaque id: 12 characters of base32, by chance."""
    return base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode("ascii")[:12]


def new_plan(draft: Draft, today: date, at: datetime) -> Applied:
    """A plan begins, in the open transaction. Raises Illegal, also where an improvement plan is open already."""
    event = _as_kept(draft)
    plan, effects = transition(None, event, today)
    try:
        with transaction.atomic():
            models.Plan.objects.create(id=plan.id, made_at=at, changed_at=at, **_columns(plan))
            return _record(plan, effects, event, today, at)
    except IntegrityError as error:
        if _has_open_plan(plan):
            raise Illegal("an improvement plan about this person is open already") from error
        raise


def apply(plan_id: str, event: Event, today: date, at: datetime, seen: int | None = None) -> Applied:
    """Take a step, in the open transaction: the plan and its step, or neither.

    `seen`: the version the page showed. Raises Missing, Illegal, and Overtaken where somebody else was first.
    """
    event = _as_kept(event)
    try:
        with transaction.atomic():
            return _applied(plan_id, event, today, at, seen)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == _OVERLAPS:
            raise Overtaken from error
        raise


def _applied(plan_id: str, event: Event, today: date, at: datetime, seen: int | None) -> Applied:
    before = plan(plan_id)
    if before is None:
        raise Missing(plan_id)
    if seen is not None and seen != before.version:
        raise Overtaken
    after, effects = transition(before, event, today)
    found = models.Plan.objects.unscoped(_ASKED_ABOVE).filter(pk=plan_id, version=before.version)
    if not found.update(changed_at=at, **_columns(after)):
        raise Overtaken
    return _record(after, effects, event, today, at)


def plan(plan_id: str) -> Plan | None:
    """A plan by id."""
    row = models.Plan.objects.unscoped(_ASKED_ABOVE).filter(pk=plan_id).values_list("body", flat=True).first()
    return None if row is None else _plan(row)


def plans_about(people: Collection[str]) -> tuple[Plan, ...]:
    """The plans about some people, the oldest first."""
    found = models.Plan.objects.unscoped(_ASKED_ABOVE).filter(person_id__in=list(people))
    return tuple(map(_plan, found.values_list("body", flat=True)))


def plans_managed_by(people: Collection[str]) -> tuple[Plan, ...]:
    """The plans that some people lead, the oldest first."""
    found = models.Plan.objects.unscoped(_ASKED_ABOVE).filter(manager_id__in=list(people))
    return tuple(map(_plan, found.values_list("body", flat=True)))


def every_plan() -> tuple[Plan, ...]:
    """All plans, the oldest first: for those whose duty they are, who then ask which of them they may see."""
    return tuple(map(_plan, models.Plan.objects.unscoped(_ASKED_ABOVE).values_list("body", flat=True)))


def _verb_of(body: str) -> str:
    """The verb a step's body says; empty for one that can no longer be read."""
    try:
        return str(json.loads(body)["verb"])
    except (ValueError, LookupError, TypeError):
        return ""


def open_plans() -> tuple[Plan, ...]:
    """The plans in which anything may still happen: for what is due."""
    found = models.Plan.objects.unscoped("what is due in any plan").exclude(
        state__in=[str(one) for one in ENDED_STATES]
    )
    return tuple(map(_plan, found.values_list("body", flat=True)))


def events(plan_id: str) -> tuple[Recorded, ...]:
    """The steps of a plan, in order."""
    return tuple(map(_recorded, _event_rows(plan_id)))


def problems(plan_id: str) -> tuple[str, ...]:
    """What is wrong with how a plan is kept: steps missing or altered, or a plan they do not lead to. None is right.

    Every step's hash is taken anew, and all steps are taken again; those that an erasure has touched keep the
    hashes they were approved and signed under.
    """
    rows = list(_event_rows(plan_id))
    found = [f"step {row.seq} is not where step {n} should be" for n, row in enumerate(rows, 1) if row.seq != n]
    found += [
        f"step {row.seq} is not what it was when it was taken"
        for row in rows
        if (row.salt and _leaf(row) != row.leaf) or row.verb != _verb_of(row.body)
    ]
    stored = models.Plan.objects.unscoped(_ASKED_ABOVE).filter(pk=plan_id).values().first()
    if stored is None:
        return (*found, f"plan {plan_id} is missing")
    try:
        replayed, kept = _replayed(rows), _plan(stored["body"])
    except (Illegal, Unreadable, ValueError) as error:
        return (*found, f"its steps cannot be taken again: {error}")
    if replayed != kept:
        found.append("its steps do not lead to the plan as it stands")
    if any(stored[name] != value for name, value in _columns(kept).items()):
        found.append("its columns do not say what the plan says")
    return tuple(found)


def forget_person(person_id: str, token: str) -> None:
    """Put a token in the place of somebody who is erased, in the open transaction.

    In plans about them what people wrote is blanked as well. Steps keep their place, day and hash; their salt
    goes, so that the hash tells nothing of what was there.
    """
    for row in models.Plan.objects.unscoped("the erasure of a person"):
        forgetting = Forgetting(person_id, token, is_subject=row.person_id == person_id)
        steps = list(_event_rows(row.id))
        for body in (*(step.body for step in steps), row.body):
            forgetting.learn(json.loads(body))
        for step in steps:
            if (body := forgetting.without(step.body)) != step.body:
                event = models.PlanEvent.objects.unscoped("the erasure of a person").filter(pk=step.pk)
                event.update(body=body, salt="")
        if (body := forgetting.without(row.body)) != row.body:
            found = models.Plan.objects.unscoped("the erasure of a person").filter(pk=row.pk)
            found.update(**_columns(_plan(body)))


def _as_kept(event: Any) -> Any:
    """The event as it will be read back, so that what is hashed now is what is hashed then."""
    return read_event(json.loads(canonical(write_event(event))))


def _record(plan: Plan, effects: tuple[Effect, ...], event: Event, today: date, at: datetime) -> Applied:
    row = models.PlanEvent(
        plan=plan.id,
        seq=plan.version,
        verb=write_event(event)["verb"],
        on=today,
        at=at,
        content_hash=plan.content_hash,
        asked_hash=plan.asked_hash,
        salt=secrets.token_hex(16),
        body=canonical(write_event(event)).decode(),
    )
    row.leaf = _leaf(row)
    row.save(force_insert=True)
    return Applied(plan, effects, plan.version, row.leaf)


def _leaf(row: Any) -> str:
    return sha256(bytes.fromhex(row.salt) + row.body.encode()).hexdigest()


def _event_rows(plan_id: str) -> Any:
    return models.PlanEvent.objects.unscoped(_ASKED_ABOVE).filter(plan=plan_id)


def _recorded(row: Any) -> Recorded:
    event = read_event(json.loads(row.body))
    return Recorded(row.seq, row.verb, event, row.on, row.at, row.leaf, not row.salt)


def _replayed(rows: Collection[Any]) -> Plan:
    found: Plan | None = None
    for row in rows:
        found, _ = transition(found, read_event(json.loads(row.body)), row.on)
        if not row.salt:
            found = replace(found, content_hash=row.content_hash, asked_hash=row.asked_hash)
        if (found.content_hash, found.asked_hash) != (row.content_hash, row.asked_hash):
            raise Illegal(f"step {row.seq} leads to other content than was kept")
    if found is None:
        raise Illegal("there are none")
    return found


def _plan(body: str) -> Plan:
    return read(Plan, json.loads(body))


def _columns(plan: Plan) -> dict[str, Any]:
    """What the database holds of a plan beside its id and when it changed."""
    prepared = plan.determination
    approver, approver_id = _named(plan.approval.by if plan.approval else None)
    preparer, preparer_id = _named(prepared.prepared_by if prepared else None)
    decider, decider_id = _named(prepared.approved_by if prepared else None)
    author, author_id = _named(plan.author)
    return {
        "kind": str(plan.kind),
        "state": str(plan.state),
        "person_id": plan.person_id,
        "manager_id": plan.manager_id,
        "author": author,
        "author_id": author_id,
        "approver": approver,
        "approver_id": approver_id,
        "preparer": preparer,
        "preparer_id": preparer_id,
        "decider": decider,
        "decider_id": decider_id,
        "outcome": str(prepared.outcome) if prepared and prepared.approved_by else "",
        "proposal": plan.proposal,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "version": plan.version,
        "body": canonical(written(plan)).decode(),
    }


def _named(who: Person | None) -> tuple[str, str]:
    return ("", "") if who is None else (who.username, who.person_id or "")


def _has_open_plan(plan: Plan) -> bool:
    found = models.Plan.objects.unscoped(_ASKED_ABOVE).filter(person_id=plan.person_id, kind=str(plan.kind))
    return plan.is_formal and found.filter(state__in=UNDECIDED).exists()
