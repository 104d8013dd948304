"""A firm of sixteen sellers over twenty months, written by hand: one of them closes and calls half as much.

Its records come in over time, as they would, so that what was known on a day differs from what is known later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.asking import Asking, Reply, new_workspace
from tests.serving import PASSWORD, FrozenTime, Served
from tests.shell.firm import write_firm

if TYPE_CHECKING:
    from courtside.services.workspace import Workspace

SELLERS = tuple(f"S{n:02}" for n in range(16))
RAE, TOM, MAYA, MARK, GWEN = "S00", "S01", "M00", "M01", "G00"
NORTH, SOUTH = SELLERS[:8], SELLERS[8:]
NAMES: Mapping[str, str] = {
    RAE: "Rae Rivers", TOM: "Tom Tanner", MAYA: "Maya Moss", MARK: "Mark Marsh", GWEN: "Gwen Glass",
    **{person: f"Seller {person}" for person in SELLERS[2:]},
}  # fmt: skip
FIRST = date(2025, 6, 2)
WEAK_SINCE = date(2026, 3, 1)
"""From this day on Rae wins and calls half as much; until then she is like everybody."""
IMPORTS = (
    date(2026, 1, 5), date(2026, 5, 4), date(2026, 8, 3), date(2026, 10, 12), date(2026, 11, 16),
)  # fmt: skip
"""The days on which records came in; each brought what there was until the day before."""
MONDAY = IMPORTS[-1]
MONTHLY = {"web": 20, "cold_list": 20}
RATES = {"web": 0.3, "cold_list": 0.1}
SPREAD = (1.0, 1.0, 1.2, 1.4, 1.6)
"""People differ, and none but Rae is below the target of what was handed to them."""
CALLS = 4
USERS: Mapping[str, tuple[str, str, str]] = {
    "rae": (NAMES[RAE], RAE, ""), "tom": (NAMES[TOM], TOM, ""), "maya": (NAMES[MAYA], MAYA, ""),
    "mark": (NAMES[MARK], MARK, ""), "gwen": (NAMES[GWEN], GWEN, ""), "hana": ("Hana Hale", "", "hr"),
    "hugo": ("Hugo Hart", "", "hr"), "eve": ("Eve Ember", "", "executive"), "ada": ("Ada Ash", "", "admin"),
    "ola": ("Ola Oak", "", "operations"), "ari": ("Ari Arch", "", "auditor"), "otto": ("Otto Orr", "", ""),
}  # fmt: skip
"""Username -> name, whose records are theirs, and their duty."""


def at(day: date, hour: int = 9) -> None:
    """From now on it is this day."""
    FrozenTime.at = datetime.combine(day, time(hour), UTC)


def write_records(folder: Path, since: date, until: date) -> Path:
    """What happened from one day until before another, as files; deals are those decided by then, and still open."""
    leads, deals = _leads_and_deals(since, until)
    calls = (
        {"activity_id": f"C-{person}-{day:%y%m%d}-{n}", "person_id": person, "kind": "call", "account_id": "A1",
         "at": f"{day}T{9 + n:02}:30"}
        for day in _working_days(since, until) for person in SELLERS for n in range(_calls(person, day))
    )  # fmt: skip
    tables: dict[str, Any] = {"leads": leads, "opportunities": deals, "activities": list(calls)}
    return write_firm(folder, {**(_people() if since == FIRST else {}), **tables})


def _people() -> dict[str, Any]:
    hired = "2023-01-02"
    led = {**dict.fromkeys(NORTH, ("North", MAYA)), **dict.fromkeys(SOUTH, ("South", MARK))}
    led |= {MAYA: ("North", GWEN), MARK: ("South", GWEN), GWEN: ("Sales", "")}
    years = ("2025", "2026", "2027")
    return {
        "people": [
            {"person_id": person, "name": name, "email": f"{person}@firm.example", "hired_on": hired,
             "role": "seller" if person in SELLERS else "manager"}
            for person, name in sorted(NAMES.items())
        ],
        "assignments": [
            {"person_id": person, "valid_from": hired, "manager_id": manager, "team": team}
            for person, (team, manager) in sorted(led.items())
        ],
        "accounts": [{"account_id": "A1", "name": "Harbour Foods", "employees": 80}],
        "targets": [
            {"metric": metric, "scope": scope, "period": year, "value": value}
            for year in years
            for metric, scope, value in (
                ("closing_rate", "company", 0.2),
                *(("dials", f"person:{person}", 250 * CALLS) for person in SELLERS),
            )
        ],
    }  # fmt: skip


def _working_days(since: date, until: date) -> Iterator[date]:
    days = (since + timedelta(days=n) for n in range((until - since).days))
    return (day for day in days if day.weekday() < 5)


def _calls(person: str, day: date) -> int:
    return CALLS // 2 if person == RAE and day >= WEAK_SINCE else CALLS


def _leads_and_deals(since: date, until: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Leads that came in these days, and the deals that were opened or decided in them."""
    leads, deals = [], []
    for n, person in enumerate(SELLERS):
        for lead, deal in _cases(person, SPREAD[n % len(SPREAD)], until):
            came, closed = lead["created_at"], deal["closed_at"]
            if since <= came < until:
                leads.append(lead)
            if since <= came < until or since <= closed < until:
                is_decided = closed < until
                deals.append({**deal, "closed_at": closed if is_decided else "", "status": deal["status"]
                              if is_decided else "open"})  # fmt: skip
    return leads, deals


def _cases(person: str, spread: float, until: date) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every lead of a person with its deal, won evenly at the rates of their sources times a factor."""
    for source, monthly in MONTHLY.items():
        won = 0.0
        for month in _months(until):
            for n in range(monthly):
                came = month + timedelta(days=n % 28)
                won += RATES[source] * (0.45 if person == RAE and came >= WEAK_SINCE else spread)
                status = "won" if won >= 1 else "lost"
                won -= status == "won"
                lead = f"L-{person}-{source}-{month:%y%m}-{n}"
                yield (
                    {"lead_id": lead, "person_id": person, "source": source, "created_at": came},
                    {"opportunity_id": f"O-{lead}", "person_id": person, "lead_id": lead, "opened_at": came,
                     "closed_at": came + timedelta(days=9 + n % 7), "status": status, "amount": 1000},
                )  # fmt: skip


def _months(until: date) -> Iterator[date]:
    month = FIRST
    while month < until:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class Firm:
    """The firm in a folder, and its command line."""

    root: Path
    served: Served = field(repr=False)

    @property
    def asking(self) -> Asking:
        """The command line on its workspace."""
        return Asking(self.root)

    def run(self, *words: object) -> Reply:
        """A command; what it said. The pages go on serving this workspace afterwards."""
        reply = self.asking.run(*words)
        self.served.point()
        return reply

    def bring(self, since: date, until: date) -> None:
        """Import what happened from a day until before another, on the morning of the other."""
        at(until, 7)
        folder = write_records(self.root.parent / f"records-{since}", since, until)
        reply = self.run("import", folder)
        assert reply.status == 0, reply.said + reply.out


def made(folder: Path) -> Firm:
    """The firm on a Monday by which October can be told: imported five times, its users able to sign in."""
    at(IMPORTS[0], 6)
    new_workspace(folder)
    bare = Firm(folder, _served(folder))
    for since, until in pairwise((FIRST, *IMPORTS)):
        bare.bring(since, until)
    at(MONDAY)
    let_in()
    return Firm(folder, _served(folder).point())


def _served(folder: Path) -> Served:
    from courtside.services.caller import Caller
    from courtside.services.open_workspace import open_workspace
    from courtside.services.standing import stand

    workspace: Workspace = open_workspace(folder)
    people = {"rae": RAE, "tom": TOM, "maya": MAYA, "gwen": GWEN}
    hierarchy = stand(workspace).hierarchy(Caller(who="host", clock=lambda: FrozenTime.at))
    return Served(workspace, people, "North", "South", hierarchy)


def let_in() -> None:
    """Make the users, all with one password, hashed once."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    from courtside.store import accounts
    from courtside.store.access import Role

    for username, (name, person, duty) in USERS.items():
        user_id = accounts.add(username, name, f"{username}@firm.example", person, FrozenTime.at)
        if duty:
            accounts.grant(user_id, Role(duty), "host", FrozenTime.at)
    get_user_model().objects.update(password=make_password(PASSWORD))
