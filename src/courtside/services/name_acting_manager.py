"""Naming somebody who stands in for a manager from one day to another, and ending that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from courtside.services.refused import Refused, unknown
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand, Role

LONGEST = timedelta(days=184)
"""Whoever leads people for longer than half a year is their manager, and the records should say so."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who stands in for whom, from the first day to the last, both included."""

    manager_id: str
    acting_id: str
    starts_on: date
    ends_on: date


def may_name_for(visit: Visit, manager_id: str) -> bool:
    """Whether a visit may name who stands in for a manager: an HR partner for their team, or somebody above them."""
    if not visit.may_run(Errand.NAME_ACTING) or visit.viewer.person_id == manager_id:
        return False
    above = visit.hierarchy.above(manager_id, visit.today)
    return visit.viewer.person_id in above or visit.viewer.is_hr_for(visit.hierarchy.teams_of(manager_id, visit.today))


def candidates(visit: Visit) -> frozenset[str]:
    """Who can be named: by HR partners everybody, by leaders those they lead."""
    everybody = visit.hierarchy.names if Role.HR in visit.viewer.roles else visit.people()
    return frozenset(everybody) - {visit.viewer.person_id or ""}


def managers_for(visit: Visit) -> tuple[str, ...]:
    """The managers for whom a visit may name somebody, by name."""
    today, hierarchy = visit.today, visit.hierarchy
    everybody = {manager for person in hierarchy.names for manager in hierarchy.managers_of(person, today)}
    return tuple(sorted((one for one in everybody if may_name_for(visit, one)), key=hierarchy.name))


@dataclass(frozen=True, slots=True)
class Standing:
    """For whom somebody stands in at present, and the last day of it."""

    name: str
    ends_on: date


def stands_in_for(visit: Visit) -> tuple[Standing, ...]:
    """For whom the viewer stands in today: every page says it to them."""
    held = (one for one in visit.viewer.acts_for if one.holds_on(visit.today))
    return tuple(Standing(visit.hierarchy.name(one.manager_id), one.ends_on) for one in held)


def name_acting_manager(visit: Visit, wished: StandIn) -> int:
    """Let somebody stand in for a manager; its number. Raises NotFound, and Refused with what to change."""
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    if visit.viewer.is_read_only or not may_name_for(visit, wished.manager_id):
        raise NotFound
    _check(visit, wished)
    at = visit.caller.clock()
    detail = {
        "person": wished.acting_id, "manager": wished.manager_id, "from": wished.starts_on.isoformat(),
        "until": wished.ends_on.isoformat(),
    }  # fmt: skip
    with audit.together():
        number = naming.stand_in(
            wished.manager_id, wished.acting_id, wished.starts_on, wished.ends_on, visit.caller.who, at
        )
        if number is None:
            raise Refused("this cannot be: the days or the people do not fit")
        audit.write(audit.Act(at, visit.caller.who, "name_acting_manager", {**detail, "number": number}))
    return number


def end_acting_manager(visit: Visit, number: int) -> None:
    """End it now; the next request of whoever stood in shows them no more than their own. Raises NotFound."""
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    found = naming.standing_in(number)
    if found is None or visit.viewer.is_read_only or not may_name_for(visit, found.manager_id):
        raise NotFound
    at = visit.caller.clock()
    with audit.together():
        if not naming.end_standing_in(number, visit.caller.who, at):
            raise NotFound
        detail = {"number": number, "person": found.acting_id, "manager": found.manager_id}
        audit.write(audit.Act(at, visit.caller.who, "end_acting_manager", detail))


def _check(visit: Visit, wished: StandIn) -> None:
    """Raises Refused for what cannot be."""
    if wished.acting_id == wished.manager_id:
        raise Refused("nobody stands in for themself; name somebody else")
    if wished.acting_id == visit.viewer.person_id:
        raise Refused("nobody names themself; somebody else who may can name you")
    if wished.acting_id not in candidates(visit):
        raise unknown("person", wished.acting_id, candidates(visit))
    if wished.ends_on < wished.starts_on:
        raise Refused(f"the last day, {wished.ends_on}, comes before the first, {wished.starts_on}")
    if wished.ends_on < visit.today:
        raise Refused(f"the last day, {wished.ends_on}, is over; nobody stands in for days that are past")
    if wished.ends_on - wished.starts_on > LONGEST:
        raise Refused(f"that is more than {LONGEST.days} days; for so long, let the records say who leads these people")
