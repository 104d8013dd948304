"""Steps of plans one by one: who may, what moves, what is void, and how a plan may end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.cases.plan_walks import (
    APPROVER,
    EXECUTIVE,
    HR,
    HR_UNDER_MAYA,
    MANAGER,
    MONDAY,
    OTTO_LEADS_NOW,
    REP,
    WES,
    WIL,
    actor,
    content,
    draft,
    goal,
)

from courtside.workflow import events as e
from courtside.workflow.actors import Actor, Illegal, Part
from courtside.workflow.content import Content, Kind
from courtside.workflow.effects import CalendarEntry, DocumentWanted, VoidSignatures
from courtside.workflow.plan import Plan, State, may, shortfalls, transition

GATES = ("people refused as second person", "outcomes checked against what was found")
DAY = timedelta(days=1)


def after(plan: Plan | None, *steps: e.Event, on: date = MONDAY) -> Plan:
    """The plan after some steps of one day."""
    for step in steps:
        plan, _ = transition(plan, step, on)
    assert plan is not None
    return plan


def submitted() -> Plan:
    return after(None, draft(), e.SubmitForApproval(MANAGER))


def issued() -> Plan:
    plan = submitted()
    return after(plan, e.Approve(HR, plan.content_hash), e.Issue(MANAGER))


def signed(plan: Plan) -> Plan:
    seen = (plan.content_hash, "DOC")
    return after(plan, *(e.SignatureMade(one, one.part, *seen) for one in (REP, MANAGER, HR)))


def active(on: date = MONDAY) -> Plan:
    return after(signed(issued()), e.Begin(MANAGER), on=on)


def judged(plan: Plan, *verdicts: e.Met) -> tuple[e.Judged, ...]:
    pairs = zip(plan.content.goals, verdicts, strict=True)
    return tuple(e.Judged(one.key, verdict, 40.0, 40.0, 30.0, 52.0, 69.0, "40, 69 due.") for one, verdict in pairs)


def test_only_somebody_else_approves(counted: Callable[[str, int], None]) -> None:
    plan = submitted()
    refused: dict[str, Actor] = {
        "you lead this plan|you wrote it|this is done by": replace(MANAGER, part=Part.HR),
        "it is about you": replace(REP, part=Part.HR),
        "only the person themself|this is done by": REP,
        "this is done by": MANAGER,
        "you wrote it": actor("MAYA", None, Part.HR),
        "you report to the person who wrote it": HR_UNDER_MAYA,
        "you report to the person it is about": actor("tom", "p-tom", Part.HR, "p-rae"),
        "second factor": replace(HR, auth_age_s=None),
        "the last 5 minutes": replace(HR, auth_age_s=301),
        "with an account": actor(" ", None, Part.HR),
    }
    for words, who in refused.items():
        with pytest.raises(Illegal, match=words):
            transition(plan, e.Approve(who, plan.content_hash), MONDAY)
    for who in (HR, APPROVER, EXECUTIVE):
        assert after(plan, e.Approve(who, plan.content_hash)).state is State.APPROVED
    counted("people refused as second person", len(refused))


def test_whoever_edits_is_an_author_too() -> None:
    plan = after(None, draft(), e.Edit(HR, content(MONDAY, 90)), e.SubmitForApproval(MANAGER))
    assert [one.username for one in plan.authors] == ["maya", "hana"]
    with pytest.raises(Illegal, match="you wrote it"):
        transition(plan, e.Approve(HR, plan.content_hash), MONDAY)
    assert after(plan, e.Approve(APPROVER, plan.content_hash)).state is State.APPROVED


def test_an_approval_is_of_the_very_content_that_was_seen() -> None:
    plan = submitted()
    edited = after(plan, e.Edit(MANAGER, content(MONDAY, 90)), e.SubmitForApproval(MANAGER))
    with pytest.raises(Illegal, match="changed since you saw it"):
        transition(edited, e.Approve(HR, plan.content_hash), MONDAY)


def test_an_edit_of_an_issued_plan_voids_what_was_signed() -> None:
    plan = issued()
    plan = after(plan, e.SignatureMade(REP, Part.REP, plan.content_hash, "DOC"))
    edited, effects = transition(plan, e.Edit(HR, content(MONDAY, 90)), MONDAY)
    assert (edited.state, edited.signatures, edited.approval) == (State.DRAFT, (), None)
    assert VoidSignatures(plan.content_hash) in effects
    with pytest.raises(Illegal):
        transition(edited, e.Begin(MANAGER), MONDAY)


def test_a_coaching_plan_needs_its_manager_alone_and_removes_nobody() -> None:
    plan = after(None, replace(draft(Kind.COACHING), proposal=""), e.Issue(MANAGER))
    assert plan.state is State.ISSUED
    plan = after(signed(plan), e.Begin(MANAGER))
    on = plan.ends_on
    removal = e.PrepareDetermination(MANAGER, judged(plan, e.Met.NOT_MET), e.Outcome.REMOVED, "No.")
    assert "never ends with a removal" in may(plan, removal, on)
    plan = after(plan, e.PrepareDetermination(MANAGER, judged(plan, e.Met.MET), e.Outcome.RELEASED, "Done."), on=on)
    assert after(plan, e.Determine(MANAGER, plan.asked_hash), on=on).state is State.DETERMINED


def test_an_improvement_plan_says_everything_before_it_is_put_before_anybody() -> None:
    whole = content(MONDAY)
    lacking: dict[str, Content] = {
        "a goal that decides|one goal": replace(whole, goals=()),
        "what the manager owes": replace(whole, owed=()),
        "at least one check-in": replace(whole, check_ins=()),
        "signed by the person, the manager and HR": replace(whole, wanted=(Part.REP, Part.MANAGER)),
        "names its evidence": replace(whole, evidence_sha256=""),
        "which is past": content(MONDAY - DAY),
        "below 64 the end would be a toss of a coin": replace(whole, goals=(goal(due=4),)),
    }
    for words, one in lacking.items():
        plan = after(None, replace(draft(), content=one))
        with pytest.raises(Illegal, match=words):
            transition(plan, e.SubmitForApproval(MANAGER), MONDAY)


def test_a_plan_that_makes_no_sense_is_not_even_a_draft() -> None:
    whole = content(MONDAY)
    for one in (
        replace(whole, ends_on=MONDAY),
        replace(whole, ends_on=MONDAY + 400 * DAY),
        replace(whole, sign_by=whole.ends_on),
        replace(whole, check_ins=(whole.ends_on,)),
        replace(whole, check_ins=(MONDAY, MONDAY)),
        replace(whole, goals=(goal(), goal())),
        replace(whole, goals=tuple(goal(str(n)) for n in range(11))),
        replace(whole, wanted=(Part.MANAGER, Part.HR)),
        replace(whole, wanted=(Part.REP, Part.MANAGER, Part.WITNESS)),
        replace(whole, goals=(replace(goal(), phi=0.5),)),
    ):
        assert may(None, replace(draft(), content=one), MONDAY)
    assert may(None, replace(draft(), manager_id="p-rae"), MONDAY) == "nobody leads a plan about themself"
    assert "proposal" in may(None, replace(draft(), proposal=""), MONDAY)
    assert may(None, draft(by=REP), MONDAY)


def test_a_refusal_is_witnessed_by_two_other_people() -> None:
    plan = issued()
    seen = (plan.content_hash, "DOC")
    plan = after(plan, *(e.SignatureMade(one, one.part, *seen) for one in (MANAGER, HR)))
    plan = after(plan, e.SignatureDeclined(REP, Part.REP, *seen, "I see it differently."))
    assert may(plan, e.Begin(MANAGER), MONDAY)
    plan = after(plan, e.SignatureWitnessed(WES, Part.REP, *seen))
    with pytest.raises(Illegal, match="a second person"):
        transition(plan, e.SignatureWitnessed(WES, Part.REP, *seen), MONDAY)
    assert may(plan, e.SignatureWitnessed(REP, Part.REP, *seen), MONDAY)
    assert may(plan, e.Begin(MANAGER), MONDAY)
    assert may(after(plan, e.SignatureWitnessed(WIL, Part.REP, *seen)), e.Begin(MANAGER), MONDAY) == ""
    # who has declined may think again, and then needs no witnesses
    assert may(after(plan, e.SignatureMade(REP, Part.REP, *seen, with_comment=True)), e.Begin(HR), MONDAY) == ""


def test_nobody_signs_for_another() -> None:
    plan = issued()
    seen = (plan.content_hash, "DOC")
    for one in (MANAGER, HR):
        with pytest.raises(Illegal, match="nobody signs for somebody else"):
            transition(plan, e.SignatureMade(one, Part.REP, *seen), MONDAY)
    with pytest.raises(Illegal, match="has been changed"):
        transition(plan, e.SignatureMade(REP, Part.REP, "0" * 64, "DOC"), MONDAY)
    plan = after(plan, e.SignatureMade(MANAGER, Part.MANAGER, *seen))
    with pytest.raises(Illegal, match="as another party"):
        transition(plan, e.SignatureMade(actor("maya", None, Part.HR), Part.HR, *seen), MONDAY)


def test_a_plan_begun_late_moves_by_the_working_days_lost() -> None:
    plan = active(on=MONDAY + 8 * DAY)
    assert plan.began_on == date(2026, 11, 10)
    # six working days lost, Monday to the Monday after; 1 January 2027 is a Friday
    assert plan.ends_on == date(2027, 1, 9)
    assert plan.check_ins[0].due_on == date(2026, 11, 17)
    assert plan.content.ends_on == date(2027, 1, 1)


def test_away_for_a_week_the_end_moves_by_its_working_days_and_not_by_holidays() -> None:
    away, back = date(2026, 11, 23), date(2026, 11, 30)
    plan = after(active(), e.Pause(HR, e.Leave.SICK, away), on=away)
    for step in (e.RecordCheckIn(MANAGER, date(2026, 11, 30), back, "n"), e.ProposeExtension(HR, back, (), "More.")):
        assert "rests while the person is away" in may(plan, step, back)
    resumed = after(plan, e.Resume(HR), on=back)
    assert (resumed.state, resumed.ends_on) == (State.ACTIVE, date(2027, 1, 8))
    assert resumed.pauses[-1].working_days == 5
    with_holiday = after(plan, e.Resume(HR, (date(2026, 11, 26),)), on=back)
    assert with_holiday.pauses[-1].working_days == 4
    held = [one.due_on for one in active().check_ins if one.due_on < away]
    assert [one.due_on for one in resumed.check_ins][: len(held)] == held
    assert resumed.check_ins[len(held)].due_on == date(2026, 11, 30)


def test_back_after_the_end_the_days_lost_follow_and_a_prepared_determination_is_void() -> None:
    plan = active()
    end = plan.ends_on
    plan = after(plan, e.PrepareDetermination(MANAGER, judged(plan, e.Met.NOT_MET), e.Outcome.NEW_PLAN, "No."), on=end)
    plan = after(plan, e.Pause(HR, e.Leave.LEAVE, end - 4 * DAY), on=end + DAY)
    plan = after(plan, e.Resume(HR), on=end + 3 * DAY)
    assert (plan.state, plan.determination, plan.asked_hash) == (State.ACTIVE, None, "")
    assert plan.ends_on > end


def test_an_extension_takes_two_people() -> None:
    plan = active()
    until = plan.ends_on + 28 * DAY
    plan = after(plan, e.ProposeExtension(MANAGER, until, (until - 7 * DAY,), "Two weeks were lost."))
    for who in (MANAGER, replace(MANAGER, part=Part.HR), HR_UNDER_MAYA, replace(HR, auth_age_s=999)):
        assert may(plan, e.Extend(who, plan.asked_hash), MONDAY)
    assert may(plan, e.Extend(HR, "0" * 64), MONDAY)
    longer = after(plan, e.Extend(HR, plan.asked_hash))
    assert (longer.ends_on, longer.extensions[0].before, longer.asked) == (until, plan.ends_on, None)
    assert longer.check_ins[-1].due_on == until - 7 * DAY
    assert longer.content_hash == plan.content_hash


def test_handed_over_before_it_began_a_plan_is_written_anew_and_later_it_goes_on() -> None:
    step = e.Handover(HR, "p-otto", "Maya leads another team.")
    early = after(issued(), step)
    assert (early.state, early.approval, early.manager_id) == (State.DRAFT, None, "p-otto")
    late = after(active(), step)
    assert (late.state, len(late.signatures), late.manager_id) == (State.ACTIVE, 3, "p-otto")
    assert "you do not lead this plan" in may(late, e.Pause(MANAGER, e.Leave.LEAVE, MONDAY), MONDAY)
    assert may(late, e.Pause(OTTO_LEADS_NOW, e.Leave.LEAVE, MONDAY), MONDAY) == ""
    acting = replace(OTTO_LEADS_NOW, username="ann", person_id="p-ann", acting_for="p-otto")
    assert may(late, e.Pause(acting, e.Leave.LEAVE, MONDAY), MONDAY) == ""
    assert may(active(), e.Handover(MANAGER, "p-otto", "I move on."), MONDAY)


def test_what_cannot_be_told_is_held_against_nobody(counted: Callable[[str, int], None]) -> None:
    plan = active()
    met, not_met, cannot = e.Met.MET, e.Met.NOT_MET, e.Met.CANNOT_TELL
    new, gone, more, free = e.Outcome.NEW_PLAN, e.Outcome.REMOVED, e.Outcome.EXTENDED, e.Outcome.RELEASED
    allowed = {met: {free}, not_met: {new, gone, more, free}, cannot: {more, free}}
    for verdict, outcomes in allowed.items():
        for outcome in e.Outcome:
            until = plan.ends_on + 28 * DAY if outcome is more else None
            step = e.PrepareDetermination(MANAGER, judged(plan, verdict), outcome, "As judged.", until)
            assert (may(plan, step, plan.ends_on) == "") is (outcome in outcomes), (verdict, outcome)
            before = may(plan, step, plan.ends_on - DAY)
            assert (before == "") is (outcome is free)
            counted("outcomes checked against what was found", 2)
    both = replace(draft(), content=replace(content(MONDAY), goals=(goal("a"), goal("b"))))
    two = after(None, both, e.SubmitForApproval(MANAGER))
    two = after(signed(after(two, e.Approve(HR, two.content_hash), e.Issue(HR))), e.Begin(HR))
    mixed = judged(two, not_met, cannot)
    for outcome in (new, gone):
        step = e.PrepareDetermination(MANAGER, mixed, outcome, "As judged.")
        assert "cannot be told" in may(two, step, two.ends_on)
        counted("outcomes checked against what was found", 1)
    assert "each once" in may(two, e.PrepareDetermination(MANAGER, mixed[:1], free, "Fine."), two.ends_on)


def test_a_determination_is_decided_by_another_than_who_prepared_or_wrote_it() -> None:
    plan = active()
    end = plan.ends_on
    plan = after(plan, e.PrepareDetermination(HR, judged(plan, e.Met.NOT_MET), e.Outcome.REMOVED, "No."), on=end)
    for who in (HR, MANAGER, replace(MANAGER, part=Part.APPROVER), HR_UNDER_MAYA, replace(APPROVER, auth_age_s=400)):
        assert may(plan, e.Determine(who, plan.asked_hash), end)
    decided, effects = transition(plan, e.Determine(APPROVER, plan.asked_hash), end)
    assert decided.state is State.DETERMINED
    assert {one.template for one in effects if isinstance(one, DocumentWanted)} == {"determination", "removed"}
    again = after(plan, e.PrepareDetermination(MANAGER, judged(plan, e.Met.NOT_MET), e.Outcome.NEW_PLAN, "Hm."), on=end)
    assert "changed since you saw it" in may(again, e.Determine(APPROVER, plan.asked_hash), end)


def test_extended_a_plan_goes_on_and_keeps_what_was_found() -> None:
    plan = active()
    end, until = plan.ends_on, plan.ends_on + 30 * DAY
    step = e.PrepareDetermination(MANAGER, judged(plan, e.Met.CANNOT_TELL), e.Outcome.EXTENDED, "Too close.", until)
    plan = after(plan, step, on=end)
    plan = after(plan, e.Determine(HR, plan.asked_hash), on=end)
    assert (plan.state, plan.ends_on, len(plan.earlier), plan.determination) == (State.ACTIVE, until, 1, None)


def test_nothing_happens_by_itself_but_the_note_that_evidence_has_weakened() -> None:
    plan = active()
    noted = after(plan, e.EvidenceWeakened(evaluation_sha256="f" * 64))
    assert replace(noted, weakened=(), version=plan.version) == plan
    assert "already" in may(noted, e.EvidenceWeakened(evaluation_sha256="f" * 64), MONDAY)
    from courtside.workflow.actors import SYSTEM

    for step in (e.Begin(SYSTEM), e.Close(SYSTEM), e.Cancel(SYSTEM, "Late."), e.Extend(SYSTEM, "x"), e.Issue(SYSTEM)):
        assert may(plan, step, plan.ends_on + 90 * DAY) == "a person does this; nothing happens by itself"


def test_what_was_left_undone_for_the_person_is_said() -> None:
    plan = active()
    on = MONDAY + 30 * DAY
    assert shortfalls(plan, MONDAY) == ()
    assert shortfalls(plan, on) == (
        "4 of 4 check-ins due so far were not held",
        "1 of 1 things owed to the person by now were not done",
    )
    first = plan.check_ins[0].due_on
    plan = after(plan, e.RecordCheckIn(MANAGER, first, first, "n" * 64), e.NoteOwed(HR, "ride-along", on), on=on)
    assert shortfalls(plan, on) == ("3 of 4 check-ins due so far were not held",)
    with pytest.raises(Illegal, match="has not happened"):
        transition(plan, e.RecordCheckIn(MANAGER, plan.check_ins[1].due_on, on + DAY, "n"), on)


def test_check_ins_are_in_the_calendars_of_both_and_move_with_their_key() -> None:
    plan = signed(issued())
    begun, effects = transition(plan, e.Begin(MANAGER), MONDAY)
    first = {one.key: one.on for one in effects if isinstance(one, CalendarEntry)}
    paused = after(begun, e.Pause(HR, e.Leave.LEAVE, MONDAY))
    _, effects = transition(paused, e.Resume(HR), MONDAY + 7 * DAY)
    moved = {one.key: one.on for one in effects if isinstance(one, CalendarEntry)}
    assert first.keys() == moved.keys()
    assert all(moved[key] == first[key] + 7 * DAY for key in first)
