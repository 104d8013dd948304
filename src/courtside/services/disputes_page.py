"""The pages of disputes: what one sees of them, what operations decide, and what people are told until they read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from courtside.records.tables import TABLES
from courtside.services.dispute_rules import (
    CLAIMS,
    DID_NOT_HAPPEN,
    NOT_MINE,
    columns_for,
    deciding,
    may_open,
    row_in_words,
    seen_dispute,
    why_not_decide,
)
from courtside.services.mend_row import row_as_known, shown
from courtside.services.viewing import NotFound, Visit, served
from courtside.store.access import Errand

if TYPE_CHECKING:
    from courtside.store.disputes import Dispute, Notice

_STATUS = {
    "open": "open: operations decide",
    "accepted": "accepted",
    "declined": "declined: the record stays as it is",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """A dispute in a list. Instants are the firm's own time."""

    number: int
    name: str
    row: str
    claim: str
    figure: str
    opened_at: datetime
    status: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute in full, as far as the viewer may see it."""

    line: DisputeLine
    table: str
    row_id: str
    words: str
    opened_by: str
    ended_at: datetime | None
    ended_by: str
    reason: str
    mended: str
    batch: int | None
    evidence: tuple[tuple[str, str], ...]
    """The row as the records have it now: column and value; only while the dispute is open."""
    may_decide: bool
    why_not: str
    """Why operations may not decide this one."""
    may_withdraw: bool
    may_see_figures: bool
    """Whether the page of the person's figures is open to the viewer."""
    person_id: str
    metric: str


@dataclass(frozen=True, slots=True)
class DecideForm:
    """What an acceptance has to say: one of several columns, a value, or whose the row is."""

    columns: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    needs_value: bool
    is_person: bool
    becomes: str
    """What happens to the row where nothing is to be chosen."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in words. `number` names it; `dispute` leads to the page, None where that is not theirs to see."""

    number: int
    sentence: str
    dispute: int | None


def disputes_for(visit: Visit) -> tuple[DisputeLine, ...]:
    """Every dispute in the viewer's sight, open ones first, the newest of each first."""
    from courtside.store import disputes  # noqa: PLC0415  (Django stays out of start-up)

    found = disputes.every() if visit.may_run(Errand.IMPORT_RECORDS) else disputes.about(_own_people(visit))
    lines = [_line(visit, one) for one in found]
    return tuple(sorted(lines, key=lambda line: (not line.is_open, -line.number)))


def _own_people(visit: Visit) -> frozenset[str]:
    return frozenset(person for person in visit.people() if may_open(visit, person))


def dispute_view(visit: Visit, number: int) -> DisputeView:
    """One dispute. Operations' looks go into the log. Raises NotFound."""
    found = seen_dispute(visit, number)
    claim, ending = found.claim, found.ending
    why_not = why_not_decide(deciding(visit, served()), found) if _is_operations(visit) else ""
    is_open = ending is None
    return DisputeView(
        _line(visit, found), claim.table.replace("_", " "), claim.row_id, claim.words, visit.user_name(claim.opened_by),
        _local(visit, ending.at) if ending else None, visit.user_name(ending.by) if ending else "",
        ending.reason if ending else "", _mended(visit, found), ending.batch if ending else None,
        tuple(_evidence(visit, found)) if is_open else (),
        is_open and _is_operations(visit) and not why_not, why_not if is_open else "",
        is_open and claim.opened_by == visit.viewer.username and not visit.viewer.is_read_only,
        claim.person_id in visit.people(), claim.person_id, claim.metric,
    )  # fmt: skip


def decide_form(visit: Visit, number: int) -> DecideForm:
    """What accepting a dispute has to say. Raises NotFound for whom may not decide it, or once it has ended."""
    from courtside.store import disputes  # noqa: PLC0415

    found = disputes.one(number)
    if found is None or found.ending or not _is_operations(visit) or why_not_decide(deciding(visit, served()), found):
        raise NotFound
    claim = found.claim
    columns = columns_for(claim.table, claim.claim)
    is_person, is_fixed = claim.claim == NOT_MINE, claim.claim == DID_NOT_HAPPEN
    names = visit.hierarchy.names if is_person else {}
    people = sorted(((p, f"{visit.hierarchy.name(p)} ({p})") for p in names if p != claim.person_id), key=_by_words)
    choices = tuple((column.name, called(column.name)) for column in columns)
    return DecideForm(
        choices if not (is_person or is_fixed) else (), tuple(people), not (is_person or is_fixed), is_person,
        "the row is marked as cancelled" if is_fixed else "",
    )  # fmt: skip


def unread_for(visit: Visit) -> tuple[Told, ...]:
    """What the viewer is to be told, the oldest first."""
    from courtside.store import disputes  # noqa: PLC0415

    own = visit.viewer.person_id
    if own is None:
        return ()
    found = []
    for notice in disputes.unread(own):
        dispute = disputes.one(notice.dispute)
        if dispute is not None:
            found.append(_told(visit, notice, dispute))
    return tuple(found)


def read_notice(visit: Visit, notice: int) -> None:
    """Note that the viewer has read a notice of theirs. Raises NotFound for others'."""
    from courtside.store import disputes  # noqa: PLC0415

    own = visit.viewer.person_id
    if own is None or visit.viewer.is_read_only or not disputes.read(notice, own, visit.caller.clock()):
        raise NotFound


def is_in_disputes(visit: Visit) -> bool:
    """Whether the viewer can have to do with disputes at all: people of the records, and operations."""
    return visit.viewer.person_id in visit.hierarchy.names or visit.may_run(Errand.IMPORT_RECORDS)


def waiting(visit: Visit) -> int:
    """How many disputes wait for the viewer to decide, and how many notices to be read."""
    from courtside.store import disputes  # noqa: PLC0415

    own = visit.viewer.person_id
    notices = len(disputes.unread(own)) if own else 0
    return notices + (disputes.open_count() if _is_operations(visit) else 0)


# Words -----------------------------------------------------------------------------------------------------


def _told(visit: Visit, notice: Notice, dispute: Dispute) -> Told:
    claim, ending = dispute.claim, dispute.ending
    row = row_in_words(dispute)
    if notice.about == "given":
        return Told(notice.number, f"{row.capitalize()} is yours now: it was credited to somebody else.", None)
    is_own = claim.person_id == visit.viewer.person_id
    whose = "your figures" if is_own else f"the figures of {visit.hierarchy.name(claim.person_id)}"
    about = f"The dispute about {row} behind {whose}"
    if notice.about == "opened":
        by = visit.user_name(claim.opened_by)
        return Told(notice.number, f"{by} disputes {row} behind {whose}: {claim.words}", dispute.number)
    if notice.about == "withdrawn":
        return Told(notice.number, f"{about} was withdrawn.", dispute.number)
    said = f" {ending.reason}" if ending else ""
    if notice.about == "accepted":
        mended = _mended(visit, dispute)
        return Told(notice.number, f"{about} was accepted: {mended}. Figures follow.{said}", dispute.number)
    return Told(notice.number, f"{about} was declined: the record stays as it is.{said}", dispute.number)


def _mended(visit: Visit, dispute: Dispute) -> str:
    """What was changed; whose a row became is for operations alone."""
    ending, claim = dispute.ending, dispute.claim
    if ending is None or not ending.column:
        return ""
    if claim.claim == NOT_MINE and not _is_operations(visit):
        return "the row is credited to somebody else"
    before, after = ending.before, ending.after
    if claim.claim == NOT_MINE:
        before, after = visit.hierarchy.name(before), visit.hierarchy.name(after)
    return f"{called(ending.column)} was {before or 'empty'}, is {after or 'empty'}"


def called(column: str) -> str:
    """A column in words: person_id -> person, duration_s -> duration in seconds, closed_at -> closed at."""
    if column.endswith("_s"):
        return f"{column.removesuffix('_s')} in seconds"
    return column.removesuffix("_id").replace("_", " ")


def _evidence(visit: Visit, dispute: Dispute) -> Iterator[tuple[str, str]]:
    row: Mapping[str, Any] = row_as_known(served(), dispute.claim.table, dispute.claim.row_id) or {}
    table = TABLES[dispute.claim.table]
    for column in table.facts:
        value = shown(row.get(column.name))
        if value and column.refers_to == "people":
            value = visit.hierarchy.name(value)
        if value:
            yield called(column.name), value


def _line(visit: Visit, dispute: Dispute) -> DisputeLine:
    claim, catalogue = dispute.claim, visit.catalogue()
    figure = catalogue[claim.metric].label if claim.metric in catalogue else claim.metric
    return DisputeLine(
        dispute.number, visit.hierarchy.name(claim.person_id), row_in_words(dispute), CLAIMS.get(claim.claim, ""),
        figure, _local(visit, claim.opened_at), _STATUS[dispute.status], dispute.ending is None,
    )  # fmt: skip


def _local(visit: Visit, instant: datetime) -> datetime:
    return instant.astimezone(visit.standing.workspace.zone).replace(tzinfo=None)


def _is_operations(visit: Visit) -> bool:
    return visit.may_run(Errand.IMPORT_RECORDS) and not visit.viewer.is_read_only


def _by_words(pair: tuple[str, str]) -> str:
    return pair[1]
