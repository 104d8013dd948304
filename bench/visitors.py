"""`python -m bench.visitors WORKSPACE`: users for a simulated firm, and the pages each of them opens."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

USERS = 50
A_TEAM = 3
"""So many of their people's pages a manager opens."""


def main(arguments: Sequence[str]) -> None:
    """Every tenth or so is a manager; everybody has one password, hashed once."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "courtside.web.settings",
        "COURTSIDE_SECRET_KEY": secrets.token_urlsafe(64),
    }
    from bench.pages import PASSWORD
    from courtside.records.hierarchy import Hierarchy
    from courtside.services.caller import Caller, utc_now
    from courtside.services.open_workspace import open_workspace
    from courtside.services.standing import stand

    root = Path(arguments[0])
    workspace = open_workspace(root)
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    from courtside.store import accounts, connect

    connect.upgrade()
    caller = Caller(who="bench")
    standing = stand(workspace)
    hierarchy, on = standing.hierarchy(caller), standing.today(caller)

    def pages(person: str, world: Hierarchy) -> Iterator[tuple[str, str]]:
        yield "own box score", f"/people/{person}/"
        yield "an opened number", f"/people/{person}/dials/"
        yield "ladder", "/ladder/"
        yield "a definition", "/metrics/dials/"
        led = sorted(one for one in world.led_by(person, on) if person in world.managers_of(one, on))
        for one in led[:A_TEAM]:
            yield "somebody's box score", f"/people/{one}/"
        for team in sorted(world.teams_of(person, on)):
            yield "team", f"/teams/{team}/"

    managers = [one for one in sorted(hierarchy.names) if hierarchy.led_by(one, on)]
    others = [one for one in sorted(hierarchy.names) if one not in managers and hierarchy.teams_of(one, on)]
    step = max(len(others) // (USERS - len(managers[: USERS // 4])), 1)
    chosen = [*managers[: USERS // 4], *others[::step]][:USERS]
    for person in chosen:
        accounts.add(person.lower(), hierarchy.name(person), "", person, utc_now())
    get_user_model().objects.update(password=make_password(PASSWORD))
    told = {person.lower(): list(pages(person, hierarchy)) for person in chosen}
    (root / "visitors.json").write_text(json.dumps(told), encoding="utf-8")
    standing.close()


if __name__ == "__main__":
    main(sys.argv[1:])
