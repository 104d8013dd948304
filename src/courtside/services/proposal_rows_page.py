"""The rows behind a proposal, page by page, as they were when it was frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from courtside.services.proposal_rights import seen_proposal
from courtside.services.viewing import Visit

ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """A record as it was counted, and the beginning of the hash of what it said."""

    table: str
    id: str
    on: str
    counted_as: str
    value: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RowsPage:
    """A page of them; the first is number 1."""

    proposal_id: str
    rows: tuple[FrozenRow, ...]
    page: int
    pages: int
    total: int


def rows_page(visit: Visit, proposal_id: str, page: int) -> RowsPage:
    """A page of the rows; a number beyond the last gives the last. Raises NotFound for those who may not see them."""
    from courtside.store import proposals  # noqa: PLC0415  (Django stays out of start-up)

    found = seen_proposal(visit, proposal_id)
    rows = json.loads(proposals.rows_of(found.id) or "[]")
    pages = max(-(-len(rows) // ROWS_A_PAGE), 1)
    page = min(max(page, 1), pages)
    shown = rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    return RowsPage(found.id, tuple(map(frozen_row, shown)), page, pages, len(rows))


def frozen_row(row: Mapping[str, Any]) -> FrozenRow:
    """A row in words."""
    value = row["value"]
    words = ("kept" if value else "not kept") if isinstance(value, bool) else "" if value is None else str(value)
    return FrozenRow(
        str(row["table"]).replace("_", " "), str(row["id"]), row["on"] or "", str(row["counted_as"]).replace("_", " "),
        words, str(row["sha256"])[:12],
    )  # fmt: skip
