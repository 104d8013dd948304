"""`fairness`: whether each step towards a plan falls evenly on groups, for HR before documents go out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courtside.services.refused import Refused, unknown
from courtside.services.viewing import NotFound, Visit
from courtside.services.workspace import Workspace
from courtside.store.access import Role

if TYPE_CHECKING:
    from courtside.analysis.fairness.groups import Groups
    from courtside.analysis.fairness.panel import Panel
    from courtside.analysis.fairness.preview import Preview
    from courtside.analysis.fairness.steps import Person
    from courtside.warehouse.special import FirmTables

PROTECTED = Path("protected") / "groups.csv"
"""Where HR keeps the groups it looks at, inside the workspace: `person_id`, then one column a grouping."""
_OTHERS = 0o077
_SPAN = {"team": 3, "manager": 4, "region": 6}
_BY = ("role", "manager", "tenure", "region", "team")
"""Groupings the records hold, in the order in which they are shown."""
_ALIKE = ("team", "tenure")


@dataclass(frozen=True, slots=True)
class Reached:
    """How far somebody came in the days looked at: `watch`, `coach`, `eligible`, `plan` or `removed`.

    Give those whose documents are about to go out as `plan`. Who is not given reached no step.
    """

    person_id: str
    furthest: str


@dataclass(frozen=True, slots=True)
class Fairness:
    """What HR sees: the preview, plans per 100 by what the records hold, and where the groups came from."""

    preview: Preview
    panels: tuple[Panel, ...]
    notes: tuple[str, ...]

    @property
    def hold(self) -> bool:
        """Whether somebody in HR has to look at it before documents go out."""
        return self.preview.hold


def show_fairness(
    visit: Visit,
    rows: Sequence[Reached],
    since: date,
    concerned: AbstractSet[str] | None = None,
    *,
    is_look: bool = True,
) -> Fairness:
    """The preview and the panels over everybody who worked here since a day (of those `concerned`, if given).

    HR alone, and of HR partners with units only their units' people; the look goes into the log with counts only,
    unless nobody is shown it (`is_look` False: a decision is checked against it, and keeps what it said).
    Raises NotFound for anybody else, Refused for a step nobody knows, and for a file of groups that cannot be used.
    """
    if Role.HR not in visit.viewer.roles or visit.viewer.is_read_only:
        raise NotFound
    people, recorded = _everybody(visit, _furthest(rows), since, concerned)
    stated, notes = _stated(visit.standing.workspace, frozenset(visit.hierarchy.names))
    from courtside.analysis.fairness.preview import preview  # noqa: PLC0415  (numpy and scipy load now)

    seen = preview(people, {**stated, **recorded})
    if is_look:
        _log(visit, seen)
    return Fairness(seen, _panels(seen), notes)


def _furthest(rows: Sequence[Reached]) -> Mapping[str, str]:
    """The furthest step of each person, of all rows there are of them."""
    from courtside.analysis.fairness.steps import ORDER, Step  # noqa: PLC0415

    found: dict[str, str] = {}
    for row in rows:
        if row.furthest not in set(ORDER):
            raise unknown("step", row.furthest, ORDER)
        known = found.get(row.person_id)
        if known is None or ORDER.index(Step(known)) < ORDER.index(Step(row.furthest)):
            found[row.person_id] = row.furthest
    return found


def _everybody(
    visit: Visit, furthest: Mapping[str, str], since: date, concerned: AbstractSet[str] | None
) -> tuple[list[Person], Groups]:
    from courtside.analysis.cards.people import People  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.fairness.steps import Person, Step  # noqa: PLC0415

    with visit.session() as session:
        firm = session.open_firm()
        places = _places(firm, since, visit.today)
        known = People(firm)
        day = visit.today
        tenures = {person: known.like(person, "", min(day, _left(firm, person, day)))[3] for person in places}
    kept = [person for person in places if _is_meant(visit, places[person], person, concerned)]
    labels: dict[str, dict[str, str]] = {
        "role": {person: firm.roles.get(person) or "" for person in kept},
        "tenure": {person: str(tenures[person] or "") for person in kept},
        **{name: {person: str(places[person][at] or "") for person in kept} for name, at in _SPAN.items()},
    }
    labels["manager"] = _named(visit, labels["manager"])
    groups = {name: {person: label for person, label in labels[name].items() if label} for name in _BY}
    people = [
        Person(
            person,
            Step(furthest[person]) if person in furthest else None,
            {name: groups[name][person] for name in _ALIKE if person in groups[name]},
        )
        for person in kept
    ]
    return people, groups


def _places(firm: FirmTables, since: date, until: date) -> dict[str, Sequence[Any]]:
    """Person -> where they belonged last within the days: those who have left are counted where they were."""
    found: dict[str, Sequence[Any]] = {}
    for row in sorted(firm.spans, key=lambda row: (row[0], row[1])):
        person, starts_on, ends_on = row[:3]
        is_there = starts_on <= until and (ends_on is None or ends_on > since)
        if is_there and _left(firm, person, until) >= since:
            found[person] = row
    return found


def _left(firm: FirmTables, person: str, until: date) -> date:
    employment = firm.people.get(person)
    return (employment.left_on if employment else None) or until


def _is_meant(visit: Visit, place: Sequence[Any], person: str, concerned: AbstractSet[str] | None) -> bool:
    units = visit.viewer.units
    return (not units or place[_SPAN["team"]] in units) and (concerned is None or person in concerned)


def _named(visit: Visit, managers: Mapping[str, str]) -> dict[str, str]:
    """Managers by name; two of the same name with their ids."""
    names = {manager: visit.hierarchy.name(manager) for manager in set(managers.values()) if manager}
    times = Counter(names.values())
    shown = {manager: name if times[name] == 1 else f"{name} ({manager})" for manager, name in names.items()}
    return {person: shown.get(manager, "") for person, manager in managers.items()}


def _stated(workspace: Workspace, known: AbstractSet[str]) -> tuple[Groups, tuple[str, ...]]:
    """What HR has stated. Raises Refused for a file with faults, and for one that others on the host can open."""
    from courtside.analysis.fairness.groups import UnreadableGroups, read_groups  # noqa: PLC0415

    path = workspace.root / PROTECTED
    if not path.is_file():
        return {}, (
            f"No groups are stated; HR may keep them in {PROTECTED} of the workspace, one column a grouping, and "
            "nobody else reads it.",
        )
    if path.stat().st_mode & _OTHERS:
        raise Refused(
            f"{PROTECTED}:1:1: others on this computer can open this file; keep it to its owner: chmod 600 {PROTECTED}"
        )
    try:
        return read_groups(path, known), ()
    except UnreadableGroups as fault:
        count = len(fault.lines)
        raise Refused(
            f"{PROTECTED} has {count} fault{'s' * (count != 1)}, so nothing was read from it", lines=fault.lines[:100]
        ) from None


def _panels(seen: Preview) -> tuple[Panel, ...]:
    from courtside.analysis.fairness.impact import Count  # noqa: PLC0415
    from courtside.analysis.fairness.panel import panel  # noqa: PLC0415
    from courtside.analysis.fairness.steps import Step  # noqa: PLC0415

    by: dict[str, dict[str, Count]] = {}
    for line in seen.lines:
        by.setdefault(line.grouping, {})[line.group] = Count(line.reached[Step.PLAN], line.people)
    return tuple(panel(grouping, counts) for grouping, counts in by.items())


def _log(visit: Visit, seen: Preview) -> None:
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    detail = {"comparisons": len(seen.comparisons), "held": len(seen.held), "hold": seen.hold}
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "show_fairness", detail))
