"""Addresses of teams; a team may have a slash in its name."""

from django.urls import URLPattern, path

from courtside.web.team import views

urlpatterns: list[URLPattern] = [
    path("", views.teams, name="teams"),
    path("<path:team>/", views.team, name="team"),
]
