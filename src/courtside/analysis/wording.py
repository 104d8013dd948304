"""Numbers, ranges, days and stretches of time in words: at most three significant digits, and never a unit left out."""

from __future__ import annotations

from datetime import date
from math import ceil, floor, isinf, log10

from courtside.metrics.metric import Unit

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKS_A_MONTH = 365.25 / 84
_LONGEST_YEARS = 10


def rounded(value: float, digits: int = 3) -> str:
    """At most so many significant digits, none after a whole number's last: 1153214 -> 1,150,000; 18.83 -> 18.8."""
    if value == 0:
        return "0"
    places = digits - 1 - floor(log10(abs(value)))
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def whole(value: float) -> str:
    """A count in full: 1234 -> 1,234."""
    return f"{value:,.0f}" if float(value).is_integer() else rounded(value)


def percent(share: float, digits: int = 3) -> str:
    """A fraction as a percentage: 0.188 -> 18.8 %."""
    return f"{rounded(100 * share, digits)} %"


def amount(value: float, unit: Unit, currency: str = "") -> str:
    """A figure with its unit: 0.15 percent -> 15 %, 3000000 money -> USD 3,000,000, 51.8 days -> 51.8 days."""
    match unit:
        case Unit.PERCENT:
            return percent(value)
        case Unit.MONEY:
            return f"{currency} {rounded(value)}".strip()
        case Unit.DAYS:
            return "1 day" if value == 1 else f"{rounded(value)} days"
        case Unit.COUNT:
            return whole(value) if abs(value) < 10_000 and float(value).is_integer() else rounded(value)
        case _:
            return rounded(value)


def between(low: float, high: float, unit: Unit, currency: str = "") -> str:
    """A range: whole percentages from 10 % on, whole counts from 20 on, the unit said once where it stands behind."""
    if unit is Unit.PERCENT:
        places = 0 if high >= 0.1 else 1
        return f"{100 * low:.{places}f} % to {100 * high:.{places}f} %"
    if unit is Unit.COUNT:
        places = 0 if high >= 20 else 1
        return f"{rounded(round(low, places))} to {rounded(round(high, places))}"
    if unit is Unit.DAYS:
        return f"{rounded(low)} to {amount(high, unit)}"
    if unit is Unit.MONEY:
        return f"{amount(low, unit, currency)} to {rounded(high)}"
    return f"{rounded(low)} to {rounded(high)}"


def chance(probability: float) -> str:
    """How likely: 0.92 -> 92 %; certainty is never claimed."""
    if probability > 0.99:
        return "more than 99 %"
    return "less than 1 %" if probability < 0.01 else f"{100 * probability:.0f} %"


def day(on: date) -> str:
    """A day as people write it: 31 December 2017."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def stretch(name: str) -> str:
    """A period by its name, days as people write them: 2026-04-06/2026-07-05 -> 6 April 2026 to 5 July 2026."""
    return " to ".join(day(date.fromisoformat(one)) for one in name.split("/")) if "/" in name else name


def time(weeks: float) -> str:
    """So many weeks, rounded up, in the unit people would use: 7.4 -> 8 weeks, 118 -> 28 months."""
    if isinf(weeks) or weeks > _LONGEST_YEARS * 12 * _WEEKS_A_MONTH:
        return "more than 10 years"
    if weeks <= 1:
        return "a week"
    if weeks <= 13:
        return f"{ceil(weeks)} weeks"
    return f"{ceil(round(weeks / _WEEKS_A_MONTH, 6))} months"


def plural(number: float, one: str, many: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{whole(number)} {one if number == 1 else many}"


def noun(label: str) -> str:
    """A metric's label inside a sentence: Closed sales -> closed sales, InMails -> InMails."""
    return label[:1].lower() + label[1:] if label[1:].islower() else label
