"""Where cases stay behind, as a page: the stages of each pipeline for a person, a team or the firm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from courtside.services.ladder_page import Choice
from courtside.services.leak_cases import (
    BY,
    WINDOWS,
    Asked,
    all_of_them,
    kept_back,
    of_scope,
    part_label,
    scopes,
)
from courtside.services.leak_whereabouts import Stop, whereabouts
from courtside.services.scopes import COMPANY, label_of
from courtside.services.show_leaks import recorded_on
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import SMALLEST_GROUP

if TYPE_CHECKING:
    from courtside.analysis.leaks.cases import Cases
    from courtside.analysis.leaks.rows import Leaks

_SEEN = {"leak": "Leaks here", "too_early": "Too early to tell", "as_expected": ""}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage, or one part of the cases at a stage, in words, and the numbers it is drawn from."""

    label: str
    entered: str
    past: str
    likely: str
    median: str
    verdict: str
    sentence: str
    months: str
    """The address of the same month by month, behind the question mark."""
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StageLines:
    """A stage and its lines: one, or one for each part of a cut."""

    stage: str
    lines: tuple[StageLine, ...]


@dataclass(frozen=True, slots=True)
class PipelineLines:
    """The stages of one pipeline, in order, within how many days each is to be passed, and where the cases are."""

    name: str
    days: int
    stages: tuple[StageLines, ...]
    stops: tuple[Stop, ...]
    kept_back: str
    """Which parts are not shown, and why; empty where all are."""
    query: str
    """What was asked of this pipeline, for addresses of pages about it."""


@dataclass(frozen=True, slots=True)
class LeaksPage:
    """The page; without pipelines there is nothing recorded that could leak."""

    label: str
    choices: tuple[Choice, ...]
    cuts: tuple[Choice, ...]
    windows: tuple[Choice, ...]
    asked: Asked
    cut: str
    """What the stages are cut by, in words; empty where they are not."""
    window: str
    pipelines: tuple[PipelineLines, ...]
    how: tuple[str, ...]


def leaks_page(visit: Visit, wanted: Asked) -> LeaksPage:
    """The stages of whom the viewer may see. Raises NotFound for whom they may not."""
    asked, choices = wanted.checked(visit), scopes(visit)
    scope, label = asked.scope, label_of(visit, asked.scope)
    choices.setdefault(scope, label)
    page = LeaksPage(
        label, tuple(Choice(one, words, one == scope) for one, words in choices.items() if one),
        tuple(Choice(one, words, one == asked.by) for one, words in BY.items()),
        tuple(Choice(one, words.capitalize(), one == asked.window) for one, words in WINDOWS.items()),
        asked, BY[asked.by].lower() if asked.by else "", WINDOWS[asked.window], (), (),
    )  # fmt: skip
    if not scope or visit.recorded_until() is None:
        return page
    leaks = _of_all(visit, scope.partition(":")[0])
    rows = [row for row in leaks.rows if row["scope"] == scope]
    names = list(dict.fromkeys(row["pipeline"] for row in rows))
    notes = tuple(note for note in leaks.notes if any(f" {name} pipeline" in note for name in names))
    people = Counter((row["pipeline"], row["stage"]) for row in leaks.rows)
    found = [_pipeline(visit, asked, [row for row in rows if row["pipeline"] == name], people) for name in names]
    unknown = tuple(note for _, more in found for note in more)
    return replace(page, pipelines=tuple(one for one, _ in found), how=(*notes, *unknown))


def leaks_ahead(visit: Visit) -> None:
    """Work out everybody's, every team's and the firm's before anybody asks. Raises Refused without records."""
    for dimension in ("person", "team", COMPANY):
        _of_all(visit, dimension)
    for by in BY:
        asked = Asked(COMPANY, by, next(iter(WINDOWS)))
        for cases in all_of_them(visit).values():
            whereabouts(visit, cases, asked)
            if by:
                _of_parts(visit, asked, cases)


def _of_all(visit: Visit, dimension: str) -> Leaks:
    """The leaks of every person or team, worked out once: the next to look waits for nothing."""
    from courtside.analysis.leaks.late_entry import late_entries  # noqa: PLC0415  (numpy loads now)
    from courtside.analysis.leaks.rows import AskLeaks, Leaks, leaks_of  # noqa: PLC0415

    by = None if dimension == COMPANY else dimension

    def read() -> Leaks:
        orders = {name: [stage.name for stage in order] for name, order in visit.catalogue().pack.stages.items()}
        currency, ask = visit.standing.workspace.settings.currency, AskLeaks(visit.today, by=by)
        each = [
            leaks_of(cases.cut_by(by), ask, currency, orders.get(name, ()))
            for name, cases in all_of_them(visit).items()
        ]
        days = recorded_on(visit.standing.workspace)
        with visit.session() as session:
            late = tuple(late_entries(session.engine, days, visit.today))
        rows = tuple(row for one in each for row in one.rows)
        return Leaks(rows, (*(note for one in each for note in one.notes), *late))

    return visit.remembered(("leaks", by, visit.today), read, is_bulky=True)


def horizon_of(visit: Visit, scope: str, pipeline: str) -> int:
    """The days within which the stages of a pipeline are to be passed. Raises NotFound for one without cases."""
    rows = _of_all(visit, scope.partition(":")[0]).rows
    found = next((row["horizon_days"] for row in rows if row["pipeline"] == pipeline), None)
    if found is None:
        raise NotFound
    return int(found)


def _of_parts(visit: Visit, asked: Asked, cases: Cases) -> Leaks:
    """The same of the lead sources or account sizes of one scope, beside each other, within the same days."""
    from courtside.analysis.leaks.rows import AskLeaks, leaks_of  # noqa: PLC0415

    ask = AskLeaks(visit.today, cases.name, asked.by, horizon_of(visit, asked.scope, cases.name))
    currency = visit.standing.workspace.settings.currency
    key = ("leaks of parts", asked.scope, asked.by, cases.name, visit.today)
    return visit.remembered(key, lambda: leaks_of(cases.cut_by(asked.by), ask, currency))


def _pipeline(
    visit: Visit, asked: Asked, own: Sequence[Row], people: Mapping[tuple[str, str], int]
) -> tuple[PipelineLines, Sequence[str]]:
    """The stages of one pipeline, and what is to be said of the cut besides."""
    name, days = own[0]["pipeline"], own[0]["horizon_days"]
    cases, here = of_scope(all_of_them(visit)[name], asked.scope), replace(asked, pipeline=name)
    notes: Sequence[str] = ()
    told, hidden = "", frozenset[str | None]()
    if asked.by:
        found = _of_parts(visit, asked, cases)
        hidden = kept_back(visit, cases, asked.by)
        own = [row for row in found.rows if (_part(row) or None) not in hidden]
        notes = [note for note in found.notes if "is not known on this day" in note]
        told = _kept_back_words(len(hidden), BY[asked.by].lower())
    stages = tuple(
        StageLines(stage, tuple(_lines([row for row in own if row["stage"] == stage], here, people)))
        for stage in dict.fromkeys(row["stage"] for row in own)
    )
    return PipelineLines(name, days, stages, whereabouts(visit, cases, here), told, here.query()), notes


def _kept_back_words(hidden: int, cut: str) -> str:
    if not hidden:
        return ""
    return (
        f"{hidden} by {cut} {'is' if hidden == 1 else 'are'} not shown: with the cases of so few people in "
        f"{'it' if hidden == 1 else 'them'}, single people could be told apart."
    )


def _part(row: Row) -> str:
    """Whose or what a row is of; empty where it is not known."""
    return str(row["scope"].partition(":")[2])


def _lines(rows: Sequence[Row], asked: Asked, people: Mapping[tuple[str, str], int]) -> Iterator[StageLine]:
    """Rows in words. Beside a few people nobody is compared: the others' rate would be theirs."""
    from courtside.analysis.wording import amount, between, percent, whole  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    for row in rows:
        (low, high), median, stage = row["interval"], row["median_days"], row["stage"]
        is_alone = row["scope"].startswith("person:") and people[row["pipeline"], stage] <= SMALLEST_GROUP
        here = replace(asked, stage=stage, part=_part(row) if asked.by else "")
        yield StageLine(
            label=part_label(_part(row) or None) if asked.by else stage,
            entered=whole(row["entered"]),
            past=percent(row["rate"], 2),
            likely=between(low, high, Unit.PERCENT),
            median="not yet" if median is None else amount(median, Unit.DAYS),
            verdict="" if is_alone or (asked.by and not _part(row)) else _SEEN[row["verdict"]],
            sentence=f"Too few people have cases in {stage} to compare with." if is_alone else row["sentence"],
            months=here.query(),
            rate=row["rate"],
            low=low,
            high=high,
        )
