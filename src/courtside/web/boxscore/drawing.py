"""The marks beside the lines of a box score."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from courtside.services.box_score import BoxScore
from courtside.services.box_score_lines import Line
from courtside.services.open_number import Opened
from courtside.web import marks


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line with its marks."""

    line: Line
    bullet: SafeString
    spark: SafeString
    strip: SafeString


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    """The lines of one rung with their marks."""

    rung: str
    label: str
    hint: str
    lines: tuple[DrawnLine, ...]


def drawn_groups(score: BoxScore) -> tuple[DrawnGroup, ...]:
    """Every line of a box score with its marks."""
    return tuple(
        DrawnGroup(group.rung, group.label, group.hint, tuple(drawn_line(line) for line in group.lines))
        for group in score.groups
    )


def drawn_line(line: Line) -> DrawnLine:
    """A line with its marks; the bullet takes the line's state only where it is measured by a target."""
    drawn, placed = line.drawn, line.placed
    state = line.state if drawn.target is not None else "even"
    bullet = marks.NOTHING
    if drawn.target is not None:
        bullet = marks.bullet(drawn.value, drawn.low, drawn.high, drawn.target, state, drawn.most)
    spark = marks.sparkline(drawn.points, drawn.normal_low, drawn.normal_high)
    strip = marks.strip(placed.at, placed.low, placed.high, placed.state) if placed else marks.NOTHING
    return DrawnLine(line, bullet, spark, strip)


def drawn_number(opened: Opened) -> SafeString:
    """The run chart of an opened number."""
    chart = opened.chart
    if chart is None:
        return marks.NOTHING
    events = [marks.Event(each.at, each.what) for each in opened.events]
    shown = events, [period.name for period in chart.periods], (chart.least, chart.most)
    if chart.limits is None:
        return marks.run_chart(chart.points, None, None, *shown)
    found = chart.limits
    return marks.control_chart(chart.points, marks.Limits(found.centre, found.low, found.high, found.signals), *shown)
