"""Putting a draft of a rule up for approval by a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.refused import Refused
from courtside.services.rule_books import rule_of, version_named
from courtside.services.rule_gates import unmet
from courtside.services.rule_rights import require_writer
from courtside.services.viewing import Visit
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.store.rules import Version


def submit_rule(visit: Visit, workspace: Workspace, name: str, number: int) -> Version:
    """Put a draft up. Raises NotFound, and Refused with everything it lacks."""
    require_writer(visit)
    version = version_named(name, number)
    catalogue = catalogue_in_force(workspace)
    lacks = unmet(workspace, rule_of(version.block, catalogue), catalogue)
    if lacks:
        raise Refused(f"rule {name} lacks what every rule needs", lines=lacks)
    return submitted(visit.caller, version)


def submitted(caller: Caller, version: Version) -> Version:
    """The version, put up. Raises Refused if it is no draft (any more)."""

    from courtside.store import audit, rules  # noqa: PLC0415

    now = caller.clock()
    with audit.together():
        if not rules.move(version.number, (rules.DRAFT,), rules.SUBMITTED, caller.who, now):
            raise Refused(f"version {version.version} of rule {version.rule} is no draft any more")
        detail = {"rule": version.rule, "version": version.version, "sha256": version.sha256}
        audit.write(audit.Act(now, caller.who, "submit_rule", detail))
    return version_named(version.rule, version.version)
