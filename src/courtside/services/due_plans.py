"""What plans are due: reminders, what is late and goes up to HR, and evidence that has weakened; each told once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.plan_ground import Ground, ground_at
from courtside.services.plan_step import note_weakened
from courtside.services.plan_tell import WORDS, path_of, recipients
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace
from courtside.workflow.due import Due
from courtside.workflow.due import due as due_in
from courtside.workflow.record import Plan

if TYPE_CHECKING:
    from courtside.store.outbox import Task


def due(workspace: Workspace, caller: Caller) -> int:
    """Tell what is to be told by now: the number of things done. After any downtime each is told once.

    Nothing here moves a plan: only people issue, extend, decide or end one.
    """
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    opened = plans.open_plans()
    if not opened:
        return 0
    ground = ground_at(workspace, caller)
    holidays = _holidays(ground)
    done = sum(_weakened(ground, one) for one in opened if one.proposal)
    for plan in opened:
        region = holidays.get(plan.person_id, frozenset())
        done += sum(_told(ground, plan, one) for one in due_in(plan, ground.today, region))
    return done


def _told(ground: Ground, plan: Plan, item: Due) -> int:
    """Queue one item for everybody it is for; an escalation told for the first time is an act of its own."""
    from courtside.store import audit, outbox  # noqa: PLC0415

    tasks = [_task(plan, item, one.person_id, one.user_id, one.key) for one in recipients(ground, plan, item.to)]
    with audit.together():
        new = sum(outbox.enqueue(one, ground.at) for one in tasks)
        if item.is_escalation and new == len(tasks) > 0:
            detail = {"plan": plan.id, "person": plan.person_id, "key": item.key, "about": item.about.isoformat()}
            audit.write(audit.Act(ground.at, ground.caller.who, "escalate_plan", {**detail, "told": new}))
    return new


def _task(plan: Plan, item: Due, person_id: str, user_id: int | None, recipient: str) -> Task:
    from courtside.store import outbox  # noqa: PLC0415

    is_late = item.is_escalation or item.key.endswith(":late")
    words = "overdue" if is_late else WORDS[item.what]
    return outbox.Task(
        words, f"due:{item.key}:{recipient}", path_of(plan.id), person_id=person_id, user_id=user_id, due_on=item.about
    )


def _weakened(ground: Ground, plan: Plan) -> int:
    """A later look of the rule no longer holds: noted on the plan that came of its proposal."""
    from courtside.store import proposals  # noqa: PLC0415

    found = proposals.of_plan(plan.id)
    if found is None or found.weakened_on is None or not found.weakened_sha256:
        return 0
    return int(note_weakened(ground, plan.id, found.weakened_sha256))


def _holidays(ground: Ground) -> Mapping[str, frozenset[date]]:
    """Person -> the holidays of the region they are in; none where nothing is recorded yet."""
    from courtside.services.standing import stand  # noqa: PLC0415
    from courtside.warehouse.special import FirmTables  # noqa: PLC0415

    standing, day = stand(ground.workspace), ground.today

    def made(firm: FirmTables) -> Mapping[str, frozenset[date]]:
        from courtside.records.working_days import days_off  # noqa: PLC0415

        regions = firm.group_on("region", day)
        by_region = {region: days_off(firm.firm.holidays, region) for region in {*regions.values(), None}}
        return {person: by_region[regions.get(person)] for person in firm.people}

    def read() -> Mapping[str, frozenset[date]]:
        with standing.session(ground.caller) as session:
            return made(session.open_firm())

    try:
        return standing.remembered(ground.caller, ("plan holidays", day), read)
    except Refused:
        return {}
