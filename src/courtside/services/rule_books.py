"""Where rules are written: those on disk, those in the store, and each as a checked rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.services.definitions import catalogue_in_force, read_installed_pack
from courtside.services.refused import Refused, unknown
from courtside.services.rule_gates import LIMITS_FILE
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.rules.rule import Rule
    from courtside.store.rules import Version

FOLDER = "rules"


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A rule on disk, and where it stands."""

    rule: Rule
    place: str


def files(workspace: Workspace) -> tuple[Path, ...]:
    """Every file of rules: the pack's, then the firm's own in the workspace's folder `rules`, which win."""
    pack = read_installed_pack(workspace.settings.pack)
    theirs = [path for folder in pack.folders for path in sorted((folder / FOLDER).glob("*.yaml"))]
    own = sorted((workspace.root / FOLDER).glob("*.yaml"))
    return (*theirs, *(path for path in own if path.name != LIMITS_FILE))


def on_disk(workspace: Workspace, catalogue: Catalogue | None = None) -> Mapping[str, OnDisk]:
    """The rules on disk by name. Raises Refused naming every mistake with file, line and column."""
    from courtside.metrics.errors import DefinitionErrors  # noqa: PLC0415  (keeps start-up short)
    from courtside.rules.read import read_rules  # noqa: PLC0415

    try:
        found = read_rules(files(workspace), catalogue or catalogue_in_force(workspace))
    except DefinitionErrors as errors:
        raise refused_rules(errors.errors) from None
    return {rule.name: OnDisk(rule, str(places.of(()) or "")) for rule, places in found}


def rule_of(block: Mapping[str, Any], catalogue: Catalogue) -> Rule:
    """The rule of a block that is kept as plain data. Raises Refused with every mistake."""
    from courtside.metrics.block import Places  # noqa: PLC0415
    from courtside.metrics.errors import MetricError  # noqa: PLC0415
    from courtside.rules.read import read_rule  # noqa: PLC0415

    try:
        return read_rule(block, Places({}), catalogue)
    except MetricError as error:
        raise refused_rules([error]) from None


def refused_rules(errors: Any) -> Refused:
    """The refusal of blocks with mistakes, each with its place."""
    lines = tuple(map(str, errors))
    return Refused(f"{len(lines)} mistake{'s' * (len(lines) != 1)} in the rules", lines=lines)


def version_named(name: str, number: int | None = None) -> Version:
    """A version of a rule: the one of that number, else the newest. Raises Refused naming the nearest."""
    from courtside.store import rules  # noqa: PLC0415  (Django stays out of start-up)

    found = rules.versions(name)
    if not found:
        raise unknown("rule in the store", name, {one.rule for one in rules.versions()})
    if number is None:
        return found[-1]
    chosen = next((one for one in found if one.version == number), None)
    if chosen is None:
        raise Refused(f"rule {name} has no version {number}; it has {len(found)}")
    return chosen


def label_of(rule: Rule, catalogue: Catalogue) -> str:
    """What the figure of a rule is called."""
    from courtside.rules.managers import FIGURES  # noqa: PLC0415

    return FIGURES[rule.metric] if rule.metric in FIGURES else catalogue[rule.metric].label


def sentence_of(rule: Rule, catalogue: Catalogue) -> str:
    """A rule in one plain sentence."""
    from courtside.metrics.metric import Direction  # noqa: PLC0415
    from courtside.rules.words import sentence  # noqa: PLC0415

    is_down = rule.metric in catalogue and catalogue[rule.metric].direction is Direction.DOWN
    return sentence(rule, label_of(rule, catalogue), is_down=is_down)


def last_complete(workspace: Workspace, rule: Rule, day: date) -> date:
    """The last day of the last week or month that is over by a day."""
    period = workspace.calendar.period_of(day, rule.window.grain)
    return period.last_on if period.last_on <= day else period.starts_on - timedelta(days=1)
