"""Where the cases that entered a stage are now: further on, lost, open, or open for longer than is usual."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from courtside.services.leak_cases import Asked, first_day, kept_back, limits_of, part_label
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.analysis.leaks.cases import Cases
    from courtside.analysis.leaks.cases import Cell as Counted

KINDS = {
    "entered": ("Entered", "that entered"),
    "advanced": ("Went further", "that went further"),
    "lost": ("Lost", "that were lost"),
    "open": ("Still open", "still open"),
    "stalled": ("Stalled", "open for longer than usual"),
}
"""The cells of a row, in order: the kind of case, its heading, and what is said of it after the word cases."""
Limits = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """How many, and where they are listed; without an address they are not for this viewer, or there is none."""

    label: str
    told: str
    """What kind of cases these are: shortly, and after the word cases."""
    words: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What became of the cases that entered a stage in the window, of all or of one part."""

    label: str
    cells: tuple[Cell, ...]
    """One for each of `KINDS`."""
    value: str
    """What the lost ones were worth."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage, from when an open case counts as stalled there, and its rows: one, or one for each part."""

    stage: str
    usual: str
    rows: tuple[Whereabouts, ...]


def whereabouts(visit: Visit, cases: Cases, asked: Asked) -> tuple[Stop, ...]:
    """Stage by stage what became of the cases of a scope that entered in the window; `cases` are those of the scope."""
    from courtside.analysis.wording import amount  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    hidden = kept_back(visit, cases, asked.by) if asked.by else frozenset()
    limits, stops = limits_of(visit, cases), []
    found = [one for one in _counted(visit, cases, asked, limits) if not asked.by or one.part not in hidden]
    for number, rows in groupby(found, key=lambda one: one.stage):
        stage, limit = cases.stages[number], limits[number]
        usual = f"stalled after {amount(limit, Unit.DAYS)}" if limit else "stalled after the first day"
        usual = "too few went further to say what is stalled" if limit is None else usual
        here = replace(asked, pipeline=cases.name, stage=stage)
        stops.append(Stop(stage, usual, tuple(_row(visit, one, here) for one in rows)))
    return tuple(stops)


def _counted(visit: Visit, cases: Cases, asked: Asked, limits: Limits) -> tuple[Counted, ...]:
    """What is counted, once for everybody who asks."""
    from courtside.analysis.leaks import cases as leak_cases  # noqa: PLC0415  (numpy loads now)

    def count() -> tuple[Counted, ...]:
        first = first_day(visit, asked.window)
        told = cases if first is None else cases.since(first.toordinal())
        return leak_cases.whereabouts(told, asked.by or None, limits)

    return visit.remembered(("whereabouts", cases.name, asked.scope, asked.by, asked.window, visit.today), count)


def _row(visit: Visit, counted: Counted, asked: Asked) -> Whereabouts:
    from courtside.analysis.wording import amount, whole  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    is_open_to = bool(counted.people & visit.people())
    here = replace(asked, part=counted.part or "") if asked.by else asked
    cells = (
        Cell(label, told, whole(n), here.query(kind=kind) if n and is_open_to else "")
        for (kind, (label, told)), n in zip(KINDS.items(), counted.counts, strict=True)
    )
    value, currency = counted.value_lost, visit.standing.workspace.settings.currency
    return Whereabouts(
        part_label(counted.part) if asked.by else asked.stage, tuple(cells),
        "not recorded" if value is None else amount(value, Unit.MONEY, currency),
    )  # fmt: skip
