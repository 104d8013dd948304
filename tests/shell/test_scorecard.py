"""Score cards and windows as a person asks for them: whose rows come, for when, in which order, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from tests.asking import Asking, new_workspace

from courtside.analysis.cards.completion import FIELDS
from courtside.metrics.errors import MetricError
from courtside.metrics.pack import read_pack
from courtside.services.definitions import read_installed_pack
from courtside.services.workspace import MODELS

GATES = ("score card figures read on the Maven export",)

AS_OF = ("--as-of", "2026-03-31")
MAVEN = ("--as-of", "2017-12-31")
FORBIDDEN = ("underperform", "caused", "proves", " red ", "fail")


@pytest.fixture(scope="module")
def maven(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """A workspace holding the Maven export as downloaded."""
    asking = new_workspace(tmp_path_factory.mktemp("maven") / "workspace")
    reply = asking.run("import", shared_data / "maven_crm", "--format", "json")
    assert reply.status == 0, reply.said
    return asking


def _card() -> list[str]:
    return [line.metric for line in read_installed_pack("sales").cards["inside"]]


def test_the_firms_card_is_the_company_alone_in_the_order_of_the_ladder(full: Asking) -> None:
    rows = full.rows("scorecard", *AS_OF)
    assert [row["metric"] for row in rows] == _card()
    assert {(row["scope"], row["period"]) for row in rows} == {("company", "2026-Q1")}
    assert all(list(row)[: len(FIELDS)] == list(FIELDS) for row in rows)


def test_a_teams_card_is_followed_by_each_members(full: Asking) -> None:
    rows = full.rows("scorecard", "--team", "North", *AS_OF)
    assert list(dict.fromkeys(row["scope"] for row in rows)) == ["team:North", "person:P1", "person:P2"]
    assert [row["metric"] for row in rows] == 3 * _card()


def test_members_are_those_who_were_in_the_team_in_the_period(full: Asking) -> None:
    """P2 left North on the last day of January."""
    rows = full.rows("scorecard", "--team", "North", "--period", "2026-02", *AS_OF)
    assert list(dict.fromkeys(row["scope"] for row in rows)) == ["team:North", "person:P1"]


def test_a_persons_card_has_the_figures_of_the_metric_command(full: Asking) -> None:
    card = full.rows("scorecard", "--person", "P1", "--period", "2026-02", *AS_OF)
    for row in card:
        alone = full.rows("metric", row["metric"], "--scope", "person:P1", "--period", "2026-02", *AS_OF)
        among = full.rows("metric", row["metric"], "--by", "person", "--period", "2026-02", *AS_OF)
        assert [{**one, "rung": row["rung"]} for one in alone] == [row]
        assert [{**one, "rung": row["rung"]} for one in among if one["scope"] == "person:P1"] == [row]


def test_a_grain_alone_is_its_last_finished_period_and_with_a_period_each_part_of_it(full: Asking) -> None:
    week = full.rows("scorecard", "--grain", "week", *AS_OF)
    assert {row["period"] for row in week} == {"2026-W09"}
    parts = full.rows("scorecard", "--grain", "month", "--period", "2026-Q1", *AS_OF)
    assert [row["period"] for row in parts[:3]] == ["2026-01", "2026-02", "2026-03"]
    assert len(parts) == 3 * len(_card())


def test_a_card_of_old_records_says_so(full: Asking) -> None:
    reply = full.run("scorecard", "--as-of", "2027-06-30", "--format", "json")
    assert {row["period"] for row in reply.rows} == {"2026-Q1"}
    assert "Nothing is recorded after 2026-03-31: this is the card of 2026-Q1." in reply.notes


def test_the_same_card_asked_again_is_the_same_to_the_last_bit(full: Asking) -> None:
    words = ("scorecard", "--team", "North", *AS_OF, "--format", "json")
    first, second = full.run(*words).out, full.run(*words).out
    assert first == second
    assert full.run("warehouse", "rebuild").status == 0
    assert full.run(*words).out == first


def test_the_model_decides_which_metrics_a_card_has(tmp_path: Path) -> None:
    for pack in ("sales", "staffing"):
        cards = read_installed_pack(pack).cards
        assert set(cards) == set(MODELS)
        for model in MODELS:
            lines = cards[model]
            assert 0 < len(lines) <= 8
            assert len({line.metric for line in lines}) == len(lines)
            assert all(line.reason.endswith(".") for line in lines)
            asking = Asking(tmp_path / f"{pack}-{model}")
            reply = asking.run("init", asking.workspace, "--pack", pack, "--model", model, "--format", "json")
            assert [row["metric"] for row in reply.rows] == [line.metric for line in lines]


def test_a_pack_with_an_endless_or_doubled_card_is_refused_on_load(tmp_path: Path) -> None:
    for lines in (
        [{"metric": f"m{n}", "reason": "Because."} for n in range(9)],
        2 * [{"metric": "m", "reason": "So."}],
        [],
    ):
        (tmp_path / "about.yaml").write_text(json.dumps({"name": "p", "label": "P", "cards": {"inside": lines}}))
        with pytest.raises(MetricError, match="1 to 8 different metrics"):
            read_pack(tmp_path)


def test_a_card_without_records_is_refused_with_what_to_do(empty: Asking) -> None:
    reply = empty.run("scorecard")
    assert reply.status == 1
    assert "courtside import" in reply.said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("scorecard", "--person", "P9"), "there is no person 'P9'"),
        (("scorecard", "--team", "Nort"), "North"),
        (("scorecard", "--period", "2026-Q9"), "not a period"),
        (("window", "dialls", "--person", "P1"), "dials"),
        (("window", "dials", "--person", "P9"), "there is no person 'P9'"),
        (("window", "revenue", "--person", "P1"), "counts and rates"),
    ],
)
def test_what_nobody_knows_is_refused(full: Asking, words: tuple[str, ...], says: str) -> None:
    reply = full.run(*words, *AS_OF)
    assert reply.status == 1
    assert says in reply.said
    assert reply.out == ""


@pytest.mark.parametrize(
    "words", [("scorecard", "--person", "P1", "--team", "North"), ("window", "dials"), ("window",)]
)
def test_wrong_usage_ends_with_status_2(full: Asking, words: tuple[str, ...]) -> None:
    assert full.run(*words).status == 2


def test_a_window_is_said_in_a_persons_own_volume(full: Asking) -> None:
    (row,) = full.rows("window", "dials", "--person", "P1", *AS_OF)
    assert row["scope"] == "person:P1"
    assert row["weeks"] == pytest.approx(row["needed"] / row["per_week"])
    assert "a week: a real 30 % drop would show after" in row["sentence"]


def test_whose_card_was_looked_at_is_in_the_record(full: Asking) -> None:
    from courtside.store import audit

    full.rows("scorecard", "--person", "P1", *AS_OF)
    full.rows("window", "dials", "--person", "P2", *AS_OF)
    acts = {event.verb: event.detail for event in audit.acts()}
    assert acts["score_card"]["scope"] == "person:P1"
    assert acts["show_window"]["scope"] == "person:P2"


def test_a_card_reads_as_a_table_and_as_csv(full: Asking) -> None:
    table = full.run("scorecard", "--person", "P1", *AS_OF)
    assert table.status == 0
    assert "sentence" in table.out.splitlines()[0]
    rows = list(csv.DictReader(io.StringIO(full.run("scorecard", "--person", "P1", *AS_OF, "--format", "csv").out)))
    assert [row["metric"] for row in rows] == _card()


# the Maven export ---------------------------------------------------------------------------------------


def test_nobody_of_the_maven_export_is_told_apart_by_a_win_rate_in_which_they_hardly_differ(
    maven: Asking, counted
) -> None:
    """The set's own description: reps who do not really differ. 349 of 553 is the leader's published year."""
    rows = {row["scope"]: row for row in maven.rows("metric", "win_rate", "--by", "person", "--period", "2017", *MAVEN)}
    leader = rows["person:Darcel Schlecht"]
    assert (leader["numerator"], leader["denominator"]) == (349, 553)
    assert leader["interval"] == pytest.approx([0.5901, 0.6703], abs=5e-4)
    decided = [row for row in rows.values() if row["value"] is not None]
    assert len(decided) == 30
    assert Counter(row["verdict"] for row in decided) == {"as_expected": 30}
    assert {row["position"] for row in decided} == {"not_separable"}
    assert max(row["shrunk"] for row in decided) - min(row["shrunk"] for row in decided) < 0.03
    counted(GATES[0], len(rows))


def test_the_company_of_the_maven_export_is_as_published_and_says_how_sure(maven: Asking, counted) -> None:
    rows = {row["metric"]: row for row in maven.rows("scorecard", "--period", "2017", *MAVEN)}
    revenue, rate, days = rows["revenue"], rows["win_rate"], rows["days_to_close"]
    assert revenue["value"] == 10_005_534
    assert revenue["interval"][0] < 10_005_534 < revenue["interval"][1]
    assert revenue["interval"][1] - revenue["interval"][0] == pytest.approx(842_000, rel=0.1)
    assert rate["value"] == pytest.approx(0.6315, abs=5e-5)
    assert rate["interval"] == pytest.approx([0.6199, 0.6430], abs=5e-4)
    assert days["value"] == pytest.approx(51.8, abs=0.05)
    assert (rows["dials"]["value"], rows["dials"]["verdict"]) == (None, "too_early")
    counted(GATES[0], len(rows))


def test_every_sentence_of_every_team_of_the_maven_export_is_fit_to_be_read(maven: Asking, counted) -> None:
    teams = {row["scope"].removeprefix("team:") for row in maven.rows("metric", "revenue", "--by", "team", *MAVEN)}
    for team in sorted(filter(None, teams)):
        for row in maven.rows("scorecard", "--team", team, *MAVEN):
            said = row["sentence"]
            assert said.endswith(".")
            assert "nan" not in said
            assert "None" not in said
            assert [word for word in FORBIDDEN if word in said.lower()] == []
            assert row["verdict"] != "watch" or row["metric"] == "opportunities_opened", said
            counted(GATES[0], 1)


def test_json_is_one_object_with_plain_numbers(maven: Asking) -> None:
    reply = maven.run("scorecard", *MAVEN, "--format", "json")
    answer = json.loads(reply.out)
    assert list(answer) == ["command", "as_of", "known_at", "rows", "notes"]
    assert answer["command"] == "scorecard"
    rate = next(row for row in answer["rows"] if row["metric"] == "win_rate")
    assert isinstance(rate["interval"], list)
    assert len(rate["interval"]) == 2
