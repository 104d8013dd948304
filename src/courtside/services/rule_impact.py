"""Whether a rule would name some groups more often than others: by role, tenure, region, team, and HR's own groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.rules.evaluation import Evaluation
    from courtside.rules.replay import Replayed
    from courtside.rules.rule import Rule

GROUPS = ("protected", "groups.csv")
"""Where HR keeps the groups it supplies."""


def impact(
    workspace: Workspace, rule: Rule, looks: Mapping[date, Sequence[Evaluation]], found: Replayed
) -> dict[str, Any]:  # fmt: skip
    """The splits, and sentences about groups; those of HR's own groups apart, which nobody else is shown."""
    splits = [
        {"dimension": one.dimension, "group": one.group, "named": one.named, "people": one.people}
        for one in found.splits
    ]
    counts: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for one in found.splits:
        counts[one.dimension][one.group] = (one.named, one.people)
    people = {one.subject for looked in looks.values() for one in looked}
    protected = _supplied(workspace, people, found.named)
    return {
        "splits": splits, "impact": _compared(rule, counts), "protected": _compared(rule, protected),
        "hold": any(one["verdict"] == "hold" for one in [*_compared(rule, counts), *_compared(rule, protected)]),
    }  # fmt: skip


def _compared(rule: Rule, counts: Mapping[str, Mapping[str, tuple[int, int]]]) -> list[dict[str, Any]]:
    """Each group beside the one named least often, where both have people enough."""
    from courtside.analysis.fairness.impact import Count, compare_all  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.fairness.words import sentence_of  # noqa: PLC0415

    told = []
    for grouping, groups in counts.items():
        for one in compare_all(rule.level.value, grouping, {name: Count(*of) for name, of in groups.items()}):
            told.append({**one.to_json(), "sentence": sentence_of(one)})
    return told


def _supplied(
    workspace: Workspace, people: set[str], named: frozenset[str]
) -> Mapping[str, Mapping[str, tuple[int, int]]]:  # fmt: skip
    """Counts by the groups HR supplies, if it does. Raises Refused for a file that cannot be read."""
    path = workspace.root.joinpath(*GROUPS)
    if not path.is_file():
        return {}
    from courtside.analysis.fairness.groups import UnreadableGroups, read_groups  # noqa: PLC0415
    from courtside.services.refused import Refused  # noqa: PLC0415

    try:
        groups = read_groups(path, frozenset(people))
    except UnreadableGroups as reason:
        raise Refused("the groups HR supplies cannot be read", lines=reason.lines) from None
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for grouping, of in groups.items():
        members: dict[str, set[str]] = defaultdict(set)
        for person, label in of.items():
            members[label].add(person)
        found[grouping] = {label: (len(own & named), len(own & people)) for label, own in members.items()}
    return found
