"""The page of the stages: whose one may see, and in plain words what can be said of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.serving import Served

if TYPE_CHECKING:
    from django.test import Client

Door = Callable[..., "Client"]


def _main(response: object) -> str:
    page: str = response.content.decode()  # type: ignore[attr-defined]
    return page[page.index("<main") : page.index("</main>")]


def test_a_manager_sees_the_stages_of_the_team_with_ranges_and_what_became_of_the_rest(
    served: Served, as_user: Door
) -> None:
    page = _main(as_user("maya").get("/leaks/", {"scope": f"team:{served.team}"}))
    assert f"Team {served.team}" in page
    assert page.index(">submittal<") < page.index(">interview<")
    for words in ("Of 100 cases that enter", "Likely range", "Still open here", "It tells where, not why."):
        assert words in page


def test_a_rep_sees_their_own_and_nobody_elses(served: Served, as_user: Door) -> None:
    rae = as_user("rae")
    assert "My own figures" in _main(rae.get("/leaks/"))
    other = next(person for person in served.members if person != served.people["rae"])
    assert rae.get("/leaks/", {"scope": f"person:{other}"}).status_code == 404
    assert rae.get("/leaks/", {"scope": "company"}).status_code == 404


@pytest.mark.parametrize("scope", ["person:NOBODY", "team:NONE", "source:web", "company:x"])
def test_what_is_no_scope_is_not_found(scope: str, as_user: Door) -> None:
    assert as_user("maya").get("/leaks/", {"scope": scope}).status_code == 404


def test_who_may_see_nobody_is_told_so(as_user: Door) -> None:
    assert "There is nobody whose cases you may see." in _main(as_user("otto").get("/leaks/"))
