"""Calls, events and tasks as activities; copies that differ in nothing but their id come in once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from courtside.connectors.adapter import Quality, Refusal, RefusedRow
from courtside.connectors.zoho.cells import Unread
from courtside.connectors.zoho.export import Module, Row
from courtside.connectors.zoho.lines import Line

IDS = {
    "calls": ("taskid", "callid", "call id", "record id"),
    "events": ("eventid", "event id", "record id"),
    "tasks": ("taskid", "task id", "record id"),
}
_DIRECTIONS = {"outbound": "outbound", "inbound": "inbound", "missed": "inbound"}
_DONE = ("completed", "closed", "done")
_LONGEST_S = 24 * 3600
_EXAMPLES = 5

NewLine = Callable[[Row], Line]


@dataclass(slots=True)
class Activities:
    """The activities of an export, and what was noticed about them."""

    copies: dict[str, list[Row]] = field(default_factory=dict)
    odd_types: list[str] = field(default_factory=list)
    endless: list[str] = field(default_factory=list)
    nowhere: list[str] = field(default_factory=list)
    set_aside: list[RefusedRow] = field(default_factory=list)

    def lines(self, module: Module, rows: Sequence[Row], new: NewLine) -> Iterator[Line]:
        """The activities of one file of a module."""
        make = {"calls": self._call, "events": self._event, "tasks": self._task}[module.role]
        for row in self._once(module, rows):
            line = new(row)
            make(line)
            if not any(line.values.get(name) for name in ("contact_id", "account_id", "opportunity_id", "lead_id")):
                self.nowhere.append(line.values["activity_id"])
            yield line

    def _once(self, module: Module, rows: Sequence[Row]) -> Iterator[Row]:
        """Of rows equal in all but their id, the one with the lowest id."""
        number = next((module.index[name] for name in IDS[module.role] if name in module.index), None)
        kept: dict[tuple[str, ...], Row] = {}
        for row in rows:
            content = tuple(cell for n, cell in enumerate(row.cells) if n != number)
            first = kept.get(content)
            if first is None:
                kept[content] = row
            elif number is not None and _rank(row.cells[number]) < _rank(first.cells[number]):
                kept[content] = row
                self._set_aside(module, first, number)
            else:
                self._set_aside(module, row, number)
        yield from kept.values()

    def _set_aside(self, module: Module, row: Row, number: int | None) -> None:
        self.copies.setdefault(module.role, []).append(row)
        rows = module.rows
        mend = "an equal row is counted; if both happened, let them differ in some column"
        id = row.cells[number] if number is not None else None
        column = rows.header[number] if number is not None else None
        refusal = Refusal(rows.shown_as, rows.sheet, row.line, column, id, "duplicate_but_id", mend)
        self.set_aside.append(RefusedRow("activities", refusal, row.by_name(), id))

    def _call(self, line: Line) -> None:
        _common(line, "calls", "call owner", "call start time")
        said = line.row.get("call type").lower()
        direction = _DIRECTIONS.get(said, "")
        if said and not direction:
            self.odd_types.append(line.row.get("call type"))
        seconds = line.row.get("call duration (in seconds)")
        line.put("kind", "call", "kind")
        line.put("direction", direction, "call type")
        line.put("duration_s", seconds, "call duration (in seconds)")
        line.put("outcome", _outcome(said, seconds), "outcome")

    def _event(self, line: Line) -> None:
        _common(line, "events", "event owner", "start datetime")
        line.put("kind", "meeting", "kind")
        line.put("duration_s", self._length(line), "end datetime")

    def _task(self, line: Line) -> None:
        _common(line, "tasks", "task owner", "due date")
        line.put("kind", "task", "kind")
        status = line.row.get("status").lower()
        line.put("status", "done" if status in _DONE else "planned", "status")

    def _length(self, line: Line) -> str:
        """Seconds from start to end; empty where the end is missing or nothing people do in one go."""
        try:
            end = datetime.fromisoformat(line.notation.instant(line.row, "end datetime"))
            seconds = (end - datetime.fromisoformat(line.values["at"])).total_seconds()
        except (ValueError, TypeError, Unread):
            return ""
        if 0 <= seconds <= _LONGEST_S:
            return str(int(seconds))
        self.endless.append(line.values["activity_id"])
        return ""

    def notes(self) -> Iterator[Quality]:
        """What was noticed."""
        for role, rows in self.copies.items():
            ids = tuple(row.get(*IDS[role]) or f"line {row.line}" for row in rows[:_EXAMPLES])
            has_ids = rows[0].module.has(*IDS[role])
            how = "equal another one in everything but their id" if has_ids else "equal another one and have no id"
            yield Quality(
                "duplicate_but_id", "activities", len(rows), ids,
                f"{len(rows)} {role} {how}; they were set aside and count nowhere",
            )  # fmt: skip
        if self.odd_types:
            yield Quality(
                "unmapped_value", "activities", len(self.odd_types), tuple(sorted(set(self.odd_types))[:_EXAMPLES]),
                f"{len(self.odd_types)} calls are of a type other than Outbound, Inbound and Missed; "
                "they have no direction",
            )  # fmt: skip
        if self.endless:
            yield Quality(
                "dates_out_of_order", "activities", len(self.endless), tuple(self.endless[:_EXAMPLES]),
                f"{len(self.endless)} events end before they start or more than a day later; their length is left out",
            )  # fmt: skip
        if self.nowhere:
            yield Quality(
                "blank_reference", "activities", len(self.nowhere), tuple(self.nowhere[:_EXAMPLES]),
                f"{len(self.nowhere)} activities name no contact, account, deal or lead",
            )  # fmt: skip


def _common(line: Line, role: str, owner: str, at: str) -> None:
    row = line.row
    line.put("activity_id", row.get(*IDS[role]) or _made_id(role, row), *IDS[role])
    line.owner("person_id", owner)
    line.instant("at", at)
    line.instant("created_at", "created time")
    for name, *columns in (
        ("contact_id", "contactid", "contact id"),
        ("account_id", "accountid", "account id"),
        ("opportunity_id", "potentialid", "potential id", "deal id"),
        ("lead_id", "leadid", "lead id"),
    ):
        if row.module.has(*columns):
            line.reference(name, *columns)


def _outcome(said: str, seconds: str) -> str:
    """A call that lasted was a conversation; a missed one was not; of any other nothing is known."""
    if said == "missed":
        return "no_answer"
    return "connected" if seconds.isdigit() and int(seconds) > 0 else ""


def _made_id(role: str, row: Row) -> str:
    """An id for a row the export gives none: the same content has the same id in every export."""
    digest = hashlib.sha256("\x1f".join(row.cells).encode()).hexdigest()
    return f"{role.removesuffix('s')}-{digest[:20]}"


def _rank(id: str) -> tuple[int, str]:
    return len(id), id
