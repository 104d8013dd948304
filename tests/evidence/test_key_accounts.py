"""How sure the growth of lasting customers is: accounts are dealt anew, never their deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.asking import new_workspace
from tests.shell.firm import Rows, write_firm
from tests.simulated import seeds

from courtside.analysis.benchmark.key_accounts import growth_interval
from courtside.analysis.statistics.distributions import Array

GATES = ("growths whose range held the truth", "growths dealt by deals that missed it", "accounts behind a growth")
Counted = Callable[[str, int], None]
TRUE = 0.2
_FIRMS, _ACCOUNTS, _DEALS = 300, 80, 12


def test_fewer_than_ten_accounts_say_nothing() -> None:
    assert growth_interval(np.full((9, 2), 100.0), 1) is None
    found = growth_interval(np.array([[120.0, 100.0]] * 10), 1)
    assert found is not None
    assert np.allclose(found, 0.2)
    assert growth_interval(np.array([[120.0, 0.0]] * 10), 1) is None  # nothing a year before to grow from


def test_the_same_accounts_have_the_same_range_on_every_machine() -> None:
    amounts = np.random.default_rng(3).gamma(2.0, 50.0, (40, 2))
    assert growth_interval(amounts, 7) == growth_interval(amounts, 7)


def _firm(draw: np.random.Generator) -> tuple[Array, Array]:
    """Accounts of very different size that grow by a fifth, each in its own way: theirs, and their deals'."""
    size = draw.gamma(1.0, 100.0, _ACCOUNTS)
    before = size * draw.gamma(8.0, 1 / 8, _ACCOUNTS)
    now = (1 + TRUE) * size * draw.gamma(8.0, 1 / 8, _ACCOUNTS)
    accounts = np.stack([now, before], axis=1)
    return accounts, np.repeat(accounts / _DEALS, _DEALS, axis=0)


def test_the_range_holds_the_truth_where_accounts_are_dealt_and_not_where_their_deals_are(counted: Counted) -> None:
    """The broken twin takes deals of one account for cases of their own: its ranges are far too narrow."""
    draw = np.random.default_rng(seeds(1)[0])
    held = deals_held = 0
    for number in range(_FIRMS):
        accounts, deals = _firm(draw)
        low, high = growth_interval(accounts, number) or (0.0, 0.0)
        held += low <= TRUE <= high
        low, high = growth_interval(deals, number) or (0.0, 0.0)
        deals_held += low <= TRUE <= high
    assert held >= 0.89 * _FIRMS
    assert deals_held <= 0.6 * _FIRMS
    counted("growths whose range held the truth", held)
    counted("growths dealt by deals that missed it", _FIRMS - deals_held)


# Of a firm -----------------------------------------------------------------------------------------------------------


ACCOUNTS: Rows = [
    {
        "account_id": f"A{n}", "name": f"Account {n}", "owner_id": f"P{n % 2}", "employees": 20 if n < 30 else 2000,
        "customer_since": "2024-01-01", "left_on": "2026-05-01" if n == 3 else "",
    }
    for n in range(44)
]  # fmt: skip
"""Thirty small customers and fourteen large ones; one small one left."""
DEALS: Rows = [
    {
        "opportunity_id": f"O{n}-{year}-{k}", "person_id": f"P{n % 2}", "account_id": f"A{n}", "status": "won",
        "opened_at": f"{year}-07-01T09:00", "closed_at": f"{year}-08-{3 + k:02}T09:00",
        "amount": 100 + 10 * n + (7 * n * (year - 2024)) % 90,
    }
    for n in range(44) for year in (2025, 2026) for k in range(1 + n % 3)
]  # fmt: skip
"""What they bought in August of two years."""


def _growth(accounts: set[Any]) -> float:
    """What some customers brought in beside the year before, added up by hand."""
    own = [deal for deal in DEALS if deal["account_id"] in accounts]
    now, before = (sum(d["amount"] for d in own if d["closed_at"].startswith(year)) for year in ("2026", "2025"))
    return float(now / before - 1)


def test_growth_and_its_range_are_of_the_same_accounts(tmp_path: Any, counted: Counted) -> None:
    asking = new_workspace(tmp_path / "workspace")
    people = [{"person_id": f"P{n}", "name": f"Person {n}", "role": "seller"} for n in range(2)]
    write_firm(tmp_path / "firm", {"people": people, "accounts": ACCOUNTS, "opportunities": DEALS})
    assert asking.run("import", tmp_path / "firm").status == 0
    rows = asking.rows("benchmark", "--what", "accounts", "--period", "2026-Q3", "--as-of", "2026-11-01")
    assert [row["account_size"] for row in rows] == ["1-49", "1000+"]
    for row, employees in zip(rows, (20, 2000), strict=True):
        own = {one["account_id"] for one in ACCOUNTS if one["employees"] == employees and not one["left_on"]}
        low, high = row["growth_interval"]
        assert row["growth"] == pytest.approx(_growth(own))
        assert row["growth_accounts"] == len(own)
        assert low < row["growth"] < high
        assert "how sure" not in row["sentence"]
        counted("accounts behind a growth", len(own))
