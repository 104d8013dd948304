"""Quotas, territories and orders of a whole sales force, through import and commands, beside published figures.

The set is Microsoft's AdventureWorks sample; its page in ../shared/data gives the figures compared here: quotas of
95,714,000, orders of 80,487,704.18 (84.09 %), 8 of 163 person-quarters reached, reps between 79.9 and 93.6 %, and
the trap of reading a quota as three months from its date, which counts 879,669 twice.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.asking import Asking, new_workspace
from tests.counting import counted

GATES = ("quotas of the sample compared", "figures of territories compared")

LAST = date(2014, 5, 30)
"""The last day of the last quota: the next date in the rhythm of the history would be 31 May 2014."""
SPAN = f"2011-05-31/{LAST}"
AS_OF = ("--as-of", "2014-06-30")

Table = Sequence[Mapping[str, str]]


def read(folder: Path, name: str) -> Table:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


class Sample:
    """The saved files, and what can be reckoned from them without the product."""

    def __init__(self, folder: Path) -> None:
        self.people = read(folder, "sales_people")
        self.quotas = read(folder, "SalesPersonQuotaHistory")
        self.orders = read(folder, "sales_orders_by_person")
        self.moves = read(folder, "SalesTerritoryHistory")
        self.territories = {row["TerritoryID"]: row for row in read(folder, "SalesTerritory")}
        dates = sorted({day(row["QuotaDate"]) for row in self.quotas})
        self.until = dict(pairwise([*dates, LAST + timedelta(days=1)]))

    def period(self, quota_date: str) -> str:
        """The days a quota is for: until the next quota date."""
        begins = day(quota_date)
        return f"{begins}/{self.until[begins] - timedelta(days=1)}"

    def territory_on(self, person: str, on: date) -> str | None:
        """The name of a person's territory on a day."""
        rows = [row for row in self.moves if row["BusinessEntityID"] == person and day(row["StartDate"]) <= on]
        rows = [row for row in rows if not row["EndDate"] or on <= day(row["EndDate"])]
        return self.territories[rows[0]["TerritoryID"]]["Name"] if rows else None

    def tables(self) -> dict[str, Table]:
        """The record tables a user would make of them. The quota system knows no hire dates."""
        return {
            "people": [
                {"person_id": p["BusinessEntityID"], "name": p["name"] or p["login"], "role": _role(p)}
                for p in self.people
            ],
            "assignments": [
                {
                    "person_id": m["BusinessEntityID"],
                    "valid_from": m["StartDate"][:10],
                    "valid_to": m["EndDate"][:10],
                    "region": self.territories[m["TerritoryID"]]["Name"],
                    "segment": self.territories[m["TerritoryID"]]["Group"],
                }
                for m in self.moves
            ],
            "opportunities": [
                {
                    "opportunity_id": o["SalesOrderID"],
                    "person_id": o["SalesPersonID"],
                    "opened_at": o["OrderDate"],
                    "closed_at": o["OrderDate"],
                    "status": "won",
                    "amount": o["SubTotal"],
                }
                for o in self.orders
            ],
            "targets": [
                {
                    "metric": "revenue",
                    "scope": f"person:{q['BusinessEntityID']}",
                    "period": self.period(q["QuotaDate"]),
                    "value": q["SalesQuota"],
                }
                for q in self.quotas
            ],
        }


def _role(person: Mapping[str, str]) -> str:
    return "manager" if "Manager" in person["JobTitle"] else "seller"


def write(folder: Path, tables: Mapping[str, Table]) -> Path:
    folder.mkdir()
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def sample(shared_data: Path) -> Sample:
    return Sample(shared_data / "adventureworks_quota")


@pytest.fixture(scope="module")
def asking(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """A workspace holding the sample."""
    base = tmp_path_factory.mktemp("quota")
    asking = new_workspace(base / "firm")
    (row,) = asking.rows("import", write(base / "in", sample.tables()))
    assert (row["refused"], row["created"]) == (0, 17 + 17 + 3806 + 163)
    return asking


def test_the_firm_reached_84_percent_of_its_quotas(asking: Asking) -> None:
    row = asking.metric("revenue", "--period", SPAN, *AS_OF)
    assert row["value"] == pytest.approx(80_487_704.18, abs=0.005)
    assert row["target"] == pytest.approx(95_714_000)
    assert round(row["attainment"], 4) == 0.8409
    assert (row["attainment_to_date"], row["met"]) == (pytest.approx(row["attainment"]), False)
    counted("quotas of the sample compared", 1)


def test_the_five_who_sold_most_sold_what_was_published(asking: Asking) -> None:
    """Exercise answers for AdventureWorks, as listed in PUBLISHED_FIGURES.md, row 13."""
    published = {276: 10_367_007.43, 277: 10_065_803.54, 275: 9_293_903.00, 289: 8_503_338.65, 279: 7_171_012.75}
    rows = asking.rows("metric", "revenue", "--by", "person", "--period", SPAN, *AS_OF)
    found = sorted(((row["value"] or 0, row["scope"]) for row in rows), reverse=True)[:5]
    assert [scope for _, scope in found] == [f"person:{number}" for number in published]
    assert [value for value, _ in found] == pytest.approx(list(published.values()), abs=0.005)
    counted("quotas of the sample compared", len(found))


def test_8_of_163_person_quarters_reached_their_quota(asking: Asking, sample: Sample) -> None:
    rows = asking.rows("targets", "show", "--metric", "revenue", *AS_OF)
    persons = [row for row in rows if row["scope"].startswith("person:")]
    assert (len(persons), sum(row["met"] for row in persons)) == (163, 8)
    quotas = {(f"person:{q['BusinessEntityID']}", sample.period(q["QuotaDate"])): q for q in sample.quotas}
    for row in persons:
        assert row["target"] == pytest.approx(float(quotas[row["scope"], row["period"]]["SalesQuota"]))
        assert (row["origin"], row["pace"]) == ("own", pytest.approx(row["target"]))
    rates = [asking.metric("quota_attainers_rate", "--period", p, *AS_OF) for p in {row["period"] for row in persons}]
    assert (sum(r["numerator"] for r in rates), sum(r["denominator"] for r in rates)) == (8, 163)
    counted("quotas of the sample compared", len(persons) + len(rates))


def test_reps_lie_between_79_9_and_93_6_percent_of_all_their_quotas(asking: Asking, sample: Sample) -> None:
    rows = {r["scope"]: r for r in asking.rows("metric", "revenue", "--by", "person", "--period", SPAN, *AS_OF)}
    reps = [f"person:{p['BusinessEntityID']}" for p in sample.people if _role(p) == "seller"]
    # Who got a first quota later has none for the time before: their years are asked about from then on.
    since = {f"person:{q['BusinessEntityID']}": q["QuotaDate"] for q in reversed(sample.quotas)}
    found = []
    for rep in reps:
        row = rows[rep]
        if row["target"] is None:
            words = ("--scope", rep, "--period", f"{day(since[rep])}/{LAST}", *AS_OF)
            row = asking.metric("revenue", *words)
        found.append(row["attainment"])
    assert (round(min(found), 3), round(max(found), 3)) == (0.799, 0.936)
    counted("quotas of the sample compared", len(found))


def test_a_quota_read_as_three_months_from_its_date_counts_orders_twice(asking: Asking, sample: Sample) -> None:
    ends = {begins: _three_months_after(begins) - timedelta(days=1) for begins in sample.until}
    windows = [asking.metric("revenue", "--from", b, "--to", end, *AS_OF)["value"] for b, end in ends.items()]
    wrong = sum(windows)
    right = asking.metric("revenue", "--period", SPAN, *AS_OF)["value"]
    assert round(wrong - right) == 879_669
    counted("quotas of the sample compared", len(windows))


def _three_months_after(begins: date) -> date:
    """The same day three months on; the last of a shorter month."""
    months = begins.year * 12 + begins.month + 2
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return first + timedelta(days=min(begins.day, (following - first).days) - 1)


def reckoned(orders: Iterable[tuple[str | None, str]]) -> dict[str | None, float]:
    found: dict[str | None, float] = defaultdict(float)
    for territory, amount in orders:
        found[territory] += float(amount)
    return dict(found)


def test_a_territory_keeps_the_orders_of_those_who_had_it_that_day(asking: Asking, sample: Sample) -> None:
    rows = asking.rows("metric", "revenue", "--by", "region", "--period", SPAN, *AS_OF)
    found = {row["scope"].partition(":")[2] or None: row["value"] for row in rows}
    days = [(o["SalesPersonID"], day(o["OrderDate"]), o["SubTotal"]) for o in sample.orders]
    wanted = reckoned((sample.territory_on(person, on), amount) for person, on, amount in days)
    assert found == pytest.approx(wanted, abs=0.005)
    # The twin that lets orders follow people to where they are now is another set of numbers.
    follows = reckoned((sample.territory_on(person, LAST), amount) for person, _, amount in days)
    differs = {territory for territory in wanted if wanted[territory] != pytest.approx(follows.get(territory, 0))}
    assert {"Northeast", "Central"} <= differs
    counted("figures of territories compared", len(wanted))


def test_a_territory_has_the_quota_of_whoever_has_it_and_swaps_with_them(asking: Asking, sample: Sample) -> None:
    quotas = {(q["BusinessEntityID"], sample.period(q["QuotaDate"])): float(q["SalesQuota"]) for q in sample.quotas}
    before, after = "2012-08-30/2012-11-29", "2012-11-30/2013-02-27"
    for territory, first, then in (("Northeast", "275", "277"), ("Central", "277", "275")):
        for period, person in ((before, first), (after, then)):
            words = ("--metric", "revenue", "--scope", f"region:{territory}", "--period", period)
            (row,) = asking.rows("targets", "show", *words, *AS_OF)
            assert row["target"] == pytest.approx(quotas[person, period])
            assert row["origin"] == "sum over members"
            own = asking.metric("revenue", "--scope", f"person:{person}", "--period", period, *AS_OF)
            assert row["value"] == pytest.approx(own["value"])
            counted("figures of territories compared", 2)


def test_quotas_add_up_from_persons_over_groups_of_territories_to_the_firm(asking: Asking, sample: Sample) -> None:
    found: dict[tuple[str, str], float] = defaultdict(float)
    groups = {territory["Group"] for territory in sample.territories.values()}
    for scope in ("company", *(f"segment:{group}" for group in groups)):
        for row in asking.rows("targets", "show", "--metric", "revenue", "--scope", scope, *AS_OF):
            assert row["origin"] == "sum over members"
            found["company" if scope == "company" else "groups", str(row["period"])] += row["target"]
    # Managers have no territory, and one person left theirs a month into a quarter: their days are the firm's alone.
    for begins, ends in sample.until.items():
        period = f"{begins}/{ends - timedelta(days=1)}"
        quotas = [q for q in sample.quotas if day(q["QuotaDate"]) == begins]
        assert found["company", period] == pytest.approx(sum(float(q["SalesQuota"]) for q in quotas))
        days = [begins + timedelta(days=n) for n in range((ends - begins).days)]
        working = [on for on in days if on.weekday() < 5]
        inside = sum(
            float(q["SalesQuota"]) / len(working)
            for q in quotas
            for on in working
            if sample.territory_on(q["BusinessEntityID"], on) is not None
        )
        assert found["groups", period] == pytest.approx(inside)
        counted("figures of territories compared", 2)


def test_a_late_start_owes_its_part_and_what_was_known_before_does_not_change(
    asking: Asking, sample: Sample, tmp_path: Path
) -> None:
    # Hired on 2012-09-30, a Sunday; the quota runs from 2012-08-30 to 2012-11-29: 66 working days, 44 of them after.
    question = ("targets", "show", "--metric", "revenue", "--scope", "person:284", "--period", "2012-08-30/2012-11-29")
    (whole,) = asking.rows(*question, *AS_OF)
    (first,) = asking.rows("imports")
    hired: Table = [{**p, "hired_on": q["HireDate"]} for p, q in zip(_people(sample), sample.people, strict=True)]
    (second,) = asking.rows("import", write(tmp_path / "in", {"people": hired}))
    assert second["updated"] == 17
    (part,) = asking.rows(*question, *AS_OF)
    assert part["target"] == pytest.approx(whole["target"] * 44 / 66)
    assert asking.rows(*question, *AS_OF, "--known-at", first["at"]) == [whole]
    asking.rows("import", "undo", second["batch"])
    assert asking.rows(*question, *AS_OF) == [whole]
    counted("quotas of the sample compared", 3)


def _people(sample: Sample) -> list[dict[str, Any]]:
    return [dict(row) for row in sample.tables()["people"]]
