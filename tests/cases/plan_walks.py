"""Random walks through plans: a cast with impostors among them, steps that often fit and often do not, and the checks.

The checks know nothing of the product's own tables: what may follow what, and who may do it, is written here again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from courtside.metrics.metric import Direction, Rung, Unit
from courtside.workflow import events as e
from courtside.workflow.actors import SYSTEM, Actor, Illegal, Part
from courtside.workflow.content import Content, Goal, Kind, Owed
from courtside.workflow.effects import Audit, Effect
from courtside.workflow.events import Event, Judged, Leave, Met, Outcome
from courtside.workflow.plan import Plan, transition
from courtside.workflow.record import State

MONDAY = date(2026, 11, 2)
RAE, MAYA, GWEN, HANA, HUGO = "p-rae", "p-maya", "p-gwen", "p-hana", "p-hugo"
_AGE = 20


def actor(username: str, person_id: str | None, part: Part, *led_by: str, age: int | None = _AGE) -> Actor:
    """Somebody who has just given their second factor."""
    return Actor(username, person_id, part, led_by, auth_age_s=age)


REP = actor("rae", RAE, Part.REP, GWEN, MAYA)
MANAGER = actor("maya", MAYA, Part.MANAGER, GWEN)
HR = actor("hana", HANA, Part.HR)
APPROVER = actor("gwen", GWEN, Part.APPROVER)
EXECUTIVE = actor("eve", None, Part.APPROVER)
WES, WIL = actor("wes", None, Part.WITNESS), actor("wil", "p-wil", Part.WITNESS)
HR_UNDER_MAYA = actor("hugo", HUGO, Part.HR, GWEN, MAYA)
OTTO_LEADS_NOW = actor("otto", "p-otto", Part.MANAGER)
SOUND = (REP, MANAGER, HR, APPROVER, EXECUTIVE, WES, WIL, HR_UNDER_MAYA, OTTO_LEADS_NOW)
IMPOSTORS = (
    replace(REP, part=Part.HR),
    replace(REP, part=Part.APPROVER),
    replace(MANAGER, part=Part.REP),
    replace(MANAGER, part=Part.APPROVER),
    replace(MANAGER, username="maya-again", part=Part.HR),
    actor("tom", "p-tom", Part.HR, MAYA, RAE),
    actor("tom", "p-tom", Part.REP),
    actor("", None, Part.HR),
    replace(HR, auth_age_s=None),
    replace(APPROVER, auth_age_s=301),
    replace(SYSTEM, username="cron"),
    SYSTEM,
)
"""People who act as what they are not, with a stale second factor, or nobody at all."""


def goal(key: str = "meetings", due: float = 69.0, *, is_decisive: bool = True) -> Goal:
    """A goal on meetings held."""
    return Goal(
        key, "meetings_held", 1, "Meetings held", due, Unit.COUNT, Direction.UP, Rung.ACTIVITY, due, 1.0, 0.64,
        is_decisive=is_decisive,
    )  # fmt: skip


def content(starts_on: date, days: int = 60, goals: int = 1) -> Content:
    """What a plan of some days says."""
    ends_on = starts_on + timedelta(days=days)
    return Content(
        starts_on,
        ends_on,
        starts_on,
        tuple(goal(f"goal-{n}", is_decisive=n < 2) for n in range(goals)),
        (Owed("ride-along", "Two joint visits a month", starts_on + timedelta(days=14)),),
        tuple(starts_on + timedelta(days=7 * n) for n in range(1, days // 7)),
        evidence_sha256="e" * 64,
    )


def draft(kind: Kind = Kind.IMPROVEMENT, by: Actor = MANAGER, starts_on: date = MONDAY) -> e.Draft:
    """A plan about Rae, led by Maya."""
    return e.Draft(by, "PLANAAAAAAAA", kind, RAE, MAYA, content(starts_on), "PROPOSALAAAA")


@dataclass(frozen=True)
class Tried:
    """A step somebody tried: what there was, what was done, and what came of it (None: refused)."""

    before: Plan | None
    event: Event
    today: date
    after: Plan | None
    effects: tuple[Effect, ...] = ()


Machine = Callable[[Plan | None, Event, date], tuple[Plan, tuple[Effect, ...]]]


class Walk:
    """One random walk through a machine; `tried` is all that was tried."""

    def __init__(self, seed: int, machine: Machine = transition) -> None:
        self.random = random.Random(seed)
        self.machine = machine
        self.today = MONDAY
        self.plan: Plan | None = None
        self.accepted: list[tuple[Event, date]] = []
        kind = self.random.choice((Kind.IMPROVEMENT, Kind.IMPROVEMENT, Kind.IMPROVEMENT, Kind.COACHING))
        by = self.random.choice((MANAGER, MANAGER, HR))
        starts_on = MONDAY + timedelta(days=self.random.randrange(0, 12))
        goals = self.random.choice((1, 1, 2, 3))
        self.tried = self.take(replace(draft(kind, by), content=content(starts_on, goals=goals)))

    def head_start(self) -> Iterator[Tried]:
        """In three of four walks a plan is under way before chance takes over."""
        plan = self.plan
        if plan is None or self.random.random() < 0.25:
            return
        second = self.random.choice((APPROVER, EXECUTIVE))
        if plan.is_formal:
            yield self.take(e.SubmitForApproval(MANAGER))
            yield self.take(e.Approve(second, plan.content_hash))
        yield self.take(e.Issue(MANAGER))
        for one in (REP, MANAGER, HR):
            yield self.take(e.SignatureMade(one, one.part, plan.content_hash, "DOC"))
        self.today = max(self.today, plan.starts_on)
        yield self.take(e.Begin(MANAGER))
        if self.random.random() < 0.3:
            self.today = plan.ends_on

    def take(self, event: Event) -> Tried:
        """Try a step."""
        before = self.plan
        try:
            after, effects = self.machine(before, event, self.today)
        except Illegal:
            self.tried = Tried(before, event, self.today, None)
            return self.tried
        self.plan = after
        self.accepted.append((event, self.today))
        self.tried = Tried(before, event, self.today, after, effects)
        return self.tried

    def step(self) -> Tried:
        """Some days pass, and somebody tries something: mostly what fits, often what does not."""
        draw = self.random
        self.today += timedelta(days=draw.choice((0, 0, 0, 1, 3)))
        plan = self.plan
        assert plan is not None
        if plan.state is State.ACTIVE and draw.random() < 0.15:
            self.today = max(self.today, plan.ends_on)
        kinds = FITS[plan.state] if draw.random() < 0.8 else tuple(e.VERBS)
        if plan.asked is not None and draw.random() < 0.5:
            kinds = (e.Extend, e.Extend, e.Return)
        kind = draw.choice(kinds)
        return self.take(EVENTS[kind](self, plan, self._somebody(plan, kind)))

    def _somebody(self, plan: Plan, kind: type[Event]) -> Actor:
        drawn = self.random.random()
        if drawn < 0.12:
            return self.random.choice(IMPOSTORS)
        if drawn < 0.24:
            return self.random.choice(SOUND)
        leads = OTTO_LEADS_NOW if plan.manager_id == "p-otto" else MANAGER
        if kind in (e.Approve, e.Determine, e.Extend, e.Return):
            return self.random.choice((HR, APPROVER, EXECUTIVE))
        if kind in (e.SignatureMade, e.SignatureDeclined):
            return self.random.choice((REP, leads, HR))
        if kind is e.SignatureWitnessed:
            return self.random.choice((WES, WIL, HR))
        if kind is e.EvidenceWeakened:
            return SYSTEM
        return self.random.choice((leads, HR))


FITS: Mapping[State, tuple[type[Any], ...]] = {
    State.DRAFT: (e.SubmitForApproval, e.SubmitForApproval, e.Approve, e.Approve, e.Issue, e.Edit, e.Return),
    State.APPROVED: (e.Issue, e.Issue, e.Issue, e.Edit, e.Approve),
    State.ISSUED: (
        e.SignatureMade, e.SignatureMade, e.SignatureMade, e.SignatureDeclined, e.SignatureOnPaper,
        e.SignatureWitnessed, e.SignatureWitnessed, e.Begin, e.Begin, e.Edit, e.Pause,
    ),
    State.ACTIVE: (
        e.RecordCheckIn, e.NoteOwed, e.Pause, e.ProposeExtension, e.Extend, e.Handover, e.PrepareDetermination,
        e.PrepareDetermination, e.PrepareDetermination, e.EvidenceWeakened, e.AnswerEscalation,
    ),
    State.PAUSED: (e.Resume, e.Resume, e.Handover, e.Cancel),
    State.DETERMINING: (e.Determine, e.Determine, e.Determine, e.Return, e.PrepareDetermination, e.Pause),
    State.DETERMINED: (e.FollowUpDelivered, e.Close, e.Close),
    State.CLOSED: tuple(e.VERBS),
    State.CANCELLED: tuple(e.VERBS),
}  # fmt: skip
"""What somebody in their right mind would try; Cancel comes by chance alone."""


def _party(walk: Walk, plan: Plan, by: Actor) -> Part:
    if by.part in plan.content.wanted and walk.random.random() < 0.9:
        return by.part
    return walk.random.choice(plan.content.wanted)


def _seen_hash(walk: Walk, right: str) -> str:
    return right if walk.random.random() < 0.9 else "0" * 64


def _edited(walk: Walk, _plan: Plan, by: Actor) -> Event:
    starts_on = walk.today + timedelta(days=walk.random.randrange(-1, 9))
    return e.Edit(by, content(starts_on, walk.random.choice((30, 60)), walk.random.choice((1, 2))))


def _prepared(walk: Walk, plan: Plan, by: Actor) -> Event:
    draw = walk.random
    verdicts = [draw.choice(tuple(Met)) for _ in plan.content.goals]
    if draw.random() < 0.5:
        verdicts = [draw.choice((Met.NOT_MET, Met.MET))] * len(verdicts)
    judged = tuple(
        Judged(one.key, verdict, 50.0, 50.0, 39.0, 63.0, one.target, "Fifty, with 69 due.")
        for one, verdict in zip(plan.content.goals, verdicts, strict=True)
    )
    outcome = draw.choice(tuple(Outcome))
    extend_to = max(walk.today, plan.ends_on) + timedelta(days=30) if outcome is Outcome.EXTENDED else None
    return e.PrepareDetermination(by, judged[: draw.choice((9, 9, 9, 0))], outcome, "As judged.", extend_to)


def _check_in(walk: Walk, plan: Plan, by: Actor) -> Event:
    due = [one.due_on for one in plan.check_ins if one.held_on is None] or [walk.today]
    return e.RecordCheckIn(by, walk.random.choice(due), walk.today, "n" * 64)


EVENTS: Mapping[type[Any], Callable[[Walk, Plan, Actor], Event]] = {
    e.Draft: lambda _w, _p, _by: draft(),
    e.Edit: _edited,
    e.SubmitForApproval: lambda _w, _p, by: e.SubmitForApproval(by),
    e.Approve: lambda w, p, by: e.Approve(by, _seen_hash(w, p.content_hash)),
    e.Return: lambda _w, _p, by: e.Return(by, "Say more about the visits."),
    e.Issue: lambda _w, _p, by: e.Issue(by),
    e.SignatureMade: lambda w, p, by: e.SignatureMade(
        by, _party(w, p, by), _seen_hash(w, p.content_hash), "DOC", w.random.random() < 0.3
    ),
    e.SignatureDeclined: lambda w, p, by: e.SignatureDeclined(
        by, _party(w, p, by), _seen_hash(w, p.content_hash), "DOC", "It is not right."
    ),
    e.SignatureOnPaper: lambda w, p, by: e.SignatureOnPaper(
        by, _party(w, p, by), _seen_hash(w, p.content_hash), "DOC", "s" * 64
    ),
    e.SignatureWitnessed: lambda w, p, by: e.SignatureWitnessed(
        by, w.random.choice(p.content.wanted), _seen_hash(w, p.content_hash), "DOC"
    ),
    e.Begin: lambda _w, _p, by: e.Begin(by),
    e.RecordCheckIn: _check_in,
    e.NoteOwed: lambda w, _p, by: e.NoteOwed(by, w.random.choice(("ride-along", "nothing")), w.today),
    e.Pause: lambda w, _p, by: e.Pause(by, w.random.choice(tuple(Leave)), w.today),
    e.Resume: lambda _w, _p, by: e.Resume(by, (date(2026, 12, 25),)),
    e.ProposeExtension: lambda w, p, by: e.ProposeExtension(
        by, max(p.ends_on, w.today) + timedelta(days=w.random.choice((-1, 14, 28))), (), "More time is fair."
    ),
    e.Extend: lambda w, p, by: e.Extend(by, _seen_hash(w, p.asked_hash)),
    e.Handover: lambda w, _p, by: e.Handover(by, w.random.choice(("p-otto", "p-otto", RAE, MAYA)), "Maya moves on."),
    e.AnswerEscalation: lambda w, p, by: e.AnswerEscalation(
        by, f"{p.id}:sign-rep:{w.today.isoformat()}:escalated", "Spoken to."
    ),
    e.EvidenceWeakened: lambda w, _p, by: e.EvidenceWeakened(by, f"{w.random.randrange(3):064}"),
    e.PrepareDetermination: _prepared,
    e.Determine: lambda w, p, by: e.Determine(by, _seen_hash(w, p.asked_hash)),
    e.FollowUpDelivered: lambda w, _p, by: e.FollowUpDelivered(by, w.random.choice(("DOC", "DOC", ""))),
    e.Close: lambda _w, _p, by: e.Close(by),
    e.Cancel: lambda _w, _p, by: e.Cancel(by, "No longer needed."),
}

_D, _AP, _I, _AC, _P, _DG, _DD, _CL, _CA = State
LEADS_TO: Mapping[type[Any], frozenset[tuple[State, State]]] = {
    e.Edit: frozenset({(_D, _D), (_AP, _D), (_I, _D)}),
    e.SubmitForApproval: frozenset({(_D, _D)}),
    e.Approve: frozenset({(_D, _AP)}),
    e.Return: frozenset({(_D, _D), (_AC, _AC), (_DG, _AC)}),
    e.Issue: frozenset({(_D, _I), (_AP, _I)}),
    e.SignatureMade: frozenset({(_I, _I)}),
    e.SignatureDeclined: frozenset({(_I, _I)}),
    e.SignatureOnPaper: frozenset({(_I, _I)}),
    e.SignatureWitnessed: frozenset({(_I, _I)}),
    e.Begin: frozenset({(_I, _AC)}),
    e.RecordCheckIn: frozenset({(_AC, _AC), (_DG, _DG)}),
    e.NoteOwed: frozenset({(_I, _I), (_AC, _AC), (_DG, _DG)}),
    e.Pause: frozenset({(_I, _P), (_AC, _P), (_DG, _P)}),
    e.Resume: frozenset({(_P, _I), (_P, _AC), (_P, _DG)}),
    e.ProposeExtension: frozenset({(_AC, _AC)}),
    e.Extend: frozenset({(_AC, _AC)}),
    e.Handover: frozenset({(_D, _D), (_AP, _D), (_I, _D), (_AC, _AC), (_P, _P), (_DG, _DG)}),
    e.AnswerEscalation: frozenset((one, one) for one in (_D, _AP, _I, _AC, _P, _DG, _DD)),
    e.EvidenceWeakened: frozenset((one, one) for one in (_D, _AP, _I, _AC, _P, _DG, _DD)),
    e.PrepareDetermination: frozenset({(_AC, _DG), (_DG, _DG)}),
    e.Determine: frozenset({(_DG, _DD), (_DG, _AC)}),
    e.FollowUpDelivered: frozenset({(_DD, _DD)}),
    e.Close: frozenset({(_DD, _CL)}),
    e.Cancel: frozenset((one, _CA) for one in (_D, _AP, _I, _AC, _P, _DG)),
}
"""From which state to which a step may lead: every other pair is an illegal transition."""


def check(tried: Tried) -> None:
    """What must hold of every step that was accepted. AssertionError says which promise is broken."""
    before, event, after = tried.before, tried.event, tried.after
    if after is None:
        return
    assert sum(isinstance(one, Audit) for one in tried.effects) == 1, "not exactly one act for the log"
    if before is None:
        assert isinstance(event, e.Draft)
        return
    assert (before.state, after.state) in LEADS_TO[type(event)], "an illegal transition"
    assert after.version == before.version + 1, "a step was not counted"
    by = event.by
    if by.part is Part.SYSTEM:
        assert isinstance(event, e.EvidenceWeakened), "something happened by itself"
        assert replace(after, weakened=before.weakened, version=before.version) == before, "a note changed something"
        return
    _check_actor(before, by)
    _check_content(before, event, after)
    _check_second(before, event, after)
    _check_ending(before, event, after)


def _check_actor(before: Plan, by: Actor) -> None:
    assert by.username, "nobody acted"
    assert (by.person_id == RAE) == (by.part is Part.REP), "somebody acted as what they are not"
    assert RAE not in by.led_by, "somebody who reports to the person acted"
    assert by.part is not Part.MANAGER or by.person_id == before.manager_id, "another manager acted"


def _check_content(before: Plan, event: Event, after: Plan) -> None:
    if after.content_hash != before.content_hash:
        assert isinstance(event, e.Edit | e.Handover), "the content changed without an edit"
        assert (after.signatures, after.approval) == ((), None), "an edit kept signatures or approvals"
        assert after.state is State.DRAFT, "an edit kept the plan alive"
    if after.state is State.ACTIVE and before.state is State.ISSUED:
        settled = {one.party for one in after.signatures if one.is_settled and one.content_hash == after.content_hash}
        assert settled == set(after.content.wanted), "begun without every signature of this very content"
        for one in after.signatures:
            assert one.how.value.startswith("signed") or len({each.username for each in one.witnesses}) >= 2


def _check_second(before: Plan, event: Event, after: Plan) -> None:
    """Wherever an improvement plan needs a second person, there was one: another, fresh, and for this very hash."""
    if before.kind is not Kind.IMPROVEMENT:
        return
    if after.state in (State.ISSUED, State.ACTIVE, State.DETERMINED):
        approval = after.approval
        assert approval is not None, "issued without approval"
        assert approval.content_hash == after.content_hash, "issued with the approval of something else"
        _check_other(approval.by.username, approval.by.person_id, before)
    if isinstance(event, e.Approve | e.Determine | e.Extend):
        assert (event.by.auth_age_s or 999) <= 300, "decided without a fresh factor"
        wrote = {one.person_id for one in before.authors}
        assert isinstance(event, e.Extend) or not wrote & set(event.by.led_by), "approved by a report of the author"
        assert event.by.part in (Part.HR, Part.APPROVER), "decided by somebody who may not"


def _check_other(username: str, person_id: str | None, before: Plan) -> None:
    assert username not in {one.username for one in before.authors}, "approved by an author"
    assert person_id != before.person_id, "approved by the person it is about"
    assert person_id is None or person_id not in {one.person_id for one in before.authors}, "approved by an author"


def _check_ending(before: Plan, event: Event, after: Plan) -> None:
    if not isinstance(event, e.Determine):
        assert after.state is not State.DETERMINED or before.state is State.DETERMINED, "ended by something else"
        return
    decided = after.determination or after.earlier[-1]
    assert decided.approved_by is not None, "determined by nobody"
    if before.kind is Kind.COACHING:
        assert decided.outcome is not Outcome.REMOVED, "a coaching plan removed somebody"
        return
    by = decided.approved_by
    _check_other(by.username, by.person_id, before)
    assert by.username != decided.prepared_by.username, "determined by who prepared it"
    decisive = {one.key for one in before.content.goals if one.is_decisive}
    verdicts = {one.verdict for one in decided.judged if one.goal in decisive}
    if decided.outcome is Outcome.REMOVED:
        assert Met.CANNOT_TELL not in verdicts, "removed on what cannot be told"
        assert Met.NOT_MET in verdicts, "removed although nothing was missed"
        assert decided.prepared_on >= before.ends_on, "removed before the end"
