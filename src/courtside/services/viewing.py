"""A visit: somebody signed in looks at the workspace, and what they may see of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from courtside.records.hierarchy import Hierarchy
from courtside.services.caller import Caller, utc_now
from courtside.services.refused import Refused
from courtside.services.standing import Standing, State, stand
from courtside.services.workspace import Workspace
from courtside.store.access import Action, Errand, Role, Viewer, by_glass, may, may_run, whom

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.store.accounts import Account
    from courtside.warehouse.session import Session

T = TypeVar("T")

SAMPLE = "SAMPLE"
"""The file of a workspace that says everybody in it is made up, and where its stories are."""


class NotFound(Refused):
    """What does not exist for this viewer: the same words whether it exists or not."""

    def __init__(self) -> None:
        super().__init__("there is nothing here, or nothing you may see")


@dataclass(frozen=True, slots=True)
class Published:
    """The version of a metric that is in force, and since when."""

    version: int
    on: date


@dataclass(frozen=True)
class Visit:
    """One viewer on one day. The hierarchy is read for every visit: nothing allowed yesterday is remembered."""

    viewer: Viewer
    standing: Standing
    caller: Caller
    only_looks: bool = False
    """Whether the visit changes nothing itself: what figures are made from is then read once for the whole of it."""

    @cached_property
    def state(self) -> State:
        """What figures were made from when the visit began; nothing known for one that may change it."""
        return self.standing.state(self.caller) if self.only_looks else ()

    def session(self) -> AbstractContextManager[Session]:
        """This thread's session over the figures. Raises Refused for what cannot be answered."""
        return self.standing.session(self.caller, self.state)

    def remembered(self, key: Hashable, make: Callable[[], T], *, is_bulky: bool = False) -> T:
        """What `make` gives, made once as long as nothing changes that figures are made from."""
        return self.standing.remembered(self.caller, key, make, self.state, is_bulky=is_bulky)

    def catalogue(self) -> Catalogue:
        """The definitions in force."""
        return self.remembered("catalogue", self.standing.catalogue)

    def published(self) -> Mapping[str, Published]:
        """Metric -> its version in force and the day it was published."""

        def read() -> Mapping[str, Published]:
            from courtside.store.definitions import in_force  # noqa: PLC0415  (Django stays out of start-up)

            return {name: Published(one.version, one.published_at.date()) for name, one in in_force().items()}

        return self.remembered("published", read)

    def recorded_until(self) -> date | None:
        """The last day, up to today, of which anything is recorded; None without records."""

        def read() -> date | None:
            from courtside.warehouse.clock import Clock  # noqa: PLC0415  (DuckDB loads now)
            from courtside.warehouse.compose import over_all  # noqa: PLC0415

            with self.session() as session:
                days = over_all(session.coverage(Clock(self.today)).days)
                return days[1] if days else None

        return self.remembered("recorded until", read)

    @cached_property
    def today(self) -> date:
        """The firm's day."""
        return self.standing.today(self.caller)

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """Who leads whom, as recorded now; empty before the first import."""
        try:
            return self.standing.hierarchy(self.caller, self.state)
        except Refused:
            return Hierarchy({}, ())

    @cached_property
    def _users(self) -> tuple[Account, ...]:
        from courtside.store import accounts  # noqa: PLC0415

        return accounts.accounts()

    def users(self) -> tuple[Account, ...]:
        """Everybody who has or had an account: read once by a visit that changes nothing itself, else every time."""
        if not self.only_looks:
            self.__dict__.pop("_users", None)
        return self._users

    def user_name(self, username: str) -> str:
        """What a user is called; the user name of one that is no more."""
        return next((one.name for one in self.users() if one.username == username and one.name), username)

    def may_run(self, errand: Errand) -> bool:
        """Whether the viewer has a duty."""
        return may_run(self.viewer, errand, self.hierarchy, self.today)

    def person(self, person_id: str) -> str:
        """A person whose figures the viewer may see; looks by others than the direct manager go into the log.

        What break-glass opens is open to a visit that only looks, and every look is written down with its id.
        Raises NotFound.
        """
        decision = may(self.viewer, Action.SEE_CARD, person_id, self.hierarchy, self.today)
        if person_id not in self.hierarchy.names:
            raise NotFound
        if not decision.is_allowed:
            glass = self.glass(person_id)
            if not glass:
                raise NotFound
            self._log("see_card", {"person": person_id, "glass": glass})
        elif decision.is_logged or self.viewer.is_read_only:
            self._log("see_card", {"person": person_id})
        return person_id

    def glass(self, person_id: str) -> str:
        """The id of the break-glass by which the viewer may look at a person; empty for none."""
        return by_glass(self.viewer, person_id, self.hierarchy, self.today) if self.only_looks else ""

    def team(self, team: str, action: Action = Action.SEE_TEAM) -> str:
        """A team the viewer may see in some way. Raises NotFound."""
        if not self.may_team(team, action):
            raise NotFound
        return team

    def may_team(self, team: str, action: Action) -> bool:
        """Whether the viewer may see a team in some way."""
        return may(self.viewer, action, team, self.hierarchy, self.today).is_allowed

    def people(self) -> frozenset[str]:
        """Everybody whose figures the viewer may see."""
        return whom(self.viewer, Action.SEE_CARD, self.hierarchy, self.today)

    def teams(self, action: Action = Action.SEE_TEAM) -> frozenset[str]:
        """Every team the viewer may see in some way."""
        return whom(self.viewer, action, self.hierarchy, self.today)

    def _log(self, verb: str, detail: dict[str, str]) -> None:
        from courtside.store import audit  # noqa: PLC0415

        audit.write(audit.Act(self.caller.clock(), self.caller.who, verb, detail))


_SERVED: list[Workspace] = []


def serve_from(workspace: Workspace) -> None:
    """From now on visits in this process are to this workspace."""
    _SERVED[:] = [workspace]


def served() -> Workspace:
    """The workspace visits are to. Raises Refused before `serve_from`."""
    if not _SERVED:
        raise Refused("no workspace is served in this process")
    return _SERVED[0]


def visit_of(user_id: int, seen_as: str | None = None) -> Visit | None:
    """The visit of a user, through the eyes of `seen_as` (a user name) if they may; None for nobody active.

    What break-glass opens is asked of the clock here, for every request, and never opens to other eyes.
    """
    from courtside.store.accounts import viewer_named, viewer_of  # noqa: PLC0415

    viewer = viewer_of(user_id)
    if viewer is None:
        return None
    standing = stand(served())
    visit = Visit(viewer, standing, Caller(who=viewer.username, clock=utc_now))
    other = viewer_named(seen_as) if seen_as is not None and may_see_as(visit) else None
    if other is None:
        return _with_what_is_open(visit)
    caller = Caller(who=f"{viewer.username} as {other.username}", clock=utc_now)
    return Visit(replace(other, seen_by=viewer.name or viewer.username), standing, caller)


def _with_what_is_open(visit: Visit) -> Visit:
    """The visit with what break-glass opens to an administrator at this instant."""
    if Role.ADMIN not in visit.viewer.roles:
        return visit
    from courtside.store import glass  # noqa: PLC0415

    opened = glass.opened_for(visit.viewer.username, visit.caller.clock())
    return replace(visit, viewer=replace(visit.viewer, opened=opened)) if opened else visit


def visit_by_token(secret: str) -> Visit | None:
    """The visit of a program that shows a token; None if it can be used no more, or nobody active owns it."""
    from courtside.store.accounts import viewer_by_token  # noqa: PLC0415

    viewer = viewer_by_token(secret, utc_now())
    if viewer is None:
        return None
    return Visit(viewer, stand(served()), Caller(who=viewer.username, clock=utc_now), only_looks=True)


def may_see_as(visit: Visit) -> bool:
    """Whether the viewer may look through others' eyes: only where everybody is made up."""
    return visit.may_run(Errand.SEE_AS) and is_sample(visit.standing.workspace)


def is_sample(workspace: Workspace) -> bool:
    """Whether the workspace holds a made-up company."""
    return (workspace.root / SAMPLE).is_file()
