"""What managers control themselves: what they owed on which day, and whether they kept it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

FIGURES: Mapping[str, str] = {
    "one_on_ones_held": "1:1s held",
    "check_ins_kept": "Check-ins kept",
    "documents_returned_in_time": "Documents returned in time",
}
"""The figures a rule about managers may look at, and their labels."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing a manager owed by a day, and whether it was done by then."""

    manager: str
    figure: str
    due_on: date
    kept: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the duties of one manager over some days."""

    kept: int
    owed: int


def tally(duties: Iterable[Duty], figure: str, first: date, last: date) -> Mapping[str, Kept]:
    """Manager -> what was kept of what was owed, of one figure and of duties due within the days, both included."""
    found: dict[str, Kept] = {}
    for duty in duties:
        if duty.figure == figure and first <= duty.due_on <= last:
            before = found.get(duty.manager, Kept(0, 0))
            found[duty.manager] = Kept(before.kept + duty.kept, before.owed + 1)
    return found
