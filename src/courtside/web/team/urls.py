"""Addresses of teams; a team may have a slash in its name."""

from django.urls import URLPattern, path

from courtside.web.team import views
from courtside.web.why.views import team_why

urlpatterns: list[URLPattern] = [
    path("", views.teams, name="teams"),
    path("<path:team>/why/<str:metric>/", team_why, name="team_why"),
    path("<path:team>/", views.team, name="team"),
]
