"""The cases behind the pages of the stages: read once for everybody, and the part of them a viewer asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from courtside.services.scopes import COMPANY, check_scope, label_of, may_see_total
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import SMALLEST_GROUP, Action, Errand

if TYPE_CHECKING:
    from courtside.analysis.leaks.cases import Cases

BY = {"": "All together", "source": "Lead source", "account_size": "Account size"}
"""What the stages can be cut by on a page, and what that is called."""
WINDOWS = {"365": "the last 12 months", "182": "the last 6 months", "91": "the last 3 months", "all": "any month"}
"""Of entries in which time the whereabouts are told: days back from today."""
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address of these pages asks for, in its own words; what it does not say is the usual."""

    scope: str = ""
    by: str = ""
    window: str = ""
    pipeline: str = ""
    stage: str = ""
    part: str = ""
    """One lead source or account size; the cases of none that is known where it is empty and `by` is not."""

    def checked(self, visit: Visit) -> Asked:
        """The same with the usual filled in. Raises NotFound for what does not exist, or not for this viewer."""
        if self.by not in BY or (self.window and self.window not in WINDOWS):
            raise NotFound
        return replace(self, scope=usual_scope(visit, self.scope), window=self.window or next(iter(WINDOWS)))

    def query(self, **others: str) -> str:
        """The part of an address behind the question mark: what was asked, and what is asked besides."""
        own = {"scope": self.scope, "by": self.by, "entered": self.window, "pipeline": self.pipeline}
        own |= {"stage": self.stage, "part": self.part} | others
        return urlencode({name: value for name, value in own.items() if value})


def first_day(visit: Visit, window: str) -> date | None:
    """The first day of entry a window holds; None where it holds all."""
    return None if window == "all" else visit.today - timedelta(days=int(window))


# Whose ---------------------------------------------------------------------------------------------------------------


def scopes(visit: Visit) -> dict[str, str]:
    """Whose stages can be shown, the usual one first: one's team or the firm, else one's own."""
    found = {f"team:{team}": f"Team {team}" for team in sorted(visit.teams(Action.SEE_TEAM_TOTAL))}
    found = {scope: label for scope, label in found.items() if _may_see_total(visit, label.removeprefix("Team "))}
    if visit.may_run(Errand.SEE_COMPANY):
        found = {COMPANY: "The whole firm", **found}
    own = visit.viewer.person_id
    if own in visit.hierarchy.names:
        found[f"person:{own}"] = "My own figures"
    return found


def usual_scope(visit: Visit, scope: str) -> str:
    """The scope asked for, else the usual one; empty for who may see nobody's. Raises NotFound for what one may not."""
    asked = scope or next(iter(scopes(visit)), "")
    check_scope(visit, asked)
    dimension, _, team = asked.partition(":")
    if dimension == "team" and not _may_see_total(visit, team):
        raise NotFound
    return asked


def _may_see_total(visit: Visit, team: str) -> bool:
    """Whether the total of the year to today may be shown."""
    return may_see_total(visit, team, visit.today - _YEAR, visit.today)


# Which ---------------------------------------------------------------------------------------------------------------


def all_of_them(visit: Visit) -> Mapping[str, Cases]:
    """Pipeline -> its cases, everybody's, read once: the next to ask waits for nothing."""
    from courtside.analysis.leaks.cases import all_cases  # noqa: PLC0415  (numpy loads now)
    from courtside.warehouse.clock import Clock  # noqa: PLC0415
    from courtside.warehouse.frame import Frame  # noqa: PLC0415

    def read() -> Mapping[str, Cases]:
        with visit.session() as session:
            is_settled = session.rollup is not None and visit.today >= session.rollup.settled_on
            frame = Frame(session.engine, Clock(visit.today, is_settled), session.currency)
            orders = {name: [stage.name for stage in order] for name, order in session.catalogue.pack.stages.items()}
            return {cases.name: cases for cases in all_cases(frame, orders)}

    return visit.remembered(("leak cases", visit.today), read, is_bulky=True)


def of_scope(cases: Cases, scope: str) -> Cases:
    """The cases of a person, of a team on the day of entry, or of the firm."""
    dimension, _, value = scope.partition(":")
    return cases if dimension == COMPANY else cases.only(cases.falls_to(dimension, value))


def kept_back(visit: Visit, cases: Cases, by: str) -> frozenset[str | None]:
    """The parts of a cut that would tell single people apart, and are not shown.

    Those with the cases of fewer than five people whose own figures the viewer may not see. Where these are fewer
    than five all together, the next smallest part is kept back with them: it could be worked out from the rest.
    """
    seen = visit.people()
    unseen = {part: people - seen for part, people in cases.people_of(by).items()}
    order = sorted((part for part in unseen if unseen[part]), key=lambda part: (len(unseen[part]), str(part)))
    hidden = [part for part in order if len(unseen[part]) < SMALLEST_GROUP]
    shown = order[len(hidden) :]
    while hidden and shown and len(frozenset().union(*(unseen[part] for part in hidden))) < SMALLEST_GROUP:
        hidden.append(shown.pop(0))
    return frozenset(hidden)


@dataclass(frozen=True, slots=True)
class Selection:
    """The cases of one pipeline that an address is about, and when an open one counts as stalled at each stage."""

    cases: Cases
    limits: tuple[float | None, ...]


def selected(visit: Visit, asked: Asked) -> Selection:
    """What an address is about. Raises NotFound for what does not exist, or not for this viewer."""
    if not asked.scope or visit.recorded_until() is None or asked.pipeline not in all_of_them(visit):
        raise NotFound
    cases = of_scope(all_of_them(visit)[asked.pipeline], asked.scope)
    limits = limits_of(visit, cases)
    if asked.stage and asked.stage not in cases.stages:
        raise NotFound
    if not asked.by:
        return Selection(cases, limits)
    part = asked.part or None
    if part not in cases.people_of(asked.by) or part in kept_back(visit, cases, asked.by):
        raise NotFound
    return Selection(cases.only(cases.falls_to(asked.by, part)), limits)


def limits_of(visit: Visit, cases: Cases) -> tuple[float | None, ...]:
    """For each stage the days after which an open case of a scope is stalled: the firm's; its own beside a few."""
    from courtside.analysis.leaks.cases import stalled_after  # noqa: PLC0415

    firm = all_of_them(visit)[cases.name]

    def read() -> tuple[bool, tuple[float | None, ...]]:
        return len(firm.people) > SMALLEST_GROUP, stalled_after(firm)

    is_enough, limits = visit.remembered(("stalled", cases.name, visit.today), read)
    return limits if is_enough else stalled_after(cases)


def part_label(part: str | None) -> str:
    """A lead source or account size in words."""
    return "Not known" if part is None else part.replace("_", " ")


def title_of(visit: Visit, asked: Asked) -> str:
    """Whose cases an address is about, and which of them: Team Harbor, lead source: web."""
    whose = label_of(visit, asked.scope)
    return f"{whose}, {BY[asked.by].lower()}: {part_label(asked.part or None)}" if asked.by else whose
