"""The cases behind one cell of the stages, as a page: each with its days and value, for who may see whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isnan
from typing import TYPE_CHECKING

from courtside.services.leak_cases import WINDOWS, Asked, first_day, selected, title_of
from courtside.services.leak_whereabouts import KINDS
from courtside.services.viewing import NotFound, Visit

if TYPE_CHECKING:
    from courtside.analysis.leaks.cases import Cases

ROWS_A_PAGE = 50
_ENDS = ("open", "went further", "lost")
"""How a stay ended, by the number of its kind of end."""


@dataclass(frozen=True, slots=True)
class Record:
    """One case at the stage: whose it was when it entered, and how its stay ended; without a value none is known."""

    case: str
    person_id: str
    name: str
    entered_on: str
    ended: str
    days: str
    value: str


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """A page of the cases, the latest entry first; page 1 is the first."""

    asked: Asked
    title: str
    kind: str
    what: str
    days: str
    of_one: bool
    """Whether all of them are one person's."""
    left_out: str
    """How many belong to people the viewer may not see; empty where none does."""
    rows: tuple[Record, ...]
    total: int
    number: int
    pages: int

    @property
    def before(self) -> str:
        """The address of the page before, behind the question mark; empty on the first."""
        return self.asked.query(kind=self.kind, page=str(self.number - 1)) if self.number > 1 else ""

    @property
    def after(self) -> str:
        """The address of the page after; empty on the last."""
        return self.asked.query(kind=self.kind, page=str(self.number + 1)) if self.number < self.pages else ""

    @property
    def back(self) -> str:
        """The address of the stages these cases are of."""
        return replace(self.asked, pipeline="", stage="", part="").query()


def leak_records_page(visit: Visit, wanted: Asked, kind: str, number: int) -> RecordsPage:
    """Cases of people the viewer may see; who is looked at goes into the log as with their box score.

    Raises NotFound for cells that do not exist, and those in which nobody is whose figures the viewer may see.
    """
    from courtside.analysis.leaks.cases import of_kind  # noqa: PLC0415  (numpy loads now)

    asked = wanted.checked(visit)
    if kind not in KINDS or not asked.stage:
        raise NotFound
    chosen = selected(visit, asked)
    cases, first = chosen.cases, first_day(visit, asked.window)
    is_meant = of_kind(cases, kind, chosen.limits) & (cases.stage == cases.stages.index(asked.stage))
    if first is not None:
        is_meant &= cases.entered >= first.toordinal()
    found = cases.only(is_meant)
    seen = visit.people()
    labels = found.labels["person"]
    may_see = [number for number, person in enumerate(found.parts["person"].tolist()) if labels[person] in seen]
    if not may_see:
        raise NotFound
    latest = sorted(may_see, key=lambda at: (-int(found.entered[at]), found.ids[int(found.case[at])]))
    pages = -(-len(latest) // ROWS_A_PAGE)
    number = min(max(number, 1), pages)
    here = latest[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    people = [str(labels[int(found.parts["person"][at])]) for at in here]
    for person in dict.fromkeys(people):
        visit.person(person)
    others = len(found.stage) - len(latest)
    return RecordsPage(
        asked, title_of(visit, asked), kind, f"Cases {KINDS[kind][1]}: {asked.stage}", WINDOWS[asked.window],
        asked.scope.startswith("person:"),
        f"{others} more are of people whose figures you may not see." if others else "",
        tuple(_records(visit, found, here, people)), len(latest), number, pages,
    )  # fmt: skip


def _records(visit: Visit, found: Cases, here: Sequence[int], people: Sequence[str]) -> Iterator[Record]:
    """The cases at some places, in words."""
    from courtside.analysis.wording import amount  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    currency = visit.standing.workspace.settings.currency
    for at, person in zip(here, people, strict=True):
        entered, days, end = date.fromordinal(int(found.entered[at])), int(found.days[at]), _ENDS[int(found.end[at])]
        value = float(found.amount[at])
        yield Record(
            found.ids[int(found.case[at])], person, visit.hierarchy.name(person), entered.isoformat(),
            end if end == _ENDS[0] else f"{end} {entered + timedelta(days=days)}", amount(days, Unit.DAYS),
            "not recorded" if isnan(value) else amount(value, Unit.MONEY, currency),
        )  # fmt: skip
