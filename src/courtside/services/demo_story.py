"""The case story of a made-up company: a rule, a decision, a plan and its papers, by the services people use.

Nothing of it is written down beforehand: whom the rule finds, and in which figures, is what it finds in the records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from courtside.services.demo_cast import user_of
from courtside.services.demo_hands import HOST, Hands
from courtside.services.refused import Refused

if TYPE_CHECKING:
    from courtside.services.plan_content import PlanWritten
    from courtside.store.proposals import Proposal
    from courtside.workflow.record import Plan

RULE = "coach_closing"
BLOCK: Mapping[str, Any] = {
    "rule": RULE,
    "label": "Closing below target, talked about early",
    "metric": "closing_rate",
    "window": {"weeks": 12},
    "level": "coach",
    "proposes": "coaching_plan",
    "exclude": ["leave", "ramp", "territory_change", "open_dispute", "thin_logging", "target_missed_by_peers"],
    "history": {
        "fires": [{"target": 0.2, "hits": [3, 2, 3, 3, 2, 3], "of": [40, 40, 40, 40, 40, 40]}],
        "does_not": [
            {"target": 0.2, "hits": [7, 8, 9, 7, 8, 8], "of": [40, 40, 40, 40, 40, 40]},
            {"target": 0.2, "hits": [3, 2, 3, 3, 2, 3], "of": [40, 40, 40, 40, 40, 40], "leave": True},
            {"target": 0.2, "hits": [1, 0, 1], "of": [8, 8, 8]},
        ],
    },
}
"""The firm's own rule; milder than the pack's, which asks for an improvement plan."""
AUTHOR, PARTNER = "hugo", "hana"
_REPLAYED = timedelta(days=370)
"""So far back the replay goes: twelve months that are over, wherever in one it is made."""
_WHY_LIVE = "The replay names hardly anybody by chance, and whoever it names is offered coaching, nothing more."
_WHY_COACH = "Closing has stayed below its target for twelve weeks with a fair mix of leads; we work on it together."
_WHY_NOT = "The figure lies close to what chance can make of it; I talk with them and look again in a month."
_PURPOSE = "To find out at which step of a deal it is lost, and to practise that step together."
_NOTES = (
    "We listened to two recorded calls. The price comes up before the need is clear. Agreed: the need first.",
    "Looked at every deal lost since we began. Two were never with the person who decides. Agreed: ask for that early.",
)
_OWED = (
    "Listen to two closing calls together",
    "Go through every lost deal, one by one",
    "Join two visits at customers",
)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of the story, by the day it is told on. Everything before that day is past by then."""

    today: date

    @property
    def held(self) -> date:
        """The last check-in that was held: the last Monday to Friday."""
        return self.today - timedelta(days=max(self.today.weekday() - 4, 0))

    @property
    def monday(self) -> date:
        """The Monday of that week."""
        return self.held - timedelta(days=self.held.weekday())

    @property
    def begins(self) -> date:
        """The Monday on which the company begins to use rules."""
        return self.monday - timedelta(weeks=7)

    @property
    def first_check_in(self) -> date:
        """Two weeks before the last one; more records come in on its morning."""
        return self.held - timedelta(weeks=2)

    @property
    def check_ins(self) -> tuple[date, ...]:
        """Those held, and those to come."""
        return self.first_check_in, self.held, self.held + timedelta(weeks=2), self.monday + timedelta(weeks=4)

    @property
    def imports(self) -> tuple[date, ...]:
        """The days on whose mornings records come in, before the last time."""
        return (self.begins,)


def go_live(hands: Hands, days: Days) -> None:
    """An HR partner writes a rule and replays it; another looks at the replay, approves it and switches it on."""
    from courtside.services.approve_rule import approve_rule  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.services.replay_rule import ReplayRule, replay_rule  # noqa: PLC0415
    from courtside.services.save_rule import save_rule  # noqa: PLC0415
    from courtside.services.submit_rule import submit_rule  # noqa: PLC0415
    from courtside.services.switch_rule import switch_on_rule  # noqa: PLC0415

    hands.at(days.begins, 9)
    where, hands_it = hands.workspace, hands.visit
    made = save_rule(hands_it(AUTHOR), where, BLOCK)
    asked = ReplayRule(RULE, made.version, days.begins - _REPLAYED)
    replay_rule(where, hands.caller_as(AUTHOR), asked)
    submit_rule(hands_it(AUTHOR), where, RULE, made.version)
    hands.at(days.begins, 13)
    approve_rule(hands_it(PARTNER), where, RULE, made.version, made.sha256, _WHY_LIVE)
    switch_on_rule(hands_it(PARTNER), where, RULE, made.version)


def look(hands: Hands) -> tuple[Proposal, ...]:
    """The rule looks at everybody; what waits for a decision afterwards, the clearest first."""
    from courtside.services.run_rules import run_rules  # noqa: PLC0415
    from courtside.store import proposals, rules  # noqa: PLC0415

    run_rules(hands.workspace, hands.caller_as(HOST))

    def clear(one: Proposal) -> float:
        found = rules.evaluation(one.evaluation)
        return (found.evaluation.evidence or 0.0) if found else 0.0

    return tuple(sorted(proposals.waiting(), key=clear, reverse=True))


def decide(hands: Hands, days: Days, found: Sequence[Proposal]) -> str:
    """Everybody reads their evidence first; a manager coaches the clearest case and declines others. The plan's id."""
    from courtside.services.decide_proposal import Choice, decide_proposal  # noqa: PLC0415
    from courtside.services.proposal_page import proposal_view  # noqa: PLC0415
    from courtside.services.read_proposal_evidence import read_proposal_evidence  # noqa: PLC0415

    plan = ""
    for one in found:
        hands.at(days.begins + timedelta(days=2), 10)
        read_proposal_evidence(hands.visit(user_of(hands, one.person_id)), one.reading_id)
    for number, one in enumerate(found):
        hands.at(days.begins + timedelta(days=7), 9)
        manager = _manager(hands, one.person_id)
        choice = Choice("decline", _WHY_NOT) if number else Choice("proceed", _WHY_COACH)
        proposal_view(hands.visit(manager), one.id)
        plan = decide_proposal(hands.visit(manager), one.id, choice) or plan
    return plan


def begin(hands: Hands, days: Days, plan_id: str) -> None:
    """The manager writes the plan down and issues it, both sign, its document is sealed, and its days begin."""
    from courtside.services.begin_plan import begin_plan  # noqa: PLC0415
    from courtside.services.edit_plan import edit_plan  # noqa: PLC0415
    from courtside.services.issue_plan import issue_plan  # noqa: PLC0415
    from courtside.services.plan_rules import known_plan  # noqa: PLC0415

    plan = known_plan(plan_id)
    manager = user_of(hands, plan.manager_id)
    hands.at(days.begins + timedelta(days=8), 11)
    seen = hands.visit(manager)
    edit_plan(seen, plan_id, _written(seen, days, plan))
    issue_plan(hands.visit(manager), plan_id)
    hands.at(days.begins + timedelta(days=10), 15)
    sign(hands, plan_id, user_of(hands, plan.person_id), "I would like to begin with the calls.")
    sign(hands, plan_id, manager)
    hands.at(known_plan(plan_id).content.starts_on, 9)
    begin_plan(hands.visit(manager), plan_id)


def _written(seen: Any, days: Days, plan: Plan) -> PlanWritten:
    """The draft with its days, its reason, and what the manager owes; without figures to go by, the goals are left."""
    from courtside.services.plan_content import OwedWritten, as_written  # noqa: PLC0415

    due = (days.first_check_in, days.held, days.held + timedelta(weeks=1))
    owed = tuple(OwedWritten(what, on) for what, on in zip(_OWED, due, strict=True))
    return replace(as_written(seen, plan), purpose=_PURPOSE, owed=owed, check_ins=days.check_ins)


def sign(hands: Hands, plan_id: str, username: str, comment: str = "") -> None:
    """Somebody opens every document of the plan that waits for them, and acknowledges it."""
    from courtside.services.document_consent import VERSION, consent_to_sign, has_consented  # noqa: PLC0415
    from courtside.services.document_door import paper_for  # noqa: PLC0415
    from courtside.services.document_list import waiting_documents  # noqa: PLC0415
    from courtside.services.document_step import Sent, nonce_for  # noqa: PLC0415
    from courtside.services.open_document import open_document  # noqa: PLC0415
    from courtside.services.sign_document import sign_document  # noqa: PLC0415

    for one in waiting_documents(hands.visit(username)):
        if one.plan_id != plan_id or not one.is_mine:
            continue
        open_document(hands.visit(username), one.id)
        if not has_consented(hands.visit(username)):
            consent_to_sign(hands.visit(username), str(VERSION))
        seen = hands.visit(username)
        sent = Sent(one.data_sha256, nonce_for(seen, paper_for(seen, one.id, is_logged=False), "sign"))
        sign_document(seen, hands.session(username), one.id, sent, seen.viewer.name, comment=comment)


def check_in(hands: Hands, plan_id: str, number: int) -> None:
    """A check-in was held, and its note goes to both; something the manager owed by then is done."""
    from courtside.services.plan_owed import note_owed  # noqa: PLC0415
    from courtside.services.plan_rules import known_plan  # noqa: PLC0415
    from courtside.services.record_check_in import record_check_in  # noqa: PLC0415

    plan = known_plan(plan_id)
    manager, day = user_of(hands, plan.manager_id), plan.check_ins[number].due_on
    hands.at(day, 16)
    note_owed(hands.visit(manager), plan_id, plan.owed[number].key, day)
    record_check_in(hands.visit(manager), plan_id, day, day, _NOTES[number])


def both_sign(hands: Hands, plan_id: str) -> None:
    """The person and the manager acknowledge what waits for them."""
    from courtside.services.plan_rules import known_plan  # noqa: PLC0415

    plan = known_plan(plan_id)
    for person in (plan.person_id, plan.manager_id):
        sign(hands, plan_id, user_of(hands, person))


def _manager(hands: Hands, person_id: str) -> str:
    """The user name of whoever leads somebody. Raises Refused for nobody."""
    hierarchy = hands.visit(PARTNER).hierarchy
    leading = sorted(hierarchy.managers_of(person_id, hands.today))
    if not leading:
        raise Refused(f"nobody leads {person_id}, so that nobody can decide")
    return user_of(hands, leading[0])
