"""The page of retention: how long what is kept, what has been kept long enough, and the erasures that wait."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from courtside.services.four_eyes import eye_of, why_not_second
from courtside.services.hr_console_scope import handles, is_second, require_hr
from courtside.services.retention_due import DueToGo, what_is_due
from courtside.services.retention_settings import FLOORS
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Role

if TYPE_CHECKING:
    from courtside.store.retention import Erasure

WORDS: Mapping[str, str] = {
    "cases": "Plans, determinations, signatures and their evidence, after closing or leaving, the later of the two",
    "figures": "Records and figures by name: all the while somebody works here, and after leaving for this long; then "
    "figures of groups alone stay",
    "proposals": "Proposals that were declined or withdrawn",
    "log": "What entries of the log say; the chain of them stays",
}
_MOST_ENDED = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of record: how long it is kept, and how long it has to be at the least (empty: no floor of its own)."""

    what: str
    setting: str
    span: str
    floor: str


@dataclass(frozen=True, slots=True)
class DueLine:
    """Something whose time is over, and whose it is."""

    due: DueToGo
    name: str
    is_asked: bool


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """An erasure: what goes, who asked and why, and whether the viewer may approve it."""

    opaque: str
    kind: str
    name: str
    person_id: str
    listed: tuple[tuple[str, str], ...]
    listed_sha256: str
    reason: str
    requested_by: str
    requested_at: datetime
    state: str
    ended_at: datetime | None
    approved_by: str
    may_approve: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class RetentionPage:
    """The page."""

    kept: tuple[Kept, ...]
    due: tuple[DueLine, ...]
    waiting: tuple[ErasureLine, ...]
    ended: tuple[ErasureLine, ...]


def retention_page(visit: Visit) -> RetentionPage:
    """The page for an HR partner. Raises NotFound for anybody else."""
    from courtside.store import retention  # noqa: PLC0415  (Django stays out of start-up)

    require_hr(visit)
    settings, waiting = visit.standing.workspace.settings.retention, retention.waiting_erasures()
    asked = {(one.kind, one.person_id) for one in waiting}
    return RetentionPage(
        tuple(Kept(WORDS[key], key, str(getattr(settings, key)), str(FLOORS.get(key, ""))) for key in WORDS),
        tuple(DueLine(one, _name(visit, one.person_id), (one.kind, one.person_id) in asked) for one in due_for(visit)),
        tuple(_line(visit, one) for one in waiting if is_second(visit, one.person_id, one.opaque)),
        tuple(_line(visit, one) for one in retention.ended_erasures(_MOST_ENDED)) if not visit.viewer.units else (),
    )


def due_for(visit: Visit) -> tuple[DueToGo, ...]:
    """What was kept long enough, of people the viewer looks after; what goes by its age for partners of all teams."""
    found = what_is_due(visit.standing.workspace, visit.caller)
    return tuple(one for one in found if _is_theirs(visit, one))


def erasure_view(visit: Visit, opaque: str) -> ErasureLine:
    """One erasure that waits, for HR partners in scope and the executive agreed upon. Raises NotFound."""
    from courtside.store import retention  # noqa: PLC0415

    found = retention.erasure(opaque)
    if found is None or found.state not in retention.WAITING or not is_second(visit, found.person_id, opaque):
        raise NotFound
    return _line(visit, found)


def _name(visit: Visit, person_id: str) -> str:
    return visit.hierarchy.name(person_id) if person_id else ""


def _in_words(listed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The list of an erasure line by line, without what its heading says."""
    for key, value in listed.items():
        if key == "kind":
            continue
        if isinstance(value, list):
            yield key, f"{len(value)}: {', '.join(map(str, value))}" if value else "none"
        else:
            yield key, str(value)


def _is_theirs(visit: Visit, one: DueToGo) -> bool:
    if one.person_id:
        return handles(visit, one.person_id)
    return Role.HR in visit.viewer.roles and not visit.viewer.units


def _line(visit: Visit, one: Erasure) -> ErasureLine:
    why = "" if one.state == "asked" else "it has been approved already"
    if not why:
        first, own = eye_of(one.requested_by), eye_of(visit.viewer.username)
        why = why_not_second(first, own, one.person_id, visit.hierarchy, visit.today)
    zone = visit.standing.workspace.zone
    ended_at = one.ended_at.astimezone(zone) if one.ended_at else None
    return ErasureLine(
        one.opaque, one.kind, _name(visit, one.person_id), one.person_id,
        tuple(_in_words(json.loads(one.listed) if one.listed else {})), one.listed_sha256, one.reason,
        visit.user_name(one.requested_by), one.requested_at.astimezone(zone), one.state, ended_at,
        visit.user_name(one.approved_by), not why, why,
    )  # fmt: skip
