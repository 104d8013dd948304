"""What is late in a plan and went up to HR, as long as nobody has answered it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from courtside.analysis.wording import day
from courtside.services.plan_figures import days_off_of
from courtside.services.plan_words import PARTS, TASKS
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.workflow.actors import Part
from courtside.workflow.due import due, next_due
from courtside.workflow.record import Plan


@dataclass(frozen=True, slots=True)
class Late:
    """Something late that HR was told of: what names it, and in words."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a plan waits for: what is to be done, by whom, and by which day."""

    what: str
    owner: str
    on: date
    is_late: bool


def unanswered(visit: Visit, plan: Plan) -> tuple[Late, ...]:
    """What is late and waits for HR's answer."""
    found = due(plan, visit.today, _days_off(visit, plan))
    return tuple(Late(one.key, _words(one.key, one.about)) for one in found if one.is_escalation)


def first_due(visit: Visit, plan: Plan) -> Waiting | None:
    """What the plan waits for first; None where it waits for nothing."""
    found = next_due(plan, visit.today, _days_off(visit, plan))
    return None if found is None else Waiting(TASKS[found.what], PARTS[found.to], found.on, found.is_late)


def open_tasks(visit: Visit, plan: Plan) -> tuple[Waiting, ...]:
    """What has been told and is not done, each once, the earliest first."""
    found: dict[tuple[str, date], Waiting] = {}
    for one in due(plan, visit.today, _days_off(visit, plan)):
        if not one.is_escalation:
            name = one.key.split(":")[1]
            found[name, one.about] = Waiting(TASKS[one.what], PARTS[one.to], one.about, one.about < visit.today)
    return tuple(sorted(found.values(), key=lambda one: (one.on, one.what)))


def _words(key: str, about: date) -> str:
    name = key.split(":")[1]
    kind, _, rest = name.partition("-")
    if kind == "sign":
        return f"The signature of {PARTS[Part(rest)]}, due on {day(about)}"
    what = _NAMES.get(kind, "What was due")
    return f"{what} on {day(about)}"


_NAMES = {
    "meeting": "The check-in due",
    "owed": "What the manager owes, due",
    "attest": "The two witnesses, due",
    "approve": "The answer of the second person, due",
    "decide": "The decision, due",
    "extend": "The answer about more time, due",
    "issue": "Issuing the plan, due",
    "begin": "Beginning the plan, due",
    "determine": "The determination, due",
    "deliver": "The letter, due",
}


def _days_off(visit: Visit, plan: Plan) -> tuple[date, ...]:
    try:
        return days_off_of(visit, plan.person_id)
    except Refused:
        return ()
