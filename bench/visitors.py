"""`python -m bench.visitors WORKSPACE`: users for a simulated firm, and the pages each of them opens."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from courtside.services.viewing import Visit

USERS = 50
A_TEAM = 3
"""So many of their people's pages a manager opens, and so many of them have a coaching plan."""
GOAL = 40.0
"""Dials a day: what the plans are for."""


def plans_issued(visits: Mapping[str, Visit], led: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Coaching plans their managers write by hand and issue, for those of whom dials are recorded: person -> plan."""
    from courtside.services.issue_plan import issue_plan
    from courtside.services.open_plan import open_plan
    from courtside.services.plan_content import GoalWritten, usual_days
    from courtside.services.refused import Refused

    found = {}
    for manager, people in led.items():
        visit = visits[manager]
        plan = replace(usual_days(visit.today), purpose="More first calls.", goals=(GoalWritten("dials", GOAL),))
        for person in people:
            with suppress(Refused):  # no such goal for somebody who does not call
                found[person] = open_plan(visit, person, plan)
                issue_plan(visit, found[person])
    if not found:
        raise RuntimeError("there is nobody to plan for")
    return found


def main(arguments: Sequence[str]) -> None:
    """Every fourth is a manager, where there are so many; everybody is signed in already."""
    from courtside.services.caller import Caller, utc_now
    from courtside.services.open_workspace import open_workspace
    from courtside.services.serve import use_server_settings
    from courtside.services.standing import stand
    from courtside.services.viewing import serve_from, visit_of

    root = Path(arguments[0])
    use_server_settings(root)
    workspace = open_workspace(root)
    serve_from(workspace)
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    from courtside.store import accounts, connect

    connect.upgrade()
    caller = Caller(who="bench")
    standing = stand(workspace)
    hierarchy, on = standing.hierarchy(caller), standing.today(caller)

    def signed_in(username: str) -> str:
        client = Client()
        client.force_login(get_user_model().objects.get(username=username))
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def direct(person: str) -> tuple[str, ...]:
        led = sorted(hierarchy.led_by(person, on))
        return tuple(one for one in led if person in hierarchy.managers_of(one, on))[:A_TEAM]

    def pages(person: str) -> Iterator[tuple[str, str]]:
        yield "own box score", f"/people/{person}/"
        yield "an opened number", f"/people/{person}/dials/"
        yield "ladder", "/ladder/"
        yield "leaks", "/leaks/"
        yield "a gap taken apart", f"/people/{person}/why/revenue/"
        yield "a definition", "/metrics/dials/"
        yield "tasks", "/tasks/"
        yield "plans", "/plans/team/" if direct(person) else "/plans/"
        for one in direct(person):
            yield "somebody's box score", f"/people/{one}/"
        for one in {person, *direct(person)} & plans.keys():
            yield "a plan", f"/plans/{plans[one]}/"
        for team in sorted(hierarchy.teams_of(person, on)):
            yield "team", f"/teams/{quote(team)}/"

    managers = [one for one in sorted(hierarchy.names) if hierarchy.led_by(one, on)]
    others = [one for one in sorted(hierarchy.names) if one not in managers and hierarchy.teams_of(one, on)]
    step = max(len(others) // (USERS - len(managers[: USERS // 4])), 1)
    chosen = [*managers[: USERS // 4], *others[::step]][:USERS]
    users = {one: accounts.add(one.lower(), hierarchy.name(one), "", one, utc_now()) for one in chosen}
    visits = {one: visit for one, user_id in users.items() if (visit := visit_of(user_id))}
    plans = plans_issued(visits, {one: direct(one) for one in chosen})
    told = [
        {"cookie": f"{settings.SESSION_COOKIE_NAME}={signed_in(one.lower())}", "pages": list(pages(one))}
        for one in chosen
    ]
    (root / "visitors.json").write_text(json.dumps(told), encoding="utf-8")
    standing.close()


if __name__ == "__main__":
    main(sys.argv[1:])
