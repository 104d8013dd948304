"""Approving a rule: a second person of HR, who has the replay of this very wording before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtside.services.definitions import catalogue_in_force
from courtside.services.dispute_rules import checked_words
from courtside.services.refused import Refused
from courtside.services.rule_books import rule_of, version_named
from courtside.services.rule_gates import missing_replay, unmet
from courtside.services.rule_rights import refuse_own, require_approver
from courtside.services.viewing import Visit
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.store.rules import Version


def approve_rule(  # noqa: PLR0913  (what an approval is bound to)
    visit: Visit, workspace: Workspace, name: str, number: int, sha256: str, reason: str
) -> Version:  # fmt: skip
    """Approve a version that was put up. `sha256` is that of the wording that was shown: another one is refused.

    Raises NotFound for all but HR, and Refused for its author, without a reason, and where a gate is closed.
    """

    from courtside.store import audit, rules  # noqa: PLC0415

    require_approver(visit)
    version = version_named(name, number)
    refuse_own(visit, version)
    said = checked_words(reason, "a reason")
    if sha256 != version.sha256:
        raise Refused("the wording you were shown is not the one of this version; look at it again")
    refuse_closed(workspace, version)
    now = visit.caller.clock()
    with audit.together():
        if not rules.move(version.number, (rules.SUBMITTED,), rules.APPROVED, visit.caller.who, now, said):
            raise Refused(f"version {number} of rule {name} is not put up for approval (any more)")
        detail = {"rule": name, "version": number, "sha256": version.sha256, "author": version.author}
        audit.write(audit.Act(now, visit.caller.who, "approve_rule", detail))
    return version_named(name, number)


def refuse_closed(workspace: Workspace, version: Version) -> None:
    """Refuse a version that a gate is closed for. Raises Refused with every reason."""
    catalogue = catalogue_in_force(workspace)
    rule = rule_of(version.block, catalogue)
    closed = (*unmet(workspace, rule, catalogue), *missing_replay(workspace, version))
    if closed:
        raise Refused(f"rule {version.rule} cannot go on yet", lines=closed)
