"""The page of what widens or narrows somebody's sight: who stands in, conflicts, identities, outside approvers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from courtside.services.check_identity import Reset, waiting_for_check
from courtside.services.declare_conflict import may_end_conflicts
from courtside.services.name_acting_manager import candidates, managers_for, may_name_for
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand, Role


@dataclass(frozen=True, slots=True)
class StandInLine:
    """Somebody who stands in, or will."""

    number: int
    manager: str
    acting: str
    starts_on: date
    ends_on: date
    named_by: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A declared conflict of interest; `may_end`: by this viewer."""

    number: int
    username: str
    person: str
    declared_at: datetime
    may_end: bool


@dataclass(frozen=True, slots=True)
class OutsideLine:
    """An executive named for a case, to whom somebody must still agree."""

    case_id: str
    username: str
    named_by: str


@dataclass(frozen=True, slots=True)
class Sight:
    """The page, as far as it concerns the viewer."""

    managers: tuple[tuple[str, str], ...]
    """Managers for whom the viewer may name somebody: id and name."""
    people: tuple[tuple[str, str], ...]
    stand_ins: tuple[StandInLine, ...]
    conflicts: tuple[ConflictLine, ...]
    resets: tuple[Reset, ...]
    approvers: tuple[OutsideLine, ...]
    names_people: bool
    handles: bool


def sight(visit: Visit) -> Sight:
    """The page. Raises NotFound for those who neither lead anybody nor have a duty: nothing of it is theirs."""
    if not visit.viewer.roles and not visit.may_run(Errand.NAME_ACTING):
        raise NotFound
    names = visit.hierarchy.name
    managers = managers_for(visit)
    people = sorted(candidates(visit), key=names) if managers else []
    handles = visit.may_run(Errand.HANDLE_CASES)
    return Sight(
        tuple((one, names(one)) for one in managers),
        tuple((one, f"{names(one)} ({one})") for one in people),
        _stand_ins(visit),
        _conflicts(visit),
        waiting_for_check(visit) if handles else (),
        _approvers(visit),
        visit.may_run(Errand.NAME_ACTING),
        handles,
    )


def _stand_ins(visit: Visit) -> tuple[StandInLine, ...]:
    """Those this viewer may end, and those who stand in for or are the viewer."""
    from courtside.store import naming  # noqa: PLC0415  (Django stays out of start-up)

    own, name = visit.viewer.person_id, visit.hierarchy.name
    return tuple(
        StandInLine(
            one.number, name(one.manager_id), name(one.acting_id), one.starts_on, one.ends_on, one.named_by,
            one.starts_on <= visit.today,
        )
        for one in naming.all_standing_in(visit.today)
        if may_name_for(visit, one.manager_id) or own in (one.manager_id, one.acting_id)
    )  # fmt: skip


def _conflicts(visit: Visit) -> tuple[ConflictLine, ...]:
    """Those the viewer declared, and for HR partners all others: they may end those."""
    from courtside.store import naming  # noqa: PLC0415  (Django stays out of start-up)

    viewer, zone = visit.viewer, visit.standing.workspace.zone
    found = []
    for one in naming.all_conflicts():
        is_own = one.username == viewer.username
        may_end = may_end_conflicts(visit) and not is_own and one.person_id != viewer.person_id
        if is_own or may_end:
            at = one.declared_at.astimezone(zone)
            found.append(ConflictLine(one.number, one.username, visit.hierarchy.name(one.person_id), at, may_end))
    return tuple(found)


def _approvers(visit: Visit) -> tuple[OutsideLine, ...]:
    """Executives named for cases, for those who may agree to them."""
    from courtside.store import naming  # noqa: PLC0415  (Django stays out of start-up)

    if not visit.viewer.roles & {Role.AUDITOR, Role.ADMIN}:
        return ()
    own = visit.viewer.username
    waiting = (one for one in naming.waiting_outside() if own not in (one.username, one.named_by))
    return tuple(OutsideLine(one.case_id, one.username, one.named_by) for one in waiting)
