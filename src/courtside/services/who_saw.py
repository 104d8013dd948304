"""Who saw somebody's record: every look the log knows of, for the person, their HR partners and auditors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from courtside.services.break_glass_page import OpenedToOthers, opened_to_others
from courtside.services.case_door import may_open
from courtside.services.case_of_plan import plans_told
from courtside.services.proposals_told import proposals_told
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, CaseKind, Role, Stage
from courtside.store.access.case_rules import is_barred

if TYPE_CHECKING:
    from courtside.store.glass import Glass
    from courtside.store.log_reading import Entry

A_PAGE = 50
MOST_SEARCHED = 50_000
"""So many acts back the log is searched for the few looks at the foot of a page."""
LOOKS: Mapping[str, str] = {
    "see_card": "looked at this box score",
    "score_card": "printed this score card on the host",
    "answer_metric": "asked for figures",
    "show_why": "asked why a result is short",
    "show_evidence": "looked at the evidence of review years",
    "show_window": "asked how long a figure needs",
    "see_dispute": "looked at a dispute about these figures",
    "box_score_rows": "downloaded rows behind a figure",
    "see_looks": "looked at this list",
    "read_log": "read what the log says of this person",
    "download_log": "downloaded what the log says of this person",
    "export_person": "took out everything there is about this person",
}
"""Looks at one person, and what each was."""
LOOKS_AT_MANY: Mapping[str, str] = {
    "see_team": "looked at the team by name",
    "see_figures": "asked for figures of several people",
    "show_authenticity": "looked at how records were made",
}
"""Looks at several people at once: they name everybody in one list."""
LOOKS_AT_CASES: Mapping[str, str] = {
    "see_proposal": "looked at a proposal",
    "see_plan": "looked at a plan",
    "see_document": "looked at a document",
    "download_document": "downloaded a document",
    "see_statement": "read a statement",
    "see_copy": "looked at a copy of a document they signed",
    "see_file": "looked at the file",
    "take_file": "took the file out, sealed",
    "see_replay_names": "saw this name in the replay of a rule",
    "see_person_cases": "looked at the list of this person's cases",
}
"""Looks at what may be confidential even from the person: shown to them once they may see the case itself."""
LOOKS_AT_MANY_CASES: Mapping[str, str] = {"see_console": "looked at a list of cases"}
"""Looks at the cases of several people: shown to a person once they may see one of theirs that was on the list."""
NOT_AT_A_PERSON = frozenset({"see_as", "see_as_end", "see_deciders"})
"""Acts called looks that are at nobody's record."""
CASES_TOLD: list[Callable[[Visit, str], Iterable[str]]] = [plans_told, proposals_told]
"""What knows which cases a person may see: each is asked with a visit of theirs and their id, and answers case ids."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: when, by whom, and what was done."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page of looks, the newest first. `earlier` is the number of the next page, None on the last."""

    person_id: str
    name: str
    is_own: bool
    looks: tuple[Seen, ...]
    page: int
    earlier: int | None
    later: int | None
    opened: tuple[OpenedToOthers, ...] = ()
    """What two people opened of it by break-glass, on the first page of one's own."""


def may_see_looks(visit: Visit, person_id: str) -> bool:
    """Whether the viewer may know who looked: the person, HR partners for their team, and auditors."""
    viewer = visit.viewer
    if viewer.person_id == person_id:
        return True
    if is_barred(viewer, person_id, visit.hierarchy, visit.today):
        return False
    return Role.AUDITOR in viewer.roles or (Role.HR in viewer.roles and _handles(visit, person_id))


def _handles(visit: Visit, person_id: str) -> bool:
    """Whether a viewer would handle a case of this person: the same list tells of looks at cases."""
    file = CaseFacts("", CaseKind.IMPROVEMENT, Stage.CLOSED, person_id)
    return may_open(visit, CaseAction.SEE_FILE, file)


def last_looks(visit: Visit, person_id: str, most: int) -> tuple[Seen, ...]:
    """The last looks of others at a person's record, the newest first; nothing for those who may not know."""
    if not may_see_looks(visit, person_id):
        return ()
    return tuple(islice(_looks(visit, person_id, MOST_SEARCHED), most))


def who_saw(visit: Visit, person_id: str, page: int = 1) -> SeenPage:
    """A page of all looks of others at a person's record. That somebody else reads it is a look too.

    Raises NotFound for those who may not know, and for a person nobody knows.
    """
    if person_id not in visit.hierarchy.names or not may_see_looks(visit, person_id):
        raise NotFound
    is_own = visit.viewer.person_id == person_id
    if not is_own or visit.viewer.is_read_only:
        from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

        audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "see_looks", {"person": person_id}))
    first = (page - 1) * A_PAGE
    found = tuple(islice(_looks(visit, person_id), first, first + A_PAGE + 1))
    return SeenPage(
        person_id,
        visit.hierarchy.name(person_id),
        is_own,
        found[:A_PAGE],
        page,
        page + 1 if len(found) > A_PAGE else None,
        page - 1 if page > 1 else None,
        opened_to_others(visit, person_id) if is_own and page == 1 else (),
    )


def _looks(visit: Visit, person_id: str, searched: int | None = None) -> Iterator[Seen]:
    """Looks of others than the person; those at cases only where the viewer may know of the case.

    `searched`: so many acts back; None is all of them.
    """
    from courtside.store import log_reading  # noqa: PLC0415  (Django stays out of start-up)

    own = [one.username for one in visit.users() if one.person_id == person_id]
    alone = {*LOOKS, *LOOKS_AT_CASES}
    told = _cases_told(visit, person_id)
    words = {**LOOKS, **LOOKS_AT_MANY, **LOOKS_AT_CASES, **LOOKS_AT_MANY_CASES}
    zone = visit.standing.workspace.zone
    held = _held_back(visit, person_id) if told is not None else ()
    for one in log_reading.looks_at(person_id, own, alone, (*LOOKS_AT_MANY, *LOOKS_AT_MANY_CASES), searched):
        if told is None or (_is_told(one, told) and not any(_is_under(one, glass) for glass in held)):
            by_glass = f", by break-glass {one.detail['glass']}" if "glass" in one.detail else ""
            yield Seen(one.at.astimezone(zone), one.who, f"{words[one.verb]}{by_glass}")


def _held_back(visit: Visit, person_id: str) -> tuple[Glass, ...]:
    """What was opened of a person's record by break-glass, of which HR holds the notice back."""
    from courtside.store import glass  # noqa: PLC0415

    return tuple(one for one in glass.about(person_id) if one.is_held_back(visit.today))


def _is_under(entry: Entry, glass: Glass) -> bool:
    """Whether a look was one that this break-glass opened, under whatever verb."""
    if glass.decided_at is None or glass.until is None:
        return False
    return entry.who == glass.asked_by and glass.decided_at <= entry.at <= glass.until


def _cases_told(visit: Visit, person_id: str) -> frozenset[str] | None:
    """The cases a person may see, when it is they who ask; None for those who may know of all."""
    if visit.viewer.person_id != person_id:
        return None
    return frozenset(case for asked in CASES_TOLD for case in asked(visit, person_id))


def _is_told(entry: Entry, told: frozenset[str]) -> bool:
    """Whether a look may be shown to the person: one that speaks of a case only when they may see that case."""
    if entry.verb in LOOKS_AT_MANY_CASES:
        return bool(told.intersection(entry.detail.get("plans", ())))
    if entry.verb == "see_person_cases":
        return bool(told.intersection(entry.detail.get("cases", ())))
    named = [entry.detail[key] for key in ("case", "plan", "proposal") if key in entry.detail]
    if entry.verb in LOOKS_AT_CASES:
        return bool(named) and all(case in told for case in named)
    return all(case in told for case in named)
