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
    path("rules/", include("courtside.web.rules.urls")),
    path("proposals/", include("courtside.web.proposals.urls")),
    path("to-read/", include("courtside.web.proposals.reading_urls")),
    path("plans/", include("courtside.web.plans.urls")),
    path("disputes/", include("courtside.web.disputes.urls")),
    path("documents/", include("courtside.web.documents.urls")),
    path("", include("courtside.web.documents.file_urls")),
    path("", include("courtside.web.channels.urls")),
    path("settings/people/", include("courtside.web.people.urls")),
    path("settings/standing-in/", include("courtside.web.people.sight_urls")),
    path("glass/", include("courtside.web.glass.urls")),
    path("duties/", include("courtside.web.people.duty_urls")),
    path("log/", include("courtside.web.log.urls")),
    path("hr/", include("courtside.web.hr.urls")),
    path("my-data/", include("courtside.web.hr.own_urls")),
    path("my-record/", include("courtside.web.log.own_urls")),
    path("records/", include("courtside.web.log.record_urls")),
    path("api/", include("courtside.api.urls")),
]
handler404 = start.not_found
handler400 = start.bad_request
handler500 = start.broken
