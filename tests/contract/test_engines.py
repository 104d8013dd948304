"""Every engine gives every metric's example, the published figures, and the same answers about random firms."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp
from tests.asking import Asking, Reply, new_workspace
from tests.contract.test_metric_examples import CATALOGUES, EVERY, every_metric, figures_in
from tests.core import test_rollup as draws
from tests.core import test_two_clocks as clocks
from tests.core.test_published_figures import (  # noqa: F401  (the same tests once more, on the other engine)
    Compared,
    test_the_issues_own_words_give_the_issues_own_figure,
    test_the_leaders_decided_deals_are_as_published,
    test_the_month_ends_are_as_published,
    test_the_quarters_are_as_published,
    test_the_rows_behind_the_figures_are_as_published,
    test_the_top_five_are_as_published,
    test_the_year_of_the_company_is_as_published,
    test_won_lost_and_open_are_as_published,
    test_won_of_all_counts_undated_cases_in_all_only,
)
from tests.postgres import new_schema

from courtside.metrics.metric import Metric
from courtside.records.period import Grain
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.engines import VARIABLE
from courtside.services.figures import inputs_now
from courtside.services.open_workspace import open_workspace
from courtside.warehouse.answer import CannotAnswer, Question, Session, open_session
from courtside.warehouse.engine import engine_for, engine_names
from courtside.warehouse.engines.postgres import PostgresEngine
from courtside.warehouse.examples import run
from courtside.warehouse.generation import Inputs

GATES = (
    "metric examples run (postgresql)",
    "figures of examples compared (postgresql)",
    "published figures compared (postgresql)",
    "metrics asked of both engines",
    "answers of both engines compared",
    "broken engines caught",
)


# ---- examples


@pytest.mark.parametrize(("pack", "metric"), EVERY)
def test_a_metric_comes_out_on_postgresql_as_its_example_says(
    pack: str, metric: Metric, postgres: str, counted: Callable[[str, int], None]
) -> None:
    differences = run(metric, CATALOGUES[pack], partial(PostgresEngine.over_rows, database=postgres))

    assert [str(difference) for difference in differences] == []
    counted("metric examples run (postgresql)", 1)
    counted("figures of examples compared (postgresql)", figures_in(metric.example))


def test_every_engine_is_found_by_the_word_its_addresses_begin_with() -> None:
    assert {"duckdb", "postgresql"} <= engine_names().keys()
    assert engine_for("postgresql://db.example/sales?schema=figures") is PostgresEngine


# ---- published figures


@dataclass(frozen=True, slots=True)
class Elsewhere(Asking):
    """Commands on one workspace whose figures are counted in another database."""

    address: str

    def run(self, *words: object) -> Reply:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv(VARIABLE, self.address)
            return Asking.run(self, *words)


@pytest.fixture(scope="module")
def maven(shared_data: Path, postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """A workspace holding the Maven export as downloaded, counted by PostgreSQL."""
    workspace = new_workspace(tmp_path_factory.mktemp("maven") / "workspace").workspace
    asking = Elsewhere(workspace, new_schema(postgres))
    reply = asking.run("import", shared_data / "maven_crm", "--format", "json")
    assert reply.status == 0, reply.said
    return asking


@pytest.fixture
def compared(counted: Callable[[str, int], None]) -> Compared:
    """Compares one figure with what was published, and counts it."""

    def compare(found: object, published: object) -> None:
        assert found == published
        counted("published figures compared (postgresql)", 1)

    return compare


# ---- random firms

Told = tuple[Sequence[Mapping[str, Any]], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Both:
    """The same records opened on both engines."""

    embedded: Session
    elsewhere: Session

    @classmethod
    def opened(cls, inputs: Inputs, address: str, first: Question) -> Both:
        one = open_session(replace(inputs, warehouse="duckdb"), first)
        return cls(one, open_session(replace(inputs, warehouse=address), first))

    def close(self) -> None:
        self.embedded.engine.close()
        self.elsewhere.engine.close()

    def same(self, question: Question, *, behind: bool = False) -> int:
        """Ask both and compare; answers how many rows were the same."""
        one, other = (told(session, question, behind=behind) for session in (self.embedded, self.elsewhere))
        assert clocks._same(one, other), (question, difference(one, other))
        return len(one[0])


def told(session: Session, question: Question, *, behind: bool) -> Told:
    """The rows and notes of an answer, or why there is none."""
    try:
        answer = session.behind(question) if behind else session.ask(question)
    except CannotAnswer as refusal:
        return (), (str(refusal),)
    return answer.rows, answer.notes


def difference(one: Told, other: Told) -> str:
    for here, there in zip_longest(one[0], other[0]):
        if not clocks._same(here, there):
            return f"duckdb says {here}, postgresql {there}"
    return f"duckdb notes {one[1]}, postgresql {other[1]}"


CUTS: tuple[tuple[tuple[str, ...], Grain | None], ...] = (
    ((), Grain.QUARTER),
    (("person",), Grain.HALF),
    (("tenure",), Grain.YEAR),
    (("source",), Grain.ALL),
    (("account_size", "level"), None),
)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """A staffing firm drawn at random, whose records also reach past the day they are asked as of."""
    asking = clocks._workspace(tmp_path_factory.mktemp("firm"), 11, 1)
    workspace, caller = open_workspace(asking.workspace), Caller(who="test")
    return inputs_now(workspace, caller, catalogue_in_force(workspace))


@pytest.mark.parametrize(("by", "grain"), CUTS)
def test_both_engines_say_the_same_of_a_random_firm(
    firm: Inputs, by: tuple[str, ...], grain: Grain | None, postgres: str, counted: Callable[[str, int], None]
) -> None:
    names = [metric.name for metric in firm.catalogue]
    day = clocks.THEN if grain is not Grain.HALF else clocks.ENDS
    both = Both.opened(firm, f"{postgres}&schema=random_firm", Question(names[0], (), None, None, None, day))
    try:
        rows = sum(both.same(Question(name, by, grain, None, None, day)) for name in names)
        if not by:
            rows += sum(both.same(Question(name, by, grain, None, None, day), behind=True) for name in names[::3])
    finally:
        both.close()
    assert rows > len(names)
    counted("metrics asked of both engines", len(names))
    counted("answers of both engines compared", rows)


@pytest.mark.parametrize("seed", range(2))
def test_both_engines_say_the_same_after_every_import_and_undo(
    seed: int, tmp_path: Path, schema: str, counted: Callable[[str, int], None]
) -> None:
    firm = draws.Firm(tmp_path, CATALOGUES["sales"], random.Random(seed))
    firm.base()
    names = [metric.name for metric in firm.catalogue]
    rows = 0
    for _ in range(4):
        firm.step()
        now, at = firm.inputs(), firm.draw.choice([None, firm.batches[-1].recorded_at - timedelta(seconds=1)])
        last = draws.START + timedelta(days=draws.DAYS)
        day = firm.draw.choice([draws.TODAY, draws.TODAY - timedelta(days=25), date(2026, 4, 30)])
        both = Both.opened(now, schema, Question("dials", (), None, None, None, day, at))
        try:
            for name in firm.draw.sample(names, 20):
                by, grain = firm.draw.choice(CUTS[:3])
                rows += both.same(Question(name, by, grain, draws.START, last, day, at))
        finally:
            both.close()
        counted("metrics asked of both engines", 20)
    assert rows
    counted("answers of both engines compared", rows)


# ---- broken twins


class DividesWholeNumbers(PostgresEngine):
    """An engine that divides as integers are divided: 1 / 2 is 0."""

    def text(self, query: exp.Expr) -> str:
        def cut(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Div):
                return exp.cast(exp.func("TRUNC", node.copy()), "double")
            return node

        return super().text(query.transform(cut))


class OneSidedJoins(PostgresEngine):
    """An engine that drops the rows a left join finds no partner for."""

    def text(self, query: exp.Expr) -> str:
        def inner(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Join) and node.side == "LEFT":
                node.set("side", None)
            return node

        return super().text(query.transform(inner))


class CountsEveryRow(PostgresEngine):
    """An engine that overlooks FILTER."""

    def text(self, query: exp.Expr) -> str:
        return super().text(query.transform(lambda node: node.this if isinstance(node, exp.Filter) else node))


TWINS = (DividesWholeNumbers, OneSidedJoins, CountsEveryRow)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.__name__)
def test_the_examples_catch_a_broken_engine(
    twin: type[PostgresEngine], postgres: str, counted: Callable[[str, int], None]
) -> None:
    opener = partial(twin.over_rows, database=postgres)
    differences = (found for pack, metric in every_metric() for found in run(metric, CATALOGUES[pack], opener))

    assert next(differences, None), f"no example notices {twin.__doc__}"
    counted("broken engines caught", 1)
