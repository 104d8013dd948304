"""`python -m bench.visitors WORKSPACE`: users for a simulated firm, and the pages each of them opens."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

USERS = 50
A_TEAM = 3
"""So many of their people's pages a manager opens."""


def main(arguments: Sequence[str]) -> None:
    """Every fourth is a manager, where there are so many; everybody is signed in already."""
    from courtside.records.hierarchy import Hierarchy
    from courtside.services.caller import Caller, utc_now
    from courtside.services.open_workspace import open_workspace
    from courtside.services.serve import use_server_settings
    from courtside.services.standing import stand
    from courtside.services.viewing import serve_from

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

    def pages(person: str, world: Hierarchy) -> Iterator[tuple[str, str]]:
        yield "own box score", f"/people/{person}/"
        yield "an opened number", f"/people/{person}/dials/"
        yield "ladder", "/ladder/"
        yield "leaks", "/leaks/"
        yield "a gap taken apart", f"/people/{person}/why/revenue/"
        yield "a definition", "/metrics/dials/"
        led = sorted(one for one in world.led_by(person, on) if person in world.managers_of(one, on))
        for one in led[:A_TEAM]:
            yield "somebody's box score", f"/people/{one}/"
        for team in sorted(world.teams_of(person, on)):
            yield "team", f"/teams/{quote(team)}/"

    managers = [one for one in sorted(hierarchy.names) if hierarchy.led_by(one, on)]
    others = [one for one in sorted(hierarchy.names) if one not in managers and hierarchy.teams_of(one, on)]
    step = max(len(others) // (USERS - len(managers[: USERS // 4])), 1)
    chosen = [*managers[: USERS // 4], *others[::step]][:USERS]
    for person in chosen:
        accounts.add(person.lower(), hierarchy.name(person), "", person, utc_now())
    told = [
        {"cookie": f"{settings.SESSION_COOKIE_NAME}={signed_in(one.lower())}", "pages": list(pages(one, hierarchy))}
        for one in chosen
    ]
    (root / "visitors.json").write_text(json.dumps(told), encoding="utf-8")
    standing.close()


if __name__ == "__main__":
    main(sys.argv[1:])
