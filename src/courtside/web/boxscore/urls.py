"""Addresses of box scores."""

from django.urls import URLPattern, path

from courtside.web.boxscore import views

urlpatterns: list[URLPattern] = [
    path("<str:person_id>/", views.box_score, name="box_score"),
    path("<str:person_id>/<str:metric>/", views.box_score_number, name="box_score_number"),
    path("<str:person_id>/<str:metric>/rows.csv", views.box_score_rows, name="box_score_rows"),
]
