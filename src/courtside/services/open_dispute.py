"""Opening a dispute: a claim on one of the rows behind a person's number."""

from __future__ import annotations

from dataclasses import dataclass

from courtside.services.box_score_periods import frame_of
from courtside.services.dispute_rules import CLAIMS, checked_words, claims_for, may_open
from courtside.services.open_number import Behind, rows_behind
from courtside.services.refused import Refused, unknown
from courtside.services.viewing import NotFound, Visit


@dataclass(frozen=True, slots=True)
class Place:
    """A row behind a number: whose number of which metric and period, and which row."""

    person_id: str
    metric: str
    grain: str
    period: str
    table: str
    row_id: str


@dataclass(frozen=True, slots=True)
class Disputable:
    """A row that can be disputed, and what can be claimed of it, in words."""

    place: Place
    name: str
    label: str
    row: Behind
    claims: tuple[tuple[str, str], ...]


def disputable(visit: Visit, place: Place) -> Disputable:
    """The row, for those who may dispute it. Raises NotFound for all others, and for a row not behind the number."""
    person = visit.person(place.person_id)
    catalogue = visit.catalogue()
    if not may_open(visit, person) or place.metric not in catalogue:
        raise NotFound
    metric = catalogue[place.metric]
    rows = rows_behind(visit, person, metric, frame_of(visit, place.grain, place.period))
    row = next((one for one in rows if (_table(one), one.identifier) == (place.table, place.row_id)), None)
    claims = claims_for(place.table)
    if row is None or not claims:
        raise NotFound
    return Disputable(place, visit.hierarchy.name(person), metric.label, row, tuple((c, CLAIMS[c]) for c in claims))


def open_dispute(visit: Visit, place: Place, claim: str, words: str) -> int:
    """Open a dispute; its number. Operations find it in their list, and the person is told if it was not they.

    Raises NotFound, and Refused for a claim that cannot be made, no words, or a row that is disputed already.
    """

    from courtside.store import audit, disputes  # noqa: PLC0415

    found = disputable(visit, place)
    viewer = visit.viewer
    if viewer.is_read_only or viewer.person_id is None:
        raise NotFound
    if claim not in claims_for(place.table):
        raise unknown("claim", claim, claims_for(place.table))
    said, at = checked_words(words, "what is wrong"), visit.caller.clock()
    made = disputes.Claim(
        place.person_id, place.metric, place.table, place.row_id, found.row.on, claim, said, at, viewer.username,
        viewer.person_id,
    )  # fmt: skip
    with audit.together():
        number = disputes.open_one(made)
        if number is None:
            raise Refused("this row is disputed already; its dispute is still open")
        disputes.tell(number, "opened", {place.person_id} - {viewer.person_id}, at)
        detail = {
            "dispute": number, "person": place.person_id, "metric": place.metric, "table": place.table,
            "row": place.row_id, "claim": claim,
        }  # fmt: skip
        audit.write(audit.Act(at, visit.caller.who, "open_dispute", detail))
    return number


def _table(row: Behind) -> str:
    return row.table.replace(" ", "_")
