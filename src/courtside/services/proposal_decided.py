"""A decision for a plan, as it is handed to those who keep plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from courtside.services.step_up import Proof


@dataclass(frozen=True, slots=True)
class Decided:
    """Which plan follows from which proposal, who decided so and why, and on which frozen evidence it rests."""

    proposal_id: str
    plan_kind: str
    """`coaching` or `improvement`."""
    person_id: str
    decider: str
    """A user name."""
    decider_id: str
    """Whose records are the decider's own; empty if nobody's."""
    reason: str
    rule: str
    rule_version: int
    metric: str
    evidence_sha256: str
    evidence: Mapping[str, Any]
    weakened_on: date | None
    at: datetime
    proof: Proof | None
