"""Any figure, card, ladder or row for one viewer: only what they may see, the rest as if it did not exist."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from courtside.records.period import Grain
from courtside.services.answer_metric import Answered, Ask, question_of
from courtside.services.asking import read_clocks
from courtside.services.figures_groups import grouped
from courtside.services.refused import Refused, unknown
from courtside.services.score_card import ShowCard, card_in
from courtside.services.scoring import scorer_of
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Action, Errand, may

if TYPE_CHECKING:
    from courtside.warehouse.asked import Scope
    from courtside.warehouse.question import Question

EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)
"""Days outside of these are no days of a firm's records."""
MOST_PERIODS = 1_200
"""More periods than this are not answered at once: three years of days, twenty of weeks."""
MOST_ROWS = 1_000
_DAYS_A_PERIOD = {Grain.DAY: 1, Grain.WEEK: 7}
_OF_A_SCOPE = re.compile(r"[a-z0-9_]+ (company|[a-z_]+:.*): ")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the rows behind a figure, and how many there are."""

    rows: tuple[Row, ...]
    total: int
    notes: tuple[str, ...] = ()


def figures_for(visit: Visit, ask: Ask) -> Answered:
    """The figures of a question with all there is to say about how sure they are, as far as the viewer may see them.

    Raises NotFound for whom or what they may not see, Refused for what cannot be answered.
    """
    ask = _checked(visit, ask)
    scopes = _scopes(ask.scopes)
    people = _people_asked(visit, ask, scopes)
    clocks = read_clocks(visit.standing.workspace, visit.caller, ask.as_of, None)
    question = question_of(visit.standing.workspace, ask, clocks)
    with visit.session() as session:
        if people is None:
            answer = grouped(visit, session, question, scopes)
        else:
            wanted = frozenset(f"person:{one}" for one in people) if ask.by == ("person",) and not scopes else None
            answer = scorer_of(session).ask(question, wanted)
    rows = answer.rows
    if "person" in ask.by:
        rows = tuple(row for row in rows if key_of(row, "person", ask.by) in visit.people())
        _note_looks(visit, ask.metric, {key_of(row, "person", ask.by) for row in rows})
    return Answered(tuple(map(plain, rows)), own_notes(answer.notes, rows), clocks.as_of, None)


def rows_for(visit: Visit, ask: Ask, offset: int = 0, limit: int = MOST_ROWS) -> Page:
    """The records behind a person's figure. Raises NotFound, Refused."""
    scopes = _scopes(ask.scopes)
    if len(scopes) != 1 or scopes[0].dimension != "person":
        raise Refused("rows are shown of one person at a time: give scope=person:ID")
    ask = _checked(visit, replace(ask, scopes=(f"person:{visit.person(scopes[0].value)}",), by=(), wants_rows=True))
    clocks = read_clocks(visit.standing.workspace, visit.caller, ask.as_of, None)
    question = question_of(visit.standing.workspace, ask, clocks)
    with visit.session() as session:
        answer = session.behind(question)
    rows = [row for row in answer.rows if row["person"] in (None, scopes[0].value)]
    return Page(tuple(map(plain, rows[offset : offset + limit])), len(rows), answer.notes)


def card_for(visit: Visit, show: ShowCard) -> Answered:
    """The score card of a person the viewer may see. Raises NotFound, Refused."""
    workspace = visit.standing.workspace
    show = replace(show, person=visit.person(show.person or ""), team=None, known_at=None)
    _check_days(show.as_of)
    clocks = read_clocks(workspace, visit.caller, show.as_of, None)
    _check_size(visit, Ask("", grain=show.grain, period=show.period, as_of=show.as_of))

    def rows() -> tuple[tuple[Row, ...], tuple[str, ...]]:
        with visit.session() as session:
            found, told = card_in(session, workspace, show, clocks)
            return found, told

    found, told = visit.remembered(("card", show), rows)
    return Answered(tuple(map(plain, found)), own_notes(told, found), clocks.as_of, None)


def ladder_for(visit: Visit, start: str | None, scope: str | None, period: str | None, as_of: date | None) -> Answered:
    """The steps from a result (every one, if none is named) down to its causes, with the figures of a scope.

    Without a scope: the firm's figures for those who may see them, else the viewer's own, else none. Raises NotFound,
    Refused.
    """
    from courtside.metrics.ladder import tops, walk  # noqa: PLC0415  (keeps start-up short)

    catalogue = visit.catalogue()
    _check_metric(visit, start) if start is not None else None
    steps = [step for top in ((start,) if start else tops(catalogue)) for step in walk(catalogue, top)]
    chosen = scope if scope is not None else _usual_scope(visit)
    clocks = read_clocks(visit.standing.workspace, visit.caller, as_of, None)
    figures: Mapping[str, Row] = {}
    if chosen is not None:
        ask = _checked(visit, Ask(catalogue[steps[0].metric.name].name, period=period, scopes=(chosen,), as_of=as_of))
        _people_asked(visit, ask, _scopes(ask.scopes))
        if _scopes(ask.scopes)[0].dimension not in ("company", "team", "person"):
            raise Refused("the ladder is shown of the firm, a team or a person; give scope=team:NAME or person:ID")
        figures = _step_figures(visit, ask, tuple(dict.fromkeys(step.metric.name for step in steps)))
    rows = []
    for step in steps:
        figure = figures.get(step.metric.name, {})
        rows.append(
            {
                "metric": step.metric.name,
                "label": step.metric.label,
                "rung": step.metric.rung.value,
                "depth": step.depth,
                "moves": step.moves,
                "lag_weeks": step.lag_weeks,
                "unit": step.metric.unit.value,
                "direction": step.metric.direction.value,
                **{key: figure.get(key) for key in ("scope", "period", "value", "n")},
            }
        )
    return Answered(tuple(map(plain, rows)), (), clocks.as_of, None)


def _step_figures(visit: Visit, ask: Ask, names: Sequence[str]) -> Mapping[str, Row]:
    """The bare figure of each metric that has one for the scope asked about."""
    from courtside.store.ledger import entries  # noqa: PLC0415  (Django stays out of start-up)

    if all(entry.undone_at is not None for entry in entries()):
        return {}
    clocks = read_clocks(visit.standing.workspace, visit.caller, ask.as_of, None)
    questions = [question_of(visit.standing.workspace, replace(ask, metric=name), clocks) for name in names]
    (scope,) = _scopes(ask.scopes)
    if scope.dimension == "team":
        return _answered(visit, questions, scope)  # in which periods a team is shown depends on who looks
    return visit.remembered(("ladder", tuple(questions)), lambda: _answered(visit, questions, scope))


def _answered(visit: Visit, questions: Sequence[Question], scope: Scope) -> Mapping[str, Row]:
    """The figures there are; a metric that cannot be cut so has none."""
    from courtside.warehouse.question import CannotAnswer  # noqa: PLC0415

    figures: dict[str, Row] = {}
    with visit.session() as session:
        for question in questions:
            try:
                if scope.dimension == "team":
                    rows = grouped(visit, session, question, (scope,), is_bare=True).rows
                else:
                    rows = session.ask(question).rows
            except CannotAnswer:
                continue
            if len(rows) == 1:
                figures[question.metric] = rows[0]
    return figures


def _usual_scope(visit: Visit) -> str | None:
    if visit.may_run(Errand.SEE_COMPANY):
        return "company"
    own = visit.viewer.person_id
    return f"person:{own}" if own in visit.hierarchy.names else None


# what may be asked -------------------------------------------------------------------------------------


def _scopes(texts: Iterable[str]) -> tuple[Scope, ...]:
    from courtside.warehouse.asked import Scope  # noqa: PLC0415

    return tuple(dict.fromkeys(Scope.parse(text) for text in texts))


def _people_asked(visit: Visit, ask: Ask, scopes: Sequence[Scope]) -> frozenset[str] | None:
    """Whose figures they are, each allowed; None for figures of groups. Raises NotFound."""
    own = frozenset(visit.person(scope.value) for scope in scopes if scope.dimension == "person")
    is_personal = bool(own) or "person" in ask.by
    for scope in scopes:
        if scope.dimension == "team":
            visit.team(scope.value, Action.SEE_TEAM if is_personal else Action.SEE_TEAM_TOTAL)
        elif scope.dimension == "manager" and scope.value not in visit.people():
            raise NotFound
    if is_personal:
        return own or visit.people()
    cuts = {*ask.by, *(scope.dimension for scope in scopes)} - {"company", "stage"}
    if cuts != {"team"} and not visit.may_run(Errand.SEE_COMPANY):
        raise NotFound
    return None


def _checked(visit: Visit, ask: Ask) -> Ask:
    """The question without what says nothing. Raises Refused for what nobody can ask."""
    _check_metric(visit, ask.metric)
    if ask.period is not None and (ask.first is not None or ask.last is not None):
        raise Refused("give period, or from and to, not both")
    _check_days(ask.first, ask.last, ask.as_of)
    if ask.first is not None and ask.last is not None and ask.first > ask.last:
        raise Refused(f"from {ask.first} lies after to {ask.last}")
    _check_size(visit, ask)
    return replace(ask, by=tuple(name for name in dict.fromkeys(ask.by) if name != "company"))


def _check_metric(visit: Visit, name: str) -> None:
    catalogue = visit.catalogue()
    if name not in catalogue:
        raise unknown("metric", name, (metric.name for metric in catalogue if not metric.internal))


def _check_days(*days: date | None) -> None:
    for day in days:
        if day is not None and not EARLIEST <= day <= LATEST:
            raise Refused(f"{day} is no day records could be of; give one from {EARLIEST} to {LATEST}")


def _check_size(visit: Visit, ask: Ask) -> None:
    first, last = ask.first, ask.last
    if ask.period and ask.period != "all":
        from courtside.services.answer_metric import days_of  # noqa: PLC0415

        first, last = days_of(visit.standing.workspace, ask.period)
        _check_days(first, last)
    if ask.grain is None or (first is None and last is None):
        return
    days = ((last or ask.as_of or visit.today) - (first or EARLIEST)).days + 1
    if days / _DAYS_A_PERIOD.get(ask.grain, 28) > MOST_PERIODS:
        raise Refused(f"that is more than {MOST_PERIODS:,} periods; ask for a shorter stretch or longer periods")


def _note_looks(visit: Visit, metric: str, people: set[str]) -> None:
    """Looks at many people at once that belong into the log, as one act."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    viewer, hierarchy, today = visit.viewer, visit.hierarchy, visit.today
    logged = [
        one for one in sorted(people)
        if viewer.is_read_only or may(viewer, Action.SEE_CARD, one, hierarchy, today).is_logged
    ]  # fmt: skip
    if logged:
        detail = {"metric": metric, "persons": logged}
        audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "see_figures", detail))


# how rows are handed on --------------------------------------------------------------------------------


def key_of(row: Row, dimension: str, by: Sequence[str]) -> str:
    """The group of a row in one dimension it was cut by; empty for no group."""
    if len([name for name in by if name != "stage"]) > 1 or dimension in row:
        return str(row.get(dimension) or "")
    return str(row["scope"]).partition(":")[2]


def own_notes(notes: Iterable[str], rows: Iterable[Row]) -> tuple[str, ...]:
    """The notes that speak of nobody but those shown: notes on targets begin with `metric scope: `."""
    shown = tuple({f"{row['metric']} {row['scope']}: " for row in rows})
    return tuple(note for note in notes if not _OF_A_SCOPE.match(note) or note.startswith(shown))


def plain(row: Row) -> dict[str, Any]:
    """A row as JSON knows it: no NaN, no infinity, days in ISO form, ranges as lists."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    match value:
        case None | str() | bool() | int():
            return value
        case float() | Decimal():
            number = float(value)
            return number if math.isfinite(number) else None
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case Iterator() | Sequence():
            return [_plain(item) for item in value]
        case _:
            return str(value)
