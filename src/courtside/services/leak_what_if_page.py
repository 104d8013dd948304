"""What other rates would come to, as a page: one number a stage, and the arithmetic they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from courtside.services.leak_cases import WINDOWS, Asked, first_day, selected, title_of
from courtside.services.leaks_page import horizon_of
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.analysis.leaks.what_if import Present, Rate

_EMPTY = "nothing is written."
_MANY = 20
"""From so many cases on whole ones are told, as in ranges."""


@dataclass(frozen=True, slots=True)
class Field:
    """One stage rate of the form: what stands in it, what is so now, and what is wrong with what was written."""

    name: str
    stage: str
    text: str
    now: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a set of rates comes to, in words; the value is empty where no amounts are recorded."""

    label: str
    cases: str
    likely: str
    value: str
    value_likely: str


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """The form and what its rates come to; without outcomes something is wrong, or nobody entered the first stage."""

    asked: Asked
    title: str
    window: str
    days: int
    entered: str
    each: str
    fields: tuple[Field, ...]
    outcomes: tuple[Outcome, ...]
    difference: str

    @property
    def is_wrong(self) -> bool:
        """Whether something was written that cannot be computed with."""
        return any(field.wrong for field in self.fields)

    @property
    def back(self) -> str:
        """The address of the stages, behind the question mark."""
        return replace(self.asked, pipeline="", stage="", part="").query()


def leak_what_if_page(visit: Visit, wanted: Asked, written: Mapping[str, str]) -> WhatIfPage:
    """The rates of the window's entries, and what those `written` would come to; `written` by the names of fields.

    Raises NotFound for what does not exist, or not for this viewer.
    """
    from courtside.analysis.leaks.what_if import present, supposed, through  # noqa: PLC0415  (numpy loads now)
    from courtside.analysis.wording import whole  # noqa: PLC0415

    asked = replace(wanted.checked(visit), stage="")
    cases, first = selected(visit, asked).cases, first_day(visit, asked.window)
    days = horizon_of(visit, asked.scope, asked.pipeline)
    found = present(cases if first is None else cases.since(first.toordinal()), days)
    fields, shares = [], []
    for number, (stage, now) in enumerate(zip(cases.stages, found.rates, strict=True), start=1):
        field, share = _read(f"rate_{number}", stage, now, written)
        fields.append(field)
        shares.append(share)
    page = WhatIfPage(
        asked, title_of(visit, asked), WINDOWS[asked.window], days, whole(found.entered),
        "" if found.each is None else _money(visit, found.each), tuple(fields), (), "",
    )  # fmt: skip
    if not found.entered or page.is_wrong:
        return page
    sets = {"At the present rates": found.rates}
    if any(share is not None for share in shares):
        sets["At the rates above"] = tuple(
            now if share is None else supposed(share, worth)
            for share, now, worth in zip(shares, found.rates, found.worth, strict=True)
        )
    known = {label: [rate for rate in rates if rate is not None] for label, rates in sets.items()}
    whole_ways = {label: through(rates) for label, rates in known.items() if len(rates) == len(shares)}
    outcomes = tuple(_outcome(visit, found, label, way) for label, way in whole_ways.items())
    return replace(page, outcomes=outcomes, difference=_difference(visit, found, list(whole_ways.values())))


# What was written ----------------------------------------------------------------------------------------------------


def _read(name: str, stage: str, now: Rate | None, written: Mapping[str, str]) -> tuple[Field, float | None]:
    """A field, and the share written in it; None where it is the present one, or not one to compute with."""
    from courtside.analysis.wording import between, percent  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    usual = "" if now is None else f"{100 * now.share:.1f}"
    told = "no case entered it"
    if now is not None:
        told = f"now {percent(now.share)}, likely {between(now.low, now.high, Unit.PERCENT)}"
    text = written.get(name, usual).strip()
    mend = f"Write a percentage from 0 to 100, such as {usual or '50'}."
    if text == usual:
        is_missing = not usual and name in written
        return Field(name, stage, text, told, f"{stage.capitalize()}: {_EMPTY} {mend}" if is_missing else ""), None
    try:
        number = float(text.replace(",", ".").removesuffix("%"))
    except ValueError:
        number = float("nan")
    if 0 <= number <= 100:
        return Field(name, stage, text, told), number / 100
    reason = f"{text[:40]} is not between 0 and 100." if isfinite(number) else f"“{text[:40]}” is not a number."
    return Field(name, stage, text, told, f"{stage.capitalize()}: {reason if text else _EMPTY} {mend}"), None


# What it comes to ----------------------------------------------------------------------------------------------------


def _outcome(visit: Visit, found: Present, label: str, way: Rate) -> Outcome:
    from courtside.analysis.wording import between, whole  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    each, currency = found.each, visit.standing.workspace.settings.currency
    cases, low, high = (found.entered * share for share in (way.share, way.low, way.high))
    value = "" if each is None else _money(visit, cases * each)
    likely = "" if each is None else between(low * each, high * each, Unit.MONEY, currency)
    return Outcome(label, whole(_told(cases)), between(low, high, Unit.COUNT), value, likely)


def _difference(visit: Visit, found: Present, ways: Sequence[Rate]) -> str:
    """How far the rates that were written lead from the present ones; empty where there is but one set."""
    from courtside.analysis.wording import whole  # noqa: PLC0415

    if len(ways) < 2:
        return ""
    now, then = (found.entered * way.share for way in ways)
    more = round(_told(then) - _told(now), 1)
    words = f"{whole(abs(more))} cases {'more' if more >= 0 else 'fewer'} than at the present rates"
    return words + ("." if found.each is None else f", worth about {_money(visit, abs(then - now) * found.each)}.")


def _told(cases: float) -> float:
    """A number of cases as it is told, so that differences are those of the figures shown."""
    return round(cases, 0 if cases >= _MANY else 1)


def _money(visit: Visit, value: float) -> str:
    from courtside.analysis.wording import amount  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    return amount(value, Unit.MONEY, visit.standing.workspace.settings.currency)
