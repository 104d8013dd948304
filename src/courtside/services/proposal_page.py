"""The pages of proposals: what waits for whom by the day it is due, and one proposal with all it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.services.decide_proposal import OUTCOMES, why_no_plan
from courtside.services.proposal_days import Had, had
from courtside.services.proposal_evidence import thawed
from courtside.services.proposal_fairness import foresee, sees_groups
from courtside.services.proposal_figures import (
    ConditionShown,
    Month,
    Shown,
    conditions_in_words,
    evidence_in_words,
    excuses_in_words,
    figure_in_words,
    label_of,
    months_of,
)
from courtside.services.proposal_rights import may_decide, require_decider, seen_proposal, visible
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction

if TYPE_CHECKING:
    from courtside.store.proposals import Decision, Proposal

KINDS: Mapping[str, str] = {
    "watch": "A closer look",
    "coaching_plan": "A coaching plan, proposed",
    "improvement_plan": "An improvement plan, proposed",
}
"""What a rule proposed, in words."""
_STATES: Mapping[str, str] = {
    "open": "waits for a decision", "deferred": "put off", "decided": "decided", "withdrawn": "no longer holds",
}  # fmt: skip
_OUTCOMES: Mapping[str, str] = {
    "proceed": "gone on with", "coach": "coaching instead", "decline": "declined", "defer": "put off",
}  # fmt: skip
_MOST_ENDED = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal in a list, by the day it is due. Names are of those the viewer may see it about."""

    id: str
    due_on: date
    is_over: bool
    kind: str
    name: str
    figure: str
    state: str
    has_read: bool
    is_weakened: bool
    is_mine: bool
    """Whether the viewer may decide it."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for the viewer, what they may look at besides, and what has ended."""

    mine: tuple[Line, ...]
    others: tuple[Line, ...]
    ended: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision in words. Instants are the firm's own time; `fairness` is for those who may see groups."""

    outcome: str
    at: datetime
    by: str
    reason: str
    fairness: str
    days_passed: int
    until: date | None
    plan_id: str


@dataclass(frozen=True, slots=True)
class View:
    """One proposal with its evidence."""

    line: Line
    person_id: str
    metric: str
    sentence: str
    rule: str
    rule_version: int
    rule_sentence: str
    figures: tuple[Shown, ...]
    evidence: tuple[Shown, ...]
    conditions: tuple[ConditionShown, ...]
    excuses: tuple[str, ...]
    months: tuple[Month, ...]
    rows: int
    rows_over: str
    data: tuple[Shown, ...]
    hashes: tuple[Shown, ...]
    decisions: tuple[Decided, ...]
    had: Had
    weakened_on: date | None
    deferred_until: date | None
    may_decide: bool
    is_about_me: bool
    may_see_figures: bool


@dataclass(frozen=True, slots=True)
class DecideForm:
    """What is in front of whoever decides."""

    view: View
    outcomes: tuple[tuple[str, str], ...]
    no_plan: str
    """Why no plan may follow now; empty if one may."""
    fairness: tuple[str, ...]
    takes_code: bool


def queue_for(visit: Visit) -> Queue:
    """What waits for the viewer by due date. Raises NotFound for those who have nothing to do with proposals."""
    from courtside.services.proposal_rights import is_in_proposals  # noqa: PLC0415
    from courtside.store import audit, proposals  # noqa: PLC0415  (Django stays out of start-up)

    if not is_in_proposals(visit):
        raise NotFound
    waiting = proposals.waiting()
    mine = {one.id for one in visible(visit, CaseAction.DECIDE_PROPOSAL, waiting)} - _read_only(visit, waiting)
    seen = visible(visit, CaseAction.SEE_PROPOSAL, waiting)
    ended = visible(visit, CaseAction.SEE_PROPOSAL, proposals.ended(_MOST_ENDED))
    if seen or ended:
        detail = {"cases": [one.id for one in (*seen, *ended)]}
        audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "list_proposals", detail))
    return Queue(
        tuple(_line(visit, one, is_mine=True) for one in seen if one.id in mine),
        tuple(_line(visit, one, is_mine=False) for one in seen if one.id not in mine),
        tuple(_line(visit, one, is_mine=False) for one in ended),
    )


def _read_only(visit: Visit, waiting: Sequence[Proposal]) -> set[str]:
    return {one.id for one in waiting} if visit.viewer.is_read_only else set()


def proposal_view(visit: Visit, proposal_id: str) -> View:
    """One proposal for those who may see it; that somebody who may decide has read it is kept. Raises NotFound."""
    from courtside.store import audit, proposals  # noqa: PLC0415

    found = seen_proposal(visit, proposal_id)
    if may_decide(visit, found):
        with audit.together():
            proposals.note_look(found.id, visit.viewer.username, visit.caller.clock())
    return _view(visit, found)


def decide_form(visit: Visit, proposal_id: str) -> DecideForm:
    """What is shown before deciding, the fairness preview included. Raises NotFound for those who may not decide."""
    found = require_decider(visit, proposal_id)
    known, foreseen = had(visit.standing.workspace, visit.caller, found), foresee(visit, found)
    opens = "improvement" if found.kind == "improvement_plan" else "coaching"
    sentences = foreseen.sentences if sees_groups(visit) else (foreseen.plainly,)
    return DecideForm(
        _view(visit, found), tuple(OUTCOMES[found.kind].items()), why_no_plan(visit, found, opens, known, foreseen),
        sentences, opens == "improvement",
    )  # fmt: skip


def _line(visit: Visit, one: Proposal, *, is_mine: bool) -> Line:
    state = _OUTCOMES.get(one.outcome, _STATES[one.state])
    return Line(
        one.id, one.due_on, one.is_waiting and visit.today >= one.due_on, KINDS[one.kind],
        visit.hierarchy.name(one.person_id), label_of(visit.catalogue(), one.metric), state,
        one.opened_at is not None, one.weakened_on is not None, is_mine,
    )  # fmt: skip


def _view(visit: Visit, found: Proposal) -> View:
    evidence = thawed(found.evidence)
    if not evidence:
        raise NotFound
    inputs, rows = evidence["evaluation"]["inputs"], evidence["rows"]
    own = visit.viewer.person_id == found.person_id
    mine = may_decide(visit, found)
    return View(
        _line(visit, found, is_mine=mine), found.person_id, found.metric, str(inputs["figure"].get("sentence") or ""),
        found.rule, found.rule_version, _rule_sentence(visit, evidence), figure_in_words(visit, found.metric, inputs),
        evidence_in_words(evidence), conditions_in_words(evidence), excuses_in_words(inputs), months_of(visit, inputs),
        rows["count"], _over(rows), _data(visit, evidence), _hashes(found, evidence), _decisions(visit, found),
        had(visit.standing.workspace, visit.caller, found), found.weakened_on, found.deferred_until, mine, own,
        found.person_id in visit.people() and found.metric in visit.catalogue(),
    )  # fmt: skip


def _over(rows: Mapping[str, Any]) -> str:
    from courtside.services.proposal_figures import days  # noqa: PLC0415

    return days(rows["first"], rows["last"])


def _rule_sentence(visit: Visit, evidence: Mapping[str, Any]) -> str:
    """The rule in one plain sentence, from its frozen text."""
    from courtside.services.refused import Refused  # noqa: PLC0415
    from courtside.services.rule_books import rule_of, sentence_of  # noqa: PLC0415

    try:
        return sentence_of(rule_of(evidence["rule"]["block"], visit.catalogue()), visit.catalogue())
    except Refused:
        return ""


def _data(visit: Visit, evidence: Mapping[str, Any]) -> tuple[Shown, ...]:
    from courtside.services.proposal_figures import day  # noqa: PLC0415

    state = evidence["data"]
    last = state["last_recorded_at"]
    until = visit.recorded_until()
    return (
        Shown("Looked at", f"the end of {day(state['as_of'])}, as known on {day(state['known_at'])}"),
        Shown("Imports that counted", f"{len(state['batches']):,}"),
        Shown("Last import before", _instant(visit, last)),
        Shown("Records now reach until", day(until.isoformat()) if until else "no day"),
    )


def _instant(visit: Visit, text: str | None) -> str:
    if not text:
        return "none"
    at = datetime.fromisoformat(text).astimezone(visit.standing.workspace.zone)
    return f"{at:%-d %B %Y, %H:%M}"


def _hashes(found: Proposal, evidence: Mapping[str, Any]) -> tuple[Shown, ...]:
    return (
        Shown("Evidence", found.evidence_sha256),
        Shown("Evaluation", found.evaluation_sha256),
        Shown("Rows behind", evidence["rows"]["sha256"]),
        Shown("Rule", evidence["rule"]["sha256"]),
        Shown("Definitions in force", evidence["definitions"]["all_sha256"]),
        Shown("Imports", evidence["data"]["sha256"]),
    )


def _decisions(visit: Visit, found: Proposal) -> tuple[Decided, ...]:
    from courtside.store import proposals  # noqa: PLC0415

    return tuple(_decided(visit, found, one) for one in proposals.decisions_of(found.id))


def _sees_plan(visit: Visit, plan_id: str) -> bool:
    """Whether the plan that followed is open to the viewer."""
    from courtside.services.plan_rules import may_plan  # noqa: PLC0415  (plans know of proposals)
    from courtside.store import plans  # noqa: PLC0415

    plan = plans.plan(plan_id)
    return plan is not None and may_plan(visit, CaseAction.SEE_PLAN, plan)


def _decided(visit: Visit, found: Proposal, one: Decision) -> Decided:
    at = one.at.astimezone(visit.standing.workspace.zone).replace(tzinfo=None)
    plan = found.plan_id if one.opens and _sees_plan(visit, found.plan_id) else ""
    return Decided(
        _OUTCOMES[one.outcome], at, visit.user_name(one.decided_by), one.reason,
        one.fairness if sees_groups(visit) else "", one.days_passed, one.deferred_until, plan,
    )  # fmt: skip
