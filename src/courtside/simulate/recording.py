"""What of all that was done is recorded, and when: at once, on Friday, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.simulate import activities as did
from courtside.simulate.activities import Activities
from courtside.simulate.cells import DAY, NONE, Flags, Ints
from courtside.simulate.desk import Desk
from courtside.simulate.stories import RECORDED

_TYPED_WITHIN = 600
"""Seconds after its end within which an activity is typed in."""
_FRIDAY = (15 * 3600, 18 * 3600)
"""When a whole week is typed in, by those who wait for its last day."""
_NOT_DATED_BACK = 0.4
"""Share of the activities typed in late that stand under the moment they were typed in."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Activities as rows, in the order of their instants."""

    done: Activities
    at: Ints
    created: Ints

    def where(self, chosen: Ints) -> Recorded:
        """Some of them, or all in another order."""
        return Recorded(self.done.where(chosen), self.at[chosen], self.created[chosen])


def record(desk: Desk, activities: Activities) -> Recorded:
    """The rows a CRM would hold of what a person did since its first day, and planned for the days ahead."""
    rng = desk.stream("recording")
    rows = _dated(desk, _without_future(desk, activities), rng)
    rows = _on_friday(desk, rows, rng)
    begun = rows.at >= desk.world.horizon.opens * DAY
    rows = rows.where(np.flatnonzero(_is_recorded(desk, rows.done) & begun))
    return rows.where(np.argsort(rows.at, kind="stable"))


def _without_future(desk: Desk, activities: Activities) -> Activities:
    """What lies ahead is planned if it was planned by now, else unknown."""
    ahead = activities.x >= desk.axis.length
    known = ~ahead | (activities.planned_x < desk.axis.length)
    seen = activities.where(known & (desk.axis.day(activities.x) != NONE))
    ahead = seen.x >= desk.axis.length
    return did.planned(seen, seen.planned_x, np.where(ahead, did.PLANNED, seen.status))


def _dated(desk: Desk, activities: Activities, rng: np.random.Generator) -> Recorded:
    """Typed in soon after the end, or when it was planned."""
    at = desk.axis.instants(activities.x)
    typed = at + np.maximum(activities.duration, 0) + rng.integers(0, _TYPED_WITHIN, len(at))
    planned = desk.axis.instants(np.where(np.isnan(activities.planned_x), np.inf, activities.planned_x))
    return Recorded(activities, at, np.where(planned == NONE, typed, np.minimum(planned, at)))


def _on_friday(desk: Desk, rows: Recorded, rng: np.random.Generator) -> Recorded:
    """In some weeks everything is typed in on the last day present, and part of it under that very moment."""
    share = desk.world.shape.typed_on_friday
    if not share:
        return rows
    week = (desk.days + desk.world.horizon.weekdays[0]) // 7
    last_of = np.zeros(int(week.max(initial=0)) + 1, np.int64)
    np.maximum.at(last_of, week, desk.days)
    is_late = rng.random(len(last_of)) < share
    of_row = np.minimum((rows.at // DAY + desk.world.horizon.weekdays[0]) // 7, len(last_of) - 1)
    moment = last_of[of_row] * DAY + rng.integers(*_FRIDAY, len(of_row))
    late = is_late[of_row] & np.isnan(rows.done.planned_x) & (moment > rows.created)
    moved = late & did.is_call_or_mail(rows.done.kind) & (rng.random(len(late)) < _NOT_DATED_BACK)
    return Recorded(rows.done, np.where(moved, moment // 60 * 60, rows.at), np.where(late, moment, rows.created))


def _is_recorded(desk: Desk, activities: Activities) -> Flags:
    """Everything, but for thin logging: then a third of the calls and most of the rest."""
    since = desk.person.traits.thin_since
    if since is None:
        return np.ones(len(activities), np.bool_)
    share = np.where(did.is_call_or_mail(activities.kind), RECORDED["calls"], RECORDED["rest"])
    luck = desk.stream("thin logging").random(len(activities))
    kept: Flags = (luck < share) | (desk.axis.day(activities.x) < since)
    return kept
