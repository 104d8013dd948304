"""Where the effort with customers goes by their size, beside whether they stay and grow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from courtside.analysis.benchmark.people_figures import Reader
from courtside.analysis.statistics import bootstrap
from courtside.analysis.statistics.distributions import Array
from courtside.analysis.statistics.intervals import wilson
from courtside.analysis.wording import percent, plural, rounded
from courtside.warehouse.account_sums import account_sums
from courtside.warehouse.question import CannotAnswer, Question

_SIZES = ("1-49", "50-249", "250-999", "1000+")
_EFFORT = {"touches": "touches", "hours": "talk_hours", "key_touches": "key_account_touches",
           "key_hours": "key_account_hours"}  # fmt: skip
_RETENTION, _GROWTH, _KEPT = "account_retention", "account_growth", "kept_account_revenue"

Row = Mapping[str, Any]
At = tuple[str, str]
"""Whose accounts (empty for the firm's), and their size."""
Cells = Mapping[At, Row]


def key_accounts(reader: Reader, each: str | None = None) -> tuple[list[dict[str, Any]], list[str]]:
    """One row for each account size: touches, hours on calls, their shares, and what the accounts yielded.

    Of the whole firm, or for `each` person or team apart. Shares are of the effort whose account is of known size.
    Retention comes with Wilson's interval, growth with the bootstrap's over accounts; null where these are too few.
    """
    effort = {field: _cells(reader, metric, each) for field, metric in _EFFORT.items()}
    kept, grown = _cells(reader, _RETENTION, each), _cells(reader, _GROWTH, each)
    accounts = _accounts(reader, each) if grown else {}
    yields = {
        "retention": {at: {**row, "interval": _kept_interval(row)} for at, row in kept.items()},
        "growth": {at: {**row, **_grown(reader, each, at, accounts.get(at))} for at, row in grown.items()},
    }
    found = (*effort.values(), *yields.values())
    groups = sorted({group for cells in found for group, _ in cells})
    rows = []
    for group in groups:
        whole = {field: sum(_value(cells, (group, size)) for size in _SIZES) for field, cells in effort.items()}
        present = [size for size in _SIZES if any(_value(cells, (group, size)) for cells in found)]
        scope = f"{each}:{group}" if each else "company"
        rows += [{"scope": scope, **_row(reader, (group, size), effort, whole, yields)} for size in present]
    notes = [] if rows else ["No effort or customer of known account size is recorded for these days."]
    return rows, notes


def growth_interval(amounts: Array, seed: int) -> tuple[float, float] | None:
    """The interval of now / before - 1 had the accounts been dealt anew; `amounts` is (accounts, 2): now, before.

    Accounts, not their deals, are dealt: the deals of one account go together. None for fewer than ten accounts.
    Source: Efron and Tibshirani 1993, 9.5 (pairs of a ratio). All accounts at 1.2 times before -> 0.2 to 0.2.
    """
    if len(amounts) < bootstrap.LEAST_CASES:
        return None
    now, before = bootstrap.draws(bootstrap.Cases.of(amounts), seed)
    return bootstrap.interval(np.divide(now, before, out=np.full(len(now), np.nan), where=before > 0) - 1)


def _row(
    reader: Reader, at: At, effort: Mapping[str, Cells], whole: Mapping[str, float], yields: Mapping[str, Cells]
) -> dict[str, Any]:  # fmt: skip
    spent = {field: _value(cells, at) for field, cells in effort.items()}
    shares = {f"{field}_share": spent[field] / whole[field] if whole[field] else None for field in ("touches", "hours")}
    kept, grown = yields["retention"].get(at), yields["growth"].get(at)
    accounts = int(kept["n"]) if kept and kept["n"] else 0
    row = {
        "account_size": at[1], "period": reader.period.name, **spent, **shares, "accounts": accounts,
        "touches_per_account": spent["touches"] / accounts if accounts else None,
        "hours_per_account": spent["hours"] / accounts if accounts else None,
        **_told("retention", kept), **_told("growth", grown), "growth_accounts": (grown or {}).get("accounts", 0),
    }  # fmt: skip
    return {**row, "sentence": _sentence(row)}


def _told(field: str, row: Row | None) -> dict[str, Any]:
    if row is None or row["value"] is None:
        return {field: None, f"{field}_n": 0, f"{field}_interval": None}
    return {field: row["value"], f"{field}_n": row["n"], f"{field}_interval": row.get("interval")}


def _sentence(row: Mapping[str, Any]) -> str:
    told = []
    if row["touches_share"] is not None and row["hours_share"] is not None:
        told.append(
            f"Accounts of {row['account_size']} people got {percent(row['touches_share'], 2)} of the touches and "
            f"{percent(row['hours_share'], 2)} of the hours on calls."
        )
    if row["retention"] is not None:
        each = f", at {rounded(row['touches_per_account'], 2)} touches each" if row["touches_per_account"] else ""
        told.append(
            f"{percent(row['retention'])} of {row['accounts']:,} customers stayed{_range(row, 'retention')}{each}."
        )
    if row["growth"] is not None:
        way = "grew" if row["growth"] >= 0 else "shrank"
        told.append(f"Those who stayed {way} by {percent(abs(row['growth']), 2)}{_range(row, 'growth')}.")
    return " ".join(told) or "Nothing is recorded of these accounts."


def _range(row: Mapping[str, Any], field: str) -> str:
    interval = row[f"{field}_interval"]
    if interval is None:
        accounts = row["growth_accounts"] if field == "growth" else row["accounts"]
        return f" ({plural(accounts, 'account', 'accounts')}: too few to say how sure that is)"
    low, high = (f"{'-' if end < 0 else ''}{percent(abs(end), 2)}" for end in interval)
    return f" ({low} to {high})"


def _about(reader: Reader, metric: str, each: str | None) -> Question:
    return reader.about(metric, (each, "account_size") if each else ("account_size",))


def _cells(reader: Reader, metric: str, each: str | None) -> Cells:
    """The figures of a metric by account size; none where it is not counted or cannot be cut so."""
    if metric not in reader.session.catalogue:
        return {}
    try:
        rows = reader.session.ask(_about(reader, metric, each)).rows
    except CannotAnswer:
        return {}
    if each is None:
        return {("", row["scope"].partition(":")[2]): row for row in rows}
    return {(str(row[each]), str(row["account_size"])): row for row in rows if row[each] is not None}


def _kept_interval(row: Row) -> list[float] | None:
    if not row["n"]:
        return None
    found = wilson(np.array([row["numerator"]], dtype=np.float64), np.array([row["denominator"]], dtype=np.float64))
    return [float(found.low[0]), float(found.high[0])]


def _accounts(reader: Reader, each: str | None) -> Mapping[At, Array]:
    """What each lasting customer brought in now and a year before, by account size: (accounts, 2), in a fixed order."""
    session = reader.session
    metric = session.catalogue[_KEPT]
    sums = account_sums(session, metric, session.asked_of(_about(reader, _KEPT, each), metric))
    found: dict[At, list[tuple[float, float]]] = {}
    for (keys, _), amounts in sums.items():
        found.setdefault((str(keys[0]) if each else "", str(keys[-1])), []).append(amounts)
    return {at: np.array(sorted(amounts), dtype=np.float64) for at, amounts in found.items()}


def _grown(reader: Reader, each: str | None, at: At, amounts: Array | None) -> Row:
    """The interval of growth, and of how many accounts."""
    if amounts is None:
        return {"interval": None, "accounts": 0}
    scope = " ".join((f"{each}:{at[0]}", f"account_size:{at[1]}") if each else (f"account_size:{at[1]}",))
    found = growth_interval(amounts, bootstrap.seed_of(_GROWTH, scope, reader.period.name))
    return {"interval": None if found is None else list(found), "accounts": len(amounts)}


def _value(cells: Cells, at: At) -> float:
    row = cells.get(at)
    return float(row["value"] or 0.0) if row else 0.0
