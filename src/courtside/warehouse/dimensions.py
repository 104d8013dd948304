"""The dimensions a figure can be cut by, and what each means for the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from courtside.records.tables import COUNTED
from courtside.warehouse.expressions import ROW
from courtside.warehouse.sql import bucket, column, literal, template

SIZES = {"1-49": 50, "50-249": 250, "250-999": 1000}
TENURES = {"0-6": 6, "6-12": 12, "12-24": 24}
PERSONAL = ("person", "role", "team", "manager", "segment", "region", "seniority", "tenure")
"""Dimensions that follow from the person with the credit and the day."""

GROUPS = ("team", "segment", "region", "seniority")
"""Groups a person belongs to by assignment, which can have targets."""

DIMENSIONS = (
    *PERSONAL, "source", "campaign", "product", "pipeline", "company", "account_segment", "account_size", "industry",
    "level", "stage",
)  # fmt: skip
"""Every dimension. `stage` cuts opportunities and stage conversions."""

_SPANS = {"team": "team", "manager": "manager_id", "segment": "segment", "region": "region", "seniority": "seniority"}

_PATHS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "source": {
        "leads": ("source",),
        "opportunities": ("source", "lead.source"),
        "activities": ("lead.source", "opportunity.source"),
        "spend": ("source",),
    },
    "campaign": {
        "leads": ("campaign",),
        "opportunities": ("lead.campaign",),
        "activities": ("lead.campaign",),
        "spend": ("campaign",),
    },
    "product": {"opportunities": ("product",), "activities": ("opportunity.product",)},
    "pipeline": {
        "opportunities": ("pipeline",),
        "activities": ("opportunity.pipeline",),
        "stage_changes": ("pipeline",),
    },
    "account_segment": {
        "accounts": ("segment",),
        "leads": ("account.segment",),
        "opportunities": ("account.segment",),
        "activities": ("account.segment",),
    },
    "account_size": {
        "accounts": ("employees",),
        "leads": ("prospect_employees",),
        "opportunities": ("account.employees",),
        "activities": ("account.employees",),
    },
    "industry": {
        "accounts": ("industry",),
        "leads": ("account.industry",),
        "opportunities": ("account.industry",),
        "activities": ("account.industry",),
    },
    "level": {
        "contacts": ("level",),
        "leads": ("prospect_level",),
        "opportunities": ("contact.level", "lead.level"),
        "activities": ("contact.level", "lead.level"),
    },
    "stage": {"opportunities": ("stage",), "stage_changes": ("stage",)},
}
"""Dimension -> table -> the columns it is read from, the first that is filled."""


class NoSuchCut(ValueError):
    """A dimension that does not exist, or that the rows of a metric do not have."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One dimension of one table: its tree, and the columns or links it reads."""

    tree: exp.Expr
    reads: tuple[str, ...]
    personal: bool


def cut(dimension: str, table: str, owner: str | None, on: exp.Expr) -> Cut:
    """How rows of a table are cut by a dimension; `on` is the day of the event.

    Raises NoSuchCut if the rows do not know it.
    """
    if dimension == "company":
        return Cut(literal("company"), (), personal=False)
    if dimension in PERSONAL:
        if owner is None:
            raise NoSuchCut(f"rows of {table} name no person, so they cannot be cut by {dimension}")
        return Cut(_personal(dimension, owner, on), (), personal=dimension != "person")
    paths = _PATHS.get(dimension, {}).get(table)
    if paths is None:
        known = [d for d in DIMENSIONS if table in _PATHS.get(d, {})]
        if owner is not None or COUNTED[table].owner:
            known = [*PERSONAL, *known]
        raise NoSuchCut(f"rows of {table} cannot be cut by {dimension}; they can by {', '.join([*known, 'company'])}")
    trees = [_read(path) for path in paths]
    tree = exp.Coalesce(this=trees[0], expressions=trees[1:]) if len(trees) > 1 else trees[0]
    if dimension == "account_size":
        tree = bucket(tree, SIZES, "1000+")
    return Cut(tree, paths, personal=False)


def _read(path: str) -> exp.Expr:
    head, _, rest = path.partition(".")
    return column(rest, head) if rest else column(head, ROW)


def _personal(dimension: str, owner: str, on: exp.Expr) -> exp.Expr:
    if dimension == "person":
        return column(owner, ROW)
    if dimension == "role":
        return column("role", "who")
    if dimension in _SPANS:
        return column(_SPANS[dimension], "s")
    return tenure(on)


def tenure(on: exp.Expr) -> exp.Expr:
    """Months since the person was hired, in bands: 0-6, 6-12, 12-24, 24+."""
    case = exp.Case()
    for name, months in TENURES.items():
        case = case.when(template(f":moment < who.hired_on + INTERVAL '{months}' MONTH", moment=on), literal(name))
    return case.when(template("who.hired_on IS NOT NULL"), literal("24+"))
