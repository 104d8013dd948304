"""A workspace of a made-up company to look around in: records, users, and where its stories can be seen."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from courtside.records.hierarchy import Hierarchy
from courtside.services.caller import Caller
from courtside.services.import_records import Request, import_records
from courtside.services.initialise import initialise
from courtside.services.open_workspace import open_workspace
from courtside.services.refused import Refused
from courtside.services.score_card import DEFAULT_GRAIN, card_of
from courtside.services.scoring import scorer_of
from courtside.services.simulate_company import Wanted, simulate_company
from courtside.services.viewing import SAMPLE
from courtside.services.workspace import Settings, Workspace

VISITOR = "visitor"
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
    """Simulate a company, import it, score it and let a few of its people sign in; the marker is written last.

    A folder without the marker is begun anew where it was ours, and refused where it is anything else.
    """
    root = root.absolute()
    _clear(root)
    caller.progress("making up a company")
    with tempfile.TemporaryDirectory(prefix="courtside-sample-") as scratch:
        records = Path(scratch) / "records"
        simulate_company(records, wanted, caller)
        (records / "truth.json").unlink()
        settings = Settings(name=_NAME, pack="staffing", model=wanted.model)
        initialise(root, settings, caller)
        (root / _BEGUN).touch()
        workspace = open_workspace(root)
        caller.progress("importing its records")
        import_records(workspace, caller, Request((records,)))
    from courtside.store.connect import upgrade  # noqa: PLC0415  (Django stays out of start-up)

    upgrade()
    caller.progress("scoring everybody")
    hierarchy = _hierarchy(workspace, caller)
    steps = list(_steps(workspace, caller, hierarchy))
    users = tuple(_let_in(hierarchy, steps, caller))
    _finish(root, {"visitor": VISITOR, "steps": steps})
    return Sample(workspace, _rows(), users)


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


def _steps(workspace: Workspace, caller: Caller, hierarchy: Hierarchy) -> Iterable[dict[str, str]]:
    """Where something can be seen: a team in which somebody should be looked at, and that person's own page.

    Found as any user would find it, by the verdicts of score cards; nothing of what was planted is read.
    """
    today = workspace.day(caller.clock())
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in _watched(workspace, caller):
        for team in hierarchy.teams_of(row["scope"].removeprefix("person:"), today):
            found.setdefault(team, []).append(row)
    if not found:
        return
    team = max(sorted(found), key=lambda name: len(found[name]))
    rows = found[team]
    scope = max(sorted({row["scope"] for row in rows}), key=lambda one: sum(row["scope"] == one for row in rows))
    row = next(row for row in rows if row["scope"] == scope)
    person = scope.removeprefix("person:")
    yield {
        "label": f"See the team {team}",
        "team": team,
        "hint": "Who is clearly apart, who cannot be told from the rest, and who is too new to say.",
    }
    yield {
        "label": f"Open the box score of {row['label']}",
        "person": person,
        "hint": f"Look at {row['metric'].replace('_', ' ')}, and open the number down to its rows.",
    }
    yield {
        "label": "Look through their eyes",
        "person": person,
        "hint": "Choose them under “See as”: the rep sees the same figures, first, and nobody else's.",
    }


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


def _let_in(hierarchy: Hierarchy, steps: Sequence[Mapping[str, str]], caller: Caller) -> Iterable[str]:
    """Users for whoever looks around: the head of the firm who may look through others' eyes, and the others' eyes."""
    from django.db import transaction  # noqa: PLC0415

    from courtside.store import accounts, audit  # noqa: PLC0415
    from courtside.store.access import Role  # noqa: PLC0415

    now = caller.clock()
    on = now.date()
    person = next((step["person"] for step in steps if "person" in step), None) or next(iter(hierarchy.names))
    manager = next(iter(sorted(hierarchy.managers_of(person, on))), None)
    top = next(
        (who for who in sorted(hierarchy.names) if hierarchy.led_by(who, on) and not hierarchy.above(who, on)), ""
    )
    cast: list[tuple[str, str, str, tuple[Role, ...]]] = [
        (VISITOR, hierarchy.name(top), top, (Role.ADMIN, Role.OPERATIONS)),
        ("rep", hierarchy.name(person), person, ()),
        ("hana", "Hana (HR)", "", (Role.HR,)),
        ("eve", "Eve (executive)", "", (Role.EXECUTIVE,)),
        ("otto", "Otto (nobody's colleague)", "", ()),
    ]
    if manager and manager != top:
        cast.insert(2, ("manager", hierarchy.name(manager), manager, ()))
    with transaction.atomic():
        for username, name, person_id, roles in cast:
            user = accounts.add(username, name, "", person_id, now)
            for role in roles:
                accounts.grant(user, role, caller.who, now)
        audit.write(audit.Act(now, caller.who, "make_sample", {"users": [line[0] for line in cast]}))
    return [line[0] for line in cast]


def wanted_sample(seed: int) -> Wanted:
    """The company a demonstration shows: forty people in five teams, eighteen months until yesterday."""
    return replace(Wanted(), seed=seed)
