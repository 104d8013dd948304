"""A case, as far as it decides who may do what: a proposal, and the plan and documents that may follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CaseKind(StrEnum):
    """What a case is about."""

    COACHING = "coaching"
    IMPROVEMENT = "improvement"


class Stage(StrEnum):
    """How far a case has come. A plan cancelled before it was issued is `WITHDRAWN`: its person never sees it."""

    PROPOSAL = "proposal"
    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    DETERMINED = "determined"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CaseAction(StrEnum):
    """What can be done to a case."""

    SEE_PROPOSAL = "see_proposal"
    DECIDE_PROPOSAL = "decide_proposal"
    SEE_PLAN = "see_plan"
    EDIT_PLAN = "edit_plan"
    APPROVE_PLAN = "approve_plan"
    ISSUE_PLAN = "issue_plan"
    SIGN = "sign"
    WITNESS = "witness"
    """Attest that one document was delivered."""
    CHECK_IN = "check_in"
    DETERMINE = "determine"
    """Prepare how the plan ends; somebody else approves."""
    APPROVE_DETERMINATION = "approve_determination"
    SEE_FILE = "see_file"
    """Everything there is about the person, together."""
    SEE_REPLAY_NAMES = "see_replay_names"
    """Whom a rule would have proposed in the past, by name."""
    READ_STATEMENT = "read_statement"
    """What the person said to it."""
    WRITE_STATEMENT = "write_statement"
    SEE_COPY = "see_copy"
    """The documents one has signed oneself."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decides who may do what to a case.

    `author`, `approver`, `preparer` (of the determination), `editors` (wrote with the author), `parties` (asked to
    sign), `signers` (have signed), `witnesses`, `assigned_auditors` and `outside_approvers` are user names; the
    others are ids of people and names of teams. `subject_hr_units`: None if the person is no HR partner, else the
    teams they are that for (empty: all).
    """

    case_id: str
    kind: CaseKind
    stage: Stage
    person_id: str
    author: str = ""
    author_id: str = ""
    manager_id: str = ""
    approver: str = ""
    preparer: str = ""
    editors: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    signers: frozenset[str] = frozenset()
    witnesses: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    assigned_auditors: frozenset[str] = frozenset()
    outside_approvers: frozenset[str] = frozenset()
    subject_hr_units: frozenset[str] | None = None


HANDED_OUT = frozenset({Stage.ISSUED, Stage.DETERMINED, Stage.CLOSED})
"""The person has it."""
IN_THE_MAKING = frozenset({Stage.DRAFT, Stage.APPROVED})
A_PLAN = HANDED_OUT | IN_THE_MAKING | {Stage.WITHDRAWN}
"""There is, or was, a plan to look at."""
TOLD = HANDED_OUT | {Stage.DECLINED}
"""The person may know of the proposal: it is decided, and nothing is being made of it that they may not see yet."""
EVERY_STAGE = frozenset(Stage)
READING = frozenset(
    {
        CaseAction.SEE_PROPOSAL, CaseAction.SEE_PLAN, CaseAction.SEE_FILE, CaseAction.SEE_REPLAY_NAMES,
        CaseAction.READ_STATEMENT, CaseAction.SEE_COPY,
    }
)  # fmt: skip
"""What only looks."""
WHEN: dict[CaseAction, frozenset[Stage]] = {
    CaseAction.SEE_PROPOSAL: EVERY_STAGE,
    CaseAction.DECIDE_PROPOSAL: frozenset({Stage.PROPOSAL}),
    CaseAction.SEE_PLAN: A_PLAN,
    CaseAction.EDIT_PLAN: IN_THE_MAKING | {Stage.ISSUED},
    CaseAction.APPROVE_PLAN: IN_THE_MAKING | {Stage.ISSUED},
    CaseAction.ISSUE_PLAN: frozenset({Stage.APPROVED}),
    CaseAction.SIGN: HANDED_OUT,
    CaseAction.WITNESS: HANDED_OUT,
    CaseAction.CHECK_IN: frozenset({Stage.ISSUED}),
    CaseAction.DETERMINE: frozenset({Stage.ISSUED}),
    CaseAction.APPROVE_DETERMINATION: frozenset({Stage.ISSUED}),
    CaseAction.SEE_FILE: EVERY_STAGE,
    CaseAction.SEE_REPLAY_NAMES: EVERY_STAGE,
    CaseAction.READ_STATEMENT: HANDED_OUT,
    CaseAction.WRITE_STATEMENT: HANDED_OUT,
    CaseAction.SEE_COPY: HANDED_OUT,
}
"""The stages in which an action has a meaning at all."""
