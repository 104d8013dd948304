"""The numbers a target may be: what each unit can never reach is refused, a percentage is never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.services.refused import Refused

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

_NUMBER = re.compile(r"([+-]?(?:[0-9]{1,15}(?:\.[0-9]{1,10})?|\.[0-9]{1,10})) ?(%?)")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as somebody wrote it; `25 %` is 0.25 and says so."""

    number: float
    is_percent: bool = False


def read_amount(text: str) -> Amount:
    """The number of a text such as `1200`, `0.25` or `25%`. Raises ValueError."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a number; write plain digits such as 1200, 0.25 or 25%")
    number = float(found[1])
    return Amount(number / 100, is_percent=True) if found[2] else Amount(number)


def refuse_value(metric: Metric, value: Amount) -> None:
    """Raises Refused for a number the metric's unit can never be, or that may mean two things.

    Zero is a target. Below zero only money, ratios, scores and percentages can be (a loss, a decline).
    """
    from courtside.metrics.metric import Unit  # noqa: PLC0415  (keeps start-up short)

    unit = metric.unit
    if unit is not Unit.PERCENT and value.is_percent:
        raise Refused(f"{metric.name} is counted in {unit.value}, not in percent; write a plain number")
    if unit is Unit.PERCENT and abs(value.number) > 1 and not value.is_percent:
        raise Refused(
            f"{metric.name} is kept as a fraction, so {value.number:g} may mean two things; write {value.number:g}% "
            f"(which is {value.number / 100:g}) or {value.number * 100:g}%"
        )
    if unit in (Unit.COUNT, Unit.DAYS) and value.number < 0:
        raise Refused(f"{metric.name} is never below 0, so {value.number:g} is no target; write 0 or more")
