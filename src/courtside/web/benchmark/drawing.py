"""The marks of the lines of a comparison: each value with its range, all of a table on one scale."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from courtside.services.benchmark_page_lines import Line, Table
from courtside.web import marks

_ROOM = 0.05


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line and its mark."""

    line: Line
    mark: SafeString


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table and its lines with their marks."""

    table: Table
    lines: tuple[DrawnLine, ...]


def drawn(table: Table) -> DrawnTable:
    """Every line of a table with its mark, on the scale of the whole table."""
    ends = [end for line in table.lines for end in (line.at, line.low, line.high, line.reference) if end is not None]
    least, most = min(ends, default=0.0), max(ends, default=0.0)
    room = _ROOM * (most - least)
    return DrawnTable(table, tuple(DrawnLine(line, _mark(line, least - room, most + room)) for line in table.lines))


def _mark(line: Line, least: float, most: float) -> SafeString:
    return marks.interval_dot(line.at, line.low, line.high, line.reference, line.state, least, most)
