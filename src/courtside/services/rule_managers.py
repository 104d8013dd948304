"""Rules about managers: what they owed and kept, as those who keep such rows tell it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from courtside.rules.managers import Duty, tally
from courtside.services.rule_sheets import Sheets

if TYPE_CHECKING:
    from courtside.records.period import Period
    from courtside.rules.evaluation import Evaluation
    from courtside.rules.rule import Rule


def duties(first: date, last: date) -> tuple[Duty, ...]:
    """Every duty due in those days, both included, with what was known by the second: those of plans."""
    from courtside.services.plan_effects import duties as of_plans  # noqa: PLC0415  (Django stays out of start-up)

    return tuple(of_plans(first, last))


def evaluate_managers(rule: Rule, version: int, sheets: Sheets, on: date) -> Iterator[Evaluation]:
    """An evaluation of everybody who owed anything in the window, holding or not."""
    from courtside.rules.collect import rule_inputs  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.rules.decide import thresholds  # noqa: PLC0415
    from courtside.rules.evaluation import made  # noqa: PLC0415
    from courtside.rules.examples import manager_inputs  # noqa: PLC0415

    period = window(rule, sheets, on)
    kept = tally(duties(period.starts_on, period.last_on), rule.metric, period.starts_on, period.last_on)
    about = {
        "rule": rule_inputs(rule, is_down=False), "definitions": {}, "thresholds": dict(thresholds()),
        "check": {
            "on": on.isoformat(), "first": period.starts_on.isoformat(), "last": period.last_on.isoformat(),
            "known_at": None,
        },
    }  # fmt: skip
    people = sheets.people_on(on)
    for manager, found in sorted(kept.items()):
        like = people.likes.get(manager, {})
        if rule.is_about(like):
            around = {"leave": people.was_away(manager, period), "ramp": people.is_new(manager, on)}
            inputs = manager_inputs(float(found.kept), float(found.owed), rule.target or 1.0, around)
            yield made(version, manager, on, {**about, "like": dict(like), **inputs})


def window(rule: Rule, sheets: Sheets, on: date) -> Period:
    """The complete weeks or months up to a day."""
    calendar = sheets.workspace.calendar
    last = calendar.period_of(on, rule.window.grain)
    if last.last_on > on:
        last = calendar.previous(last)
    first = last
    for _ in range(rule.window.count - 1):
        first = calendar.previous(first)
    return calendar.span(first.starts_on, last.last_on)
