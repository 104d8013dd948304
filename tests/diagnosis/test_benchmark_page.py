"""Like with like as pages: everybody reads what names nobody, and single people only themselves and who leads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from tests.serving import CAST, UNTIL, Served

if TYPE_CHECKING:
    from django.test import Client

GATES = (
    "questions of like with like read by the cast", "names looked for on pages of like with like",
    "names found where everybody's were let through", "focus bands made a target",
)  # fmt: skip
WHATS = ("people", "sources", "persistence", "bands", "accounts", "levels", "map")
FORBIDDEN = ("underperform", "caused", "proves", "—", "None", "nan")

Door = Callable[..., "Client"]
Counted = Callable[[str, int], None]


def _main(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    page: str = answer.content.decode()
    return unescape(page[page.index("<main") : page.index("</main>")])


def _named(text: str, served: Served, but: frozenset[str] = frozenset()) -> set[str]:
    """The people a page names, but for those it may name."""
    names = served.hierarchy.names
    return {person for person, name in names.items() if person not in but and f">{name}" in text}


def _direct(served: Served, who: str) -> frozenset[str]:
    """The people who report to one of the cast, and the one themself."""
    own = served.people[who]
    return frozenset({own}) | {p for p in served.hierarchy.names if own in served.hierarchy.managers_of(p, UNTIL)}


@pytest.mark.parametrize("what", WHATS)
def test_everybody_reads_an_answer_in_words_and_nobody_is_named(
    what: str, served: Served, as_user: Door, counted: Counted
) -> None:
    looked = 0
    for who in CAST:
        text = _main(as_user(who).get(f"/benchmark/{what}/"))
        assert 'class="say"' in text or 'class="empty"' in text, (who, what)
        assert not [word for word in FORBIDDEN if word in text], (who, what)
        allowed = _direct(served, who) if who in served.people else frozenset()
        assert not _named(text, served, allowed), (who, what)
        looked += len(served.hierarchy.names)
    counted("questions of like with like read by the cast", len(CAST))
    counted("names looked for on pages of like with like", looked)


def test_names_would_be_found_where_everybodys_were_let_through(
    served: Served, as_user: Door, monkeypatch: pytest.MonkeyPatch, counted: Counted
) -> None:
    """The broken twin: a page that shows whoever has cases."""
    everybody = list(served.hierarchy.names)
    monkeypatch.setattr("courtside.services.benchmark_page.persons_of", lambda _visit, _scope: everybody)
    found = _named(_main(as_user("rae").get("/benchmark/people/")), served, _direct(served, "rae"))
    assert len(found) > 5
    counted("names found where everybody's were let through", len(found))


def test_the_first_question_is_the_top_and_the_rest(as_user: Door) -> None:
    client = as_user("rae")
    assert _main(client.get("/benchmark/")) == _main(client.get("/benchmark/people/"))


def test_the_way_there_stands_in_the_bar(as_user: Door) -> None:
    page = as_user("otto").get("/benchmark/").content.decode()
    assert '<a href="/benchmark/"' in page
    assert 'aria-current="page">Like with like</a>' in page


@pytest.mark.parametrize("what", ["people", "bands", "map", "persistence"])
def test_who_neither_works_there_nor_leads_it_sees_no_figures(what: str, as_user: Door) -> None:
    for who, sees in {"otto": False, "ada": False, "ola": False, "eve": True, "rae": True}.items():
        page = _main(as_user(who).get(f"/benchmark/{what}/"))
        assert ("for the people they are made from" in page) is not sees, who
        assert sees or "<table" not in page, who


def test_a_rep_reads_their_own_cases_and_a_manager_those_who_report_to_them(served: Served, as_user: Door) -> None:
    own = _main(as_user("rae").get("/benchmark/people/"))
    assert _named(own, served) == {served.people["rae"]}
    assert "Times as many as typical" in own
    led = _named(_main(as_user("maya").get("/benchmark/people/")), served)
    assert led
    assert led <= _direct(served, "maya")
    sources = _main(as_user("rae").get("/benchmark/sources/"))
    assert f">{served.hierarchy.name(served.people['rae'])}: " in sources


@pytest.mark.parametrize("what", ["people", "sources"])
def test_whom_one_may_not_see_is_not_found(what: str, served: Served, as_user: Door) -> None:
    rae = served.people["rae"]
    for who in ("tom", "hana", "eve", "ada", "ola", "ari", "otto"):
        assert as_user(who).get(f"/benchmark/{what}/", {"scope": f"person:{rae}"}).status_code == 404, who
        assert as_user(who).get(f"/benchmark/{what}/", {"scope": "direct"}).status_code == 404, who
    assert _named(_main(as_user("gwen").get(f"/benchmark/{what}/", {"scope": f"person:{rae}"})), served) == {rae}


def test_a_look_by_others_than_the_direct_manager_is_part_of_the_record(served: Served, as_user: Door) -> None:
    from courtside.store import audit

    rae = served.people["rae"]
    before = len(audit.acts())
    as_user("maya").get("/benchmark/people/", {"scope": f"person:{rae}"})
    assert len(audit.acts()) == before
    as_user("gwen").get("/benchmark/people/", {"scope": f"person:{rae}"})
    assert [(act.who, act.verb, act.detail) for act in audit.acts()[before:]] == [("gwen", "see_card", {"person": rae})]


def test_accounts_follow_the_people_one_may_see(served: Served, as_user: Door) -> None:
    rae, team = served.people["rae"], served.team
    for who in ("maya", "hana", "eve", "gwen"):
        assert "Where the effort goes" in _main(as_user(who).get("/benchmark/accounts/", {"scope": "company"})), who
    for scope in ("company", f"team:{team}", f"person:{served.people['tom']}"):
        assert as_user("rae").get("/benchmark/accounts/", {"scope": scope}).status_code == 404, scope
    assert f"Team {team}" in _main(as_user("maya").get("/benchmark/accounts/", {"scope": f"team:{team}"}))
    assert as_user("maya").get("/benchmark/accounts/", {"scope": f"team:{served.other_team}"}).status_code == 404
    assert as_user("tom").get("/benchmark/accounts/", {"scope": f"person:{rae}"}).status_code == 404
    assert "for the people they are made from" in _main(as_user("otto").get("/benchmark/accounts/"))


@pytest.mark.parametrize(
    "at",
    ["/benchmark/nothing/", "/benchmark/people/?metric=missing", "/benchmark/levels/?metric=kept_account_revenue",
     "/benchmark/accounts/?scope=person:NOBODY", "/benchmark/accounts/?scope=source:web",
     "/benchmark/people/?scope=company", "/benchmark/sources/?scope=person:NOBODY"],
)  # fmt: skip
def test_what_there_is_nothing_of_is_not_found(at: str, as_user: Door) -> None:
    assert as_user("maya").get(at).status_code == 404


def test_a_period_nobody_knows_is_refused_and_one_that_is_not_ripe_says_so(as_user: Door) -> None:
    assert as_user("maya").get("/benchmark/people/?period=2026-Q9").status_code == 400
    text = _main(as_user("maya").get("/benchmark/sources/?grain=quarter"))
    assert "2026-Q3" in text
    assert "unfinished until" in text


def test_a_metric_that_cannot_be_compared_so_says_why(as_user: Door) -> None:
    text = _main(as_user("rae").get("/benchmark/bands/?metric=revenue"))
    assert 'class="empty"' in text
    assert "revenue is no rate of cases" in text
    counts = _main(as_user("rae").get("/benchmark/people/?metric=dials"))
    assert "Times as many as typical" not in counts  # a count is nobody's mix of cases


def test_every_question_says_what_is_allowed_for(as_user: Door) -> None:
    for what in WHATS:
        text = _main(as_user("maya").get(f"/benchmark/{what}/"))
        if 'class="empty"' not in text:
            assert "How do we know?" in text
            assert "Like with like:" in text or what == "accounts"


# Small groups --------------------------------------------------------------------------------------------------------


def _person(label: str) -> Mapping[str, Any]:
    return {
        "scope": f"person:{label}", "label": label, "value": 0.25, "n": 40, "typical": 0.125, "ratio": 2.0,
        "interval": [1.2, 3.1], "position": "above", "sentence": "10 of 40 is 25 %; others reach 12.5 %.",
        "source": "web",
    }  # fmt: skip


def test_beside_five_people_nothing_is_said_of_the_others() -> None:
    from courtside.services.benchmark_page_lines import own_source_table, people_table

    (hidden,) = people_table([_person("A")], 5).lines
    assert (hidden.cells[-1], hidden.at, hidden.words) == ("not shown", None, "Too few people")
    assert "12.5 %" not in hidden.says
    (shown,) = people_table([_person("A")], 6).lines  # the twin: one more, and the same line tells
    assert (shown.cells[-1], shown.low, shown.words) == ("12.5 %", 1.2, "Clearly more often")
    (few,) = own_source_table([_person("A")], {"web": 5}).lines
    assert (few.cells[-1], few.reference, few.words) == ("not shown", None, "Too few to tell")
    (many,) = own_source_table([_person("A")], {"web": 6}).lines
    assert (many.cells[-1], many.reference) == ("12.5 %", 0.125)


def test_a_source_few_people_worked_is_left_out(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, notes = _sources(served)
    assert rows
    assert all(row["people"] >= 5 for row in rows)
    monkeypatch.setattr("courtside.analysis.benchmark.source_groups.HIDDEN", 1 + min(row["people"] for row in rows))
    fewer, told = _sources(served)
    assert len(fewer) < len(rows)
    assert "left out" in " ".join(told)
    assert "left out" not in " ".join(notes)


def _sources(served: Served) -> tuple[Any, Any]:
    from courtside.services.show_benchmark import ShowBenchmark, compare
    from courtside.services.standing import stand
    from courtside.warehouse.question import Question

    question = Question("closing_rate", (), None, None, None, UNTIL)
    with stand(served.workspace).session(served.caller) as session:
        found = compare(session, question, ShowBenchmark("closing_rate", "source_groups"), ["closing_rate"])
    return found.rows, found.notes


def test_a_cell_of_the_map_with_few_people_tells_nothing(served: Served) -> None:
    from courtside.services.benchmark_page_map import map_sentence, map_table, team_map
    from courtside.services.definitions import catalogue_in_force

    figure = {"metric": "dials", "ratio": 0.7, "interval": [0.5, 0.9], "people": 6, "position": "behind"}
    rows: list[Mapping[str, Any]] = [
        {"team": "North", "rung": "activity", "n": 6, "position": "gap", "metrics": [figure]},
        {"team": "South", "rung": "activity", "n": None, "position": "hidden", "metrics": []},
    ]  # fmt: skip
    catalogue = catalogue_in_force(served.workspace)
    north, south = team_map(rows, catalogue).teams
    assert north.cells[0] is not None
    assert north.cells[0].says == "Behind on dials (30 % less)."
    assert south.cells[0] is not None
    assert (south.cells[0].words, south.cells[0].says, south.cells[0].people) == ("Fewer than 5 people", "", "")
    assert [line.name for line in map_table(rows, catalogue).lines] == ["North: Dials"]
    assert map_sentence(rows).endswith("1 are hidden.")


# The band to look for more of ----------------------------------------------------------------------------------------


def test_a_proposed_band_can_be_made_a_target_as_the_page_says(own_copy: Served, counted: Counted) -> None:
    from courtside.services.benchmark_page_map import focus_of
    from courtside.services.publish_metrics import publish_metrics
    from courtside.services.set_target import SetTarget, set_target
    from courtside.services.target_values import Amount

    for band in ("account_size:1-49", "account_size:250-999", "account_size:1000+", "level:vp"):
        row = {"band": band, "focus": True, "sentence": "It is so."}
        (focus,) = focus_of([row], own_copy.workspace.calendar, UNTIL)
        (own_copy.root / focus.file).parent.mkdir(exist_ok=True)
        (own_copy.root / focus.file).write_text(focus.block)
        assert publish_metrics(own_copy.workspace, own_copy.caller)
        words = focus.commands[-1].split()
        told = dict(zip(words[4::2], words[5::2], strict=True))
        assert (words[:3], told["--period"]) == (["courtside", "targets", "set"], "2027-Q1")
        wish = SetTarget(words[3], told["--scope"], told["--period"], Amount(900))
        set_target(own_copy.workspace, own_copy.caller, wish)
        assert not focus_of([{**row, "focus": False}], own_copy.workspace.calendar, UNTIL)
        counted("focus bands made a target", 1)
