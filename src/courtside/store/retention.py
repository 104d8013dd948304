"""Legal holds and erasures as frozen values: rows stay on this floor, and services ask who may see or do what."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from courtside.store import models
from courtside.store.holding import WHY as HELD
from courtside.store.models.retention import (
    APPROVED,
    ASKED,
    DONE,
    LOG,
    PERSON,
    PROPOSALS,
    WAITING,
    WITHDRAWN,
)
from courtside.store.tables import is_kept

__all__ = ["APPROVED", "ASKED", "DONE", "HELD", "LOG", "PERSON", "PROPOSALS", "WAITING", "WITHDRAWN"]
_ASKED_ABOVE = "holds and erasures are found by their number or person; the service that asks says who may see them"
_ERASED = "the erasure of a person"


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold. Releasing is asked for by one person and done by another; `released_at` None: it stands."""

    number: int
    person_id: str
    case_id: str
    reason: str
    placed_by: str
    placed_at: datetime
    release_asked_by: str
    release_asked_at: datetime | None
    release_reason: str
    released_by: str
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure that was asked for, and how far it has come."""

    opaque: str
    kind: str
    person_id: str
    before: datetime | None
    listed: str
    listed_sha256: str
    reason: str
    requested_by: str
    requested_at: datetime
    approved_by: str
    approved_at: datetime | None
    approval_reason: str
    state: str
    ended_by: str
    ended_at: datetime | None
    token: str


@dataclass(frozen=True, slots=True)
class NewErasure:
    """An erasure to be asked for: `person_id` of whom, or `before` for what goes by its age."""

    kind: str
    person_id: str
    before: datetime | None
    listed: str
    listed_sha256: str
    reason: str
    requested_by: str
    requested_id: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Second:
    """Who approves or releases: the account, whose records are theirs, and how they proved who they are."""

    username: str
    person_id: str
    at: datetime
    reason: str = ""
    method: str = ""
    age_s: int | None = None


def new_id() -> str:
    """An opaque id: 12 characters of base32, by chance."""
    return base64.b32encode(secrets.token_bytes(8)).decode("ascii")[:12]


def place(person_id: str, case_id: str, reason: str, by: str, at: datetime) -> int | None:
    """A new hold, in the open transaction; its number. None if there is one."""
    values = {"person_id": person_id, "case_id": case_id, "reason": reason, "placed_by": by, "placed_at": at}
    try:
        with transaction.atomic():
            return int(models.LegalHold.objects.create(**values).pk)
    except IntegrityError:
        return None


def hold(number: int) -> Hold | None:
    """A hold by number."""
    return next(_holds(pk=number), None)


def open_holds() -> tuple[Hold, ...]:
    """Every hold that stands."""
    return tuple(_holds(released_at__isnull=True)) if is_kept(models.LegalHold) else ()


def holds_on(person_id: str) -> tuple[Hold, ...]:
    """The holds that stand on a person, and on cases about them."""
    return tuple(_holds(person_id=person_id, released_at__isnull=True)) if is_kept(models.LegalHold) else ()


def held_people() -> frozenset[str]:
    """Everybody on whom, or on a case of whom, a hold stands."""
    return frozenset(one.person_id for one in open_holds())


def ask_release(number: int, second: Second) -> bool:
    """Ask for a hold's release, in the open transaction; False if it stands no more or that was asked already."""
    found = _rows(models.LegalHold).filter(pk=number, released_at__isnull=True, release_asked_by="")
    return bool(
        found.update(
            release_asked_by=second.username,
            release_asked_id=second.person_id,
            release_asked_at=second.at,
            release_reason=second.reason,
        )
    )


def keep_hold(number: int) -> bool:
    """A release that was asked for is not given: the hold goes on; False if none was asked for."""
    found = _rows(models.LegalHold).filter(pk=number, released_at__isnull=True).exclude(release_asked_by="")
    return bool(found.update(release_asked_by="", release_asked_id="", release_asked_at=None, release_reason=""))


def release(number: int, second: Second) -> bool:
    """Release a hold, in the open transaction; False if it stands no more, or nobody asked for that."""
    found = _rows(models.LegalHold).filter(pk=number, released_at__isnull=True).exclude(release_asked_by="")
    return bool(found.update(released_by=second.username, released_id=second.person_id, released_at=second.at))


def ask(new: NewErasure) -> str | None:
    """A new erasure, in the open transaction; its id. None if one of the same waits already."""
    values = {name: getattr(new, name) for name in NewErasure.__dataclass_fields__}
    try:
        with transaction.atomic():
            return str(models.ErasureRequest.objects.create(opaque=new_id(), **values).opaque)
    except IntegrityError:
        return None


def erasure(opaque: str) -> Erasure | None:
    """An erasure by id."""
    return next(_erasures(opaque=opaque), None)


def waiting_erasures() -> tuple[Erasure, ...]:
    """Every erasure that is asked for or approved, and not done, the oldest first."""
    return tuple(_erasures(state__in=WAITING)) if is_kept(models.ErasureRequest) else ()


def ended_erasures(most: int) -> tuple[Erasure, ...]:
    """The last erasures that were done or withdrawn, the newest first."""
    found = sorted(_erasures(state__in=(DONE, WITHDRAWN)), key=lambda one: one.requested_at, reverse=True)
    return tuple(found[:most])


def approve(opaque: str, second: Second) -> bool:
    """Approve an erasure, in the open transaction; False if it does not wait for that any more."""
    found = _rows(models.ErasureRequest).filter(opaque=opaque, state=ASKED)
    return bool(
        found.update(
            state=APPROVED,
            approved_by=second.username,
            approved_id=second.person_id,
            approved_at=second.at,
            approval_reason=second.reason,
            method=second.method,
            age_s=second.age_s,
        )
    )


def end(opaque: str, before: Collection[str], state: str, by: str, at: datetime, token: str = "") -> bool:
    """End an erasure as done or withdrawn, in the open transaction: what it said of anybody goes.

    False if it is in none of the states `before`. The database refuses where a hold stands (IntegrityError).
    """
    found = _rows(models.ErasureRequest).filter(opaque=opaque, state__in=tuple(before))
    if not found.update(state=state, ended_by=by, ended_at=at, token=token):
        return False
    return bool(_rows(models.ErasureRequest).filter(opaque=opaque).update(listed="", reason="", approval_reason=""))


def forget_person(person_id: str, token: str) -> None:
    """Put a token in the place of somebody who is erased, in the open transaction; reasons about them go."""
    holds, erasures = models.LegalHold.objects.unscoped(_ERASED), models.ErasureRequest.objects.unscoped(_ERASED)
    holds.filter(person_id=person_id).update(reason="", release_reason="", person_id=token)
    erasures.filter(person_id=person_id).update(listed="", reason="", approval_reason="", person_id=token)
    for rows, columns in ((holds, ("release_asked_id", "released_id")), (erasures, ("requested_id", "approved_id"))):
        for column in columns:
            rows.filter(Q((column, person_id))).update(**{column: token})


def _rows(model: Any) -> Any:
    return model.objects.unscoped(_ASKED_ABOVE)


def _holds(**asked: Any) -> Iterator[Hold]:
    names = [name for name in Hold.__dataclass_fields__ if name != "number"]
    for row in _rows(models.LegalHold).filter(**asked).values("pk", *names):
        yield Hold(row["pk"], *(row[name] for name in names))


def _erasures(**asked: Any) -> Iterator[Erasure]:
    names = tuple(Erasure.__dataclass_fields__)
    for row in _rows(models.ErasureRequest).filter(**asked).values(*names):
        yield Erasure(**row)
