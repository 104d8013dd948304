"""What is due in a plan: each reminder once after any downtime, the manager reminded like anybody, HR told of delay."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from tests.cases.plan_walks import HR, MANAGER, MONDAY, REP, Walk, content
from tests.cases.test_workflow_plan import active, after, issued, judged, signed, submitted

from courtside.workflow import events as e
from courtside.workflow.actors import Part
from courtside.workflow.due import Due, due, next_due
from courtside.workflow.effects import Task
from courtside.workflow.plan import Plan

GATES = ("days of downtime tried", "due items told once", "days of random plans looked at")
DAY = timedelta(days=1)
THURSDAY = date(2026, 11, 19)


def to_sign() -> Plan:
    """A plan whose signatures are due on a Thursday."""
    edit = e.Edit(MANAGER, replace(content(MONDAY + 14 * DAY), sign_by=THURSDAY))
    plan = after(submitted(), edit, e.SubmitForApproval(MANAGER))
    return after(plan, e.Approve(HR, plan.content_hash), e.Issue(MANAGER))


def names(found: tuple[Due, ...]) -> list[tuple[str, str]]:
    """To whom, and the end of the key."""
    return [(str(one.to), one.key.split(":", 1)[1]) for one in found]


def test_signatures_are_asked_for_three_days_and_one_before_and_on_the_day() -> None:
    plan = to_sign()
    seen = {on: names(due(plan, on)) for on in (MONDAY + n * DAY for n in range(30))}
    assert seen[date(2026, 11, 13)] == []
    assert seen[date(2026, 11, 16)] == [
        ("hr", "sign-hr:2026-11-19:before-3"),
        ("manager", "sign-manager:2026-11-19:before-3"),
        ("rep", "sign-rep:2026-11-19:before-3"),
    ]
    assert {one[1].rsplit(":")[-1] for one in seen[date(2026, 11, 18)]} == {"before-1"}
    assert {one[1].rsplit(":")[-1] for one in seen[THURSDAY]} == {"before-0"}
    late = seen[date(2026, 11, 20)]
    assert ("hr", "sign-manager:2026-11-19:escalated") in late
    assert ("manager", "sign-manager:2026-11-19:late") in late
    assert plan.state == "issued"


def test_who_has_signed_is_asked_no_more_and_hr_sees_to_the_witnesses() -> None:
    plan = to_sign()
    seen = (plan.content_hash, "DOC")
    plan = after(plan, e.SignatureMade(MANAGER, Part.MANAGER, *seen), e.SignatureMade(HR, Part.HR, *seen))
    assert names(due(plan, THURSDAY)) == [("rep", "sign-rep:2026-11-19:before-0")]
    plan = after(plan, e.SignatureDeclined(REP, Part.REP, *seen, "I see it differently."))
    assert names(due(plan, THURSDAY)) == [("hr", "attest-rep:2026-11-19:before-0")]


def test_the_manager_who_is_late_is_told_and_then_hr() -> None:
    plan = active()
    first = plan.check_ins[0].due_on
    assert names(due(plan, first - 3 * DAY)) == [
        ("rep", f"meeting-0-rep:{first}:before-1"),
        ("manager", f"meeting-0:{first}:before-1"),
    ]
    told = due(plan, first + DAY)
    assert [(one.to, one.what) for one in told if one.key.endswith("late")] == [(Part.MANAGER, Task.HOLD_MEETING)]
    (up,) = (one for one in due(plan, first + 3 * DAY) if one.is_escalation)
    assert (up.to, up.about, up.on) == (Part.HR, first, first + 3 * DAY)
    answered = after(plan, e.AnswerEscalation(HR, up.key, "Spoken to; it is on Friday."), on=first + 3 * DAY)
    assert not [one for one in due(answered, first + 3 * DAY) if one.is_escalation]
    held = after(plan, e.RecordCheckIn(MANAGER, first, first, "n" * 64), on=first + 3 * DAY)
    assert not [one for one in due(held, first + 3 * DAY) if "meeting-0" in one.key]


def test_what_the_manager_owes_and_the_determination_are_due_like_anything_else() -> None:
    plan = active()
    owed = plan.owed[0].due_on
    late = [one for one in due(plan, owed + 3 * DAY) if "owed-ride-along" in one.key]
    assert [(one.to, one.is_escalation) for one in late] == [(Part.MANAGER, False), (Part.HR, True)]
    end = plan.ends_on
    assert any("determine" in one.key and one.to is Part.MANAGER for one in due(plan, end))
    assert any("determine" in one.key and one.is_escalation for one in due(plan, end + 12 * DAY))
    prepared = e.PrepareDetermination(MANAGER, judged(plan, e.Met.MET), e.Outcome.RELEASED, "Done.")
    waiting = after(plan, prepared, on=end)
    assert any("decide-" in one.key and one.to is Part.HR for one in due(waiting, end + 5 * DAY))


def test_holidays_are_no_working_days() -> None:
    plan = to_sign()
    wednesday = date(2026, 11, 18)
    plain = [one.on for one in due(plan, date(2026, 11, 17)) if one.to is Part.REP]
    off = [one.on for one in due(plan, date(2026, 11, 17), (wednesday,)) if one.to is Part.REP]
    assert (plain, off) == ([date(2026, 11, 16)], [date(2026, 11, 17)])


def test_nothing_is_due_while_the_person_is_away_but_a_look_at_the_pause() -> None:
    plan = after(active(), e.Pause(HR, e.Leave.PARENTAL, MONDAY))
    assert due(plan, MONDAY + 25 * DAY) == ()
    assert names(due(plan, MONDAY + 28 * DAY)) == [("hr", "pause:2026-11-30:before-0")]
    assert names(due(plan, MONDAY + 57 * DAY)) == [("hr", "pause:2026-12-28:before-0")]


def test_each_is_told_once_after_any_downtime(counted: Callable[[str, int], None]) -> None:
    """A worker that was down for 0-30 days tells what is due once; every escalation it would have told, it tells."""
    plans = (to_sign(), active(), signed(to_sign()), submitted())
    told_in_all = 0
    for plan in plans:
        last = plan.ends_on + 45 * DAY
        always = _told(plan, MONDAY, last, [])
        for down in range(31):
            draw = random.Random(down)
            starts = MONDAY + draw.randrange(60) * DAY
            told = _told(plan, MONDAY, last, [starts + n * DAY for n in range(down)])
            assert max(told.values(), default=1) == 1
            assert set(told) <= set(always)
            assert {one for one in always if one.endswith("escalated")} == {
                one for one in told if one.endswith("escalated")
            }
            told_in_all += len(told)
            counted("days of downtime tried", down)
    counted("due items told once", told_in_all)


def _told(plan: Plan, first: date, last: date, down: list[date]) -> Counter[str]:
    """The keys told by a worker that looks each day but some, and puts each key into an outbox that has it once."""
    outbox: set[str] = set()
    told: Counter[str] = Counter()
    for n in range((last - first).days):
        on = first + n * DAY
        if on in down:
            continue
        found = due(plan, on)
        assert len({one.key for one in found}) == len(found)
        new = {one.key for one in found} - outbox
        told.update(new)
        outbox |= new
    return told


def test_in_random_plans_nothing_is_early_and_hr_hears_of_every_delay(counted: Callable[[str, int], None]) -> None:
    looked = 0
    for seed in range(120):
        walk = Walk(seed)
        list(walk.head_start())
        for _ in range(12):
            walk.step()
        plan = walk.plan
        assert plan is not None
        for days in range(0, 60, 3):
            on = walk.today + days * DAY
            found = due(plan, on)
            assert all(one.on <= on for one in found)
            assert all(one.key.startswith(f"{plan.id}:") for one in found)
            assert all(one.to is Part.HR for one in found if one.is_escalation)
            assert plan.is_open or not found
            coming = next_due(plan, on)
            assert (coming is None) is (not plan.is_open or _waits_for_nothing(plan))
            looked += 1
    counted("days of random plans looked at", looked)


def _waits_for_nothing(plan: Plan) -> bool:
    return plan.state == "paused" or (plan.state == "draft" and not plan.is_submitted)


def test_the_next_thing_due_heads_the_page() -> None:
    plan = issued()
    coming = next_due(plan, MONDAY)
    assert coming is not None
    assert (coming.what, coming.on, coming.is_late) == (Task.SIGN, plan.sign_by, False)
    late = next_due(plan, MONDAY + 5 * DAY)
    assert late is not None
    assert late.is_late
