"""What sales and placements are worth, cost and bring, which are cancelled, and the bills that follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.simulate.cases import RECRUITING, SALES, WON, Cases
from courtside.simulate.cells import DAY, NONE, Flags, Floats, Ints

_LIST_PRICES = np.array([1_800.0, 3_200.0, 7_000.0])
"""Median list price of each product."""
_DISCOUNT, _DISCOUNT_SD, _MOST_DISCOUNT = 0.06, 0.05, 0.3
_SALES_MARGIN, _SALES_MARGIN_SD = 0.68, 0.06
_CONTRACT, _CONTRACT_SD = 19_000.0, 0.45
_CONTRACT_MARGIN, _CONTRACT_MARGIN_SD = 0.22, 0.03
_SALARY, _SALARY_SD = 62_000.0, 0.3
_FEES, _LIST_FEE = (0.18, 0.25), 0.25
_FEE_MARGIN = 0.88
_SALE_RISK, _RISK_PER_DISCOUNT = 0.03, 0.25
_PLACEMENT_RISK, _RISK_WITHOUT_INTAKE = 0.04, 0.06
_BILLS = 4
"""Monthly bills of a contract placement; a fee or a sale is one bill."""
_BILLED_AFTER = {"sale": 7, "fee": 14, "contract": 30}
TRANSACTION_KINDS = ("billing", "renewal", "expansion", "refund", "cancellation")
_BILLING, _REFUND = 0, 3


@dataclass(frozen=True, slots=True)
class Worth:
    """Money of opportunities in cents, and the chance of each to be cancelled once won."""

    amount: Ints
    margin: Ints
    cost: Ints
    list_price: Ints
    risk: Floats


def _cents(amounts: Floats) -> Ints:
    """Amounts in cents, whole tens of units."""
    return np.round(amounts / 10).astype(np.int64) * 1000


def of_sales(product: Ints, value: float, rng: np.random.Generator) -> Worth:
    """Agreements: a list price by product, less a discount; the larger the discount, the likelier a cancellation."""
    count = len(product)
    price = _LIST_PRICES[product] * value * np.exp(0.35 * rng.standard_normal(count))
    discount = np.clip(_DISCOUNT + _DISCOUNT_SD * rng.standard_normal(count), 0, _MOST_DISCOUNT)
    amount = price * (1 - discount)
    margin = amount * np.clip(_SALES_MARGIN - discount + _SALES_MARGIN_SD * rng.standard_normal(count), 0.2, 0.9)
    cost = amount * rng.uniform(0.02, 0.06, count)
    return Worth(
        _cents(amount), _cents(margin), _cents(cost), _cents(price), _SALE_RISK + _RISK_PER_DISCOUNT * discount
    )


def of_placements(is_contract: Flags, had_intake: Flags, rng: np.random.Generator) -> Worth:
    """Contract placements bill hours at a small margin, permanent ones a share of a salary."""
    count = len(is_contract)
    hours = _CONTRACT * np.exp(_CONTRACT_SD * rng.standard_normal(count))
    salary = _SALARY * np.exp(_SALARY_SD * rng.standard_normal(count))
    amount = np.where(is_contract, hours, salary * rng.uniform(*_FEES, count))
    rate = np.clip(_CONTRACT_MARGIN + _CONTRACT_MARGIN_SD * rng.standard_normal(count), 0.1, 0.35)
    cost = amount * rng.uniform(0.01, 0.04, count)
    return Worth(
        amount=_cents(amount),
        margin=_cents(amount * np.where(is_contract, rate, _FEE_MARGIN)),
        cost=_cents(cost),
        list_price=np.where(is_contract, NONE, _cents(salary * _LIST_FEE)),
        risk=_PLACEMENT_RISK + np.where(had_intake, 0.0, _RISK_WITHOUT_INTAKE),
    )


def cancelled(closed: Ints, is_won: Flags, risk: Floats, end: int, rng: np.random.Generator) -> Ints:
    """When each won case was cancelled, 5 to 60 days after it closed; NONE if not by the last day."""
    at = closed + rng.integers(5, 61, len(closed)) * DAY
    happens = (rng.random(len(closed)) < risk) & is_won
    return np.where(happens & (at < end), at, NONE)


@dataclass(frozen=True, slots=True)
class Transactions:
    """Bills and refunds of one person's cases; `case` is a place among them."""

    number: Ints
    case: Ints
    at: Ints
    amount: Ints
    margin: Ints
    kind: Ints


def transactions(cases: Cases, is_contract: Flags, end: int) -> Transactions:
    """The bills of won cases until the last day: none after a cancellation, which refunds what was billed once."""
    won = np.flatnonzero(cases.status == WON)
    monthly = is_contract[won] if cases.pipeline == RECRUITING else np.zeros(len(won), np.bool_)
    bills = np.where(monthly, _BILLS, 1)
    case = np.repeat(won, bills)
    nth = np.concatenate([np.arange(n) for n in bills]) if len(bills) else np.zeros(0, np.int64)
    is_monthly = np.repeat(monthly, bills)
    once = _BILLED_AFTER["sale" if cases.pipeline == SALES else "fee"]
    after = np.where(is_monthly, _BILLED_AFTER["contract"] * (nth + 1), once)
    at = cases.closed[case] + after * DAY
    cancelled_at = cases.cancelled[case]
    due = (at < end) & ((cancelled_at == NONE) | (at <= cancelled_at))
    case, nth, at, share = case[due], nth[due], at[due], np.repeat(bills, bills)[due]
    back = case[(cases.cancelled[case] != NONE) & (share == 1)]
    every, kinds = np.concatenate([case, back]), np.repeat([_BILLING, _REFUND], [len(case), len(back)])
    parts = np.concatenate([share, np.ones(len(back), np.int64)])
    order = np.lexsort((kinds, np.concatenate([nth, np.full(len(back), _BILLS)]), every))
    found = Transactions(
        number=cases.number[every] * 10 + np.concatenate([nth, np.full(len(back), _BILLS)]),
        case=every,
        at=np.concatenate([at, cases.cancelled[back]]),
        amount=cases.amount[every] // parts,
        margin=cases.margin[every] // parts,
        kind=kinds,
    )
    return Transactions(
        found.number[order], every[order], found.at[order], found.amount[order], found.margin[order], kinds[order]
    )
