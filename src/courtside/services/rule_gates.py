"""What stands between a rule and its being switched on: what it lacks, its examples, its replay, and its approval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.services.refused import Refused, unknown
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.rules.rule import Rule
    from courtside.store.rules import Version

_MONTHS = "months"
LIMITS: Mapping[str, float] = {"watch": 0.5, "coaching_plan": 0.1, "improvement_plan": 0.05, _MONTHS: 12}
"""In how many years of somebody exactly at target a rule may fire at the most, by what it proposes; and how many
months with figures its replay covers at the least."""
_FEWEST_MONTHS = 3
LIMITS_FILE = "limits.yaml"
MOST_UNTOLD = 0.5
"""Where more figures than this cannot be told over a year, the metric is no ground for a rule here."""


def limits(workspace: Workspace) -> Mapping[str, float]:
    """The limits; the workspace's `rules/limits.yaml` may say others. Raises Refused with the place."""
    path = workspace.root / "rules" / LIMITS_FILE
    return {**LIMITS, **_read(path)} if path.is_file() else LIMITS


def _read(path: Path) -> Mapping[str, float]:
    from ruamel.yaml import YAML  # noqa: PLC0415  (slow to import)
    from ruamel.yaml.error import MarkedYAMLError  # noqa: PLC0415

    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except (MarkedYAMLError, UnicodeDecodeError) as error:
        raise Refused(f"{path}:1:1: {error}") from None
    if not isinstance(data, Mapping):
        raise Refused(f"{path}:1:1: limits are lines such as improvement_plan: 0.05")
    for key, value in data.items():
        line, column = data.lc.key(key)  # type: ignore[attr-defined]
        place = f"{path}:{line + 1}:{column + 1}"
        if key not in LIMITS:
            raise Refused(f"{place}: {unknown('limit', str(key), LIMITS).reason}")
        least, most = (_FEWEST_MONTHS, 18) if key == _MONTHS else (0.001, 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise Refused(f"{place}: {key}: {value!r} is no number from {least} to {most}; write one between")
    return {str(key): float(value) for key, value in data.items()}


def unmet(workspace: Workspace, rule: Rule, catalogue: Catalogue) -> tuple[str, ...]:
    """What a rule lacks by itself, and the examples that come out otherwise than its block says."""
    from courtside.metrics.metric import Direction  # noqa: PLC0415  (keeps start-up short)
    from courtside.rules import examples  # noqa: PLC0415
    from courtside.rules.floor import lacks  # noqa: PLC0415

    del workspace
    is_down = rule.metric in catalogue and catalogue[rule.metric].direction is Direction.DOWN
    return (*lacks(rule, catalogue), *examples.run(rule, is_down=is_down))


def missing_replay(workspace: Workspace, version: Version) -> tuple[str, ...]:
    """What speaks against a version by its replay: none of this wording, too short a one, too many false alarms."""
    return tuple(_missing_replay(limits(workspace), version))


def _missing_replay(allowed: Mapping[str, float], version: Version) -> Iterator[str]:
    from courtside.store import rules  # noqa: PLC0415  (Django stays out of start-up)

    replay = rules.last_replay(version.number)
    if replay is None or replay.sha256 != version.sha256:
        yield "no replay of this very wording is stored; replay it on the last 12 to 18 months first"
        return
    found: Mapping[str, Any] = replay.summary
    if found["looks"] < allowed[_MONTHS]:
        yield f"its replay covers {found['looks']} months with figures; {allowed[_MONTHS]:.0f} at the least are needed"
    rate, limit = found["false_alarm_rate_by_chance"], allowed[str(version.block["proposes"])]
    if rate is None:
        yield "its replay could not work out the false alarms: nobody had a target in that time"
    elif rate > limit:
        yield f"it would fire in {rate:.1%} of the years of somebody exactly at target; the limit is {limit:.0%}"
    untold = found.get("cannot_be_told", 0.0)
    if untold > MOST_UNTOLD:
        yield f"for {untold:.0%} of the figures looked at not even a year is long enough; choose what moves it instead"
