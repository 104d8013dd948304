"""The ladder: one walks from a result down to what people do, with the figures one may see and no others."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from tests.serving import Served

if TYPE_CHECKING:
    from django.test import Client

Door = Callable[..., "Client"]


class Lists(HTMLParser):
    """Whether lists and their items are closed where they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.deepest = 0
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  (the parser calls it so)
        if tag in ("ul", "li"):
            if tag == "li" and (not self.open or self.open[-1] not in ("ul",)):
                self.faults.append(f"an item outside a list, line {self.getpos()[0]}")
            self.open.append(tag)
            self.deepest = max(self.deepest, self.open.count("ul"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "li") and (not self.open or self.open.pop() != tag):
            self.faults.append(f"</{tag}> closes something else, line {self.getpos()[0]}")


def lists_of(page: str) -> Lists:
    found = Lists()
    main = page[page.index("<main") : page.index("</main>")]
    found.feed(main.replace("<ol", "<ul").replace("</ol>", "</ul>"))
    return found


def test_a_manager_walks_from_results_to_causes_with_the_teams_figures(served: Served, as_user: Door) -> None:
    page = as_user("maya").get("/ladder/", {"scope": f"team:{served.team}"}).content.decode()
    assert page.index("Revenue") < page.index("Dials")
    assert re.search(r"shows \d+ weeks? later", page)
    assert f"Team {served.team}, 2026-Q3" in page
    lists = lists_of(page)
    assert lists.faults == []
    assert lists.open == []
    assert lists.deepest >= 4


def test_each_rung_leads_one_step_up_and_one_step_down(served: Served, as_user: Door) -> None:
    client = as_user("maya")
    page = client.get("/ladder/dials/").content.decode()
    above = re.findall(r"/ladder/(\w+)/", page[page.index('id="up"') : page.index('id="down"')])
    below = re.findall(r"/ladder/(\w+)/", page[page.index('id="down"') :])
    assert "call_plans" in below
    assert above
    assert all(client.get(f"/ladder/{metric}/").status_code == 200 for metric in {*above, *below})


def test_a_rung_shows_the_figure_the_command_line_gives(served: Served, as_user: Door) -> None:
    from courtside.services.answer_metric import Ask, answer_metric

    scope = f"person:{served.people['rae']}"
    (row,) = answer_metric(served.workspace, served.caller, Ask("dials", period="2026-Q3", scopes=(scope,))).rows
    page = as_user("rae").get("/ladder/dials/", {"period": "2026-Q3"}).content.decode()
    assert f"<strong>{row['value']:,.0f}</strong>" in page or f"<strong>{row['value']:.0f}</strong>" in page


def test_nobody_reads_the_ladder_of_somebody_they_may_not_see(served: Served, as_user: Door) -> None:
    rae, people = as_user("rae"), served.people
    for scope in (f"person:{people['tom']}", f"team:{served.team}", "company", "person:P99999", "nonsense"):
        assert rae.get("/ladder/", {"scope": scope}).status_code == 404, scope
    assert as_user("maya").get("/ladder/", {"scope": f"person:{people['tom']}"}).status_code == 200
    assert as_user("maya").get("/ladder/", {"scope": f"team:{served.other_team}"}).status_code == 404
    assert as_user("eve").get("/ladder/", {"scope": "company"}).status_code == 200


def test_somebody_without_figures_reads_definitions_alone(as_user: Door) -> None:
    page = as_user("otto").get("/ladder/").content.decode()
    assert "nobody whose figures you may see" in page
    assert "<select" not in page[page.index("<main") :]


def test_a_period_nobody_knows_is_refused_and_an_unknown_metric_is_not_there(as_user: Door) -> None:
    client = as_user("maya")
    answer = client.get("/ladder/", {"period": "2026-Q9"})
    assert answer.status_code == 400
    assert "2026-Q9" in answer.content.decode()
    assert client.get("/ladder/no_such_metric/").status_code == 404


def test_before_the_first_import_the_steps_stand_there_and_say_why_they_have_no_figures(own_copy: Served) -> None:
    from courtside.services.undo_import import undo_import

    undo_import(own_copy.workspace, own_copy.caller, 1)
    page = own_copy.client("ola").get("/ladder/").content.decode()
    assert "Nothing has been imported yet" in page
    assert "/data/" in page[page.index("<main") :]
    assert "/ladder/revenue/" in page
    assert own_copy.client("rae").get("/ladder/revenue/").status_code == 200


def test_a_rep_and_a_manager_read_the_same_figure_of_that_rep(served: Served, as_user: Door) -> None:
    asked = {"scope": f"person:{served.people['rae']}", "period": "2026-Q3"}
    pages = [as_user(who).get("/ladder/submittals/", asked).content.decode() for who in ("rae", "maya")]
    own, managers = (re.findall(r"<strong>([^<]+)</strong>", page[page.index("<main") :]) for page in pages)
    assert own
    assert own == managers
