"""What is said of a rule and of what its replay found, in plain words: the one place that writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.analysis.wording import noun, percent
from courtside.rules.rule import Exclusion, Level, Proposes, Rule, Subject

THEN: Mapping[Proposes, str] = {
    Proposes.WATCH: "suggest a closer look",
    Proposes.COACHING_PLAN: "propose a coaching plan",
    Proposes.IMPROVEMENT_PLAN: "propose that a person weighs an improvement plan",
}
LEAVES_OUT: Mapping[Exclusion, str] = {
    Exclusion.LEAVE: "away for most of the time",
    Exclusion.RAMP: "still new in the work",
    Exclusion.TERRITORY_CHANGE: "moved to other work within 90 days",
    Exclusion.OPEN_DISPUTE: "with an open dispute about their records",
    Exclusion.THIN_LOGGING: "whose records are thin",
    Exclusion.TARGET_MISSED_BY_PEERS: "where over a third of like people fall short too",
}


def sentence(rule: Rule, label: str, *, is_down: bool = False) -> str:
    """A rule in one plain sentence. `label` is that of its metric.

    -> If follow-ups per contact stay clearly below target for 8 complete weeks, propose a coaching plan.
    """
    side = "above" if is_down else "below"
    if rule.subject is Subject.MANAGER:
        how = f"of a manager's {noun(label)} clearly fewer than {percent(rule.target or 0.0)} are kept over"
        return f"If {how} {_complete(rule)}, {THEN[rule.proposes]}{_scope(rule)}."
    verb = "stay" if _is_many(label) else "stays"
    how = {
        Level.WATCH: f"{verb} likely {side} target",
        Level.COACH: f"{verb} clearly {side} target",
        Level.ELIGIBLE: f"{verb} clearly {side} target",
    }[rule.level]
    also = " and all eight conditions of the guard hold" if rule.level is Level.ELIGIBLE else ""
    return f"If {noun(label)} {how} for {_complete(rule)}{also}, {THEN[rule.proposes]}{_scope(rule)}."


def left_out(rule: Rule) -> str:
    """Whom a rule leaves alone, in a sentence; empty where nobody."""
    named = [words for one, words in LEAVES_OUT.items() if one in rule.exclude]
    return f"It leaves alone who is {'; '.join(named)}." if named else ""


def _complete(rule: Rule) -> str:
    return str(rule.window).replace(" ", " complete ", 1)


def _scope(rule: Rule) -> str:
    parts = [f"{dimension} {' or '.join(values)}" for dimension, values in rule.among.items()]
    return f" (only {', '.join(parts)})" if parts else ""


def _is_many(label: str) -> bool:
    first = label.split()[0].casefold() if label.split() else ""
    return first.endswith("s") and not first.endswith("ss") or first == "follow-ups"


def by_chance(share: float | None) -> str:
    """How many of a replay's findings chance would make, were everybody at target: 0.31 -> about 3 in 10 of these."""
    if share is None:
        return "Nobody was found, so there is nothing to set beside chance."
    if share >= 0.95:
        return "As many as these would fire by chance, were everybody exactly at target."
    if share < 0.05:
        many = f"Fewer than 1 in {20 if share > 0.01 else 100}"
    else:
        many = f"About {max(round(share * 10), 1)} in 10"
    return f"{many} of these would fire by chance, were everybody exactly at target."


def false_alarms(rate: float, level: Level) -> str:
    """How often the rule would fire about somebody exactly at target: in so many of 100 years."""
    most = "at most " if level is Level.ELIGIBLE else "about "
    shown = "fewer than 1" if rate < 0.005 else f"{most}{rate * 100:.0f}"
    return f"Of 100 years of somebody exactly at target it would fire in {shown}."


def recovered(summary: Mapping[str, Any]) -> list[str]:
    """How many of those named came back unaided within twelve weeks; nothing while that is not known of anybody."""
    known = int(summary["recovery_known"])
    if not known:
        return []
    return [f"{int(summary['recovered_unaided'])} of {known} came back within 12 weeks without any plan."]
