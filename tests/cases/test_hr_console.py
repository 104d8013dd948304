"""HR's console: due work by its day for those in scope, equity without anybody being singled out, and case actions."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from tests.cases.proposing import about_rae, firm, proposed, visit
from tests.serving import CAST, NOW, Served

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["firm", "proposed"]
GATES = (
    "pages of the console asked for by somebody of the cast", "pairs of published groups subtracted from each other",
    "samples of templates printed",
)  # fmt: skip
Counted = Callable[[str, int], None]
AsUser = Callable[..., "Client"]
PAGES = (
    "/hr/", "/hr/?kind=plan&step=sign&over=1", "/hr/?late=managers", "/hr/calendar/", "/hr/templates/", "/hr/equity/",
    "/hr/equity/?span=quarter", "/hr/retention/", "/hr/holds/",
)  # fmt: skip


def test_only_hr_partners_have_the_console_and_only_of_their_teams(
    firm: Served, as_user: AsUser, counted: Counted
) -> None:
    from courtside.store import accounts
    from courtside.store.access import Role

    accounts.grant(
        accounts.add("hugo", "Hugo Hill", "hugo@firm.example", "", NOW), Role.HR, "host", NOW, [firm.other_team]
    )
    found, rae = about_rae(firm, "improvement_plan").id, firm.people["rae"]
    pages = (*PAGES, f"/hr/cases/{found}/", f"/hr/people/{rae}/", "/hr/templates/coaching_plan/sample.pdf")
    for page in pages:
        for who in (*CAST, "hugo"):
            answer = as_user(who).get(page)
            is_open = who == "hana" or (who == "hugo" and (page in PAGES or "templates" in page))
            assert answer.status_code == (200 if is_open else 404), (page, who)
            if who == "hugo" and is_open:
                assert firm.hierarchy.names[rae].encode() not in answer.content, page
            counted("pages of the console asked for by somebody of the cast", 1)
    queue = as_user("hana").get("/hr/").content.decode()
    assert f"/proposals/{found}/" in queue
    assert about_rae(firm, "watch").id not in queue
    assert f"/proposals/{found}/" not in as_user("hugo").get("/hr/").content.decode()
    assert f"/proposals/{found}/" not in as_user("hana").get("/hr/?kind=plan").content.decode()
    firm.clock.move(timedelta(days=60))
    assert f"/proposals/{found}/" in as_user("hana").get("/hr/?over=1").content.decode()


def test_the_queue_is_by_due_date_and_counts_working_days(firm: Served) -> None:
    from courtside.services.hr_console_queue import hr_queue, working_days_between

    items = hr_queue(visit("hana"))
    assert [one.on for one in items] == sorted(one.on for one in items)
    assert {one.kind for one in items} >= {"proposal"}
    friday, monday = date(2026, 10, 30), date(2026, 11, 2)
    assert working_days_between(friday, monday) == 1
    assert working_days_between(monday, friday) == -1
    assert working_days_between(monday, monday) == 0
    assert working_days_between(friday, date(2026, 11, 4), (date(2026, 11, 2),)) == 2
    assert firm is not None


def test_the_calendar_has_every_day_of_six_weeks_once_and_all_that_is_due(firm: Served) -> None:
    from courtside.services.hr_console_calendar import hr_calendar
    from courtside.services.hr_console_queue import hr_queue

    page = hr_calendar(visit("hana"))
    days = [day for week in page.weeks for day in week]
    assert [day.on for day in days] == [date(2026, 11, 2) + timedelta(days=n) for n in range(42)]
    assert all(day.working is None for day in days if day.on.weekday() >= 5)
    shown = [*page.over, *(item for day in days for item in day.items), *page.later]
    assert sorted(shown, key=repr) == sorted(hr_queue(visit("hana")), key=repr)
    assert firm is not None


def test_every_template_prints_a_sample(served: Served, as_user: AsUser, counted: Counted) -> None:
    from courtside.services.preview_document import templates_here

    for name in list(templates_here(served.workspace))[:3]:
        answer = as_user("hana").get(f"/hr/templates/{name}/sample.pdf?how=longest")
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
        counted("samples of templates printed", 1)
    assert as_user("hana").get("/hr/templates/coaching_plan/sample.pdf?how=x").status_code == 400


def test_nothing_the_equity_panel_shows_isolates_fewer_than_five(
    firm: Served, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from courtside.analysis.fairness import preview as previews
    from courtside.services.equity_panel import equity_panel

    seen: list[Any] = []
    kept = previews.publishable

    def listening(groups: Any, people: Any, *rest: Any) -> Any:
        found = kept(groups, people, *rest)
        seen.append((frozenset(people), found))
        return found

    monkeypatch.setattr(previews, "publishable", listening)
    page = equity_panel(visit("hana"))
    ((everybody, published),) = seen
    sets = [everybody, *(members for cut in published.cuts.values() for members in cut.values())]
    shown = {one.name: {row.group: row.people for row in one.panel.rows} for one in page.groupings}
    assert shown == {name: {group: len(found) for group, found in cut.items()} for name, cut in published.cuts.items()}
    assert len(sets) >= 3
    assert _attacked(sets, counted, 10_000) == 0
    assert firm is not None


def _attacked(sets: list[frozenset[str]], counted: Counted, pairs: int) -> int:
    """How many of some random pairs of unions of published groups differ by one to four people of which sums tell."""
    from courtside.analysis.fairness.suppression import gives_away

    chance, isolated = random.Random(12), 0
    for _ in range(pairs):
        one, other = chance.choice(sets), chance.choice(sets)
        if other <= one and 0 < len(one - other) < 5:
            isolated += 1
    counted("pairs of published groups subtracted from each other", pairs)
    return isolated + sum(gives_away([a, b, sets[0]]) for a, b in combinations(sets, 2))


def test_a_panel_that_only_hides_small_groups_is_caught(counted: Counted) -> None:
    people = [f"P{n}" for n in range(30)]
    team, role = frozenset(people[:12]), frozenset(people[:10])
    assert _attacked([frozenset(people), team, role], counted, 1_000) > 0


def test_hr_names_an_auditor_an_outside_approver_and_a_witness(firm: Served, as_user: AsUser) -> None:
    from courtside.store import audit, naming

    hana, found = as_user("hana"), about_rae(firm, "improvement_plan").id
    at = f"/hr/cases/{found}/"
    assert as_user("ari").get(f"/hr/people/{firm.people['rae']}/").status_code == 404
    until = (NOW + timedelta(days=30)).date().isoformat()
    assert hana.post(f"{at}auditor/", {"auditor": "ari", "until": until}).status_code == 302
    assert naming.assigned_to("ari", NOW.date()) == ((found, date.fromisoformat(until)),)
    assert hana.post(f"{at}auditor/", {"auditor": "ari", "until": "2020-01-01"}).status_code == 400
    assert hana.post(f"{at}auditor/", {"auditor": "maya", "until": until}).status_code == 400
    assert "ari, until" in hana.get(at).content.decode()
    assert hana.post(f"{at}auditor/end/", {"auditor": "ari"}).status_code == 302
    assert naming.assigned_to("ari", NOW.date()) == ()
    assert hana.post(f"{at}approver/", {"executive": "eve"}).status_code == 400
    assert naming.outside_of(found) is None
    assert hana.post(f"{at}approver/", {"executive": "ola"}).status_code == 400
    assert hana.post(f"{at}witness/", {"document": "NOSUCHTHING", "username": "ola"}).status_code == 404
    for who in set(CAST) - {"hana"}:
        assert as_user(who).post(f"{at}auditor/", {"auditor": "ari", "until": until}).status_code == 404
    assert [act.who for act in audit.acts("assign_case")] == ["hana"]
