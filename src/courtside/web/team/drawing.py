"""The marks of a team's page, all of a table on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from courtside.services.team_funnel import FunnelPlot, Limit
from courtside.services.team_own import OwnInTeam
from courtside.services.team_page import Scale
from courtside.services.team_table import NamedGroup, NamedRow, NamedTeam
from courtside.web import marks


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A line with its mark."""

    row: NamedRow
    mark: SafeString


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    """A group with the marks of its lines."""

    label: str
    hint: str
    rows: tuple[DrawnRow, ...]


def drawn_groups(page: NamedTeam) -> tuple[DrawnGroup, ...]:
    """Every group of a table with its marks."""
    return tuple(_group(group, page.scale) for group in page.groups)


def _group(group: NamedGroup, scale: Scale | None) -> DrawnGroup:
    return DrawnGroup(group.label, group.hint, tuple(DrawnRow(row, _mark(row, scale)) for row in group.rows))


def _mark(row: NamedRow, scale: Scale | None) -> SafeString:
    if scale is None:
        return marks.NOTHING
    return marks.interval_dot(row.at, row.low, row.high, scale.line, row.state, scale.least, scale.most)


def drawn_own(page: OwnInTeam) -> SafeString:
    """The viewer's own mark."""
    own, scale = page.own, page.scale
    if scale is None:
        return marks.NOTHING
    return marks.interval_dot(own.at, own.low, own.high, scale.line, own.state, scale.least, scale.most)


def drawn_others(page: OwnInTeam) -> SafeString:
    """The others as dots from low to high, with nothing that says whose they are."""
    if page.scale is None or not page.others.dots:
        return marks.NOTHING
    places = _places(page.others.dots, page.scale)
    dots = format_html_join("", '<circle class="hollow" cx="{}" cy="14" r="5"/>', ((place,) for place in places))
    return format_html(
        '<svg class="mark dots even" width="320" height="28" viewBox="0 0 320 28" aria-hidden="true">{}</svg>', dots
    )


def _places(values: Sequence[float], scale: Scale) -> list[float]:
    width = scale.most - scale.least
    return [round(12 + 296 * (value - scale.least) / width, 1) for value in values]


def drawn_funnel(plot: FunnelPlot | None) -> SafeString:
    """The funnel of a team: its people as dots, named where they stand out and may be named."""
    if plot is None or not plot.dots:
        return marks.NOTHING
    dots = [marks.FunnelDot(dot.cases, dot.rate, dot.side, dot.name if dot.outside or dot.name == "You" else "")
            for dot in plot.dots]  # fmt: skip
    return marks.funnel(dots, plot.line, plot.line_words, _edges(plot.alert), _edges(plot.alarm))


def _edges(limits: Sequence[Limit]) -> list[tuple[float, float, float]]:
    return [(each.cases, each.low, each.high) for each in limits]
