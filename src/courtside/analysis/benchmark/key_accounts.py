"""Where the effort with customers goes by their size, beside whether they stay and grow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.analysis.benchmark.people_figures import Reader
from courtside.analysis.cards.scorecard import Scorer
from courtside.analysis.wording import percent, rounded
from courtside.warehouse.question import CannotAnswer

_SIZES = ("1-49", "50-249", "250-999", "1000+")
_EFFORT = {"touches": "touches", "hours": "talk_hours", "key_touches": "key_account_touches",
           "key_hours": "key_account_hours"}  # fmt: skip
_YIELD = {"retention": "account_retention", "growth": "account_growth"}

Row = Mapping[str, Any]


def key_accounts(reader: Reader) -> tuple[list[dict[str, Any]], list[str]]:
    """One row for each account size: touches, hours on calls, their shares, and what the accounts yielded.

    Shares are of the effort whose account is of known size. Retention comes with Wilson's interval, growth
    with the bootstrap's over cases; null where these are too few.
    """
    effort = {field: _by_size(reader, metric) for field, metric in _EFFORT.items()}
    scorer = Scorer(reader.session)
    yields = {field: _judged_by_size(reader, scorer, metric) for field, metric in _YIELD.items()}
    whole = {field: sum(_value(sizes, size) for size in _SIZES) for field, sizes in effort.items()}
    found = (*effort.values(), *yields.values())
    present = [size for size in _SIZES if any(_value(sizes, size) for sizes in found)]
    rows = [_row(reader, size, effort, whole, yields) for size in present]
    notes = [] if rows else ["No effort or customer of known account size is recorded for these days."]
    return rows, notes


def _row(
    reader: Reader, size: str, effort: Mapping[str, Mapping[str, Row]], whole: Mapping[str, float],
    yields: Mapping[str, Mapping[str, Row]],
) -> dict[str, Any]:  # fmt: skip
    spent = {field: _value(sizes, size) for field, sizes in effort.items()}
    shares = {f"{field}_share": spent[field] / whole[field] if whole[field] else None for field in ("touches", "hours")}
    kept, grown = yields["retention"].get(size), yields["growth"].get(size)
    accounts = int(kept["n"]) if kept and kept["n"] else 0
    row = {
        "account_size": size, "period": reader.period.name, **spent, **shares, "accounts": accounts,
        "touches_per_account": spent["touches"] / accounts if accounts else None,
        "hours_per_account": spent["hours"] / accounts if accounts else None,
        **_told("retention", kept), **_told("growth", grown),
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
        return f" ({row[f'{field}_n']:,} deals; how sure that is cannot be said)"
    low, high = (f"{'-' if end < 0 else ''}{percent(abs(end), 2)}" for end in interval)
    return f" ({low} to {high})"


def _by_size(reader: Reader, metric: str) -> Mapping[str, Row]:
    """The figures of a metric by account size; none where it is not counted or cannot be cut so."""
    if metric not in reader.session.catalogue:
        return {}
    try:
        return _sized(reader.session.ask(reader.about(metric, ("account_size",))).rows)
    except CannotAnswer:
        return {}


def _judged_by_size(reader: Reader, scorer: Scorer, metric: str) -> Mapping[str, Row]:
    """The same with intervals."""
    if metric not in reader.session.catalogue:
        return {}
    try:
        return _sized(scorer.ask(reader.about(metric, ("account_size",))).rows)
    except CannotAnswer:
        return {}


def _sized(rows: Any) -> Mapping[str, Row]:
    return {row["scope"].partition(":")[2]: row for row in rows}


def _value(sizes: Mapping[str, Row], size: str) -> float:
    row = sizes.get(size)
    return float(row["value"] or 0.0) if row else 0.0
