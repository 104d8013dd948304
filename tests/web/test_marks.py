"""Marks: shapes that say what the words say, without a style of their own and without a word unescaped."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from courtside.web import marks

GATES = ("marks drawn",)

DRAWN = {
    "bullet": marks.bullet(2.1, 1.8, 2.4, 3, "below", 4),
    "bullet of nothing": marks.bullet(0, 0, 1, None, "early", 4),
    "sparkline": marks.sparkline([1, 2, None, 4, 3, 5, 6, 5, 4, 3, 2, 1], 1, 6),
    "strip": marks.strip(22, 9, 38, "below"),
    "interval dot": marks.interval_dot(0.34, 0.25, 0.44, 0.26, "even", 0, 0.5),
    "run chart": marks.run_chart([1, 2, 3, None, 5], 0, 6, [marks.Event(1.5, "to North")], ["W1", "W5"], ("0", "6")),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_mark_is_one_wellformed_drawing_that_readers_of_the_screen_pass_over(name: str, counted) -> None:
    root = ElementTree.fromstring(DRAWN[name])  # noqa: S314  (our own drawing)
    assert root.tag == "svg"
    assert root.get("aria-hidden") == "true"
    assert "style" not in DRAWN[name]
    assert "var(" not in DRAWN[name]
    counted("marks drawn", 1)


@pytest.mark.parametrize(("verdict", "kind"), [("above", "c"), ("below", "c"), ("even", "hollow"), ("early", "hollow")])
def test_a_circle_is_filled_only_where_the_range_leaves_the_reference_out(verdict: str, kind: str) -> None:
    for mark in (marks.strip(22, 9, 38, verdict), marks.interval_dot(3, 2, 4, 5, verdict, 0, 6)):
        (circle,) = re.findall(r'<circle class="(\w+)"', mark)
        assert circle == kind


def test_a_bullet_is_drawn_to_scale() -> None:
    mark = marks.bullet(50, 25, 75, 100, "even", 100)
    value = re.search(r'<rect class="c" x="0" y="11" width="([\d.]+)"', mark)
    target = re.search(r'<line class="inkl" x1="([\d.]+)"', mark)
    assert value is not None
    assert target is not None
    assert float(value[1]) * 2 == float(target[1])


def test_a_gap_in_a_series_is_left_open() -> None:
    assert len(re.findall("<polyline", marks.sparkline([1, 2, None, 4, 5]))) == 2


def test_the_last_stretch_is_dotted_where_the_period_is_not_over() -> None:
    assert "dash" in marks.run_chart([1, 2, 3], None, None, is_open=True)
    assert "dash" not in marks.run_chart([1, 2, 3], None, None)


def test_values_beyond_the_scale_are_drawn_at_its_rim() -> None:
    assert 'cx="308' in marks.interval_dot(9_999, None, None, None, "even", 0, 10)


def test_words_in_a_drawing_are_escaped() -> None:
    mark = marks.run_chart([1, 2], None, None, [marks.Event(0.5, "<script>alert(1)</script>")])
    assert "<script>" not in mark
    assert "&lt;script&gt;" in mark


@pytest.mark.parametrize(
    "mark",
    [
        marks.bullet(None, None, None, 3, "early", 4), marks.bullet(1, None, None, None, "even", 0),
        marks.sparkline([None, None]), marks.sparkline([]), marks.strip(None, None, None, "early"),
        marks.interval_dot(None, None, None, 1, "early", 0, 1), marks.run_chart([None], None, None),
        marks.sparkline([float("nan")]),
    ],
)  # fmt: skip
def test_without_a_figure_nothing_is_drawn(mark: str) -> None:
    assert mark == ""
