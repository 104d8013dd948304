"""Small drawings beside figures: inline SVG without any style of its own; the cell beside each carries the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

State = Literal["above", "below", "even", "early"]
"""What a mark says: the likely range lies above or below the reference, holds it, or cannot be told yet."""

_LEFT = 96
"""Where a run chart begins, right of the words of its axis."""
_LETTER = 6.5
"""About how wide a letter of a label is."""
NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened between the points of a run chart: at which point (0 is the first), and what."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The usual level of a run chart, each point's own limits (None without), and which points stand out."""

    centre: float
    low: Sequence[float | None]
    high: Sequence[float | None]
    signals: Sequence[bool]


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to pixels: `least` lies at `start`, `most` at `end`; what lies beyond is drawn at the rim."""

    least: float
    most: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        width = self.most - self.least
        share = (value - self.least) / width if width > 0 else 0.5
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)


# Beside a target -----------------------------------------------------------------------------------------


def bullet(
    value: float | None, low: float | None, high: float | None, target: float | None, verdict: str, most: float
) -> SafeString:
    """A bar from 0 to the value, the likely range behind it and the target as a tick, on a scale from 0 to `most`.

    All in the metric's unit. A value below 0 shows its range and tick only.
    """
    if value is None or most <= 0:
        return NOTHING
    at = _Scale(0, most, 0, 168)
    parts = [_box("band2", 0, 168, 8, 12)]
    if low is not None and high is not None:
        parts.append(_box("band", at(low), at(high), 8, 12))
    parts.append(_box("c", 0, at(value), 11, 6))
    if target is not None:
        parts.append(_upright("inkl", at(target), 4, 24, 2.5))
    return _svg("bullet", verdict, 168, 28, parts)


# Over time -----------------------------------------------------------------------------------------------


def sparkline(points: Sequence[float | None], low: float | None = None, high: float | None = None) -> SafeString:
    """Finished periods as a line with a dot at the last; `low` to `high` is the normal range; None leaves a gap."""
    known = _finite([*points, low, high])
    if not _finite(points):
        return NOTHING
    up = _Scale(min(known), max(known), 24, 4)
    across = _Scale(0, max(len(points) - 1, 1), 4, 100)
    parts = []
    if low is not None and high is not None:
        parts.append(_box("band", 0, 104, up(high), max(up(low) - up(high), 1)))
    parts += _lines(points, across, up, 1.5)
    last = max(number for number, point in enumerate(points) if point is not None)
    parts.append(_circle("ink", across(last), up(points[last] or 0.0), 3))
    return _svg("spark", "even", 104, 28, parts)


def run_chart(
    points: Sequence[float | None], low: float | None, high: float | None, events: Sequence[Event] = (),
    labels: Sequence[str] = (), scale: tuple[str, str] = ("", ""), is_open: bool = False,
) -> SafeString:  # fmt: skip
    """A line over periods from 0 up, with the range chance explains, and what happened marked where it did.

    `labels` stand below the first and the last point, `scale` beside the least and the most of the axis;
    `is_open` draws the last stretch dotted: it is not over.
    """

    def band(_: _Scale, up: _Scale) -> list[SafeString]:
        if low is None or high is None:
            return []
        return [_box("band", _LEFT, 720, up(high), max(up(low) - up(high), 1))]

    return _over_time(points, [low, high], band, events, labels, scale, is_open)


def control_chart(
    points: Sequence[float | None], limits: Limits, events: Sequence[Event] = (), labels: Sequence[str] = (),
    scale: tuple[str, str] = ("", ""),
) -> SafeString:  # fmt: skip
    """A run chart whose limits may differ from point to point; those that stand out are ringed."""
    edges = [*limits.low, *limits.high, limits.centre]
    return _over_time(points, edges, lambda across, up: _limits(limits, points, across, up), events, labels, scale)


def _over_time(
    points: Sequence[float | None], edges: Sequence[float | None], below: Callable[[_Scale, _Scale], list[SafeString]],
    events: Sequence[Event], labels: Sequence[str], scale: tuple[str, str], is_open: bool = False,
) -> SafeString:  # fmt: skip
    """Points over periods; `below` draws what lies beneath them, on scales that hold the `edges` too."""
    if not _finite(points):
        return NOTHING
    known = _finite([*points, *edges])
    up = _Scale(min(0.0, *known), max(known) or 1.0, 168, 28)
    across = _Scale(0, max(len(points) - 1, 1), _LEFT + 8, 712)
    parts = [_level("hairl", up(up.least), _LEFT, 720, 1), *below(across, up)]
    parts += _lines(points, across, up, 2, is_open)
    parts += [_circle("ink", across(at), up(point), 3) for at, point in enumerate(points) if point is not None]
    parts += _events(events, across)
    parts += _ends(labels)
    parts += [_text(_LEFT - 6, y, words, "end") for y, words in zip((172, 32), scale, strict=True) if words]
    return _svg("run", "even", 720, 192, parts)


def _limits(limits: Limits, points: Sequence[float | None], across: _Scale, up: _Scale) -> list[SafeString]:
    """A box for the limits of each point, the usual level dashed, and a ring round every point that stands out."""
    half = (across.end - across.start) / max(len(points) - 1, 1) / 2
    parts = []
    for at, (low, high) in enumerate(zip(limits.low, limits.high, strict=True)):
        if low is not None and high is not None:
            start, end = max(across(at) - half, _LEFT), min(across(at) + half, 720)
            parts.append(_box("band", round(start, 1), round(end, 1), up(high), max(up(low) - up(high), 1)))
    parts.append(_level("edgel dash", up(limits.centre), _LEFT, 720, 1.5))
    rung = [(at, point) for at, point in enumerate(points) if point is not None and limits.signals[at]]
    return parts + [_circle("hollow", across(at), up(point), 8) for at, point in rung]


def _events(events: Sequence[Event], across: _Scale) -> list[SafeString]:
    """A dashed line for each, and its words on the first of two rows that has room; where none has, the line alone."""
    parts, free = [], [0.0, 0.0]
    for event in sorted(events, key=lambda one: one.at):
        x, width = across(event.at), _LETTER * len(event.label)
        parts.append(_upright("edgel dash", x, 16, 168, 1))
        start = x + 4 if x <= across.end - width else x - 4 - width
        row = next((number for number, end in enumerate(free) if start >= end), None)
        if row is not None:
            free[row] = start + width
            anchor = "start" if start > x else "end"
            parts.append(_text(x + (4 if anchor == "start" else -4), 12 + 12 * row, event.label, anchor))
    return parts


def _ends(labels: Sequence[str]) -> list[SafeString]:
    if not labels:
        return []
    return [_text(_LEFT, 186, labels[0], "start"), _text(720, 186, labels[-1], "end")]


# Among others --------------------------------------------------------------------------------------------


def strip(position: float | None, low: float | None, high: float | None, verdict: str) -> SafeString:
    """A place among peers from 0 to 100 with its own range; filled only where the range leaves out the middle."""
    if position is None:
        return NOTHING
    at = _Scale(0, 100, 10, 150)
    parts = [_level("hairl", 14, 10, 150, 4)]
    if low is not None and high is not None:
        parts.append(_level("cl soft", 14, at(low), at(high), 4))
    parts += [_upright("edgel", at(50), 4, 24, 1), _dot(at(position), verdict)]
    return _svg("strip", verdict, 160, 28, parts)


def interval_dot(
    value: float | None, low: float | None, high: float | None, reference: float | None, verdict: str,
    least: float, most: float,
) -> SafeString:  # fmt: skip
    """A figure with its range on a scale shared by the whole table, the reference as a dashed line."""
    if value is None or most <= least:
        return NOTHING
    at = _Scale(least, most, 12, 308)
    parts = [_upright("edgel dash", at(reference), 2, 26, 1.5)] if reference is not None else []
    if low is not None and high is not None:
        parts.append(_level("cl", 14, at(low), at(high), 3))
    parts.append(_dot(at(value), verdict))
    return _svg("dots", verdict, 320, 28, parts)


@dataclass(frozen=True, slots=True)
class FunnelDot:
    """Somebody in a funnel: cases, rate (0 to 1), `above`, `below` or `even`, and a name or none."""

    cases: float
    rate: float
    side: str
    name: str


Edges = Sequence[tuple[float, float, float]]
"""Cases, and the lower and the upper limit of the rate there."""


def funnel(dots: Sequence[FunnelDot], line: float, line_words: str, alert: Edges, alarm: Edges) -> SafeString:
    """Rates over cases with the limits that narrow as cases grow: dashed 95 in 100, solid 99.8 in 100.

    A dot is filled, and named if it has a name, where it lies outside; the axis says where it begins and ends.
    """
    if not dots or not alert:
        return NOTHING
    most, least = max(dot.cases for dot in dots), min(dot.cases for dot in dots)
    near = [end for cases, low, high in alarm if cases >= least for end in (low, high)]
    rates = [*(dot.rate for dot in dots), *near]
    across, up = (
        _Scale(0, 1.05 * most, _LEFT, 600),
        _Scale(max(min(rates) - 0.02, 0), min(max(rates) + 0.02, 1), 228, 16),
    )
    parts = [_level("hairl", 228, _LEFT, 600, 1), _level("inkl soft", up(line), _LEFT, 600, 1.5)]
    for kind, edges, words in (("edgel dash", alert, "95 in 100"), ("edgel", alarm, "99.8 in 100")):
        for side in (1, 2):
            places = [(edge[0], edge[side]) for edge in edges if up.least <= edge[side] <= up.most]
            if len(places) > 1:
                parts.append(_curve(kind, places, across, up))
        parts.append(_text(606, up(edges[-1][1]) + (10 if kind == "edgel" else -2), words, "start"))
    parts += [_text(_LEFT - 6, up(line) + 4, line_words, "end"), _text(600, 246, f"{most:,.0f} cases", "end")]
    parts += [_text(_LEFT, 246, f"axis from {100 * up.least:.0f} % to {100 * up.most:.0f} %", "start")]
    for dot in dots:
        x, y = across(dot.cases), up(dot.rate)
        drawn = [_circle("hollow" if dot.side == "even" else "c", x, y, 6)]
        if dot.name:
            drawn.append(_text(x - 10 if x > 400 else x + 10, y + 4, dot.name, "end" if x > 400 else "start"))
        parts.append(
            format_html('<g class="mark {}">{}</g>', dot.side, format_html_join("", "{}", ((d,) for d in drawn)))
        )
    return _svg("run", "even", 720, 252, parts)


def _curve(kind: str, places: Sequence[tuple[float, float]], across: _Scale, up: _Scale) -> SafeString:
    drawn = " ".join(f"{across(x)},{up(y)}" for x, y in places)
    return format_html('<polyline class="{}" points="{}" stroke-width="1.5"/>', kind, drawn)


def _dot(x: float, verdict: str) -> SafeString:
    """Filled where the range leaves the reference out, hollow where it does not."""
    return _circle("c", x, 14, 9) if verdict in ("above", "below") else _circle("hollow", x, 14, 8)


# Parts ---------------------------------------------------------------------------------------------------


def _svg(name: str, verdict: str, width: int, height: int, parts: Iterable[SafeString]) -> SafeString:
    drawn = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(
        '<svg class="mark {} {}" width="{}" height="{}" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>',
        name, verdict, width, height, width, height, drawn,
    )  # fmt: skip


def _box(kind: str, start: float, end: float, top: float, height: float) -> SafeString:
    box = '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
    return format_html(box, kind, start, top, round(max(end - start, 1), 1), round(height, 1))


def _circle(kind: str, x: float, y: float, radius: float) -> SafeString:
    return format_html('<circle class="{}" cx="{}" cy="{}" r="{}"/>', kind, x, y, radius)


def _upright(kind: str, x: float, top: float, bottom: float, width: float) -> SafeString:
    return _line(kind, (x, x), (top, bottom), width)


def _level(kind: str, y: float, start: float, end: float, width: float) -> SafeString:
    return _line(kind, (start, end), (y, y), width)


def _line(kind: str, xs: tuple[float, float], ys: tuple[float, float], width: float) -> SafeString:
    line = '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}" stroke-width="{}"/>'
    return format_html(line, kind, *xs, *ys, width)


def _text(x: float, y: float, words: str, anchor: str) -> SafeString:
    return format_html('<text x="{}" y="{}" text-anchor="{}">{}</text>', x, y, anchor, words)


def _lines(
    points: Sequence[float | None], across: _Scale, up: _Scale, width: float, is_open: bool = False
) -> list[SafeString]:
    """One line for every stretch of known points; the last piece dotted where it is not over."""
    pieces = []
    for run in _stretches(points):
        dotted = is_open and len(run) > 1 and run[-1][0] == len(points) - 1
        solid = run[:-1] if dotted else run
        pieces.append(_path("inkl", solid, across, up, width))
        if dotted:
            pieces.append(_path("inkl dash", run[-2:], across, up, width))
    return pieces


def _path(kind: str, run: Sequence[tuple[int, float]], across: _Scale, up: _Scale, width: float) -> SafeString:
    places = " ".join(f"{across(at)},{up(point)}" for at, point in run)
    return format_html('<polyline class="{}" points="{}" stroke-width="{}"/>', kind, places, width)


def _stretches(points: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The points known one after another, each with its place."""
    found: list[list[tuple[int, float]]] = [[]]
    for at, point in enumerate(points):
        if point is None:
            found.append([])
        else:
            found[-1].append((at, point))
    return [run for run in found if run]


def _finite(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None and isfinite(value)]
