"""The page of duties that open people's records: what waits for somebody's yes, and what was given lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from courtside.services.agree_duty import may_decide
from courtside.services.duty_rules import TWO_PEOPLE
from courtside.services.viewing import Visit
from courtside.store.access import Role

LATELY = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A duty asked for or given; instants in the firm's zone. `number` is 0 for one that was given."""

    number: int
    user: str
    role: Role
    units: tuple[str, ...]
    by: str
    at: datetime
    ended_at: datetime | None
    may_decide: bool


@dataclass(frozen=True, slots=True)
class DutiesPage:
    """What waits, and what was given."""

    waiting: tuple[DutyLine, ...]
    given: tuple[DutyLine, ...]


def duties_page(visit: Visit) -> DutiesPage:
    """The page; whose duties they are is no secret among those who watch over them."""
    from courtside.store import accounts, asked_duties  # noqa: PLC0415  (Django stays out of start-up)

    names = {one.user_id: one.name or one.username for one in visit.users()}
    waiting = tuple(
        DutyLine(
            one.number, names.get(one.user_id, ""), one.role, tuple(sorted(one.units)), visit.user_name(one.asked_by),
            _local(visit, one.asked_at), None, may_decide(visit, one),
        )
        for one in asked_duties.waiting()
    )  # fmt: skip
    given = tuple(
        DutyLine(
            0, names.get(one.user_id, ""), one.role, (), visit.user_name(one.by), _local(visit, one.at),
            _local(visit, one.ended_at) if one.ended_at else None, may_decide=False,
        )
        for one in accounts.given_since(TWO_PEOPLE, visit.caller.clock() - LATELY)
    )  # fmt: skip
    return DutiesPage(waiting, given)


def waiting_for(user_id: int) -> frozenset[Role]:
    """The duties asked for a user that wait for somebody's yes."""
    from courtside.store import asked_duties  # noqa: PLC0415

    return frozenset(one.role for one in asked_duties.waiting() if one.user_id == user_id)


def _local(visit: Visit, instant: datetime) -> datetime:
    return instant.astimezone(visit.standing.workspace.zone)
