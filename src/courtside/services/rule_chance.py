"""How often a rule names somebody exactly at target, and how that changes with its window and level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from courtside.records.canonical import digest
from courtside.services.rule_sheets import Sheets

if TYPE_CHECKING:
    from courtside.analysis.statistics.guard import Years
    from courtside.rules.chance import Chance
    from courtside.rules.evaluation import Evaluation
    from courtside.rules.rule import Rule

_FEW_DRAWS = 40
"""So often each cell of the strip is drawn."""
STRIP = {"weeks": (4, 8, 12), "months": (1, 3, 6)}

Looks = Mapping[date, Sequence["Evaluation"]]


def false_alarms(rule: Rule, sheets: Sheets, looks: Looks, last: date) -> Chance:
    """In how many years of everybody exactly at target the rule fires; of managers worked out exactly."""
    from courtside.rules.chance import at_target, by_duties  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.rules.rule import Subject  # noqa: PLC0415

    if rule.subject is Subject.MANAGER:
        owed = [int(one.inputs["figure"]["n"]) for day, found in looks.items() if day <= last for one in found]
        return by_duties(owed, rule.target or 1.0, rule.level, rule.window.months)
    return at_target(years_of(rule, sheets, looks, last), rule.level, rule.window.months, seed_of(rule))


def seed_of(rule: Rule) -> int:
    """The same for the same wording."""
    return int(digest({"replay of": rule.sha256})[:8], 16)


def years_of(rule: Rule, sheets: Sheets, looks: Looks, last: date) -> tuple[Years, ...]:
    """The review years the looks fell into, each as far as it had come at the last of them, of the rule's subjects."""
    latest: dict[date, Years] = {}
    for day in sorted(day for day in looks if day <= last):
        sheet = sheets.sheet(rule.metric, rule.window, day, sheets.known_on(day))
        found = sheet.years
        if found is not None:
            persons, years, months = found
            subjects = {one.subject for one in looks[day]}
            latest[months[0].starts_on] = _only(years, [at for at, one in enumerate(persons) if one in subjects])
    return tuple(latest.values())


def _only(years: Years, rows: Sequence[int]) -> Years:
    from courtside.analysis.statistics.guard import Years  # noqa: PLC0415

    at = list(rows)
    return Years(years.hits[at], years.of[at], years.due[at], years.phi[at], years.is_rate, years.is_down)


def strip(rule: Rule, sheets: Sheets, looks: Looks, last: date) -> list[dict[str, Any]]:
    """By window and level: how many person-years the evidence alone would have named, and how many by chance.

    Before anybody is left alone and before the other conditions of the guard: those only ever make it fewer.
    """
    from courtside.rules.chance import at_target, firing  # noqa: PLC0415
    from courtside.rules.rule import Level, Subject, Window  # noqa: PLC0415

    if rule.subject is Subject.MANAGER:
        return []
    years, unit, cells = years_of(rule, sheets, looks, last), rule.window.unit, []
    for count in sorted({*STRIP[unit], rule.window.count}):
        window = Window(count, unit)
        for level in Level:
            named = sum(int(firing(one, level, window.months).any(axis=1).sum()) for one in years if one.hits.size)
            chance = at_target(years, level, window.months, seed_of(rule), _FEW_DRAWS)
            cells.append(
                {
                    "window": str(window), "level": level.value, "named": named, "by_chance": chance.rate,
                    "years": sum(len(one.hits) for one in years),
                    "is_rule": (window, level) == (rule.window, rule.level),
                }
            )  # fmt: skip
    return cells
