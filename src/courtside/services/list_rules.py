"""Every rule with its plain sentence, where it stands, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.services.definitions import catalogue_in_force
from courtside.services.refused import Refused
from courtside.services.rule_books import on_disk, rule_of, sentence_of
from courtside.services.workspace import Workspace

ON_DISK = "on disk"
"""The state of a wording that was never put into the store."""


def list_rules(workspace: Workspace) -> tuple[Mapping[str, Any], ...]:
    """A row for the newest version of each rule, and for wordings on disk that differ from it. Raises Refused."""
    from courtside.store import rules  # noqa: PLC0415  (Django stays out of start-up)

    catalogue = catalogue_in_force(workspace)
    shown = []
    newest = {one.rule: one for one in rules.versions()}
    live = {one.rule: one.version for one in rules.live()}
    for version in newest.values():
        try:
            rule = rule_of(version.block, catalogue)
        except Refused as refused:
            shown.append({**_stated(version), "live_version": live.get(version.rule), "sentence": refused.lines[0]})
            continue
        of = {"metric": rule.metric, "proposes": rule.proposes.value, "sentence": sentence_of(rule, catalogue)}
        shown.append({**_stated(version), "live_version": live.get(version.rule), **of})
    for name, found in on_disk(workspace, catalogue).items():
        if name not in newest or newest[name].sha256 != found.rule.sha256:
            shown.append(
                {
                    "rule": name, "version": None, "state": ON_DISK, "owner": found.place,
                    "live_version": live.get(name), "metric": found.rule.metric, "proposes": found.rule.proposes.value,
                    "sentence": sentence_of(found.rule, catalogue),
                }
            )  # fmt: skip
    return tuple(sorted(shown, key=lambda row: (row["rule"], row["version"] or 0)))


def _stated(version: Any) -> dict[str, Any]:
    return {
        "rule": version.rule, "version": version.version, "state": version.state, "owner": version.author,
        "metric": version.block.get("metric"), "proposes": version.block.get("proposes"),
    }  # fmt: skip
