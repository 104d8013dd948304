"""Addresses of the ladder."""

from django.urls import URLPattern, path

from courtside.web.ladder import views

urlpatterns: list[URLPattern] = [
    path("", views.ladder, name="ladder"),
    path("<str:metric>/", views.ladder_metric, name="ladder_metric"),
]
