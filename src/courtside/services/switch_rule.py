"""Switching a rule on, which takes the version before it out of force, and pausing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtside.services.approve_rule import refuse_closed
from courtside.services.dispute_rules import checked_words
from courtside.services.refused import Refused
from courtside.services.rule_books import version_named
from courtside.services.rule_rights import require_approver
from courtside.services.viewing import Visit
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.store.rules import Version


def switch_on_rule(visit: Visit, workspace: Workspace, name: str, number: int) -> Version:
    """Put an approved or paused version in force. Raises NotFound for all but HR, Refused where a gate is closed."""

    from courtside.store import audit, rules  # noqa: PLC0415

    require_approver(visit)
    version = version_named(name, number)
    refuse_closed(workspace, version)
    now, who = visit.caller.clock(), visit.caller.who
    with audit.together():
        before = rules.replace_live(name, who, now) if version.state in (rules.APPROVED, rules.PAUSED) else None
        if not rules.move(version.number, (rules.APPROVED, rules.PAUSED), rules.LIVE, who, now):
            raise Refused(f"version {number} of rule {name} is not approved; a second person approves it first")
        detail = {"rule": name, "version": number, "sha256": version.sha256, "replaced": before}
        audit.write(audit.Act(now, who, "switch_on_rule", detail))
    return version_named(name, number)


def pause_rule(visit: Visit, name: str, number: int, reason: str) -> Version:
    """Pause a live version: it looks at nobody until it is switched on again. Raises NotFound, Refused."""

    from courtside.store import audit, rules  # noqa: PLC0415

    require_approver(visit)
    version = version_named(name, number)
    said, now, who = checked_words(reason, "a reason"), visit.caller.clock(), visit.caller.who
    with audit.together():
        if not rules.move(version.number, (rules.LIVE,), rules.PAUSED, who, now, said):
            raise Refused(f"version {number} of rule {name} is not live")
        audit.write(audit.Act(now, who, "pause_rule", {"rule": name, "version": number}))
    return version_named(name, number)
