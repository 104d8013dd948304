"""Plans in the database: it refuses what cannot be, steps are never altered, and of some at once one wins."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cases.plan_walks import (
    APPROVER,
    HR,
    MANAGER,
    MONDAY,
    RAE,
    REP,
    WES,
    WIL,
    Walk,
    content,
    draft,
)

from courtside.store.connect import connect, create, disconnect
from courtside.workflow import events as e
from courtside.workflow.actors import Illegal
from courtside.workflow.content import Kind
from courtside.workflow.plan import Plan, State, transition

GATES = (
    "changes of plans the database refuses",
    "changes of plans by force, all found",
    "plans replayed from the database",
    "contests between some, one winner each",
    "kills while a step is taken",
)
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
_UNTIL = MONDAY + timedelta(days=60)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that nobody changes."""
    path = tmp_path_factory.mktemp("empty") / "app.sqlite3"
    create(path)
    disconnect()
    return path


@pytest.fixture
def database(empty: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it to change."""
    path = tmp_path / "app.sqlite3"
    shutil.copy(empty, path)
    connect(path)
    yield path
    disconnect()


def begun(kind: Kind = Kind.IMPROVEMENT, plan_id: str = "PLANAAAAAAAA", person: str = RAE) -> str:
    """A plan that has been drafted."""
    from courtside.store import plans

    plans.new_plan(replace(draft(kind), plan_id=plan_id, person_id=person), MONDAY, AT)
    return plan_id


def taken(plan_id: str, *steps: e.Event, today: Any = MONDAY) -> Plan:
    """The plan after some steps."""
    from courtside.store import plans

    for step in steps:
        found = plans.apply(plan_id, step, today, AT).plan
    return found


def approved(plan_id: str) -> Plan:
    """A plan approved by another."""
    from courtside.store import plans

    taken(plan_id, e.SubmitForApproval(MANAGER))
    found = plans.plan(plan_id)
    assert found is not None
    return taken(plan_id, e.Approve(HR, found.content_hash))


def determined(plan_id: str) -> Plan:
    """A plan that has run its whole course, with a refusal witnessed on the way, up to its determination."""
    from courtside.store import plans

    plan = approved(plan_id)
    seen = (plan.content_hash, "DOCUMENTAAAA")
    taken(
        plan_id,
        e.Issue(MANAGER),
        e.SignatureMade(MANAGER, MANAGER.part, *seen),
        e.SignatureMade(HR, HR.part, *seen),
        e.SignatureDeclined(REP, REP.part, *seen, "I see it differently."),
        e.SignatureWitnessed(WES, REP.part, *seen),
        e.SignatureWitnessed(WIL, REP.part, *seen),
        e.Begin(MANAGER),
    )
    judged = (e.Judged("goal-0", e.Met.NOT_MET, 40, 40, 30, 52, 69, "40 of 69."),)
    plan = taken(
        plan_id, e.PrepareDetermination(MANAGER, judged, e.Outcome.NEW_PLAN, "Another way is needed."), today=_UNTIL
    )
    plan = taken(plan_id, e.Determine(APPROVER, plan.asked_hash), today=_UNTIL)
    assert plans.problems(plan_id) == ()
    return plan


def test_a_plan_runs_its_course_and_its_steps_lead_to_it(database: Path) -> None:
    from courtside.store import plans

    plan = determined(begun())
    plan = taken(plan.id, e.FollowUpDelivered(MANAGER, "LETTERAAAAAA"), e.Close(HR), today=_UNTIL)
    assert plan.state is State.CLOSED
    kept = plans.events(plan.id)
    assert [one.seq for one in kept] == list(range(1, plan.version + 1))
    assert [one.verb for one in kept][-3:] == ["determine_plan", "deliver_follow_up", "close_plan"]
    assert plans.problems(plan.id) == ()
    assert plans.plans_about([RAE]) == (plan,)
    assert plans.open_plans() == ()
    assert plans.every_plan() == (plan,)


_ATTEMPTS = (
    "UPDATE store_plan SET approver = author, approver_id = ''",
    "UPDATE store_plan SET approver = 'rae', approver_id = person_id",
    "UPDATE store_plan SET approver = 'maya-again', approver_id = author_id",
    "UPDATE store_plan SET approver = '', approver_id = ''",
    "UPDATE store_plan SET decider = author, decider_id = ''",
    "UPDATE store_plan SET decider = preparer, decider_id = ''",
    "UPDATE store_plan SET decider = 'rae', decider_id = person_id",
    "UPDATE store_plan SET decider = 'maya-again', decider_id = preparer_id",
    "UPDATE store_plan SET decider = '', decider_id = ''",
    "UPDATE store_plan SET outcome = ''",
    "UPDATE store_plan SET outcome = 'sacked'",
    "UPDATE store_plan SET state = 'over'",
    "UPDATE store_plan SET kind = 'warning'",
    "UPDATE store_plan SET manager_id = person_id",
    "UPDATE store_plan SET author_id = person_id",
    "UPDATE store_plan SET proposal = ''",
    "UPDATE store_plan SET ends_on = starts_on",
    "UPDATE store_plan SET kind = 'coaching', outcome = 'removed'",
    "UPDATE store_planevent SET body = '{}' WHERE seq = 3",
    "UPDATE store_planevent SET leaf = 'f' WHERE seq = 3",
    "UPDATE store_planevent SET seq = 99 WHERE seq = 3",
    "UPDATE store_planevent SET at = '2020-01-01' WHERE seq = 3",
    "UPDATE store_planevent SET content_hash = 'f' WHERE seq = 3",
    "UPDATE store_planevent SET salt = 'ff' WHERE seq = 3",
    "DELETE FROM store_planevent WHERE seq = 3",
    "DELETE FROM store_planevent",
    "INSERT OR REPLACE INTO store_planevent SELECT * FROM store_planevent WHERE seq = 3",
    'INSERT INTO store_planevent (plan, seq, verb, "on", at, leaf, content_hash, asked_hash, salt, body) '
    'SELECT plan, seq, verb, "on", at, leaf, content_hash, asked_hash, salt, body FROM store_planevent WHERE seq = 3',
)


def test_the_database_itself_refuses_what_cannot_be(database: Path, counted: Callable[[str, int], None]) -> None:
    determined(begun())
    disconnect()
    other = sqlite3.connect(database, isolation_level=None)
    before = list(other.iterdump())
    for attempt in _ATTEMPTS:
        with pytest.raises(sqlite3.IntegrityError):
            other.execute(attempt)
    assert list(other.iterdump()) == before
    # the same kind of change, where nothing forbids it, does go through
    other.execute("UPDATE store_plan SET changed_at = '2026-11-03'")
    other.close()
    counted("changes of plans the database refuses", len(_ATTEMPTS))


def test_postgresql_refuses_it_too(schema: str, counted: Callable[[str, int], None]) -> None:
    from django.db import DatabaseError, connection, transaction

    create(schema)
    try:
        plan = determined(begun())
        attempts = [one for one in _ATTEMPTS if "REPLACE" not in one]
        for attempt in attempts:
            with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(attempt)
            assert getattr(refused.value.__cause__, "sqlstate", "")[:2] == "23", attempt
        from courtside.store import plans

        plans.forget_person(RAE, "erased-1234")
        assert plans.problems(plan.id) == ()
        assert _contests(4) == 4
    finally:
        disconnect()
    counted("changes of plans the database refuses", len(attempts))


def test_a_second_improvement_plan_waits_for_the_end_of_the_first(database: Path) -> None:
    begun()
    with pytest.raises(Illegal, match="is open already"):
        begun(plan_id="PLANBBBBBBBB")
    begun(Kind.COACHING, plan_id="PLANCCCCCCCC")
    determined("PLANAAAAAAAA")
    begun(plan_id="PLANBBBBBBBB")


_FORCED = {
    "UPDATE store_plan SET body = replace(body, 'not_met', 'met')": "do not lead to the plan",
    "UPDATE store_plan SET outcome = 'released'": "columns do not say",
    "UPDATE store_planevent SET body = replace(body, 'Another', 'Some other') WHERE seq = 11": "is not what it was",
    "UPDATE store_planevent SET body = replace(body, 'maya', 'moya') WHERE seq = 2": "is not what it was",
    "UPDATE store_planevent SET body = replace(body, 'PROPOSAL', 'proposal'), salt = '' WHERE seq = 1": "do not lead",
    "UPDATE store_planevent SET verb = 'edit_plan' WHERE seq = 5": "is not what it was",
    "UPDATE store_planevent SET content_hash = 'f' WHERE seq = 5": "other content",
    "DELETE FROM store_planevent WHERE seq = 4": "is not where",
    "UPDATE store_planevent SET seq = 13 WHERE seq = 12": "is not where",
    "DELETE FROM store_planevent WHERE seq = 12": "do not lead",
    "DELETE FROM store_plan": "is missing",
}
"""What somebody who owns the file may do to it, and what is said of it."""


def test_what_is_altered_by_force_is_found(database: Path, tmp_path: Path, counted: Callable[[str, int], None]) -> None:
    from courtside.store import plans

    plan_id = begun()
    determined(plan_id)
    disconnect()
    for number, (change, says) in enumerate(_FORCED.items()):
        path = tmp_path / f"altered-{number}.sqlite3"
        shutil.copy(database, path)
        other = sqlite3.connect(path, isolation_level=None)
        for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {name}")
        assert other.execute(change).rowcount == 1
        other.close()
        connect(path)
        assert any(says in one for one in plans.problems(plan_id)), (change, plans.problems(plan_id))
        disconnect()
    counted("changes of plans by force, all found", len(_FORCED))


def test_random_plans_are_replayed_from_the_database(database: Path, counted: Callable[[str, int], None]) -> None:
    from django.db import transaction

    from courtside.store import plans

    replayed = 0
    for seed in range(40):
        walk = Walk(seed)
        list(walk.head_start())
        for _ in range(20):
            walk.step()
        first, *rest = walk.accepted
        assert isinstance(first[0], e.Draft)
        plan_id, person = f"PLAN{seed:08}", f"p-rae-{seed}"
        with transaction.atomic():
            plans.new_plan(_about(first[0], plan_id, person), first[1], AT)
            for event, on in rest:
                kept = plans.plan(plan_id)
                assert kept is not None
                plans.apply(plan_id, _about(event, plan_id, person, kept), on, AT, seen=kept.version)
        assert plans.problems(plan_id) == ()
        kept = plans.plan(plan_id)
        assert kept is not None
        assert walk.plan is not None
        assert (kept.state, kept.version) == (walk.plan.state, walk.plan.version)
        replayed += 1
    counted("plans replayed from the database", replayed)


def _about(event: Any, plan_id: str, person: str, plan: Plan | None = None) -> Any:
    """The same step about another person and plan, whose hashes are others."""
    by = replace(event.by, person_id=person if event.by.person_id == RAE else event.by.person_id)
    changes: dict[str, Any] = {"by": by}
    if isinstance(event, e.Draft):
        changes |= {"plan_id": plan_id, "person_id": person}
    if hasattr(event, "content_hash") and plan is not None:
        changes["content_hash"] = plan.content_hash
    if hasattr(event, "asked_hash") and plan is not None:
        changes["asked_hash"] = plan.asked_hash
    if isinstance(event, e.AnswerEscalation):
        changes["key"] = event.key.replace("PLANAAAAAAAA", plan_id)
    return replace(event, **changes)


class Contest:
    """Some people who try a step on the same plan at the same moment."""

    def __init__(self, plan_id: str, seen: int, steps: tuple[e.Event, ...]) -> None:
        self.plan_id, self.seen = plan_id, seen
        self.start, self.won = threading.Barrier(len(steps)), list[Any]()
        self.threads = [threading.Thread(target=self.attempt, args=(step,)) for step in steps]
        for one in self.threads:
            one.start()
        for one in self.threads:
            one.join()

    def attempt(self, step: Any) -> None:
        from courtside.store import plans

        self.start.wait()
        try:
            plans.apply(self.plan_id, step, MONDAY, AT, seen=self.seen)
            self.won.append(step)
        except (plans.Overtaken, Illegal):
            pass
        finally:
            disconnect()


def _contests(contests: int) -> int:
    """Some contests, each of which somebody must win alone; how many."""
    from courtside.store import plans

    for number in range(contests):
        plan_id = begun(plan_id=f"PLAN{number:08}", person=f"p-rae-{number}")
        found = taken(plan_id, e.SubmitForApproval(MANAGER))
        approve = (e.Approve(HR, found.content_hash), e.Approve(APPROVER, found.content_hash))
        contest = Contest(plan_id, found.version, (*approve, e.Return(HR, "Not yet."), e.Cancel(HR, "No.")))
        assert len(contest.won) == 1
        after = plans.plan(plan_id)
        assert after is not None
        assert after.version == found.version + 1
        assert len(plans.events(plan_id)) == after.version
        assert plans.problems(plan_id) == ()
    return contests


def test_of_some_at_once_one_wins(database: Path, counted: Callable[[str, int], None]) -> None:
    counted("contests between some, one winner each", _contests(12))


def test_a_page_that_is_out_of_date_changes_nothing(database: Path) -> None:
    from courtside.store import plans

    plan_id = begun()
    taken(plan_id, e.SubmitForApproval(MANAGER))
    with pytest.raises(plans.Overtaken):
        plans.apply(plan_id, e.Cancel(HR, "No."), MONDAY, AT, seen=1)
    with pytest.raises(plans.Missing):
        plans.apply("PLANZZZZZZZZ", e.Cancel(HR, "No."), MONDAY, AT)
    with pytest.raises(Illegal):
        plans.apply(plan_id, e.Issue(MANAGER), MONDAY, AT)
    assert len(plans.events(plan_id)) == 2


def _killed(database: Path, plan_id: str, moment: str) -> None:
    """A process of its own that is killed in the middle of a step."""
    from courtside.store import plans

    connect(database)
    if moment == "before the step is kept":
        plans._record = lambda *_: os._exit(9)  # type: ignore[assignment]
    if moment == "before it is committed":
        from django.db import transaction

        with transaction.atomic():
            plans.apply(plan_id, e.SubmitForApproval(MANAGER), MONDAY, AT)
            os._exit(9)
    plans.apply(plan_id, e.SubmitForApproval(MANAGER), MONDAY, AT)
    os._exit(9)


@pytest.mark.parametrize(
    ("moment", "version"),
    [("before the step is kept", 1), ("before it is committed", 1), ("once it is committed", 2)],
)
def test_killed_in_between_a_step_is_there_whole_or_not_at_all(
    database: Path, moment: str, version: int, counted: Callable[[str, int], None]
) -> None:
    from courtside.store import plans

    plan_id = begun()
    disconnect()
    process = multiprocessing.get_context("fork").Process(target=_killed, args=(database, plan_id, moment))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    connect(database)
    kept = plans.plan(plan_id)
    assert kept is not None
    assert kept.version == version
    assert len(plans.events(plan_id)) == version
    assert plans.problems(plan_id) == ()
    counted("kills while a step is taken", 1)


def test_somebody_who_is_erased_is_nowhere_and_the_plan_still_follows_from_its_steps(database: Path) -> None:
    from courtside.store import plans

    plan = determined(begun())
    canaries = (RAE, '"rae"', "I see it differently", "Another way is needed", "joint visits")
    before = json.dumps([_everything(database)])
    assert all(one.replace('"', '\\"') in before or one in before for one in canaries)
    plans.forget_person(RAE, "erased-1234")
    text = _everything(database)
    assert not [one for one in canaries if one in text]
    assert "erased-1234" in text
    assert plans.problems(plan.id) == ()
    after = plans.plan(plan.id)
    assert after is not None
    assert (after.state, after.content_hash) == (plan.state, plan.content_hash)
    assert [one.leaf for one in plans.events(plan.id)]
    plans.forget_person(MANAGER.person_id or "", "erased-5678")
    assert '"maya"' not in _everything(database)
    assert plans.problems(plan.id) == ()


def test_an_erased_plan_whose_edits_differed_in_words_alone_can_still_be_replayed(database: Path) -> None:
    from courtside.store import plans

    plan_id = begun()
    for purpose in ("Fewer gaps between visits", "Fewer gaps between calls"):
        taken(plan_id, e.Edit(MANAGER, replace(content(MONDAY), purpose=purpose)))
    plans.forget_person(RAE, "erased-1234")
    assert plans.problems(plan_id) == ()
    assert "Fewer gaps" not in _everything(database)


def _everything(database: Path) -> str:
    """All rows about plans, as text."""
    other = sqlite3.connect(database)
    rows = [other.execute(f"SELECT * FROM {table}").fetchall() for table in ("store_plan", "store_planevent")]
    other.close()
    return "\n".join(str(cell) for table in rows for row in table for cell in row)


def test_the_store_takes_the_very_steps_of_the_machine(database: Path) -> None:
    plan_id = begun()
    plan, _ = transition(None, draft(), MONDAY)
    kept = taken(plan_id, e.SubmitForApproval(MANAGER))
    assert kept == transition(plan, e.SubmitForApproval(MANAGER), MONDAY)[0]
