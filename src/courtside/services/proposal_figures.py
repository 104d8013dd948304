"""The figures of frozen evidence in words: what was counted, how sure it is, and beside which limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue

Inputs = Mapping[str, Any]
_TELLING = 2.0
"""With E below this, one over E is no chance worth telling."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure and what it is called."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the review year: what was counted, of how many cases, and what was due at the target."""

    name: str
    hits: str
    of: str
    due: str


@dataclass(frozen=True, slots=True)
class ConditionShown:
    """One condition of the guard: whether it holds, its number and its limit."""

    words: str
    holds: bool
    number: str
    limit: str


def label_of(catalogue: Catalogue, metric: str) -> str:
    """What a figure is called, be it of a person's own work or of what a manager owes."""
    from courtside.rules.managers import FIGURES  # noqa: PLC0415  (keeps start-up short)

    return FIGURES[metric] if metric in FIGURES else catalogue[metric].label if metric in catalogue else metric


def figure_in_words(visit: Visit, metric: str, inputs: Inputs) -> tuple[Shown, ...]:
    """The figure of the window with its cases, range, target and days."""
    return tuple(Shown(label, value) for label, value in _figures(visit, metric, inputs) if value)


def _figures(visit: Visit, metric: str, inputs: Inputs) -> Iterator[tuple[str, str]]:
    figure, check = inputs["figure"], inputs["check"]
    yield "Figure", in_words(visit, metric, figure["value"])
    yield "Over", days(check["first"], check["last"])
    yield "Cases", "" if figure["n"] is None else _plain(figure["n"])
    yield "Range by chance alone", span_in_words(visit, metric, figure.get("interval"))
    yield "Likely level", span_in_words(visit, metric, figure.get("likely"))
    yield "Target", in_words(visit, metric, figure["target"])
    fair = figure.get("fair_target")
    if fair is not None and fair != figure["target"]:
        yield "Target, for what was handed to them", in_words(visit, metric, fair)
    yield "As known on", day(check["on"])


def evidence_in_words(evidence: Mapping[str, Any]) -> tuple[Shown, ...]:
    """How sure it is: E of the review year, how likely the level is short, and how far from like people."""
    inputs, found = evidence["evaluation"]["inputs"], evidence["evaluation"]["evidence"]
    figure = inputs["figure"]
    rows = (
        ("Evidence E of the review year", "" if found is None else _plain(found)),
        (
            "Would come by chance, at the target",
            "" if found is None or found < _TELLING else f"at most 1 in {_plain(found)}",
        ),
        ("Chance that the level over these days is more than 15 % short", _share(figure.get("p_below"))),
        ("Standard deviations from like people", "" if figure.get("apart") is None else _plain(figure["apart"])),
        ("Like people who fall short too", _share(figure.get("share_watched"))),
        (
            "Verdict of the score card",
            str(figure.get("verdict") or evidence["evaluation"]["verdict"]).replace("_", " "),
        ),
    )
    return tuple(Shown(label, value) for label, value in rows if value)


def conditions_in_words(evidence: Mapping[str, Any]) -> tuple[ConditionShown, ...]:
    """Every condition of the guard with its number and limit."""
    return tuple(
        ConditionShown(
            one["words"], bool(one["holds"]), "" if one["number"] is None else _plain(one["number"]),
            "" if one["limit"] is None else _plain(one["limit"]),
        )
        for one in evidence["conditions"]
    )  # fmt: skip


_EXCUSES = (
    ("ramp", "still new in the work", "not new in the work"),
    ("leave", "away for most of the time looked at", "there for most of the time looked at"),
    ("moved_on", "moved to other work within 90 days", "no move to other work within 90 days"),
    ("open_dispute", "an open dispute about these records", "no open dispute about these records"),
)


def excuses_in_words(inputs: Inputs) -> tuple[str, ...]:
    """What was known that may explain the figure, and what was looked for and not found."""
    around = inputs["circumstances"]
    if around is None:
        return ("nothing about leave, ramp, moves or disputes was looked at",)
    told = [applies if around.get(name) else absent for name, applies, absent in _EXCUSES]
    recorded = around.get("recorded")
    if recorded is not None:
        told.append(f"something is recorded on {_share(recorded)} of the days they were there")
    return tuple(told)


def months_of(visit: Visit, inputs: Inputs) -> tuple[Month, ...]:
    """The review year month by month; nothing where none was weighed."""
    year = inputs["year"]
    if not year or not year.get("since"):
        return ()
    calendar = visit.standing.workspace.calendar
    last = calendar.period_of(date.fromisoformat(year["until"]), _month())
    names: list[str] = []
    for _ in year["hits"]:
        names.append(last.name)
        last = calendar.previous(last)
    cases = [_plain(one) if year["is_rate"] else "" for one in year["of"]] or [""] * len(names)
    return tuple(
        Month(name, _plain(hits), of, _plain(due))
        for name, hits, of, due in zip(reversed(names), year["hits"], cases, year["due"], strict=True)
    )


def _month() -> Any:
    from courtside.records.period import Grain  # noqa: PLC0415

    return Grain.MONTH


def days(first: str | None, last: str | None) -> str:
    """Two days as people write them: 1 August 2026 to 31 October 2026."""
    return f"{day(first)} to {day(last)}" if first and last else ""


def day(text: str | None) -> str:
    """A day as people write it."""
    from courtside.analysis.wording import day as written  # noqa: PLC0415

    return written(date.fromisoformat(text[:10])) if text else ""


def _plain(value: float) -> str:
    from courtside.analysis.wording import rounded  # noqa: PLC0415

    return rounded(float(value))


def _share(value: float | None) -> str:
    from courtside.analysis.wording import percent  # noqa: PLC0415

    return "" if value is None else percent(float(value))


def in_words(visit: Visit, metric: str, value: float | None) -> str:
    """A figure with its unit; empty where there is none."""
    from courtside.analysis.wording import amount, percent  # noqa: PLC0415

    if value is None:
        return ""
    catalogue = visit.catalogue()
    if metric not in catalogue:
        return percent(float(value))
    return amount(float(value), catalogue[metric].unit, visit.standing.workspace.settings.currency)


def span_in_words(visit: Visit, metric: str, span: Any) -> str:
    """A range with its unit; empty where there is none."""
    from courtside.analysis.wording import between  # noqa: PLC0415

    catalogue = visit.catalogue()
    if span is None or metric not in catalogue:
        return ""
    return between(float(span[0]), float(span[1]), catalogue[metric].unit, visit.standing.workspace.settings.currency)
