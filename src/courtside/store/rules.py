"""Rules as frozen values: versions with their states, replays, and evaluations. Who may see one, the services ask."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from courtside.records.canonical import canonical
from courtside.rules.evaluation import Evaluation
from courtside.store import models
from courtside.store.disputes import are_kept
from courtside.store.models.rules import APPROVED, DRAFT, LIVE, PAUSED, REPLACED, SUBMITTED

__all__ = ["APPROVED", "DRAFT", "LIVE", "PAUSED", "REPLACED", "SUBMITTED"]
_ASKED_ABOVE = "the service that asks says who may see what a rule found"


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a rule, and where it stands."""

    number: int
    """Its row."""
    rule: str
    version: int
    block: Mapping[str, Any]
    sha256: str
    state: str
    author: str
    made_at: datetime
    approver: str
    approved_at: datetime | None
    reason: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay that was stored: figures without names, and who was named."""

    number: int
    version: int
    sha256: str
    first: date
    last: date
    made_at: datetime
    by: str
    summary: Mapping[str, Any]
    firings: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Stored:
    """An evaluation, its row, the row of its version, and when it was made."""

    number: int
    version: int
    at: datetime
    sha256: str
    evaluation: Evaluation


def versions(rule: str | None = None) -> tuple[Version, ...]:
    """Every version of every rule, or of one, the oldest first."""
    found = models.RuleVersion.objects.all()
    return tuple(map(_version, found if rule is None else found.filter(rule=rule)))


def version(number: int) -> Version | None:
    """A version by its row."""
    row = models.RuleVersion.objects.filter(pk=number).first()
    return None if row is None else _version(row)


def version_in_force(rule: str) -> Version | None:
    """The live version of a rule; None if there is none."""
    row = models.RuleVersion.objects.filter(rule=rule, state=LIVE).first()
    return None if row is None else _version(row)


def live() -> tuple[Version, ...]:
    """Every live version."""
    return tuple(map(_version, models.RuleVersion.objects.filter(state=LIVE)))


def add(rule: str, block: Mapping[str, Any], sha256: str, author: str, at: datetime) -> Version:
    """A new draft, in the open transaction."""
    last = models.RuleVersion.objects.filter(rule=rule).order_by("-version").first()
    row = models.RuleVersion.objects.create(
        rule=rule, version=last.version + 1 if last else 1, block=dict(block), sha256=sha256, author=author, made_at=at,
        changed_at=at, changed_by=author,
    )  # fmt: skip
    return _version(row)


def move(number: int, before: Sequence[str], after: str, by: str, at: datetime, reason: str = "") -> bool:
    """Move a version from one of some states to another; False if it is in none of them (any more)."""
    changed: dict[str, Any] = {"state": after, "changed_at": at, "changed_by": by}
    if reason:
        changed["reason"] = reason
    if after == APPROVED:
        changed |= {"approver": by, "approved_at": at}
    return bool(models.RuleVersion.objects.filter(pk=number, state__in=before).update(**changed))


def replace_live(rule: str, by: str, at: datetime) -> int | None:
    """Take the live version of a rule out of force, in the open transaction; its row, None if there was none."""
    found = version_in_force(rule)
    if found is None or not move(found.number, (LIVE,), REPLACED, by, at):
        return None
    return found.number


# replays -------------------------------------------------------------------------------------------------


def keep_replay(found: Replay) -> int:
    """Store a replay, in the open transaction; its number."""
    values = {name: getattr(found, name) for name in ("sha256", "first", "last", "made_at", "by")}
    row = models.RuleReplay.objects.create(
        version_id=found.version, summary=dict(found.summary), firings=[dict(one) for one in found.firings], **values
    )
    return int(row.pk)


def last_replay(number: int) -> Replay | None:
    """The newest replay of a version, by the version's row."""
    row = models.RuleReplay.objects.unscoped(_ASKED_ABOVE).filter(version_id=number).last()
    if row is None:
        return None
    return Replay(
        row.pk, row.version_id, row.sha256, row.first, row.last, row.made_at, row.by, row.summary, row.firings
    )  # fmt: skip


# evaluations ---------------------------------------------------------------------------------------------


def keep(number: int, found: Evaluation, at: datetime) -> int | None:
    """Store an evaluation, in the open transaction; its number, None if that look was stored already."""
    values = {name: getattr(found, name) for name in _SAME}
    try:
        with transaction.atomic():
            content = canonical({"inputs": found.inputs, "reasons": found.reasons}).decode()
            row = models.RuleEvaluation.objects.create(
                version_id=number, person_id=found.subject, content=content, made_at=at, **values
            )
    except IntegrityError:
        return None
    return int(row.pk)


_SAME = ("on", "metric", "holds", "verdict", "evidence", "proposes", "sha256")


def looked_at(number: int, on: date) -> frozenset[str]:
    """Everybody a version has looked at on a day."""
    found = models.RuleEvaluation.objects.unscoped(_ASKED_ABOVE).filter(version_id=number, on=on)
    return frozenset(found.values_list("person_id", flat=True))


def evaluation(number: int) -> Stored | None:
    """A stored evaluation by its number."""
    row = models.RuleEvaluation.objects.unscoped(_ASKED_ABOVE).select_related("version").filter(pk=number).first()
    return None if row is None else _stored(row)


def evaluations_of(person_id: str) -> tuple[Stored, ...]:
    """Everything rules found of somebody, the oldest first."""
    rows = models.RuleEvaluation.objects.unscoped(_ASKED_ABOVE).select_related("version").filter(person_id=person_id)
    return tuple(map(_stored, rows))


def counts(number: int) -> tuple[int, int]:
    """How many evaluations a version has made, and how many of them held."""
    found = models.RuleEvaluation.objects.unscoped("numbers without names").filter(version_id=number)
    return found.count(), found.filter(holds=True).count()


def disputed_at(instant: datetime | None) -> frozenset[str]:
    """Everybody with a dispute about a row behind their figures that was open at an instant (None: now)."""
    if not are_kept():
        return frozenset()
    found = models.Dispute.objects.unscoped("whose figures were in dispute, as a set of ids")
    open_then = Q(ended_at__isnull=True) if instant is None else (
        Q(opened_at__lte=instant) & (Q(ended_at__isnull=True) | Q(ended_at__gt=instant))
    )  # fmt: skip
    return frozenset(found.filter(open_then).values_list("person_id", flat=True))


def forget_person(person_id: str, token: str) -> None:
    """Put a token in the place of somebody who is erased, and take them out of replays; in the open transaction."""
    why = "the erasure of a person"
    models.RuleEvaluation.objects.unscoped(why).filter(person_id=person_id).update(person_id=token)
    for row in models.RuleReplay.objects.unscoped(why):
        if any(one.get("person") == person_id for one in row.firings):
            kept = [{**one, "person": token} if one.get("person") == person_id else one for one in row.firings]
            models.RuleReplay.objects.unscoped(why).filter(pk=row.pk).update(firings=kept)


def _version(row: models.RuleVersion) -> Version:
    return Version(
        row.pk, row.rule, row.version, row.block, row.sha256, row.state, row.author, row.made_at, row.approver,
        row.approved_at, row.reason, row.changed_at, row.changed_by,
    )  # fmt: skip


def _stored(row: Any) -> Stored:
    content = json.loads(row.content)
    found = Evaluation(
        row.version.rule, row.version.version, row.person_id, row.metric, row.on, row.holds, row.proposes,
        content["inputs"], tuple(content["reasons"]), row.verdict, row.evidence,
    )  # fmt: skip
    return Stored(row.pk, row.version_id, row.made_at, row.sha256, found)
