"""The review as a person asks for it: metrics on trial, a card that suits, and records worth a second look."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.asking import Asking, new_workspace

from courtside.analysis.review.weekly import Weeks, weekly
from courtside.services.answer_metric import in_session
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.open_workspace import open_workspace
from courtside.warehouse.question import Question
from courtside.warehouse.session import Session

GATES = ("metrics reviewed on the Maven export",)

AS_OF = ("--as-of", "2026-03-31")
MAVEN = ("--as-of", "2017-12-31")
FORBIDDEN = ("underperform", "caused", "proves", " red ", "fail")
FIELDS = {
    "metric", "rung", "varies", "stable", "precedes", "lag_weeks", "effect", "interval", "still", "verdict",
    "review_on", "n", "sentence",
}  # fmt: skip


@pytest.fixture(scope="module")
def maven(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """A workspace holding the Maven export as downloaded."""
    asking = new_workspace(tmp_path_factory.mktemp("maven") / "workspace")
    reply = asking.run("import", shared_data / "maven_crm", "--format", "json")
    assert reply.status == 0, reply.said
    return asking


def test_two_people_cannot_tell_anything(full: Asking) -> None:
    rows = full.rows("review", *AS_OF)
    assert {"dials", "meetings", "closing_rate"} <= {row["metric"] for row in rows}
    assert all(set(row) >= FIELDS for row in rows)
    assert {row["verdict"] for row in rows} == {"cannot_tell"}
    dials = next(row for row in rows if row["metric"] == "dials")
    assert "38 more people" in dials["sentence"]
    assert dials["review_on"] == "2026-12-31"


def test_the_weeks_of_a_review_are_those_of_the_metric_command(full: Asking) -> None:
    """Counts that add up over days, and those that are counted anew."""
    weeks = _weeks(full, ("dials", "meetings", "prospects_approached"))
    for name, table in weeks.counts.items():
        asked = full.rows("metric", name, "--by", "person", "--grain", "week", "--from", "2026-01-05",
                          "--to", "2026-02-22", *AS_OF)  # fmt: skip
        told = {(row["scope"].removeprefix("person:"), row["period"]): row["value"] for row in asked}
        own = {
            (person, week.name): table[row, number]
            for row, person in enumerate(weeks.people)
            for number, week in enumerate(weeks.weeks)
            if (person, week.name) in told
        }
        assert own == told
        assert sum(own.values()) > 0


def _weeks(asking: Asking, names: tuple[str, ...]) -> Weeks:
    """What a review reads of a workspace."""
    workspace, caller = open_workspace(asking.workspace), Caller(who="test", progress=lambda _: None, warn=print)
    catalogue = catalogue_in_force(workspace)
    question = Question("dials", ("person",), None, None, None, date(2026, 3, 31), None)

    def read(session: Session) -> Weeks | None:
        return weekly(session, session.asked_of(question, catalogue["dials"]), names)

    found, _ = in_session(workspace, caller, catalogue, question, read)
    assert found is not None
    return found


def test_one_metric_is_said_the_same_as_among_all(full: Asking) -> None:
    among = [row for row in full.rows("review", *AS_OF) if row["metric"] == "meetings"]
    assert full.rows("review", "meetings", *AS_OF) == among


def test_a_card_for_a_firm_without_enough_sales_is_the_packs_own(full: Asking) -> None:
    reply = full.run("review", "--card", *AS_OF, "--format", "json")
    assert 0 < len(reply.rows) <= 8
    assert all(row["reason"] for row in reply.rows)


def test_looking_for_records_that_stand_out_is_logged(full: Asking) -> None:
    reply = full.run("review", "--authenticity", *AS_OF, "--format", "json")
    assert reply.rows == []
    assert "short_calls" in reply.notes
    from courtside.store.audit import acts

    (act,) = acts("show_authenticity")
    assert act.detail["persons"] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("review", "dialls"), "dials"),
        (("review", "stage_conversion"), "not reviewed"),
        (("review", "open_opportunities"), "not reviewed"),
    ],
)
def test_what_cannot_be_reviewed_is_refused(full: Asking, words: tuple[str, ...], says: str) -> None:
    reply = full.run(*words, *AS_OF)
    assert reply.status == 1
    assert says in reply.said
    assert reply.out == ""


def test_two_questions_at_once_are_wrong_usage(full: Asking) -> None:
    assert full.run("review", "dials", "--card").status == 2
    assert full.run("review", "--card", "--authenticity").status == 2


def test_without_records_there_is_nothing_to_review(empty: Asking) -> None:
    for words in (("review",), ("review", "--card")):
        reply = empty.run(*words)
        assert reply.status == 1
        assert "courtside import" in reply.said


def test_the_agents_of_maven_do_not_differ_in_what_they_win_but_do_in_how_much(
    maven: Asking, counted: Callable[[str, int], None]
) -> None:
    """Data README: chi-square 33.3 on 29 degrees of freedom; revenue differs because volume and products do."""
    rows = {row["metric"]: row for row in maven.rows("review", *MAVEN)}
    win_rate = rows["win_rate"]
    assert win_rate["varies"] is False
    assert win_rate["varies_chance"] == pytest.approx(0.26, abs=0.05)
    assert win_rate["verdict"] == "watch"
    assert win_rate["people"] == 30
    assert rows["revenue"]["varies"] is True
    assert rows["opportunities_opened"]["verdict"] == "cannot_tell"
    assert "10 more people are needed" in rows["opportunities_opened"]["sentence"]
    counted(GATES[0], sum(row["verdict"] != "cannot_tell" for row in rows.values()))
    said = json.dumps([row["sentence"] for row in rows.values()]).lower()
    assert not any(word in said for word in FORBIDDEN)


def test_the_end_of_mavens_quarters_is_named_as_the_calendars_doing(maven: Asking) -> None:
    """Data README: win rate of what closed in March, June, September, December 78-83 %, in first months 49 %."""
    notes = maven.run("review", "win_rate", *MAVEN, "--format", "json").notes
    assert "win % is 80.2 % in the third month of a quarter and 49 % in the first, over 3 quarters" in notes


def test_a_card_for_maven_leaves_out_what_nobody_records(maven: Asking) -> None:
    reply = maven.run("review", "--card", *MAVEN, "--format", "json")
    names = [row["metric"] for row in reply.rows]
    assert "revenue" in names
    assert "dials" not in names
    assert "short cycles" in reply.notes
