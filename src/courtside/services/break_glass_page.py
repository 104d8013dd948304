"""The pages of break-glass: what one asked for, what waits for one's yes, and what of it stands open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from courtside.services.break_glass_rules import glass_for, is_asker, is_too_old, may_see_glass
from courtside.services.hr_console_scope import handles
from courtside.services.viewing import Visit
from courtside.store.access import Errand

if TYPE_CHECKING:
    from courtside.store.glass import Glass


@dataclass(frozen=True, slots=True)
class GlassLine:
    """One request as its pages show it; instants in the firm's zone. `state` is a word of `STATES`."""

    opaque: str
    person_id: str
    person: str
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    decided_by: str
    decided_at: datetime | None
    decision_reason: str
    until: datetime | None
    told_on: date | None
    ended_at: datetime | None
    is_own: bool
    may_decide: bool

    @property
    def is_open(self) -> bool:
        """Whether whoever asked may look now."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class GlassPage:
    """What of it concerns the viewer. `people`: whom an administrator can ask for, id and name."""

    lines: tuple[GlassLine, ...]
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenedNow:
    """What break-glass lets the viewer see at this moment, for the banner."""

    opaque: str
    person_id: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class OpenedToOthers:
    """What two people opened of one's own record; instants in the firm's zone."""

    asked_by: str
    agreed_by: str
    reason: str
    since: datetime
    until: datetime


def break_glass_page(visit: Visit) -> GlassPage:
    """The list: of an administrator their own, of an HR partner those about people they look after."""
    from courtside.store import glass  # noqa: PLC0415  (Django stays out of start-up)

    lines = tuple(_line(visit, one) for one in glass.every() if may_see_glass(visit, one))
    return GlassPage(lines, _people(visit))


def break_glass_one(visit: Visit, opaque: str) -> GlassLine:
    """One request. Raises NotFound."""
    return _line(visit, glass_for(visit, opaque))


def opened_now(visit: Visit) -> tuple[OpenedNow, ...]:
    """What stands open for the viewer."""
    if visit.viewer.is_read_only:
        return ()
    zone = visit.standing.workspace.zone
    return tuple(
        OpenedNow(one.glass, one.person_id, visit.hierarchy.name(one.person_id), one.until.astimezone(zone))
        for one in visit.viewer.opened
    )


def opened_to_others(visit: Visit, person_id: str) -> tuple[OpenedToOthers, ...]:
    """What was opened of a person's record, for the person: what HR holds back is not among it yet."""
    from courtside.store import glass  # noqa: PLC0415

    found = (one for one in glass.about(person_id) if not one.is_held_back(visit.today))
    return tuple(
        OpenedToOthers(
            visit.user_name(one.asked_by), visit.user_name(one.decided_by), one.reason,
            _local(visit, one.decided_at), _local(visit, one.closes_at),
        )
        for one in found
        if one.decided_at is not None and one.closes_at is not None
    )  # fmt: skip


def _people(visit: Visit) -> tuple[tuple[str, str], ...]:
    if not visit.may_run(Errand.ASK_GLASS):
        return ()
    seen, name = visit.people(), visit.hierarchy.name
    return tuple(sorted(((one, f"{name(one)} ({one})") for one in visit.hierarchy.names if one not in seen),
                        key=lambda pair: pair[1].lower()))  # fmt: skip


def _line(visit: Visit, one: Glass) -> GlassLine:
    is_own = is_asker(visit, one)
    decided_at = _local(visit, one.decided_at) if one.decided_at else None
    return GlassLine(
        one.opaque, one.person_id, visit.hierarchy.name(one.person_id), one.reason, visit.user_name(one.asked_by),
        _local(visit, one.asked_at), _state(visit, one), visit.user_name(one.decided_by) if one.decided_by else "",
        decided_at, one.decision_reason, _local(visit, one.until) if one.until else None,
        None if is_own else one.told_on, _local(visit, one.ended_at) if one.ended_at else None, is_own,
        not one.outcome and not is_own and not is_too_old(visit, one) and handles(visit, one.person_id),
    )  # fmt: skip


def _state(visit: Visit, one: Glass) -> str:
    if one.is_open(visit.caller.clock()):
        return "open"
    if one.outcome:
        return "refused" if one.until is None else "over"
    return "lapsed" if is_too_old(visit, one) else "waiting"


def _local(visit: Visit, instant: datetime) -> datetime:
    return instant.astimezone(visit.standing.workspace.zone)
