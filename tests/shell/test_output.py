"""How rows are written: tables people read, JSON programs read, CSV a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courtside.cli.output import as_csv, as_json, as_table, plain, printable
from courtside.services.spreadsheet import harmless


def test_json_holds_numbers_days_and_instants_and_rounds_nothing() -> None:
    row = {
        "value": Decimal("10005534.0000"),
        "rate": 0.6315150215,
        "small": Decimal("0.0001"),
        "nothing": float("nan"),
        "on": date(2017, 12, 31),
        "at": datetime(2017, 12, 31, 18, tzinfo=UTC),
        "is_key": True,
        "names": ("a", "b"),
    }
    assert json.loads(as_json(row)) == {
        "value": 10005534,
        "rate": 0.6315150215,
        "small": 0.0001,
        "nothing": None,
        "on": "2017-12-31",
        "at": "2017-12-31T18:00:00+00:00",
        "is_key": True,
        "names": ["a", "b"],
    }


def test_a_table_is_aligned_and_not_cut() -> None:
    long = "a very long name that no column may cut short, however wide the terminal is not"
    rows = [{"scope": long, "value": 1.5, "empty": None}, {"scope": "东京", "value": 12, "empty": None}]
    head, rule, first, second = as_table(rows).splitlines()
    assert head.split() == ["scope", "value"]
    assert first.startswith(long)
    assert first.endswith("  1.5")
    assert second.endswith("   12")
    assert len(rule) == len(first)


def test_a_table_of_nothing_says_so() -> None:
    assert as_table([]) == "no rows"


def test_a_table_shows_the_columns_asked_for() -> None:
    assert as_table([{"a": 1, "b": 2, "c": 3}], ("c", "a")).splitlines()[0].split() == ["c", "a"]


@pytest.mark.parametrize("text", ["\x1b[2Jgone", "a\nb", "\u202egpj.exe", "bell\a"])
def test_a_table_obeys_nothing_a_cell_says_to_the_terminal(text: str) -> None:
    shown = as_table([{"name": text}])
    assert len(shown.splitlines()) == 3
    assert shown.replace("\n", "").isprintable()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    (_, cells) = csv.reader(io.StringIO(as_csv([{"name": f"{start}1+1", "n": -5}]), newline=""))
    assert cells == [f"'{start}1+1", "-5"]


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.text() | st.integers() | st.none(), min_size=1), min_size=1))
def test_every_text_survives_csv_and_none_is_run(rows: list[dict[str, Any]]) -> None:
    text = as_csv(rows)
    read = list(csv.reader(io.StringIO(text, newline="")))
    names, *lines = read
    assert len(lines) == len(rows)
    for row, line in zip(rows, lines, strict=True):
        for name, cell in zip(names, line, strict=True):
            value = row.get(name)
            expected = "" if value is None else str(harmless(value))
            assert cell == expected


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_printable_text_is_printable(text: str) -> None:
    assert printable(text).isprintable()


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.decimals() | st.dates() | st.text(), st.lists))
def test_whatever_comes_back_is_json(value: Any) -> None:
    json.dumps(plain(value), allow_nan=False)
