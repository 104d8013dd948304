"""Complete figures over known rows: every field of DATA 4, checked against slow arithmetic done here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import beta, betabinom, poisson
from tests.shell.firm import TABLES as FIRM

from courtside.analysis.cards.scorecard import FIELDS, Scorer
from courtside.analysis.cards.volume import window_of
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.load import build_written, read_blocks
from courtside.records.period import Calendar, Grain
from courtside.services.definitions import read_installed_pack
from courtside.warehouse.answer import Question, Session
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.examples import complete

GATES = ("figures with every field", "shrunken figures equal to a slow fit")

Rows = Sequence[Mapping[str, Any]]
QUARTER = (date(2026, 4, 1), date(2026, 6, 30))
LATER = date(2026, 9, 30)


@cache
def _catalogue(name: str = "sales") -> Catalogue:
    pack = read_installed_pack(name)
    return build_written(read_blocks(pack.files), pack)


def _scorer(pack: str = "sales", together: Sequence[str] = (), **tables: Rows) -> Scorer:
    rows = complete({name: tuple(found) for name, found in tables.items()})
    return Scorer(Session(DuckEngine.over_rows(rows), _catalogue(pack), Calendar(), "USD"), together)


def _ask(scorer: Scorer, metric: str, *by: str, **more: Any) -> dict[str, Mapping[str, Any]]:
    """The rows of the second quarter of 2026, or of other days, by scope."""
    first, last = more.pop("days", QUARTER)
    as_of = more.pop("as_of", LATER)
    question = Question(metric, by, more.pop("grain", None), first, last, as_of, scopes=more.pop("scopes", ()))
    return {row["scope"]: row for row in scorer.ask(question, more.pop("wanted", None)).rows}


def _people(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"person_id": f"P{n:02}", "name": f"Person {n}", "role": "seller", **more} for n in range(count)]


def _weekdays(first: date, last: date) -> list[date]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


def _deals(person: str, won: int, lost: int, days: Sequence[date]) -> Iterable[dict[str, Any]]:
    """Deals decided on days spread evenly."""
    for n in range(won + lost):
        day = days[n * len(days) // (won + lost)]
        status = "won" if n % (won + lost) in {round(k * (won + lost) / won) for k in range(won)} else "lost"
        opened = day - timedelta(days=20 + n % 7)
        yield {
            "person_id": person, "opened_at": opened, "closed_at": day, "status": status,
            "amount": 1000 + 37 * (n % 29),
        }  # fmt: skip


WON = (21, 24, 18, 30, 27, 22, 25, 15, 33, 20, 26, 9)
DECIDED = (60, 62, 58, 64, 61, 60, 66, 59, 63, 57, 60, 62)


@cache
def _firm() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    days = _weekdays(*QUARTER)
    deals = [
        deal for n, (won, of) in enumerate(zip(WON, DECIDED, strict=True))
        for deal in _deals(f"P{n:02}", won, of - won, days)
    ]  # fmt: skip
    return _people(12), deals


def _pool() -> tuple[float, float]:
    """a and b of the twelve, by a search on the logarithms, and not below a size of 30."""

    def height(logs: np.ndarray) -> float:
        return float(-betabinom.logpmf(WON, DECIDED, *np.exp(logs)).sum())

    a, b = np.exp(minimize(height, np.log([6.0, 10.0]), method="Nelder-Mead", options={"xatol": 1e-9}).x)
    scale = max(1.0, 30 / (a + b))
    return a * scale, b * scale


# rates --------------------------------------------------------------------------------------------------


def test_a_rate_has_its_interval_and_is_drawn_towards_like_people(counted) -> None:
    people, deals = _firm()
    rows = _ask(_scorer(people=people, opportunities=deals), "win_rate", "person")
    a, b = _pool()
    for n, (won, of) in enumerate(zip(WON, DECIDED, strict=True)):
        row = rows[f"person:P{n:02}"]
        assert (row["numerator"], row["denominator"], row["n"]) == (won, of, of)
        assert row["shrunk"] == pytest.approx((a + won) / (a + b + of), abs=1e-4)
        assert row["likely"] == pytest.approx(beta.ppf([0.05, 0.95], a + won, b + of - won), abs=1e-3)
        z = 1.959963984540054
        centre, half = won / of + z * z / (2 * of), z * np.sqrt(won / of * (1 - won / of) / of + z * z / (4 * of * of))
        assert row["interval"] == pytest.approx(
            [(centre - half) / (1 + z * z / of), (centre + half) / (1 + z * z / of)]
        )
        assert row["p_below"] is None
        counted(GATES[1], 1)
    assert rows["person:P08"]["position"] == "above"
    assert rows["person:P11"]["position"] == "below"
    assert rows["person:P00"]["position"] == "not_separable"


def test_p_below_is_the_chance_of_being_more_than_15_percent_under_target() -> None:
    people, deals = _firm()
    targets = [{"metric": "win_rate", "scope": "company", "period": "2026", "value": 0.42}]
    rows = _ask(_scorer(people=people, opportunities=deals, targets=targets), "win_rate", "person")
    a, b = _pool()
    for n in (3, 7, 11):
        expected = beta.cdf(0.85 * 0.42, a + WON[n], b + DECIDED[n] - WON[n])
        assert rows[f"person:P{n:02}"]["p_below"] == pytest.approx(expected, abs=5e-3)
    assert rows["person:P11"]["verdict"] == "coach"
    assert rows["person:P03"]["verdict"] == "as_expected"
    assert "9 of 62, where 26 are due at the target" in rows["person:P11"]["sentence"]
    assert "Time to talk it through together; not enough for a plan." in rows["person:P11"]["sentence"]


def test_a_target_that_most_people_miss_is_questioned_and_nobody_is_watched() -> None:
    people, deals = _firm()
    targets = [{"metric": "win_rate", "scope": "company", "period": "2026", "value": 0.75}]
    rows = _ask(_scorer(people=people, opportunities=deals, targets=targets), "win_rate", "person")
    assert {row["verdict"] for row in rows.values()} == {"as_expected"}
    assert "question the target first" in rows["person:P11"]["sentence"]


def test_the_time_frame_is_the_smallest_with_as_many_cases_as_the_pool_has_size() -> None:
    """Twelve whose s is about 35: a month of 20 deals is too short, a quarter of 60 will do."""
    people, deals = _firm()
    a, b = _pool()
    assert 25 < a + b < 57
    month = _ask(_scorer(people=people, opportunities=deals), "win_rate", "person", days=(date(2026, 6, 1), QUARTER[1]))
    row = month["person:P03"]
    assert (row["period"], row["time_frame"], row["verdict_period"]) == ("2026-06", "quarter", "2026-Q2")
    assert row["n"] < 30
    assert row["sentence"].startswith("Over 2026-Q2: 30 of 64 is 46.9 %")
    quarter = _ask(_scorer(people=people, opportunities=deals), "win_rate", "person")["person:P03"]
    assert (quarter["time_frame"], quarter["verdict_period"]) == ("quarter", "2026-Q2")


def test_too_few_cases_even_in_a_year_are_too_early() -> None:
    people, deals = _firm()
    few = [*deals, *_deals("P90", 1, 5, _weekdays(*QUARTER))]
    everybody = [*people, {"person_id": "P90", "name": "New Deals", "role": "seller"}]
    row = _ask(_scorer(people=everybody, opportunities=few), "win_rate", "person")["person:P90"]
    assert (row["time_frame"], row["verdict"]) == (None, "too_early")
    assert "With so few cases the true rate could be anywhere from" in row["sentence"]


def test_nobody_is_compared_with_people_of_another_role() -> None:
    people, deals = _firm()
    days = _weekdays(*QUARTER)
    others = [{"person_id": f"R{n}", "name": f"R {n}", "role": "closer"} for n in range(11)]
    theirs = [deal for n in range(11) for deal in _deals(f"R{n}", 50 + n, 10 - n % 3, days)]
    alone = _ask(_scorer(people=people, opportunities=deals), "win_rate", "person")
    together = _ask(_scorer(people=[*people, *others], opportunities=[*deals, *theirs]), "win_rate", "person")
    assert all(together[scope]["shrunk"] == pytest.approx(row["shrunk"], abs=1e-9) for scope, row in alone.items())


def test_two_people_are_no_pool_and_have_no_likely_range() -> None:
    people, deals = _firm()
    own = [deal for deal in deals if deal["person_id"] in ("P00", "P01")]
    rows = _ask(_scorer(people=people[:2], opportunities=own), "win_rate", "person")
    assert {(row["shrunk"], row["likely"], row["position"]) for row in rows.values()} == {(None, None, "no_reference")}


def test_a_person_asked_about_alone_gets_the_very_same_figure() -> None:
    people, deals = _firm()
    scorer = _scorer(people=people, opportunities=deals)
    for metric in ("win_rate", "closed_sales", "revenue", "days_to_close", "days_to_close_median"):
        among_all = _ask(scorer, metric, "person")["person:P05"]
        assert _ask(scorer, metric, scopes=("person:P05",))["person:P05"] == among_all
        assert _ask(scorer, metric, "person", wanted=frozenset({"person:P05"})) == {"person:P05": among_all}


def test_the_same_question_asked_again_gives_the_same_bits() -> None:
    people, deals = _firm()
    asked = [
        [_ask(_scorer(people=people, opportunities=rows), metric, "person") for metric in ("revenue", "win_rate")]
        for rows in (deals, deals[::-1])
    ]
    assert asked[0] == asked[1]


def test_more_periods_beside_it_do_not_change_a_figure() -> None:
    people, deals = _firm()
    scorer = _scorer(people=people, opportunities=deals)
    question = Question("win_rate", ("person",), Grain.MONTH, date(2026, 4, 1), QUARTER[1], LATER)
    months = {(row["scope"], row["period"]): row for row in scorer.ask(question).rows}
    june = _ask(scorer, "win_rate", "person", days=(date(2026, 6, 1), QUARTER[1]))
    for scope, row in june.items():
        assert months[scope, "2026-06"] == {**row, "previous": row["previous"]}
        assert row["previous"] == months[scope, "2026-05"]["value"]


# groups -------------------------------------------------------------------------------------------------


def test_a_group_has_an_interval_and_no_pool_to_be_drawn_towards() -> None:
    people, deals = _firm()
    targets = [{"metric": "win_rate", "scope": "company", "period": "2026", "value": 0.5}]
    row = _ask(_scorer(people=people, opportunities=deals, targets=targets), "win_rate")["company"]
    assert (row["shrunk"], row["likely"]) == (None, None)
    assert (row["position"], row["verdict"]) == ("below", "watch")
    assert row["p_below"] == pytest.approx(beta.cdf(0.425, sum(WON) + 0.5, sum(DECIDED) - sum(WON) + 0.5), abs=1e-6)


def test_people_of_a_team_are_judged_by_their_whole_figure() -> None:
    people, deals = _firm()
    teams = [
        {"person_id": f"P{n:02}", "valid_from": date(2025, 1, 1), "team": "North" if n < 6 else "South"}
        for n in range(12)
    ]
    scorer = _scorer(people=people, opportunities=deals, assignments=teams)
    whole = _ask(scorer, "win_rate", "person")
    north = _ask(scorer, "win_rate", "person", scopes=("team:North",))
    assert set(north) == {f"person:P{n:02}" for n in range(6)}
    assert all(row == whole[scope] for scope, row in north.items())


# counts -------------------------------------------------------------------------------------------------


def _calls(person: str, per_day: Callable[[int], int], days: Sequence[date]) -> Iterable[dict[str, Any]]:
    for n, day in enumerate(days):
        for _ in range(per_day(n)):
            yield {"person_id": person, "at": day, "kind": "meeting", "account_id": "A1"}


def test_a_count_is_measured_by_days_present_and_judged_by_the_week_where_that_is_enough() -> None:
    days = _weekdays(date(2026, 1, 5), date(2026, 6, 28))
    rng = np.random.default_rng(4)
    rates = rng.gamma(40, 14 / 40, 12)
    meetings = [
        row for n, rate in enumerate(rates)
        for row in _calls(f"P{n:02}", lambda _, rate=rate: int(rng.poisson(rate)), days)
    ]  # fmt: skip
    away = {"person_id": "P00", "starts_on": date(2026, 6, 22), "ends_on": date(2026, 6, 23)}
    kept = [
        row for row in meetings if not (row["person_id"] == "P00" and row["at"] in (away["starts_on"], away["ends_on"]))
    ]
    scorer = _scorer(people=_people(12), activities=kept, absences=[away])
    week = (date(2026, 6, 22), date(2026, 6, 28))
    rows = _ask(scorer, "meetings", "person", days=week, as_of=date(2026, 6, 30))
    row = rows["person:P00"]
    assert (row["time_frame"], row["verdict_period"]) == ("week", "2026-W26")
    assert row["shrunk"] == pytest.approx(3 * rates[0], rel=0.25)
    low, high = row["interval"]
    assert poisson.sf(row["value"] - 1, low) == pytest.approx(0.025)
    assert poisson.cdf(row["value"], high) == pytest.approx(0.025)


def test_a_count_of_few_events_is_judged_over_a_longer_frame() -> None:
    """Two meetings a week: a month brings nine expected events, a quarter 26, which is more than 22."""
    days = _weekdays(date(2025, 7, 1), date(2026, 6, 30))
    meetings = [
        row for n in range(12) for row in _calls(f"P{n:02}", lambda day, n=n: int((day + n) % 5 in (0, 2)), days)
    ]
    scorer = _scorer(people=_people(12), activities=meetings)
    row = _ask(scorer, "meetings", "person", days=(date(2026, 6, 1), date(2026, 6, 30)))["person:P04"]
    assert (row["time_frame"], row["verdict_period"]) == ("quarter", "2026-Q2")


def test_somebody_who_does_much_less_than_like_people_is_worth_watching() -> None:
    days = _weekdays(date(2026, 4, 1), date(2026, 6, 30))
    rng = np.random.default_rng(8)
    rates = [*rng.gamma(60, 8 / 60, 15), 1.5]
    meetings = [
        row for n, rate in enumerate(rates)
        for row in _calls(f"P{n:02}", lambda _, rate=rate: int(rng.poisson(rate)), days)
    ]  # fmt: skip
    rows = _ask(_scorer(people=_people(16), activities=meetings), "meetings", "person")
    assert {scope for scope, row in rows.items() if row["verdict"] == "watch"} == {"person:P15"}
    assert "Further below 16 people of the same role" in rows["person:P15"]["sentence"]


def test_nobody_is_called_apart_from_people_of_other_roles() -> None:
    """Four managers are too few for a pool of their own; that they call less than sellers is no finding."""
    days = _weekdays(date(2026, 4, 1), date(2026, 6, 30))
    rng = np.random.default_rng(8)
    people = [*_people(14), *({"person_id": f"M{n}", "name": f"M {n}", "role": "manager"} for n in range(4))]
    rates = {person["person_id"]: 0.5 if person["role"] == "manager" else rng.gamma(60, 8 / 60) for person in people}
    meetings = [
        row for person, rate in rates.items()
        for row in _calls(person, lambda _, rate=rate: int(rng.poisson(rate)), days)
    ]  # fmt: skip
    rows = _ask(_scorer(people=people, activities=meetings), "meetings", "person")
    assert {rows[f"person:M{n}"]["verdict"] for n in range(4)} == {"as_expected"}
    assert "Clearly below all 18 people of any role" in rows["person:M0"]["sentence"]


def test_who_never_does_it_is_neither_judged_nor_a_measure_of_others() -> None:
    days = _weekdays(date(2026, 4, 1), date(2026, 6, 30))
    meetings = [row for n in range(12) for row in _calls(f"P{n:02}", lambda day, n=n: (day + n) % 3, days)]
    rows = _ask(_scorer(people=_people(14), activities=meetings), "meetings", "person")
    assert rows["person:P13"]["verdict"] == "too_early"
    assert "there is nothing to judge by" in rows["person:P13"]["sentence"]
    assert "12 people of the same role" in rows["person:P00"]["sentence"] or rows["person:P00"]["position"] != "above"


# sums, means, medians -----------------------------------------------------------------------------------


def test_money_and_means_have_a_seeded_bootstrap_from_ten_cases_on() -> None:
    people, deals = _firm()
    won = [deal for deal in deals if deal["status"] == "won"]
    scorer = _scorer(people=people, opportunities=won)
    revenue = _ask(scorer, "revenue", "person")
    for n in (0, 8):
        amounts = np.array([deal["amount"] for deal in won if deal["person_id"] == f"P{n:02}"], dtype=float)
        row = revenue[f"person:P{n:02}"]
        half = 1.96 * np.sqrt((amounts**2).sum())
        assert row["interval"] == pytest.approx([amounts.sum() - half, amounts.sum() + half], rel=0.06)
        assert (row["likely"], row["shrunk"], row["time_frame"]) == (None, None, None)
    assert revenue["person:P11"]["n"] == 9
    assert revenue["person:P11"]["interval"] is None
    assert revenue["person:P11"]["verdict"] == "too_early"


def test_nps_wanders_as_its_three_kinds_of_answers_do() -> None:
    scores = [10] * 40 + [8] * 30 + [3] * 30
    surveys = [{"person_id": "P00", "at": date(2026, 5, 4), "score": score, "kind": "nps"} for score in scores]
    row = _ask(_scorer(people=_people(3), surveys=surveys), "nps", "person")["person:P00"]
    spread = 100 * np.sqrt((0.7 - 0.1**2) / 100)
    assert row["value"] == 10
    assert row["interval"] == pytest.approx([10 - 1.96 * spread, 10 + 1.96 * spread], abs=3)


def test_a_ratio_of_sums_is_dealt_lead_by_lead() -> None:
    """Cost per acquisition: each lead brings its cost and, if it closed, a customer."""
    leads = [
        {"lead_id": f"L{n}", "person_id": "P00", "created_at": date(2026, 4, 1), "cost": 50, "source": "web"}
        for n in range(200)
    ]
    deals = [
        {
            "lead_id": f"L{n}",
            "person_id": "P00",
            "opened_at": date(2026, 4, 2),
            "closed_at": date(2026, 4, 9),
            "status": "won",
        }
        for n in range(0, 200, 5)
    ]
    row = _ask(_scorer(people=_people(1), leads=leads, opportunities=deals), "cost_per_acquisition", "person")[
        "person:P00"
    ]
    assert row["value"] == 250
    half = 1.96 * 250 * np.sqrt(1 / 40 - 1 / 200)
    assert row["interval"] == pytest.approx([250 - half, 250 + half], rel=0.08)


def test_follow_ups_per_contact_are_dealt_prospect_by_prospect() -> None:
    touches = [
        {"person_id": "P00", "at": f"2026-05-{day:02}T09:00", "kind": "call", "contact_id": f"C{contact}"}
        for contact in range(30) for day in range(4, 5 + contact % 4)
    ]  # fmt: skip
    row = _ask(_scorer(people=_people(1), activities=touches), "follow_ups_per_contact", "person")["person:P00"]
    per_contact = [contact % 4 for contact in range(30)]
    assert row["value"] == pytest.approx(np.mean(per_contact))
    half = 1.96 * np.std(per_contact) / np.sqrt(30)
    assert row["interval"] == pytest.approx([row["value"] - half, row["value"] + half], abs=0.09)


def test_a_median_lies_between_two_of_its_cases() -> None:
    people, deals = _firm()
    row = _ask(_scorer(people=people, opportunities=deals), "days_to_close_median", "person")["person:P00"]
    lengths = sorted(
        (d["closed_at"] - d["opened_at"]).days for d in deals if d["person_id"] == "P00" and d["status"] == "won"
    )
    assert row["interval"] == (lengths[5], lengths[15])  # ranks 6 and 16 of 21


# when it may be judged ----------------------------------------------------------------------------------


def test_an_unfinished_period_is_too_early_and_says_when_it_will_be_over() -> None:
    people, deals = _firm()
    row = _ask(_scorer(people=people, opportunities=deals), "win_rate", "person", as_of=date(2026, 6, 10))["person:P00"]
    assert (row["complete"], row["verdict"], row["matures_on"]) == (False, "too_early", QUARTER[1])
    assert "The period runs until 30 June 2026" in row["sentence"]


def test_a_cohort_is_complete_once_95_in_100_of_its_conversions_have_had_their_time() -> None:
    leads = [
        {"lead_id": f"L{n}", "person_id": f"P{n % 12:02}", "created_at": date(2026, 1, 1) + timedelta(days=n % 90)}
        for n in range(240)
    ]
    deals = [
        {"lead_id": f"L{n}", "person_id": f"P{n % 12:02}", "opened_at": leads[n]["created_at"], "status": "won",
         "closed_at": leads[n]["created_at"] + timedelta(days=n % 61)}
        for n in range(120)
    ]  # fmt: skip
    scorer = _scorer(people=_people(12), leads=leads, opportunities=deals)
    first_quarter = (date(2026, 1, 1), date(2026, 3, 31))
    p95 = np.quantile([n % 61 for n in range(120)], 0.95)
    ripe_on = first_quarter[1] + timedelta(days=int(np.ceil(p95)))
    young = _ask(scorer, "closing_rate", days=first_quarter, as_of=ripe_on - timedelta(days=1))["company"]
    ripe = _ask(scorer, "closing_rate", days=first_quarter, as_of=ripe_on + timedelta(days=60))["company"]
    assert (young["complete"], young["verdict"]) == (False, "too_early")
    assert (ripe["complete"], ripe["matures_on"], ripe["verdict"]) == (True, ripe_on, "as_expected")
    assert _ask(scorer, "new_leads", days=first_quarter, as_of=date(2026, 4, 1))["company"]["complete"] is True


def test_somebody_new_or_mostly_away_is_too_early() -> None:
    people, deals = _firm()
    people = [{**person} for person in people]
    people[3]["hired_on"] = date(2026, 5, 1)
    absences = [{"person_id": "P04", "starts_on": date(2026, 4, 1), "ends_on": date(2026, 5, 29)}]
    rows = _ask(_scorer(people=people, opportunities=deals, absences=absences), "win_rate", "person")
    assert "Still new in the work" in rows["person:P03"]["sentence"]
    assert "Away for most of the working days" in rows["person:P04"]["sentence"]
    assert {rows[f"person:P{n:02}"]["verdict"] for n in (3, 4)} == {"too_early"}


def _called(first: date, last: date) -> list[dict[str, Any]]:
    """Three calls a working day of everybody."""
    return [
        {"person_id": f"P{n:02}", "kind": "call", "direction": "outbound", "status": "done", "at": day}
        for n in range(12) for day in _weekdays(first, last) for _ in range(3)
    ]  # fmt: skip


def test_no_target_is_held_against_days_before_the_records_begin() -> None:
    people, deals = _firm()
    targets = [
        {"metric": "dials", "scope": f"person:P{n:02}", "period": period, "value": 190}
        for n in range(12) for period in ("2026-Q2", "2026-Q3")
    ]  # fmt: skip
    begun = _called(date(2026, 6, 1), LATER)
    early = {**begun[0], "at": QUARTER[0]}
    late, whole = (
        _scorer(people=people, opportunities=deals, activities=rows, targets=targets)
        for rows in (begun, [early, *begun])
    )
    asked = Question("dials", ("person",), None, *QUARTER, LATER)
    answer = late.ask(asked)
    assert [row["p_below"] for row in answer.rows] == [None] * 12
    assert not any("target" in row["sentence"] for row in answer.rows)
    assert any("Dials are recorded from 1 June 2026 on" in note for note in answer.notes)
    assert all(row["p_below"] > 0.99 for row in whole.ask(asked).rows), "recorded from April on, and hardly any"
    following = replace(asked, first=date(2026, 7, 1), last=LATER)
    rows = {row["scope"]: row for row in late.ask(following).rows}
    assert all(row["p_below"] < 0.01 and row["verdict"] == "as_expected" for row in rows.values())
    assert rows["person:P05"]["verdict_period"] == "2026-Q3", "no frame that begins before the records"
    sold = [deal for deal in deals if deal["opened_at"] >= date(2026, 6, 1)]
    due = [{"metric": "revenue", "scope": "company", "period": "2026-Q2", "value": 1_000_000}]
    for recorded, is_judged in ((sold, False), (deals, True)):
        revenue = _ask(_scorer(people=people, opportunities=recorded, targets=due), "revenue")["company"]
        assert (revenue["p_below"] is not None) is is_judged, "money too"


# every metric -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pack", "dimension"), [("sales", "person"), ("staffing", "team"), ("sales", "company")])
def test_every_metric_has_every_field_and_keeps_its_rules(pack: str, dimension: str, counted) -> None:
    tables = {name: [{k: v for k, v in row.items() if v != ""} for row in rows] for name, rows in FIRM.items()}
    scorer = _scorer(pack, [metric.name for metric in _catalogue(pack)], **tables)
    seen = 0
    for metric in _catalogue(pack):
        for row in _ask(
            scorer, metric.name, dimension, days=(date(2026, 1, 1), date(2026, 2, 28)), as_of=date(2026, 3, 31)
        ).values():
            assert list(row)[: len(FIELDS)] == list(FIELDS), metric.name
            assert row["verdict"] in ("too_early", "eligible", "coach", "watch", "as_expected")
            assert row["position"] in ("above", "below", "not_separable", "no_reference")
            assert row["sentence"].endswith(".")
            assert (row["likely"] is None) == (row["shrunk"] is None)
            if row["value"] is None:
                assert row["verdict"] == "too_early"
                assert row["interval"] is None
            elif row["interval"] is not None:
                assert row["interval"][0] - 1e-9 <= row["value"] <= row["interval"][1] + 1e-9, (metric.name, row)
            if metric.kind == "stock":
                assert row["interval"] is row["likely"] is None
            seen += 1
    counted(GATES[0], seen)


def test_figures_for_another_program_come_bare_and_say_so() -> None:
    people, deals = _firm()
    scorer = replace(_scorer(people=people, opportunities=deals), most_rows=10)
    answer = scorer.ask(Question("win_rate", ("person",), None, *QUARTER, LATER))
    assert len(answer.rows) == 12
    assert list(answer.rows[0])[: len(FIELDS)] == list(FIELDS)
    assert answer.rows[0]["verdict"] is None
    assert any("without intervals and verdicts" in note for note in answer.notes)


# the window ---------------------------------------------------------------------------------------------


def test_a_window_counts_in_a_persons_own_volume_and_names_what_is_quicker() -> None:
    """Ten deals a month at 20 %: 271 deals, some 28 months; the demos that move them tell much sooner."""
    days = _weekdays(date(2025, 7, 1), date(2026, 6, 30))
    deals = list(_deals("P00", 24, 96, days))
    demos = [{"person_id": "P00", "at": day, "kind": "demo", "account_id": "A1"} for day in days for _ in range(2)]
    scorer = _scorer(people=_people(1), opportunities=deals, activities=demos)
    question = Question("win_rate", (), None, None, None, date(2026, 6, 30), scopes=("person:P00",))
    row = window_of(scorer.session, question)
    assert (row["needed"], row["base"]) == (271, 0.2)
    assert row["weeks"] == pytest.approx(271 / 120 * 52.14, rel=0.01)
    assert "after about 28 months (271 cases)" in row["sentence"]
    sold = window_of(
        scorer.session, Question("closed_sales", (), None, None, None, date(2026, 6, 30), scopes=("person:P00",))
    )
    assert sold["instead"]["metric"] == "demos"
    assert sold["instead"]["weeks"] == pytest.approx(64.5 / 10, rel=0.02)
