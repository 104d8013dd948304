"""Every metric of every pack comes out as its own example says, and the whole catalogue is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from courtside.metrics.block import Places, read_metric
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.ladder import walk
from courtside.metrics.load import build_written, read_blocks
from courtside.metrics.metric import Example, Metric, Rung
from courtside.metrics.pack import read_pack
from courtside.warehouse.examples import run

GATES = (
    "metric examples run (duckdb)",
    "figures of examples compared (duckdb)",
    "catalogue metrics found",
    "identities of examples multiplied",
)

PACKS = Path(str(files("courtside.packs")))
NAMES = tuple(sorted(path.parent.name for path in PACKS.glob("*/about.yaml") if path.parent.name != "shared"))

INPUTS = ("new_leads", "lead_cost", "benchmark_closing_rate")
ACTIVITIES = (
    "call_plans", "dials", "emails", "inmails", "voicemails", "touches", "prospects_approached",
    "follow_ups_per_contact", "connects", "talk_hours", "key_account_touches", "key_account_hours", "call_adherence",
)  # fmt: skip
OBJECTIVES = (
    "meetings", "face_to_face_meetings", "demos", "intake_calls", "candidate_interviews", "qualified_leads",
    "qualified_rate", "qualified_prospect_size", "qualified_prospect_level", "opportunities_opened",
    "signed_agreements", "new_job_orders", "submittals", "client_interviews", "orders_filled", "stage_conversion",
    "next_step_secured_rate",
)  # fmt: skip
RESULTS = (
    "closed_sales", "placements", "closing_rate", "win_rate", "won_of_all_rate", "days_to_close", "days_to_lose",
    "days_to_close_median", "lead_to_close_days", "revenue", "gross_margin", "revenue_per_deal", "cost_per_deal",
    "gross_margin_rate", "cost_per_acquisition", "cost_of_sales_ratio", "cancellation_rate", "revenue_growth",
    "gross_margin_growth", "account_growth", "account_retention", "nps", "compliance_rate", "quota_attainers_rate",
)  # fmt: skip
STOCKS = (
    "open_opportunities", "pipeline_value", "pipeline_list_value", "weighted_pipeline", "stale_opportunities",
    "pipeline_coverage",
)  # fmt: skip
CATALOGUE = {
    **dict.fromkeys(INPUTS, Rung.INPUT),
    **dict.fromkeys(ACTIVITIES, Rung.ACTIVITY),
    **dict.fromkeys((*OBJECTIVES, *STOCKS), Rung.OBJECTIVE),
    **dict.fromkeys(RESULTS, Rung.RESULT),
}
"""The metrics that ship, typed out, each with its rung."""

_HEIGHT = {Rung.INPUT: 0, Rung.ACTIVITY: 1, Rung.OBJECTIVE: 2, Rung.RESULT: 3}
_MODELS = {"inside", "inbound", "complex"}
_MOST_ON_A_CARD = 8


def catalogue_of(pack: str, revenue_from: str = "opportunities") -> Catalogue:
    """The checked catalogue of a pack's files."""
    about = read_pack(PACKS / pack)
    return build_written(read_blocks(about.files), about, revenue_from)


CATALOGUES = {name: catalogue_of(name) for name in NAMES}


def reads_its_pack(metric: Metric, catalogue: Catalogue) -> bool:
    """Whether a figure depends on the pack's parameters or stages, so that packs may answer differently."""
    written = json.dumps([part.block for part in catalogue.closure(metric.name)])
    return "$" in written or "stage_probability" in written or '"conversion"' in written


def every_metric() -> Iterator[tuple[str, Metric]]:
    """Each metric of each pack; one that packs share and answer alike comes once."""
    met: list[Mapping[str, object]] = []
    for pack, catalogue in CATALOGUES.items():
        for metric in catalogue:
            if metric.block not in met or reads_its_pack(metric, catalogue):
                met.append(metric.block)
                yield pack, metric


EVERY = [pytest.param(pack, metric, id=f"{pack}-{metric.name}") for pack, metric in every_metric()]


def figures_in(example: Example) -> int:
    """How many figures an example states."""
    return sum(len(answers) for answers in example.then.values())


@pytest.mark.parametrize(("pack", "metric"), EVERY)
def test_a_metric_comes_out_as_its_example_says(pack: str, metric: Metric, counted: Callable[[str, int], None]) -> None:
    differences = run(metric, CATALOGUES[pack])

    assert [str(difference) for difference in differences] == []
    counted("metric examples run (duckdb)", 1)
    counted("figures of examples compared (duckdb)", figures_in(metric.example))


@pytest.mark.parametrize("pack", NAMES)
def test_every_metric_of_the_catalogue_ships_on_its_rung(pack: str, counted: Callable[[str, int], None]) -> None:
    catalogue = CATALOGUES[pack]

    assert [name for name in CATALOGUE if name not in catalogue] == []
    assert {name: catalogue[name].rung for name in CATALOGUE} == CATALOGUE
    assert [name for name in CATALOGUE if catalogue[name].internal] == []
    counted("catalogue metrics found", len(CATALOGUE))


@pytest.mark.parametrize(("pack", "metric"), EVERY)
def test_an_example_tells_groups_apart(pack: str, metric: Metric) -> None:
    values = [value for answers in metric.example.then.values() for value in answers.values()]

    assert len(metric.example.then) >= 2 or metric.kind == "conversion", "at least two scopes"
    assert len(set(values)) >= 2 or metric.kind == "conversion", "at least two different figures"


@pytest.mark.parametrize("pack", NAMES)
def test_what_moves_a_metric_never_stands_above_it(pack: str) -> None:
    catalogue = CATALOGUES[pack]
    above = [
        f"{cause.metric} moves {metric.name}"
        for metric in catalogue
        for cause in metric.moved_by
        if _HEIGHT[catalogue[cause.metric].rung] > _HEIGHT[metric.rung]
    ]

    assert above == []


@pytest.mark.parametrize("pack", NAMES)
def test_every_result_leads_down_to_something_a_person_can_do(pack: str) -> None:
    catalogue = CATALOGUES[pack]
    results = [metric.name for metric in catalogue if metric.rung is Rung.RESULT and not metric.internal]
    stranded = [
        name
        for name in results
        if not any(step.metric.rung in (Rung.ACTIVITY, Rung.INPUT) for step in walk(catalogue, name))
    ]

    assert results
    assert stranded == []


@pytest.mark.parametrize("pack", NAMES)
def test_a_card_has_at_most_eight_metrics_each_with_its_reason(pack: str) -> None:
    catalogue = CATALOGUES[pack]
    cards = catalogue.pack.cards

    assert set(cards) == _MODELS
    for card in cards.values():
        assert 0 < len(card) <= _MOST_ON_A_CARD
        assert len({line.metric for line in card}) == len(card)
        assert [line.metric for line in card if line.metric not in catalogue or catalogue[line.metric].internal] == []
        assert all(line.reason.endswith(".") for line in card)


def test_the_factors_of_an_identity_multiply_to_the_metric(counted: Callable[[str, int], None]) -> None:
    catalogue = CATALOGUES[NAMES[0]]
    with_identity = [metric for metric in catalogue if metric.identity]

    assert {metric.name for metric in with_identity} >= {"lead_cost", "revenue"}
    for metric in with_identity:
        product = product_of(metric)
        assert [str(found) for found in run(product, with_metric(catalogue, product))] == []
    counted("identities of examples multiplied", sum(figures_in(metric.example) for metric in with_identity))


def product_of(metric: Metric) -> Metric:
    """The product of a metric's factors as a metric of its own, with the same example."""
    kept = {key: value for key, value in metric.block.items() if key not in ("measure", "variants", "identity")}
    block = {**kept, "metric": f"{metric.name}_product", "derived": " * ".join(metric.identity)}
    return read_metric(block, Places({}))


def with_metric(catalogue: Catalogue, metric: Metric) -> Catalogue:
    """The catalogue with one more metric."""
    return Catalogue({**catalogue.metrics, metric.name: metric}, catalogue.pack)


def transactions(*rows: str) -> tuple[dict[str, object], ...]:
    """Rows such as `P1 2026-11-16 1000 300 billing O1`; a dash is an empty cell."""
    names = ("person_id", "at", "amount", "gross_margin", "kind", "opportunity_id")
    cells = [dict(zip(names, row.split(), strict=True)) for row in rows]
    return tuple(
        {name: float(cell) if name in ("amount", "gross_margin") else cell for name, cell in row.items() if cell != "-"}
        for row in cells
    )


PAID = transactions(
    "P1 2026-11-16T00:00 1000 300 billing -",
    "P1 2026-11-17T09:00 500 - renewal -",  # margin not known
    "P1 2026-11-18T09:00 200 60 refund -",  # given back, written without a sign
    "P1 2026-11-19T09:00 -50 -10 refund -",  # and with one
    "P1 2026-11-22T23:59 100 40 cancellation -",
    "P1 2026-11-23T00:00 70 20 expansion -",  # the next week
    "P1 2026-12-01T09:00 9000 900 billing -",  # after the as-of day
    "- 2026-11-18T09:00 300 90 billing O1",  # credited to the opportunity's person
    "- 2026-11-18T10:00 40 5 billing -",  # nobody's
)
SOLD = {"opportunity_id": "O1", "person_id": "P2", "closed_at": "2026-11-17", "status": "won", "amount": 99_999}


@pytest.mark.parametrize(
    ("name", "mine", "later", "theirs", "company"),
    [("revenue", 1_150, 70, 300, 1_560), ("gross_margin", 190, 20, 90, 305)],
)
def test_money_may_be_counted_from_transactions(
    name: str, mine: float, later: float, theirs: float, company: float
) -> None:
    catalogue = catalogue_of(NAMES[0], "transactions")
    example = Example(
        given={"transactions": PAID, "opportunities": (SOLD,)},
        then={"P1": {"2026-W47": mine, "2026-W48": later}, "P2": {"2026-W47": theirs}, "company": {"2026-11": company}},
        as_of=date(2026, 11, 30),
    )

    assert [str(difference) for difference in run(replace(catalogue[name], example=example), catalogue)] == []
