"""Duties that open people's records, asked for by one person and agreed to by another, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from courtside.store import models
from courtside.store.access import Role
from courtside.store.models.glass import AGREED, REFUSED
from courtside.store.tables import is_kept

_ASKED_ABOVE = "duties that wait for a second person: the service that asks says who may see and decide them"


@dataclass(frozen=True, slots=True)
class Asked:
    """A duty somebody is to have; `units` are the teams it is for, none named: all of them."""

    number: int
    user_id: int
    role: Role
    units: frozenset[str]
    asked_by: str
    asked_at: datetime
    is_from_host: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """Who agrees or refuses, when, and for a refusal why."""

    username: str
    user_id: int
    at: datetime
    reason: str = ""


def ask(  # noqa: PLR0913  (one argument a column)
    user_id: int, role: Role, units: Iterable[str], by: str, at: datetime, *, is_from_host: bool
) -> int | None:
    """A new request, in the open transaction; its number, or None if the same waits already."""
    values = {
        "user_id": user_id, "role": role.value, "scope": sorted(set(units)), "asked_by": by, "asked_at": at,
        "asked_where": "host" if is_from_host else "site",
    }  # fmt: skip
    try:
        with transaction.atomic():
            return int(models.AskedDuty.objects.create(**values).pk)
    except IntegrityError:
        return None


def waiting() -> tuple[Asked, ...]:
    """What waits for a second person, the oldest first."""
    return tuple(map(_asked, _waiting())) if is_kept(models.AskedDuty) else ()


def asked(number: int) -> Asked | None:
    """One that waits."""
    return next(map(_asked, _waiting().filter(pk=number)), None)


def agree(number: int, decided: Decided) -> bool:
    """Agree, in the open transaction; False if it was decided meanwhile."""
    return _decide(number, AGREED, decided)


def refuse(number: int, decided: Decided) -> bool:
    """Refuse, in the open transaction; False if it was decided meanwhile."""
    return _decide(number, REFUSED, decided)


def _decide(number: int, outcome: str, decided: Decided) -> bool:
    return bool(
        _waiting()
        .filter(pk=number)
        .update(
            outcome=outcome, decided_by=decided.username, decided_user=decided.user_id, decided_at=decided.at,
            reason=decided.reason,
        )
    )  # fmt: skip


def _waiting() -> Any:
    return models.AskedDuty.objects.unscoped(_ASKED_ABOVE).filter(outcome="")


def _asked(row: Any) -> Asked:
    return Asked(
        row.pk, row.user_id, Role(row.role), frozenset(row.scope), row.asked_by, row.asked_at,
        row.asked_where == "host",
    )  # fmt: skip
