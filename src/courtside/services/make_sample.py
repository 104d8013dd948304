"""A workspace of a made-up company to look around in: records, users, and where its stories can be seen."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from courtside.records.hierarchy import Hierarchy
from courtside.services import demo_story as story
from courtside.services.caller import Caller
from courtside.services.demo_cast import VISITOR as VISITOR
from courtside.services.demo_cast import duties, let_in, let_in_people
from courtside.services.demo_hands import HOST, Hands
from courtside.services.demo_records import write_deliveries
from courtside.services.demo_story import Days
from courtside.services.import_records import Request, import_records
from courtside.services.initialise import initialise
from courtside.services.open_workspace import open_workspace
from courtside.services.plan_rules import known_plan
from courtside.services.refused import Refused
from courtside.services.score_card import DEFAULT_GRAIN, card_of
from courtside.services.scoring import scorer_of
from courtside.services.serve import SECRET_FILE, use_server_settings
from courtside.services.simulate_company import Wanted, simulate_company
from courtside.services.viewing import SAMPLE
from courtside.services.workspace import SETTINGS_FILE, Settings, Workspace, write_settings

_NAME = "Harborline Staffing (made up)"


@dataclass(frozen=True, slots=True)
class Sample:
    """What was made: the workspace and what to say of it."""

    workspace: Workspace
    rows: int
    users: tuple[str, ...]


def is_sample_folder(root: Path) -> bool:
    """Whether a folder holds a finished made-up workspace."""
    return (root / SAMPLE).is_file()


def make_sample(root: Path, wanted: Wanted, caller: Caller) -> Sample:
    """Simulate a company, import it, play its case story and score it; the marker is written last.

    The records come in over seven weeks, and the story is told at the instants at which people would have acted. A
    folder without the marker is begun anew where it was ours, and refused where it is anything else.
    """
    root = root.absolute()
    _clear(root)
    caller.progress("making up a company")
    with tempfile.TemporaryDirectory(prefix="courtside-sample-") as scratch:
        records, key = Path(scratch) / "records", Path(scratch) / "key"
        simulate_company(records, wanted, caller)
        (records / "truth.json").unlink()
        settings = Settings(name=_NAME, pack="staffing", model=wanted.model)
        days = Days(Workspace(root, settings).day(caller.clock()))
        deliveries = write_deliveries(records, days.imports, Path(scratch))
        with _as_served(key, root, settings):
            workspace, plan = _played(root, settings, caller, days, deliveries)
            steps = list(_steps(workspace, caller, _hierarchy(workspace, caller), plan))
            users = _users(workspace, caller, steps)
        _finish(root, {"visitor": VISITOR, "steps": steps})
    return Sample(workspace, _rows(), users)


def _played(
    root: Path, settings: Settings, caller: Caller, days: Days, deliveries: Sequence[Path]
) -> tuple[Workspace, str]:
    """The workspace with everything imported and played, and the id of the plan; empty if the rule found nobody."""
    hands = Hands(Workspace(root, settings), caller, _morning(days.begins, settings))
    initialise(root, settings, hands.caller_as(caller.who))
    (root / _BEGUN).touch()
    hands.workspace = open_workspace(root)
    caller.progress("importing its records")
    _import(hands, deliveries[0])
    let_in(
        duties(_hierarchy(hands.workspace, hands.caller_as(HOST)), hands.caller_as(caller.who)),
        hands.caller_as(caller.who),
    )
    caller.progress("a rule, whom it finds, and what people decide")
    story.go_live(hands, days)
    plan = story.decide(hands, days, story.look(hands))
    if plan:
        story.begin(hands, days, plan)
    hands.instant = max(hands.instant, caller.clock())
    _import(hands, deliveries[1])
    if plan:
        story.check_in(hands, plan, 0)
        story.both_sign(hands, plan)
        story.check_in(hands, plan, 1)
    let_in_people(hands, [one.person_id for one in story.look(hands)])
    return hands.workspace, plan


def _import(hands: Hands, delivery: Path) -> None:
    """Import what has come in, in the morning it came in."""
    import_records(hands.workspace, hands.caller_as(hands.caller.who), Request((delivery,)))


def _users(workspace: Workspace, caller: Caller, steps: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Everybody who can sign in, now with those the first steps lead to."""
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    hands = Hands(workspace, caller, caller.clock())
    let_in_people(hands, [one["person"] for one in steps if "person" in one])
    return tuple(one.username for one in accounts.accounts())


def _morning(day: date, settings: Settings) -> datetime:
    return datetime.combine(day, time(7), ZoneInfo(settings.zone))


@contextmanager
def _as_served(key: Path, root: Path, settings: Settings) -> Iterator[None]:
    """The server's settings for this process: people sign with a second factor, which commands know nothing of.

    The key of sessions is made first, beside the workspace that is still to be made, and moves into it.
    """
    from django.conf import settings as configured  # noqa: PLC0415  (slow)

    if configured.configured:
        yield
        return
    key.mkdir()
    write_settings(key / SETTINGS_FILE, settings)
    use_server_settings(key)
    yield
    shutil.move(key / SECRET_FILE, root / SECRET_FILE)


_BEGUN = f"{SAMPLE}.begun"


def _clear(root: Path) -> None:
    if root.exists() and any(root.iterdir()):
        if not (root / _BEGUN).is_file():
            raise Refused(f"{root} is not empty and holds no made-up company; name another folder")
        shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True)


def _finish(root: Path, told: Mapping[str, Any]) -> None:
    beside = root / f"{SAMPLE}.new"
    beside.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, root / SAMPLE)
    (root / _BEGUN).unlink()


def _rows() -> int:
    from courtside.store.ledger import entries  # noqa: PLC0415

    return sum(entry.created for entry in entries())


def _hierarchy(workspace: Workspace, caller: Caller) -> Hierarchy:
    from courtside.services.standing import stand  # noqa: PLC0415

    standing = stand(workspace)
    try:
        return standing.hierarchy(caller)
    finally:
        standing.close()


def _steps(workspace: Workspace, caller: Caller, hierarchy: Hierarchy, plan: str) -> Iterable[dict[str, str]]:
    """Where something can be seen: the plan that was made with somebody and what led to it; without one, the team and
    the person that call for a look by the verdicts of score cards.

    Found as any user would find it; nothing of what was planted is read.
    """
    person = known_plan(plan).person_id if plan else ""
    team = next(iter(sorted(hierarchy.teams_of(person, workspace.day(caller.clock())))), "") if person else ""
    what = ""
    if not team:
        team, person, what = _of_cards(workspace, caller, hierarchy)
    if not person:
        return
    yield {
        "label": f"See the team {team}",
        "team": team,
        "hint": "Who is clearly apart, who cannot be told from the rest, and who is too new to say.",
    }
    if what:
        yield {
            "label": f"Open the box score of {hierarchy.name(person)}",
            "person": person,
            "hint": f"Look at {what}, and open the number down to its rows.",
        }
    else:
        yield from _of_plan(hierarchy.name(person), person, plan)
    yield {
        "label": "Look through their eyes",
        "person": person,
        "hint": "Choose them under “See as”: the rep sees the same, first. Hana (HR) sees every case.",
    }


def _of_plan(name: str, person: str, plan: str) -> Iterable[dict[str, str]]:
    """The number a rule looked at, and the plan."""
    yield {
        "label": f"Open closing % of {name}",
        "person": person,
        "metric": str(story.BLOCK["metric"]),
        "hint": "What it is made of, how sure it is, and the rows behind it.",
    }
    yield {
        "label": "Read the plan that followed",
        "plan": plan,
        "hint": "A rule found it, a person decided: live goals, check-ins, what the manager owes, sealed papers.",
    }


def _of_cards(workspace: Workspace, caller: Caller, hierarchy: Hierarchy) -> tuple[str, str, str]:
    """The team in which most calls for a look, the person in it of whom most does, and the first such figure."""
    caller.progress("scoring everybody")
    today = workspace.day(caller.clock())
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in _watched(workspace, caller):
        for team in hierarchy.teams_of(row["scope"].removeprefix("person:"), today):
            found.setdefault(team, []).append(row)
    if not found:
        return "", "", ""
    team = max(sorted(found), key=lambda name: len(found[name]))
    rows = found[team]
    scope = max(sorted({row["scope"] for row in rows}), key=lambda one: sum(row["scope"] == one for row in rows))
    metric = next(row["metric"] for row in rows if row["scope"] == scope)
    return team, scope.removeprefix("person:"), str(metric).replace("_", " ")


def _watched(workspace: Workspace, caller: Caller) -> Sequence[Mapping[str, Any]]:
    """Everybody's rows of the last finished quarter that call for a look, in the order of the card."""
    from courtside.services.standing import stand  # noqa: PLC0415
    from courtside.warehouse.question import CannotAnswer, Question  # noqa: PLC0415

    names = card_of(workspace)
    standing, found = stand(workspace), list[Mapping[str, Any]]()
    with standing.session(caller) as session:
        scorer, today = scorer_of(session, names), standing.today(caller)
        latest = scorer.latest(DEFAULT_GRAIN, today)
        if latest is None:
            return ()
        for name in names:
            question = Question(name, ("person",), None, latest.starts_on, latest.last_on, today)
            try:
                rows = scorer.ask(question).rows
            except CannotAnswer:
                continue  # a metric of the firm as a whole
            found += [row for row in rows if row.get("verdict") in ("watch", "coach", "eligible")]
    return found


def wanted_sample(seed: int) -> Wanted:
    """The company a demonstration shows: forty people in five teams, eighteen months until yesterday."""
    return replace(Wanted(), seed=seed)
