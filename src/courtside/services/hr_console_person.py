"""What HR can do for one person they look after: their cases, what stands against erasing, and who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from courtside.services.case_door import visible_cases
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.erase_rules import why_not_erase
from courtside.services.hr_console_scope import require_handling
from courtside.services.plan_words import KINDS, STATES
from courtside.services.retention_holds import hold_on_file
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case about the person."""

    case_id: str
    label: str
    state: str
    since: date


@dataclass(frozen=True, slots=True)
class PersonPage:
    """The page. `why_not_erase` is empty where an erasure could be asked for today."""

    person_id: str
    name: str
    cases: tuple[CaseLine, ...]
    hold: str
    why_not_erase: str


def person_page(visit: Visit, person_id: str) -> PersonPage:
    """The page; the look goes into the log. Raises NotFound for anybody but an HR partner who looks after them."""
    from courtside.store import audit, plans  # noqa: PLC0415  (Django stays out of start-up)

    require_handling(visit, person_id)
    found = plans.plans_about([person_id])
    facts = visible_cases(visit, CaseAction.SEE_FILE, facts_of_plans(found, visit.today))
    seen = {one.case_id for one in facts}
    detail = {"person": person_id, "cases": sorted(seen)}
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "see_person_cases", detail))
    return PersonPage(
        person_id,
        visit.hierarchy.name(person_id),
        tuple(
            CaseLine(one.id, KINDS[one.kind], STATES[one.state], one.content.starts_on)
            for one in found
            if one.id in seen
        ),
        hold_on_file(visit, person_id),
        why_not_erase(visit.standing.workspace, visit.caller, person_id),
    )
