"""A person's alerts: everybody's are worked out once a week, and shown to the person a working day before others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from courtside.records.period import Grain, Period
from courtside.services.box_score import card_in_force
from courtside.services.box_score_figures import everyone
from courtside.services.viewing import NotFound, Visit

if TYPE_CHECKING:
    from courtside.analysis.alerts.signals import Alert

_WEEKS_LOOKED_BACK = 4
"""Longer ago than this no alert is shown, however many holidays lie between."""


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert on a page."""

    metric: str
    label: str
    against: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts of a week about somebody, at most two. `others_from`: when others see them; None if it is past."""

    person_id: str
    is_self: bool
    week_last_on: date
    grain: str
    period: str
    lines: tuple[AlertLine, ...]
    others_from: date | None


_AGAINST = {"trend": "your own past", "peer": "like people", "goal": "the target"}
_AGAINST_OTHERS = {**_AGAINST, "trend": "their own past"}


def alerts_for(visit: Visit, person_id: str) -> Alerts | None:
    """The alerts about a person that the viewer may see today; None where nothing can be said yet, or by break-glass.

    Raises NotFound for whom the viewer may not see.
    """
    from courtside.analysis.alerts.signals import shown_from  # noqa: PLC0415  (numpy and scipy load now)

    if person_id not in visit.people():
        if visit.glass(person_id):
            return None
        raise NotFound
    is_self = person_id == visit.viewer.person_id
    off = _days_off(visit, person_id)
    week = _week_to_show(visit, off, is_self=is_self)
    if week is None:
        return None
    others = shown_from(week.ends_on, off, is_self=False)
    against = _AGAINST if is_self else _AGAINST_OTHERS
    lines = tuple(
        AlertLine(one.metric, one.label, against[one.sort.value], one.sentence)
        for one in alerts_of_week(visit, week).get(person_id, ())
    )
    return Alerts(
        person_id, is_self, week.last_on, "week", week.name, lines, others if others > visit.today else None
    )  # fmt: skip


def alerts_of_week(visit: Visit, week: Period) -> Mapping[str, tuple[Alert, ...]]:
    """Everybody's alerts of a week that is over: what is new against the week before, the strongest two a person."""

    def read() -> Mapping[str, tuple[Alert, ...]]:
        from courtside.analysis.alerts.of_week import goals, trends_and_peers  # noqa: PLC0415
        from courtside.analysis.alerts.signals import to_tell  # noqa: PLC0415

        names = card_in_force(visit).names
        ended = _ended_in(visit, week)
        rows = everyone(visit, names, ended).rows if ended is not None else {}
        with visit.session() as session:
            now, before = trends_and_peers(session, names, week)
            short = goals(rows, session, ended) if ended is not None else {}
        people = now.keys() | short.keys()
        told = {p: to_tell((*now.get(p, ()), *short.get(p, ())), before.get(p, ())) for p in people}
        return {person: alerts for person, alerts in told.items() if alerts}

    return visit.remembered(("alerts", week.name), read)


def make_ready(visit: Visit) -> None:
    """Work out the alerts people and those who lead them see today, before anybody asks."""
    for week in {_week_to_show(visit, frozenset(), is_self=is_self) for is_self in (True, False)}:
        if week is not None:
            alerts_of_week(visit, week)


def _week_to_show(visit: Visit, off: frozenset[date], *, is_self: bool) -> Period | None:
    """The last week that is over, wholly recorded, and shown by today; None if there is none of late."""
    from courtside.analysis.alerts.signals import shown_from  # noqa: PLC0415

    recorded = visit.recorded_until()
    if recorded is None:
        return None
    calendar = visit.standing.workspace.calendar
    week = calendar.period_of(visit.today, Grain.WEEK)
    for _ in range(_WEEKS_LOOKED_BACK):
        week = calendar.previous(week)
        friday = week.starts_on + timedelta(days=4)
        if shown_from(week.ends_on, off, is_self=is_self) <= visit.today and recorded >= friday:
            return week
    return None


def _ended_in(visit: Visit, week: Period) -> Period | None:
    """The quarter, else the month, whose last day lies in a week."""
    calendar = visit.standing.workspace.calendar
    for grain in (Grain.QUARTER, Grain.MONTH):
        period = calendar.period_of(week.starts_on, grain)
        if week.contains(period.last_on):
            return period
    return None


def _days_off(visit: Visit, person_id: str) -> frozenset[date]:
    """The holidays where the person is."""

    def read() -> Mapping[str | None, frozenset[date]]:
        from courtside.records.working_days import days_off  # noqa: PLC0415

        with visit.session() as session:
            firm = session.open_firm()
            regions = set(firm.group_on("region", visit.today).values()) | {None}
            return {region: days_off(firm.firm.holidays, region) for region in regions}

    def regions() -> Mapping[str, str | None]:
        with visit.session() as session:
            return session.open_firm().group_on("region", visit.today)

    by_region = visit.remembered("days off by region", read)
    return by_region.get(visit.remembered("region of people", regions).get(person_id), by_region[None])
