"""The door to cases: one question and one set for every rule, nothing for nobody, and broken doors are caught."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.records.hierarchy import Belonging, Hierarchy
from courtside.store.access import (
    ActingFor,
    Action,
    CaseAction,
    CaseFacts,
    CaseKind,
    Decision,
    Role,
    Stage,
    Viewer,
    cases,
    may,
    may_case,
    whom,
)
from courtside.store.access.case import READING
from courtside.store.access.viewer import LOGGED

GATES = (
    "random questions about cases on which door and set agree",
    "of them allowed",
    "broken doors to cases caught",
    "cells of the table of TRUST 2.1 as written",
    "moves and leaves after which nobody sees what they saw before",
)
START = date(2026, 1, 1)
PEOPLE = tuple(f"P{n}" for n in range(8))
TEAMS = ("North", "South", "East")
Ask = Callable[[Viewer, CaseAction, CaseFacts, Hierarchy, date], Decision]

spans = st.builds(
    lambda person, start, length, team, manager: Belonging(
        person, START + timedelta(days=start), None if length is None else START + timedelta(days=start + length),
        team, manager,
    ),
    st.sampled_from(PEOPLE), st.integers(0, 60), st.none() | st.integers(1, 60),
    st.none() | st.sampled_from(TEAMS), st.none() | st.sampled_from(PEOPLE),
)  # fmt: skip
worlds = st.lists(spans, min_size=6, max_size=20).map(lambda found: Hierarchy({one: one for one in PEOPLE}, found))
people = st.sampled_from(PEOPLE)
units = st.frozensets(st.sampled_from(TEAMS), max_size=2)
acting = st.builds(
    lambda manager, start, length: ActingFor(
        manager, START + timedelta(days=start), START + timedelta(days=start + length)
    ),
    people,
    st.integers(0, 100),
    st.integers(0, 60),
)
viewers = st.builds(
    lambda person, roles, served, stands_in, conflicts, eyes: Viewer(
        1, person or "nobody", "Somebody", person, frozenset(roles), "x" if eyes else None, served, tuple(stands_in),
        conflicts - {person},
    ),
    st.none() | people, st.sets(st.sampled_from(list(Role)), max_size=3), units, st.lists(acting, max_size=2),
    st.frozensets(people, max_size=2), st.integers(0, 9).map(lambda n: n == 0),
)  # fmt: skip
names = st.frozensets(st.sampled_from((*PEOPLE, "nobody")), max_size=4)
name = st.sampled_from(("", "nobody", *PEOPLE))
numbered = st.integers(0, 10**6).map(str)


def _facts(draw: st.DrawFn, world: Hierarchy, on: date) -> CaseFacts:
    person, author = draw(people), draw(name)
    return CaseFacts(
        draw(numbered), draw(st.sampled_from(list(CaseKind))), draw(st.sampled_from(list(Stage))), person,
        author, author if author in PEOPLE else "", draw(people), draw(name), draw(name), draw(names), draw(names),
        draw(names), draw(names), world.teams_of(person, on), draw(names), draw(names), draw(st.none() | units),
    )  # fmt: skip


@st.composite
def matters(draw: st.DrawFn) -> tuple[Viewer, list[CaseFacts], Hierarchy, date]:
    """Somebody, some cases, a world and a day; cases have numbers of their own."""
    world, on = draw(worlds), START + timedelta(days=draw(st.integers(0, 120)))
    found = {one.case_id: one for one in (_facts(draw, world, on) for _ in range(draw(st.integers(1, 6))))}
    return draw(viewers), list(found.values()), world, on


def disagreements(viewer: Viewer, all_facts: Iterable[CaseFacts], world: Hierarchy, on: date, ask: Ask) -> list[str]:
    """Where the question about one case and the set of all of them differ."""
    known = list(all_facts)
    return [
        f"{action} {one}"
        for action in CaseAction
        for allowed in [cases(viewer, action, known, world, on)]
        for one in known
        if ask(viewer, action, one, world, on).is_allowed != (one.case_id in allowed)
    ]


def test_the_question_and_the_set_agree_on_random_worlds(counted: Callable[[str, int], None]) -> None:
    asked, allowed = [0], [0]

    @settings(max_examples=600, database=None)
    @given(matters())
    def hold(matter: tuple[Viewer, list[CaseFacts], Hierarchy, date]) -> None:
        viewer, found, world, on = matter
        assert disagreements(viewer, found, world, on, may_case) == []
        asked[0] += len(found) * len(CaseAction)
        allowed[0] += sum(len(cases(viewer, action, found, world, on)) for action in CaseAction)

    hold()
    counted("random questions about cases on which door and set agree", asked[0])
    counted("of them allowed", allowed[0])


def test_whoever_stands_in_for_somebody_led_by_themself_does_not_see_that_manager() -> None:
    """The records may say that somebody is their own manager: that opens their card to nobody who stands in."""
    world = Hierarchy({"Rae": "Rae"}, [Belonging("Rae", START, None, "North", "Rae")])
    stands_in = replace(OTTO, acts_for=(ActingFor("Rae", START, START),))
    assert not may(stands_in, Action.SEE_CARD, "Rae", world, START).is_allowed
    assert whom(stands_in, Action.SEE_CARD, world, START) == {"Otto"}


def test_figures_agree_too_with_scopes_and_standing_in() -> None:
    @settings(max_examples=300, database=None)
    @given(viewers, worlds, st.integers(0, 120))
    def hold(viewer: Viewer, world: Hierarchy, day: int) -> None:
        on = START + timedelta(days=day)
        for action in Action:
            subjects = PEOPLE if action is Action.SEE_CARD else TEAMS
            allowed = whom(viewer, action, world, on)
            assert [one for one in subjects if may(viewer, action, one, world, on).is_allowed != (one in allowed)] == []

    hold()


# --- a small firm, for what must hold in so many words ---

GWEN_LEADS_MAYA = (
    Belonging("Rae", START, None, "North", "Maya"),
    Belonging("Tom", START, None, "North", "Maya"),
    Belonging("Maya", START, None, "Lead", "Gwen"),
    Belonging("Hana", START, None, "HR", "Gwen"),
    Belonging("Hugo", START, None, "HR", "Gwen"),
    Belonging("Otto", START, None, "South", "Ole"),
)
FIRM = Hierarchy({one.person_id: one.person_id for one in GWEN_LEADS_MAYA}, GWEN_LEADS_MAYA)


def somebody(username: str, *roles: Role, **more: object) -> Viewer:
    """One of the cast; those with records have their own name as number."""
    person = username.capitalize()
    known = FIRM.names.keys() | {"Gwen", "Ole"}
    return replace(
        Viewer(1, username, person, person if person in known else None, frozenset(roles)),
        **more,  # type: ignore[arg-type]
    )


RAE, TOM, MAYA, GWEN, OTTO, OLE = (somebody(one) for one in ("rae", "tom", "maya", "gwen", "otto", "ole"))
HANA = somebody("hana", Role.HR)
EVE, ADA, OLA = somebody("eve", Role.EXECUTIVE), somebody("ada", Role.ADMIN), somebody("ola", Role.OPERATIONS)
ARI = somebody("ari", Role.AUDITOR)
CAST = {one.username: one for one in (RAE, TOM, MAYA, GWEN, HANA, EVE, ADA, ARI, OLA, OTTO)}
DRAFT = CaseFacts(
    "AAAA", CaseKind.IMPROVEMENT, Stage.DRAFT, "Rae", "maya", "Maya", "Maya", units=frozenset({"North"}),
    parties=frozenset({"rae", "maya", "hana"}),
)  # fmt: skip


def at(stage: Stage, kind: CaseKind = CaseKind.IMPROVEMENT, **more: object) -> CaseFacts:
    """Rae's case, written by Maya, at a stage."""
    return replace(DRAFT, stage=stage, kind=kind, **more)  # type: ignore[arg-type]


def who_may(action: CaseAction, facts: CaseFacts) -> set[str]:
    """Everybody of the cast who may."""
    return {one for one, viewer in CAST.items() if may_case(viewer, action, facts, FIRM, START).is_allowed}


COACHING = CaseKind.COACHING
ASSIGNED = frozenset({"ari"})
COACHED = {"rae", "maya", "gwen", "hana"}
TABLE: tuple[tuple[CaseAction, CaseFacts, set[str]], ...] = (
    (CaseAction.SEE_PROPOSAL, at(Stage.PROPOSAL), {"maya", "hana", "ari"}),
    (CaseAction.SEE_PROPOSAL, at(Stage.PROPOSAL, approver="gwen"), {"maya", "hana", "ari", "gwen"}),
    (CaseAction.SEE_PROPOSAL, at(Stage.DRAFT), {"maya", "hana", "ari"}),
    (CaseAction.SEE_PROPOSAL, at(Stage.WITHDRAWN), {"maya", "hana", "ari"}),
    (CaseAction.SEE_PROPOSAL, at(Stage.DECLINED), {"maya", "hana", "ari", "rae"}),
    (CaseAction.DECIDE_PROPOSAL, at(Stage.PROPOSAL), {"maya", "hana"}),
    (CaseAction.DECIDE_PROPOSAL, at(Stage.DRAFT), set()),
    (CaseAction.SEE_PLAN, at(Stage.ISSUED, COACHING), COACHED),
    (CaseAction.SEE_PLAN, at(Stage.DRAFT, COACHING), {"maya", "gwen", "hana"}),
    (CaseAction.SEE_PLAN, at(Stage.CLOSED, COACHING, assigned_auditors=ASSIGNED), {*COACHED, "ari"}),
    (CaseAction.EDIT_PLAN, at(Stage.DRAFT, COACHING), {"maya"}),
    (CaseAction.SIGN, at(Stage.ISSUED, COACHING), {"rae", "maya"}),
    (CaseAction.SEE_PLAN, at(Stage.DRAFT), {"maya", "hana"}),
    (CaseAction.SEE_PLAN, at(Stage.DRAFT, author="hana", author_id="Hana"), {"hana"}),
    (CaseAction.SEE_PLAN, at(Stage.DRAFT, approver="gwen"), {"maya", "hana", "gwen"}),
    (CaseAction.SEE_PLAN, at(Stage.WITHDRAWN), {"maya", "hana"}),
    (CaseAction.SEE_PLAN, at(Stage.DRAFT, assigned_auditors=ASSIGNED), {"maya", "hana", "ari"}),
    (CaseAction.EDIT_PLAN, at(Stage.DRAFT), {"maya", "hana"}),
    (CaseAction.EDIT_PLAN, at(Stage.ISSUED), {"hana"}),
    (CaseAction.APPROVE_PLAN, at(Stage.DRAFT), {"hana"}),
    (CaseAction.APPROVE_PLAN, at(Stage.DRAFT, approver="gwen"), {"hana", "gwen"}),
    (CaseAction.APPROVE_PLAN, at(Stage.DRAFT, author="hana", author_id="Hana"), set()),
    (CaseAction.APPROVE_PLAN, at(Stage.DRAFT, editors=frozenset({"hana"})), set()),
    (CaseAction.APPROVE_PLAN, at(Stage.DRAFT, author="", author_id=""), set()),
    (CaseAction.ISSUE_PLAN, at(Stage.DRAFT), set()),
    (CaseAction.ISSUE_PLAN, at(Stage.APPROVED), {"maya", "hana"}),
    (CaseAction.SEE_PLAN, at(Stage.ISSUED), {"rae", "maya", "hana"}),
    (CaseAction.SEE_PLAN, at(Stage.DETERMINED, approver="gwen"), {"rae", "maya", "hana", "gwen"}),
    (CaseAction.SEE_PLAN, at(Stage.CLOSED, assigned_auditors=ASSIGNED), {"rae", "maya", "hana", "ari"}),
    (CaseAction.SIGN, at(Stage.DRAFT), set()),
    (CaseAction.SIGN, at(Stage.ISSUED), {"rae", "maya", "hana"}),
    (CaseAction.CHECK_IN, at(Stage.ISSUED), {"maya", "hana"}),
    (CaseAction.DETERMINE, at(Stage.ISSUED), {"maya", "hana"}),
    (CaseAction.APPROVE_DETERMINATION, at(Stage.ISSUED, preparer="maya"), {"hana"}),
    (CaseAction.APPROVE_DETERMINATION, at(Stage.ISSUED, preparer="hana"), set()),
    (CaseAction.APPROVE_DETERMINATION, at(Stage.ISSUED, preparer="hana", approver="gwen"), {"gwen"}),
    (CaseAction.SEE_FILE, at(Stage.CLOSED), {"hana"}),
    (CaseAction.SEE_REPLAY_NAMES, at(Stage.PROPOSAL), {"hana"}),
    (CaseAction.READ_STATEMENT, at(Stage.ISSUED), {"rae", "maya", "hana"}),
    (CaseAction.WRITE_STATEMENT, at(Stage.ISSUED), {"rae"}),
    (CaseAction.SEE_COPY, at(Stage.CLOSED, signers=frozenset({"rae", "otto"})), {"rae", "otto"}),
    (CaseAction.WITNESS, at(Stage.ISSUED, witnesses=frozenset({"tom", "maya", "rae"})), {"tom"}),
    (CaseAction.APPROVE_PLAN, at(Stage.DRAFT, outside_approvers=frozenset({"eve", "otto"})), {"hana", "eve"}),
)  # fmt: skip


def test_the_table_of_who_may_do_what_holds_cell_by_cell(counted: Callable[[str, int], None]) -> None:
    for action, facts, expected in TABLE:
        assert who_may(action, facts) == expected, f"{action} {facts}"
    counted("cells of the table of TRUST 2.1 as written", len(TABLE) * len(CAST))


def test_a_look_at_an_improvement_plan_is_always_written_down() -> None:
    looks = {one: may_case(viewer, CaseAction.SEE_PLAN, at(Stage.ISSUED), FIRM, START) for one, viewer in CAST.items()}
    assert {one for one, found in looks.items() if found == LOGGED} == {"rae", "maya", "hana"}
    coaching = at(Stage.ISSUED, COACHING)
    logged = {
        one for one, viewer in CAST.items() if may_case(viewer, CaseAction.SEE_PLAN, coaching, FIRM, START).is_logged
    }
    assert logged == {"gwen", "hana"}


def test_somebody_who_looks_through_other_eyes_only_looks() -> None:
    eyes = replace(HANA, seen_by="Ada")
    for action in CaseAction:
        stage = Stage.ISSUED if action is not CaseAction.DECIDE_PROPOSAL else Stage.PROPOSAL
        allowed = may_case(eyes, action, at(stage, preparer="maya"), FIRM, START).is_allowed
        assert not allowed or action in READING


def test_a_declared_conflict_closes_a_case_and_so_does_being_led_by_its_person() -> None:
    close = replace(HANA, conflicts=frozenset({"Rae"}))
    about_gwen = at(Stage.ISSUED, person_id="Gwen", author="", author_id="", units=frozenset({"Lead"}))
    for action in CaseAction:
        for facts in (at(stage) for stage in Stage):
            assert not may_case(close, action, facts, FIRM, START).is_allowed
        assert not may_case(HANA, action, about_gwen, FIRM, START).is_allowed, "Gwen leads Hana"
    outside = somebody("hugh", Role.HR)
    assert may_case(outside, CaseAction.SEE_FILE, about_gwen, FIRM, START).is_allowed


def test_an_hr_partner_is_one_for_their_teams_only() -> None:
    north, south = (replace(HANA, units=frozenset({team})) for team in ("North", "South"))
    assert may_case(north, CaseAction.SEE_PLAN, at(Stage.DRAFT), FIRM, START).is_allowed
    assert not may_case(south, CaseAction.SEE_PLAN, at(Stage.DRAFT), FIRM, START).is_allowed
    assert whom(south, Action.SEE_TEAM_NAMES, FIRM, START) == {"South"}


def test_the_case_of_an_hr_partner_goes_to_another_unit() -> None:
    hugo, away = somebody("hugo", Role.HR), somebody("helga", Role.HR)
    facts = at(
        Stage.DRAFT, person_id="Hugo", author="gwen", author_id="Gwen", units=frozenset({"HR"}),
        subject_hr_units=frozenset({"South"}),
    )  # fmt: skip
    see = CaseAction.SEE_PLAN
    assert not may_case(hugo, see, facts, FIRM, START).is_allowed, "their own"
    assert not may_case(HANA, see, facts, FIRM, START).is_allowed, "of the same team"
    assert may_case(away, see, facts, FIRM, START).is_allowed
    assert may_case(replace(away, units=frozenset({"North"})), see, facts, FIRM, START).is_allowed
    assert not may_case(replace(away, units=frozenset({"South"})), see, facts, FIRM, START).is_allowed
    everywhere = replace(facts, subject_hr_units=frozenset())
    assert not may_case(replace(away, units=frozenset({"North"})), see, everywhere, FIRM, START).is_allowed


def test_whoever_stands_in_is_the_manager_within_the_days_and_nobody_before_or_after() -> None:
    first, last = START + timedelta(days=10), START + timedelta(days=20)
    stands_in = replace(OTTO, acts_for=(ActingFor("Maya", first, last),))
    facts, seen = at(Stage.ISSUED), []
    for day in range(30):
        on = START + timedelta(days=day)
        allowed = may_case(stands_in, CaseAction.CHECK_IN, facts, FIRM, on).is_allowed
        assert allowed == may(stands_in, Action.SEE_CARD, "Tom", FIRM, on).is_allowed
        assert not may(stands_in, Action.SEE_CARD, "Maya", FIRM, on).is_allowed, "the manager's own card"
        assert not may_case(OLE, CaseAction.SEE_PLAN, facts, FIRM, on).is_allowed, "who leads the stand-in sees nothing"
        seen += [on] if allowed else []
    assert (seen[0], seen[-1], len(seen)) == (first, last, 11)
    own = replace(TOM, acts_for=(ActingFor("Maya", first, last),))
    about_tom = at(Stage.ISSUED, person_id="Tom")
    assert not may_case(own, CaseAction.CHECK_IN, about_tom, FIRM, first).is_allowed, "a case about themself"


def test_a_former_manager_keeps_only_copies_of_what_they_signed() -> None:
    moved = START + timedelta(days=30)
    world = Hierarchy(
        FIRM.names,
        [
            *(one for one in GWEN_LEADS_MAYA if one.person_id != "Rae"),
            Belonging("Rae", START, moved, "North", "Maya"),
            Belonging("Rae", moved, None, "South", "Ole"),
        ],
    )
    facts = at(Stage.ISSUED, signers=frozenset({"maya"}))
    left = {one for one in CaseAction if may_case(MAYA, one, facts, world, moved).is_allowed}
    assert left == {CaseAction.SEE_COPY}
    assert may_case(MAYA, CaseAction.SEE_PLAN, facts, world, moved - timedelta(days=1)).is_allowed
    assert may_case(OLE, CaseAction.SEE_PLAN, facts, world, moved).is_allowed
    assert not {one for one in CaseAction if may_case(MAYA, one, at(Stage.ISSUED), world, moved).is_allowed}


def test_after_a_thousand_moves_and_leaves_nobody_sees_what_only_the_place_before_gave_them(
    counted: Callable[[str, int], None],
) -> None:
    import random

    dice, moves, stale = random.Random(6), 0, []
    managers = ("Maya", "Ole", "Gwen")
    rows = {one: Belonging(one, START, None, dice.choice(TEAMS), dice.choice(managers)) for one in PEOPLE}
    known = [*rows.values(), Belonging("Maya", START, None, "Lead", "Gwen")]
    for n in range(1_000):
        person, on = dice.choice(PEOPLE), START + timedelta(days=n + 1)
        ended = replace(rows[person], ends_on=on)
        known[known.index(rows[person])] = ended
        rows[person] = Belonging(
            person, on, None, *dice.choice([(dice.choice(TEAMS), dice.choice(managers)), (None, None)])
        )
        known.append(rows[person])
        world = Hierarchy({one: one for one in PEOPLE}, known)
        facts = at(Stage.ISSUED, person_id=person, units=world.teams_of(person, on))
        for viewer in (MAYA, OLE, GWEN):
            leads = viewer.person_id in world.above(person, on)
            sees = may(viewer, Action.SEE_CARD, person, world, on).is_allowed
            handles = may_case(viewer, CaseAction.CHECK_IN, facts, world, on).is_allowed
            stale += [n] if sees != leads or (handles and viewer.person_id not in world.managers_of(person, on)) else []
        moves += 1
    assert stale == []
    counted("moves and leaves after which nobody sees what they saw before", moves)


# --- doors that are broken on purpose ---


def _forgets_conflicts(viewer: Viewer, action: CaseAction, facts: CaseFacts, world: Hierarchy, on: date) -> Decision:
    return may_case(replace(viewer, conflicts=frozenset()), action, facts, world, on)


def _forgets_scope(viewer: Viewer, action: CaseAction, facts: CaseFacts, world: Hierarchy, on: date) -> Decision:
    return may_case(replace(viewer, units=frozenset()), action, facts, world, on)


def _forgets_days(viewer: Viewer, action: CaseAction, facts: CaseFacts, world: Hierarchy, on: date) -> Decision:
    always = tuple(replace(one, starts_on=date.min, ends_on=date.max) for one in viewer.acts_for)
    return may_case(replace(viewer, acts_for=always), action, facts, world, on)


def _forgets_authors(viewer: Viewer, action: CaseAction, facts: CaseFacts, world: Hierarchy, on: date) -> Decision:
    plain = replace(facts, author="somebody else", author_id="", editors=frozenset(), preparer="")
    return may_case(viewer, action, plain if facts.author else facts, world, on)


def _shows_drafts(viewer: Viewer, action: CaseAction, facts: CaseFacts, world: Hierarchy, on: date) -> Decision:
    shown = replace(facts, stage=Stage.ISSUED) if facts.stage is Stage.DRAFT else facts
    return may_case(viewer, action, shown, world, on)


@pytest.mark.parametrize("broken", [_forgets_conflicts, _forgets_scope, _forgets_days, _forgets_authors, _shows_drafts])
def test_a_door_that_forgets_a_rule_is_caught(broken: Ask, counted: Callable[[str, int], None]) -> None:
    last = START + timedelta(days=5)
    everybody = [
        *CAST.values(),
        replace(HANA, conflicts=frozenset({"Rae"})),
        replace(HANA, units=frozenset({"South"})),
        replace(OTTO, acts_for=(ActingFor("Maya", START, last),)),
    ]
    found = [at(stage, case_id=stage.value, preparer="maya") for stage in Stage]
    found.append(at(Stage.DRAFT, case_id="hana's", author="hana", author_id="Hana"))
    caught = [
        one
        for viewer in everybody
        for on in (START, last + timedelta(days=1))
        for one in disagreements(viewer, found, FIRM, on, broken)
    ]
    assert caught
    counted("broken doors to cases caught", 1)


def test_a_set_that_forgets_the_scope_is_caught(counted: Callable[[str, int], None]) -> None:
    """The broken twin of `whom`: it asks nothing of the teams somebody is HR partner for."""
    south = replace(HANA, units=frozenset({"South"}))
    forgetful = whom(replace(south, units=frozenset()), Action.SEE_TEAM_NAMES, FIRM, START)
    wrong = [
        one
        for one in FIRM.teams(START)
        if may(south, Action.SEE_TEAM_NAMES, one, FIRM, START).is_allowed != (one in forgetful)
    ]
    assert wrong
    counted("broken doors to cases caught", 1)
