"""Numbers and dates as people write them: read where they can be read in one way, asked about where in two."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.connectors.dates import NoDate, Unsettled, in_zone, iso, order_shown
from courtside.connectors.numerals import decimal_shown, figure, is_ambiguous_number

GATES = ("numbers read or asked about", "dates read or asked about")

NUMBERS = {
    ("$22,700.00", None): ("22700.00", None),
    ("$342.09K", "."): ("342090.00", None),
    ("$1,117.10K", None): ("1117100.00", None),
    ("1.234,50 €", None): ("1234.50", "EUR"),
    ("1.234.567", None): ("1234567", None),
    ("1,234,567", None): ("1234567", None),
    ("12,34,567.5", None): ("1234567.5", None),
    ("1 234,5", None): ("1234.5", None),
    ("1'234.50", None): ("1234.50", None),
    ("(1,250.50)", None): ("-1250.50", None),
    ("980-", None): ("-980", None),
    ("-0,5", None): ("-0.5", None),
    ("0.125", None): ("0.125", None),
    ("USD 12", None): ("12", "USD"),
    ("US$ 12", None): ("12", None),
    ("£3.2M", None): ("3200000.0", "GBP"),
    ("7", None): ("7", None),
    ("1,234", "."): ("1234", None),
    ("1,234", ","): ("1.234", None),
    ("1.234", ","): ("1234", None),
    ("1234,5", ","): ("1234.5", None),
}
NO_NUMBERS = (
    ("1,234", None), ("1.234", None), ("1,23,4", "."), ("1.2.3", "."), ("12,5", "."), ("1,234.5", ","), ("1e5", None),
    ("NaN", None), ("", None), ("-", None), ("12 %", None), ("0x10", None), ("1.234,5,6", None), ("five", None),
    ("12 Mio", None),
)  # fmt: skip


@pytest.mark.parametrize("case", NUMBERS, ids=str)
def test_a_number_is_read_with_the_mark_it_shows_or_was_said(
    case: tuple[str, str | None], counted: Callable[[str, int], None]
) -> None:
    found = figure(*case)
    assert found is not None
    assert (found.plain, found.currency) == NUMBERS[case]
    counted(GATES[0], 1)


@pytest.mark.parametrize("case", NO_NUMBERS, ids=str)
def test_what_is_no_number_or_could_be_two_is_not_read(
    case: tuple[str, str | None], counted: Callable[[str, int], None]
) -> None:
    assert figure(*case) is None
    counted(GATES[0], 1)


def test_a_column_shows_its_mark_and_a_contradicting_one_shows_none() -> None:
    assert decimal_shown(["1,234", "5,678", "12.5"]) == "."
    assert decimal_shown(["1.234", "12,50"]) == ","
    assert decimal_shown(["1,234", "5,678"]) is None
    assert decimal_shown(["12.5", "12,5"]) is None
    assert is_ambiguous_number("$1,234")
    assert not is_ambiguous_number("0,234")


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2), st.sampled_from(".,"))
def test_a_grouped_number_is_read_back_with_either_mark(number, mark) -> None:
    plain = f"{number:,.2f}"
    written = plain if mark == "." else plain.translate(str.maketrans(",.", ".,"))
    found = figure(written, mark)
    assert found is not None
    assert float(found.plain) == float(number)


DATES = {
    ("15 Apr, 2021 00:03:00", None): "2021-04-15T00:03:00",
    ("Apr 15, 2021", None): "2021-04-15",
    ("April 15th, 2021 3:04 PM", None): "2021-04-15T15:04:00",
    ("15-Apr-2021", None): "2021-04-15",
    ("Thu, 15 Apr 2021", None): "2021-04-15",
    ("15. März 2021", None): "2021-03-15",
    ("15 de abril de 2021", None): "2021-04-15",
    ("1er août 2021".replace("1er", "1"), None): "2021-08-01",
    ("15-Apr-21", "dmy"): "2021-04-15",
    ("2021-04-15 00:03:00", None): "2021-04-15 00:03:00",
    ("2021-04-15T00:03:00Z", None): "2021-04-15T00:03:00Z",
    ("03/07/2021 1:09 PM", "dmy"): "2021-07-03T13:09:00",
    ("03/07/2021 12:09 AM", "mdy"): "2021-03-07T00:09:00",
    ("03.07.21", "dmy"): "2021-07-03",
    ("21/07/03", "ymd"): "2021-07-03",
    ("03-07-2021 12:59", "dmy"): "2021-07-03T12:59:00",
}
UNSETTLED = ("03/07/2021", "13/07/2021", "03.07.21", "15-Apr-21", "3/7/2021 10:00")
NO_DATES = (
    ("31 Feb, 2021", None), ("13/25/2021", "dmy"), ("07/13/2021", "dmy"), ("13/07/2021", "mdy"), ("soon", None),
    ("15 Foo 2021", None), ("03/07/2021 25:00", "dmy"), ("03/07/2021 13:00 PM", "dmy"), ("03/07-2021", "dmy"),
    ("", None), ("2021/07", "dmy"),
)  # fmt: skip


@pytest.mark.parametrize("case", DATES, ids=str)
def test_a_date_is_read(case: tuple[str, str | None], counted: Callable[[str, int], None]) -> None:
    assert iso(*case) == DATES[case]  # type: ignore[arg-type]
    counted(GATES[1], 1)


@pytest.mark.parametrize("text", UNSETTLED)
def test_a_date_that_needs_an_order_is_not_read_without(text: str, counted: Callable[[str, int], None]) -> None:
    with pytest.raises(Unsettled):
        iso(text, None)
    counted(GATES[1], 1)


@pytest.mark.parametrize("case", NO_DATES, ids=str)
def test_what_is_no_date_in_that_order_is_not_read_in_another(
    case: tuple[str, str | None], counted: Callable[[str, int], None]
) -> None:
    with pytest.raises(NoDate):
        iso(*case)  # type: ignore[arg-type]
    counted(GATES[1], 1)


def test_a_column_shows_the_order_of_its_dates_or_does_not() -> None:
    assert order_shown(["03/07/2021", "25/07/2021"]) == "dmy"
    assert order_shown(["03/07/2021", "07/25/2021"]) == "mdy"
    assert order_shown(["03/07/2021"]) is None
    assert order_shown(["25/07/2021", "07/25/2021"]) is None


def test_an_instant_gets_the_zone_its_file_was_written_in() -> None:
    zone = ZoneInfo("America/New_York")
    assert in_zone("2026-02-04 09:00", zone) == "2026-02-04T09:00:00-05:00"
    assert in_zone("2026-07-04T09:00:00", zone) == "2026-07-04T09:00:00-04:00"
    assert in_zone("2026-11-01 01:30", zone) == "2026-11-01T01:30:00-04:00", "an hour that comes twice: the first"
    assert in_zone("2026-02-04", zone) == "2026-02-04"
    assert in_zone("2026-02-04T09:00:00+01:00", zone) == "2026-02-04T09:00:00+01:00"
