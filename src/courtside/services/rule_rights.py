"""Who may do what to rules: read, write drafts, replay, approve. Nobody approves what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Role

if TYPE_CHECKING:
    from courtside.rules.rule import Rule
    from courtside.store.rules import Version

_READERS = frozenset({Role.HR, Role.EXECUTIVE, Role.AUDITOR, Role.OPERATIONS})
_WRITERS = frozenset({Role.HR, Role.OPERATIONS})


def leads_anybody(visit: Visit) -> bool:
    """Whether the viewer leads anybody today."""
    return bool(visit.hierarchy.led_by(visit.viewer.person_id, visit.today))


def may_read_all(visit: Visit) -> bool:
    """Whether the viewer may read every rule, drafts too: those who write, decide by or audit them, and who lead."""
    return bool(visit.viewer.roles & _READERS) or leads_anybody(visit)


def is_in_rules(visit: Visit) -> bool:
    """Whether there is anything for the viewer on the pages of rules."""
    from courtside.store import rules  # noqa: PLC0415  (Django stays out of start-up)

    return may_read_all(visit) or (is_recorded(visit) and bool(rules.live()))


def may_read(visit: Visit, version: Version, rule: Rule) -> bool:
    """Whether the viewer may read a rule: all of them, or a live one that applies to the viewer."""
    return may_read_all(visit) or (version.state == "live" and rule.is_about(own_like(visit)) and is_recorded(visit))


def is_recorded(visit: Visit) -> bool:
    """Whether the viewer is somebody in the records."""
    return visit.viewer.person_id in visit.hierarchy.names


def own_like(visit: Visit) -> Mapping[str, Any]:
    """Role, team and so on of the viewer's own records today."""

    def read() -> Mapping[str, Mapping[str, Any]]:
        from courtside.analysis.cards.scorecard import Scorer  # noqa: PLC0415  (numpy and scipy load now)
        from courtside.rules.collect import likes  # noqa: PLC0415

        with visit.session() as session:
            return likes(Scorer(session).people, visit.today)

    return visit.remembered("likes of today", read).get(visit.viewer.person_id or "", {})


def may_write(visit: Visit) -> bool:
    """Whether the viewer may write drafts and replay them: HR, operations, and who leads anybody."""
    is_one = bool(visit.viewer.roles & _WRITERS) or leads_anybody(visit)
    return is_one and not visit.viewer.is_read_only


def may_approve(visit: Visit) -> bool:
    """Whether the viewer may approve, switch on and pause rules: HR."""
    return Role.HR in visit.viewer.roles and not visit.viewer.is_read_only


def may_see_names(visit: Visit) -> bool:
    """Whether the viewer is told whom a replay names: HR alone; others get numbers."""
    return Role.HR in visit.viewer.roles


def require_writer(visit: Visit) -> None:
    """Raises NotFound for those who may not write drafts."""
    if not may_write(visit):
        raise NotFound


def require_approver(visit: Visit) -> None:
    """Raises NotFound for those who may not approve."""
    if not may_approve(visit):
        raise NotFound


def refuse_own(visit: Visit, version: Version) -> None:
    """Refuse the approval of what somebody wrote or submitted themself. Raises Refused. Source: TRUST 2.3."""
    if visit.viewer.username in (version.author, version.changed_by if version.state == "submitted" else ""):
        raise Refused("you wrote this rule or put it up; somebody else approves it")
