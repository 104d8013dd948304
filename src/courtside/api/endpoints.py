"""The addresses of the API: what may be asked, and how."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from courtside.api import shapes
from courtside.api.identity import visit_in
from courtside.records.period import Grain
from courtside.services.answer_metric import Ask
from courtside.services.figures_for import MOST_ROWS, card_for, figures_for, ladder_for, rows_for
from courtside.services.list_metrics import describe_metric, list_metrics
from courtside.services.score_card import ShowCard
from courtside.services.viewing import NotFound, served
from courtside.store.access import Action

REFUSED = {400: shapes.Refusal, 401: shapes.Refusal, 404: shapes.Refusal}

GrainName = Literal[
    "day", "week", "month", "quarter", "half", "year", "fiscal-period", "fiscal-quarter", "fiscal-half", "fiscal-year",
    "all",
]  # fmt: skip
CardGrain = Literal["week", "month", "quarter", "half", "year"]
Period = Annotated[str | None, Query(description="A period's name, such as 2017-Q4, 2017-W47, FY2018 or all.")]
Scopes = Annotated[
    list[str] | None, Query(description="Only this scope: person:ID, team:NAME, company …; several narrow it.")
]
AsOf = Annotated[date | None, Query(description="What had happened by the end of this day. Default: today.")]
First = Annotated[date | None, Query(alias="from", description="The first day.")]
Last = Annotated[date | None, Query(alias="to", description="The last day, included.")]

router = Router()


@router.get("/me", response={200: shapes.Me, **REFUSED}, operation_id="me", summary="Whoever asks")
def me(request: HttpRequest) -> dict[str, Any]:
    """Who the token or the session belongs to, and the firm's day."""
    visit = visit_in(request)
    viewer = visit.viewer
    return {
        "username": viewer.username,
        "name": viewer.name,
        "person_id": viewer.person_id,
        "roles": sorted(role.value for role in viewer.roles),
        "firm": visit.standing.workspace.settings.name,
        "today": visit.today,
        "is_read_only": viewer.is_read_only,
    }


@router.get("/metrics", response={200: shapes.Metrics, **REFUSED}, operation_id="metrics", summary="The catalogue")
def metrics(request: HttpRequest) -> dict[str, Any]:
    """Every metric in force: its question, unit, direction and version."""
    del request
    rows, _ = list_metrics(served())
    return {"rows": rows}


@router.get(
    "/metrics/{name}", response={200: shapes.Definition, **REFUSED}, operation_id="metric", summary="One definition"
)
def metric(request: HttpRequest, name: str) -> dict[str, Any]:
    """One metric in full: what it is made of, what moves it, and who uses it."""
    if name not in visit_in(request).catalogue():
        raise NotFound
    return describe_metric(served(), name)


@router.get("/people", response={200: shapes.People, **REFUSED}, operation_id="people", summary="People")
def people(request: HttpRequest) -> dict[str, Any]:
    """Everybody whose figures whoever asks may see."""
    visit = visit_in(request)
    hierarchy, today = visit.hierarchy, visit.today
    rows = [
        {
            "person_id": one,
            "name": hierarchy.name(one),
            "relation": hierarchy.relation(visit.viewer.person_id, one, today).value,
            "teams": sorted(hierarchy.teams_of(one, today)),
            "manager_ids": sorted(hierarchy.managers_of(one, today)),
        }
        for one in visit.people()
    ]
    return {"rows": sorted(rows, key=lambda row: (row["name"], row["person_id"]))}


@router.get("/teams", response={200: shapes.Teams, **REFUSED}, operation_id="teams", summary="Teams")
def teams(request: HttpRequest) -> dict[str, Any]:
    """The teams whoever asks may see in some way, and in which."""
    visit = visit_in(request)
    named, totals = visit.teams(Action.SEE_TEAM_NAMES), visit.teams(Action.SEE_TEAM_TOTAL)
    found = sorted(visit.teams() | named | totals)
    return {"rows": [{"team": t, "may_see_names": t in named, "may_see_total": t in totals} for t in found]}


@router.get(
    "/figures", response={200: shapes.Figures, **REFUSED}, operation_id="figures", summary="Any figure, any cut"
)
def figures(  # noqa: PLR0913  (one parameter of the address each)
    request: HttpRequest,
    *,
    metric: Annotated[str, Query(description="The metric's name.")],
    by: Annotated[list[str] | None, Query(description="One row for each: person, team, source …")] = None,
    grain: Annotated[GrainName | None, Query(description="One row for each week, month …")] = None,
    first: First = None,
    last: Last = None,
    period: Period = None,
    scope: Scopes = None,
    as_of: AsOf = None,
) -> dict[str, Any]:
    """A metric for the whole range, or cut by dimensions and periods; of people and teams whoever asks may see."""
    ask = Ask(metric, tuple(by or ()), Grain(grain) if grain else None, first, last, period, tuple(scope or ()), as_of)
    answered = figures_for(visit_in(request), ask)
    return {"as_of": answered.as_of, "rows": answered.rows, "notes": answered.notes}


@router.get(
    "/scorecards/{person_id}",
    response={200: shapes.Figures, **REFUSED},
    operation_id="scorecard",
    summary="A person's score card",
)
def scorecard(
    request: HttpRequest,
    person_id: str,
    grain: Annotated[CardGrain | None, Query(description="The last finished one; with period each one in it.")] = None,
    period: Period = None,
    as_of: AsOf = None,
) -> dict[str, Any]:
    """The figures of a person's card in the order of the ladder. Default: the last finished quarter."""
    show = ShowCard(person_id, None, Grain(grain) if grain else None, period, as_of)
    card = card_for(visit_in(request), show)
    return {"as_of": card.as_of, "rows": card.rows, "notes": card.notes}


@router.get(
    "/ladder", response={200: shapes.Ladder, **REFUSED}, operation_id="ladder", summary="From results to causes"
)
def ladder(
    request: HttpRequest,
    metric: Annotated[str | None, Query(description="Where to start. Default: every result.")] = None,
    scope: Annotated[str | None, Query(description="Whose figures. Default: the firm's, or one's own.")] = None,
    period: Period = None,
    as_of: AsOf = None,
) -> dict[str, Any]:
    """From a result down to the activities that move it, with lags and figures."""
    found = ladder_for(visit_in(request), metric, scope, period, as_of)
    return {"as_of": found.as_of, "rows": found.rows, "notes": found.notes}


@router.get(
    "/rows", response={200: shapes.Records, **REFUSED}, operation_id="rows", summary="The records behind a figure"
)
def rows(  # noqa: PLR0913  (one parameter of the address each)
    request: HttpRequest,
    *,
    metric: Annotated[str, Query(description="The metric's name.")],
    scope: Annotated[str, Query(description="Whose: person:ID.")],
    first: First = None,
    last: Last = None,
    period: Period = None,
    as_of: AsOf = None,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
) -> dict[str, Any]:
    """The records a person's figure is made of, and what each was counted as."""
    ask = Ask(metric, (), None, first, last, period, (scope,), as_of)
    page = rows_for(visit_in(request), ask, offset, limit)
    return {"rows": page.rows, "total": page.total, "notes": page.notes}
