"""`benchmark`: the top and the rest, like with like, and what else a comparison of people and of cases can tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.records.period import Grain, Period
from courtside.services.answer_metric import Answered, days_of, in_session
from courtside.services.asking import read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.list_metrics import require_metric
from courtside.services.refused import Refused, unknown
from courtside.services.score_card import card_of
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.analysis.benchmark.people_figures import Reader
    from courtside.warehouse.question import Question
    from courtside.warehouse.session import Session

USUAL = {
    "top": None, "people": "closing_rate", "sources": "closing_rate", "persistence": "closing_rate",
    "bands": "win_rate", "accounts": "account_retention", "levels": None, "map": "",
}  # fmt: skip
"""What can be asked for, and of which metric where none is named (None: one has to be; empty: the card's)."""
_BY_SOURCE = "source"
_PERSONAL = ("people", "sources")

_NO_STRATUM = ("person", "company", "stage")
"""What cases cannot be alike in, and be different people's."""

Found = tuple[Sequence[Mapping[str, Any]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class ShowBenchmark:
    """What is compared, of which metric, by which stratum of cases, and for when."""

    metric: str | None
    what: str = "top"
    by: str = _BY_SOURCE
    period: str | None = None
    person: str | None = None
    as_of: date | None = None
    known_at: date | datetime | None = None
    each: str | None = None
    """Accounts of each person or team apart; the firm's without."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows of a comparison, what there is to say about them, and of which days they speak."""

    rows: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    period: Period


def show_benchmark(workspace: Workspace, caller: Caller, show: ShowBenchmark) -> Answered:
    """The rows of a comparison and what there is to say about them.

    Without a period it speaks of the last year that ends with a ripe quarter. Raises Refused for a metric,
    period or person nobody knows, and for metrics that cannot be compared so.
    """
    from courtside.warehouse.question import Question  # noqa: PLC0415  (DuckDB loads now)

    catalogue = catalogue_in_force(workspace)
    name = show.metric or USUAL[show.what]
    if name is None:
        raise Refused(f"name the metric to compare, such as: courtside benchmark closing_rate --what {show.what}")
    names = card_of(workspace) if show.what == "map" and not show.metric else [name]
    names = [require_metric(workspace, catalogue, name).name for name in names]
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    first, last = days_of(workspace, show.period) if show.period not in (None, "all") else (None, None)
    _check(show)
    if show.what in _PERSONAL:
        _log(caller, show, names)
    grain = Grain.ALL if show.period == "all" else None
    question = Question(names[0], (), grain, first, last, clocks.as_of, clocks.known_at)

    found, notes = in_session(
        workspace, caller, catalogue, question, lambda session: compare(session, question, show, names)
    )
    return Answered(found.rows, (*notes, *found.notes), clocks.as_of, clocks.known_at)


def compare(session: Session, question: Question, show: ShowBenchmark, names: Sequence[str]) -> Compared:
    """What the command and the page share: the comparison of the metrics named over the days of a question.

    Raises CannotAnswer for metrics that cannot be compared so, and where nothing is recorded.
    """
    from courtside.analysis.benchmark.people_figures import Reader  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.benchmark.ripe import stretch_of  # noqa: PLC0415

    stretch = stretch_of(session, question)
    rows, notes = _ASKED[show.what](Reader(session, question, stretch.period, names), show, names)
    told = [] if stretch.is_ripe(question.as_of) else [_unripe(stretch.period.last_on, stretch.ripe_on)]
    marked = tuple({"what": show.what, **row, "complete": not told} for row in rows)
    return Compared(marked, (*told, *notes), stretch.period)


def _check(show: ShowBenchmark) -> None:
    """Raises Refused for a dimension there is none of, and for a person where nobody's rows are shown."""
    from courtside.warehouse.dimensions import DIMENSIONS  # noqa: PLC0415

    if show.by not in DIMENSIONS or show.by in _NO_STRATUM:
        raise unknown("dimension", show.by, [name for name in DIMENSIONS if name not in _NO_STRATUM])
    if show.person is not None and show.what not in _PERSONAL:
        raise Refused(f"--person goes with --what {' or '.join(_PERSONAL)}; {show.what} speaks of groups")


def _unripe(last_on: date, ripe_on: date | None) -> str:
    day = max(last_on, ripe_on or last_on)
    return f"These figures are unfinished until {day}: people whose cases are younger look worse than they are."


def _log(caller: Caller, show: ShowBenchmark, names: Sequence[str]) -> None:
    """Who looked at whose figures is part of the record."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    detail = {"metrics": list(names), "what": show.what, "scope": f"person:{show.person}" if show.person else "all"}
    audit.write(audit.Act(caller.clock(), caller.who, "show_benchmark", detail))


def _top(reader: Reader, show: ShowBenchmark, names: Sequence[str]) -> Found:
    from courtside.analysis.benchmark.top_and_rest import top_and_rest  # noqa: PLC0415

    return top_and_rest(reader, names[0], show.by)


def _people(reader: Reader, show: ShowBenchmark, names: Sequence[str]) -> Found:
    from courtside.analysis.benchmark.handed import mix_of, mix_or_alike  # noqa: PLC0415
    from courtside.analysis.benchmark.mix_words import alike_sentence  # noqa: PLC0415
    from courtside.analysis.benchmark.source_figures import cost_rows, cost_sentence  # noqa: PLC0415
    from courtside.analysis.statistics.mix import homogeneity  # noqa: PLC0415

    question = reader.about(names[0])
    is_usual = show.by == _BY_SOURCE
    mix = mix_or_alike(reader.session, question) if is_usual else mix_of(reader.session, question, show.by)
    rows = mix.rows(None if show.person is None else frozenset([_known_person(reader, show.person)]))
    costs = cost_rows(reader, mix)
    rows = [{**row, **costs.get(row["scope"], {})} for row in rows]
    rows = [{**row, "sentence": row["sentence"] + cost_sentence(row)} for row in rows]
    found = homogeneity(mix.handed)
    people = found.freedom + 1
    told = alike_sentence(mix.metric.label, people, found.square, found.freedom, found.chance)
    return rows, [told] if found.freedom else [] if rows else [f"Nothing is recorded that {names[0]} counts."]


def _sources(reader: Reader, show: ShowBenchmark, names: Sequence[str]) -> Found:
    from courtside.analysis.benchmark.source_figures import source_rows  # noqa: PLC0415

    person = None if show.person is None else _known_person(reader, show.person)
    return source_rows(reader, names[0], show.by, person), []


def _known_person(reader: Reader, person: str) -> str:
    """The id of somebody there is. Raises CannotAnswer, naming the nearest."""
    question = replace(reader.question, scopes=(f"person:{person}",))
    metric = reader.session.catalogue[question.metric]
    return reader.session.asked_of(question, metric).scopes[0].value


def _persistence(reader: Reader, show: ShowBenchmark, names: Sequence[str]) -> Found:  # noqa: ARG001  (one shape)
    from courtside.analysis.benchmark.persistence import persistence  # noqa: PLC0415

    return persistence(reader, names[0])


def _bands(reader: Reader, show: ShowBenchmark, names: Sequence[str]) -> Found:  # noqa: ARG001  (one shape)
    from courtside.analysis.benchmark.bands import focus_bands  # noqa: PLC0415

    return focus_bands(reader, names[0])


def _accounts(reader: Reader, show: ShowBenchmark, names: Sequence[str]) -> Found:  # noqa: ARG001  (one shape)
    from courtside.analysis.benchmark.key_accounts import key_accounts  # noqa: PLC0415

    return key_accounts(reader, show.each)


def _source_groups(reader: Reader, show: ShowBenchmark, names: Sequence[str]) -> Found:
    from courtside.analysis.benchmark.source_groups import source_groups  # noqa: PLC0415

    return source_groups(reader, names[0], show.by)


def _levels(reader: Reader, show: ShowBenchmark, names: Sequence[str]) -> Found:  # noqa: ARG001  (one shape)
    from courtside.analysis.benchmark.expectations import levels  # noqa: PLC0415

    return levels(reader, names[0])


def _map(reader: Reader, show: ShowBenchmark, names: Sequence[str]) -> Found:  # noqa: ARG001  (one shape)
    from courtside.analysis.benchmark.rung_map import rung_map  # noqa: PLC0415

    return rung_map(reader, names)


_ASKED: Mapping[str, Callable[[Reader, ShowBenchmark, Sequence[str]], Found]] = {
    "top": _top, "people": _people, "sources": _sources, "persistence": _persistence, "bands": _bands,
    "accounts": _accounts, "levels": _levels, "map": _map, "source_groups": _source_groups,
}  # fmt: skip
"""What answers each kind of comparison."""
