"""Evaluating a rule without keeping it: for looks at the past, and for whether it would still hold today."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.rule_books import last_complete, rule_of, version_named
from courtside.services.rule_managers import evaluate_managers
from courtside.services.rule_sheets import Sheets, rule_sheets
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.rules.evaluation import Evaluation
    from courtside.rules.rule import Rule


def evaluations(
    rule: Rule, version: int, sheets: Sheets, on: date, known_at: datetime | None
) -> Iterable[Evaluation]:  # fmt: skip
    """An evaluation of every subject as of a day, as known at an instant (None: now)."""
    from courtside.rules.collect import evaluate  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.rules.rule import Subject  # noqa: PLC0415

    if rule.subject is Subject.MANAGER:
        return evaluate_managers(rule, version, sheets, on)
    return evaluate(rule, version, sheets.sheet(rule.metric, rule.window, on, known_at))


def evaluate_now(
    workspace: Workspace, caller: Caller, name: str, subjects: Collection[str] | None = None, on: date | None = None
) -> list[Evaluation]:
    """The evaluations of a rule as it stands (the live version, else the newest) for today's records; nothing is kept.

    `on` defaults to the last complete week or month. Raises Refused for a rule nobody knows.
    """
    from courtside.store import rules  # noqa: PLC0415  (Django stays out of start-up)

    version = rules.version_in_force(name) or version_named(name)
    with rule_sheets(workspace, caller) as sheets:
        rule = rule_of(version.block, sheets.catalogue)
        day = on or last_complete(workspace, rule, workspace.day(caller.clock()))
        found = evaluations(rule, version.version, sheets, day, None)
        return [one for one in found if subjects is None or one.subject in subjects]


def evaluate_version(
    workspace: Workspace, caller: Caller, number: int, subjects: Collection[str], on: date
) -> list[Evaluation]:
    """What the version of a stored row finds of some people with the records of now, as of a day; nothing is kept."""
    from courtside.store import rules  # noqa: PLC0415

    version = rules.version(number)
    if version is None:
        raise Refused(f"there is no version of a rule under {number}")
    with rule_sheets(workspace, caller) as sheets:
        rule = rule_of(version.block, sheets.catalogue)
        return [one for one in evaluations(rule, version.version, sheets, on, None) if one.subject in subjects]
