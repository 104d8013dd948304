"""Every address of the site, by what it is about."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from courtside.web.start import views as start

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.home, name="home"),
    path("look-around/<str:token>/", start.look_around, name="look_around"),
    path("hide-steps/", start.hide_steps, name="hide_steps"),
    path("see-as/", start.see_as, name="see_as"),
    path("see-as/end/", start.see_as_end, name="see_as_end"),
    path("help/", start.help_page, name="help"),
    path("account/", include("courtside.web.account.urls")),
    path("people/", include("courtside.web.why.urls")),
    path("people/", include("courtside.web.boxscore.urls")),
    path("teams/", include("courtside.web.team.urls")),
    path("ladder/", include("courtside.web.ladder.urls")),
    path("leaks/", include("courtside.web.leaks.urls")),
    path("benchmark/", include("courtside.web.benchmark.urls")),
    path("metrics/", include("courtside.web.metrics.urls")),
    path("review/", include("courtside.web.review.urls")),
    path("data/", include("courtside.web.data.urls")),
    path("disputes/", include("courtside.web.disputes.urls")),
    path("settings/people/", include("courtside.web.people.urls")),
    path("api/", include("courtside.api.urls")),
]
handler404 = start.not_found
handler400 = start.bad_request
handler500 = start.broken
