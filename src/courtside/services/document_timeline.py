"""Everything that happened in somebody's cases, in order: steps of plans and acts on documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from courtside.services.document_door import Paper
from courtside.services.plan_timeline import timeline
from courtside.services.plan_words import KINDS, PARTS
from courtside.services.viewing import Visit
from courtside.workflow.actors import Part
from courtside.workflow.record import Plan

ACTS: Mapping[str, str] = {
    "opened": "opened", "signed": "acknowledged", "signed_with_comment": "acknowledged, with a comment",
    "declined": "declined to sign", "paper": "registered a paper copy of", "witnessed": "attested the delivery of",
}  # fmt: skip
OTHERS = "somebody else"
"""Who a third party is to the person whose file it is."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened: when, in which case or record, what, by whom, and the words that belong to it."""

    on: date
    at: datetime | None
    record: str
    what: str
    who: str
    words: str

    @property
    def row(self) -> tuple[str, ...]:
        """As a line of a table."""
        at = self.at.isoformat(timespec="seconds") if self.at else self.on.isoformat()
        return at, self.record, self.what, self.who, self.words


def happened(
    visit: Visit, plans: Iterable[Plan], papers: Iterable[Paper], *, is_own: bool, name_of: Callable[[str], str]
) -> tuple[Happened, ...]:
    """All of it, the oldest first. `name_of`: what to call an account; third parties have no name in one's own file."""
    found = [one for plan in plans for one in _steps(visit, plan, is_own=is_own, name_of=name_of)]
    found += [one for paper in papers for one in _acts(visit, paper, is_own=is_own, name_of=name_of)]
    return tuple(sorted(found, key=_order))


def _order(one: Happened) -> tuple[date, str]:
    return one.on, one.at.isoformat() if one.at else time.max.isoformat()


def _steps(visit: Visit, plan: Plan, *, is_own: bool, name_of: Callable[[str], str]) -> Iterator[Happened]:
    from courtside.store import plans  # noqa: PLC0415  (Django stays out of start-up)

    moments = timeline(plan, plans.events(plan.id), name_of, visit.today, is_own=is_own)
    for one in moments:
        yield Happened(one.on, one.at, plan.id, f"{KINDS[plan.kind]}: {one.what}", one.who, one.words)


def _acts(visit: Visit, paper: Paper, *, is_own: bool, name_of: Callable[[str], str]) -> Iterator[Happened]:
    from courtside.store import documents  # noqa: PLC0415

    held, zone = paper.document, visit.standing.workspace
    if not is_own:
        yield Happened(zone.day(held.created_at), held.created_at, held.id, f"{held.label}: prepared",
                       name_of(held.created_by), "")  # fmt: skip
    if paper.signing.issued_at is not None:
        at = paper.signing.issued_at
        yield Happened(zone.day(at), at, held.id, f"{held.label}: handed out", "", _own_words(held.data))
    for one in documents.entries(held.id):
        part = PARTS[Part(one.party)] if one.party in {each.value for each in Part} else one.party
        what = f"{held.label}: {ACTS[one.act]}" + (f" for {PARTS[Part(one.attests)]}" if one.attests else "")
        yield Happened(zone.day(one.at), one.at, held.id, what, f"{name_of(one.username)} ({part})", one.comment)


def _own_words(data: str) -> str:
    """What a person stated in a document of their own; empty for every other document."""
    return str(json.loads(data)["data"].get("account", "")) if data else ""
