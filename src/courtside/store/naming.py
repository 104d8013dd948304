"""Who stands in for whom, who has declared a conflict with whom, and who is named for one case or document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from courtside.store import models
from courtside.store.access import ActingFor

_ASKED_ABOVE = "rows that decide who may see what: they are read to answer that question"


@dataclass(frozen=True, slots=True)
class StandingIn:
    """That somebody stands in for a manager; `ended_at` is None while nobody has ended it."""

    number: int
    manager_id: str
    acting_id: str
    starts_on: date
    ends_on: date
    named_by: str
    named_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """That a user has a conflict of interest with a person."""

    number: int
    username: str
    person_id: str
    declared_by: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class Outside:
    """An executive named for one case; they count once somebody else has agreed."""

    case_id: str
    username: str
    named_by: str
    named_at: datetime
    agreed_by: str


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named for one case, by user name."""

    auditors: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    witnesses: frozenset[str] = frozenset()


def _rows(model: Any) -> Any:
    return model.objects.unscoped(_ASKED_ABOVE).filter(ended_at__isnull=True)


def _made(model: Any, **values: Any) -> int | None:
    """A new row, in the open transaction; its number, or None if there is one already."""
    try:
        with transaction.atomic():
            return int(model.objects.create(**values).pk)
    except IntegrityError:
        return None


def stand_in(  # noqa: PLR0913  (one argument a column)
    manager_id: str, acting_id: str, starts_on: date, ends_on: date, by: str, at: datetime
) -> int | None:
    """Let a person stand in for a manager from day to day, both included; every session of theirs ends."""
    number = _made(
        models.ActingManager, manager_id=manager_id, acting_id=acting_id, starts_on=starts_on, ends_on=ends_on,
        named_by=by, named_at=at,
    )  # fmt: skip
    _end_sessions(acting_id)
    return number


def end_standing_in(number: int, by: str, at: datetime) -> bool:
    """End it; every session of whoever stood in ends. False if it is over."""
    row = _rows(models.ActingManager).filter(pk=number).first()
    if row is None or not _rows(models.ActingManager).filter(pk=number).update(ended_by=by, ended_at=at):
        return False
    _end_sessions(row.acting_id)
    return True


def standing_in(number: int) -> StandingIn | None:
    """One of them that has not been ended; None if there is none."""
    row = _rows(models.ActingManager).filter(pk=number).first()
    return None if row is None else _standing_in(row)


def all_standing_in(since: date) -> tuple[StandingIn, ...]:
    """Everybody who stands in, or will, on a day or later, and nobody has ended it; by the first day."""
    rows = _rows(models.ActingManager).filter(ends_on__gte=since).order_by("starts_on", "id")
    return tuple(map(_standing_in, rows))


def acts_for(person_id: str) -> tuple[ActingFor, ...]:
    """For whom a person stands in, has stood in or will, as dated spans."""
    rows = _rows(models.ActingManager).filter(acting_id=person_id) if person_id else ()
    return tuple(ActingFor(row.manager_id, row.starts_on, row.ends_on) for row in rows)


def _standing_in(row: Any) -> StandingIn:
    return StandingIn(
        row.pk, row.manager_id, row.acting_id, row.starts_on, row.ends_on, row.named_by, row.named_at, row.ended_at
    )


def _end_sessions(person_id: str) -> None:
    models.User.objects.filter(person_id=person_id).update(epoch=F("epoch") + 1)


def declare(username: str, person_id: str, by: str, at: datetime) -> bool:
    """Note a conflict of interest, in the open transaction; False if it is known."""
    values = {"username": username, "person_id": person_id, "declared_by": by, "declared_at": at}
    return _made(models.DeclaredConflict, **values) is not None


def conflict(number: int) -> Conflict | None:
    """A conflict that has not been ended; None if there is none."""
    row = _rows(models.DeclaredConflict).filter(pk=number).first()
    return None if row is None else _conflict(row)


def end_conflict(number: int, by: str, at: datetime) -> bool:
    """End one, in the open transaction; False if it is over."""
    return bool(_rows(models.DeclaredConflict).filter(pk=number).update(ended_by=by, ended_at=at))


def all_conflicts() -> tuple[Conflict, ...]:
    """Every declared conflict that has not been ended: for HR partners."""
    return tuple(map(_conflict, _rows(models.DeclaredConflict)))


def conflicts_of(username: str, person_id: str) -> frozenset[str]:
    """With whom a user has a conflict of interest, whoever of the two declared it: ids of people."""
    rows = _rows(models.DeclaredConflict)
    found = set(rows.filter(username=username).values_list("person_id", flat=True))
    if person_id:
        others = rows.filter(person_id=person_id).values_list("username", flat=True)
        found |= set(models.User.objects.filter(username__in=list(others)).values_list("person_id", flat=True))
    return frozenset(found - {"", person_id})


def _conflict(row: Any) -> Conflict:
    return Conflict(row.pk, row.username, row.person_id, row.declared_by, row.declared_at)


def assign(case_id: str, username: str, until: date, by: str, at: datetime) -> bool:
    """Let an auditor read a case until a day, included; one who may already gets the new day."""
    _rows(models.CaseAssignment).filter(case_id=case_id, username=username).update(ended_by=by, ended_at=at)
    values = {"case_id": case_id, "username": username, "until": until, "assigned_by": by, "assigned_at": at}
    return _made(models.CaseAssignment, **values) is not None


def unassign(case_id: str, username: str, by: str, at: datetime) -> bool:
    """End it; False if there is none."""
    rows = _rows(models.CaseAssignment).filter(case_id=case_id, username=username)
    return bool(rows.update(ended_by=by, ended_at=at))


def assigned_to(username: str, on: date) -> tuple[tuple[str, date], ...]:
    """The cases an auditor may read on a day, each with its last day."""
    rows = _rows(models.CaseAssignment).filter(username=username, until__gte=on)
    return tuple(rows.values_list("case_id", "until"))


def name_outside(case_id: str, username: str, by: str, at: datetime) -> bool:
    """Name an executive for a case, in the place of whoever was; they count once somebody agrees."""
    _rows(models.OutsideApprover).filter(case_id=case_id).update(ended_by=by, ended_at=at)
    values = {"case_id": case_id, "username": username, "named_by": by, "named_at": at}
    return _made(models.OutsideApprover, **values) is not None


def agree_outside(case_id: str, username: str, by: str, at: datetime) -> bool:
    """Agree to the executive named for a case; False if there is none who waits for that."""
    rows = _rows(models.OutsideApprover).filter(case_id=case_id, username=username, agreed_by="")
    return bool(rows.update(agreed_by=by, agreed_at=at))


def outside_of(case_id: str) -> Outside | None:
    """The executive named for a case, agreed on or not; None if nobody is."""
    row = _rows(models.OutsideApprover).filter(case_id=case_id).first()
    return None if row is None else Outside(row.case_id, row.username, row.named_by, row.named_at, row.agreed_by)


def waiting_outside() -> tuple[Outside, ...]:
    """The executives named for cases to whom nobody has agreed yet."""
    rows = _rows(models.OutsideApprover).filter(agreed_by="")
    return tuple(Outside(row.case_id, row.username, row.named_by, row.named_at, "") for row in rows)


def name_witness(document_id: str, case_id: str, username: str, by: str, at: datetime) -> bool:
    """Name a witness of one document; False if they are one."""
    values = {"document_id": document_id, "case_id": case_id, "username": username, "named_by": by, "named_at": at}
    return _made(models.DocumentWitness, **values) is not None


def end_witness(document_id: str, username: str, by: str, at: datetime) -> bool:
    """Somebody is a witness of a document no more; False if they were none."""
    rows = _rows(models.DocumentWitness).filter(document_id=document_id, username=username)
    return bool(rows.update(ended_by=by, ended_at=at))


def witnesses_of(document_id: str) -> frozenset[str]:
    """The witnesses of a document, by user name."""
    return frozenset(_rows(models.DocumentWitness).filter(document_id=document_id).values_list("username", flat=True))


def named_for(case_ids: Collection[str], on: date) -> Mapping[str, Named]:
    """Who is named for each of some cases on a day; three queries, however many cases."""
    ids = list(case_ids)
    auditors = _by_case(_rows(models.CaseAssignment).filter(case_id__in=ids, until__gte=on))
    outside = _by_case(_rows(models.OutsideApprover).filter(Q(case_id__in=ids) & ~Q(agreed_by="")))
    witnesses = _by_case(_rows(models.DocumentWitness).filter(case_id__in=ids))
    nobody: frozenset[str] = frozenset()
    return {one: Named(auditors.get(one, nobody), outside.get(one, nobody), witnesses.get(one, nobody)) for one in ids}


def _by_case(rows: Any) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for case_id, username in rows.values_list("case_id", "username"):
        found.setdefault(case_id, set()).add(username)
    return {case_id: frozenset(names) for case_id, names in found.items()}


def forget_person(person_id: str, token: str) -> None:
    """Put a token in the place of somebody who is erased, in the open transaction."""
    acting = models.ActingManager.objects.unscoped("the erasure of a person")
    acting.filter(manager_id=person_id).update(manager_id=f"{token}-m")
    acting.filter(acting_id=person_id).update(acting_id=token)
    models.DeclaredConflict.objects.unscoped("the erasure of a person").filter(person_id=person_id).update(
        person_id=token
    )
