"""HR's work queue: what waits to be signed, sent, decided or approved, by the day it is due; no list of people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from courtside.records.working_days import is_working_day
from courtside.services.case_door import visible_cases
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.hr_console_scope import handles, is_second, require_hr
from courtside.services.plan_figures import days_off_of
from courtside.services.plan_words import PARTS, TASKS
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction

if TYPE_CHECKING:
    from courtside.workflow.due import Due
    from courtside.workflow.record import Plan

STEPS = {
    "sign": "sign",
    "send": "send",
    "decide": "decide",
    "approve": "approve",
    "check-in": "check-in",
    "witness": "witness wanted",
    "owed": "the manager owes",
    "answer": "late, for HR to answer",
    "other": "other",
}
"""What is to be done, in the order of the filter."""
KINDS = {
    "plan": "plan", "proposal": "proposal", "document": "document", "rule": "rule", "erasure": "erasure",
    "hold": "legal hold", "retention": "retention",
}  # fmt: skip
_OF_NAME = {
    "sign": "sign", "issue": "send", "deliver": "send", "approve": "approve", "decide": "approve", "extend": "approve",
    "determine": "decide", "meeting": "check-in", "owed": "owed", "attest": "witness",
}  # fmt: skip
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be done by a day. `days`: working days until then, negative once it has passed."""

    kind: str
    step: str
    on: date
    days: int
    name: str
    what: str
    owner: str
    path: str

    @property
    def is_over(self) -> bool:
        """Whether the day has passed."""
        return self.days < 0

    @property
    def kind_words(self) -> str:
        """What it is, in words."""
        return KINDS[self.kind]

    @property
    def step_words(self) -> str:
        """What is to be done, in words."""
        if self.step == "check-in" and self.is_over:
            return "check-in late"
        return STEPS[self.step]


def hr_queue(visit: Visit) -> tuple[Item, ...]:
    """Everything that waits in the viewer's scope, the first due first. The look is one act, with the ids it showed.

    Raises NotFound for anybody but an HR partner.
    """
    require_hr(visit)
    plans = _plans(visit)
    found = [
        *(item for plan in plans for item in _of_plan(visit, plan)), *_proposals(visit), *_documents(visit),
        *_rules(visit), *_erasures(visit), *_holds(visit), *_retention(visit),
    ]  # fmt: skip
    if plans:
        _log(visit, plans)
    return tuple(sorted(set(found), key=lambda one: (one.on, one.kind, one.step, one.path)))


def filtered(items: Iterable[Item], kind: str = "", step: str = "", *, only_over: bool = False) -> tuple[Item, ...]:
    """Those of a kind and step, or that are over; an empty or unknown word filters nothing."""
    return tuple(
        one
        for one in items
        if (kind not in KINDS or one.kind == kind)
        and (step not in STEPS or one.step == step)
        and (one.is_over or not only_over)
    )


def working_days_between(today: date, on: date, days_off: Collection[date] = ()) -> int:
    """Working days from today until a day; negative for one that has passed. Friday to Monday -> 1."""
    first, last = min(today, on), max(today, on)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    number = sum(is_working_day(one, days_off) for one in days)
    return max(number, 1) * -1 if on < today else number


def _plans(visit: Visit) -> tuple[Plan, ...]:
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    found = plans.open_plans()
    seen = {one.case_id for one in visible_cases(visit, CaseAction.SEE_FILE, facts_of_plans(found, visit.today))}
    return tuple(one for one in found if one.id in seen)


def _of_plan(visit: Visit, plan: Plan) -> Iterator[Item]:
    """What a plan waits for first, all of it that has been told, and what is late and went up to HR."""
    from courtside.workflow.due import due, next_due  # noqa: PLC0415

    off = _days_off(visit, plan.person_id)
    name, path = visit.hierarchy.name(plan.person_id), f"/plans/{plan.id}/"
    told: dict[tuple[str, date, bool], Due] = {}
    for one in due(plan, visit.today, off):
        told[one.key.split(":")[1], one.about, one.is_escalation] = one
    for (named, about, is_escalation), one in told.items():
        prefix = named.partition("-")[0]
        step = "answer" if is_escalation else _OF_NAME.get(prefix, "other")
        if step == _SIGN:
            continue
        what = "Late: HR was told, and answers" if is_escalation else TASKS[one.what]
        days = working_days_between(visit.today, about, off)
        yield Item("plan", step, about, days, name, what, PARTS[one.to], path)
    first = next_due(plan, visit.today, off)
    is_told = first is None or any(about == first.on for _, about, _ in told)
    if first is not None and not is_told and _STEP_OF_TASK.get(first.what.value) != _SIGN:
        days = working_days_between(visit.today, first.on, off)
        yield Item("plan", _STEP_OF_TASK.get(first.what.value, "other"), first.on, days, name, TASKS[first.what],
                   PARTS[first.to], path)  # fmt: skip


_SIGN = "sign"
"""What is to be signed is told of the document itself."""
_STEP_OF_TASK = {
    "sign_document": "sign", "approve": "approve", "hold_meeting": "check-in", "prepare_meeting": "check-in",
    "decide": "decide", "do_task": "owed", "review_document": "send",
}  # fmt: skip


def _proposals(visit: Visit) -> Iterator[Item]:
    from courtside.services.proposal_page import KINDS as PROPOSED  # noqa: PLC0415
    from courtside.services.proposal_rights import visible  # noqa: PLC0415
    from courtside.store import proposals  # noqa: PLC0415

    for one in visible(visit, CaseAction.SEE_PROPOSAL, proposals.waiting()):
        on = one.deferred_until or one.due_on
        days = working_days_between(visit.today, on, _days_off(visit, one.person_id))
        yield Item("proposal", "decide", on, days, visit.hierarchy.name(one.person_id), PROPOSED[one.kind],
                   "the manager or HR", f"/proposals/{one.id}/")  # fmt: skip


def _documents(visit: Visit) -> Iterator[Item]:
    from courtside.services.document_list import open_documents  # noqa: PLC0415

    for one in open_documents(visit):
        if not handles(visit, one.person_id):
            continue
        on = one.return_by or visit.today
        step = "witness" if one.to_witness else "sign"
        who = ", ".join(one.to_witness or one.waiting_for) or "HR"
        days = working_days_between(visit.today, on, _days_off(visit, one.person_id))
        yield Item("document", step, on, days, one.name, one.label, who, one.path)


def _rules(visit: Visit) -> Iterator[Item]:
    from courtside.store import rules  # noqa: PLC0415

    for one in rules.versions():
        if one.state == "submitted":
            on = visit.standing.workspace.day(one.changed_at or one.made_at)
            yield Item("rule", "approve", on, working_days_between(visit.today, on), "", f"The rule {one.rule}",
                       "HR", f"/rules/{one.rule}/{one.version}/")  # fmt: skip


def _erasures(visit: Visit) -> Iterator[Item]:
    from courtside.store import retention  # noqa: PLC0415

    for one in retention.waiting_erasures():
        if is_second(visit, one.person_id, one.opaque):
            on = visit.standing.workspace.day(one.requested_at)
            name = visit.hierarchy.name(one.person_id) if one.person_id else ""
            yield Item("erasure", "approve", on, working_days_between(visit.today, on), name, "An erasure asked for",
                       "a second HR partner", f"/hr/erasures/{one.opaque}/")  # fmt: skip


def _holds(visit: Visit) -> Iterator[Item]:
    from courtside.store import retention  # noqa: PLC0415

    for one in retention.open_holds():
        if one.release_asked_at is not None and handles(visit, one.person_id):
            on = visit.standing.workspace.day(one.release_asked_at)
            yield Item("hold", "approve", on, working_days_between(visit.today, on),
                       visit.hierarchy.name(one.person_id), "The release of a hold asked for", "a second HR partner",
                       "/hr/holds/")  # fmt: skip


def _retention(visit: Visit) -> Iterator[Item]:
    from courtside.services.retention_page import due_for  # noqa: PLC0415

    found = [one for one in due_for(visit) if not one.is_held]
    if found:
        on = min(one.due_on for one in found)
        yield Item("retention", "decide", on, working_days_between(visit.today, on), "",
                   "Records kept long enough", "HR", "/hr/retention/")  # fmt: skip


def _days_off(visit: Visit, person_id: str) -> tuple[date, ...]:
    try:
        return days_off_of(visit, person_id)
    except Refused:
        return ()


def _log(visit: Visit, plans: Collection[Plan]) -> None:
    from courtside.store import audit  # noqa: PLC0415

    detail = {"plans": [one.id for one in plans], "persons": sorted({one.person_id for one in plans})}
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "see_console", detail))
