"""Deciding a dispute: accepted, the row is mended and figures follow; declined, it stays; either way with a reason."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courtside.records.tables import Column
from courtside.services.dispute_rules import (
    CANCELLED,
    DID_NOT_HAPPEN,
    NOT_MINE,
    Deciding,
    checked_words,
    columns_for,
    concerned,
    open_dispute_of,
)
from courtside.services.mend_row import Mended, mend_row
from courtside.services.refused import Refused, unknown
from courtside.services.reweigh_proposals import reweigh_proposals
from courtside.services.undo_import import undo_import

if TYPE_CHECKING:
    from courtside.store.disputes import Dispute, Ending


@dataclass(frozen=True, slots=True)
class Mend:
    """What the row should say: a column (empty: the only one it can be) and its value as text."""

    column: str = ""
    value: str = ""


def accept_dispute(decider: Deciding, number: int, mend: Mend, reason: str) -> tuple[int | None, tuple[str, ...]]:
    """Accept a claim: the mended row is imported as a batch of its own. Answers the batch and notes.

    Raises Refused, and then nothing has changed. Killed between the import and the decision, deciding again finds
    the row mended already and only writes the decision down. What was proposed of the person by these records is then
    looked at again: killed before that, the rule's next look finds it.
    """
    from courtside.store.disputes import ACCEPTED, Ending  # noqa: PLC0415  (Django stays out of start-up)

    dispute = open_dispute_of(decider, number)
    said, claim = checked_words(reason, "a reason"), dispute.claim
    change = _change(decider, dispute, mend)
    mended = mend_row(
        decider.workspace, decider.caller, claim.table, claim.row_id, change, f"dispute-{number}"
    )  # fmt: skip
    ending = Ending(
        ACCEPTED, decider.caller.clock(), decider.caller.who, said, mended.column, mended.before, mended.after,
        mended.batch,
    )  # fmt: skip
    detail = {"column": mended.column, "batch": mended.batch}
    if not _ended(decider, dispute, ending, detail, given=change[1] if claim.claim == NOT_MINE else ""):
        _take_back(decider, mended)
        raise Refused(f"dispute {number} was decided by somebody else meanwhile")
    with suppress(Refused):  # nothing can be answered now: the rule's next look does it
        reweigh_proposals(decider.workspace, decider.caller, claim.person_id)
    return mended.batch, mended.notes


def decline_dispute(decider: Deciding, number: int, reason: str) -> None:
    """Decline a claim: the row stays as it is. Raises Refused."""
    from courtside.store.disputes import DECLINED, Ending  # noqa: PLC0415

    dispute = open_dispute_of(decider, number)
    ending = Ending(DECLINED, decider.caller.clock(), decider.caller.who, checked_words(reason, "a reason"))
    if not _ended(decider, dispute, ending, {}):
        raise Refused(f"dispute {number} was decided by somebody else meanwhile")


def _change(decider: Deciding, dispute: Dispute, mend: Mend) -> tuple[str, str]:
    """The column to be changed and its value as text. Raises Refused."""
    claim = dispute.claim
    columns = columns_for(claim.table, claim.claim)
    column = _column(columns, mend.column)
    if claim.claim == DID_NOT_HAPPEN:
        return CANCELLED[claim.table]
    if claim.claim == NOT_MINE:
        _check_new_owner(decider, dispute, mend.value.strip())
    return column.name, mend.value


def _column(columns: tuple[Column, ...], name: str) -> Column:
    by_name = {column.name: column for column in columns}
    if not name and len(columns) == 1:
        return columns[0]
    if not name:
        raise Refused(f"say which of these is wrong: {', '.join(by_name)}")
    if name not in by_name:
        raise unknown("column that can be mended here", name, by_name)
    return by_name[name]


def _check_new_owner(decider: Deciding, dispute: Dispute, person: str) -> None:
    if person not in decider.hierarchy.names:
        raise unknown("person", person, decider.hierarchy.names)
    if person == dispute.claim.person_id:
        raise Refused("the row is theirs already; say whose it is, or decline")
    if decider.viewer is not None and person == decider.viewer.person_id:
        raise Refused("you cannot give a row to yourself; somebody else decides")


def _ended(decider: Deciding, dispute: Dispute, ending: Ending, detail: dict[str, Any], given: str = "") -> bool:
    """The decision, its act in the log and who is told: all or nothing. False if it is open no more."""

    from courtside.store import audit, disputes  # noqa: PLC0415

    number, person = dispute.number, dispute.claim.person_id
    with audit.together():
        if not disputes.end(number, ending):
            return False
        disputes.tell(number, ending.status, concerned(decider, dispute), ending.at)
        disputes.tell(number, "given", {given} - concerned(decider, dispute) if given else (), ending.at)
        verb = "accept_dispute" if ending.status == disputes.ACCEPTED else "decline_dispute"
        told = {"dispute": number, "person": person, **detail, "from": decider.place}
        audit.write(audit.Act(ending.at, decider.caller.who, verb, told))
    return True


def _take_back(decider: Deciding, mended: Mended) -> None:
    if mended.batch is not None:
        undo_import(decider.workspace, decider.caller, mended.batch)
