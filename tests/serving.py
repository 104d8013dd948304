"""A small firm being served to its cast: made once, pointed at before every test, copied by tests that write."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from courtside.records.hierarchy import Hierarchy

if TYPE_CHECKING:
    from django.test import Client

    from courtside.services.caller import Caller
    from courtside.services.workspace import Workspace

UNTIL = date(2026, 10, 31)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""The Monday morning after the last day of the records."""
PASSWORD = "nine lives of a quiet cat"  # noqa: S105  (a test's own)
CAST: Mapping[str, str] = {
    "rae": "Rae Rivers",
    "tom": "Tom Tanner",
    "maya": "Maya Moss",
    "gwen": "Gwen Glass",
    "hana": "Hana Hale",
    "eve": "Eve Ember",
    "ada": "Ada Ash",
    "ola": "Ola Oak",
    "ari": "Ari Arch",
    "otto": "Otto Orr",
}
"""Everybody who can sign in, and what they are called."""
DUTIES: Mapping[str, str] = {"hana": "hr", "eve": "executive", "ada": "admin", "ola": "operations", "ari": "auditor"}


@pytest.fixture(scope="session", autouse=True)
def one_django() -> None:
    """For every folder of tests: commands and pages share a process, and so the server's settings."""
    set_up_django()


def set_up_django() -> None:
    """Django with the server's settings, once in this process; commands run in it use them too.

    Nothing is left in the environment: commands run in processes of their own use their own settings.
    """
    from django.conf import settings

    if settings.configured:
        return
    import django

    given = {"DJANGO_SETTINGS_MODULE": "courtside.web.settings", "COURTSIDE_SECRET_KEY": secrets.token_urlsafe(64)}
    os.environ.update(given)
    try:
        django.setup()
    finally:
        for name in given:
            del os.environ[name]


class FrozenTime(datetime):
    """A clock that stands still until a test moves it."""

    at: ClassVar[datetime] = NOW

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        """The instant it stands at."""
        return cls.at.astimezone(tz)


@dataclass(frozen=True)
class Clock:
    """The product's clock in a test; Django's own sessions and codes follow the real one."""

    def now(self) -> datetime:
        """The instant it stands at."""
        return FrozenTime.at

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        FrozenTime.at += by


@dataclass(frozen=True)
class Served:
    """A firm being served in this process.

    `people` says whose records are whose (rae and tom are in `team`, which maya leads; gwen leads maya and
    `other_team` has none of the four but gwen above it). `members` are everybody in `team` by id, maya among them.
    """

    workspace: Workspace
    people: Mapping[str, str]
    team: str
    other_team: str
    hierarchy: Hierarchy = field(repr=False)
    clock: Clock = field(default_factory=Clock)

    @property
    def root(self) -> Path:
        """The folder of the workspace."""
        return self.workspace.root

    @property
    def caller(self) -> Caller:
        """Somebody on the host."""
        from courtside.services.caller import Caller

        return Caller(who="host", clock=self.clock.now)

    @property
    def members(self) -> frozenset[str]:
        """Everybody in the team on this day."""
        return self.hierarchy.members(self.team, UNTIL, UNTIL)

    def point(self) -> Served:
        """From now on this process serves this workspace."""
        from courtside.services.open_workspace import connect_to
        from courtside.services.viewing import serve_from

        connect_to(self.workspace)
        serve_from(self.workspace)
        return self

    def copied(self, root: Path) -> Served:
        """A copy in another folder, served from now on."""
        _let_go(self.workspace)
        shutil.copytree(self.root, root)
        return replace(self, workspace=replace(self.workspace, root=root)).point()

    def client(self, username: str | None = None) -> Client:
        """A browser; signed in as one of the cast if a name is given."""
        from django.contrib.auth import get_user_model
        from django.test import Client

        client = Client(headers={"host": "localhost"})
        if username is not None:
            client.force_login(get_user_model().objects.get(username=username))
        return client


def make_firm(folder: Path) -> None:
    """A simulated firm of 24 people in three teams, imported, with its cast able to sign in, in a new folder."""
    from courtside.services.import_records import Request, import_records
    from courtside.services.initialise import initialise
    from courtside.services.workspace import Settings
    from courtside.simulate.company import simulate
    from courtside.simulate.setting import Setting

    set_up_django()
    records = folder.with_name(f"{folder.name}-records")
    simulate(Setting(until=UNTIL, seed=7, people=24, months=9), records, lambda _: None)
    workspace, _ = initialise(folder, Settings(name="Northwind Staffing", pack="staffing"), _host())
    import_records(workspace, _host(), Request((records,)))
    _let_in(firm_in(folder))
    _let_go(workspace)


def firm_in(folder: Path) -> Served:
    """The firm in a folder, and who plays whom."""
    from courtside.services.open_workspace import open_workspace
    from courtside.services.standing import stand

    set_up_django()
    workspace = open_workspace(folder)
    return _cast(workspace, stand(workspace).hierarchy(_host()))


def shared_firm(shared: Path, own: Path) -> Served:
    """A copy of the one firm that every process of a test run shares: the first to come makes it."""
    with (shared / "firm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "firm-is-made").exists():
            make_firm(shared / "firm")
            (shared / "firm-is-made").touch()
    shutil.copytree(shared / "firm", own)
    return firm_in(own)


def _host() -> Caller:
    from courtside.services.caller import Caller

    return Caller(who="host", clock=lambda: NOW)


def _let_go(workspace: Workspace) -> None:
    """Close what this process has open of a workspace, so that it can be copied."""
    from courtside.services.standing import stand
    from courtside.store.connect import disconnect

    stand(workspace).close()
    disconnect()


def _cast(workspace: Workspace, hierarchy: Hierarchy) -> Served:
    """Who plays whom: a team of five reps or more, its manager, and whoever leads them."""
    for team in hierarchy.teams(UNTIL):
        members = sorted(hierarchy.members(team, UNTIL, UNTIL))
        leads = {manager for member in members for manager in hierarchy.managers_of(member, UNTIL)} & set(members)
        reps = [member for member in members if member not in leads and _never_moved(hierarchy, member)]
        above = sorted(hierarchy.above(reps[0], UNTIL) - set(members)) if reps else []
        if len(reps) >= 5 and len(leads) == 1 and above:
            (maya,) = leads
            people = {"rae": reps[0], "tom": reps[1], "maya": maya, "gwen": above[0]}
            others = [t for t in hierarchy.teams(UNTIL) if t != team]
            other = next(t for t in others if above[0] not in hierarchy.members(t, UNTIL, UNTIL))
            return Served(workspace, people, team, other, hierarchy)
    raise AssertionError("the simulated firm has no team for the cast")


def _never_moved(hierarchy: Hierarchy, person: str) -> bool:
    return sum(one.person_id == person for one in hierarchy.belongings) == 1


def _let_in(served: Served) -> None:
    """Make the cast's users, all with one password, hashed once."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    from courtside.store import accounts
    from courtside.store.access import Role

    for username, name in CAST.items():
        user_id = accounts.add(username, name, f"{username}@firm.example", served.people.get(username, ""), NOW)
        if username in DUTIES:
            accounts.grant(user_id, Role(DUTIES[username]), "host", NOW)
    get_user_model().objects.update(password=make_password(PASSWORD))
