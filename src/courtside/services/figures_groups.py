"""Figures of groups for people who may not see everybody in them: none of fewer than five, not even by subtraction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from courtside.services.refused import Refused
from courtside.services.scoring import scorer_of
from courtside.services.viewing import Visit
from courtside.store.access import SMALLEST_GROUP, Action

if TYPE_CHECKING:
    from courtside.warehouse.asked import Scope
    from courtside.warehouse.question import Answer, Question
    from courtside.warehouse.session import Session

Row = Mapping[str, Any]
Cell = tuple[tuple[str, ...], str]
"""The groups of a figure, one for each dimension, and its period."""

LEFT_OUT = f"Figures that would speak of fewer than {SMALLEST_GROUP} people are left out."
_BELONGED = ("role", "manager", "segment", "region", "seniority", "tenure")
"""Groups people belong to: nothing counted for such a group says something of everybody in it."""


@dataclass(frozen=True, slots=True)
class _Behind:
    """Who is behind the figures of each cell; None if the records name no persons."""

    dimensions: tuple[str, ...]
    cells: Mapping[Cell, frozenset[str]] | None
    own: frozenset[str]

    def others(self, cell: Cell) -> frozenset[str]:
        """Those the viewer may not see one by one."""
        return (self.cells or {}).get(cell, frozenset()) - self.own


def grouped(
    visit: Visit, session: Session, question: Question, scopes: Sequence[Scope], *, is_bare: bool = False
) -> Answer:
    """The figures of groups a viewer may see; the question itself is allowed already.

    Raises Refused for a cut that could tell people apart, CannotAnswer.
    """
    dimensions = _dimensions(question, scopes)
    if not dimensions:
        return _asked(session, question, is_bare=is_bare)
    if dimensions == ("team",):
        return _of_teams(visit, _asked(session, question, is_bare=is_bare), scopes)
    behind = _Behind(dimensions, _people_behind(session, question, dimensions), visit.people())
    if behind.cells is not None and not any(behind.others(cell) for cell in behind.cells):
        return _within_teams(visit, _asked(session, question, is_bare=is_bare), question)
    if len(dimensions) > 1:
        raise Refused(
            "figures of groups are cut by one dimension at a time where they speak of people you may not see one by one"
        )
    return _of_groups(visit, session, question, behind)


def _dimensions(question: Question, scopes: Sequence[Scope]) -> tuple[str, ...]:
    named = (*question.by, *(scope.dimension for scope in scopes))
    return tuple(name for name in dict.fromkeys(named) if name not in ("company", "stage"))


def _asked(session: Session, question: Question, *, is_bare: bool = False) -> Answer:
    return session.ask(question) if is_bare else scorer_of(session).ask(question)


# teams -------------------------------------------------------------------------------------------------


def _of_teams(visit: Visit, answer: Answer, scopes: Sequence[Scope]) -> Answer:
    """Teams the viewer may see in total; in periods with too few members only for those who lead them."""
    team_of = {str(scope): scope.value for scope in scopes if scope.dimension == "team"}
    rows, is_short = [], False
    for row in answer.rows:
        team = team_of.get(str(row["scope"])) or str(row.get("team") or str(row["scope"]).partition(":")[2])
        if not visit.may_team(team, Action.SEE_TEAM_TOTAL):
            continue
        if _leads(visit, team) or len(_members(visit, team, str(row["period"]))) >= SMALLEST_GROUP:
            rows.append(row)
        else:
            is_short = True
    return _answer(answer, rows, is_short=is_short)


def _leads(visit: Visit, team: str) -> bool:
    members = visit.hierarchy.members(team, visit.today, visit.today)
    return bool(members & visit.people() - {visit.viewer.person_id})


def _members(visit: Visit, team: str, period: str) -> frozenset[str]:
    if period == "all":
        return visit.hierarchy.members(team, date.min, date.max)
    found = visit.standing.workspace.calendar.parse(period)
    return visit.hierarchy.members(team, found.starts_on, found.last_on)


def _within_teams(visit: Visit, answer: Answer, question: Question) -> Answer:
    """Rows of teams the viewer may see in total, where the cut is by team too."""
    if "team" not in question.by:
        return answer
    allowed = visit.teams(Action.SEE_TEAM_TOTAL)
    return _answer(answer, [row for row in answer.rows if row.get("team") in allowed], is_short=False)


# other groups ------------------------------------------------------------------------------------------


def _people_behind(
    session: Session, question: Question, dimensions: Sequence[str]
) -> Mapping[Cell, frozenset[str]] | None:
    """Whose rows are in each cell: the question once more, cut by person as well."""
    from courtside.warehouse.question import CannotAnswer  # noqa: PLC0415

    try:
        answer = session.ask(replace(question, by=(*dimensions, "person")))
    except CannotAnswer:
        return None
    found: dict[Cell, set[str]] = defaultdict(set)
    for row in answer.rows:
        if row["value"] or row.get("n"):
            found[_cell(row, dimensions)].add(str(row["person"]))
    return {cell: frozenset(people) for cell, people in found.items()}


def _cell(row: Row, dimensions: Sequence[str]) -> Cell:
    if len(dimensions) == 1 and dimensions[0] not in row:
        return (str(row["scope"]).partition(":")[2],), str(row["period"])
    return tuple(str(row.get(name) or "") for name in dimensions), str(row["period"])


def _of_groups(visit: Visit, session: Session, question: Question, behind: _Behind) -> Answer:
    """The groups of one dimension, those left out that are too small or would give a small one away.

    Asked for one group alone, what is left out is the same as in the whole cut.
    """
    (dimension,) = behind.dimensions
    wanted = {text.partition(":")[2] for text in question.scopes if text.partition(":")[0] == dimension}
    answer = _asked(session, replace(question, by=(dimension,), scopes=()))
    if behind.cells is None:
        rows: Sequence[Row] = () if dimension in _BELONGED else answer.rows
        return _answer(answer, _picked(rows, dimension, wanted), is_short=not rows)
    whole = replace(behind, cells=_people_behind(session, replace(question, scopes=()), (dimension,)))
    hidden = {
        cell for cells in _by_period(answer.rows, dimension).values() for cell in _hidden(cells, whole, dimension)
    }
    kept = [row for row in answer.rows if _cell(row, (dimension,)) not in hidden]
    if dimension == "manager":
        kept = [row for row in kept if _cell(row, (dimension,))[0][0] in visit.people()]
    return _answer(answer, _picked(kept, dimension, wanted), is_short=bool(hidden))


def _picked(rows: Sequence[Row], dimension: str, wanted: set[str]) -> list[Row]:
    return [row for row in rows if not wanted or _cell(row, (dimension,))[0][0] in wanted]


def _by_period(rows: Sequence[Row], dimension: str) -> Mapping[str, Sequence[Cell]]:
    found: dict[str, dict[Cell, None]] = defaultdict(dict)
    for row in rows:
        found[str(row["period"])][_cell(row, (dimension,))] = None
    return {period: tuple(cells) for period, cells in found.items()}


def _hidden(cells: Sequence[Cell], behind: _Behind, dimension: str) -> set[Cell]:
    """The cells of a period that are not shown: small ones, and so many more that none follows from the total."""
    size = {cell: len(behind.others(cell)) for cell in cells}
    empty_tells = dimension in _BELONGED
    hidden = {
        cell for cell in cells
        if 0 < size[cell] < SMALLEST_GROUP or (empty_tells and not (behind.cells or {}).get(cell))
    }  # fmt: skip
    rest = sorted((cell for cell in cells if cell not in hidden and size[cell]), key=lambda cell: (size[cell], cell))
    while hidden and rest and (len(hidden) < 2 or _together(hidden, behind) < SMALLEST_GROUP):
        hidden.add(rest.pop(0))
    return hidden


def _together(hidden: set[Cell], behind: _Behind) -> int:
    return len(frozenset().union(*(behind.others(cell) for cell in hidden)))


def _answer(answer: Answer, rows: Sequence[Row], *, is_short: bool) -> Answer:
    notes = (*answer.notes, LEFT_OUT) if is_short else answer.notes
    return replace(answer, rows=tuple(rows), notes=notes)
