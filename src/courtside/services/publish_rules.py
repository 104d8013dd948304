"""Putting rules from disk into the store, each changed one as a draft that is put up for approval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.refused import Refused, unknown
from courtside.services.rule_books import on_disk
from courtside.services.rule_gates import missing_replay, unmet
from courtside.services.save_rule import saved
from courtside.services.submit_rule import submitted
from courtside.services.workspace import Workspace


def publish_rules(workspace: Workspace, caller: Caller, names: Iterable[str] = ()) -> tuple[Mapping[str, Any], ...]:
    """A row for each rule put up. None of them is live by this: HR approves on the site, after a replay.

    Raises Refused naming the mistakes, and what a rule lacks.
    """
    catalogue = catalogue_in_force(workspace)
    found, chosen = on_disk(workspace, catalogue), tuple(names)
    for name in chosen:
        if name not in found:
            raise unknown("rule", name, found)
    wanted = {name: found[name].rule for name in chosen or found}
    lacking = [
        f"{found[name].place}: {why}" for name, rule in wanted.items() for why in unmet(workspace, rule, catalogue)
    ]
    if lacking:
        raise Refused("some rules lack what every rule needs; nothing was published", lines=lacking)
    rows = []
    for rule in wanted.values():
        version = saved(workspace, caller, rule.block, "host")
        version = submitted(caller, version) if version.state == "draft" else version
        rows.append(
            {
                "rule": version.rule, "version": version.version, "state": version.state, "sha256": version.sha256,
                "to_go_live": list(missing_replay(workspace, version)),
            }
        )  # fmt: skip
    return tuple(rows)
