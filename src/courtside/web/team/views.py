"""The pages of teams: which there are, and one of them as far as the viewer may see it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from courtside.services.gap_page import results
from courtside.services.team_list import teams_for
from courtside.services.team_own import OwnInTeam
from courtside.services.team_page import TeamWanted
from courtside.services.team_table import NamedTeam, TeamPage, team_page
from courtside.services.team_total import TotalOnly
from courtside.store.access import Errand
from courtside.web.policy import signed_in, visiting
from courtside.web.team.drawing import drawn_funnel, drawn_groups, drawn_others, drawn_own


@signed_in
@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """The teams the viewer may see in some way; straight to the only one."""
    visit = visiting(request)
    found = teams_for(visit)
    if len(found) == 1:
        return redirect("team", found[0].name)
    told = {"teams": found, "may_import": visit.may_run(Errand.IMPORT_RECORDS), "is_bare": not visit.hierarchy.names}
    return render(request, "courtside/team/teams.html", told)


@signed_in
@require_GET
def team(request: HttpRequest, team: str) -> HttpResponse:
    """One team, as far as the viewer may see it."""
    asked = request.GET
    wanted = TeamWanted(
        asked.get("metric", ""), asked.get("grain", ""), asked.get("period", ""), asked.get("role", ""),
        asked.get("as", "") == "other", asked.get("funnel", ""),
    )  # fmt: skip
    visit = visiting(request)
    page = team_page(visit, team, wanted)
    here = urlencode({"grain": page.frame.grain.value, "period": page.frame.period.name})
    match page:
        case NamedTeam():
            drawn = {"groups": drawn_groups(page), "kept": _kept(page), "funnel": drawn_funnel(page.funnel)}
        case OwnInTeam():
            drawn = {
                "mark": drawn_own(page), "dots": drawn_others(page), "kept": urlencode({"metric": page.metric}),
                "funnel": drawn_funnel(page.funnel),
            }  # fmt: skip
        case TotalOnly():
            drawn = {}
    told = {"page": page, "here": here, "gaps": results(visit), **drawn}
    return render(request, f"courtside/team/{_template(page)}.html", told)


def _template(page: TeamPage) -> str:
    return {NamedTeam: "named", OwnInTeam: "own", TotalOnly: "total"}[type(page)]


def _kept(page: NamedTeam) -> str:
    """What stays chosen when the period changes."""
    return urlencode({"metric": page.metric, "role": page.role, **({"as": "other"} if page.shows_other else {})})
