"""How metrics' targets are shared out, how a figure stands against one, and which nodes the tree of targets has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from courtside.metrics.attainment import Attainment, attained
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.errors import MetricError
from courtside.metrics.load import build, read_blocks
from courtside.metrics.metric import Direction
from courtside.metrics.pack import read_pack
from courtside.metrics.sharing import Sharing, sharing_of
from courtside.metrics.target import Firm, Target, Targets
from courtside.metrics.target_rows import check_scope
from courtside.metrics.target_tree import Node, Wanted, nodes, versions
from courtside.records.people import Assignment, Employment
from courtside.records.period import Calendar, Grain
from courtside.records.ramp import read_ramp
from courtside.warehouse.answer import Question, Session
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.examples import complete

PACK = Path(__file__).resolve().parents[2] / "src" / "courtside" / "packs" / "staffing"
LATER = date(2018, 6, 30)
JANUARY = date(2017, 1, 1)


@pytest.fixture(scope="module")
def own() -> Catalogue:
    """The catalogue of a firm with some formulas of its own."""
    pack = read_pack(PACK)
    more = (
        derived("outreach", "dials + emails - voicemails"),
        derived("effort", "2 * dials + coalesce(emails, 0) / 4"),
        derived("reach", "dials + prospects_approached"),
        derived("per_dial", "connects / dials"),
    )
    return build([*(written.block for written in read_blocks(pack.files)), *more], pack)


def derived(name: str, formula: str, n: str = "dials") -> dict[str, Any]:
    said = {"label": name, "rung": "activity", "question": "How many?", "unit": "count", "derived": formula, "n": n}
    return {"metric": name, **said, "example": {"given": {}, "then": {"company": {"2026-11": None}}}}


@pytest.mark.parametrize(
    ("metric", "sharing"),
    [
        ("dials", Sharing.TOTAL),
        ("revenue", Sharing.TOTAL),
        ("talk_hours", Sharing.TOTAL),
        ("sales_cost", Sharing.TOTAL),
        ("prospects_approached", Sharing.DISTINCT),
        ("pipeline_value", Sharing.LEVEL),
        ("weighted_pipeline", Sharing.LEVEL),
        ("open_opportunities", Sharing.LEVEL),
        ("win_rate", Sharing.STANDARD),
        ("days_to_close", Sharing.STANDARD),
        ("days_to_close_median", Sharing.STANDARD),
        ("nps", Sharing.STANDARD),
        ("pipeline_coverage", Sharing.STANDARD),
        ("quota_attainers_rate", Sharing.STANDARD),
        ("outreach", Sharing.TOTAL),
        ("effort", Sharing.TOTAL),
        ("reach", Sharing.STANDARD),
        ("per_dial", Sharing.STANDARD),
    ],
)
def test_what_adds_up_is_read_from_the_definition(own: Catalogue, metric: str, sharing: Sharing) -> None:
    assert sharing_of(own[metric], own) is sharing


@pytest.mark.parametrize(
    ("value", "target", "pace", "direction", "found"),
    [
        (30, 40, 20, Direction.UP, Attainment(0.75, 1.5, False)),
        (40, 40, 40, Direction.UP, Attainment(1, 1, True)),
        (40, 40, 40, Direction.DOWN, Attainment(1, 1, True)),
        (50, 40, 40, Direction.DOWN, Attainment(1.25, 1.25, False)),
        (50, 40, 40, Direction.NONE, Attainment(1.25, 1.25, True)),
        (0, 0, 0, Direction.DOWN, Attainment(None, None, True)),
        (1, 0, 0, Direction.DOWN, Attainment(None, None, False)),
        (3, 40, 0, Direction.UP, Attainment(0.075, None, False)),
        (-0.1, -0.05, -0.05, Direction.UP, Attainment(None, None, False)),
        (-0.01, -0.05, -0.05, Direction.UP, Attainment(None, None, True)),
        (None, 40, 20, Direction.UP, Attainment()),
        (30, None, None, Direction.UP, Attainment()),
    ],
)
def test_a_figure_stands_against_its_target_as_promised(
    value: float | None, target: float | None, pace: float | None, direction: Direction, found: Attainment
) -> None:
    assert attained(value, target, pace, direction) == found


# The tree.


FIRM = Firm(
    people=(Employment("P1"), Employment("P2")),
    assignments=(Assignment("P1", JANUARY, team="North"), Assignment("P2", JANUARY, team="South")),
)


def tree(rows: Iterable[Target], metric: str = "dials", wanted: Wanted | None = None) -> list[Node]:
    sharing = Sharing.STANDARD if metric == "win_rate" else Sharing.TOTAL
    return nodes(Targets(rows, FIRM), metric, sharing, wanted or Wanted(), LATER)


def brief(found: Iterable[Node]) -> list[tuple[str, str, float | None, str | None]]:
    return [(node.scope, node.period.name, node.resolved.value, node.origin) for node in found]


def test_persons_add_up_to_teams_and_the_firm() -> None:
    rows = [Target("dials", "person:P1", "2017-11", 220), Target("dials", "person:P2", "2017-11", 110)]
    assert brief(tree(rows)) == [
        ("company", "2017-11", 330, "sum over members"),
        ("team:North", "2017-11", 220, "sum over members"),
        ("team:South", "2017-11", 110, "sum over members"),
        ("person:P1", "2017-11", 220, "own"),
        ("person:P2", "2017-11", 110, "own"),
    ]


def test_the_origin_says_share_sum_inheritance_and_version() -> None:
    months = [Target("dials", "person:P1", f"2017-{month}", 220) for month in (10, 11, 12)]
    calendar = Calendar()

    def origin(rows: Iterable[Target], metric: str, scope: str, period: str) -> str | None:
        (node,) = tree(rows, metric, Wanted(scope, calendar.parse(period)))
        return node.origin

    assert origin(months, "dials", "person:P1", "2017-W47") == "own, share of 2017-11"
    assert origin(months, "dials", "person:P1", "2017-Q4") == "own, sum of 2017-10, 2017-11, 2017-12"
    weeks = [Target("dials", "person:P1", f"2017-W{week}", 50) for week in range(40, 53)]
    assert (
        origin(weeks, "dials", "person:P1", "2017-10-02/2017-12-31") == "own, sum of 2017-W40, 2017-W41 … 2017-W52 "
        "(13 periods)"
    )
    changed = [*months, Target("dials", "person:P1", "2017-11", 300, "2", date(2017, 11, 15))]
    assert origin(changed, "dials", "person:P1", "2017-11") == "own, version 2 in force from 2017-11-15"
    standards = [Target("win_rate", "team:North", "2017", 0.3), Target("win_rate", "company", "2017-11", 0.2)]
    assert origin(standards, "win_rate", "person:P1", "2017-11") == "inherited from team:North, that of 2017"
    assert origin(standards, "win_rate", "person:P2", "2017-11") == "inherited from company"
    assert origin(standards, "win_rate", "person:P2", "2017-10") is None


def test_a_scope_asked_for_has_the_periods_its_number_may_come_from() -> None:
    standards = [Target("win_rate", "team:North", "2017", 0.3), Target("win_rate", "company", "2017-11", 0.2)]
    assert brief(tree(standards, "win_rate", Wanted("person:P1"))) == [
        ("person:P1", "2017", 0.3, "inherited from team:North"),
        ("person:P1", "2017-11", 0.3, "inherited from team:North, that of 2017"),
    ]
    assert [node.period.name for node in tree(standards, "win_rate", Wanted("company"))] == ["2017-11"]


def test_every_version_of_a_node_is_listed_in_the_order_of_precedence() -> None:
    rows = [
        Target("dials", "person:P1", "2017-11", 300, "2", date(2017, 11, 15), recorded=2),
        Target("dials", "person:P1", "2017-11", 220, "1", recorded=1),
    ]
    targets = Targets(rows, FIRM)
    (node,) = nodes(targets, "dials", Sharing.TOTAL, Wanted("person:P1"), LATER)
    found = [(row["version"], row["value"], row["batch"]) for row in versions(targets, node)]
    assert found == [("1", 220, 1), ("2", 300, 2)]


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("P1", "write company, or a kind and a name"),
        ("team:", "write company, or a kind and a name"),
        ("tem:North", "nearest: team"),
        ("zzz:red", "there is: person, team"),
        ("", "write company"),
    ],
)
def test_what_is_no_scope_is_refused_with_what_is(scope: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"is no scope") as refusal:
        check_scope(scope)
    assert said in str(refusal.value).lower() or said in str(refusal.value)


# The price of targets.


class Counting(DuckEngine):
    """An engine that counts what it is asked."""

    asked = 0

    def run(self, query: exp.Query) -> list[tuple[Any, ...]]:
        self.asked += 1
        return super().run(query)


@pytest.mark.parametrize("targets", [[], [{"metric": "dials", "scope": "person:P1", "period": "2026", "value": 900}]])
def test_targets_cost_no_query_a_row(own: Catalogue, targets: list[dict[str, Any]]) -> None:
    people = [{"person_id": f"P{n}"} for n in range(20)]
    calls = [{"person_id": "P1", "at": "2026-01-05", "kind": "call"}, {"person_id": "P2", "at": "2026-06-30"}]
    given = complete({"people": people, "activities": [{"kind": "call", **call} for call in calls], "targets": targets})
    asked = []
    for last in (date(2026, 1, 11), date(2026, 6, 28)):
        engine = Counting.over_rows(given)
        assert isinstance(engine, Counting)
        question = Question("dials", ("person",), Grain.WEEK, date(2026, 1, 5), last, date(2026, 6, 30))
        answer = Session(engine, own, Calendar(), "USD").ask(question)
        asked.append((len(answer.rows), engine.asked))
        engine.close()
    (few, queries), (many, same) = asked
    assert (few, many) == (20, 20 * 25)
    assert queries == same


# Ramps.


def test_a_ramp_is_read_by_role() -> None:
    assert read_ramp({"seller": [0.25, 1], "default": []}) == {"seller": (0.25, 1.0), "default": ()}
    assert read_ramp(None) == {}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ([0.5], "for each role"),
        ({"seller": 0.5}, "seller: write up to 60 monthly shares"),
        ({"seller": "0.5"}, "seller: write up to 60 monthly shares"),
        ({"seller": [0.1] * 61}, "seller: write up to 60 monthly shares"),
        ({"seller": [0.5, "half"]}, "seller, month 2: 'half' is not a number"),
        ({"seller": [True]}, "seller, month 1: True is not a number"),
        ({"seller": [float("nan")]}, "seller, month 1: nan is not a number"),
        ({"seller": [25]}, "seller, month 1: 25 is not between 0 and 1"),
        ({"seller": [-0.1]}, "seller, month 1: -0.1 is not between 0 and 1"),
    ],
)
def test_a_ramp_that_cannot_be_meant_is_refused_with_role_and_month(written: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_ramp(written)


def test_a_pack_may_bring_a_ramp_and_takes_that_of_the_packs_it_includes(tmp_path: Path) -> None:
    for name, ramp in (("below", "{seller: [0.2], recruiter: [0.4]}"), ("above", "{seller: [0.3, 0.6]}")):
        (tmp_path / name).mkdir()
        includes = "[below]" if name == "above" else "[]"
        (tmp_path / name / "about.yaml").write_text(f"name: {name}\nlabel: L\nincludes: {includes}\nramp: {ramp}\n")
    assert read_pack(tmp_path / "above").ramp == {"seller": (0.3, 0.6), "recruiter": (0.4,)}
    (tmp_path / "above" / "about.yaml").write_text("name: above\nlabel: L\nramp: {seller: [3]}\n")
    with pytest.raises(MetricError, match="ramp: seller, month 1: 3 is not between 0 and 1"):
        read_pack(tmp_path / "above")
