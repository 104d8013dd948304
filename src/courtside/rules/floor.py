"""The floor under every rule: what one lacks before it may be switched on. It can be added to, never undercut.

Source: METHODS 1.6: the eight conditions stand before anything formal, whatever a rule says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from courtside.analysis.kinds import Kind, kind_of
from courtside.metrics.catalogue import Catalogue
from courtside.rules.rule import Exclusion, Level, Proposes, Rule, Subject

LEAST_LEVEL: Mapping[Proposes, Level] = {
    Proposes.WATCH: Level.WATCH,
    Proposes.COACHING_PLAN: Level.COACH,
    Proposes.IMPROVEMENT_PLAN: Level.ELIGIBLE,
}
"""How sure one must be at the least before so much is suggested."""
LEAST_EXCLUDED: Mapping[Proposes, frozenset[Exclusion]] = {
    Proposes.WATCH: frozenset({Exclusion.RAMP, Exclusion.LEAVE}),
    Proposes.COACHING_PLAN: frozenset({Exclusion.RAMP, Exclusion.LEAVE, Exclusion.OPEN_DISPUTE}),
    Proposes.IMPROVEMENT_PLAN: frozenset(Exclusion),
}
"""Who must be left alone at the least."""
_MONTH = 28.0
LEAST_DAYS: Mapping[Proposes, Mapping[Kind, float]] = {
    Proposes.WATCH: dict.fromkeys(Kind, _MONTH),
    Proposes.COACHING_PLAN: {Kind.RATE: 2 * _MONTH, Kind.COUNT: _MONTH},
    Proposes.IMPROVEMENT_PLAN: {Kind.RATE: 3 * _MONTH, Kind.COUNT: 2 * _MONTH},
}
"""The shortest window by kind of figure: two monthly checks stand behind anything formal, a quarter behind a rate."""


def lacks(rule: Rule, catalogue: Catalogue) -> tuple[str, ...]:
    """What a rule lacks, a sentence each; empty where nothing keeps it from being put up for approval."""
    found = _managers(rule) if rule.subject is Subject.MANAGER else _people(rule, catalogue)
    return (*_level(rule), *found)


def _level(rule: Rule) -> Iterator[str]:
    least = LEAST_LEVEL[rule.proposes]
    if rule.level.place < least.place:
        yield (
            f"level: {rule.level} is not sure enough to propose {_called(rule)}; "
            f"write level: {least}, or propose something milder"
        )


def _people(rule: Rule, catalogue: Catalogue) -> Iterator[str]:
    kind = kind_of(catalogue[rule.metric], catalogue)
    if rule.level is not Level.WATCH and kind not in (Kind.RATE, Kind.COUNT):
        yield f"metric: {rule.metric} is no rate or count, which reach at most watch; choose what moves it instead"
    else:
        least = LEAST_DAYS[rule.proposes].get(kind, _MONTH)
        if rule.window.days < least:
            yield (
                f"window: {rule.window} are shorter than {least / 7:.0f} weeks, which {rule.metric} needs at the least "
                f"before {_called(rule)} is proposed"
            )
    missing = sorted(LEAST_EXCLUDED[rule.proposes] - rule.exclude)
    if missing:
        yield f"exclude: {', '.join(missing)} missing; a rule that proposes {_called(rule)} leaves such people alone"


def _managers(rule: Rule) -> Iterator[str]:
    if rule.proposes is Proposes.IMPROVEMENT_PLAN:
        yield "proposes: the eight conditions cannot be checked for managers; propose a coaching plan at most"
    if rule.level is Level.ELIGIBLE and rule.proposes is not Proposes.IMPROVEMENT_PLAN:
        yield "level: a manager's figures reach at most coach"
    if rule.window.days < _MONTH:
        yield f"window: {rule.window} are shorter than 4 weeks"
    if Exclusion.LEAVE not in rule.exclude:
        yield "exclude: leave missing; who was away could keep nothing"


def _called(rule: Rule) -> str:
    return {"watch": "a watch", "coaching_plan": "a coaching plan"}.get(rule.proposes, "an improvement plan")
