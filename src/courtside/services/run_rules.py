"""Running the rules that are live: everybody looked at once a complete week or month, every look kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.rule_books import last_complete
from courtside.services.rule_evaluate import evaluations
from courtside.services.rule_sheets import Sheets, rule_sheets
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.rules.evaluation import Evaluation
    from courtside.store.rules import Version

WHEN_HOLDS: list[Callable[[Workspace, Caller, int, Evaluation], None]] = []
"""What is done with an evaluation that holds: its number in the store, and itself, in the transaction that keeps it."""
FRESH = timedelta(days=4)
"""A look waits while nothing is recorded of the last days before it: missing imports are no shortfall."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How many new looks were kept, how many of them held, and what there is to say."""

    checked: int
    held: int
    notes: tuple[str, ...]


def run_rules(workspace: Workspace, caller: Caller, on: date | None = None) -> Ran:
    """Evaluate every live rule for its last complete week or month by a day (today). Repeating it adds nothing.

    After any downtime the newest look alone is caught up on: what was due in between is past. Raises Refused for a
    day that is still to come.
    """
    from courtside.store import rules  # noqa: PLC0415  (Django stays out of start-up)

    today = workspace.day(caller.clock())
    if on is not None and on > today:
        raise Refused(f"{on} is still to come; rules look at what is over by {today}")
    checked, held, notes = 0, 0, []
    live = rules.live()
    if not live:
        return Ran(0, 0, ("no rule is live",))
    with rule_sheets(workspace, caller) as sheets:
        for version in live:
            caller.progress(f"looking by rule {version.rule}")
            new, holding, note = _run(workspace, caller, sheets, version, on or today)
            checked, held = checked + new, held + holding
            notes += [note] if note else []
    return Ran(checked, held, tuple(notes))


def _run(
    workspace: Workspace, caller: Caller, sheets: Sheets, version: Version, day: date
) -> tuple[int, int, str]:  # fmt: skip
    from courtside.services.rule_books import rule_of  # noqa: PLC0415
    from courtside.store import rules  # noqa: PLC0415

    rule = rule_of(version.block, sheets.catalogue)
    on = last_complete(workspace, rule, day)
    recorded = sheets.recorded_until()
    if recorded is None or recorded < on - FRESH:
        return 0, 0, f"{rule.name}: records stop on {recorded or 'no day'}; the look of {on} waits for the rest"
    before = rules.looked_at(version.number, on)
    found = [one for one in evaluations(rule, version.version, sheets, on, None) if one.subject not in before]
    if not found:
        return 0, 0, f"{rule.name}: everybody was looked at for {on} already" if before else ""
    new, held = _keep(workspace, caller, version, found)
    return new, held, f"{rule.name}: {new} looked at for {on}, {held} to be weighed"


def _keep(workspace: Workspace, caller: Caller, version: Version, found: Sequence[Evaluation]) -> tuple[int, int]:
    """Keep a look at everybody, tell who waits for those that hold, and write it down: all or nothing."""

    from courtside.store import audit, rules  # noqa: PLC0415

    now, new, held = caller.clock(), 0, 0
    with audit.together():
        for one in found:
            number = rules.keep(version.number, one, now)
            new += number is not None
            if number is not None and one.holds:
                held += 1
                for then in _hooks():
                    then(workspace, caller, number, one)
        if new:
            audit.write(audit.Act(now, caller.who, "run_rule", _detail(version, found[0].on, new, held, now)))
    return new, held


def _hooks() -> tuple[Callable[[Workspace, Caller, int, Evaluation], None], ...]:
    """What is done with an evaluation that holds: it is proposed to people, and whatever else is registered."""
    from courtside.services.propose import propose  # noqa: PLC0415  (only where something holds)

    return (propose, *WHEN_HOLDS)


def _detail(version: Version, on: date, new: int, held: int, now: datetime) -> dict[str, object]:
    return {
        "rule": version.rule, "version": version.version, "sha256": version.sha256, "on": on.isoformat(), "looked": new,
        "held": held, "at": now.isoformat(),
    }  # fmt: skip
