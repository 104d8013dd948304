"""Break-glass as frozen values: who asked to see whose record, what became of it, and what stands open now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from courtside.store import models
from courtside.store.access.viewer import Opened
from courtside.store.models.glass import AGREED, DECIDING, ENDED, REFUSED, TOLD
from courtside.store.retention import new_id
from courtside.store.tables import is_kept

__all__ = ["AGREED", "ENDED", "REFUSED", "TOLD"]
_ASKED_ABOVE = "break-glass is found by its id or person; the service that asks says who may see it"
_ERASED = "the erasure of a person"


@dataclass(frozen=True, slots=True)
class Glass:
    """One request and what became of it; `until` and `told_on` are of the agreement, None without one."""

    opaque: str
    person_id: str
    reason: str
    asked_by: str
    asked_at: datetime
    outcome: str = ""
    """`agreed`, `refused`, or empty while it waits."""
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
    until: datetime | None = None
    told_on: date | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    is_told: bool = False

    @property
    def closes_at(self) -> datetime | None:
        """When the last look was or will be possible; None without an agreement."""
        return self.until and min(self.until, self.ended_at or self.until)

    def is_open(self, at: datetime) -> bool:
        """Whether whoever asked may look at an instant."""
        return self.decided_at is not None and self.closes_at is not None and self.decided_at <= at < self.closes_at

    def is_held_back(self, on: date) -> bool:
        """Whether its person is not to know of it yet on a day."""
        return self.told_on is not None and on < self.told_on


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides: agreeing says until when, by which proof, and may hold back the notice."""

    by: str
    by_id: str
    at: datetime
    reason: str
    until: datetime | None = None
    told_on: date | None = None
    hold_reason: str = ""
    method: str = ""
    age_s: int | None = None


def ask(person_id: str, reason: str, by: str, by_id: str, at: datetime) -> str:
    """A new request, in the open transaction; its opaque id."""
    opaque = new_id()
    models.BreakGlass.objects.create(
        opaque=opaque, person_id=person_id, reason=reason, asked_by=by, asked_id=by_id, asked_at=at
    )
    return opaque


def decide(opaque: str, kind: str, decision: Decision) -> bool:
    """Agree to or refuse a request, in the open transaction; False if it was decided meanwhile.

    The database refuses whoever asked, and whom it is about (IntegrityError is told apart by asking again).
    """
    values = {name: getattr(decision, name) for name in Decision.__dataclass_fields__}
    return _added(opaque, kind, **values)


def end(opaque: str, by: str, by_id: str, at: datetime) -> bool:
    """End what stands open, in the open transaction; False if it was ended meanwhile."""
    return _added(opaque, ENDED, by=by, by_id=by_id, at=at)


def told(opaque: str, at: datetime) -> bool:
    """Note that its person is told, in the open transaction; False if they were."""
    return _added(opaque, TOLD, by="", at=at)


def glass(opaque: str) -> Glass | None:
    """One request by its id."""
    return next(iter(_read(_rows().filter(opaque=opaque))), None)


def every(most: int = 200) -> tuple[Glass, ...]:
    """The last requests, the newest first."""
    return _read(_rows().order_by("-id")[:most])


def about(person_id: str) -> tuple[Glass, ...]:
    """Every request about a person, the newest first."""
    return _read(_rows().filter(person_id=person_id).order_by("-id")) if is_kept(models.BreakGlass) else ()


def opened_for(username: str, at: datetime) -> tuple[Opened, ...]:
    """What stands open for a user at an instant."""
    if not is_kept(models.BreakGlassStep):
        return ()
    agreed = _steps().filter(kind=AGREED, asked_by=username, at__lte=at, until__gt=at)
    ids = list(agreed.exclude(glass_id__in=_steps().filter(kind=ENDED).values("glass_id")).values_list("glass_id"))
    found = _read(_rows().filter(pk__in=[one for (one,) in ids])) if ids else ()
    return tuple(Opened(one.opaque, one.person_id, one.until) for one in found if one.until and one.is_open(at))


def to_tell(today: date) -> tuple[Glass, ...]:
    """The agreements whose people are to be told by a day, and have not been."""
    if not is_kept(models.BreakGlassStep):
        return ()
    done = _steps().filter(kind=TOLD).values("glass_id")
    due = _steps().filter(Q(told_on__isnull=True) | Q(told_on__lte=today), kind=AGREED).exclude(glass_id__in=done)
    ids = list(due.values_list("glass_id", flat=True))
    return _read(_rows().filter(pk__in=ids)) if ids else ()


def forget_person(person_id: str, token: str) -> None:
    """Put a token in the place of somebody who is erased, in the open transaction; reasons about them go."""
    for model, texts in ((models.BreakGlass, ("reason",)), (models.BreakGlassStep, ("reason", "hold_reason"))):
        rows = model.objects.unscoped(_ERASED)
        rows.filter(person_id=person_id).update(**dict.fromkeys(texts, "erased"), person_id=token)
        for column in ("asked_id",) if model is models.BreakGlass else ("asked_id", "by_id"):
            rows.filter(Q((column, person_id))).update(**{column: f"{token}-a"})


def _added(opaque: str, kind: str, **values: Any) -> bool:
    row = _rows().get(opaque=opaque)
    whose = {"asked_by": row.asked_by, "asked_id": row.asked_id, "person_id": row.person_id}
    try:
        with transaction.atomic():
            models.BreakGlassStep.objects.create(glass=row, kind=kind, is_decision=kind in DECIDING, **whose, **values)
    except IntegrityError:
        kinds = DECIDING if kind in DECIDING else (kind,)
        if not _steps().filter(glass=row, kind__in=kinds).exists():
            raise
        return False
    return True


def _read(rows: Iterable[Any]) -> tuple[Glass, ...]:
    found = list(rows)
    steps: dict[int, dict[str, Any]] = {}
    for step in _steps().filter(glass_id__in=[row.pk for row in found]):
        steps.setdefault(step.glass_id, {})[step.kind] = step
    return tuple(_glass(row, steps.get(row.pk, {})) for row in found)


def _glass(row: Any, steps: dict[str, Any]) -> Glass:
    plain = Glass(row.opaque, row.person_id, row.reason, row.asked_by, row.asked_at, is_told=TOLD in steps)
    decision, ended = _one_of(steps, DECIDING), steps.get(ENDED)
    if decision is None:
        return plain
    return Glass(
        row.opaque, row.person_id, row.reason, row.asked_by, row.asked_at, decision.kind, decision.by, decision.at,
        decision.reason, decision.until, decision.told_on, ended.by if ended else "", ended.at if ended else None,
        TOLD in steps,
    )  # fmt: skip


def _one_of(steps: dict[str, Any], kinds: Collection[str]) -> Any:
    return next((steps[kind] for kind in kinds if kind in steps), None)


def _rows() -> Any:
    return models.BreakGlass.objects.unscoped(_ASKED_ABOVE)


def _steps() -> Any:
    return models.BreakGlassStep.objects.unscoped(_ASKED_ABOVE)
