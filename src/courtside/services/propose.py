"""Proposing: what a rule found is put to people who decide, and its evidence to the person, before anything else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.proposal_deciders import tell_deciders
from courtside.services.proposal_evidence import freeze
from courtside.services.standing import stand
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.rules.evaluation import Evaluation
    from courtside.store.proposals import Proposal

DAYS_TO_DECIDE = 14
"""So many days people have to decide before it is taken to HR."""
DAYS_OF_REST = 28
"""So long after a decision the same rule proposes nothing about the same person: it has just been weighed."""
MOST_NOTES = 2
"""So many notes a person gets in a week at the most. Source: UX 9."""
A_WEEK = timedelta(days=7)


def propose(workspace: Workspace, caller: Caller, number: int, evaluation: Evaluation) -> None:
    """Open a proposal from an evaluation that holds, in the transaction that keeps the evaluation.

    The evidence is frozen and offered to the person at once; those who decide are told of something that waits, of a
    note (`watch`) the manager alone, a working day later. Nothing is proposed while a proposal of the rule waits for
    the person, a plan from one is under way, or one was decided lately: the evaluation itself is kept in any case.
    """
    from courtside.store import audit, outbox, proposals, rules  # noqa: PLC0415  (Django stays out of start-up)

    stored = rules.evaluation(number)
    version = None if stored is None else rules.version(stored.version)
    now = caller.clock()
    if version is None or not evaluation.holds or _is_weighed(evaluation, workspace.day(now)):
        return
    if evaluation.proposes == proposals.WATCH and proposals.notes_since(evaluation.subject, now - A_WEEK) >= MOST_NOTES:
        return
    frozen = freeze(workspace, caller, evaluation, version)
    made = proposals.add(
        proposals.NewProposal(
            evaluation.proposes, evaluation.subject, evaluation.metric, evaluation.rule, evaluation.version, number,
            evaluation.sha256, evaluation.on, now, frozen.text, frozen.sha256, frozen.rows, now,
            workspace.day(now) + timedelta(days=DAYS_TO_DECIDE),
        )
    )  # fmt: skip
    if made is None:
        return
    outbox.enqueue(
        outbox.Task("evidence", f"to-read:{made.reading_id}", f"/to-read/{made.reading_id}/", made.person_id), now
    )
    if not made.is_watch:
        tell_deciders(made, stand(workspace).hierarchy(caller), workspace.day(now), now)
    audit.write(audit.Act(now, caller.who, "propose", _detail(made)))


def _detail(made: Proposal) -> dict[str, object]:
    return {
        "case": made.id, "person": made.person_id, "kind": made.kind, "rule": made.rule, "version": made.rule_version,
        "evaluation": made.evaluation_sha256, "evidence": made.evidence_sha256,
    }  # fmt: skip


def _is_weighed(evaluation: Evaluation, today: date) -> bool:
    """Whether what this rule found of somebody waits, or was decided so lately that it would only say it again."""
    from courtside.store import proposals  # noqa: PLC0415

    last = proposals.last_of(evaluation.subject, evaluation.rule)
    if last is None or last.state == proposals.WITHDRAWN:
        return False
    if last.is_waiting or last.ended_at is None:
        return True
    return last.ended_at.date() + timedelta(days=DAYS_OF_REST) > today or _has_open_plan(last)


def _has_open_plan(proposal: Proposal) -> bool:
    from courtside.store import plans  # noqa: PLC0415

    plan = plans.plan(proposal.plan_id) if proposal.plan_id else None
    return plan is not None and plan.is_open
