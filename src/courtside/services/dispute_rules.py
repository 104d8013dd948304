"""What can be claimed of which records, who may open a dispute, see it and decide it, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from courtside.records.hierarchy import Hierarchy, Relation
from courtside.records.tables import TABLES, Column, Kind
from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.services.workspace import Workspace
from courtside.store.access import Errand, Role, Viewer

if TYPE_CHECKING:
    from courtside.store.disputes import Dispute

NOT_MINE, DID_NOT_HAPPEN, WRONG_DATE, WRONG_AMOUNT = "not_mine", "did_not_happen", "wrong_date", "wrong_amount"
CLAIMS: Mapping[str, str] = {
    NOT_MINE: "This is not mine",
    DID_NOT_HAPPEN: "It did not happen",
    WRONG_DATE: "The date is wrong",
    WRONG_AMOUNT: "The amount is wrong",
}
"""What can be claimed, in the words of the person whose figure it is."""
CALLED: Mapping[str, str] = {
    "accounts": "an account",
    "activities": "an activity",
    "job_orders": "a job order",
    "leads": "a lead",
    "opportunities": "an opportunity",
    "surveys": "a survey answer",
    "transactions": "a transaction",
}
"""The records that can be disputed: those with a key of their own and somebody they are credited to."""
CANCELLED: Mapping[str, tuple[str, str]] = {
    "activities": ("status", "cancelled"),
    "job_orders": ("status", "cancelled"),
}
"""How a record says that it did not happen, where it can."""
LONGEST_WORDS = 1_000
_AMOUNTS = (Kind.MONEY, Kind.NUMBER, Kind.INTEGER)
_DAYS = (Kind.TIME, Kind.DATE)


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides: operations on the site, or (`viewer` None) somebody on the host itself."""

    workspace: Workspace
    caller: Caller
    hierarchy: Hierarchy
    today: date
    viewer: Viewer | None = None

    def __post_init__(self) -> None:
        if self.viewer is not None and (Role.OPERATIONS not in self.viewer.roles or self.viewer.is_read_only):
            raise Refused("only operations decide disputes")

    @property
    def place(self) -> str:
        """Where the decision is taken, as the log keeps it."""
        return "host" if self.viewer is None else "site"


def deciding(visit: Visit, workspace: Workspace) -> Deciding:
    """The viewer about to decide. Raises Refused for anybody but operations."""
    return Deciding(workspace, visit.caller, visit.hierarchy, visit.today, visit.viewer)


def claims_for(table: str) -> tuple[str, ...]:
    """What can be claimed of the rows of a table; nothing of rows that cannot be disputed."""
    return tuple(claim for claim in CLAIMS if columns_for(table, claim))


def columns_for(table: str, claim: str) -> tuple[Column, ...]:
    """The columns one of which is mended where a claim is accepted."""
    if table not in CALLED:
        return ()
    own = TABLES[table]
    if claim == NOT_MINE:
        return (own.column(own.owner),) if own.owner else ()
    if claim == DID_NOT_HAPPEN:
        return (own.column(CANCELLED[table][0]),) if table in CANCELLED else ()
    kinds = _DAYS if claim == WRONG_DATE else _AMOUNTS if claim == WRONG_AMOUNT else ()
    return tuple(column for column in own.columns if column.kind in kinds)


def may_open(visit: Visit, person_id: str) -> bool:
    """Whether the viewer may dispute rows behind a person's figures: the person, and who leads them directly."""
    relation = visit.hierarchy.relation(visit.viewer.person_id, person_id, visit.today)
    return relation in (Relation.SELF, Relation.DIRECT)


def seen_dispute(visit: Visit, number: int) -> Dispute:
    """A dispute the viewer may see: theirs, of those they lead directly, or as operations, which goes into the log.

    Raises NotFound.
    """
    from courtside.store import audit, disputes  # noqa: PLC0415  (Django stays out of start-up)

    found = disputes.one(number)
    if found is None:
        raise NotFound
    if visit.viewer.username == found.claim.opened_by or may_open(visit, found.claim.person_id):
        return found
    if not visit.may_run(Errand.IMPORT_RECORDS):
        raise NotFound
    detail = {"dispute": number, "person": found.claim.person_id}
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "see_dispute", detail))
    return found


def why_not_decide(decider: Deciding, dispute: Dispute) -> str:
    """Why somebody may not decide a dispute; empty if they may. Nobody decides in a matter of their own.

    Source: TRUST 2.2 rule 5 (nobody handles a case about themself or their own line of managers) and 2.3.
    """
    if decider.caller.who == dispute.claim.opened_by:
        return "you opened it; somebody else decides"
    own = decider.viewer.person_id if decider.viewer else None
    if own is None:
        return ""
    subject, line = dispute.claim.person_id, decider.hierarchy
    if own in (subject, dispute.claim.opener_id):
        return "it is about your own records; somebody else decides"
    if own in line.above(subject, decider.today) or subject in line.above(own, decider.today):
        return "you lead this person or are led by them; somebody else decides"
    return ""


def open_dispute_of(decider: Deciding, number: int) -> Dispute:
    """The open dispute of that number, if it can be decided by this person. Raises Refused."""
    from courtside.store import disputes  # noqa: PLC0415

    found = disputes.one(number)
    if found is None:
        raise Refused(f"there is no dispute {number}")
    if found.ending is not None:
        raise Refused(f"dispute {number} was {found.status} already")
    if why := why_not_decide(decider, found):
        raise Refused(why)
    return found


def checked_words(text: str, what: str) -> str:
    """A sentence somebody wrote, trimmed. Raises Refused for none, and for one that is too long."""
    words = " ".join(text.split())
    if not words:
        raise Refused(f"{what} is needed: one sentence in your own words")
    if len(words) > LONGEST_WORDS or not words.isprintable():
        raise Refused(f"{what} may have up to {LONGEST_WORDS:,} printable characters")
    return words


def concerned(decider: Deciding, dispute: Dispute) -> frozenset[str]:
    """Who is told what became of a dispute: the person, who opened it, and who leads the person directly."""
    managers = decider.hierarchy.managers_of(dispute.claim.person_id, decider.today)
    return managers | {dispute.claim.person_id, dispute.claim.opener_id}


def row_in_words(dispute: Dispute) -> str:
    """The row a dispute is about: `an activity of 5 October 2026`."""
    from courtside.analysis.wording import day  # noqa: PLC0415

    claim = dispute.claim
    called = CALLED.get(claim.table, "a record")
    try:
        return f"{called} of {day(date.fromisoformat(claim.on))}"
    except ValueError:
        return called
