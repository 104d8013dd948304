"""The examples of a rule, run as tests: one person among like people, by the statistics that judge everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np

from courtside.analysis.cards.judging import Seen, judged
from courtside.analysis.cards.pools import Levels
from courtside.analysis.kinds import Kind
from courtside.analysis.statistics.distributions import Array
from courtside.analysis.statistics.guard import APART, MANY, Beside, Guarded, Years, guarded
from courtside.rules.collect import rule_inputs
from courtside.rules.decide import WATCH, conditions, thresholds
from courtside.rules.evaluation import Evaluation, made
from courtside.rules.rule import Exclusion, Rule, Subject

PEERS = tuple(1.0 + 0.05 * n for n in range(12))
"""What twelve like people reach of the target, unless the example says otherwise."""
_ON = date(2026, 12, 31)
_DAYS_A_MONTH = 21.0


def run(rule: Rule, *, is_down: bool = False) -> Iterator[str]:
    """A sentence for every example that comes out otherwise than the block says."""
    for expected, key in ((True, "fires"), (False, "does_not")):
        for number, example in enumerate(rule.history.get(key, ()), start=1):
            found = evaluated(rule, example, is_down=is_down)
            if found.holds is not expected:
                so = "fires" if found.holds else "does not fire"
                yield f"history.{key}, example {number}: the rule {so}: {'; '.join(found.reasons)}"


def evaluated(rule: Rule, example: Mapping[str, Any], *, is_down: bool = False) -> Evaluation:
    """The evaluation of an example's person."""
    inputs = _manager(rule, example) if rule.subject is Subject.MANAGER else _person(rule, example, is_down=is_down)
    about = {
        "rule": rule_inputs(rule, is_down=is_down), "definitions": {}, "like": {}, "thresholds": dict(thresholds()),
        "check": {"on": _ON.isoformat(), "first": None, "last": None, "known_at": None},
    }  # fmt: skip
    return made(0, "example", _ON, {**about, **inputs})


def _manager(rule: Rule, example: Mapping[str, Any]) -> dict[str, Any]:
    return manager_inputs(float(example["kept"]), float(example["owed"]), rule.target or 1.0, example)


def manager_inputs(kept: float, owed: float, target: float, around: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a manager's evaluation: what was kept of what was owed, and their circumstances."""
    figure = {
        "value": kept / owed if owed else None, "hits": kept, "n": owed, "target": target, "reference": target,
        "share_watched": 0.0,
    }  # fmt: skip
    return {"figure": figure, "year": None, "guard": [], "circumstances": circumstances(around)}


def circumstances(around: Mapping[str, Any]) -> dict[str, Any]:
    """What speaks against judging somebody, where `around` names what applies."""
    return {
        "ramp": bool(around.get(Exclusion.RAMP)), "leave": bool(around.get(Exclusion.LEAVE)),
        "moved_on": _ON.isoformat() if around.get(Exclusion.TERRITORY_CHANGE) else None,
        "open_dispute": bool(around.get(Exclusion.OPEN_DISPUTE)),
        "recorded": 0.5 if around.get(Exclusion.THIN_LOGGING) else 1.0,
    }  # fmt: skip


def _person(rule: Rule, example: Mapping[str, Any], *, is_down: bool) -> dict[str, Any]:
    years = _years(example, is_down=is_down)
    kind = Kind.RATE if years.is_rate else Kind.COUNT
    misses = np.stack([_misses(years, kind, checks) for checks in (1, 0)], axis=1)
    apart = _judged(years, kind, 0).apart
    share = _share_watched(misses[:, 1], apart, example)
    hindered = {0: ("said so",)} if any(example.get(one) for one in _PERSONAL) else {}
    cause = np.full(len(apart), bool(example.get("cause", True)))
    found = guarded(years, Beside(misses, apart, np.full(len(apart), share), hindered, cause))
    return {
        "figure": _figure(rule, years, float(misses[0, 1]), float(apart[0]), share),
        "year": _year(years), "guard": _conditions(found), "circumstances": circumstances(example),
    }  # fmt: skip


_PERSONAL = tuple(one for one in Exclusion if one is not Exclusion.TARGET_MISSED_BY_PEERS)


def _years(example: Mapping[str, Any], *, is_down: bool) -> Years:
    """The example's person first, then like people with as many cases each."""
    target, hits = float(example["target"]), np.array(example["hits"], dtype=np.float64)
    is_rate = example.get("of") is not None
    of = np.array(example["of"] if is_rate else np.zeros(len(hits)), dtype=np.float64)
    due = target * of if is_rate else np.full(len(hits), target)
    peers = np.array(example.get("peers", PEERS), dtype=np.float64)
    theirs = np.round(peers[:, None] * due)
    size = len(peers) + 1
    return Years(
        np.concatenate([hits[None, :], theirs]), np.tile(of, (size, 1)), np.tile(due, (size, 1)),
        np.full(size, float(example.get("phi", 1.0))), is_rate, is_down,
    )  # fmt: skip


def _judged(years: Years, kind: Kind, checks: int) -> Any:
    months = years.hits.shape[1] - checks
    hits, of, due = (part[:, :months].sum(axis=1) for part in (years.hits, years.of, years.due))
    days = np.full(len(hits), months * _DAYS_A_MONTH)
    levels = Levels.of([("year", "role", None, None)] * len(hits))
    target = np.divide(due, of, out=np.full(len(hits), np.nan), where=of > 0) if years.is_rate else due
    return judged(kind, years.is_down, Seen(hits, of, days), levels, target, np.ones(len(hits), dtype=np.bool_))


def _misses(years: Years, kind: Kind, checks: int) -> Array:
    if years.hits.shape[1] <= checks:
        return np.zeros(len(years.hits))
    return np.asarray(_judged(years, kind, checks).misses)


def _share_watched(misses: Array, apart: Array, example: Mapping[str, Any]) -> float:
    if example.get(Exclusion.TARGET_MISSED_BY_PEERS):
        return 2 * MANY
    return float(((np.nan_to_num(misses) > WATCH) | (np.nan_to_num(apart) < APART)).mean())


def _figure(rule: Rule, years: Years, misses: float, apart: float, share: float) -> dict[str, Any]:
    months = min(rule.window.months, years.hits.shape[1])
    hits, of, due = (float(part[0, -months:].sum()) for part in (years.hits, years.of, years.due))
    value, reference = (hits / of, due / of) if years.is_rate and of else (hits, due)
    return {
        "value": value, "n": of if years.is_rate else hits, "reference": reference, "target": reference,
        "fair_target": reference, "p_below": misses, "apart": apart if np.isfinite(apart) else None,
        "share_watched": share, "early": None,
    }  # fmt: skip


def _year(years: Years) -> dict[str, Any]:
    return {
        "since": None, "until": None, "hits": years.hits[0].tolist(), "of": years.of[0].tolist(),
        "due": years.due[0].tolist(), "phi": float(years.phi[0]), "is_rate": years.is_rate,
    }  # fmt: skip


def _conditions(found: Guarded) -> list[dict[str, Any]]:
    return conditions(found.outcomes(0))
