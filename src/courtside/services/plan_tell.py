"""Who is told of a step in a plan: the people of each part, in neutral words, each once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from courtside.services.case_facts import completed
from courtside.services.plan_ground import Ground
from courtside.services.plan_rules import facts_of
from courtside.store.access import CaseAction, Role, may_case
from courtside.workflow.actors import Part
from courtside.workflow.due import due
from courtside.workflow.effects import Task as What
from courtside.workflow.effects import Tell
from courtside.workflow.record import Plan

if TYPE_CHECKING:
    from courtside.store.accounts import Account

WORDS: Mapping[What, str] = {
    What.REVIEW: "document",
    What.SIGN: "document",
    What.APPROVE: "decision",
    What.DECIDE: "decision",
    What.PREPARE_MEETING: "date",
    What.HOLD_MEETING: "overdue",
    What.DO: "task",
    What.KNOW: "evidence",
}
"""The neutral words each kind of task is told in."""
_FAR = timedelta(days=800)
"""So far ahead is looked for what a plan still waits for: longer than any plan runs."""


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """One person who is told: by the records where they are in them, else by their account."""

    person_id: str = ""
    user_id: int | None = None

    @property
    def key(self) -> str:
        """What names them in the key of a task."""
        return self.person_id or f"user-{self.user_id}"


def path_of(plan_id: str) -> str:
    """Where a plan is on the site."""
    return f"/plans/{plan_id}/"


def recipients(ground: Ground, plan: Plan, part: Part) -> tuple[Recipient, ...]:
    """Who of a part is told: only those who may see the plan as it stands."""
    if part is Part.REP:
        return (Recipient(plan.person_id),)
    if part is Part.MANAGER:
        return tuple(sorted(_managers(ground, plan)))
    return tuple(sorted(_deciders(ground, plan)))


def _managers(ground: Ground, plan: Plan) -> set[Recipient]:
    """Whoever leads the plan, and who stands in for them; before it is issued, those who write it."""
    from courtside.store import accounts, naming  # noqa: PLC0415  (Django stays out of start-up)

    if plan.is_formal and plan.issued_on is None:
        users = {one.username: one for one in accounts.accounts() if one.is_active}
        wrote = [users[one.username] for one in plan.authors if one.username in users]
        return {_recipient(one) for one in wrote}
    standing = naming.all_standing_in(ground.today)
    acting = {
        one.acting_id for one in standing if one.manager_id == plan.manager_id and one.starts_on <= ground.today
    }  # fmt: skip
    return {Recipient(person) for person in {plan.manager_id} | acting if person != plan.person_id}


def _deciders(ground: Ground, plan: Plan) -> set[Recipient]:
    """The HR partners of the person's teams, and the executive named for this case."""
    from courtside.store import accounts  # noqa: PLC0415

    facts = completed(facts_of(plan, ground.today), ground.hierarchy, ground.today)
    found = set()
    for one in accounts.accounts():
        if not one.is_active or (Role.HR not in one.roles and one.username not in facts.outside_approvers):
            continue
        viewer = accounts.viewer_of(one.user_id)
        if viewer and may_case(viewer, CaseAction.SEE_PLAN, facts, ground.hierarchy, ground.today).is_allowed:
            found.add(_recipient(one))
    return found


def _recipient(account: Account) -> Recipient:
    return Recipient(account.person_id) if account.person_id else Recipient(user_id=account.user_id)


def tell(ground: Ground, plan: Plan, told: Tell) -> int:
    """Queue what a step tells a part; how many are told."""
    from courtside.store import outbox  # noqa: PLC0415

    found = 0
    for one in recipients(ground, plan, told.to):
        key = f"tell:{plan.id}:{told.what}:{one.key}:{plan.version}"
        task = outbox.Task(
            WORDS[told.what], key, path_of(plan.id), person_id=one.person_id, user_id=one.user_id, due_on=told.due_on
        )  # fmt: skip
        found += outbox.enqueue(task, ground.at)
    return found


def settle(ground: Ground, before: Plan | None, after: Plan) -> int:
    """What waited and is done by a step waits no more: tasks of the state that was, and deadlines that are met."""
    if before is None:
        return 0
    from courtside.store import outbox  # noqa: PLC0415

    gone = set(waiting(before, ground.today)) - set(waiting(after, ground.today))
    found = sum(outbox.settle(f"due:{key}:", ground.at) for key in sorted(gone))
    if before.state is not after.state or after.is_submitted != before.is_submitted:
        for what in (What.SIGN, What.APPROVE, What.DECIDE, What.DO):
            found += outbox.settle(f"tell:{after.id}:{what}:", ground.at)
    return found


def waiting(plan: Plan, today: date) -> Iterator[str]:
    """The deadlines a plan still waits for: its id, their name, and the day they speak of."""
    for one in due(plan, today + _FAR):
        yield ":".join(one.key.split(":")[:3])


def have_read(ground: Ground, plan: Plan, reader: Recipient) -> int:
    """Whoever has the plan's page open has found what there is to read."""
    from courtside.store import outbox  # noqa: PLC0415

    return sum(
        outbox.settle(f"tell:{plan.id}:{what}:{reader.key}:", ground.at) for what in (What.REVIEW, What.KNOW)
    )  # fmt: skip
