"""`courtside benchmark` as a person asks it: of a simulated firm with planted stories, and of the Maven export."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from tests.asking import Asking, new_workspace
from tests.shell.firm import write_firm
from tests.simulated import Company, made, seeds

GATES = ("comparisons of a simulated firm read", "agents of the Maven export said not to differ")

AS_OF = ("--as-of", "2026-10-31")
MAVEN = ("--as-of", "2017-12-31")
FORBIDDEN = ("underperform", "caused", "proves", "because", "nan", "None", " inf", "—")
EVERYTHING = (
    ("closing_rate",), ("dials",), ("closing_rate", "--what", "people"), ("closing_rate", "--what", "sources"),
    ("--what", "persistence"), ("--what", "bands"), ("--what", "accounts"), ("closing_rate", "--what", "levels"),
    ("dials", "--what", "levels"), ("revenue", "--what", "levels"), ("--what", "map"),
)  # fmt: skip

Counted = Callable[[str, int], None]
Rows = Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Twenty-four people for seven months."""
    return made(tmp_path_factory.mktemp("benchmark") / "files", seed=seeds(1)[0], people=24, months=7)


@pytest.fixture(scope="module")
def simulated(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """A workspace holding it."""
    asking = new_workspace(tmp_path_factory.mktemp("benchmark") / "workspace", "staffing")
    reply = asking.run("import", company.folder, "--format", "json")
    assert reply.status == 0, reply.said
    return asking


@pytest.fixture(scope="module")
def maven(shared_data: Any, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """A workspace holding the Maven export as downloaded."""
    asking = new_workspace(tmp_path_factory.mktemp("maven") / "workspace")
    reply = asking.run("import", shared_data / "maven_crm", "--format", "json")
    assert reply.status == 0, reply.said
    return asking


@pytest.mark.parametrize("words", EVERYTHING)
def test_every_comparison_speaks_plainly_and_says_how_many(
    words: Sequence[str], simulated: Asking, counted: Counted
) -> None:
    reply = simulated.run("benchmark", *words, *AS_OF, "--format", "json")
    rows = reply.rows
    assert rows or reply.notes
    for row in rows:
        assert row["sentence"].endswith(".")
        assert not [word for word in FORBIDDEN if word in f"{row['sentence']} {reply.notes}"]
        assert row["complete"]
        counts = {"n", "accounts"} & row.keys()
        assert counts, row
    json.dumps(rows, allow_nan=False)
    counted("comparisons of a simulated firm read", len(rows))


def test_the_cold_lead_rep_is_not_below_and_what_is_typical_is_near_the_metric_of_that_name(
    simulated: Asking, company: Company
) -> None:
    rows = simulated.rows("benchmark", "closing_rate", "--what", "people", *AS_OF)
    period = rows[0]["period"].split("/")
    typical = simulated.rows(
        "metric", "benchmark_closing_rate", "--by", "person", "--from", period[0], "--to", period[1], *AS_OF
    )
    known = {row["scope"]: row["value"] for row in typical}
    for row in rows:
        # the metric draws sources together as if by 30 more leads, the comparison only as far as they are alike
        assert row["typical"] == pytest.approx(known[row["scope"]], rel=0.1)
    cold = f"person:{company.story('cold-leads')['person_id']}"
    (own,) = [row for row in rows if row["scope"] == cold]
    assert own["typical"] < 0.75 * own["overall"]
    assert own["cost_ratio"] == pytest.approx(1 / own["ratio"])
    assert "cold_list" in own["sentence"]


def test_one_persons_rows(simulated: Asking) -> None:
    everybody = simulated.rows("benchmark", "--what", "people", *AS_OF)
    person = everybody[3]["scope"].removeprefix("person:")
    assert simulated.rows("benchmark", "--what", "people", "--person", person, *AS_OF) == [everybody[3]]
    sources = simulated.rows("benchmark", "--what", "sources", "--person", person, *AS_OF)
    assert {row["scope"] for row in sources} == {f"person:{person}"}
    assert sum(row["n"] for row in sources) == everybody[3]["n"]


def test_looking_at_people_is_part_of_the_record(simulated: Asking) -> None:
    simulated.rows("benchmark", "--what", "people", *AS_OF)
    from courtside.store import audit  # (Django is set up by then)

    acts = [event for event in audit.acts() if event.verb == "show_benchmark"]
    assert acts[-1].detail == {"metrics": ["closing_rate"], "what": "people", "scope": "all"}


def test_a_stretch_that_is_not_ripe_says_so(simulated: Asking) -> None:
    reply = simulated.run("benchmark", "closing_rate", "--period", "2026-Q3", *AS_OF, "--format", "json")
    assert not any(row["complete"] for row in reply.rows)
    assert "These figures are unfinished until" in reply.notes


def test_the_map_hides_cells_of_fewer_than_five(simulated: Asking) -> None:
    for row in simulated.rows("benchmark", "--what", "map", *AS_OF):
        assert (row["position"] == "hidden") == (not row["metrics"])
        assert all(cell["people"] >= 5 for cell in row["metrics"])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("closing_rat",), "closing_rate"),
        ((), "name the metric to compare"),
        (("revenue",), "top and rest are known of rates and counts"),
        (("closing_rate", "--by", "sauce"), "source"),
        (("closing_rate", "--person", "P00001"), "--person goes with"),
        (("closing_rate", "--what", "people", "--person", "Nobody"), "there is no person 'Nobody'"),
        (("revenue", "--what", "people"), "is no rate of cases"),
        (("revenue", "--what", "bands"), "is no rate of cases"),
        (("dials", "--what", "persistence"), "is no rate of cases"),
        (("closing_rate", "--period", "2026-Q9"), "2026-Q9"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    words: Sequence[str], reason: str, simulated: Asking
) -> None:
    reply = simulated.run("benchmark", *words, *AS_OF)
    assert (reply.status, reply.out) == (1, "")
    assert reason in reply.said


def test_an_empty_workspace_is_refused(untouched_empty: Any) -> None:
    reply = Asking(untouched_empty).run("benchmark", "closing_rate", *AS_OF)
    assert reply.status == 1
    assert "nothing has been imported" in reply.said


def test_the_maven_agents_are_said_not_to_differ(maven: Asking, counted: Counted) -> None:
    """PUBLISHED_FIGURES.md: chi-square 33.3 on 29 degrees of freedom."""
    (row,) = maven.rows("benchmark", "win_rate", *MAVEN)
    assert (row["verdict"], row["n"]) == ("alike", 6711)
    assert row["sentence"] == (
        "30 people of like roles differ in win % no more than chance makes them (chi-square 33.3 with 29 degrees of "
        "freedom): there is no top third to learn from."
    )
    reply = maven.run("benchmark", "win_rate", "--what", "people", *MAVEN, "--format", "json")
    assert len(reply.rows) == 30
    assert "30 people differ in win % no more than chance alone makes them (chi-square 33.3" in reply.notes
    counted("agents of the Maven export said not to differ", len(reply.rows))


def test_whoever_was_handed_the_better_leads_is_not_on_top_for_that(tmp_path: Any) -> None:
    """Ten were handed referrals and closed a third, twenty cold lists and closed a ninth: like with like, all alike."""
    asking = new_workspace(tmp_path / "workspace")
    people = [{"person_id": f"P{n:02}", "name": f"Person {n}", "role": "seller"} for n in range(30)]
    leads, deals = [], []
    for n in range(30 * 120):
        person, number = n % 30, n // 30
        source = ("referral", "cold") if person < 10 else ("cold", "referral")
        lead = {"lead_id": f"L{n}", "person_id": f"P{person:02}", "source": source[number % 20 == 0]}
        leads.append({**lead, "created_at": f"2026-0{1 + number % 3}-{1 + number % 28:02}T09:00"})
        if number % (3 if person < 10 else 9) == 1:
            deals.append({
                "opportunity_id": f"O{n}", "person_id": f"P{person:02}", "lead_id": f"L{n}", "status": "won",
                "opened_at": "2026-04-01T09:00", "closed_at": "2026-04-02T09:00", "amount": 100,
            })  # fmt: skip
    write_firm(tmp_path / "firm", {"people": people, "leads": leads, "opportunities": deals})
    assert asking.run("import", tmp_path / "firm").status == 0
    reply = asking.run("benchmark", "closing_rate", "--period", "2026-Q1", "--as-of", "2026-11-01", "--format", "json")
    (row,) = reply.rows
    assert (row["verdict"], row["n"]) == ("alike", 3600)
    assert "no more than chance makes them" in row["sentence"]
    crude = asking.run("benchmark", "closing_rate", "--by", "product", "--period", "2026-Q1", "--as-of", "2026-11-01")
    assert crude.status == 1  # leads name no product: nothing else may stand in for it
    assert "cannot be cut by product" in crude.said
    whole = asking.rows(
        "benchmark", "closing_rate", "--what", "people", "--by", "role", "--period", "2026-Q1", "--as-of", "2026-11-01"
    )
    assert [found["position"] for found in whole] == ["above"] * 10 + ["below"] * 20  # the broken twin: one mix for all
