"""The person reads the evidence first: their own figure, its rows and how to dispute them, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from courtside.records.period import Grain
from courtside.services.proposal_evidence import thawed
from courtside.services.proposal_figures import Month, Shown, figure_in_words, label_of, months_of
from courtside.services.proposal_rights import stage_of
from courtside.services.viewing import NotFound, Visit
from courtside.store.access.case import TOLD

if TYPE_CHECKING:
    from courtside.store.proposals import Proposal

ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One record behind the figure; `period` names the month it can be disputed under, empty where it cannot be."""

    table: str
    called: str
    """The table in words."""
    id: str
    on: str
    counted_as: str
    value: str
    period: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The page of the evidence as the person it is about reads it."""

    reading_id: str
    person_id: str
    name: str
    metric: str
    label: str
    figures: tuple[Shown, ...]
    sentence: str
    months: tuple[Month, ...]
    rows: tuple[ReadRow, ...]
    page: int
    pages: int
    total: int
    is_counted_here: bool
    """Whether the figure has a page of its own, where each of its records can be disputed."""
    answer: str
    """What became of it, once that is decided and theirs to know."""
    case_id: str
    """The page of the decision; empty until it is theirs to see."""


def read_proposal_evidence(visit: Visit, reading_id: str, page: int = 1) -> Reading:
    """The evidence for the person it is about; that they opened it is kept, once. Raises NotFound for anybody else."""
    from courtside.store import audit, outbox, proposals  # noqa: PLC0415  (Django stays out of start-up)

    found = proposals.by_reading(reading_id)
    own = visit.viewer.person_id
    if found is None or not own or own != found.person_id or not found.evidence:
        raise NotFound
    if not visit.viewer.is_read_only:
        now = visit.caller.clock()
        with audit.together():
            if proposals.note_opened(found.id, now):
                outbox.settle(f"to-read:{found.reading_id}", now)
                detail = {"case": found.id, "person": own, "evidence": found.evidence_sha256}
                audit.write(audit.Act(now, visit.caller.who, "open_evidence", detail))
    return _reading(visit, found, page)


def _reading(visit: Visit, found: Proposal, page: int) -> Reading:
    from courtside.store import proposals  # noqa: PLC0415

    evidence = thawed(found.evidence)
    inputs = evidence["evaluation"]["inputs"]
    rows = json.loads(proposals.rows_of(found.id) or "[]")
    pages = max(-(-len(rows) // ROWS_A_PAGE), 1)
    page = min(max(page, 1), pages)
    shown = rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    is_told = not found.is_watch and stage_of(found) in TOLD
    return Reading(
        found.reading_id, found.person_id, visit.hierarchy.name(found.person_id), found.metric,
        label_of(visit.catalogue(), found.metric), figure_in_words(visit, found.metric, inputs),
        str(inputs["figure"].get("sentence") or ""), months_of(visit, inputs),
        tuple(_row(visit, found, row) for row in shown), page, pages, len(rows), found.metric in visit.catalogue(),
        _answer(visit, found) if is_told else "", found.id if is_told else "",
    )  # fmt: skip


def _row(visit: Visit, found: Proposal, row: Mapping[str, Any]) -> ReadRow:
    from courtside.services.dispute_rules import claims_for  # noqa: PLC0415

    on, value = row["on"] or "", row["value"]
    can = bool(on and found.metric in visit.catalogue() and claims_for(row["table"]))
    calendar = visit.standing.workspace.calendar
    period = calendar.period_of(date.fromisoformat(on), Grain.MONTH).name if can else ""
    words = {True: "kept", False: "not kept"}.get(value) if isinstance(value, bool) else None
    return ReadRow(
        row["table"], str(row["table"]).replace("_", " "), row["id"], on, str(row["counted_as"]).replace("_", " "),
        words or ("" if value is None else str(value)), period,
    )  # fmt: skip


def _answer(visit: Visit, found: Proposal) -> str:
    from courtside.store import proposals  # noqa: PLC0415

    last: Sequence[Any] = proposals.decisions_of(found.id)
    if not last:
        return ""
    on = last[-1].at.astimezone(visit.standing.workspace.zone)
    what = "nothing follows from it" if found.outcome == proposals.DECLINE else "a plan followed, which you have"
    return f"A person looked at this on {on:%-d %B %Y}, and {what}."
