"""Whether a rule holds for somebody, from recorded inputs alone: the same inputs give the same answer, bit for bit.

The verdict is worked out anew from what was counted, month by month, and from the numbers of the guard beside
their limits; nothing is looked up. Source: METHODS 1.6, DATA 4 "verdict".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np

from courtside.analysis.statistics.alarms import RARE
from courtside.analysis.statistics.distributions import beta_below, binomial_at_most
from courtside.analysis.statistics.guard import APART, EXPECTED, MANY, SURE, Condition, Years
from courtside.analysis.statistics.sequential import FORMAL
from courtside.analysis.statistics.shrinkage import SLACK
from courtside.rules.rule import Exclusion, Level

WATCH = 0.8
"""P(true < 0.85 target) above which a shortfall is worth watching (METHODS 1.6)."""
RECORDED = 0.9
"""The share of days present on which anything must have been recorded (METHODS 1.6, condition 6)."""
FEWEST_OWED = 5
"""With fewer duties than this nothing is said of a manager."""
TOO_EARLY, AS_EXPECTED = "too_early", "as_expected"
_FEW = "few"
Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What follows from inputs. `evidence` is E of the review year; None where there is none."""

    holds: bool
    verdict: str
    evidence: float | None
    reasons: tuple[str, ...]


def decide(inputs: Inputs) -> Found:
    """Whether the rule holds, with the reasons for or against it, in words."""
    rule = inputs["rule"]
    verdict, evidence = _of_manager(inputs) if rule["subject"] == "manager" else _of_person(inputs)
    against = list(_against(inputs, verdict, Level(rule["level"])))
    if against:
        return Found(holds=False, verdict=verdict, evidence=evidence, reasons=tuple(against))
    return Found(holds=True, verdict=verdict, evidence=evidence, reasons=tuple(_for(inputs, verdict)))


def _of_manager(inputs: Inputs) -> tuple[str, float | None]:
    """By duties kept of those owed: likely more than 15 % short, and rarer than 1 in 100 at the target."""
    figure = inputs["figure"]
    kept, owed, target = figure["hits"], figure["n"], figure["target"]
    if owed < FEWEST_OWED:
        return TOO_EARLY, None
    if float(beta_below(SLACK * target, kept + 0.5, owed - kept + 0.5)) <= WATCH:
        return AS_EXPECTED, None
    return ("coach" if float(binomial_at_most(kept, owed, target)) < RARE else "watch"), None


def _of_person(inputs: Inputs) -> tuple[str, float | None]:
    figure, years = inputs["figure"], _years(inputs)
    rings, evidence = (False, None) if years is None else (bool(years.alarm()[0]), float(years.evidence()[0, -1]))
    early = None if figure["early"] == _FEW and rings else figure["early"]
    if early is not None:
        return TOO_EARLY, evidence
    misses, apart = _number(figure["p_below"]), _number(figure["apart"])
    apart = -apart if inputs["rule"]["is_down"] else apart
    looks_bad = misses > WATCH or apart < APART or rings
    if not looks_bad or figure["share_watched"] > MANY:
        return AS_EXPECTED, evidence
    if not rings:
        return "watch", evidence
    return ("eligible" if years is not None and not list(_unmet(inputs, years)) else "coach"), evidence


def _years(inputs: Inputs) -> Years | None:
    year = inputs["year"]
    if year is None or not year["hits"]:
        return None
    hits, of, due = (np.array([year[name]], dtype=np.float64) for name in ("hits", "of", "due"))
    return Years(hits, of, due, np.array([year["phi"]]), year["is_rate"], inputs["rule"]["is_down"])


def _unmet(inputs: Inputs, years: Years) -> Iterator[str]:
    """Which of the eight conditions do not hold. One that was not looked at does not hold."""
    told = {one["condition"]: one for one in inputs["guard"]}
    e, due = years.evidence()[0], years.due[0].cumsum()
    before = (float(e[-2]), float(due[-2])) if len(e) > 1 else (0.0, 0.0)
    number = {name: _number(one["number"]) for name, one in told.items()}
    apart = number.get(Condition.PEERS.name, nan)
    checks = {
        Condition.EVIDENCE: float(e[-1]) >= FORMAL,
        Condition.SHORTFALL: number.get(Condition.SHORTFALL.name, nan) >= SURE,
        Condition.CASES: float(due[-1]) >= EXPECTED,
        Condition.AGAIN: before[0] >= FORMAL and before[1] >= EXPECTED and _held(told, Condition.AGAIN),
        Condition.PEERS: apart < APART and inputs["figure"]["share_watched"] <= MANY,
        Condition.CIRCUMSTANCES: not list(hindrances(inputs)) and _held(told, Condition.CIRCUMSTANCES),
        Condition.MULTIPLICITY: float(e[-1]) >= _limit(told, Condition.MULTIPLICITY),
        Condition.CAUSE: _held(told, Condition.CAUSE),
    }
    yield from (condition.value for condition, holds in checks.items() if not holds)


def _held(told: Mapping[str, Any], condition: Condition) -> bool:
    return bool(told.get(condition.name, {}).get("holds", False))


def _limit(told: Mapping[str, Any], condition: Condition) -> float:
    limit = told.get(condition.name, {}).get("limit")
    return float("inf") if limit is None else float(limit)


def hindrances(inputs: Inputs) -> Iterator[Exclusion]:
    """What speaks against judging somebody, of everything a rule can leave out. What is not known speaks against it."""
    around = inputs["circumstances"]
    if around is None:
        yield from (Exclusion.RAMP, Exclusion.LEAVE)
        return
    recorded = around["recorded"]
    yield from (
        one for one, speaks_against in (
            (Exclusion.RAMP, around["ramp"]),
            (Exclusion.LEAVE, around["leave"]),
            (Exclusion.TERRITORY_CHANGE, around["moved_on"] is not None),
            (Exclusion.OPEN_DISPUTE, around["open_dispute"]),
            (Exclusion.THIN_LOGGING, recorded is not None and recorded < RECORDED),
        )
        if speaks_against
    )  # fmt: skip


def _against(inputs: Inputs, verdict: str, level: Level) -> Iterator[str]:
    """Every reason why a rule does not hold."""
    rule, figure = inputs["rule"], inputs["figure"]
    reached = Level(verdict).place if verdict in tuple(Level) else -1
    if reached < level.place:
        yield f"the verdict is {verdict.replace('_', ' ')}, the rule asks for {level}"
        years = _years(inputs) if rule["subject"] == "person" else None
        if level is Level.ELIGIBLE and verdict == "coach" and years is not None:
            yield from (f"does not hold: {one}" for one in _unmet(inputs, years))
        return
    if rule["subject"] == "person" and not _is_short(figure, is_down=rule["is_down"]):
        yield f"over the last {rule['window']} the figure itself is not more than 15 % short"
    left_alone = {Exclusion(word) for word in rule["exclude"]}
    yield from (f"left alone: {one.replace('_', ' ')}" for one in hindrances(inputs) if one in left_alone)
    if Exclusion.TARGET_MISSED_BY_PEERS in left_alone and _number(figure.get("share_watched")) > MANY:
        yield "left alone: target missed by peers"


def _is_short(figure: Mapping[str, Any], *, is_down: bool) -> bool:
    """Whether the window's own figure is more than 15 % on the wrong side of what it is measured by."""
    value, reference = figure["value"], figure["reference"]
    if value is None or reference is None:
        return False
    return bool(value > reference / SLACK if is_down else value < SLACK * reference)


def _for(inputs: Inputs, verdict: str) -> Iterator[str]:
    yield f"the verdict is {verdict}, the rule asks for {inputs['rule']['level']}"
    if inputs["rule"]["subject"] == "person":
        yield f"over the last {inputs['rule']['window']} the figure itself is more than 15 % short"
        yield "nothing that the rule leaves alone applies"


def _number(value: Any) -> float:
    return nan if value is None else float(value)


def thresholds() -> Mapping[str, Any]:
    """Every limit that decides, as it was: part of the inputs, so that a record says what it was judged by."""
    return {
        "watch": WATCH, "apart": APART, "formal": FORMAL, "sure": SURE, "expected": EXPECTED, "many": MANY,
        "slack": SLACK, "recorded": RECORDED, "rare": RARE, "fewest_owed": FEWEST_OWED,
    }  # fmt: skip


def conditions(outcomes: Sequence[Any]) -> list[dict[str, Any]]:
    """The guard's outcomes as plain data; nan is None."""
    return [
        {"condition": one.condition.name, "holds": one.holds, "number": _plain(one.number), "limit": _plain(one.limit)}
        for one in outcomes
    ]


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
