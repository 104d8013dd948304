"""Metrics on trial: one page for everybody, which names metrics and nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.serving import Served

if TYPE_CHECKING:
    from django.test import Client

Door = Callable[..., "Client"]


def test_every_metric_reviewed_stands_there_once_and_nobody_is_named(served: Served, as_user: Door) -> None:
    page = as_user("rae").get("/review/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert any(f"<h2>{verdict} " in main for verdict in ("Keep", "Watch", "Cannot tell yet"))
    assert main.count('href="/metrics/dials/"') >= 1
    for name in served.hierarchy.names.values():
        assert name not in main, f"{name} is named on a page about metrics"
    assert as_user("eve").get("/review/").content.decode().count("<tr>") == page.count("<tr>")


def test_the_catalogue_leads_there(served: Served, as_user: Door) -> None:
    del served
    assert 'href="/review/"' in as_user("rae").get("/metrics/").content.decode()
