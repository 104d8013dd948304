"""Where cases stay behind, as a page: the stages of each pipeline for a person, a team or the firm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from courtside.services.ladder_page import Choice
from courtside.services.scopes import COMPANY, check_scope, label_of, may_see_total
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import SMALLEST_GROUP, Action, Errand

if TYPE_CHECKING:
    from courtside.analysis.leaks.rows import Leaks

_YEAR = timedelta(days=365)
_SEEN = {"leak": "Leaks here", "too_early": "Too early to tell", "as_expected": ""}


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage in words, and the numbers it is drawn from."""

    stage: str
    entered: str
    past: str
    likely: str
    lost: str
    still_open: str
    median: str
    value: str
    verdict: str
    sentence: str
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PipelineLines:
    """The stages of one pipeline, in order, and within how many days each is to be passed."""

    name: str
    days: int
    stages: tuple[StageLine, ...]


@dataclass(frozen=True, slots=True)
class LeaksPage:
    """The page; without pipelines there is nothing recorded that could leak."""

    scope: str
    label: str
    choices: tuple[Choice, ...]
    pipelines: tuple[PipelineLines, ...]
    how: tuple[str, ...]


def leaks_page(visit: Visit, scope: str) -> LeaksPage:
    """The stages of whom the viewer may see. Raises NotFound for whom they may not."""
    choices = _choices(visit)
    scope = scope or next(iter(choices), "")
    _check(visit, scope)
    choices.setdefault(scope, label_of(visit, scope))
    found = tuple(Choice(one, label, one == scope) for one, label in choices.items() if one)
    if not scope or visit.recorded_until() is None:
        return LeaksPage(scope, label_of(visit, scope), found, (), ())
    leaks = _of_all(visit, scope.partition(":")[0])
    rows = [row for row in leaks.rows if row["scope"] == scope]
    people = Counter((row["pipeline"], row["stage"]) for row in leaks.rows)
    names = list(dict.fromkeys(row["pipeline"] for row in rows))
    pipelines = tuple(_pipeline(name, rows, people) for name in names)
    notes = tuple(note for note in leaks.notes if any(f" {name} pipeline" in note for name in names))
    return LeaksPage(scope, label_of(visit, scope), found, pipelines, notes)


def leaks_ahead(visit: Visit) -> None:
    """Work out everybody's, every team's and the firm's before anybody asks. Raises Refused without records."""
    for dimension in ("person", "team", COMPANY):
        _of_all(visit, dimension)


def _of_all(visit: Visit, dimension: str) -> Leaks:
    """The leaks of every person or team, worked out once: the next to look waits for nothing."""
    from courtside.analysis.leaks.rows import AskLeaks, leaks_for_all  # noqa: PLC0415  (numpy loads now)

    by = None if dimension == COMPANY else dimension

    def read() -> Leaks:
        with visit.session() as session:
            return leaks_for_all(session, AskLeaks(visit.today, by=by))

    return visit.remembered(("leaks", by, visit.today), read, is_bulky=True)


def _pipeline(name: str, rows: Sequence[Mapping[str, Any]], people: Mapping[tuple[str, str], int]) -> PipelineLines:
    own = [row for row in rows if row["pipeline"] == name]
    lines = tuple(_line(row, people[name, row["stage"]]) for row in own)
    return PipelineLines(name, own[0]["horizon_days"], lines)


def _line(row: Mapping[str, Any], groups: int) -> StageLine:
    """One row in words. Beside a few people nobody is compared: the others' rate would be theirs."""
    from courtside.analysis.wording import amount, between, percent, whole  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    low, high = row["interval"]
    median, value = row["median_days"], row["value_lost"]
    is_alone = row["scope"].startswith("person:") and groups <= SMALLEST_GROUP
    return StageLine(
        stage=row["stage"],
        entered=whole(row["entered"]),
        past=percent(row["rate"], 2),
        likely=between(low, high, Unit.PERCENT),
        lost=whole(row["lost"]),
        still_open=whole(row["open"]),
        median="not yet" if median is None else amount(median, Unit.DAYS),
        value="not recorded" if value is None else amount(value, Unit.MONEY, row["currency"]),
        verdict="" if is_alone else _SEEN[row["verdict"]],
        sentence=f"Too few people have cases in {row['stage']} to compare with." if is_alone else row["sentence"],
        rate=row["rate"],
        low=low,
        high=high,
    )


# Whose ---------------------------------------------------------------------------------------------------------------


def _choices(visit: Visit) -> dict[str, str]:
    """Whose stages can be shown, the usual one first: one's team or the firm, else one's own."""
    found = {f"team:{team}": f"Team {team}" for team in sorted(visit.teams(Action.SEE_TEAM_TOTAL))}
    found = {scope: label for scope, label in found.items() if _may_see_total(visit, label.removeprefix("Team "))}
    if visit.may_run(Errand.SEE_COMPANY):
        found = {COMPANY: "The whole firm", **found}
    own = visit.viewer.person_id
    if own in visit.hierarchy.names:
        found[f"person:{own}"] = "My own figures"
    return found


def _check(visit: Visit, scope: str) -> None:
    """Raises NotFound for what is no scope of the page, or none the viewer may see."""
    check_scope(visit, scope)
    dimension, _, team = scope.partition(":")
    if dimension == "team" and not _may_see_total(visit, team):
        raise NotFound


def _may_see_total(visit: Visit, team: str) -> bool:
    """Whether the total of the year to today may be shown."""
    return may_see_total(visit, team, visit.today - _YEAR, visit.today)
