"""`coach` and `eligible` over known rows: a weak closer, somebody handed cold leads, and every circumstance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest

from courtside.analysis.cards.batch import Batch
from courtside.analysis.cards.card import Card
from courtside.analysis.cards.formal import Formal
from courtside.analysis.cards.scorecard import Scorer
from courtside.analysis.statistics.guard import Condition
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.load import build_written, read_blocks
from courtside.records.period import Calendar
from courtside.services.definitions import read_installed_pack
from courtside.warehouse.answer import Question, Session
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.examples import complete

GATES = ("people judged by their review year", "circumstances that keep somebody from being eligible",
         "cards that leave out what was handed caught")  # fmt: skip

Counted = Callable[[str, int], None]
Rows = list[dict[str, Any]]

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
AS_OF = date(2026, 12, 31)
PEOPLE = 16
WEAK, COLD = "P00", "P01"
RATES = {"web": 0.3, "cold_list": 0.1}
LEADS = {person: {"web": 20, "cold_list": 20} for person in (f"P{n:02}" for n in range(PEOPLE))} | {
    COLD: {"web": 2, "cold_list": 38}
}
"""Leads a month. The usual mix closes 20 %, the target."""
SPREAD = (1.0, 1.0, 1.2, 1.4, 1.6)
"""People differ, and none but the weak one is below the target of what was handed to them."""


def _leads(person: str, spread: float) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Leads with their deals, won evenly at the rates of their sources times a factor."""
    factor = 0.45 if person == WEAK else spread
    for source, monthly in LEADS[person].items():
        won = 0.0
        for month in range(1, 7):
            for n in range(monthly):
                lead = f"{person}-{source}-{month}-{n}"
                came = date(2026, month, 1 + n % 28)
                won += RATES[source] * factor
                status = "won" if won >= 1 else "lost"
                won -= status == "won"
                yield (
                    {"lead_id": lead, "person_id": person, "source": source, "created_at": came},
                    {"opportunity_id": f"O-{lead}", "person_id": person, "lead_id": lead, "opened_at": came,
                     "closed_at": came + timedelta(days=9 + n % 7), "status": status, "amount": 1000},
                )  # fmt: skip


@cache
def _firm() -> Mapping[str, Rows]:
    """16 sellers of two years' standing who all call twice a working day, but the weak one once."""
    persons = [f"P{n:02}" for n in range(PEOPLE)]
    rows = [pair for n, person in enumerate(persons) for pair in _leads(person, SPREAD[n % len(SPREAD)])]
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    working = [day for day in days if day.weekday() < 5]
    calls = [
        {"person_id": person, "at": day, "kind": "call", "account_id": "A1"}
        for person in persons for day in working for _ in range(1 if person == WEAK else 2)
    ]  # fmt: skip
    return {
        "people": [{"person_id": p, "name": p, "role": "seller", "hired_on": date(2023, 1, 1)} for p in persons],
        "assignments": [{"person_id": p, "valid_from": date(2023, 1, 1), "team": "North"} for p in persons],
        "leads": [lead for lead, _ in rows], "opportunities": [deal for _, deal in rows], "activities": calls,
        "targets": [
            {"metric": "closing_rate", "scope": "company", "period": "2026", "value": 0.2},
            *({"metric": "dials", "scope": f"person:{p}", "period": "2026", "value": 500} for p in persons),
        ],
    }  # fmt: skip


@cache
def _catalogue() -> Catalogue:
    pack = read_installed_pack("sales")
    return build_written(read_blocks(pack.files), pack)


@cache
def _as_it_is() -> Scorer:
    return _made()


def _made(**changed: Rows) -> Scorer:
    rows = complete({name: tuple(found) for name, found in {**_firm(), **changed}.items()})
    return Scorer(Session(DuckEngine.over_rows(rows), _catalogue(), Calendar(), "USD"))


def _rows(scorer: Scorer, metric: str = "closing_rate", **more: Any) -> dict[str, Mapping[str, Any]]:
    question = Question(metric, ("person",), None, more.get("first", FIRST), more.get("last", LAST), AS_OF)
    return {row["scope"].removeprefix("person:"): row for row in scorer.ask(question).rows}


def _formal(scorer: Scorer, disputed: frozenset[str] = frozenset()) -> tuple[Formal, int]:
    """What the review years say, and the number of the weak one's row."""
    metric = scorer.session.catalogue["closing_rate"]
    question = Question("closing_rate", ("person",), None, FIRST, LAST, AS_OF)
    answer = scorer.session.ask(question)
    batch = Batch(scorer.book, metric, scorer.session.asked_of(question, metric), answer.rows)
    card = Card(batch, scorer.people, batch.mask(None))
    number = next(n for n, row in enumerate(answer.rows) if row["scope"] == f"person:{WEAK}")
    return Formal(card, disputed), number


def test_a_weak_closer_who_also_calls_too_little_is_eligible_and_nobody_else(counted: Counted) -> None:
    rows = _rows(_as_it_is())
    assert rows[WEAK]["verdict"] == "eligible"
    assert {person for person, row in rows.items() if row["verdict"] in ("coach", "eligible", "watch")} == {WEAK}
    said = rows[WEAK]["sentence"]
    assert "From 1 January 2026 to 30 June 2026: 21 of 240, where 4" in said
    assert "Below its own limit as well: " in said
    assert said.endswith("This decides nothing: a named person weighs it, hears them first and writes down why.")
    counted(GATES[0], len(rows))


def test_every_condition_is_told_with_its_number() -> None:
    formal, number = _formal(_as_it_is())
    assert formal.of(number) is not None
    outcomes = formal.outcomes(number)
    assert [outcome.condition for outcome in outcomes] == list(Condition)
    assert all(outcome.holds for outcome in outcomes)
    assert outcomes[0].number > outcomes[0].limit == 20
    assert outcomes[1].number >= outcomes[1].limit == 0.9


def test_with_nothing_else_short_there_is_something_to_look_into(counted: Counted) -> None:
    calls = [row for row in _firm()["activities"] if row["person_id"] != WEAK]
    calls += [{**row, "person_id": WEAK} for row in _firm()["activities"] if row["person_id"] == "P05"]
    row = _rows(_made(activities=calls))[WEAK]
    assert row["verdict"] == "coach"
    assert "Nothing else that is in their own hands is short: look into what has changed." in row["sentence"]
    counted(GATES[1], 1)


def test_cold_leads_are_allowed_for(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the benchmark of every source, but handed cold leads: as expected; and the card that leaves it out."""
    row = _rows(_as_it_is())[COLD]
    assert row["verdict"] == "as_expected"
    assert row["value"] < 0.12
    assert "comes to for what was handed to them" in row["sentence"]
    assert row["position"] == "not_separable"
    monkeypatch.setattr(Card, "shares", lambda self, _: np.ones(len(self.batch.rows)))
    monkeypatch.setattr(Card, "handing", None)
    assert _rows(_as_it_is())[COLD]["verdict"] in ("watch", "coach", "eligible")
    counted(GATES[2], 1)


def _moved(on: date) -> Rows:
    kept = [row for row in _firm()["assignments"] if row["person_id"] != WEAK]
    return [
        *kept, {"person_id": WEAK, "valid_from": date(2023, 1, 1), "valid_to": on, "team": "North"},
        {"person_id": WEAK, "valid_from": on, "team": "South"},
    ]  # fmt: skip


def test_nobody_is_eligible_soon_after_a_move(counted: Counted) -> None:
    rows = _rows(_made(assignments=_moved(date(2026, 4, 15))))
    assert rows[WEAK]["verdict"] == "coach"
    assert _rows(_made(assignments=_moved(date(2026, 3, 1))))[WEAK]["verdict"] == "eligible"
    counted(GATES[1], 1)


def test_nobody_is_eligible_with_an_open_dispute(counted: Counted) -> None:
    formal, number = _formal(_as_it_is(), frozenset({WEAK}))
    year = formal.of(number)
    assert year is not None
    assert not year.is_eligible
    assert [o.condition for o in formal.outcomes(number) if not o.holds][0] is Condition.CIRCUMSTANCES
    counted(GATES[1], 1)


def test_nobody_is_eligible_on_thin_records(counted: Counted) -> None:
    calls = [row for row in _firm()["activities"] if row["person_id"] != WEAK or row["at"].weekday() != 4]
    row = _rows(_made(activities=calls))[WEAK]
    assert row["verdict"] == "coach"
    counted(GATES[1], 1)


def test_months_of_ramp_do_not_count(counted: Counted) -> None:
    """Hired in March: the first three months are no month of the plan, and what is left is judged alone."""
    people = [{**row, "hired_on": date(2026, 3, 1)} if row["person_id"] == WEAK else row for row in _firm()["people"]]
    row = _rows(_made(people=people))[WEAK]
    assert row["verdict"] in ("coach", "watch")
    assert "From 1 January" not in row["sentence"]
    counted(GATES[1], 1)


def test_evidence_starts_anew_with_the_year() -> None:
    """A January as good as the others' leaves nothing of the year before."""

    def earlier(row: Mapping[str, Any]) -> dict[str, Any]:
        dates = {name: value.replace(year=2025) for name, value in row.items() if isinstance(value, date)}
        return {**row, **dates, **{name: f"E{row[name]}" for name in ("lead_id", "opportunity_id") if name in row}}

    def january(rows: Rows, on: str) -> Rows:
        """Everybody's rows of leads of January; the weak one's are those of somebody at the benchmark."""
        kept = [row for row in rows if "-1-" in row["lead_id"] and row["person_id"] != WEAK]
        copied = [row for row in kept if row["person_id"] == "P05"]
        return [*kept, *({**row, "person_id": WEAK, **{n: f"C{row[n]}" for n in ("lead_id", on)}} for row in copied)]

    leads, deals = _firm()["leads"], _firm()["opportunities"]
    targets = [*_firm()["targets"], {"metric": "closing_rate", "scope": "company", "period": "2025", "value": 0.2}]
    scorer = _made(
        leads=[*january(leads, "lead_id"), *map(earlier, leads)], targets=targets,
        opportunities=[*january(deals, "opportunity_id"), *map(earlier, deals)],
    )  # fmt: skip
    assert _rows(scorer, first=date(2025, 1, 1), last=date(2025, 6, 30))[WEAK]["verdict"] == "coach"
    assert _rows(scorer, first=FIRST, last=date(2026, 1, 31))[WEAK]["verdict"] not in ("coach", "eligible")


def test_where_more_than_a_third_are_short_the_target_is_the_question() -> None:
    targets = [{"metric": "closing_rate", "scope": "company", "period": "2026", "value": 0.5}]
    rows = _rows(_made(targets=targets))
    assert {row["verdict"] for row in rows.values()} <= {"as_expected", "too_early"}


def test_without_a_target_nobody_is_called_in() -> None:
    rows = _rows(_made(targets=[]))
    assert {row["verdict"] for row in rows.values()} <= {"as_expected", "too_early", "watch"}


def test_a_count_far_below_what_is_due_calls_for_a_conversation() -> None:
    row = _rows(_as_it_is(), "dials")[WEAK]
    assert row["verdict"] in ("coach", "eligible")
    assert "where 24" in row["sentence"] or "where 25" in row["sentence"]


def test_only_those_wanted_are_looked_at_and_say_the_same() -> None:
    scorer = _as_it_is()
    question = Question("closing_rate", ("person",), None, FIRST, LAST, AS_OF)
    alone = scorer.ask(question, frozenset({f"person:{WEAK}"})).rows
    assert [row["verdict"] for row in alone] == ["eligible"]
    by_scope = scorer.ask(replace(question, by=(), scopes=(f"person:{WEAK}",))).rows
    assert by_scope[0]["sentence"] == alone[0]["sentence"]


ALIKE, MONTHLY = 30, 9
"""A firm whose sellers hardly differ, with few leads each: one's own cases never weigh as much as the others'."""


def _alike(weak_wins_every: int) -> Mapping[str, Rows]:
    """Everybody wins every fifth lead but the weak one, who wins one of `weak_wins_every`."""
    persons = [f"P{n:02}" for n in range(ALIKE)]
    leads, deals = [], []
    for person in persons:
        every = weak_wins_every if person == WEAK else 5
        for case in range(6 * MONTHLY):
            came = date(2026, 1 + case // MONTHLY, 1 + 3 * (case % MONTHLY))
            lead = f"{person}-{case}"
            leads.append({"lead_id": lead, "person_id": person, "source": "web", "created_at": came})
            status = "won" if case % every == every - 1 else "lost"
            deals.append(
                {"opportunity_id": f"O-{lead}", "person_id": person, "lead_id": lead, "opened_at": came,
                 "closed_at": came + timedelta(days=9), "status": status, "amount": 1000}
            )  # fmt: skip
    return {
        "people": [{"person_id": p, "name": p, "role": "seller", "hired_on": date(2023, 1, 1)} for p in persons],
        "assignments": [{"person_id": p, "valid_from": date(2023, 1, 1), "team": "North"} for p in persons],
        "leads": leads, "opportunities": deals, "activities": [],
        "targets": [{"metric": "closing_rate", "scope": "company", "period": "2026", "value": 0.2}],
    }  # fmt: skip


@pytest.mark.parametrize(("wins_every", "verdict"), [(54, "coach"), (6, "too_early")])
def test_few_cases_beside_the_pool_do_not_silence_the_alarm(
    counted: Counted, monkeypatch: pytest.MonkeyPatch, wins_every: int, verdict: str
) -> None:
    """Where all are so alike that nobody's cases tell them apart, a year far from the target still does."""
    row = _rows(_made(**_alike(wins_every)))[WEAK]
    assert row["time_frame"] is None
    assert row["verdict"] == verdict
    assert ("From 1 January 2026 to 30 June 2026: 1 of 54, where 1" in row["sentence"]) is (verdict == "coach")
    if verdict == "coach":
        monkeypatch.setattr(Formal, "_ready", property(lambda self: np.array([e is None for e in self.card.early])))
        assert _rows(_made(**_alike(wins_every)))[WEAK]["verdict"] == "too_early", "the earlier rule saw it as well"
    counted(GATES[0], ALIKE)


def test_where_all_of_a_pool_that_hardly_differs_miss_the_target_it_is_the_target() -> None:
    firm = _alike(54)
    higher = [{**firm["targets"][0], "value": 0.6}]
    rows = _rows(_made(**{**firm, "targets": higher}))
    assert {row["verdict"] for row in rows.values()} <= {"too_early", "as_expected"}
