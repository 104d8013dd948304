"""What a step of a plan asks of its documents, told to those who prepare them, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from courtside.services.plan_ground import Ground
from courtside.workflow.record import Plan


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document of a plan that is to be in a state now: `draft`, `approved` or `issued`.

    `plan` is the plan after the step. `words` is what somebody wrote for this document alone: the note of a check-in
    (`notes`, `held_on`), a person's own account (`account`).
    """

    ground: Ground
    plan: Plan
    template: str
    state: str
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Voided:
    """That documents bound to a content hold no longer."""

    ground: Ground
    plan: Plan
    content_hash: str


def prepare(wanted: Wanted) -> str:
    """The id of the document, made or moved in the step's transaction. Raises Refused: then nothing happened."""
    from courtside.services.prepare_documents import prepare as prepared  # noqa: PLC0415  (it imports this module)

    return prepared(wanted)


def void(voided: Voided) -> int:
    """How many documents hold no longer."""
    from courtside.services.prepare_documents import void as voided_by  # noqa: PLC0415  (as above)

    return voided_by(voided)
