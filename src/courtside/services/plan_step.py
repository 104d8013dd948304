"""Taking a step in a plan: the change, its one act in the log, and everything that follows, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from courtside.services.plan_ground import Ground, ground_of
from courtside.services.plan_papers import Voided, Wanted, prepare, void
from courtside.services.plan_rules import door_to, known_plan
from courtside.services.plan_tell import path_of, recipients, settle, tell
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction
from courtside.workflow.actors import SYSTEM, Actor, Illegal, Part
from courtside.workflow.effects import (
    Audit,
    CalendarCancelled,
    CalendarEntry,
    DocumentWanted,
    Effect,
    Tell,
    VoidSignatures,
)
from courtside.workflow.events import Draft, Event, EvidenceWeakened
from courtside.workflow.record import Plan

if TYPE_CHECKING:
    from courtside.store.plans import Applied

LEADING = (Part.MANAGER, Part.HR)
SECOND = (Part.HR, Part.APPROVER)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a step needs: the action at the door, the parts that may take it, and whether it weighs enough for a code.

    `seen` is the version of the plan the page showed; None where that does not matter.
    """

    action: CaseAction
    parts: Collection[Part] = LEADING
    seen: int | None = None
    session: Mapping[str, Any] | None = None
    words: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What else the act in the log says."""


def take(visit: Visit, plan_id: str, asked: Asked, make: Callable[[Plan, Actor], Event]) -> Plan:
    """The plan after somebody's step. Raises NotFound for what is not theirs, Refused for what cannot be.

    With a session the step asks for a second factor first: StepUpNeeded.
    """
    plan = known_plan(plan_id)
    door = door_to(visit, plan)
    if visit.viewer.is_read_only or not door.may(asked.action):
        raise NotFound
    actor = door.actor(asked.parts)
    proved: dict[str, Any] = dict(asked.detail)
    if asked.session is not None:
        from courtside.services.step_up import require_fresh  # noqa: PLC0415

        proof = require_fresh(visit, asked.session)
        actor = door.actor(asked.parts, proof.age_s)
        proved |= {"auth": proof.method, "auth_age_s": proof.age_s}
    return take_in(ground_of(visit), plan_id, make(plan, actor), asked.seen, asked.words, proved).plan


def take_in(  # noqa: PLR0913, PLR0917  (a step in all its parts)
    ground: Ground, plan_id: str, event: Event, seen: int | None = None, words: Mapping[str, Any] | None = None,
    proved: Mapping[str, Any] | None = None,
) -> Applied:  # fmt: skip
    """A step of somebody the caller has let in already, and all that follows from it. Raises NotFound, Refused."""
    from courtside.store import audit, plans  # noqa: PLC0415  (Django stays out of start-up)

    with audit.together():
        before = plans.plan(plan_id)
        try:
            applied = plans.apply(plan_id, event, ground.today, ground.at, seen)
        except Illegal as why:
            raise Refused(str(why)) from None
        except plans.Overtaken:
            raise Refused("somebody else has changed it since you saw it; look at it again") from None
        except plans.Missing:
            raise NotFound from None
        follow(ground, before, applied, words or {}, proved or {})
    return applied


def begin_with(ground: Ground, event: Draft, detail: Mapping[str, Any] | None = None) -> Plan:
    """A plan begins, and all that follows from it. Raises Refused."""
    from courtside.store import audit, plans  # noqa: PLC0415

    with audit.together():
        try:
            applied = plans.new_plan(event, ground.today, ground.at)
        except Illegal as why:
            raise Refused(str(why)) from None
        follow(ground, None, applied, {}, detail or {})
    return applied.plan


def follow(
    ground: Ground, before: Plan | None, applied: Applied, words: Mapping[str, Any], proved: Mapping[str, Any]
) -> None:
    """The act in the log and the effects of a step, in the open transaction."""
    settle(ground, before, applied.plan)
    for effect in applied.effects:
        if isinstance(effect, Audit):
            _write(ground, applied, effect, proved)
        else:
            _do(ground, applied.plan, effect, words)


def _write(ground: Ground, applied: Applied, effect: Audit, proved: Mapping[str, Any]) -> None:
    from courtside.store import audit  # noqa: PLC0415

    detail = {**effect.detail, "person": applied.plan.person_id, "leaf": applied.leaf, **proved}
    audit.write(audit.Act(ground.at, ground.caller.who, effect.verb, detail))


def _do(ground: Ground, plan: Plan, effect: Effect, words: Mapping[str, Any]) -> None:
    match effect:
        case DocumentWanted(template, state):
            prepare(Wanted(ground, plan, template, state, words))
        case VoidSignatures(content_hash):
            void(Voided(ground, plan, content_hash))
        case Tell():
            tell(ground, plan, effect)
        case CalendarEntry():
            _invite(ground, plan, effect)
        case CalendarCancelled(key):
            from courtside.store import meetings  # noqa: PLC0415

            meetings.call_off(f"plan:{key}", ground.at)


def _invite(ground: Ground, plan: Plan, entry: CalendarEntry) -> None:
    from courtside.store import meetings  # noqa: PLC0415

    people = {one for part in entry.to for one in recipients(ground, plan, part)}
    meeting = meetings.Meeting(
        f"plan:{entry.key}", path_of(plan.id), entry.on,
        person_ids=tuple(sorted(one.person_id for one in people if one.person_id)),
        user_ids=tuple(sorted(one.user_id for one in people if one.user_id is not None)),
    )  # fmt: skip
    meetings.invite(meeting, ground.at)


def note_weakened(ground: Ground, plan_id: str, evaluation_sha256: str) -> bool:
    """With today's data the rule would not fire: noted on the plan, once for every such look. False if it was known.

    Those who decide are told; nothing else changes.
    """
    found = known_plan(plan_id)
    if not found.is_open or evaluation_sha256 in {one.evaluation_sha256 for one in found.weakened}:
        return False
    take_in(ground, plan_id, EvidenceWeakened(SYSTEM, evaluation_sha256))
    return True
