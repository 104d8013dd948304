"""The parts of what there is about a person: records, figures, cases, documents, and who looked at them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from courtside.services.case_door import may_open, visible_cases
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.proposal_rights import facts_of
from courtside.services.viewing import Visit
from courtside.services.who_saw import who_saw
from courtside.store.access import CaseAction, Role, Viewer

if TYPE_CHECKING:
    from courtside.store.documents import Document

GIVEN = frozenset({"issued", "opened", "ready", "sealed"})
"""States of documents that the person has been given."""


def as_they_see(visit: Visit, person_id: str) -> Visit:
    """A visit through the person's own eyes, whoever asks for them: what is confidential from them stays so."""
    return replace(visit, viewer=Viewer(0, "", visit.hierarchy.name(person_id), person_id, frozenset()))


def account_of(person_id: str) -> list[dict[str, Any]]:
    """The accounts that are theirs; no secret is among what is kept of them."""
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    return [asdict(one) for one in accounts.accounts() if one.person_id == person_id]


def records_of(visit: Visit, person_id: str) -> Mapping[str, list[dict[str, Any]]]:
    """Table -> the imported rows about them."""
    from courtside.store import ledger  # noqa: PLC0415
    from courtside.warehouse.batches import known  # noqa: PLC0415  (DuckDB loads now)
    from courtside.warehouse.rows_about import rows_about  # noqa: PLC0415

    return rows_about(person_id, known(ledger.batches(), None), visit.standing.workspace.root)


_STANDING = ("stock",)
"""Kinds of metric whose figure is that of a day."""


def figures_of(visit: Visit, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Metric -> their figure of every month there are records of; of what stands on a day, at the ends of years."""
    from courtside.records.period import Grain  # noqa: PLC0415
    from courtside.services.refused import Refused  # noqa: PLC0415
    from courtside.warehouse.question import Question  # noqa: PLC0415

    until, found = visit.recorded_until(), {}
    if until is None:
        return {}
    with visit.session() as session:
        for metric in visit.catalogue():
            if metric.internal:
                continue
            # what stands on a day is counted anew for each: the ends of years are enough, the rows are in the pack
            grain = Grain.YEAR if metric.kind in _STANDING else Grain.MONTH
            asked = Question(metric.name, (), grain, None, until, until, scopes=(f"person:{person_id}",))
            try:
                rows = session.ask(asked).rows
            except (Refused, ValueError):
                continue
            said = [{key: row[key] for key in ("period", "value", "n") if key in row} for row in rows]
            if any(row.get("value") for row in said):
                found[metric.name] = said
    return found


def definitions_of(visit: Visit, names: Iterator[str] | list[str]) -> dict[str, Any]:
    """Metric -> its definition in force, its version among it."""
    from courtside.services.list_metrics import describe_metric  # noqa: PLC0415

    return {name: describe_metric(visit.standing.workspace, name) for name in names}


def judged(person_id: str) -> dict[str, list[dict[str, Any]]]:
    """What was worked out about them: evidence of review years, and the figures rules looked at."""
    from courtside.store import evidence, rules  # noqa: PLC0415

    looked = [one.evaluation.to_json() for one in rules.evaluations_of(person_id)]
    return {
        "evidence": [{**asdict(one.entry), "at": one.at} for one in evidence.noted(person_id)],
        "rules": [{"metric": one["metric"], "on": one["on"], "figure": one["inputs"].get("figure")} for one in looked],
    }


def proposals_of(own: Visit, person_id: str) -> list[dict[str, Any]]:
    """Proposals the person may know of, whole; of others the figures they were offered to read, and no more."""
    from courtside.store import proposals  # noqa: PLC0415

    return [
        _proposal(one, is_told=not one.is_watch and may_open(own, CaseAction.SEE_PROPOSAL, facts_of(one)))
        for one in proposals.about([person_id])
    ]


def _proposal(one: Any, *, is_told: bool) -> dict[str, Any]:
    from courtside.store import proposals  # noqa: PLC0415

    evidence = json.loads(one.evidence) if one.evidence else {}
    if not is_told:
        read = evidence.get("evaluation", {})
        return {"offered_at": one.offered_at, "metric": one.metric, "figure": read.get("inputs", {}).get("figure")}
    decisions = [asdict(each) for each in proposals.decisions_of(one.id)]
    return {
        "id": one.id, "kind": one.kind, "made_at": one.made_at, "state": one.state, "outcome": one.outcome,
        "evidence": evidence, "decisions": [{**each, "fairness": None} for each in decisions],
    }  # fmt: skip


def plans_of(own: Visit, person_id: str) -> list[dict[str, Any]]:
    """The plans the person may see, as they stand and step by step, without what waits for a second person's yes."""
    from courtside.services.plan_timeline import own_plan, own_steps  # noqa: PLC0415
    from courtside.store import plans  # noqa: PLC0415
    from courtside.workflow.events import write_event  # noqa: PLC0415
    from courtside.workflow.written import written  # noqa: PLC0415

    found = plans.plans_about([person_id])
    seen = {one.case_id for one in visible_cases(own, CaseAction.SEE_PLAN, facts_of_plans(found, own.today))}
    return [
        {
            "id": one.id, "kind": one.kind, "state": own_plan(one).state, "plan": written(own_plan(one)),
            "steps": [
                {"n": each.seq, "verb": each.verb, "on": each.on, "at": each.at, "step": write_event(each.event)}
                for each in own_steps(plans.events(one.id))
            ],
        }
        for one in found
        if one.id in seen
    ]  # fmt: skip


def documents_of(own: Visit, plan_ids: list[str], person_id: str) -> Iterator[tuple[Document, bytes]]:
    """The documents the person was given, each with its sealed file, or its pages while it is not sealed."""
    from courtside.store import documents  # noqa: PLC0415

    del own
    for one in documents.about([person_id]):
        if one.plan_id in plan_ids and one.state in GIVEN:
            pdf = documents.file(one.id, "sealed") or documents.file(one.id, "content")
            if pdf:
                yield one, bytes(pdf)


def told(own: Visit, person_id: str) -> dict[str, Any]:
    """What they were told and when, and the disputes about their rows."""
    from courtside.store import accounts, disputes, outbox  # noqa: PLC0415

    users = [one.user_id for one in accounts.accounts() if one.person_id == person_id] or [0]
    del own
    return {
        "tasks": [asdict(one) for one in outbox.tasks_of(users[0], person_id, 10_000)],
        "disputes": [asdict(one) for one in disputes.about([person_id])],
    }


def looks_at(own: Visit, person_id: str) -> list[dict[str, Any]]:
    """Who looked at their record, by what they are: their names stand on the person's own page."""
    from courtside.store import accounts  # noqa: PLC0415

    duties = {one.username: one for one in accounts.accounts()}
    found, page = [], 1
    while True:
        seen = who_saw(own, person_id, page)
        found += [
            {"at": one.at, "who": _what(own, duties.get(one.who), person_id), "what": one.what} for one in seen.looks
        ]
        if seen.earlier is None:
            return found
        page = seen.earlier


_DUTIES = {
    Role.HR: "an HR partner", Role.AUDITOR: "an auditor", Role.OPERATIONS: "operations", Role.ADMIN: "an administrator",
    Role.EXECUTIVE: "an executive",
}  # fmt: skip


def _what(own: Visit, account: Any, person_id: str) -> str:
    if account is None:
        return "somebody else"
    if account.person_id in own.hierarchy.managers_of(person_id, own.today):
        return "your manager"
    if account.person_id in own.hierarchy.above(person_id, own.today):
        return "a manager above yours"
    return next((words for role, words in _DUTIES.items() if role in account.roles), "somebody else")
