"""The page of a gap: it says what the command says, to those who may see the person, and nothing of few others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

if TYPE_CHECKING:
    from tests.serving import Served

GATES = ("pages of a gap closed to those who may not see the person",)
FORBIDDEN = ("underperform", "caused", "proves")


def page(served: Served, who: str, person: str, metric: str = "revenue", **asked: str) -> str:
    answer = served.client(who).get(reverse("why", args=[served.people[person], metric]), asked)
    assert answer.status_code == 200, (who, person, metric, asked, answer.status_code)
    return str(answer.content.decode())


@pytest.mark.parametrize("against", ["target", "previous", "peers", "nonsense"])
def test_a_person_reads_where_their_gap_sits(served: Served, against: str) -> None:
    text = page(served, "rae", "rae", against=against)
    assert "It tells where, not why." in text
    assert "Handed to them, not theirs" in text
    assert 'class="mark dots' in text
    assert not [word for word in FORBIDDEN if word in text.lower()]


def test_what_cannot_be_taken_apart_says_why(served: Served) -> None:
    assert "This cannot be taken apart: win_rate declares no factors" in page(served, "rae", "rae", "win_rate")
    assert "is not over" in page(served, "rae", "rae", period="2026-Q4")


def test_those_who_may_not_see_the_person_find_nothing(served: Served, counted: object) -> None:
    closed = 0
    for who in ("tom", "hana", "eve", "ada", "ola", "ari", "otto"):
        answer = served.client(who).get(reverse("why", args=[served.people["rae"], "revenue"]))
        assert answer.status_code == 404
        closed += 1
    assert served.client("rae").get(reverse("why", args=[served.people["rae"], "missing"])).status_code == 404
    assert callable(counted)
    counted("pages of a gap closed to those who may not see the person", closed)
