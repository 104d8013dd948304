"""The catalogue: what is counted, and how, is open to everybody it measures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.serving import Served

if TYPE_CHECKING:
    from django.test import Client

GATES = ("definitions opened",)

Door = Callable[..., "Client"]


def test_every_definition_in_force_has_a_page_with_its_version_and_its_example(
    served: Served, as_user: Door, counted: Callable[[str, int], None]
) -> None:
    from courtside.services.list_metrics import list_metrics

    client, (rows, _) = as_user("otto"), list_metrics(served.workspace)
    catalogue = client.get("/metrics/").content.decode()
    for row in rows:
        page = client.get(f"/metrics/{row['metric']}/").content.decode()
        assert f"version {row['version']}" in page
        assert "Then it must be" in page
        assert f"/metrics/{row['metric']}/" in catalogue
    counted("definitions opened", len(rows))


def test_the_catalogue_goes_from_what_is_handed_to_people_to_what_can_only_be_reached(as_user: Door) -> None:
    page = as_user("rae").get("/metrics/").content.decode()
    places = [page.index(f'id="rung-{rung}"') for rung in ("input", "activity", "objective", "result")]
    assert places == sorted(places)


def test_words_looked_for_narrow_the_list_and_finding_nothing_says_so(as_user: Door) -> None:
    client = as_user("rae")
    found = client.get("/metrics/", {"q": "outbound calls"}).content.decode()
    assert "/metrics/dials/" in found
    assert "/metrics/revenue/" not in found
    nothing = client.get("/metrics/", {"q": "<b>unicorns</b>"}).content.decode()
    assert "No metric speaks of" in nothing
    assert "<b>unicorns</b>" not in nothing


def test_a_draft_is_told_to_those_who_look_after_definitions_and_nobody_else(own_copy: Served, as_user: Door) -> None:
    del as_user
    block = (
        "- metric: coffee_breaks\n  label: Coffee breaks\n  rung: activity\n  question: How many?\n  unit: count\n"
        "  measure: {from: activities, take: count, where: \"kind = 'meeting'\", date: at}\n"
        "  example: {given: {activities: [{person_id: P1, at: 2026-11-16T09:00, kind: meeting}]},"
        " then: {P1: {2026-W47: 1}}}\n"
    )
    (own_copy.root / "packs" / "ours.yaml").write_text(block, encoding="utf-8")
    assert "coffee_breaks is a draft" in own_copy.client("ola").get("/metrics/").content.decode()
    assert "coffee_breaks" not in own_copy.client("rae").get("/metrics/").content.decode()
    assert own_copy.client("rae").get("/metrics/coffee_breaks/").status_code == 404
