"""Proving a proposal from itself: that its evidence is the one that was frozen, and follows from its own inputs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from courtside.records.canonical import canonical, digest
from courtside.services.proposal_evidence import conditions_of, thawed

if TYPE_CHECKING:
    from courtside.store.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: nothing, or every difference in a sentence. `checks` says how many things were compared."""

    checks: int
    differences: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether everything is as it was."""
        return not self.differences


def recompute(proposal: Proposal) -> Checked:
    """Work a proposal out anew from its frozen inputs, without records or clock, and compare bit for bit."""
    from courtside.store import proposals, rules  # noqa: PLC0415  (Django stays out of start-up)

    if not proposal.evidence:
        return Checked(1, ("the evidence was erased; its hash is what is left",))
    stored = rules.evaluation(proposal.evaluation)
    rows = proposals.rows_of(proposal.id)
    kept = None if stored is None else stored.evaluation.sha256
    found: list[str] = []
    try:
        found.extend(_differences(proposal, rows, kept))
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:  # what was altered may be no day or number
        found += [] if proposal.evidence_sha256 == _hash_of(proposal.evidence) else [_NOT_FROZEN]
        found.append(f"it can no longer be read or worked out: {error or type(error).__name__}")
    return Checked(CHECKS, tuple(dict.fromkeys(found)))


CHECKS = 7
_NOT_FROZEN = "the evidence is not the one that was frozen: its hash differs"


def _hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _differences(proposal: Proposal, rows: str, kept: str | None) -> Iterator[str]:
    from courtside.rules.evaluation import Evaluation  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.rules.evaluation import recompute as worked_out  # noqa: PLC0415

    evidence = thawed(proposal.evidence)
    if digest(evidence) != proposal.evidence_sha256 or canonical(evidence).decode() != proposal.evidence:
        yield _NOT_FROZEN
    frozen = Evaluation.from_json(evidence["evaluation"])
    anew = worked_out(frozen)
    if anew.sha256 != frozen.sha256 or not anew.holds:
        yield "worked out from its own inputs, the evaluation comes out otherwise"
    if frozen.sha256 != proposal.evaluation_sha256 or kept != proposal.evaluation_sha256:
        yield "the evaluation is not the one that the log of evaluations holds"
    if digest(json.loads(rows or "null")) != evidence["rows"]["sha256"]:
        yield "the rows behind are not those that were frozen: their hash differs"
    if conditions_of(frozen) != evidence["conditions"]:
        yield "the conditions shown are not those of the evaluation"
    if (frozen.subject, frozen.rule, frozen.version, frozen.metric, frozen.proposes) != (
        proposal.person_id, proposal.rule, proposal.rule_version, proposal.metric, proposal.kind,
    ):  # fmt: skip
        yield "the proposal names another person, rule, metric or kind than its evidence"
    if digest(evidence["rule"]["block"]) != evidence["rule"]["sha256"]:
        yield "the rule's own text is not the one its hash is of"
