"""Why somebody is short, as a page: the headline, what is theirs, what was handed, timing and the plan, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.services.box_score_periods import Frame, frame_of
from courtside.services.gap_page import AGAINST, GapPage, Told, asked_whys, gap_page, held_against, result_of, results
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.store.access import SMALLEST_GROUP

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

_NOBODY = "nobody of this role has a figure to take apart"


@dataclass(frozen=True, slots=True)
class WhyPage:
    """The page of one person."""

    person_id: str
    name: str
    gap: GapPage


def why_page(visit: Visit, person_id: str, metric: str, grain: str, period: str, against: str) -> WhyPage:
    """Where a person's result is short. Raises NotFound for people and metrics one may not see, Refused."""
    person, found = visit.person(person_id), result_of(visit, metric)
    frame, held = frame_of(visit, grain, period), held_against(against)
    everybody, why_not = _of_all(visit, found, frame, held)
    told = everybody.get(person, ((), (why_not or _NOBODY,)))
    return WhyPage(person, visit.hierarchy.name(person), gap_page(visit, found, frame, held, told))


def whys_ahead(visit: Visit) -> None:
    """Take apart everybody's gaps to their targets in the latest quarter before anybody asks."""
    for result in results(visit):
        _of_all(visit, visit.catalogue()[result.metric], frame_of(visit, "", ""), next(iter(AGAINST)))


def _of_all(visit: Visit, metric: Metric, frame: Frame, against: str) -> tuple[Mapping[str, Told], str]:
    """What there is to say of everybody, worked out at once: the next to look waits for nothing."""
    key = ("why", metric.name, frame.period.name, against, visit.today)
    return visit.remembered(key, lambda: _everybody(visit, metric, frame, against), is_bulky=True)


def _everybody(visit: Visit, metric: Metric, frame: Frame, against: str) -> tuple[Mapping[str, Told], str]:
    """Person -> what there is to say; nobody, and why, where the metric or the period cannot be taken apart."""
    from courtside.analysis.gaps import rows  # noqa: PLC0415  (numpy and scipy load now)

    try:
        with visit.session() as session:
            whys = asked_whys(visit, session, metric, frame, against, None)
            return {one: rows.of_person(whys, one, SMALLEST_GROUP + 1) for one in whys.people}, ""
    except Refused as refused:
        return {}, refused.reason
