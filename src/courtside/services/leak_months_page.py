"""One stage month by month of entry, as a page: what is known of each month, and when the young ones can be told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from courtside.services.leak_cases import Asked, selected, title_of
from courtside.services.leaks_page import horizon_of
from courtside.services.viewing import NotFound, Visit

if TYPE_CHECKING:
    from courtside.analysis.leaks.cohorts import Cohort


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of entry in words, and the numbers it is drawn from; a young one has none."""

    month: str
    entered: str
    advanced: str
    past: str
    likely: str
    told: str
    """When a young month is ready; empty for one that is."""
    rate: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MonthsPage:
    """A stage month by month, the latest first; without months no case ever entered it."""

    asked: Asked
    title: str
    days: int
    months: tuple[MonthLine, ...]
    most: str
    """The greatest rate in words, for the axis of the chart."""

    @property
    def back(self) -> str:
        """The address of the stages, behind the question mark."""
        return replace(self.asked, pipeline="", stage="", part="").query()


def leak_months_page(visit: Visit, wanted: Asked) -> MonthsPage:
    """The months of entry of one stage. Raises NotFound for what does not exist, or not for this viewer."""
    from courtside.analysis.leaks.cohorts import by_month  # noqa: PLC0415  (numpy loads now)
    from courtside.analysis.wording import percent  # noqa: PLC0415

    asked = wanted.checked(visit)
    if not asked.stage:
        raise NotFound
    cases = selected(visit, asked).cases
    days = horizon_of(visit, asked.scope, asked.pipeline)
    found = by_month(cases, cases.stages.index(asked.stage), days, visit.today)
    lines = tuple(map(_line, reversed(found)))
    most = max((line.rate for line in lines if line.rate is not None), default=0.0)
    return MonthsPage(asked, title_of(visit, asked), days, lines, percent(most, 2))


def _line(cohort: Cohort) -> MonthLine:
    from courtside.analysis.wording import between, day, percent, whole  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    is_told = cohort.is_ready and cohort.entered > 0
    return MonthLine(
        month=cohort.month.name,
        entered=whole(cohort.entered),
        advanced=whole(cohort.advanced),
        past=percent(cohort.rate, 2) if is_told else "",
        likely=between(cohort.low, cohort.high, Unit.PERCENT) if is_told else "",
        told="" if cohort.is_ready else f"ready on {day(cohort.ready_on)}",
        rate=cohort.rate if is_told else None,
        low=cohort.low,
        high=cohort.high,
    )
