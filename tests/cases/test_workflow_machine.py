"""2,000 random sequences of 30 steps: nothing illegal is accepted, and nobody is judged by themself or by nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tests.cases import plan_walks
from tests.cases.plan_walks import Tried, Walk, check

from courtside.workflow import beginning, ending, events, running
from courtside.workflow.effects import Effect
from courtside.workflow.events import Event
from courtside.workflow.plan import Plan, State, replay, transition
from courtside.workflow.written import read, written

GATES = (
    "random sequences of plan steps",
    "plan steps tried",
    "plan steps accepted",
    "determinations by a second person",
    "broken plan machines caught",
)
SEQUENCES, STEPS = 2_000, 30


class Walking(RuleBasedStateMachine):
    """A plan to which people do things at random; every step is checked as it is taken."""

    seen: Counter[str] = Counter()

    @initialize(seed=st.integers(0, 2**48))
    def begin(self, seed: int) -> None:
        self.walk = Walk(seed)
        self.note(self.walk.tried)
        for tried in self.walk.head_start():
            self.note(tried)
        self.seen["sequences"] += 1

    @rule()
    def step(self) -> None:
        self.note(self.walk.step())

    def note(self, tried: Tried) -> None:
        check(tried)
        self.seen["tried"] += 1
        self.seen["accepted"] += tried.after is not None
        if tried.after is not None:
            self.seen[type(tried.event).__name__] += 1
            self.seen[str(tried.after.state)] += 1
            self.seen["determined"] += isinstance(tried.event, events.Determine)

    def teardown(self) -> None:
        plan = self.walk.plan
        assert plan is not None
        if plan.version % 2:
            return
        assert replay(self.walk.accepted) == plan
        assert read(Plan, written(plan)) == plan
        read_back = [(events.read_event(events.write_event(one)), on) for one, on in self.walk.accepted]
        assert read_back == self.walk.accepted


def test_no_sequence_of_steps_leads_where_it_must_not(counted: Callable[[str, int], None]) -> None:
    Walking.seen.clear()
    run_state_machine_as_test(
        Walking,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    seen = Walking.seen
    assert seen["sequences"] >= SEQUENCES
    assert {kind.__name__ for kind in events.VERBS} <= set(seen), "some step was never taken"
    assert set(State) <= set(seen), "some state was never reached"
    counted("random sequences of plan steps", seen["sequences"])
    counted("plan steps tried", seen["tried"])
    counted("plan steps accepted", seen["accepted"])
    counted("determinations by a second person", seen["determined"])


def _walked(machine: plan_walks.Machine, most: int = 400) -> str:
    """What the checks say of the first walk they stop; empty if they stop none."""
    for seed in range(most):
        try:
            walk = Walk(seed, machine)
            check(walk.tried)
            for tried in walk.head_start():
                check(tried)
            for _ in range(STEPS):
                check(walk.step())
        except AssertionError as caught:
            return str(caught)
    return ""


def test_the_same_checks_pass_the_machine_itself() -> None:
    assert _walked(transition) == ""


def _keeps_signatures(plan: Plan | None, event: Event, today: date) -> tuple[Plan, tuple[Effect, ...]]:
    after, effects = transition(plan, event, today)
    if plan is not None and isinstance(event, events.Edit):
        after = replace(after, signatures=plan.signatures, approval=plan.approval)
    return after, effects


def _forgets_the_log(plan: Plan | None, event: Event, today: date) -> tuple[Plan, tuple[Effect, ...]]:
    after, effects = transition(plan, event, today)
    return after, effects[1:] if isinstance(event, events.Pause) else effects


def _ends_by_itself(plan: Plan | None, event: Event, today: date) -> tuple[Plan, tuple[Effect, ...]]:
    after, effects = transition(plan, event, today)
    if after.state is State.ACTIVE and today >= after.ends_on:
        after = replace(after, state=State.DETERMINED)
    return after, effects


@pytest.mark.parametrize(
    ("twin", "says"),
    [
        (_keeps_signatures, "an edit kept signatures or approvals"),
        (_forgets_the_log, "not exactly one act for the log"),
        (_ends_by_itself, "illegal transition"),
    ],
)
def test_a_machine_with_one_promise_broken_is_caught(
    twin: plan_walks.Machine, says: str, counted: Callable[[str, int], None]
) -> None:
    caught = _walked(twin)
    assert says in caught
    counted("broken plan machines caught", 1)


def test_a_machine_that_lets_people_approve_what_they_wrote_is_caught(
    monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    def anybody(*_: Any) -> None:
        """Whoever it is."""

    for module in (beginning, ending, running):
        monkeypatch.setattr(module, "check_second", anybody)
    assert "approved by" in _walked(transition) or "decided without" in _walked(transition)
    counted("broken plan machines caught", 1)


def test_a_machine_in_which_only_the_writer_check_is_missing_is_caught(
    monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    monkeypatch.setattr("courtside.workflow.allowed.why_not_second", lambda *_: "")
    assert "approved by" in _walked(transition)
    counted("broken plan machines caught", 1)
