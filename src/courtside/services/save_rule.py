"""Saving a rule as a draft: a new version, which nothing uses until it was replayed and approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.rule_books import rule_of
from courtside.services.rule_rights import require_writer
from courtside.services.viewing import Visit
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.store.rules import Version


def save_rule(visit: Visit, workspace: Workspace, block: Mapping[str, Any]) -> Version:
    """A draft of a block written on the site. Raises NotFound, and Refused naming every mistake."""
    require_writer(visit)
    return saved(workspace, visit.caller, block, "site")


def saved(workspace: Workspace, caller: Caller, block: Mapping[str, Any], place: str) -> Version:
    """The version of a block: the newest, where it says just that already, else a new draft. Raises Refused."""

    from courtside.store import audit, rules  # noqa: PLC0415

    rule = rule_of(block, catalogue_in_force(workspace))
    now = caller.clock()
    with audit.together():
        before = rules.versions(rule.name)
        if before and before[-1].sha256 == rule.sha256:
            return before[-1]
        made = rules.add(rule.name, block, rule.sha256, caller.who, now)
        detail = {"rule": made.rule, "version": made.version, "sha256": made.sha256, "from": place}
        audit.write(audit.Act(now, caller.who, "save_rule", detail))
    return made
